"""What has no evidence yet, or too little of it: by candidacy, question and person.

Read in pieces, with a fixed number of queries for each, so that 30,000 candidacies need no more memory than a few
hundred.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.candidacies import Candidacy
from models.catalogue import Term
from models.evidence import COUNTING, EvidenceState
from models.inserts import in_pieces
from models.people import Role
from models.stages import CLOSED, Stage
from rulesets.library import find_ruleset
from rulesets.lke import Lke
from rulesets.scoring import question_scores, value_of
from states.calendar import today_in_indonesia
from states.evidence.access import COLLECTING
from states.evidence.answering import Answering, load_answering
from states.evidence.counting import without_evidence
from states.evidence.on_file import (
    Named,
    OnFile,
    bare_answers,
    collecting,
    on_file_of,
    questions_on_file,
    unit_answers,
    wanting_some,
)
from states.evidence.unproven import since
from states.lke.standing import Who
from states.lookups import find

PIECE = 1_000  # candidacies looked at together
ADVICE_PIECE = 250  # the same, where all of their answers and evidence are held, at 127 each

Reason = Literal["none", "rejected", "fewer_than_wanted", "expired"]
Nothing = Literal["too_early", "closed", "unanswered", "complete"]


@dataclass(frozen=True)
class Missing:
    """One question that scores and is not proven, or not well enough."""

    candidacy: str
    question: str
    topic: Term
    area: str | None
    wanted: int  # pieces that it usually wants
    present: int  # pieces on file that count
    reason: Reason
    responsible: Who
    since: date  # when it was answered, in the agency's zone

    @property
    def required(self) -> bool:
        """Whether it stands in the way; the other reasons are advice."""
        return self.reason in ("none", "rejected")


def missing_evidence(
    session: Session,
    code: str | None = None,
    *,
    now: datetime,
    advice: bool = False,
    ids: Collection[int] | None = None,
) -> Iterator[Missing]:
    """Rows by candidacy, then in the LKE's order; of one candidacy, or of all open ones that are not history, or of
    those among them whose `ids` are given.

    With `advice` also what has fewer pieces than usual, or only such as have run out. A generator: the caller holds
    the session open. Raises NotFound for an unknown candidacy.
    """
    if code is not None:
        code = find(session, Candidacy, code).code
    for piece in in_pieces(collecting(session, code, ids), ADVICE_PIECE if advice else PIECE):
        yield from _with_advice(session, piece, now=now) if advice else _required(session, piece, now=now)


def _required(session: Session, piece: Sequence[Named], *, now: datetime) -> Iterator[Missing]:
    """What scores and has nothing on file: the database leaves out what is proven."""
    some = wanting_some(session, [one[0] for one in piece])
    wanting = [one for one in piece if one[0] in some]
    ids = [one[0] for one in wanting]
    answering = load_answering(session, {one[4] for one in wanting}, today=today_in_indonesia(now))
    answers, days = bare_answers(session, ids)
    rejected = questions_on_file(session, ids, [EvidenceState.REJECTED])
    formulas = {question for one in wanting for question in find_ruleset(one[2]).lke.with_formulas}
    counted = questions_on_file(session, ids, COUNTING, formulas)
    for key, name, ruleset, zone, unit in wanting:
        lke = find_ruleset(ruleset).lke
        for question in _unproven(lke, answers[key]):
            if (key, question) in counted:
                continue
            area = lke.area_of[question]
            yield Missing(
                candidacy=name,
                question=question,
                topic=lke.questions[question].title,
                area=area,
                wanted=lke.questions[question].wanted,
                present=0,
                reason="rejected" if (key, question) in rejected else "none",
                responsible=_responsible(answering, unit, area),
                since=since(lke, question, days[key]).astimezone(ZoneInfo(zone)).date(),
            )


def _unproven(lke: Lke, bare: Mapping[str, str]) -> list[str]:
    """Questions that score and want evidence, of those with bare answers; in the LKE's order. Pure."""
    asked = {lke.items[item].question.code for item in bare if item in lke.items} & lke.asking_evidence
    scoring = (code for code in asked if value_of(lke, lke.questions[code], bare)[0])
    return sorted(scoring, key=lke.place_of.__getitem__)


def _responsible(answering: Answering, unit: int, area: str | None) -> Who:
    found = answering.who(unit, area)
    return Who(found[0], found[1].email) if found else Who(Role.PIMPINAN_UNIT, None)


def _with_advice(session: Session, piece: Sequence[Named], *, now: datetime) -> Iterator[Missing]:
    """All that is on file is looked at."""
    ids = [one[0] for one in piece]
    answering = load_answering(session, {one[4] for one in piece}, today=today_in_indonesia(now))
    answers, days = unit_answers(session, ids)
    on_file = on_file_of(session, ids)
    for key, name, ruleset, zone, unit in piece:
        if not answers[key]:
            continue
        lke = find_ruleset(ruleset).lke
        here = now.astimezone(ZoneInfo(zone)).date()
        for question, reason in _reasons(lke, answers[key], on_file[key], today=here):
            asked, area = lke.questions[question], lke.area_of[question]
            yield Missing(
                candidacy=name,
                question=question,
                topic=asked.title,
                area=area,
                wanted=asked.wanted,
                present=len(on_file[key][question].lasts),
                reason=reason,
                responsible=_responsible(answering, unit, area),
                since=since(lke, question, days[key]).astimezone(ZoneInfo(zone)).date(),
            )


def why_nothing(session: Session, code: str) -> tuple[Nothing, Stage]:
    """Why one candidacy has no rows, and its stage. Raises NotFound."""
    candidacy = find(session, Candidacy, code)
    stage = Stage(candidacy.stage)
    if stage not in COLLECTING:
        return "closed" if stage in CLOSED else "too_early", stage
    answers, _ = unit_answers(session, [candidacy.id])
    return "complete" if answers[candidacy.id] else "unanswered", stage


def _reasons(
    lke: Lke, answers: Mapping[str, str], on_file: Mapping[str, OnFile], *, today: date
) -> Iterator[tuple[str, Reason]]:
    """Each question with what is wrong with its evidence, the weightiest reason only. Pure."""
    scores = question_scores(lke, answers)
    counted = {question: len(here.lasts) for question, here in on_file.items()}
    without = set(without_evidence(lke, scores, counted))
    for question, one in scores.items():
        here = on_file.get(question, OnFile())
        if question in without:
            yield question, "rejected" if here.rejected else "none"
        elif not one.value or question not in lke.asking_evidence:
            continue
        elif here.expired(today):
            yield question, "expired"
        elif len(here.lasts) < lke.questions[question].wanted:
            yield question, "fewer_than_wanted"
