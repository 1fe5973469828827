"""Rules over evidence: rejected and not replaced, run out, or standing for other units, too. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from models.findings import Severity
from models.people import Role
from models.stages import Stage
from states.evidence.access import COLLECTING
from states.monev.observed import Observed
from states.monev.rule import Hit, Param, rule

NAMED = 5  # questions named in one sentence; the list has the others


@rule(Severity.WARNING, Role.POKJA)
def evidence_rejected(observed: Observed) -> Iterator[Hit]:
    """The TPI rejected evidence, and nothing has come in its place; by area."""
    if observed.situation.stage in (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT):
        yield from _by_area(observed, observed.evidence.rejected)


@rule(Severity.WARNING, Role.POKJA)
def evidence_expired(observed: Observed) -> Iterator[Hit]:
    """All that counts for a question has run out; by area."""
    if observed.situation.stage in COLLECTING:
        days = observed.evidence.last_days
        yield from _by_area(observed, [code for code, last in days.items() if last < observed.today])


@rule(Severity.INFO, Role.POKJA)
def evidence_expiring(observed: Observed) -> Iterator[Hit]:
    """All that counts for a question will soon have run out; by area."""
    if observed.situation.stage in COLLECTING:
        horizon = observed.today + timedelta(days=observed.limits.expiry_days)
        days = observed.evidence.last_days
        yield from _by_area(observed, [code for code, last in days.items() if observed.today <= last <= horizon])


@rule(Severity.INFO, Role.KOORDINATOR)
def evidence_reused(observed: Observed) -> Iterator[Hit]:
    """Files or links that count here also count for other units of the agency."""
    seen = observed.evidence
    if seen.shared and observed.situation.stage in COLLECTING:
        yield Hit({"count": seen.shared, "other": seen.shared_with, "code": observed.situation.code})


def _by_area(observed: Observed, questions: Iterable[str]) -> Iterator[Hit]:
    """One hit for each area, with its questions in the LKE's order."""
    lke = observed.situation.ruleset.lke
    wanted, areas = set(questions), defaultdict[str | None, list[str]](list)
    for code in lke.questions:
        if code in wanted:
            areas[lke.area_of[code]].append(code)
    for area, codes in areas.items():
        rest = len(codes) - NAMED
        named = ", ".join(codes[:NAMED]) + (f", +{rest}" if rest > 0 else "")
        params: dict[str, Param] = {
            "count": len(codes),
            "area": area or "-",
            "questions": named,
            "code": observed.situation.code,
        }
        yield Hit(params, item=area or "", area=area)
