"""What a report is made of: sections of paragraphs, tables, lists and charts. Plain data, ready for any drawer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Column:
    title: str
    share: float = 1.0  # of the width, against the others
    align: Align = "left"


@dataclass(frozen=True)
class Section:
    """A heading and its blocks, in the shape that the template reads."""

    title: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


def paragraph(text: str) -> dict[str, Any]:
    return {"kind": "text", "text": text}


def small(text: str) -> dict[str, Any]:
    return {"kind": "small", "text": text}


def points_list(texts: Sequence[str]) -> dict[str, Any]:
    return {"kind": "list", "items": list(texts)}


def chart(svg: str, title: str) -> dict[str, Any]:
    """The title stands over the picture, and is what a screen reader says of it."""
    return {"kind": "chart", "svg": svg, "title": title}


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "kind": "table",
        "widths": [one.share for one in columns],
        "align": [one.align for one in columns],
        "head": [one.title for one in columns],
        "rows": [list(row) for row in rows],
    }
