"""The flow `remind`."""

from prefect import flow

from flows.shell import run_sweep
from notifications import sweeps


@flow(name="remind", log_prints=True)
def remind() -> dict[str, int]:
    """Daily 07:30 in the agency's zone. Every rung is said or covered once, however often this runs."""
    return run_sweep("remind", sweeps.remind)
