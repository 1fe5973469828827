"""The rule sets that come with the product."""

from functools import cache
from pathlib import Path

from models.errors import UsageError
from rulesets.data import BrokenRuleSet
from rulesets.facts import FactKind, Of
from rulesets.reading import read_ruleset
from rulesets.ruleset import RuleSet

FOLDER = Path(__file__).parent


@cache
def rulesets() -> dict[str, RuleSet]:
    return {name: find_ruleset(name) for name in _files()}


@cache
def find_ruleset(name: str) -> RuleSet:
    """Reads this one and no other. Raises UsageError for a name that no rule set has."""
    if name not in _files():
        raise UsageError("unknown_ruleset", value=name, known=", ".join(_files()))
    return read_ruleset(_files()[name])


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


@cache
def document_kinds() -> frozenset[str]:
    """Every kind of document that some rule set knows."""
    return frozenset(kind for ruleset in rulesets().values() for kind in ruleset.documents)


@cache
def fact_kinds() -> dict[str, FactKind]:
    """Every kind of fact that some rule set knows. Raises BrokenRuleSet where two mean different things by one."""
    kinds: dict[str, FactKind] = {}
    for ruleset in rulesets().values():
        for name, kind in ruleset.facts.items():
            if kinds.setdefault(name, kind) != kind:
                raise BrokenRuleSet(f"{ruleset.name}: fact {name} means something else in another rule set")
    return kinds


@cache
def fact_owners() -> dict[str, frozenset[Of]]:
    """Whose fact each kind is, agency's or unit's, as far as some rule set asks for it."""
    owners: dict[str, set[Of]] = {}
    for ruleset in rulesets().values():
        for one in ruleset.prerequisites:
            owners.setdefault(one.fact, set()).add(one.of)
        if ruleset.clock:
            owners.setdefault(ruleset.clock.fact, set()).add("unit")
    return {kind: frozenset(of) for kind, of in owners.items()}


@cache
def area_codes() -> tuple[str, ...]:
    """The areas of every LKE, each once."""
    return tuple(dict.fromkeys(area for ruleset in rulesets().values() for area in ruleset.lke.areas))
