"""The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf.

The frontier holds the roots of the complete subtrees, largest first: all that is needed to add
a leaf or to tell the root. For a tree of n leaves it has as many hashes as n has one-bits.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

Frontier = tuple[bytes, ...]


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def grow(frontier: Frontier, size: int, leaf: bytes) -> Frontier:
    """The frontier after one more leaf hash; `size` is the number of leaves before it."""
    nodes = list(frontier)
    while size & 1:  # two complete subtrees of one height become one
        leaf = node_hash(nodes.pop(), leaf)
        size >>= 1
    return (*nodes, leaf)


def extend(frontier: Frontier, size: int, leaves: Sequence[bytes]) -> Frontier:
    """The frontier after these leaf hashes, whole subtrees at a time: the same as `grow` for each, and quicker."""
    at = 0
    while at < len(leaves):
        fitting = (len(leaves) - at).bit_length() - 1
        height = min(fitting, (size & -size).bit_length() - 1) if size else fitting
        frontier = grow(frontier, size >> height, _top(leaves[at : at + (1 << height)]))
        size, at = size + (1 << height), at + (1 << height)
    return frontier


def root(frontier: Frontier) -> bytes:
    if not frontier:
        return EMPTY_ROOT
    *rest, top = frontier
    for node in reversed(rest):
        top = node_hash(node, top)
    return top


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in constant memory."""
    frontier: Frontier = ()
    for size, leaf in enumerate(leaves):
        frontier = grow(frontier, size, leaf)
    return root(frontier)


def pack(frontier: Frontier) -> str:
    return "".join(node.hex() for node in frontier)


def unpack(text: str) -> Frontier:
    width = 64  # hex digits of one SHA-256
    return tuple(bytes.fromhex(text[at : at + width]) for at in range(0, len(text), width))


def _top(nodes: Sequence[bytes]) -> bytes:
    """The root over as many nodes as a power of two."""
    while len(nodes) > 1:
        pairs = iter(nodes)
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return nodes[0]
