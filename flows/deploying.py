"""Brings a Prefect server's work pool and deployments to what is planned; again changes nothing.

What operators set stays: a paused deployment stays paused, a schedule that is switched off stays off. No secret goes
to Prefect, only the path of the home: workers have the rest in their own environment.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from httpx import HTTPError, HTTPStatusError
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyOptions
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from flows.deployments import Planned, part_name
from flows.housekeeping import drop_backlog, end_orphans
from flows.terms import ONE_AT_A_TIME, flow_of, schedules_of
from models.errors import StorageFailed, UsageError
from models.home import Home

TAG = "zi"  # what carries it is ours, and goes when it is no longer planned
AT_ONCE = 200  # deployments; the server gives no more
NO_RUN_TAKES = timedelta(hours=1)

OURS = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))

Existing = dict[str, DeploymentResponse]


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"


@dataclass(frozen=True)
class Deployed:
    name: str
    change: Change
    paused: bool
    runs: int = 0  # schedules that are on


@dataclass(frozen=True)
class Outcome:
    deployments: tuple[Deployed, ...]
    crashed: int = 0  # runs that were under way, and whose process must be gone
    made_up: int = 0  # deployments that missed a run and have one now


def deploy(planned: Sequence[Planned], *, pool: str, home: Home, dry_run: bool) -> Outcome:
    """Raises StorageFailed where the server can't be reached or refuses, UsageError for a pool of another type."""
    with _reached(), get_client(sync_client=True) as client:
        _check_pool(client, pool)
        before = _existing(client)
        gone = sorted(before.keys() - {one.name for one in planned})
        outcome = tuple(_expected(one, before) for one in planned) + tuple(
            Deployed(f"{_flow_name(client, before[name])}/{name}", Change.REMOVED, before[name].paused) for name in gone
        )
        if dry_run:
            return Outcome(outcome)
        if not _pool_exists(client, pool):
            template = ProcessWorker.get_default_base_job_template()
            client.create_work_pool(WorkPoolCreate(name=pool, type=ProcessWorker.type, base_job_template=template))
        for one in planned:
            _put(client, one, before, pool=pool, home=home)
        for name in gone:
            client.delete_deployment(before[name].id)
        return Outcome(outcome, end_orphans(of=OURS, before=datetime.now(UTC) - NO_RUN_TAKES), _make_up(client))


def _put(client: SyncPrefectClient, one: Planned, before: Existing, *, pool: str, home: Home) -> None:
    flow = flow_of(one.flow)
    client.create_deployment(
        flow_id=client.create_flow_from_name(flow.name),
        name=one.name,
        entrypoint=f"{flow.__module__}.{flow.fn.__name__}",  # a module's: found wherever `zi` is installed
        parameters=dict(one.parameters),
        parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        schedules=_schedules(one, before),
        paused=_paused(one, before),
        concurrency_limit=ONE_AT_A_TIME.limit,
        concurrency_options=ConcurrencyOptions(collision_strategy=ONE_AT_A_TIME.collision_strategy),
        work_pool_name=pool,
        job_variables={"env": {"ZI_HOME": str(home.path)}},
        pull_steps=[],
        tags=[TAG],
    )


def _expected(one: Planned, before: Existing) -> Deployed:
    change = Change.UPDATED if one.name in before else Change.CREATED
    runs = sum(schedule.active for schedule in _schedules(one, before))
    return Deployed(one.full_name, change, _paused(one, before), runs)


def _schedules(one: Planned, before: Existing) -> list[DeploymentScheduleCreate]:
    model = _model(one, before)
    switched = {schedule.slug: schedule.active for schedule in model.schedules} if model else {}
    planned = [DeploymentScheduleCreate.from_schedule(schedule) for schedule in schedules_of(one.flow, every=None)]
    return [schedule.model_copy(update={"active": switched.get(schedule.slug, True)}) for schedule in planned]


def _paused(one: Planned, before: Existing) -> bool:
    model = _model(one, before)
    return bool(model and model.paused)


def _model(one: Planned, before: Existing) -> DeploymentResponse | None:
    """Whose settings it has: its own of before; a new part those of the first, so that a paused flow stays paused."""
    return before.get(one.name) or before.get(part_name(one.flow, 0))


def _existing(client: SyncPrefectClient) -> Existing:
    found: Existing = {}
    while page := client.read_deployments(deployment_filter=OURS, limit=AT_ONCE, offset=len(found)):
        found.update({one.name: one for one in page})
    return found


def _flow_name(client: SyncPrefectClient, deployment: DeploymentResponse) -> str:
    return client.read_flow(deployment.flow_id).name


def _pool_exists(client: SyncPrefectClient, pool: str) -> bool:
    try:
        client.read_work_pool(pool)
    except ObjectNotFound:
        return False
    return True


def _check_pool(client: SyncPrefectClient, pool: str) -> None:
    if _pool_exists(client, pool) and (kind := client.read_work_pool(pool).type) != ProcessWorker.type:
        raise UsageError("deploy_other_pool", pool=pool, type=kind)


def _make_up(client: SyncPrefectClient) -> int:
    """One run for each deployment that missed any: a sweep looks at all that is due, so one makes up for all."""
    missed = drop_backlog(of=OURS)
    late = [one.id for one in _existing(client).values() if one.id in missed and not one.paused]
    for deployment in late:
        client.create_flow_run_from_deployment(deployment)
    return len(late)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except HTTPStatusError as error:
        raise StorageFailed("prefect_refused", status=error.response.status_code) from error
    except HTTPError as error:
        raise StorageFailed("prefect_unreachable", why=type(error).__name__) from error
