"""A finding in words: what was found, and what to do."""

import json

from models.catalogue import Word, say
from models.findings import Finding, Origin


def describe(finding: Finding) -> tuple[str, str]:
    """What was found and its fix, in the current language; the TPI's own words stand as they are."""
    if finding.origin is Origin.TPI:
        return finding.text or "", say("finding.tpi.fix")
    return describe_rule(finding.rule, json.loads(finding.params))


def describe_rule(rule: str, params: dict[str, str | int]) -> tuple[str, str]:
    titled = {name: _word(rule, name, value) for name, value in params.items()}
    return say(f"finding.{rule}", **titled), say(f"finding.{rule}.fix", **params)


def _word(rule: str, name: str, value: str | int) -> str | int:
    """Codes become the words that people know them by."""
    if name in ("stage", "role"):
        return Word(f"{name}.{value}")
    if name == "kind":
        return Word(f"{'document' if rule == 'document_missing' else 'fact'}.{value}")
    return value
