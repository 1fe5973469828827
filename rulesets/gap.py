"""Two layers of one LKE side by side: where they answer differently, and what that comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rulesets.lke import Question
from rulesets.scoring import Scored


@dataclass(frozen=True)
class QuestionGap:
    question: Question
    area: str | None
    first: Mapping[str, str]  # answers by item; blanks are left out
    second: Mapping[str, str]
    first_points: Fraction
    second_points: Fraction

    @property
    def differs(self) -> bool:
        return self.first != self.second

    @property
    def difference(self) -> Fraction:
        """The second less the first: negative where the assessor gave less."""
        return self.second_points - self.first_points


@dataclass(frozen=True)
class FigureGap:
    code: str  # an area, a component, or `total`
    first: Fraction
    second: Fraction

    @property
    def difference(self) -> Fraction:
        return self.second - self.first


@dataclass(frozen=True)
class Gap:
    questions: tuple[QuestionGap, ...]  # all of them, in the sheet's order
    areas: tuple[FigureGap, ...]
    components: tuple[FigureGap, ...]
    total: FigureGap


def gap_between(first: Scored, second: Scored) -> Gap:
    """Both of the same LKE; blanks as zero."""
    lke = first.lke
    return Gap(
        questions=tuple(
            QuestionGap(
                question,
                lke.area_of[code],
                _answers(first, code),
                _answers(second, code),
                first.questions[code].points,
                second.questions[code].points,
            )
            for code, question in lke.questions.items()
        ),
        areas=tuple(FigureGap(area, first.areas[area].score, second.areas[area].score) for area in lke.areas),
        components=tuple(
            FigureGap(node.code, first.nodes[node.code].score, second.nodes[node.code].score)
            for node in lke.children[None]
        ),
        total=FigureGap("total", first.total.score, second.total.score),
    )


def _answers(scored: Scored, question: str) -> dict[str, str]:
    return {
        item.code: scored.answers[item.code] for item in scored.lke.items_of[question] if item.code in scored.answers
    }
