"""What must be so for an LKE file to be whole: codes unique, weights adding up, formulas closed over their inputs."""

from collections.abc import Iterator
from fractions import Fraction

from rulesets.formulas import ONE, Fall
from rulesets.lines import Place
from rulesets.lke import Input, Lke, Node, Question

Fault = tuple[Place, str]

COMPONENTS = 2
RESERVED = frozenset({"total", "areas"})
"""Words that mean the whole sheet, or each of its areas, where a code could stand."""


def faults_of(lke: Lke) -> Iterator[Fault]:
    """Each fault with its place in the file."""
    yield from _scales(lke)
    yield from _codes(lke)
    structure = [*_structure(lke), *_components(lke)]
    yield from structure
    for _, question, place in _questions(lke):
        yield from _question(lke, question, place)
    if not structure:  # sums over a tree that hangs together
        yield from _areas(lke)
        yield from _weights(lke)


def _scales(lke: Lke) -> Iterator[Fault]:
    for name, letters in lke.scales.items():
        if not letters or max(letters.values()) != 1 or min(letters.values()) != 0:
            yield ("scales", name), f"scale {name}: the best answer must be worth 1 and the worst 0"


def _codes(lke: Lke) -> Iterator[Fault]:
    """Codes are typed in any letter case, so they differ in more than that; the second of two is named."""
    seen: set[tuple[str, str]] = set()
    for kind, code, place in _named(lke):
        if (kind, code.casefold()) in seen:
            yield place, f"{kind} {code} stands there a second time"
        seen.add((kind, code.casefold()))
        if kind in ("node", "question") and (code in RESERVED or code in lke.areas):
            yield place, f"{kind} {code}: the word has a meaning of its own"
    for node, question, place in _questions(lke):
        same = lke.by_code.get(question.code)
        if same is not None and (same is not node or len(node.questions) > 1):
            yield (
                place,
                f"question {question.code}: a node may share its code only where it is the node's only question",
            )


def _named(lke: Lke) -> Iterator[tuple[str, str, Place]]:
    """Everything that has a code or a number, with what kind it is."""
    for at, node in enumerate(lke.nodes):
        yield "node", node.code, ("nodes", at)
    for _, question, place in _questions(lke):
        yield "question", question.code, place
        if not question.inputs:
            yield "item", question.code, place
        yield from _numbers(question, place)
        for number, one in enumerate(question.inputs):
            here: Place = (*place, "inputs", number)
            yield "item", f"{question.code}.{one.key}", here
            yield from _numbers(one, here)


def _numbers(one: Question | Input, place: Place) -> Iterator[tuple[str, str, Place]]:
    if one.soal is not None:
        yield "soal", str(one.soal), place
    if one.row is not None:
        yield "row", str(one.row), place


def _structure(lke: Lke) -> Iterator[Fault]:
    """Parents stand before their children, so the tree has no circles."""
    seen: dict[str, Node] = {}
    parents = {node.parent for node in lke.nodes}
    for at, node in enumerate(lke.nodes):
        place: Place = ("nodes", at)
        if node.parent is not None and node.parent not in seen:
            yield (*place, "parent"), f"{node.code}: no node {node.parent} stands before it"
        if node.area is not None and node.area not in lke.areas:
            yield (*place, "area"), f"{node.code}: there is no area {node.area}"
        if bool(node.questions) == (node.code in parents):
            yield place, f"{node.code}: needs either questions or nodes below it"
        seen[node.code] = node


def _components(lke: Lke) -> Iterator[Fault]:
    """Two: what the unit does (pengungkit) and what comes of it (hasil), told apart wherever a score is shown."""
    roots = [at for at, node in enumerate(lke.nodes) if node.parent is None]
    if len(roots) != COMPONENTS:
        place = ("nodes", roots[COMPONENTS]) if len(roots) > COMPONENTS else ("nodes",)
        yield place, f"there are {len(roots)} nodes without a parent; the components are two, pengungkit and hasil"


def _areas(lke: Lke) -> Iterator[Fault]:
    """Every area has a part of the tree, and no part of the tree counts for two."""
    for area in lke.areas:
        if not any(node.area == area for node in lke.nodes):
            yield ("areas", area), f"area {area}: no node belongs to it"
    for at, node in enumerate(lke.nodes):
        if node.area is not None and any(above.area for above in lke.chain(node.code) if above is not node):
            yield ("nodes", at, "area"), f"{node.code}: it stands inside an area already"


def _question(lke: Lke, question: Question, place: Place) -> Iterator[Fault]:
    ways = [question.scale, question.ratio, question.fall, question.portion]
    if sum(way is not None for way in ways) != 1:
        yield place, f"{question.code}: needs exactly one of scale, ratio, fall, portion"
    if question.scale is not None and question.scale not in lke.scales:
        yield (*place, "scale"), f"{question.code}: there is no scale {question.scale}"
    if question.survey and question.portion is None:
        yield (*place, "survey"), f"{question.code}: a survey's value is a portion"
    if question.formula is None:
        if question.inputs:
            yield (*place, "inputs"), f"{question.code}: only a ratio or a fall has inputs"
        return
    for name, value in _zero_values(question):
        if value > ONE:
            yield place, f"{question.code}: {name} is {_said(value)}, and no answer is worth more than 1"
    needed = set(question.formula.inputs)
    if missing := sorted(needed - {one.key for one in question.inputs}):
        yield place, f"{question.code}: the formula needs inputs that are not there: {', '.join(missing)}"
    for at, one in enumerate(question.inputs):
        if (one.key in needed) == one.data_only:
            how = "data only, but used" if one.data_only else "not used"
            yield (*place, "inputs", at), f"{question.code}: input {one.key} is {how}"


def _zero_values(question: Question) -> Iterator[tuple[str, Fraction]]:
    formula = question.formula
    if isinstance(formula, Fall):
        yield from (("both_zero", formula.both_zero), ("from_zero", formula.from_zero))
    elif formula is not None:
        yield "when_zero", formula.when_zero


def _weights(lke: Lke) -> Iterator[Fault]:
    roots = lke.children.get(None, ())
    if (total := _sum(roots)) != lke.total:
        yield ("total",), f"the components add up to {_said(total)}, not {_said(lke.total)}"
    for at, node in enumerate(lke.nodes):
        place: Place = ("nodes", at, "weight")
        if node.weight == 0:
            yield place, f"{node.code}: a weight is more than 0"
        below = lke.children.get(node.code, ())
        if below and (total := _sum(below)) != node.weight:
            yield place, f"{node.code}: what is below adds up to {_said(total)}, not {_said(node.weight)}"
        own = [question.weight for question in node.questions if question.weight is not None]
        if own and len(own) != len(node.questions):
            yield place, f"{node.code}: either all of its questions have weights or none"
        elif own and (total := sum(own, Fraction(0))) != node.weight:
            yield place, f"{node.code}: its questions add up to {_said(total)}, not {_said(node.weight)}"


def _questions(lke: Lke) -> Iterator[tuple[Node, Question, Place]]:
    """In the file's order; the LKE's own table of questions holds each code once, and here a code may stand twice."""
    for at, node in enumerate(lke.nodes):
        for number, question in enumerate(node.questions):
            yield node, question, ("nodes", at, "questions", number)


def _sum(nodes: tuple[Node, ...]) -> Fraction:
    return sum((node.weight for node in nodes), Fraction(0))


def _said(value: Fraction) -> str:
    return f"{float(value):g}"
