"""What a sheet of answers is worth. Pure, exact, and with two figures for blanks.

Fractions inside: with decimals a third is cut off, and a sheet of exactly 40 points can read 39.999. *Blanks as zero*
decides; *blanks skipped* is what the official workbook's AVERAGE shows. A sub-area that is wholly blank breaks that
workbook (#DIV/0!): here it is left out of the second figure, and named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rulesets.answers import Answers, numbers_of
from rulesets.formulas import ZERO
from rulesets.lke import Lke, Node, Question

BLANK, CHOICE, PORTION = "blank", "choice", "portion"


@dataclass(frozen=True)
class QuestionScore:
    value: Fraction | None  # 0 to 1; None while it is not answered
    case: str  # which case gave the value: blank, choice, portion, formula, or one of a formula's zeros
    weight: Fraction  # the points it can bring

    @property
    def points(self) -> Fraction:
        """With a blank as zero."""
        return (self.value or ZERO) * self.weight

    @property
    def missing(self) -> Fraction:
        return self.weight - self.points


@dataclass(frozen=True)
class Figure:
    """The score of a node, an area or the whole."""

    weight: Fraction
    score: Fraction  # blanks as zero
    skipped: Fraction  # blanks skipped
    questions: int
    answered: int

    @property
    def percent(self) -> Fraction:
        return self.score / self.weight * 100


@dataclass(frozen=True)
class Scored:
    lke: Lke
    answers: Answers
    questions: Mapping[str, QuestionScore]
    nodes: Mapping[str, Figure]
    areas: Mapping[str, Figure]
    total: Figure
    left_out: tuple[str, ...]  # nodes wholly blank, without a part in the skipped figure

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Items that are blank, those that are only data too."""
        return tuple(code for code in self.lke.items if code not in self.answers)

    def points_of(self, code: str) -> Fraction:
        """Of a node, a question, or `total`."""
        if code == "total":
            return self.total.score
        return self.nodes[code].score if code in self.lke.by_code else self.questions[code].points

    def weight_of(self, code: str) -> Fraction:
        if code == "total":
            return self.total.weight
        return self.lke.by_code[code].weight if code in self.lke.by_code else self.questions[code].weight


def score(lke: Lke, answers: Answers) -> Scored:
    """Every figure of the sheet; `answers` as `read_answer` gives them, items that the sheet lacks are not allowed."""
    questions = question_scores(lke, answers)
    nodes: dict[str, Figure] = {}
    left_out: list[str] = []
    for node in reversed(lke.nodes):  # children stand after their parents
        if node.questions:
            nodes[node.code] = _leaf(node, questions)
            if nodes[node.code].answered == 0:
                left_out.append(node.code)
        else:
            nodes[node.code] = _sum([nodes[child.code] for child in lke.children[node.code]], node.weight)
    return Scored(
        lke=lke,
        answers=answers,
        questions=questions,
        nodes=nodes,
        areas={area: _area([nodes[node.code] for node in lke.nodes if node.area == area]) for area in lke.areas},
        total=_sum([nodes[node.code] for node in lke.children[None]], lke.total),
        left_out=tuple(reversed(left_out)),
    )


def question_scores(lke: Lke, answers: Answers) -> dict[str, QuestionScore]:
    """Each question alone, in the sheet's order: for whoever needs no sums."""
    return {
        code: QuestionScore(*value_of(lke, question, answers), lke.weight_of[code])
        for code, question in lke.questions.items()
    }


def value_of(lke: Lke, question: Question, answers: Answers) -> tuple[Fraction | None, str]:
    """What one question is worth, 0 to 1, and by which case; None while it is a blank."""
    if question.formula:
        numbers = numbers_of(lke, question, answers)
        if numbers is None:
            return None, BLANK
        found = question.formula.of(numbers)
        return found.value, found.case
    answer = answers.get(question.code)
    if answer is None:
        return None, BLANK
    if question.portion:
        return Fraction(answer) / question.portion.most, PORTION
    assert question.scale  # noqa: S101 - checked when the file was read
    return lke.scales[question.scale][answer], CHOICE


def _leaf(node: Node, scores: Mapping[str, QuestionScore]) -> Figure:
    """Mean times weight, which is the sum of the questions' points; skipping blanks, the mean of those answered."""
    here = [scores[question.code] for question in node.questions]
    answered = [one for one in here if one.value is not None]
    points = sum((one.points for one in here), ZERO)
    weighted = any(question.weight is not None for question in node.questions)
    skipped = points * len(here) / len(answered) if answered and not weighted else points
    return Figure(node.weight, points, skipped, len(here), len(answered))


def _sum(parts: list[Figure], weight: Fraction) -> Figure:
    return Figure(
        weight,
        sum((part.score for part in parts), ZERO),
        sum((part.skipped for part in parts), ZERO),
        sum(part.questions for part in parts),
        sum(part.answered for part in parts),
    )


def _area(parts: list[Figure]) -> Figure:
    """Both halves of an area together."""
    return _sum(parts, sum((part.weight for part in parts), ZERO))
