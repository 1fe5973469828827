"""Finding questions by what people type. Pure."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from models.errors import NotFound, Refused
from rulesets.lke import Lke, Question
from states.lke.answers import find_item

NEAR = 3  # codes named for one that is not there


def find_questions(lke: Lke, names: Sequence[str], *, code: str) -> list[Question]:
    """Each question once, in the order given; by code in any letter case, or by an item's number in PortalRB.

    `code` is the candidacy's. Raises NotFound that names what exists near the unknown ones.
    """
    found: dict[str, Question] = {}
    unknown: list[str] = []
    by_code = {question.code.casefold(): question for question in lke.questions.values()}
    for name in names:
        item = find_item(lke, name)
        question = by_code.get(name.strip().casefold()) or (item.question if item else None)
        if question:
            found[question.code] = question
        else:
            unknown.append(name)
    if unknown:
        near = dict.fromkeys(code for name in unknown for code in _near(lke, name))
        raise NotFound("unknown_question", value=", ".join(unknown), near=", ".join(near), code=code)
    return list(found.values())


def require_asking(lke: Lke, questions: Sequence[Question], *, code: str) -> None:
    """Raise Refused for questions of the results: they rest on surveys and figures, not on evidence of the unit's."""
    silent = [question.code for question in questions if question.code not in lke.asking_evidence]
    if silent:
        raise Refused.because("question_asks_no_evidence", subject=code, questions=", ".join(silent), code=code)


def _near(lke: Lke, name: str) -> Iterator[str]:
    codes = {code.casefold(): code for code in lke.questions}
    for close in get_close_matches(name.strip().casefold(), codes, n=NEAR, cutoff=0):
        yield codes[close]
