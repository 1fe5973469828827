"""The form of one area as its template needs it: sub-areas, questions, what is to be filled in, what stands beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.catalogue import Term, Word, say
from models.errors import Detail
from models.lke import Layer
from rulesets.figures import at_most, short
from rulesets.lke import Item, Lke, Node, Question
from rulesets.scoring import Scored
from states.evidence.listing import Listed
from states.lke.answers import mark_of
from states.lke.sheet import LkeSheet, Said

RESULTS = "hasil"
"""How the results are named in addresses, where areas go by their letters."""

Typed = Mapping[str, str]
"""Fields of a form that was not taken, as they were sent."""


@dataclass(frozen=True)
class Clash:
    """Somebody else's answer that was stored since the form was opened."""

    theirs: Said
    note_mark: str


@dataclass(frozen=True)
class ItemView:
    item: Item
    text: str
    is_official: bool
    criteria: str | None
    value: str  # in the input
    note: str
    was: str  # stored when the form was opened
    was_note: str  # its mark
    clash: Clash | None = None
    fault: str | None = None


@dataclass(frozen=True)
class Beside:
    """What another layer says of the same item."""

    layer: Layer
    item: str
    value: str | None
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class QuestionView:
    question: Question
    items: tuple[ItemView, ...]
    beside: tuple[Beside, ...]
    evidence: tuple[Listed, ...]
    asks_evidence: bool
    figure: str
    unanswered: bool


@dataclass(frozen=True)
class PartView:
    """A sub-area with its questions: one form."""

    node: Node
    half: Term | None
    figure: str
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True)
class Refilled:
    """A form that was not taken: what was sent, and what was wrong with it."""

    typed: Typed = field(default_factory=dict)
    clashing: frozenset[str] = frozenset()
    faults: Sequence[Detail] = ()


EMPTY = Refilled()


def area_in_address(lke: Lke, name: str) -> str | None:
    """The area that an address names. Raises KeyError for what is none."""
    if name == RESULTS:
        return None
    return {area.casefold(): area for area in lke.areas}[name.casefold()]


def address_of(area: str | None) -> str:
    return area or RESULTS


def title_of(lke: Lke, area: str | None) -> str:
    return in_words(lke.areas[area].title if area else Word("lke.results"))


def in_words(title: Term | Word) -> str:
    """In the reader's language; templates would show a message by its key."""
    return say(title) if isinstance(title, Word) else str(title)


def parts_of(
    sheet: LkeSheet,
    layer: Layer,
    area: str | None,
    evidence: Mapping[str, Sequence[Listed]],
    *,
    refilled: Refilled = EMPTY,
) -> list[PartView]:
    return [
        PartView(
            node,
            _half(sheet.lke, node),
            figure_of(sheet.scored[layer], node.code),
            tuple(_question(sheet, layer, one, evidence.get(one.code, ()), refilled) for one in node.questions),
        )
        for node in nodes_of(sheet.lke, area)
    ]


def nodes_of(lke: Lke, area: str | None) -> list[Node]:
    """Those with questions, in the sheet's order."""
    return [node for node in lke.nodes if node.questions and lke.area_of[node.questions[0].code] == area]


def figure_of(scored: Scored, code: str) -> str:
    """Points of how many, of an area, a node, a question, or `total`."""
    area = scored.areas.get(code)
    points, weight = (area.score, area.weight) if area else (scored.points_of(code), scored.weight_of(code))
    most = short(weight)
    return f"{at_most(points)} / {most if len(most.partition('.')[2]) <= len('00') else at_most(weight)}"


def figures_of(scored: Scored, area: str | None) -> dict[str, str]:
    """All that changes on the page of an area when an answer does."""
    codes = ["total", *([area] if area else [])]
    for node in nodes_of(scored.lke, area):
        codes += [node.code, *(question.code for question in node.questions)]
    return {code: figure_of(scored, code) for code in codes}


def clash_of(theirs: Said) -> Clash:
    return Clash(theirs, mark_of(theirs.note))


def _question(
    sheet: LkeSheet, layer: Layer, question: Question, evidence: Sequence[Listed], refilled: Refilled
) -> QuestionView:
    items = sheet.lke.items_of[question.code]
    scored = sheet.scored[layer]
    return QuestionView(
        question=question,
        items=tuple(_item(sheet, layer, item, refilled) for item in items),
        beside=tuple(_beside(sheet, layer, items)),
        evidence=tuple(evidence),
        asks_evidence=question.code in sheet.lke.asking_evidence,
        figure=figure_of(scored, question.code),
        unanswered=any(item.code not in scored.answers for item in items),
    )


def _item(sheet: LkeSheet, layer: Layer, item: Item, refilled: Refilled) -> ItemView:
    said = sheet.answers[layer].get(item.code)
    text, criteria = sheet.official.get(item.code, (str(item.title), None))
    value, note = (said.value or "", said.note or "") if said else ("", "")
    was, was_note = value, mark_of(note)
    typed = refilled.typed
    if f"was.{item.code}" in typed:
        value = typed.get(f"value.{item.code}", "")
        note = typed.get(f"note.{item.code}", "")
        was, was_note = typed[f"was.{item.code}"], typed.get(f"was-note.{item.code}", "")
    fault = next((one.why for one in refilled.faults if one.column == item.code), None)
    clash = clash_of(said) if said and item.code in refilled.clashing else None
    return ItemView(item, text, item.code in sheet.official, criteria, value, note, was, was_note, clash, fault)


def _beside(sheet: LkeSheet, layer: Layer, items: Sequence[Item]) -> Iterator[Beside]:
    for other in sheet.layers:
        for item in items if other is not layer else ():
            if said := sheet.answers[other].get(item.code):
                yield Beside(other, item.code, said.value, said.note, said.by, said.at)


def _half(lke: Lke, node: Node) -> Term | None:
    return next((above.title for above in lke.chain(node.code) if above.kind == "half"), None)
