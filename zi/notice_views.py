"""Notices of missing evidence as a document for scripts, and as texts to copy."""

from collections.abc import Sequence
from typing import Any

from models.catalogue import say
from notifications.evidence_notices import Addressed
from zi.output import line


def notices_document(notices: Sequence[Addressed]) -> dict[str, Any]:
    return {
        "notices": [
            {
                "email": one.person.email,
                "name": one.person.name,
                "whatsapp": one.person.whatsapp,
                "missing": one.backlog.total,
                "candidacies": sorted(one.backlog.shares),
                "subject": one.letter.subject,
                "text": one.letter.body,
                "short": one.letter.short,
            }
            for one in notices
        ]
    }


def show_notices(notices: Sequence[Addressed], *, short: bool) -> None:
    """Each text under a line that says where it goes; that line is not part of it."""
    if not notices:
        line(say("empty.notices"))
    for one in notices:
        where = one.person.whatsapp if short else one.person.email
        line(f"== {one.person.name} ({where or one.person.email}) ==", style="bold")
        line()
        line(one.letter.short if short else one.letter.body)
        line()
