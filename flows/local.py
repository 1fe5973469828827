"""The runner of one machine: serves every scheduled flow. `zi up` starts it, beside a Prefect server.

What was missed while nothing ran is made up for by one run of each flow, since a sweep looks at all that is due.
"""

import asyncio

from prefect.client.orchestration import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType

from flows.housekeeping import drop_backlog, end_orphans
from flows.schedule import SCHEDULE, Scheduled
from flows.terms import ONE_AT_A_TIME, flow_of, schedules_of
from models.home import find_home
from models.settings import Settings

AT_ONCE = 2 * len(SCHEDULE)  # flow runs; each flow has one at a time, and is never kept waiting by another


def main() -> None:
    settings = Settings()
    find_home(settings)
    end_orphans()
    missed = drop_backlog()
    runner = Runner(name="zi", pause_on_shutdown=False, limit=AT_ONCE, query_seconds=2 if settings.up_every else 10)
    for one in SCHEDULE:
        deployment = served(one, schedules_of(one, every=settings.up_every))
        added = runner.add_deployment(deployment)
        if added in missed:
            with get_client(sync_client=True) as client:
                client.create_flow_run_from_deployment(added)  # type: ignore[arg-type]
    asyncio.run(runner.start())


def served(one: Scheduled, schedules: list[Schedule]) -> RunnerDeployment:
    deployment: RunnerDeployment = flow_of(one).to_deployment(  # type: ignore[assignment]
        name=one.name,
        schedules=schedules,
        concurrency_limit=ONE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return deployment


if __name__ == "__main__":
    main()
