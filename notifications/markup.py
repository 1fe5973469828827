"""The body of a message, read as blocks: the one source of its plain text and of its HTML. Pure.

A line that begins with `- ` is an item, one between two `*` a heading; an indented line is a command where it begins
with `zi `, a link where it is an address of our own pages, else somebody's words. What stands between two lines of
``` is copied as it is, empty lines and all. All other lines are paragraphs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import TextWrapper
from typing import Literal

from models.links import is_ours

WIDTH = 76  # characters of a line in a mail; RFC 5322 section 2.1.1 asks for 78 at most

Kind = Literal["text", "heading", "item", "command", "link", "words", "copy"]

FENCE = "```"  # nothing that is typed begins a line, and so none of it is taken for one


@dataclass(frozen=True)
class Block:
    """Neighbouring lines of one kind; items are one block each."""

    kind: Kind
    lines: tuple[str, ...]


class Lines(str):
    """A value that keeps its line breaks: what somebody wrote at length."""

    __slots__ = ()


def folded(value: object) -> object:
    """A value as it may stand in a line: whoever typed it ends no line and begins no block."""
    return " ".join(str(value).split()) if isinstance(value, str) and not isinstance(value, Lines) else value


def blocks(body: str) -> Iterator[Block]:
    for fenced, lines in _fenced(body):
        if fenced:
            yield Block("copy", tuple(lines))
        else:
            yield from _blocks(lines)


def _fenced(body: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines in pieces, by turns outside and between fences, which are in neither; a piece may be empty."""
    inside, piece = False, list[str]()
    for line in body.splitlines():
        if line != FENCE:
            piece.append(line)
            continue
        yield inside, piece
        inside, piece = not inside, []
    yield inside, piece


def _blocks(body: Iterable[str]) -> Iterator[Block]:
    kind: Kind | None = None
    lines: list[str] = []
    for line in (*body, ""):
        found = _kind(line)
        if lines and (found != kind or kind in ("item", "link")):
            assert kind  # noqa: S101 - lines have a kind
            yield Block(kind, tuple(lines))
            lines = []
        kind = found
        if found:
            lines.append(_content(line, found))


def wrapped(body: str) -> str:
    """The body for a mail: no line longer than WIDTH but commands and links, which are typed and opened whole, and
    what is copied."""
    pieces = [lines if fenced else [one for line in lines for one in _wrapped(line)] for fenced, lines in _fenced(body)]
    fence = f"{FENCE}\n"
    return fence.join("".join(f"{line}\n" for line in piece) for piece in pieces)


def _kind(line: str) -> Kind | None:
    if not line.strip():
        return None
    if line.startswith("    "):
        inside = line.strip()
        return "command" if inside.startswith("zi ") else "link" if is_ours(inside) else "words"
    if line.startswith("- "):
        return "item"
    return "heading" if len(line) > 2 and line[0] == line[-1] == "*" else "text"  # noqa: PLR2004 - the two marks


def _content(line: str, kind: Kind) -> str:
    if kind == "item":
        return line.removeprefix("- ").strip()
    return line[1:-1].strip() if kind == "heading" else line.strip()


def _wrapped(line: str) -> list[str]:
    kind = _kind(line)
    if kind in (None, "command", "link") or len(line) <= WIDTH:
        return [line]
    lead, more = {"item": ("- ", "  "), "words": ("    ", "    ")}.get(kind or "text", ("", ""))
    text = line.removeprefix("- ").strip() if kind == "item" else line.strip()
    fill = TextWrapper(
        WIDTH, initial_indent=lead, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
    return fill.wrap(text)
