"""The flow `monev`."""

from prefect import flow

from flows.shell import run_sweep
from notifications import sweeps


@flow(name="monev", log_prints=True)
def monev() -> dict[str, int]:
    """Weekly. Findings follow what is so; running again changes nothing."""
    return run_sweep("monev", sweeps.monev)
