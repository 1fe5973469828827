"""Rules over time and papers: what is late, missing, silent, undated, or owed by nobody. Pure."""

from collections.abc import Iterator

from models.findings import Severity
from models.people import Role
from states.monev.observed import Observed
from states.monev.rule import Hit, rule
from states.way_on import missing_by_role, proposal_window


@rule(Severity.CRITICAL)
def stage_late(observed: Observed) -> Iterator[Hit]:
    """The stage should have been left by now."""
    due_on = observed.due_on
    if due_on and observed.today > due_on:
        late = (observed.today - due_on).days
        yield Hit({"stage": observed.situation.stage.value, "due": due_on.isoformat(), "late": late})


@rule(Severity.WARNING)
def document_missing(observed: Observed) -> Iterator[Hit]:
    """A paper that the way on needs is not on file, and half of the time for it is gone or the date is near."""
    if observed.due_on is None or not observed.worrying:
        return
    for role, kinds in missing_by_role(observed.situation).items():
        for kind in kinds:
            params = {"kind": kind, "due": observed.due_on.isoformat(), "code": observed.situation.code}
            yield Hit(params, item=kind, owner=role)


@rule(Severity.WARNING)
def no_activity(observed: Observed) -> Iterator[Hit]:
    """Nobody has recorded anything for a long time; monev itself and refusals do not count."""
    if (observed.today - observed.last_record_on).days >= observed.limits.idle_days:
        yield Hit({"since": observed.last_record_on.isoformat()})


@rule(Severity.CRITICAL, Role.KOORDINATOR)
def nobody_to_tell(observed: Observed) -> Iterator[Hit]:
    """A role that owes something here is held by nobody."""
    for role in observed.unheard:
        yield Hit({"role": role.value}, item=role.value)


@rule(Severity.INFO, Role.KOORDINATOR)
def no_due_date(observed: Observed) -> Iterator[Hit]:
    """Without a date nothing is ever late, and nobody is reminded."""
    if observed.due_on is None:
        yield Hit({"stage": observed.situation.stage.value})


@rule(Severity.CRITICAL, Role.KOORDINATOR)
def proposal_window_closed(observed: Observed) -> Iterator[Hit]:
    """The window has closed on a unit that is not proposed. The ministry may extend it by letter: nothing is barred."""
    window = proposal_window(observed.situation)
    if window and observed.today > window.closes:
        yield Hit({"closed": window.closes.isoformat(), "code": observed.situation.code})
