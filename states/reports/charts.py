"""The report's charts, as SVG text. Pure: figures and words in, a picture out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from states.reports.svg import INK, LINE, MUTED, RULE, SEVERITIES, TPI, UNIT, bar, dot, drawing, path, stroke, words

WIDTH = 460.0  # points: the text width of an A4 page
LABELS = 160.0  # for the words left of the bars
ROW = 20.0
LEGEND = 22.0


@dataclass(frozen=True)
class AreaBars:
    label: str
    unit: Decimal | None  # percent
    tpi: Decimal | None
    required: tuple[Decimal, ...]
    unit_text: str
    tpi_text: str


@dataclass(frozen=True)
class Spot:
    """One round, or the present, on the line of time."""

    label: str
    unit: Decimal | None  # points
    tpi: Decimal | None
    unit_text: str
    tpi_text: str


def funnel(stages: Sequence[tuple[str, int]]) -> str:
    """How many units stand in each stage: a bar each, the figure behind it."""
    most = max((count for _, count in stages), default=0) or 1
    room = WIDTH - LABELS - 40
    parts: list[str] = []
    for at, (label, count) in enumerate(stages):
        y = at * ROW
        parts.append(words(LABELS - 8, y + 13, label, size=_fitting(label, LABELS - 8), anchor="end"))
        parts.append(bar(LABELS, y + 3, room * count / most, ROW - 7, TPI))
        parts.append(words(LABELS + room * count / most + 5, y + 13, str(count), colour=INK if count else MUTED))
    parts.append(stroke(LABELS, 0, LABELS, len(stages) * ROW))
    return drawing(WIDTH, len(stages) * ROW + 2, parts)


def area_bars(areas: Sequence[AreaBars], *, unit: str, tpi: str, required: str) -> str:
    """Unit against TPI against threshold, in percent of each area's weight."""
    left, pair = 190.0, 32.0  # names of areas are long
    room = WIDTH - left - 45
    parts = _legend([(unit, UNIT), (tpi, TPI), (required, LINE)], left=left)
    bottom = LEGEND + len(areas) * pair
    for share in range(0, 101, 25):
        x = left + room * share / 100
        parts.append(stroke(x, LEGEND, x, bottom))
        parts.append(words(x, bottom + 11, f"{share}", size=8, anchor="middle", colour=MUTED))
    for at, area in enumerate(areas):
        y = LEGEND + at * pair
        parts.append(words(left - 8, y + 19, area.label, size=_fitting(area.label, left - 8), anchor="end"))
        for down, value, text, colour in ((5, area.unit, area.unit_text, UNIT), (16, area.tpi, area.tpi_text, TPI)):
            width = room * float(value or 0) / 100
            parts.append(bar(left, y + down, width, 9, colour))
            parts.append(words(left + width + 4, y + down + 8, text, size=8, colour=MUTED))
        for least in area.required:
            x = left + room * float(least) / 100
            parts.append(stroke(x, y + 2, x, y + pair - 4, LINE, width=1.6))
    return drawing(WIDTH, bottom + 16, parts)


def score_lines(spots: Sequence[Spot], *, unit: str, tpi: str) -> str:
    """Mean totals by quarter, of 100 points; a gap where nothing was answered."""
    left, top, high = 28.0, LEGEND + 6, 120.0
    parts = _legend([(unit, UNIT), (tpi, TPI)])
    for points in range(0, 101, 25):
        y = top + high * (1 - points / 100)
        parts += [stroke(left, y, WIDTH - 10, y), words(left - 5, y + 3, str(points), size=8, anchor="end")]
    step = (WIDTH - left - 70) / max(1, len(spots) - 1)
    xs = [left + 30 + step * at for at in range(len(spots))]
    for x, spot in zip(xs, spots, strict=True):
        parts.append(words(x, top + high + 14, spot.label, size=8, anchor="middle", colour=MUTED))
    lines = [(UNIT, [(one.unit, one.unit_text) for one in spots], -6), (TPI, [(s.tpi, s.tpi_text) for s in spots], 12)]
    for colour, values, beside in lines:
        there = [
            (x, top + high * (1 - float(v) / 100), text)
            for x, (v, text) in zip(xs, values, strict=True)
            if v is not None
        ]
        if len(there) > 1:
            parts.append(path([(x, y) for x, y, _ in there], colour))
        for x, y, text in there:
            parts += [dot(x, y, colour), words(x, y + beside, text, size=8, anchor="middle", colour=colour)]
    return drawing(WIDTH, top + high + 20, parts)


def age_bars(ages: Sequence[tuple[str, Mapping[str, int]]], names: Mapping[str, str]) -> str:
    """Open findings by age, each bar made of its severities."""
    most = max((sum(counts.values()) for _, counts in ages), default=0) or 1
    room = WIDTH - LABELS - 40
    parts = _legend([(names[severity], colour) for severity, colour in SEVERITIES.items()])
    for at, (label, counts) in enumerate(ages):
        y, x = LEGEND + at * ROW, LABELS
        parts.append(words(LABELS - 8, y + 13, label, size=_fitting(label, LABELS - 8), anchor="end"))
        for severity, colour in SEVERITIES.items():
            width = room * counts.get(severity, 0) / most
            parts.append(bar(x, y + 3, width, ROW - 7, colour))
            x += width
        parts.append(words(x + 5, y + 13, str(sum(counts.values()))))
    bottom = LEGEND + len(ages) * ROW
    parts.append(stroke(LABELS, LEGEND, LABELS, bottom, RULE))
    return drawing(WIDTH, bottom + 2, parts)


def _fitting(label: str, room: float) -> float:
    """Font size at which the label fits; a letter is about half as wide as the font is high."""
    return min(9.0, room / (0.48 * max(1, len(label))))


def _legend(entries: Sequence[tuple[str, str]], *, left: float = LABELS) -> list[str]:
    parts: list[str] = []
    x = left
    for name, colour in entries:
        parts += [bar(x, 3, 9, 9, colour), words(x + 13, 11, name, size=8, colour=MUTED)]
        x += 30 + 4.6 * len(name)
    return parts
