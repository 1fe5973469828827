"""The short way to tell a canonical leaf says the same as the exact one, whatever the text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.leaves import read_leaf
from models.trail import canonical

ODD_TEXTS = st.sampled_from(
    ["\x00", "\x1f", "\x7f", "\u2028", "é", "\ue000", "😀", "/", '"', "\\", "1.5", "e", "[.", ""]
)
TEXTS = st.text(max_size=6) | ODD_TEXTS
NUMBERS = st.integers(-(2**70), 2**70) | st.sampled_from([2**53 - 1, 2**53, -(2**53), 2**63, 2**64, 0, -1])
LEAVES = st.none() | st.booleans() | TEXTS | NUMBERS | st.floats(allow_nan=False) | st.sampled_from([1e16, 1e-7, -0.0])
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=6)


def exactly(text: bytes) -> Any:
    """What the leaf is by the definition alone."""
    try:
        value = json.loads(text)
        return value if canonical(value).encode() == text and isinstance(value, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None


def read(text: bytes) -> Any:
    try:
        return read_leaf(text)
    except (ValueError, TypeError, RecursionError):
        return None


class TestReadLeaf:
    @given(OBJECTS, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
    def test_is_as_exact_for_any_object(
        self, value: dict[str, Any], in_order: bool, escaped: bool, between: tuple[str, str]
    ) -> None:
        text = json.dumps(value, sort_keys=in_order, ensure_ascii=escaped, separators=between)
        raw = text.encode(errors="surrogatepass")

        assert read(raw) == exactly(raw)

    @given(OBJECTS.filter(lambda value: "1" not in str(value)), st.integers(0, 200), st.binary(min_size=1, max_size=2))
    def test_is_as_exact_for_any_changed_byte(self, value: dict[str, Any], at: int, other: bytes) -> None:
        raw = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        changed = raw[:at] + other + raw[at + 1 :]

        assert read(changed) == exactly(changed)

    @pytest.mark.parametrize(
        "text",
        [
            '{"a":1}',
            '{"a":"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f"}',
            '{"a":{"b":[]},"c":[true,false,null,-5,9007199254740991]}',
            '{"é":1,"😀":2,"\ue000":3}',  # RFC 8785 sorts by UTF-16
        ],
    )
    def test_canonical_ones_are_read(self, text: str) -> None:
        assert read_leaf(text.encode()) == json.loads(text)

    @pytest.mark.parametrize(
        "text",
        [
            '{"a": 1}',
            '{"b":1,"a":2}',
            '{"a":1,"a":1}',
            '{"a":1.0}',
            '{"a":[{"b":1e16}]}',
            '{"a":1e-7}',
            '{"a":-0}',
            '{"a":9007199254740992}',
            '{"a":18446744073709551616}',
            '{"a":"\\u00e9"}',
            '{"a":"\\/"}',
            '{"a":"\\u001F"}',
            '{"a":"\\u0008"}',
            '{"a":NaN}',
            '{"a":1}\n',
            '{"a":1}{"b":1}',
            "[1]",
            '"a"',
            "1",
            "",
            '{"a":' * 2_000 + "1" + "}" * 2_000,
        ],
    )
    def test_others_are_not(self, text: str) -> None:
        assert read(text.encode()) is None
        assert exactly(text.encode()) is None
