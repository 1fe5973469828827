"""Prefect's own rows: what is deleted when it is old, and what a crash left behind that would stand in the way."""

from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from flows.schedule import BY_NAME
from notifications.sweeps import KEPT

AT_ONCE = 200  # flow runs; the server gives no more
ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]
UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]

OURS = DeploymentFilter(name=DeploymentFilterName(any_=list(BY_NAME)))


def forget_flow_runs() -> int:
    """Delete flow runs that began long ago and have ended; Prefect keeps them for ever. Returns how many."""
    before = datetime.now(UTC) - KEPT
    old = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ENDED)),
        start_time=FlowRunFilterStartTime(before_=before),
    )
    deleted = 0
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(flow_run_filter=old, limit=AT_ONCE):
            for run in runs:
                client.delete_flow_run(run.id)
            deleted += len(runs)
    return deleted


def end_orphans(*, of: DeploymentFilter = OURS, before: datetime | None = None) -> int:
    """Say of runs that a crash left under way that they have crashed, for nothing else ever will; returns how many.

    Those that began before this instant; all of them only for the one runner of a machine, before it begins: then
    nothing of ours can be under way.
    """
    with get_client(sync_client=True) as client:
        under_way = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY)))
        orphans = [run for run in _all(client, under_way, of) if before is None or _began(run) < before]
        for run in orphans:
            client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)
    return len(orphans)


def drop_backlog(*, of: DeploymentFilter = OURS) -> set[UUID]:
    """Delete scheduled runs whose time has passed; returns the deployments that missed one.

    One run of each makes up for any number of them.
    """
    late = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        runs = _all(client, late, of)
        for run in runs:
            client.delete_flow_run(run.id)
    return {run.deployment_id for run in runs if run.deployment_id}


def _all(client: SyncPrefectClient, which: FlowRunFilter, of: DeploymentFilter) -> list[FlowRun]:
    found: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=which, deployment_filter=of, limit=AT_ONCE, offset=len(found)):
        found.extend(page)
    return found


def _began(run: FlowRun) -> datetime:
    """Of one that no process has taken up, when it should have begun."""
    return run.start_time or run.expected_start_time or datetime.now(UTC)
