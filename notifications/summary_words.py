"""A summary as the templates read it: figures as they were when it was made, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.catalogue import say
from notifications.commands import discard_command, release_command, summary_command
from notifications.markup import Lines
from states.monev.texts import describe_rule

NAMED = 3  # units that one request names


def summary_values(number: int, agency: str, content: Mapping[str, Any], note: str | None) -> dict[str, object]:
    late, evidence, critical = content["late"], content["evidence"], content["critical"]
    return {
        "agency": " ".join(agency.split()),
        "as_of": date.fromisoformat(content["as_of"]),
        "note": Lines(note) if note else None,
        "open_count": content["open"],
        "funnel": [{**one, "stage": say(f"stage.{one['stage']}")} for one in content["funnel"]],
        "late_count": late["count"],
        "late": [
            {**_named(one), "stage": say(f"stage.{one['stage']}"), "due": date.fromisoformat(one["due"])}
            for one in late["listed"]
        ],
        "evidence_units": evidence["candidacies"],
        "evidence_questions": evidence["questions"],
        "evidence": [_named(one) for one in evidence["listed"]],
        "critical_count": critical["count"],
        "critical": [{**_named(one), "text": _finding(one)} for one in critical["listed"]],
        "asks": [_ask(one) for one in content["asked"]],
        "summary_command": summary_command(number),
        "release_command": release_command(number),
        "discard_command": discard_command(number),
    }


def _ask(one: Mapping[str, Any]) -> dict[str, object]:
    names = [" ".join(name.split()) for name in one["units"][:NAMED]]
    more = one["count"] - len(names)
    title = {"papers": "document", "roles": "role"}.get(one["what"])
    return {
        "what": one["what"],
        "title": say(f"{title}.{one['item']}") if title else "",
        "names": "; ".join((*names, say("summary.more", count=more)) if more else names),
    }


def _named(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "unit": " ".join(one["unit"].split())}


def _finding(one: Mapping[str, Any]) -> str:
    said = one["text"] or describe_rule(one["rule"], dict(one["params"]))[0]
    return " ".join(said.split())
