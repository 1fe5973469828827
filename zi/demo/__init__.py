"""The demo: published facts of real units, and a story that happens in an invented district."""
