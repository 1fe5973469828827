"""Workbooks and masters gone wrong at random: cells, XML, ZIP and structure. The same seed gives the same file."""

import json
import random
import re
import tempfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.states.lke.masters import a_master
from tests.states.workbook.excel import as_excel
from tests.states.workbook.sheets import Filled, marks, saved, shifted

Parts = dict[str, bytes]

SHEET = "xl/worksheets/sheet1.xml"
PIECES = (
    b"",
    b"<",
    b">",
    b"&amp;",
    b"&x;",
    b"\x00",
    b"\xff\xfe",
    b"<a>",
    b"</row>",
    b"-1",
    b"9" * 30,
    b"NaN",
    b'"',
    b"]]>",
)
VALUES = (
    *(
        "",
        "Ya",
        "ya ",
        "A",
        "E",
        "Z",
        "#DIV/0!",
        "=1+1",
        "1e308",
        "-1",
        "0.5",
        "0,5",
        "1E+99",
        "NaN",
        "Infinity",
        "TRUE",
    ),
    *(
        "x" * 40_000,
        "2026-01-01",
        "\u202eaY",
        "\U0001f600",
        "Jawaban unit",
        "Jawaban TPI",
        "Nilai",
        "%",
        "A/B/C",
        "999999999999",
    ),
)
KINDS = ("n", "s", "str", "inlineStr", "b", "e", "d", "x", "")
CELL = re.compile(rb"<c [^>]*?/>|<c [^>]*>.*?</c>", re.DOTALL)
ROW = re.compile(rb"<row [^>]*?/>|<row [^>]*>.*?</row>", re.DOTALL)
JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**30, 1.5, "", "x", "\ud800", "\0", "A" * 30_000, [], {}, [[]], [None], {"id": 1}),
    *("YA_TIDAK", "jumlah", 127, "K", 2026, 1e308, -0.0, "1e400", "0.67"),
)


def noisy_workbook(seed: int, path: Path) -> Path:
    """A workbook with one to four things wrong with it."""
    dice = random.Random(seed)
    parts = dict(dice.choice(_bases()))
    for _ in range(dice.randint(1, 4)):
        dice.choice((_cells, _cells, _cells, _rows, _rows, _bytes, _parts, _merge, _numbers))(dice, parts)
    content = _packed(parts)
    if dice.random() < 0.25:
        content = _damaged(dice, content)
    path.write_bytes(content)
    return path


def noisy_master(seed: int, path: Path) -> Path:
    """A master with one to four things wrong with it."""
    dice = random.Random(seed)
    document: Any = json.loads(_master())
    for _ in range(dice.randint(1, 4)):
        document = _wrong(dice, document)
    content = json.dumps(document).encode()
    if dice.random() < 0.2:
        content = _damaged(dice, content)
    path.write_bytes(content)
    return path


def _cells(dice: random.Random, parts: Parts) -> None:
    """Some cells hold something else."""

    def other(found: re.Match[bytes]) -> bytes:
        if dice.random() > 0.02:
            return found[0]
        place = re.search(rb'r="([^"]*)"', found[0])
        name = (
            place[1].decode() if place and dice.random() < 0.9 else dice.choice(("A0", "ZZZZ1", "K", "K99999999", ""))
        )
        kind, value = dice.choice(KINDS), dice.choice(VALUES).replace("&", "").replace("<", "")
        inside = f"<is><t>{value}</t></is>" if kind == "inlineStr" else f"<v>{value}</v>"
        formula = "<f>SUM(A1:A2)</f>" if dice.random() < 0.3 else ""
        return f'<c r="{name}" t="{kind}" s="{dice.choice((0, 1, 2, 99))}">{formula}{inside}</c>'.encode()

    _change(parts, lambda text: CELL.sub(other, text))


def _rows(dice: random.Random, parts: Parts) -> None:
    """Rows left out, doubled, or numbered otherwise."""

    def other(found: re.Match[bytes]) -> bytes:
        match dice.randint(0, 60):
            case 0:
                return b""
            case 1:
                return found[0] * 2
            case 2:
                return re.sub(
                    rb'r="([A-Z]*)[0-9]+"', rb'r="\g<1>%d"' % dice.choice((1, 60, 3_001, 2_000_000)), found[0]
                )
            case 3:
                return re.sub(rb' r="[^"]*"', b"", found[0])
        return found[0]

    _change(parts, lambda text: ROW.sub(other, text))


def _bytes(dice: random.Random, parts: Parts) -> None:
    """A piece of one part is replaced."""
    name = dice.choice(sorted(parts))
    content = parts[name]
    at = dice.randint(0, len(content))
    parts[name] = content[:at] + dice.choice(PIECES) + content[at + dice.choice((0, 1, 5, 200)) :]


def _parts(dice: random.Random, parts: Parts) -> None:
    """A part is missing, empty, or another's."""
    name, other = dice.choice(sorted(parts)), dice.choice(sorted(parts))
    match dice.randint(0, 2):
        case 0:
            parts.pop(name)
        case 1:
            parts[name] = b""
        case _:
            parts[name] = parts[other]
    parts.setdefault("[Content_Types].xml", b"")


def _merge(dice: random.Random, parts: Parts) -> None:
    """Cells are merged that should not be."""
    rows = sorted((dice.randint(1, 210), dice.randint(1, 210)))
    columns = sorted((dice.choice("AHKLM"), dice.choice("KLMNQ")))
    merged = f'<mergeCells><mergeCell ref="{columns[0]}{rows[0]}:{columns[1]}{rows[1]}"/></mergeCells>'.encode()
    _change(parts, lambda text: text.replace(b"</sheetData>", b"</sheetData>" + merged))


def _numbers(dice: random.Random, parts: Parts) -> None:
    """A number somewhere in an attribute is another."""
    name = dice.choice(sorted(parts))
    found = list(re.finditer(rb'="[0-9]+"', parts[name]))
    if found:
        one = dice.choice(found)
        value = dice.choice((b"0", b"-1", b"4294967296", b"x", b"999999"))
        parts[name] = parts[name][: one.start()] + b'="' + value + b'"' + parts[name][one.end() :]


def _change(parts: Parts, change: Callable[[bytes], bytes]) -> None:
    if SHEET in parts:
        parts[SHEET] = change(parts[SHEET])


def _damaged(dice: random.Random, content: bytes) -> bytes:
    """Bytes of the file itself are others, more, or fewer."""
    for _ in range(dice.randint(1, 5)):
        at = dice.randint(0, len(content))
        match dice.randint(0, 3):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + dice.randbytes(dice.randint(1, 40)) + content[at:]
            case 2:
                content = content[:at] + content[at + dice.randint(1, 400) :]
            case _:
                content = content[:at] + bytes((dice.randrange(256),)) + content[at + 1 :]
    return content


DOWN = 0.8  # how often the noise goes on into what lies below: most of a master is deep in it


def _wrong(dice: random.Random, document: Any) -> Any:
    """Something in the document is left out, doubled, or another thing."""
    at, parents = document, []
    while isinstance(at, (dict, list)) and at and dice.random() < 0.85:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        deeper = [key for key in keys if isinstance(at[key], (dict, list))]
        key = dice.choice(deeper if deeper and dice.random() < DOWN else keys)
        parents.append((at, key))
        at = at[key]
    if not parents:
        return deepcopy(dice.choice(JUNK))
    holder, key = parents[-1]
    match dice.randint(0, 3):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        case 2 if isinstance(holder, dict):
            holder[dice.choice(("children", "soals", "data", "id", "nama"))] = deepcopy(at)
        case _:
            holder[key] = deepcopy(dice.choice(JUNK))
    return document


def _packed(parts: Parts) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@cache
def _bases() -> tuple[Parts, ...]:
    """The shapes that are spoiled; unpacked once."""
    books = (
        Filled(answers={"K": marks(), "L": {"A.I.1.i.a": "catatan"}, "N": marks()}),
        Filled(answers={"K": marks()}, codes=True),
        Filled(title="LKE ZI", at=shifted, answers={"K": marks(), "N": marks()}, topics=False),
        Filled(answers={"K": marks()}, topics=False, choices=False),
    )
    found: list[Parts] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, book in enumerate(books):
            path = saved(Path(folder) / f"{number}.xlsx", book)
            found += [_unpacked(path), _unpacked(as_excel(path))]
    return tuple(found)


def _unpacked(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def _master() -> str:
    return json.dumps(a_master())
