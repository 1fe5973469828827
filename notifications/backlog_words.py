"""What a person still has to prove, as the templates read it."""

from dataclasses import dataclass
from datetime import date, datetime

from models.catalogue import say
from models.links import page
from models.people import Person
from notifications.commands import add_evidence_command, evidence_command
from states.evidence.backlog import Backlog, Share
from states.evidence.owed import Owed

SHOWN = 10  # candidacies that one message tells of; the rest is counted


@dataclass(frozen=True)
class Question:
    code: str
    topic: str
    since: date
    why: str | None  # the TPI's reason, where what was brought was rejected


@dataclass(frozen=True)
class Wanting:
    """One candidacy of one person."""

    unit: str
    level: str
    stage: str
    due_on: date | None
    days_left: int | None
    role: str | None  # whose task it is, where nobody holds it and this person stands in
    instead_of: tuple[str, ...]  # who is away, and in whose place this person is told
    count: int
    questions: tuple[Question, ...]
    command: str  # brings evidence for the first question
    list_command: str
    link: str | None

    @property
    def more(self) -> int:
        """How many are not told by name."""
        return self.count - len(self.questions)


def backlog_values(backlog: Backlog, person: Person, *, now: datetime) -> dict[str, object]:
    told = [_wanting(share, person, now=now) for share in backlog.in_order[:SHOWN]]
    return {
        "name": person.name,
        "total": backlog.total,
        "candidacies": told,
        "more_candidacies": len(backlog.in_order) - len(told),
        "soonest": next((one.days_left for one in told if one.days_left is not None), None),
    }


def _wanting(share: Share, person: Person, *, now: datetime) -> Wanting:
    asked, first = share.asked, share.told[0]
    return Wanting(
        unit=" ".join(asked.unit.split()),
        level=asked.target.value,
        stage=say(f"stage.{asked.stage.value}"),
        due_on=asked.due_on,
        days_left=(asked.due_on - asked.today(now)).days if asked.due_on else None,
        role=say(f"role.{first.missing.responsible.role.value}") if first.stands_in else None,
        instead_of=tuple(sorted(share.instead_of)),
        count=share.count,
        questions=tuple(_question(owed) for owed in share.told),
        command=add_evidence_command(asked.code, first.missing.question),
        list_command=evidence_command(asked.code, None if first.stands_in or share.instead_of else person.email),
        link=page("candidacies", asked.code, "evidence"),
    )


def _question(owed: Owed) -> Question:
    why = " ".join(owed.why.split()) if owed.why else None
    return Question(owed.missing.question, str(owed.missing.topic), owed.missing.since, why)
