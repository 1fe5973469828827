"""Rules beyond candidacies: units that hold a predicate, and the trail of the installation. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from models.findings import Severity
from models.people import Role
from states.monev.observed import Designated, TrailSeen
from states.monev.rule import Hit, Param, rule


@rule(Severity.CRITICAL, Role.KOORDINATOR)
def report_due(seen: Designated) -> Iterator[Hit]:
    """The two-yearly letter on a unit that holds a predicate is due, or late (90/2021 p.61-63)."""
    if not seen.excused and seen.today >= seen.due_on:
        yield _report(seen)


@rule(Severity.INFO, Role.KOORDINATOR)
def report_soon(seen: Designated) -> Iterator[Hit]:
    """The two-yearly letter will soon be due."""
    if not seen.excused and seen.due_on - timedelta(days=seen.lead_days) <= seen.today < seen.due_on:
        yield _report(seen)


@rule(Severity.CRITICAL, Role.ADMIN)
def trail_broken(seen: TrailSeen) -> Iterator[Hit]:
    """The trail does not verify: a record was changed or is missing, or what guards it is gone."""
    if seen.fault or seen.missing_triggers:
        params: dict[str, Param] = {
            "fault": seen.fault or "trigger_missing",
            "seq": "-" if seen.seq is None else seen.seq,
            "names": ", ".join(seen.missing_triggers),
        }
        yield Hit(params)


def _report(seen: Designated) -> Hit:
    params: dict[str, Param] = {"unit": seen.unit, "level": seen.level.value, "due": seen.due_on.isoformat()}
    return Hit(params, item=seen.level.value)
