"""The flow `watch_designations`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps

RETRIES = BY_NAME["watch_designations"].retries


@flow(name="watch_designations", log_prints=True, retries=RETRIES, retry_delay_seconds=RETRY_AFTER.total_seconds())
def watch_designations() -> dict[str, int]:
    """Weekly. Findings follow what units with a predicate owe; running again changes nothing."""
    return run_sweep("watch_designations", sweeps.watch_designations)
