"""Prioritas perbaikan: which question brings a unit nearer to its thresholds. Pure.

A question's rank is the points it has not brought times how far the worst threshold that it counts for is missed, as a
share of what is required. Where every threshold is met the rank is 0, and the missing points alone decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rulesets.formulas import ZERO
from rulesets.lke import Question
from rulesets.scoring import Scored
from rulesets.thresholds import TOTAL, Held


@dataclass(frozen=True)
class Priority:
    question: Question
    area: str | None
    points: Fraction  # brought so far
    missing: Fraction  # points that it could still bring
    threshold: Held | None  # the worst missed one that it counts for
    rank: Fraction


def priorities(scored: Scored, thresholds: Sequence[Held]) -> tuple[Priority, ...]:
    """Every question that could bring more, the most pressing first, then in the sheet's order."""
    missed = sorted((held for held in thresholds if not held.met), key=_share, reverse=True)
    ranked = [_priority(scored, code, missed) for code, one in scored.questions.items() if one.missing > 0]
    return tuple(sorted(ranked, key=lambda one: (one.rank, one.missing), reverse=True))


def _priority(scored: Scored, code: str, missed: Sequence[Held]) -> Priority:
    one, lke = scored.questions[code], scored.lke
    counts_for = {TOTAL, code, lke.area_of[code], *(node.code for node in lke.chain(lke.node_of[code].code))}
    worst = next((held for held in missed if held.of in counts_for), None)
    share = _share(worst) if worst else ZERO
    return Priority(lke.questions[code], lke.area_of[code], one.points, one.missing, worst, share * one.missing)


def _share(held: Held) -> Fraction:
    return held.short / held.required if held.required else ZERO
