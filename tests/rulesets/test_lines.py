"""A fault is told with its line, however the file is laid out."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rulesets.library import FOLDER
from rulesets.lines import Place, line_of

FILES = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("lke/*.toml")])

LAID_OUT = '''\
# a comment with [brackets] and key = "value"
name = "x" # more

[a.b]
"quoted key" = """
[no.table]
key = "no key"
"""
plain = 'lit[er]al'
[[list]]
key = 1
nested = [
    [ 1,
      2 ], # comment, with a comma
    { one = "}", two = [
        { deep = true },
        { deep = false },
    ] },
]
[[list]]
dotted.key = [1, 2]
[list.below]
last = 2026-05-31
'''


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every key and element of a TOML document, with what stands there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield (*place, key), one
        yield from places(one, (*place, key))


class TestLines:
    """The deepest part of the path that the text has is where the reader is sent."""

    @pytest.mark.parametrize(
        ("place", "line"),
        [
            (("name",), 2),
            (("a", "b"), 4),
            (("a", "b", "quoted key"), 5),
            (("a", "b", "plain"), 9),
            (("list", 0), 10),
            (("list", 0, "key"), 11),
            (("list", 0, "nested"), 12),
            (("list", 0, "nested", 0), 13),
            (("list", 0, "nested", 0, 1), 14),
            (("list", 0, "nested", 1, "two"), 15),
            (("list", 0, "nested", 1, "two", 1, "deep"), 17),
            (("list", 1), 20),
            (("list", 1, "dotted", "key", 1), 21),
            (("list", 1, "below", "last"), 23),
            (("list", 1, "below", "missing"), 22),
            (("list", 0, "missing", 3, "x"), 10),
            (("missing",), 1),
            ((), 1),
        ],
    )
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_of_a_place(self, place: Place, line: int, ending: str) -> None:
        text = LAID_OUT.replace("\n", ending)
        tomllib.loads(text)

        assert line_of(text, place) == line

    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
    def test_every_value_of_the_rule_files_stands_on_its_line(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        lines, every = text.splitlines(), list(places(tomllib.loads(text)))
        told = [
            (place, value, lines[line_of(text, place) - 1])
            for place, value in every[:: 1 + len(every) // 200]  # a share of them, for each takes a whole look
            if isinstance(value, (str, int))
        ]

        assert len(told) > 20
        assert [place for place, value, line in told if str(value).lower() not in line.lower()] == []
