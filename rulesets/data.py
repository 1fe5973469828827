"""What every rule file's shape shares: frozen, closed to unknown words, and exact numbers."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from models.errors import PipelineError


class Data(BaseModel):
    """A piece of a rule file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class BrokenRuleSet(PipelineError):
    """A rule file that contradicts itself: the product can't start with it. Says file, line and fault."""

    def __init__(self, why: str) -> None:
        super().__init__("ruleset_broken", why=why)


_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/[1-9][0-9]{0,8})?")


def _exact(value: object) -> Fraction:
    """Only text: a TOML float is no longer what was written."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError('a number stands in quotes here, as "0.67" or "1/3"')
    return Fraction(value)


Exact = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(str)]
"""A decimal or a fraction in quotes, kept exactly and never negative: "0.67" is 67/100, and "1/3" is a third."""
