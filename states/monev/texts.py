"""A finding in words: what was found, and what to do."""

import json
from collections.abc import Mapping, Sequence

from models.catalogue import Term, Word, say
from models.findings import Finding, Origin
from states.monev.rule import Param

Stored = Param | Sequence[str]  # a pair comes back from JSON as a list


def describe(finding: Finding) -> tuple[str, str]:
    """What was found and its fix, in the current language; the TPI's own words stand as they are."""
    if finding.origin is Origin.TPI:
        return finding.text or "", say("finding.tpi.fix", number=finding.id)
    return describe_rule(finding.rule, json.loads(finding.params))


def describe_rule(rule: str, params: Mapping[str, Stored]) -> tuple[str, str]:
    titled = {name: _word(rule, name, value, params) for name, value in params.items()}
    return say(f"finding.{rule}", **titled), say(f"finding.{rule}.fix", **params)


def _word(rule: str, name: str, value: Stored, params: Mapping[str, Stored]) -> object:
    """Codes become the words that people know them by."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Term(*value)
    if name in ("stage", "role", "layer"):
        return Word(f"{name}.{value}")
    if name == "threshold":
        return Word("lke.total")
    if name == "kind":
        return Word(f"{'document' if rule == 'document_missing' else 'fact'}.{value}")
    if name == "fault":
        return say(f"audit.fault.{value}", names=params.get("names", ""))
    return value
