"""Sets reports and pages with typst: offline, with typst's own fonts, and with every word handed in as data."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).parent / "monev.typ"


def set_pdf(document: dict[str, Any], *, now: datetime, template: Path = TEMPLATE) -> bytes:
    """The PDF's bytes, dated as the report is."""
    made = compiler(document, template).compile(format="pdf", timestamp=int(now.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made


def set_pages(document: dict[str, Any], *, ppi: float = 110, template: Path = TEMPLATE) -> list[bytes]:
    """The pages as PNG, to be looked at."""
    made = compiler(document, template).compile(format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made or [])


def compiler(document: dict[str, Any], template: Path = TEMPLATE) -> typst.Compiler:
    """Its root is an empty document of its own: the template reads no file, only its input."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(
        template.read_bytes(), font_paths=fonts, sys_inputs={"data": json.dumps(document, ensure_ascii=False)}
    )
