"""The lines that a message tells people to type, filled as far as we know."""

from models.catalogue import say
from states import guards
from states.moves import Move
from states.situation import Situation


def document_command(situation: Situation, kind: str) -> str:
    line = f"zi document add {situation.code} {kind} {say('placeholder.file')}"
    if situation.ruleset.documents[kind].numbered:
        line += f" --number {say('placeholder.number')} --date {say('placeholder.date')}"
    return line


def move_command(situation: Situation, move: Move) -> str:
    line = f"zi candidacy move {situation.code} {move.name}"
    if guards.criteria_missing in move.asks:
        line += "".join(f' --set "{key}={say("placeholder.yes_no")}"' for key in situation.ruleset.criteria)
    if guards.date_missing in move.asks:
        line += f" --effective {say('placeholder.date')}"
    return line


def show_command(code: str) -> str:
    return f"zi candidacy show {code}"


def evidence_command(code: str, email: str | None = None) -> str:
    return f"zi evidence missing {code}" + (f" --person {email}" if email else "")


def add_evidence_command(code: str, question: str) -> str:
    return f"zi evidence add {code} {question} {say('placeholder.file')}"


def release_command(number: int) -> str:
    return f"zi summary release {number}"


def discard_command(number: int) -> str:
    return f'zi summary discard {number} --reason "{say("placeholder.reason")}"'


def summary_command(number: int) -> str:
    return f"zi summary show {number}"


def correct_command(code: str) -> str:
    return f"zi candidacy move {code} correct"


def action_command(number: int) -> str:
    return f"zi action update {number} --progress {say('placeholder.percent')}"


def actions_command(code: str) -> str:
    return f"zi action list {code} --late"
