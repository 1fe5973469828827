"""Texts as a workbook can hold them."""

import re

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without what XML can't hold, with Unix line ends, and nothing around it."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def same(first: str | None, second: str | None) -> bool:
    """Whether a sheet would show both alike; nothing is like an empty text."""
    return clean(first or "") == clean(second or "")
