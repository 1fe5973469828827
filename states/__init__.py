"""The rules of the pipeline and the services that write: `advance` is the only writer of a stage."""
