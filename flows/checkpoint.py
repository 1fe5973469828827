"""The flow `checkpoint`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps

RETRIES = BY_NAME["checkpoint"].retries


@flow(name="checkpoint", log_prints=True, retries=RETRIES, retry_delay_seconds=RETRY_AFTER.total_seconds())
def checkpoint() -> dict[str, int]:
    """Daily. Signs what was recorded since the last checkpoint and sends it to the witnesses, once to each."""
    return run_sweep("checkpoint", sweeps.checkpoint)
