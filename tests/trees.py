"""RFC 6962's trees and proofs written down as the RFC does, slowly: what the quick ones are held against."""

from hashlib import sha256

EMPTY = sha256(b"").digest()

Path = list[bytes]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than the size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_head(leaves: list[bytes]) -> bytes:
    """MTH, section 2.1, over leaf hashes."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    at = split(len(leaves))
    return node(tree_head(leaves[:at]), tree_head(leaves[at:]))


def audit_path(index: int, leaves: list[bytes]) -> Path:
    """PATH, section 2.1.1."""
    if len(leaves) == 1:
        return []
    at = split(len(leaves))
    if index < at:
        return [*audit_path(index, leaves[:at]), tree_head(leaves[at:])]
    return [*audit_path(index - at, leaves[at:]), tree_head(leaves[:at])]


def consistency_path(first: int, leaves: list[bytes]) -> Path:
    """PROOF, section 2.1.2, for 0 < first < the number of leaves."""
    return _subproof(first, leaves, whole=True)


def _subproof(first: int, leaves: list[bytes], *, whole: bool) -> Path:
    if first == len(leaves):
        return [] if whole else [tree_head(leaves)]
    at = split(len(leaves))
    if first <= at:
        return [*_subproof(first, leaves[:at], whole=whole), tree_head(leaves[at:])]
    return [*_subproof(first - at, leaves[at:], whole=False), tree_head(leaves[:at])]


def root_by_path(index: int, size: int, leaf: bytes, path: Path) -> bytes | None:
    """The root that a path leads to, from the tree's shape alone; None where the path has another length."""
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    at, other = split(size), path[-1]
    below = (index, at) if index < at else (index - at, size - at)
    top = root_by_path(*below, leaf, path[:-1])
    if top is None:
        return None
    return node(top, other) if index < at else node(other, top)


def roots_by_path(first: int, second: int, first_root: bytes, path: Path) -> tuple[bytes, bytes] | None:
    """Both roots that a path leads to, for 0 < first < second."""
    return _both(first, second, first_root, path, whole=True)


def _both(first: int, second: int, seed: bytes, path: Path, *, whole: bool) -> tuple[bytes, bytes] | None:
    if first == second:
        if whole:
            return (seed, seed) if not path else None
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    at, other = split(second), path[-1]
    if first <= at:
        found = _both(first, at, seed, path[:-1], whole=whole)
        return found and (found[0], node(found[1], other))
    found = _both(first - at, second - at, seed, path[:-1], whole=False)
    return found and (node(other, found[0]), node(other, found[1]))


def sides(index: int, size: int) -> str:
    """Where the leaf stands at each step up: two trees with the same sides can't be told apart by a bare proof."""
    if size == 1:
        return ""
    at = split(size)
    return sides(index, at) + "l" if index < at else sides(index - at, size - at) + "r"


def growth_sides(first: int, second: int) -> str:
    return ("" if first & (first - 1) else "p") + _growth(first, second, whole=True)


def _growth(first: int, second: int, *, whole: bool) -> str:
    if first == second:
        return "" if whole else "."
    at = split(second)
    if first <= at:
        return _growth(first, at, whole=whole) + "l"
    return _growth(first - at, second - at, whole=False) + "r"
