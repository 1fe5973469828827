"""Rules over the action plan: an item past its target is a warning, and critical when a month has gone. Pure."""

from collections.abc import Iterator

from models.findings import Severity
from models.people import Role
from states.monev.observed import Observed, OpenItem
from states.monev.rule import Hit, rule

LONG = 30  # days past the target; own choice


@rule(Severity.WARNING, Role.PIMPINAN_UNIT)
def action_late(observed: Observed) -> Iterator[Hit]:
    """An item should have been done by now."""
    for one in observed.actions:
        if 0 < _days_late(observed, one) <= LONG:
            yield _late(observed, one)


@rule(Severity.CRITICAL, Role.PIMPINAN_UNIT)
def action_long_late(observed: Observed) -> Iterator[Hit]:
    """An item should have been done more than a month ago."""
    for one in observed.actions:
        if _days_late(observed, one) > LONG:
            yield _late(observed, one)


def _days_late(observed: Observed, one: OpenItem) -> int:
    return (observed.today - one.target_on).days


def _late(observed: Observed, one: OpenItem) -> Hit:
    return Hit(
        {
            "number": one.number,
            "area": one.area,
            "activity": one.activity,
            "target": one.target_on.isoformat(),
            "late": _days_late(observed, one),
            "progress": one.progress,
            "pic": one.pic or "-",
        },
        item=str(one.number),
    )
