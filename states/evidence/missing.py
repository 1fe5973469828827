"""What has no evidence yet, or too little of it: by candidacy, question and person.

Read in pieces, with a fixed number of queries for each, so that 30,000 candidacies need no more memory than a few
hundred. People are looked up for larger pieces than answers: each look reads a whole agency's roles.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.candidacies import Candidacy
from models.catalogue import Term
from models.inserts import in_pieces
from models.stages import CLOSED, Stage
from rulesets.library import find_ruleset
from rulesets.lke import Lke
from rulesets.scoring import question_scores
from states.calendar import today_in_indonesia
from states.evidence.access import COLLECTING
from states.evidence.counting import without_evidence
from states.evidence.on_file import OnFile, collecting, on_file_of, unit_answers
from states.evidence.unproven import since
from states.lke.responsible import by_area, responsible_for
from states.lke.standing import Who
from states.lookups import find

PIECE = 250  # candidacies whose answers are held at a time, at 127 each
PEOPLE_PIECE = 10_000  # candidacies whose people are looked up at a time

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
    today = today_in_indonesia(now)
    for many in in_pieces(collecting(session, code, ids), PEOPLE_PIECE):
        holders = responsible_for(session, [one[0] for one in many], today=today)
        for piece in in_pieces(many, PIECE):
            ids = [one[0] for one in piece]
            answers, days = unit_answers(session, ids)
            on_file = on_file_of(session, ids)
            for key, name, ruleset, zone in piece:
                if not answers[key]:
                    continue
                lke = find_ruleset(ruleset).lke
                here = now.astimezone(ZoneInfo(zone)).date()
                responsible = by_area(lke, holders[key]).unit_side
                for question, reason in _reasons(lke, answers[key], on_file[key], today=here, advice=advice):
                    asked = lke.questions[question]
                    yield Missing(
                        candidacy=name,
                        question=question,
                        topic=asked.title,
                        area=lke.area_of[question],
                        wanted=asked.wanted,
                        present=len(on_file[key][question].lasts),
                        reason=reason,
                        responsible=responsible[lke.area_of[question]],
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
    lke: Lke, answers: Mapping[str, str], on_file: Mapping[str, OnFile], *, today: date, advice: bool
) -> Iterator[tuple[str, Reason]]:
    """Each question with what is wrong with its evidence, the weightiest reason only. Pure."""
    scores = question_scores(lke, answers)
    counted = {question: len(here.lasts) for question, here in on_file.items()}
    without = set(without_evidence(lke, scores, counted))
    for question, one in scores.items():
        here = on_file.get(question, OnFile())
        if question in without:
            yield question, "rejected" if here.rejected else "none"
        elif not advice or not one.value or question not in lke.asking_evidence:
            continue
        elif here.expired(today):
            yield question, "expired"
        elif len(here.lasts) < lke.questions[question].wanted:
            yield question, "fewer_than_wanted"

