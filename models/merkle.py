"""The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf.

The frontier holds the roots of the complete subtrees, largest first: all that is needed to add
a leaf or to tell the root. For a tree of n leaves it has as many hashes as n has one-bits.
"""

from collections.abc import Iterable
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


def grow_by(frontier: Frontier, size: int, leaves: Iterable[bytes]) -> Frontier:
    """The frontier after many more leaf hashes."""
    nodes = list(frontier)
    for added, leaf in enumerate(leaves):
        node, left = leaf, size + added
        while left & 1:  # as in `grow`, without a tuple and a call for each leaf
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            left >>= 1
        nodes.append(node)
    return tuple(nodes)


def root(frontier: Frontier) -> bytes:
    if not frontier:
        return EMPTY_ROOT
    *rest, top = frontier
    for node in reversed(rest):
        top = node_hash(node, top)
    return top


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in constant memory."""
    return root(grow_by((), 0, leaves))


def pack(frontier: Frontier) -> str:
    return "".join(node.hex() for node in frontier)


def unpack(text: str) -> Frontier:
    width = 64  # hex digits of one SHA-256
    return tuple(bytes.fromhex(text[at : at + width]) for at in range(0, len(text), width))
