"""The radar of the areas: unit against TPI against threshold, drawn on the server. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin

from markupsafe import Markup, escape

SIZE, MIDDLE, REACH = 320, 160, 112  # units of the drawing
BEYOND = 22  # from the outermost ring to the middle of a label
INK, RULE = "#1b2530", "#c3cbd5"
UNIT, TPI, LINE = "#0b53a3", "#17375e", "#a8201a"
RINGS = (25, 50, 75, 100)


@dataclass(frozen=True)
class Spoke:
    """One area, in percent of its weight; None where nobody has begun."""

    label: str
    unit: Fraction | None
    tpi: Fraction | None
    required: Fraction | None


def radar(spokes: Sequence[Spoke], *, title: str, description: str) -> Markup:
    """Lines differ by dash as well as by colour; the same figures stand in a table beside it."""
    parts = [_ring(len(spokes), share) for share in RINGS]
    parts += [_spoke(at, len(spokes), spoke.label) for at, spoke in enumerate(spokes)]
    for values, look in (
        ([one.required for one in spokes], f'stroke="{LINE}" stroke-width="2" stroke-dasharray="2 4"'),
        ([one.unit for one in spokes], f'stroke="{UNIT}" stroke-width="2" stroke-dasharray="8 4"'),
        ([one.tpi for one in spokes], f'stroke="{TPI}" stroke-width="3"'),
    ):
        if all(value is not None for value in values):
            parts.append(f'<polygon points="{_points([float(value or 0) for value in values])}" fill="none" {look}/>')
    named = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    opening = f'<svg class="zi-radar" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{escape(title)}">'
    return Markup(f"{opening}{named}{''.join(parts)}</svg>")  # noqa: S704 - numbers, and what was escaped just above


def _ring(count: int, share: int) -> str:
    return f'<polygon points="{_points([share] * count)}" fill="none" stroke="{RULE}"/>'


def _spoke(at: int, count: int, label: str) -> str:
    x, y = _at(at, count, 100)
    line = f'<line x1="{MIDDLE}" y1="{MIDDLE}" x2="{x:.1f}" y2="{y:.1f}" stroke="{RULE}"/>'
    x, y = _at(at, count, 100 + 100 * BEYOND / REACH)
    look = f'font-size="14" font-family="sans-serif" text-anchor="middle" dominant-baseline="middle" fill="{INK}"'
    return f'{line}<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(label)}</text>'


def _points(values: Sequence[float]) -> str:
    spots = [_at(at, len(values), value) for at, value in enumerate(values)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)


def _at(spoke: int, count: int, percent: float) -> tuple[float, float]:
    """The first spoke points upwards, the others follow clockwise."""
    angle = 2 * pi * spoke / count - pi / 2
    return MIDDLE + REACH * percent / 100 * cos(angle), MIDDLE + REACH * percent / 100 * sin(angle)
