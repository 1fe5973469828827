"""SVG in a few words: elements as text, with everything that comes from people escaped. Pure."""

from xml.sax.saxutils import escape, quoteattr

from states.workbook.texts import clean

FONT = "Libertinus Serif"  # embedded in typst, which draws these
INK, MUTED, RULE = "#1f2933", "#5f6c7b", "#d5dbe3"
UNIT, TPI, LINE = "#7aa5d2", "#1f4e79", "#b42318"
SEVERITIES = {"critical": "#b42318", "warning": "#e0a030", "info": "#9fb3c8"}


def drawing(width: float, height: float, parts: list[str]) -> str:
    """One picture; width and height in points."""
    size = f'viewBox="0 0 {_number(width)} {_number(height)}" width="{_number(width)}" height="{_number(height)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def bar(x: float, y: float, width: float, height: float, fill: str) -> str:
    return _element("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), fill=fill)


def stroke(x1: float, y1: float, x2: float, y2: float, colour: str = RULE, *, width: float = 0.7) -> str:
    return _element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width)


def path(points: list[tuple[float, float]], colour: str) -> str:
    spots = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    return _element("polyline", points=spots, fill="none", stroke=colour, stroke_width=1.6)


def dot(x: float, y: float, colour: str) -> str:
    return _element("circle", cx=x, cy=y, r=2.6, fill=colour)


def words(x: float, y: float, text: str, *, size: float = 9, anchor: str = "start", colour: str = INK) -> str:
    """One line of text, cut where nobody could read it anyway."""
    shown = clean(text).replace("\n", " ")[:80]
    opening = _element(
        "text", x=x, y=y, font_family=FONT, font_size=size, text_anchor=anchor, fill=colour, closed=False
    )
    return f"{opening}{escape(shown)}</text>"


def _element(name: str, *, closed: bool = True, **attributes: str | float) -> str:
    given = " ".join(
        f"{key.replace('_', '-')}={quoteattr(value if isinstance(value, str) else _number(value))}"
        for key, value in attributes.items()
    )
    return f"<{name} {given}{'/' if closed else ''}>"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
