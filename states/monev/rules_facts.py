"""Rules over facts: what has run out or soon will, and prerequisites of the target that are not met. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from models.findings import Severity
from models.people import Role
from models.stages import Stage
from rulesets.facts import FactOnRecord, check_facts
from states.monev.observed import Observed
from states.monev.rule import Hit, Param, rule


@rule(Severity.CRITICAL, Role.KOORDINATOR)
def fact_expired(observed: Observed) -> Iterator[Hit]:
    """The newest fact of its kind has run out."""
    for fact in _newest(observed):
        if fact.valid_until and observed.today > fact.valid_until:
            yield _ending(observed, fact)


@rule(Severity.INFO, Role.KOORDINATOR)
def fact_expiring(observed: Observed) -> Iterator[Hit]:
    """The newest fact of its kind will soon have run out."""
    horizon = observed.today + timedelta(days=observed.limits.expiry_days)
    for fact in _newest(observed):
        if fact.valid_until and observed.today <= fact.valid_until <= horizon:
            yield _ending(observed, fact)


@rule(Severity.WARNING, Role.KOORDINATOR)
def prerequisite_unmet(observed: Observed) -> Iterator[Hit]:
    """A prerequisite of the target is not on record or not good enough, and no waiver lifts it.

    In the self-assessment once half of the time is gone, in the TPI's assessment from the first day, because the
    proposal is next. That a fact has run out is said by `fact_expired`.
    """
    situation = observed.situation
    if situation.stage is not Stage.TPI_ASSESSMENT and not (
        situation.stage is Stage.SELF_ASSESSMENT and observed.worrying
    ):
        return
    rules = situation.ruleset
    for checked in check_facts(
        rules.prerequisites,
        rules.facts,
        observed.facts,
        level=situation.target,
        agency_kind=situation.agency_kind,
        on=observed.today,
    ):
        if checked.met or checked.status == "expired" or situation.lifted(f"prerequisite_{checked.status}"):
            continue
        params: dict[str, Param] = {
            "kind": checked.rule,
            "subject": situation.fact_subjects[checked.of],
            "required": checked.required,
            "actual": checked.actual or "-",
            "years": checked.years,
            "level": situation.target.value,
        }
        yield Hit(params, item=f"{checked.of}:{checked.rule}")


def _newest(observed: Observed) -> list[FactOnRecord]:
    """The newest fact of each kind, of the unit and of its agency."""
    newest: dict[tuple[str, str], FactOnRecord] = {}
    for fact in sorted(observed.facts, key=lambda fact: fact.dated_on):
        newest[fact.of, fact.kind] = fact
    return list(newest.values())


def _ending(observed: Observed, fact: FactOnRecord) -> Hit:
    subject = observed.situation.fact_subjects[fact.of]
    assert fact.valid_until  # noqa: S101 - only such facts end
    params: dict[str, Param] = {"kind": fact.kind, "subject": subject, "until": fact.valid_until.isoformat()}
    return Hit(params, item=f"{subject}:{fact.kind}")
