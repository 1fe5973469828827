"""The tree is the one of RFC 6962, so that other people's tools can check it."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.merkle import EMPTY_ROOT, grow, leaf_hash, node_hash, pack, root, root_of, unpack

# The leaves and roots that the Certificate Transparency implementations are tested with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  # SHA-256 of nothing
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

digests = st.lists(st.binary(min_size=32, max_size=32), max_size=200)


def tree_head(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 writes it: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_head(leaves[:split]), tree_head(leaves[split:]))


class TestKnownRoots:
    """What others computed comes out here too."""

    @pytest.mark.parametrize("size", range(len(ROOTS)))
    def test_the_vectors_of_certificate_transparency(self, size: int) -> None:
        assert root_of(leaf_hash(leaf) for leaf in LEAVES[:size]).hex() == ROOTS[size]

    def test_an_empty_tree_is_the_hash_of_nothing(self) -> None:
        assert root(()) == EMPTY_ROOT == sha256(b"").digest()

    def test_a_leaf_never_hashes_like_a_node(self) -> None:
        left, right = leaf_hash(b"left"), leaf_hash(b"right")

        assert leaf_hash(left + right) != node_hash(left, right)


class TestAnyTree:
    """Grown leaf by leaf or split from the top: the same root."""

    def test_the_root_is_that_of_the_definition(self) -> None:
        leaves = [leaf_hash(str(number).encode()) for number in range(200)]

        for size in range(201):
            assert root_of(leaves[:size]) == tree_head(leaves[:size])

    @given(digests)
    def test_it_is_so_for_any_leaves(self, leaves: list[bytes]) -> None:
        assert root_of(leaves) == tree_head(leaves)

    @given(digests)
    def test_a_frontier_has_one_hash_for_each_one_bit_and_survives_being_stored(self, leaves: list[bytes]) -> None:
        frontier: tuple[bytes, ...] = ()
        for size, leaf in enumerate(leaves):
            frontier = grow(frontier, size, leaf)

        assert len(frontier) == len(leaves).bit_count()
        assert unpack(pack(frontier)) == frontier
        assert root(frontier) == root_of(leaves)

    @given(digests.filter(bool), st.data())
    def test_another_leaf_anywhere_is_another_root(self, leaves: list[bytes], data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(leaves) - 1))
        flipped = bytes((leaves[at][0] ^ 1, *leaves[at][1:]))

        assert root_of([*leaves[:at], flipped, *leaves[at + 1 :]]) != root_of(leaves)
