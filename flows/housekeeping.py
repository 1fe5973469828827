"""Prefect's own rows: what is deleted when it is old, and what a crash left behind that would stand in the way."""

from datetime import UTC, datetime

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


def end_orphans() -> int:
    """Say of runs that a crash left under way that they have crashed, for nothing else ever will.

    Only for the one runner of a machine, before it begins: then nothing of ours can be under way.
    """
    with get_client(sync_client=True) as client:
        orphans = _all(client, FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY))))
        for run in orphans:
            client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)
    return len(orphans)


def drop_backlog() -> set[str]:
    """Delete scheduled runs whose time has passed; returns the flows that missed one, which one run makes up for."""
    late = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        runs = _all(client, late)
        missed = {client.read_flow(run.flow_id).name for run in runs}
        for run in runs:
            client.delete_flow_run(run.id)
    return missed


def _all(client: SyncPrefectClient, which: FlowRunFilter) -> list[FlowRun]:
    found: list[FlowRun] = []
    while page := client.read_flow_runs(
        flow_run_filter=which, deployment_filter=OURS, limit=AT_ONCE, offset=len(found)
    ):
        found.extend(page)
    return found
