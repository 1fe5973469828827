"""The flow `remind`."""

from prefect import flow

from flows.schedule import BY_NAME, RETRY_AFTER
from flows.shell import run_sweep
from notifications import sweeps
from states.parts import Part


@flow(
    name="remind", log_prints=True, retries=BY_NAME["remind"].retries, retry_delay_seconds=RETRY_AFTER.total_seconds()
)
def remind(zone: str | None = None, shard: int = 0, of: int = 1) -> dict[str, int]:
    """Daily 07:30 in each of the three zones. Every rung is said or covered once, however often this runs."""
    return run_sweep("remind", sweeps.remind, Part(shard, of, zone))
