"""Guards: each names what stands in the way of a move, or says nothing. Pure."""

from collections.abc import Iterator
from datetime import date

from models.candidacies import Level
from models.catalogue import Word
from models.cycles import Route
from models.errors import Obstacle
from models.stages import Stage
from states.situation import Guard, Situation

YES_NO = {"ya": "ya", "yes": "ya", "y": "ya", "tidak": "tidak", "no": "tidak", "n": "tidak"}


def documents_missing(move: str) -> Guard:
    """The papers that the rule set wants for this move: on file, and with number and date where it wants them."""

    def guard(situation: Situation) -> Iterator[Obstacle]:
        for kind in situation.missing(move):
            rule = situation.ruleset.documents[kind]
            incomplete = bool(situation.papers_of(kind))
            yield Obstacle(
                "document_incomplete" if incomplete else "document_missing",
                {
                    "kind": kind,
                    "title": _title(kind),
                    "code": situation.code,
                    "source": rule.source,
                    "how": Word("how.numbered") if rule.numbered else "",
                },
                rule.filed_by[0],
            )

    return guard


def assesses_own_work(situation: Situation) -> Iterator[Obstacle]:
    """Who answered for the unit may not assess it; the TPI never assesses its own unit (own choice)."""
    if situation.actor and situation.acts_for_unit(situation.actor.person_id):
        yield Obstacle("assesses_own_work", {"email": situation.actor.email})


def answers_own_assessment(situation: Situation) -> Iterator[Obstacle]:
    """The other way round: who assessed the unit may not answer for it."""
    if situation.actor and situation.has_assessed(situation.actor.person_id):
        yield Obstacle("answers_own_assessment", {"email": situation.actor.email})


def proposes_own_assessment(situation: Situation) -> Iterator[Obstacle]:
    """Who assessed may not record the proposal."""
    if situation.actor and situation.has_assessed(situation.actor.person_id):
        yield Obstacle("proposes_own_assessment", {"email": situation.actor.email})


SEGREGATION: frozenset[Guard] = frozenset({assesses_own_work, answers_own_assessment, proposes_own_assessment})
"""Moves that ask one of these need to know whose hands were in the candidacy."""


def building_too_short(situation: Situation) -> Iterator[Obstacle]:
    clock = situation.ruleset.clock
    if clock is None or situation.lifted("building_too_short"):
        return
    started = situation.clock_started_on()
    if started is None:
        yield Obstacle("building_start_unknown", {"title": _title(clock.document), "source": clock.source})
        return
    ready = add_months(started, clock.months)
    if situation.effective_on < ready:
        yield Obstacle(
            "building_too_short",
            {
                "started": started.isoformat(),
                "ready": ready.isoformat(),
                "months": clock.months,
                "source": clock.source,
            },
        )


def wbk_not_held(situation: Situation) -> Iterator[Obstacle]:
    """WBBM comes after WBK."""
    if situation.target is Level.WBBM and not any(held.on(situation.effective_on) for held in situation.predicates):
        yield Obstacle("wbk_not_held", {"source": situation.ruleset.wbbm_needs_wbk})


def barred_by_revocation(situation: Situation) -> Iterator[Obstacle]:
    bar = situation.ruleset.revocation_bar
    if bar is None or situation.target not in bar.levels:
        return
    revoked = [held.revoked_on for held in situation.predicates if held.revoked_on]
    if revoked and situation.effective_on < (free := add_months(max(revoked), 12 * bar.years)):
        yield Obstacle(
            "barred_by_revocation",
            {"revoked": max(revoked).isoformat(), "free": free.isoformat(), "years": bar.years, "source": bar.source},
        )


def no_finding_raised(situation: Situation) -> Iterator[Obstacle]:
    if situation.findings_in_stay == 0:
        yield Obstacle("no_finding_raised", {"code": situation.code})


def assessment_closed(situation: Situation) -> Iterator[Obstacle]:
    """What closed the assessment is taken back first: a second round needs a closing of its own."""
    for kind, rule in situation.ruleset.documents.items():
        if rule.closes and situation.papers_of(kind):
            yield Obstacle("assessment_closed", {"title": _title(kind), "code": situation.code})


def objection_used(situation: Situation) -> Iterator[Obstacle]:
    """There is one objection."""
    if any(stay.move == "object" and not stay.undone for stay in situation.stays):
        yield Obstacle("objection_used")


def objection_window_closed(situation: Situation) -> Iterator[Obstacle]:
    """From the day the administrative check failed until the day the cycle's calendar names."""
    if situation.stage is not Stage.SUBMISSION_OBJECTION:
        return
    closes = situation.current.due_on
    if closes is None:
        yield Obstacle("objection_window_unknown")
    elif situation.effective_on > closes:
        yield Obstacle("objection_window_closed", {"closed": closes.isoformat()})


def own_route_closed(situation: Situation) -> Iterator[Obstacle]:
    """An agency decides by itself where the cycle says so, and only levels that the rule set lets it (5/2024 p.7)."""
    if situation.route is not Route.OWN:
        yield Obstacle("own_route_closed")
    elif situation.target not in situation.ruleset.own_route_levels:
        yield Obstacle("own_route_not_for_level", {"level": situation.target.value})


def reason_missing(situation: Situation) -> Iterator[Obstacle]:
    if situation.ask and not situation.ask.reason.strip():
        yield Obstacle("reason_missing")


def date_missing(situation: Situation) -> Iterator[Obstacle]:
    """The day an outside body decided is not the day it is recorded: it must be said."""
    if situation.ask and not situation.ask.effective_given:
        yield Obstacle("date_missing")


def criteria_missing(situation: Situation) -> Iterator[Obstacle]:
    if not situation.ask:
        return
    for criterion in situation.ruleset.criteria:
        if criterion not in situation.ask.values:
            yield Obstacle(
                "criterion_missing",
                {
                    "key": criterion,
                    "title": Word(f"criterion.{criterion}"),
                    "source": situation.ruleset.criteria_source,
                },
            )
        elif situation.ask.values[criterion].strip().lower() not in YES_NO:
            yield Obstacle("criterion_not_yes_or_no", {"key": criterion, "value": situation.ask.values[criterion]})


def decree_missing(situation: Situation) -> Iterator[Obstacle]:
    if not situation.ask:
        return
    if not situation.ask.values.get("decree", "").strip():
        yield Obstacle("decree_missing")
    revoked = situation.ask.values.get("date", "").strip()
    if not revoked:
        yield Obstacle("decree_date_missing")
    elif revoked > situation.today.isoformat():
        yield Obstacle("date_in_future", {"date": revoked, "today": situation.today.isoformat()})
    elif revoked < situation.current.entered_on.isoformat():
        entered = situation.current.entered_on.isoformat()
        yield Obstacle("date_before_stage", {"date": revoked, "entered": entered})


def date_out_of_order(situation: Situation) -> Iterator[Obstacle]:
    """Never after today, never before the stage that is being left was entered."""
    if situation.effective_on > situation.today:
        yield Obstacle(
            "date_in_future", {"date": situation.effective_on.isoformat(), "today": situation.today.isoformat()}
        )
    elif situation.effective_on < situation.current.entered_on:
        yield Obstacle(
            "date_before_stage",
            {"date": situation.effective_on.isoformat(), "entered": situation.current.entered_on.isoformat()},
        )


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _title(kind: str) -> Word:
    return Word(f"document.{kind}")
