"""Options and arguments that several commands share, with their help in the reader's language."""

from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from models.catalogue import say
from models.errors import BadInput, UsageError

Choice = TypeVar("Choice", bound=StrEnum)

As = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help=say("help.as"))]
Json = Annotated[bool, typer.Option("--json", help=say("help.json"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=say("help.dry_run"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("help.reason"))]
CandidacyCode = Annotated[str, typer.Argument(metavar=say("arg.candidacy"), help=say("help.candidacy_code"))]


def day(text: str | None, *, name: str) -> date | None:
    """A date as YYYY-MM-DD. Raises UsageError for anything else: a bad date is a matter of usage."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("bad_date", name=name, value=text) from None


def choice(kind: type[Choice], text: str, *, name: str) -> Choice:
    """One of an enum's values; case does not matter. Raises UsageError that lists them."""
    for member in kind:
        if member.value.lower() == text.strip().lower():
            return member
    raise UsageError("bad_value", name=name, value=text, known=", ".join(member.value for member in kind))


def pairs(items: list[str] | None, *, name: str) -> dict[str, str]:
    """KEY=VALUE, each key once. Raises UsageError for a word without =, BadInput for a key given twice."""
    found: dict[str, str] = {}
    for item in items or []:
        key, separator, value = item.partition("=")
        if not separator or not key.strip():
            raise UsageError("bad_pair", name=name, value=item)
        if key.strip() in found:
            raise BadInput("given_twice", name=name, value=key.strip())
        found[key.strip()] = value
    return found
