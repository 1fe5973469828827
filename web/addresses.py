"""What stands in an address: read with care, and written back into links."""

from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query

LONGEST = 120  # characters of any word of a filter
LARGEST_PAGE = 100_000
YEARS = range(1900, 2900)

Word = Annotated[str, Query(max_length=LONGEST)]
Flag = Annotated[str, Query(max_length=1)]
Number = Annotated[int | None, Query(ge=0, le=2**63 - 1)]
PageNumber = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]

Chosen = TypeVar("Chosen", bound=str)


def address(path: str, **values: object) -> str:
    """The path with what is given; what is empty is left out."""
    given = {name: "1" if value is True else str(value) for name, value in values.items() if value not in ("", None)}
    query = urlencode({name: value for name, value in given.items() if value != "False"})
    return f"{path}?{query}" if query else path


def day_in(text: str) -> date | None:
    """None for what is no day, or none of our time: an old or mistyped link still works."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


def one_of(known: type[Chosen], text: str) -> Chosen | None:
    """None for a word that means nothing."""
    return known(text) if text in list(known) else None  # type: ignore[call-overload]
