"""What a workbook's sheets rest on: their list, the shared texts, the number formats. XML is read safely."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath, split
from typing import IO, Literal
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

XML_LIMIT = 48 * 1024 * 1024  # bytes of one part, unpacked
MOST_STRINGS = 200_000
DEEPEST = 50  # elements inside each other; a sheet has about eight

BOOK = "xl/workbook.xml"
PERCENTS = frozenset((9, 10))  # numbers of the built-in formats, ECMA-376 18.8.30
DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))

_NOT_MEANT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')  # of a format: quoted words, colours, single characters
_DAY_OR_TIME = re.compile(r"[ymdhs]", re.IGNORECASE)

Format = Literal["number", "percent", "date"]


class TooLarge(ValueError):
    """A part that is larger, deeper or longer than any workbook that people fill in."""


@dataclass(frozen=True)
class SheetPart:
    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Parts:
    """Where the workbook's parts are."""

    sheets: tuple[SheetPart, ...]
    texts: str | None
    styles: str | None
    from_1904: bool = False  # days are counted from 1904, as old workbooks from a Mac do


def parts_of(archive: ZipFile) -> Parts:
    """As the workbook's own lists say; sheets stand in the order of their tabs, charts are none."""
    book = next((target for kind, _, target in _relations(archive, "") if kind.endswith("/officeDocument")), BOOK)
    relations = _relations(archive, book)
    targets = {key: target for kind, key, target in relations if kind.endswith("/worksheet")}
    sheets: list[SheetPart] = []
    from_1904 = False
    for event, name, element in elements(archive, book, {"sheet", "workbookPr"}):
        if name == "workbookPr":
            from_1904 = element.get("date1904", "0") in ("1", "true")
            continue
        key = next((value for attribute, value in element.items() if attribute.endswith("}id")), None)
        if event == "end" and key in targets:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(SheetPart(element.get("name", ""), targets[key], hidden))
    texts = next((target for kind, _, target in relations if kind.endswith("/sharedStrings")), None)
    styles = next((target for kind, _, target in relations if kind.endswith("/styles")), None)
    return Parts(tuple(sheets), texts, styles, from_1904)


def strings_of(archive: ZipFile, part: str | None) -> list[str]:
    """The shared texts, by number."""
    found: list[str] = []
    for event, _, element in elements(archive, part, {"si"}) if part else ():
        if event == "end":
            found.append(text_in(element))
            if len(found) > MOST_STRINGS:
                raise TooLarge(part)
    return found


def text_in(element: Element) -> str:
    """All its text; what stands there only to be read aloud (rPh) is left out."""
    pieces: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(one.text or "" for one in child if local(one) == "t")
    return "".join(pieces).replace("_x000D_", "")  # as Excel writes the first half of a Windows line end


def formats_of(archive: ZipFile, part: str | None) -> list[Format]:
    """What a number means under each cell style, by the style's number."""
    codes: dict[int, str] = {}
    found: list[Format] = []
    inside = False
    for event, name, element in elements(archive, part, {"numFmt", "cellXfs", "xf"}) if part else ():
        if name == "cellXfs":
            inside = event == "start"
        elif event == "end" and name == "numFmt":
            codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        elif event == "end" and inside:
            number = int(element.get("numFmtId", "0"))
            found.append(_format(number, codes.get(number)))
    return found


def elements(archive: ZipFile, part: str, wanted: set[str]) -> Iterator[tuple[str, str, Element]]:
    """(start or end, name, element) of each wanted element, whole at its end; everything else is let go at once.

    Raises what opening.BROKEN lists.
    """
    if archive.getinfo(part).file_size > XML_LIMIT:
        raise TooLarge(part)
    with archive.open(part) as source:
        yield from _elements(source, part, wanted)


def local(element: Element) -> str:
    """Its name without the namespace: strict workbooks have another one."""
    return element.tag.rpartition("}")[2]


def _elements(source: IO[bytes], part: str, wanted: set[str]) -> Iterator[tuple[str, str, Element]]:
    around: list[Element] = []
    kept = 0  # open elements whose contents are still needed
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        name = local(element)
        if event == "start":
            around.append(element)
            if len(around) > DEEPEST:
                raise TooLarge(part)
            kept += name in ("c", "si")
        else:
            around.pop()
            kept -= name in ("c", "si")
        if name in wanted:
            yield event, name, element
        if event == "end" and not kept and around:
            del around[-1][:]  # not clear(), which takes its attributes, too: a cell style has children


def _relations(archive: ZipFile, part: str) -> list[tuple[str, str, str]]:
    """What a part is joined to: kind, key, and the other part's name."""
    folder, name = split(part)
    found: list[tuple[str, str, str]] = []
    for event, _, element in elements(archive, join(folder, "_rels", f"{name}.rels"), {"Relationship"}):
        if event == "end" and element.get("TargetMode") != "External":
            target = element.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found.append((element.get("Type", ""), element.get("Id", ""), path))
    return found


def _format(number: int, code: str | None) -> Format:
    if code is None:
        return "percent" if number in PERCENTS else "date" if number in DATES else "number"
    meant = _NOT_MEANT.sub("", code)
    if "%" in meant:
        return "percent"
    return "date" if _DAY_OR_TIME.search(meant.replace("General", "")) else "number"
