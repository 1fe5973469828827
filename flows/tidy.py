"""The flow `tidy`."""

from prefect import flow

from flows.housekeeping import forget_flow_runs
from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps


@flow(name="tidy", log_prints=True, retries=BY_NAME["tidy"].retries, retry_delay_seconds=RETRY_AFTER.total_seconds())
def tidy() -> dict[str, int]:
    """Daily. Forgets old runs, here and in Prefect's own database."""
    forget_flow_runs()
    return run_sweep("tidy", sweeps.tidy)
