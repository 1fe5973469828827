"""The LKE of a regulation: its tree, its questions and what each is worth. Read from a file, checked, frozen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from models.catalogue import Term
from rulesets.data import Data, Exact
from rulesets.formulas import Fall, Portion, Ratio

NodeKind = Literal["component", "half", "area", "sub_area", "group"]
Survey = Literal["service", "anticorruption"]
Pieces = Annotated[int, Field(gt=0)]


class Named(Data):
    """What people read of it: Indonesian first, English second."""

    name: str
    name_en: str

    @property
    def title(self) -> Term:
        return Term(self.name, self.name_en)


class Input(Data):
    """One of the counts that a formula is made of."""

    key: str = Field(pattern=r"^[a-z]$")
    topic: str
    topic_en: str
    soal: int | None = Field(default=None, gt=0)
    row: int | None = Field(default=None, gt=0)
    data_only: bool = False  # asked for completeness; no formula uses it
    note: str | None = None
    note_en: str | None = None


class Question(Data):
    """One scored question: a choice on a scale, a formula over counts, or a part of a maximum."""

    code: str
    topic: str
    topic_en: str
    scale: str | None = None
    ratio: Ratio | None = None
    fall: Fall | None = None
    portion: Portion | None = None
    inputs: tuple[Input, ...] = ()
    weight: Exact | None = None  # only where the node's questions do not weigh the same
    survey: Survey | None = None
    soal: int | None = Field(default=None, gt=0)  # the number in PortalRB
    row: int | None = Field(default=None, gt=0)  # in the official workbook
    evidence: Mapping[str, Pieces] = {}  # how many pieces of which kind it usually wants

    @property
    def formula(self) -> Ratio | Fall | None:
        return self.ratio or self.fall

    @property
    def title(self) -> Term:
        return Term(self.topic, self.topic_en)

    @property
    def wanted(self) -> int:
        """How many pieces of evidence it usually wants; one where nobody says."""
        return sum(self.evidence.values()) or 1


class Node(Named):
    """A branch of the tree; its score comes from the nodes below it, or from its questions."""

    code: str
    parent: str | None = None
    kind: NodeKind
    area: str | None = None
    weight: Exact
    asks_evidence: bool = True
    questions: tuple[Question, ...] = ()


class Columns(Data):
    """Letters of one layer's columns in the official workbook."""

    answer: str
    note: str
    evidence: str | None = None


class Workbook(Data):
    """Where the official workbook keeps the answers."""

    sheet: str
    unit: Columns
    tpi: Columns


@dataclass(frozen=True)
class Item:
    """One thing to fill in: a question, or one of the counts of its formula. 127 of them in 90/2021."""

    code: str
    question: Question
    input: Input | None
    letters: Mapping[str, Fraction] | None  # what each answer is worth, for a choice

    @property
    def soal(self) -> int | None:
        return self.input.soal if self.input else self.question.soal

    @property
    def row(self) -> int | None:
        return self.input.row if self.input else self.question.row

    @property
    def data_only(self) -> bool:
        return bool(self.input and self.input.data_only)

    @property
    def title(self) -> Term:
        return Term(self.input.topic, self.input.topic_en) if self.input else self.question.title

    @property
    def note(self) -> Term | None:
        """What to mind when it is filled in."""
        if self.input is None or self.input.note is None:
            return None
        return Term(self.input.note, self.input.note_en or self.input.note)


class Lke(Data):
    """One regulation's sheet."""

    name: str
    source: str
    total: Exact
    zero_source: str  # who says what a division by nothing is worth
    workbook: Workbook | None = None
    scales: Mapping[str, Mapping[str, Exact]]
    areas: Mapping[str, Named]
    nodes: tuple[Node, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def children(self) -> Mapping[str | None, tuple[Node, ...]]:
        below: dict[str | None, list[Node]] = {}
        for node in self.nodes:
            below.setdefault(node.parent, []).append(node)
        return {parent: tuple(nodes) for parent, nodes in below.items()}

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """All scored questions, in the sheet's order."""
        return {question.code: question for node in self.nodes for question in node.questions}

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """Where each question stands in the sheet, counted from 0."""
        return {code: place for place, code in enumerate(self.questions)}

    @cached_property
    def with_formulas(self) -> frozenset[str]:
        """The questions that are worked out from counts."""
        return frozenset(code for code, question in self.questions.items() if question.formula)

    @cached_property
    def node_of(self) -> Mapping[str, Node]:
        """The node that each question hangs on."""
        return {question.code: node for node in self.nodes for question in node.questions}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """All there is to fill in, in the sheet's order."""
        return {item.code: item for question in self.questions.values() for item in self._items_of(question)}

    @cached_property
    def items_of(self) -> Mapping[str, tuple[Item, ...]]:
        return {question.code: tuple(self._items_of(question)) for question in self.questions.values()}

    @cached_property
    def by_soal(self) -> Mapping[int, Item]:
        return {item.soal: item for item in self.items.values() if item.soal is not None}

    def chain(self, code: str) -> Iterator[Node]:
        """The node with this code, then those above it."""
        at: str | None = code
        while at is not None:
            node = self.by_code[at]
            yield node
            at = node.parent

    @cached_property
    def area_of(self) -> Mapping[str, str | None]:
        """The area that each question belongs to; None for the results."""
        return {
            code: next((above.area for above in self.chain(node.code) if above.area), None)
            for code, node in self.node_of.items()
        }

    @cached_property
    def asking_evidence(self) -> frozenset[str]:
        """The questions that want evidence."""
        return frozenset(
            code for code, node in self.node_of.items() if all(above.asks_evidence for above in self.chain(node.code))
        )

    @cached_property
    def weight_of(self) -> Mapping[str, Fraction]:
        """Points that each question can bring: its own weight, or its share of the node's."""
        return {
            question.code: question.weight if question.weight is not None else node.weight / len(node.questions)
            for node in self.nodes
            for question in node.questions
        }

    def _items_of(self, question: Question) -> Iterator[Item]:
        if not question.inputs:
            yield Item(question.code, question, None, self.scales[question.scale] if question.scale else None)
        for one in question.inputs:
            yield Item(f"{question.code}.{one.key}", question, one, None)
