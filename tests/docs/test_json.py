"""The page about JSON shows documents that are JSON, and names every error code and every command that makes one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from models.errors import PipelineError, Refused

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


def codes(error: type[PipelineError]) -> Iterator[str]:
    if error is not Refused:  # a refusal is a document of its own
        yield error.code
    for kind in error.__subclasses__():
        if kind.__module__ == PipelineError.__module__:
            yield from codes(kind)


class TestJson:
    """Whoever adds an error code finds the page failing."""

    def test_every_example_is_json(self) -> None:
        blocks = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
        cells = re.findall(r"\| `(\{.*\})` \|", PAGE)

        assert all(isinstance(json.loads(example), dict) for example in [*blocks, *cells])
        assert (len(blocks), len(cells)) > (10, 15)

    def test_every_error_code_is_named(self) -> None:
        named = PAGE.partition("`code` is one of ")[2].partition(". A file")[0]

        assert set(re.findall(r"`(\w+)`", named)) == set(codes(PipelineError))
