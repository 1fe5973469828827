"""One machine: a Prefect server and a runner, started, watched and stopped together."""
