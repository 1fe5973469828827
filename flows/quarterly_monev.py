"""The flow `quarterly_monev`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps

RETRIES = BY_NAME["quarterly_monev"].retries


@flow(name="quarterly_monev", log_prints=True, retries=RETRIES, retry_delay_seconds=RETRY_AFTER.total_seconds())
def quarterly_monev() -> dict[str, int]:
    """At the end of each quarter. One round for each agency and quarter, however often this runs."""
    return run_sweep("quarterly_monev", sweeps.quarterly_monev)
