"""The flow `deliver`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps


@flow(
    name="deliver", log_prints=True, retries=BY_NAME["deliver"].retries, retry_delay_seconds=RETRY_AFTER.total_seconds()
)
def deliver() -> dict[str, int]:
    """Every five minutes. Sends what is queued; what a killed run had taken is taken again when its lease ends."""
    return run_sweep("deliver", sweeps.deliver)
