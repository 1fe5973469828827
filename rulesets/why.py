"""Why a figure is what it is: the answers, the rule and the sum behind it, as steps to be put into words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from rulesets.answers import numbers_of
from rulesets.figures import short
from rulesets.lke import Node, Question
from rulesets.scoring import BLANK, CHOICE, PORTION, Figure, Scored


@dataclass(frozen=True)
class Step:
    """One sentence: a key of the catalogues, `why.{key}`, and what goes into it."""

    key: str
    params: dict[str, str | int] = field(default_factory=dict)


def explain(scored: Scored, code: str) -> list[Step]:
    """The steps behind a question, a node, an area or `total`. Raises KeyError for a code that is none of these."""
    lke = scored.lke
    if code == "total":
        return list(_sum(scored, code, str(lke.source), scored.total, list(lke.children[None])))
    if code in lke.areas:
        parts = [node for node in lke.nodes if node.area == code]
        return list(_sum(scored, code, lke.areas[code].title, scored.areas[code], parts))
    if code in lke.by_code and not (code in lke.questions and len(lke.by_code[code].questions) == 1):
        return list(_node(scored, lke.by_code[code]))
    if code in lke.questions:
        return list(_question(scored, lke.questions[code]))
    raise KeyError(code)


def _sum(scored: Scored, code: str, title: str, figure: Figure, parts: list[Node]) -> Iterator[Step]:
    yield Step("sum", {**_figure(code, title, figure), "count": len(parts)})
    for part in parts:
        yield Step("part", _figure(part.code, part.title, scored.nodes[part.code]))


def _node(scored: Scored, node: Node) -> Iterator[Step]:
    figure = scored.nodes[node.code]
    if not node.questions:
        yield from _sum(scored, node.code, node.title, figure, list(scored.lke.children[node.code]))
        return
    weighted = any(question.weight is not None for question in node.questions)
    yield Step(
        "weighted" if weighted else "mean", {**_figure(node.code, node.title, figure), "count": figure.questions}
    )
    if node.code in scored.left_out:
        yield Step("left_out", {"code": node.code})
    for question in node.questions:
        yield from _question(scored, question)


def _question(scored: Scored, question: Question) -> Iterator[Step]:
    one = scored.questions[question.code]
    params: dict[str, str | int] = {
        "code": question.code,
        "title": question.title,
        "weight": short(one.weight),
        "points": short(one.points),
        "value": short(one.value or Fraction(0)),
        "source": scored.lke.zero_source if one.case not in (BLANK, CHOICE, PORTION) else scored.lke.source,
    }
    if question.formula:
        params["formula"] = question.formula.text
        numbers = numbers_of(scored.lke, question, scored.answers) or {}
        params["numbers"] = ", ".join(f"{key} = {short(number)}" for key, number in numbers.items())
    else:
        params["answer"] = scored.answers.get(question.code, "-")
    if question.portion:
        params["most"] = short(question.portion.most)
    yield Step(one.case, params)


def _figure(code: str, title: str, figure: Figure) -> dict[str, str | int]:
    return {
        "code": code,
        "title": title,
        "score": short(figure.score),
        "skipped": short(figure.skipped),
        "weight": short(figure.weight),
        "answered": figure.answered,
        "questions": figure.questions,
    }
