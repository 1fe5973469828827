"""The rule sets that come with the product."""

from functools import cache
from pathlib import Path

from models.errors import UsageError
from rulesets.ruleset import RuleSet, read_ruleset

FOLDER = Path(__file__).parent


@cache
def rulesets() -> dict[str, RuleSet]:
    return {path.stem: read_ruleset(path) for path in sorted(FOLDER.glob("*.toml"))}


def find_ruleset(name: str) -> RuleSet:
    """Raises UsageError for a name that no rule set has."""
    if name not in rulesets():
        raise UsageError("unknown_ruleset", value=name, known=", ".join(rulesets()))
    return rulesets()[name]


@cache
def document_kinds() -> frozenset[str]:
    """Every kind of document that some rule set knows."""
    return frozenset(kind for ruleset in rulesets().values() for kind in ruleset.documents)
