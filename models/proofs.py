"""Proofs over the tree: that a leaf is in it, and that a later tree only adds to an earlier one.

Made as RFC 6962 sections 2.1.1 and 2.1.2 define them, checked by the algorithms of RFC 9162 sections 2.1.3.2 and
2.1.4.2. A proof's hashes are roots of ranges of leaves that do not overlap: one pass over the leaves makes them all.

A root does not tell its tree's size: what vouches for both together is a checkpoint.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from models.merkle import EMPTY_ROOT, Frontier, extend, node_hash, root

DIGEST = 32  # bytes of a SHA-256
PIECE = 8_192  # leaf hashes in memory at a time


@dataclass(frozen=True)
class Inclusion:
    """That the leaf stands at `index`, from 0, in the tree of the first `size` leaves."""

    size: int
    index: int
    leaf_hash: bytes
    path: tuple[bytes, ...]  # from the leaf up
    root: bytes

    def document(self) -> dict[str, object]:
        """As scripts and the verifier read it: hashes in hex."""
        return {
            "size": self.size,
            "index": self.index,
            "leaf_hash": self.leaf_hash.hex(),
            "path": [node.hex() for node in self.path],
            "root": self.root.hex(),
        }


@dataclass(frozen=True)
class Consistency:
    """That the tree of the first `first_size` leaves is the beginning of the one of `second_size`."""

    first_size: int
    second_size: int
    first_root: bytes
    second_root: bytes
    path: tuple[bytes, ...]

    def document(self) -> dict[str, object]:
        """As scripts and the verifier read it: hashes in hex."""
        return {
            "first_size": self.first_size,
            "second_size": self.second_size,
            "first_root": self.first_root.hex(),
            "second_root": self.second_root.hex(),
            "path": [node.hex() for node in self.path],
        }


Range = tuple[int, int]  # leaves from, up to and without


def prove_inclusion(leaves: Iterable[bytes], *, index: int, size: int) -> Inclusion:
    """The proof from leaf hashes in their order; those after `size` are not read.

    Raises ValueError for an index outside the tree, and where there are too few leaves.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    ranges = _inclusion_ranges(index, 0, size)
    roots = roots_of([*ranges, (index, index + 1)], leaves)
    path = tuple(roots[one] for one in ranges)
    leaf = roots[index, index + 1]
    return Inclusion(size, index, leaf, path, _root_above(index, size, leaf, path) or b"")


def prove_consistency(leaves: Iterable[bytes], *, first: int, second: int) -> Consistency:
    """The proof from leaf hashes in their order; those after `second` are not read.

    The RFC leaves open what precedes everything: from the empty tree and between equal sizes the path is empty.
    Raises ValueError unless 0 <= first <= second, and where there are too few leaves.
    """
    if not 0 <= first <= second:
        raise ValueError(f"no proof from {first} to {second}")
    if first in (0, second):
        whole = roots_of([(0, second)], leaves)[0, second] if second else EMPTY_ROOT
        return Consistency(first, second, whole if first else EMPTY_ROOT, whole, ())
    ranges = _consistency_ranges(first, 0, second, whole=True)
    power = first & (first - 1) == 0
    roots = roots_of([*ranges, (0, first)] if power else ranges, leaves)
    path = tuple(roots[one] for one in ranges)
    seed = (roots[0, first], *path) if power else path
    old, new = _roots_above(first, second, seed) or (b"", b"")
    return Consistency(first, second, old, new, path)


def inclusion_holds(proof: Inclusion) -> bool:
    """Whether the root follows from leaf, index, size and path (RFC 9162 section 2.1.3.2)."""
    if not 0 <= proof.index < proof.size or not _are_digests(proof.leaf_hash, proof.root, *proof.path):
        return False
    return _root_above(proof.index, proof.size, proof.leaf_hash, proof.path) == proof.root


def consistency_holds(proof: Consistency) -> bool:
    """Whether both roots follow from sizes and path (RFC 9162 section 2.1.4.2).

    The empty tree is the beginning of any: its root is that of nothing, and the path is empty.
    """
    first, second = proof.first_size, proof.second_size
    if not 0 <= first <= second or not _are_digests(proof.first_root, proof.second_root, *proof.path):
        return False
    if any(not size and top != EMPTY_ROOT for size, top in ((first, proof.first_root), (second, proof.second_root))):
        return False
    if first == second:
        return not proof.path and proof.first_root == proof.second_root
    if not first or not proof.path:
        return not first and not proof.path
    seed = (proof.first_root, *proof.path) if first & (first - 1) == 0 else proof.path
    return _roots_above(first, second, seed) == (proof.first_root, proof.second_root)


def roots_of(ranges: Iterable[Range], leaves: Iterable[bytes]) -> dict[Range, bytes]:
    """The root over each range of leaves, in one pass. The ranges do not overlap, and none is empty.

    Raises ValueError where the leaves end before the last range does.
    """
    roots: dict[Range, bytes] = {}
    stream, at = iter(leaves), 0
    for begin, end in sorted(ranges):
        for _ in _pieces(stream, begin - at):
            pass
        frontier: Frontier = ()
        for done, piece in _pieces(stream, end - begin):
            frontier = extend(frontier, done, piece)
        roots[begin, end] = root(frontier)
        at = end
    return roots


def _pieces(stream: Iterator[bytes], wanted: int) -> Iterator[tuple[int, list[bytes]]]:
    """So many of what comes next, some at a time, each with the number of those before it."""
    done = 0
    while done < wanted:
        piece = list(islice(stream, min(PIECE, wanted - done)))
        if not piece:
            raise ValueError("there are fewer leaves than the tree has")
        yield done, piece
        done += len(piece)


def _inclusion_ranges(index: int, begin: int, end: int) -> list[Range]:
    """PATH(m, D[n]), RFC 6962 section 2.1.1."""
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_inclusion_ranges(index, begin, middle), (middle, end)]
    return [*_inclusion_ranges(index, middle, end), (begin, middle)]


def _consistency_ranges(first: int, begin: int, end: int, *, whole: bool) -> list[Range]:
    """SUBPROOF(m, D[n], b), RFC 6962 section 2.1.2; `first` counts from the tree's beginning."""
    if first == end:
        return [] if whole else [(begin, end)]
    middle = begin + _split(end - begin)
    if first <= middle:
        return [*_consistency_ranges(first, begin, middle, whole=whole), (middle, end)]
    return [*_consistency_ranges(first, middle, end, whole=False), (begin, middle)]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _root_above(index: int, size: int, leaf: bytes, path: tuple[bytes, ...]) -> bytes | None:
    """None where the path has too many or too few hashes."""
    node, last, top = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            top = node_hash(other, top)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            top = node_hash(top, other)
        node, last = node >> 1, last >> 1
    return top if last == 0 else None


def _roots_above(first: int, second: int, seed: tuple[bytes, ...]) -> tuple[bytes, bytes] | None:
    """The roots of both trees, from a path that begins with a node of both; None where it is too long or too short."""
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = seed[0]
    for other in seed[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, other)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _are_digests(*values: bytes) -> bool:
    return all(len(value) == DIGEST for value in values)
