"""What a rule of monev is: a name, how much it matters, who has to act, and a pure function that looks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from models.findings import Severity
from models.people import Role

Seen = TypeVar("Seen")

Param = str | int | tuple[str, str]
"""A figure of a finding's text; a pair is a name in Indonesian and English."""


@dataclass(frozen=True)
class Hit:
    """One thing that a rule sees; `item` tells it apart from others of the same rule."""

    params: Mapping[str, Param] = field(default_factory=dict)
    item: str = ""
    owner: Role | None = None  # where it is another one than the rule's
    area: str | None = None


@dataclass(frozen=True)
class Found:
    """A hit with its rule's name and weight: what is kept as a finding."""

    rule: str
    item: str
    severity: Severity
    owner: Role
    params: Mapping[str, Param] = field(default_factory=dict)
    area: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.item


@dataclass(frozen=True)
class Rule(Generic[Seen]):
    """Its text is `finding.ID` in the catalogues, with what to do in `finding.ID.fix`."""

    id: str
    severity: Severity
    owner: Role | None  # none: each hit names one, or it is whoever owns the stage
    look: Callable[[Seen], Iterator[Hit]]

    def find(self, seen: Seen, *, otherwise: Role) -> Iterator[Found]:
        """`otherwise` has to act where neither the rule nor the hit says who."""
        for hit in self.look(seen):
            owner = hit.owner or self.owner or otherwise
            yield Found(self.id, hit.item, self.severity, owner, hit.params, hit.area)


def rule(severity: Severity, owner: Role | None = None) -> Callable[[Callable[[Seen], Iterator[Hit]]], Rule[Seen]]:
    """Makes a function a rule of the same name."""

    def named(look: Callable[[Seen], Iterator[Hit]]) -> Rule[Seen]:
        return Rule(look.__name__, severity, owner, look)

    return named
