"""Reads a leaf, and says whether its text is the canonical one (RFC 8785) of what it says.

Nearly every leaf is ASCII text without floats and with small numbers. There the canonical form is what orjson writes
with sorted keys, which takes a tenth of the time; a property test compares the two. All others go the exact way.
"""

import json
from collections.abc import Iterable
from typing import Any

import orjson

from models.trail import canonical

AS_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER  # raises for a number that JavaScript would round

Leaf = dict[str, Any]


def read_leaf(text: bytes) -> Leaf | None:
    """The members of a canonical leaf; none where the text is another than the canonical one.

    Raises ValueError, TypeError or RecursionError for what is no JSON, or has no canonical form.
    """
    if text.isascii():
        try:
            leaf = orjson.loads(text)
            if orjson.dumps(leaf, None, AS_CANONICAL) == text and not holds_float((leaf,)):
                return _members(leaf)
        except (ValueError, TypeError):  # too deep or too large for orjson
            pass
    return _read_exactly(text)


def _read_exactly(text: bytes) -> Leaf | None:
    leaf = json.loads(text)
    return _members(leaf) if canonical(leaf).encode() == text else None


def _members(leaf: Any) -> Leaf:
    if isinstance(leaf, dict):
        return leaf
    raise TypeError("a leaf is an object")


def holds_float(members: Iterable[Any]) -> bool:
    """Whether one of them is a float, or holds one."""
    for member in members:  # every member of a million leaves comes by here: nothing is called for a plain one
        kind = type(member)
        if kind is str or kind is int:
            continue
        if kind is float:
            return True
        if kind is dict:
            if holds_float(member.values()):
                return True
        elif kind is list and holds_float(member):
            return True
    return False
