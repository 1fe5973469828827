"""What each area of an LKE still has to prove, and since when: kept beside the answers, in the fewest words. Pure.

Whom it concerns and on which days they are told needs no more than that, so the daily sweep reads no answers.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from models.trail import instant
from rulesets.lke import Lke

Times = Mapping[str, datetime]
"""By item: when it was last answered."""


def since(lke: Lke, question: str, times: Times) -> datetime:
    """When the newest of a question's items was answered."""
    return max(times[item.code] for item in lke.items_of[question] if item.code in times)


def kept_unproven(lke: Lke, questions: Iterable[str], times: Times) -> str:
    """As it is stored: for each area with something unproven, the longest time that something has been so."""
    oldest: dict[str, datetime] = {}
    for question in questions:
        area, at = lke.area_of[question] or "", since(lke, question, times)
        oldest[area] = min(at, oldest.get(area, at))
    return json.dumps({area: instant(at) for area, at in oldest.items()})


def read_unproven(kept: str) -> dict[str | None, datetime]:
    """The inverse; None stands for what belongs to no area."""
    return {area or None: datetime.fromisoformat(at) for area, at in json.loads(kept).items()}
