"""A Prefect server for the tests of a file: it takes 20 seconds to start, and an idle one still takes its share."""

import os
from collections.abc import Iterator

import pytest

from zi.demo.server import prefect_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, in a Prefect home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        with prefect_server() as url:
            del os.environ["PREFECT_API_URL"]  # who wants to use it says so
            yield url
