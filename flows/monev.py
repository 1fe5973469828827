"""The flow `monev`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps
from states.parts import Part


@flow(name="monev", log_prints=True, retries=BY_NAME["monev"].retries, retry_delay_seconds=RETRY_AFTER.total_seconds())
def monev(shard: int = 0, of: int = 1) -> dict[str, int]:
    """Weekly. Findings follow what is so; running again changes nothing."""
    return run_sweep("monev", sweeps.monev, Part(shard, of))
