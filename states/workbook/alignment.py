"""Lays the rows of a sheet beside the rows of the official one, in order, as they fit best. Pure.

Rows may have been put in or left out anywhere, at a price, so that a sheet shifted by two and later by three is read as
that. Every pair of rows has a worth, by what the row looks like; the best sum wins, and a row whose place could as well
be another is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rulesets.lke import Item, Lke
from states.workbook.looks import NUMBER, Look, kind_answered, kind_of

NAMED, MISNAMED = 60, -200  # the item's own code or number stands there; another's
SAID, MISSAID = 12, -12
SAME_KIND, OTHER_KIND = 6, -12  # its choices
ANSWERED, MISANSWERED = 2, -4  # what is answered there is a possible answer
ON_HEADING = -8  # it looks like an item and falls where the official sheet has a heading
PUT_IN, LEFT_OUT, ITEM_LEFT_OUT = -4, -4, -8

Axis = Sequence[Item | None]
"""The official rows, from the first item's to the last's; None for those between items."""

_Table = list[list[int]]


@dataclass(frozen=True)
class Alignment:
    rows: Mapping[str, int]  # by item; those without a row are left out
    unsure: Mapping[str, tuple[int, ...]]  # items that several rows fit equally well
    misfits: int  # pairs that contradict each other


def axis_of(lke: Lke) -> Axis:
    """Where the LKE does not say its official rows, as many as its tree has lines."""
    if all(item.row is not None for item in lke.items.values()):
        by_row = {item.row: item for item in lke.items.values()}
        numbers = [row for row in by_row if row is not None]
        return [by_row.get(row) for row in range(min(numbers), max(numbers) + 1)]
    axis: list[Item | None] = []
    for node in lke.nodes:
        axis.append(None)
        for question in node.questions:
            axis.extend(([None] if question.inputs else []) + list(lke.items_of[question.code]))
    return axis[next(at for at, item in enumerate(axis) if item) :]


def align(looks: Sequence[Look], axis: Axis, differ: Callable[[int, int], bool]) -> Alignment:
    """`differ` tells whether two rows of the sheet hold different answers: where they don't, it is all the same."""
    if (straight := _straight(looks, axis)) is not None:
        return straight
    worth = [[_worth(look, item) for item in axis] for look in looks]
    forward = _forward(looks, axis, worth)
    backward = _backward(looks, axis, worth)
    best = forward[len(looks)][len(axis)]
    pairs = _walk(looks, axis, worth, backward)
    unsure: dict[str, tuple[int, ...]] = {}
    for at, place in pairs.items():
        item = axis[at]
        if item is None or looks[place].named == item.code:
            rivals = [other for other, look in enumerate(looks) if item and other != place and look.named == item.code]
        else:
            rivals = [
                other
                for other in range(len(looks))
                if other != place and forward[other][at] + worth[other][at] + backward[other + 1][at + 1] >= best
            ]
        rivals = [other for other in rivals if differ(looks[place].row, looks[other].row)]
        if item and rivals:
            unsure[item.code] = tuple(sorted(looks[one].row for one in (place, *rivals)))
    rows = {item.code: looks[place].row for at, place in pairs.items() if (item := axis[at])}
    misfits = sum(1 for at, place in pairs.items() if axis[at] and worth[place][at] < 0)
    return Alignment(rows, unsure, misfits)


def _straight(looks: Sequence[Look], axis: Axis) -> Alignment | None:
    """A sheet whose rows are all moved alike and that contradicts nothing: no other way can be worth as much."""
    like = [at for at, look in enumerate(looks) if look.is_like_an_item]
    items = [at for at, item in enumerate(axis) if item]
    if len(like) < len(items) or like[0] + items[-1] - items[0] >= len(looks):
        return None
    moved = like[0] - items[0]
    if [at - moved for at in like] != items or any(_worth(looks[at], axis[at - moved]) <= 0 for at in like):
        return None
    return Alignment({item.code: looks[at].row for at in like if (item := axis[at - moved])}, {}, 0)


def _worth(look: Look, item: Item | None) -> int:
    if item is None:
        return ON_HEADING if look.is_like_an_item else 0
    worth = 0
    if look.named:
        worth += NAMED if look.named == item.code else MISNAMED
    if look.said:
        worth += SAID if item.code in look.said else MISSAID
    kind = kind_of(item)
    if look.kind:
        worth += SAME_KIND if look.kind == kind else OTHER_KIND
    for cell in look.answers:
        answered = kind_answered(cell)
        if answered is not None:
            fits = kind == NUMBER if answered == NUMBER else answered in kind
            worth += ANSWERED if fits else MISANSWERED
    return worth


def _skip(look: Look) -> int:
    """A row that the official sheet lacks; one that looks like an item is dearer."""
    return PUT_IN + (ON_HEADING // 2 if look.is_like_an_item else 0)


def _miss(item: Item | None) -> int:
    return ITEM_LEFT_OUT if item else LEFT_OUT


def _forward(looks: Sequence[Look], axis: Axis, worth: _Table) -> _Table:
    """The best sum of the first so many rows beside the first so many places; rows before the first place are free."""
    table = [[0] * (len(axis) + 1) for _ in range(len(looks) + 1)]
    for at, item in enumerate(axis):
        table[0][at + 1] = table[0][at] + _miss(item)
    misses = [_miss(item) for item in axis]
    for row, look in enumerate(looks):
        above, here, values, skip = table[row], table[row + 1], worth[row], _skip(look)
        for at in range(len(axis)):
            put_in = skip if at + 1 < len(axis) else 0  # rows after the last place are free
            best = max(above[at] + values[at], above[at + 1] + put_in)
            here[at + 1] = max(best, here[at] + misses[at])
    return table


def _backward(looks: Sequence[Look], axis: Axis, worth: _Table) -> _Table:
    """The best sum of the remaining rows beside the remaining places."""
    table = [[0] * (len(axis) + 1) for _ in range(len(looks) + 1)]
    misses = [_miss(item) for item in axis]
    for at in range(len(axis) - 1, -1, -1):
        table[len(looks)][at] = table[len(looks)][at + 1] + misses[at]
    for row in range(len(looks) - 1, -1, -1):
        below, here, values, skip = table[row + 1], table[row], worth[row], _skip(looks[row])
        for at in range(len(axis) - 1, -1, -1):
            best = max(below[at + 1] + values[at], below[at] + (skip if at else 0))
            here[at] = max(best, here[at + 1] + misses[at])
    return table


def _walk(looks: Sequence[Look], axis: Axis, worth: _Table, backward: _Table) -> dict[int, int]:
    """The places with their rows, along the best sum."""
    pairs: dict[int, int] = {}
    row = at = 0
    while row < len(looks) and at < len(axis):
        here = backward[row][at]
        if here == backward[row + 1][at + 1] + worth[row][at]:
            pairs[at] = row
            row, at = row + 1, at + 1
        elif here == backward[row + 1][at] + (_skip(looks[row]) if at else 0):
            row += 1
        else:
            at += 1
    return pairs
