"""Proofs are those of RFC 6962, and whatever is changed about one, it does not hold any more.

Both checkers are held against the same cases: the program's own, and the one that travels with every bundle.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.merkle import EMPTY_ROOT, extend, grow, leaf_hash
from models.proofs import (
    Consistency,
    Inclusion,
    consistency_holds,
    inclusion_holds,
    prove_consistency,
    prove_inclusion,
)
from states.bundle import verify as verifier
from tests.trees import (
    audit_path,
    consistency_path,
    growth_sides,
    root_by_path,
    roots_by_path,
    sides,
    tree_head,
)

MOST = 33  # leaves; beyond a whole tree of 32
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST + 1)]
GARBAGE = sha256(b"garbage").digest()

# The leaves that Certificate Transparency is tested with, and proofs over them that its implementations publish.
KNOWN = [
    leaf_hash(bytes.fromhex(leaf))
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_PATHS = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
KNOWN_GROWTH = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}

Checked = Callable[[Inclusion | Consistency], bool]


def by_us(proof: Inclusion | Consistency) -> bool:
    return inclusion_holds(proof) if isinstance(proof, Inclusion) else consistency_holds(proof)


def by_the_verifier(proof: Inclusion | Consistency) -> bool:
    fields: dict[str, Any] = {name: list(value) if name == "path" else value for name, value in vars(proof).items()}
    if isinstance(proof, Inclusion):
        return verifier.inclusion_holds(**fields)
    return verifier.consistency_holds(**fields)


@pytest.fixture(params=[by_us, by_the_verifier])
def holds(request: pytest.FixtureRequest) -> Checked:
    checked: Checked = request.param
    return checked


def inclusions() -> Iterator[Inclusion]:
    for size in range(1, MOST):
        for index in range(size):
            yield prove_inclusion(LEAVES, index=index, size=size)


def growths() -> Iterator[Consistency]:
    for second in range(MOST):
        for first in range(second + 1):
            yield prove_consistency(LEAVES, first=first, second=second)


def flipped(value: bytes, dice: Random) -> bytes:
    at = dice.randrange(256)
    return (int.from_bytes(value) ^ 1 << at).to_bytes(32)


def changed_paths(path: tuple[bytes, ...], dice: Random) -> Iterator[tuple[bytes, ...]]:
    """One bit in each hash, one hash less, one more, at either end and in between, and two in another order."""
    for at, one in enumerate(path):
        yield (*path[:at], flipped(one, dice), *path[at + 1 :])
        yield (*path[:at], *path[at + 1 :])
        yield (*path[:at], one, one, *path[at + 1 :])
        yield (*path[:at], one[:-1], *path[at + 1 :])
        yield (*path[:at], one + b"\0", *path[at + 1 :])
    yield (GARBAGE, *path)
    yield (*path, GARBAGE)
    yield (*path, b"")
    if len(set(path)) > 1:
        yield tuple(reversed(path))


class TestMade:
    """What is made is what the RFC defines, and it holds."""

    def test_every_inclusion(self, holds: Checked) -> None:
        for proof in inclusions():
            assert list(proof.path) == audit_path(proof.index, LEAVES[: proof.size])
            assert proof.root == tree_head(LEAVES[: proof.size])
            assert proof.leaf_hash == LEAVES[proof.index]
            assert holds(proof), proof

    def test_every_growth(self, holds: Checked) -> None:
        for proof in growths():
            first, second = proof.first_size, proof.second_size
            assert list(proof.path) == (consistency_path(first, LEAVES[:second]) if 0 < first < second else [])
            assert (proof.first_root, proof.second_root) == (tree_head(LEAVES[:first]), tree_head(LEAVES[:second]))
            assert holds(proof), proof

    @pytest.mark.parametrize(("index", "size"), KNOWN_PATHS)
    def test_a_path_that_others_published(self, index: int, size: int) -> None:
        made = prove_inclusion(KNOWN, index=index, size=size)

        assert tuple(node.hex() for node in made.path) == KNOWN_PATHS[index, size]

    @pytest.mark.parametrize(("first", "second"), KNOWN_GROWTH)
    def test_a_growth_that_others_published(self, first: int, second: int) -> None:
        made = prove_consistency(KNOWN, first=first, second=second)

        assert tuple(node.hex() for node in made.path) == KNOWN_GROWTH[first, second]

    @pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0), (0, -1)])
    def test_none_for_a_leaf_outside_the_tree(self, index: int, size: int) -> None:
        with pytest.raises(ValueError, match="no leaf"):
            prove_inclusion(LEAVES, index=index, size=size)

    @pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3), (0, -1)])
    def test_none_backwards(self, first: int, second: int) -> None:
        with pytest.raises(ValueError, match="no proof"):
            prove_consistency(LEAVES, first=first, second=second)

    def test_too_few_leaves_are_noticed(self) -> None:
        with pytest.raises(ValueError, match="fewer"):
            prove_inclusion(LEAVES[:5], index=1, size=6)
        with pytest.raises(ValueError, match="fewer"):
            prove_consistency(LEAVES[:5], first=5, second=6)

    def test_many_leaves_at_once_are_the_same_as_one_by_one(self) -> None:
        for begin in range(20):
            frontier: tuple[bytes, ...] = ()
            for size in range(begin):
                frontier = grow(frontier, size, LEAVES[size])
            slow = frontier
            for size in range(begin, MOST):
                slow = grow(slow, size, LEAVES[size])
                assert extend(frontier, begin, LEAVES[begin : size + 1]) == slow


class TestInclusionChanged:
    """Whatever is changed about a proof of inclusion, it is refused."""

    def test_thousands_of_changes(self, holds: Checked) -> None:
        dice, tried = Random(1), 0
        for proof in inclusions():
            wrong = [
                replace(proof, leaf_hash=flipped(proof.leaf_hash, dice)),
                replace(proof, leaf_hash=LEAVES[(proof.index + 1) % MOST]),
                replace(proof, leaf_hash=proof.leaf_hash[:-1]),
                replace(proof, root=flipped(proof.root, dice)),
                replace(proof, root=tree_head(LEAVES[: proof.size + 1])),
                replace(proof, root=b""),
                *(replace(proof, index=index) for index in range(-1, proof.size + 2) if index != proof.index),
                *(replace(proof, path=path) for path in changed_paths(proof.path, dice)),
            ]
            for one in wrong:
                assert not holds(one), (one, proof)
            tried += len(wrong)
        assert tried > 20_000

    def test_another_size_is_refused_unless_the_leaf_stands_there_in_the_same_way(self, holds: Checked) -> None:
        """A bare proof can't tell those sizes: leaf 0 of 3 goes up as leaf 0 of 4 does. A checkpoint can."""
        for proof in inclusions():
            for size in range(MOST + 4):
                same = proof.index < size and sides(proof.index, size) == sides(proof.index, proof.size)
                assert holds(replace(proof, size=size)) is same, (proof, size)

    def test_another_tree_of_another_size_is_refused(self, holds: Checked) -> None:
        for proof in inclusions():
            other = proof.size + 1
            assert not holds(replace(proof, size=other, root=tree_head(LEAVES[:other])))

    def test_sizes_beyond_any_tree(self, holds: Checked) -> None:
        proof = prove_inclusion(LEAVES, index=3, size=7)
        for size in (2**62, 2**64, 10**30, -7, 0):
            assert not holds(replace(proof, size=size))


class TestConsistencyChanged:
    """Whatever is changed about a proof of consistency, it is refused."""

    def test_thousands_of_changes(self, holds: Checked) -> None:
        dice, tried = Random(2), 0
        for proof in growths():
            wrong = [
                replace(proof, first_root=flipped(proof.first_root, dice)),
                replace(proof, second_root=GARBAGE) if proof.first_size else replace(proof, first_root=GARBAGE),
                replace(proof, first_root=proof.first_root[:-1]),
                replace(proof, second_root=proof.second_root + b"\0"),
                *(replace(proof, path=path) for path in changed_paths(proof.path, dice)),
            ]
            if proof.first_size:
                wrong.append(replace(proof, second_root=flipped(proof.second_root, dice)))
            if proof.first_root != proof.second_root:
                turned = replace(proof, first_root=proof.second_root, second_root=proof.first_root)
                wrong += [turned, replace(proof, first_size=proof.second_size, second_size=proof.first_size)]
            for one in wrong:
                assert not holds(one), (one, proof)
            tried += len(wrong)
        assert tried > 10_000

    def test_other_sizes_are_refused_unless_the_trees_have_the_same_shape(self, holds: Checked) -> None:
        for proof in growths():
            first, second = proof.first_size, proof.second_size
            if not 0 < first < second:
                continue
            for other in range(second + 3):
                if other != first:
                    same = 0 < other < second and growth_sides(other, second) == growth_sides(first, second)
                    assert holds(replace(proof, first_size=other)) is same, (proof, other)
            for other in range(MOST + 3):
                if other != second:
                    same = first < other and growth_sides(first, other) == growth_sides(first, second)
                    assert holds(replace(proof, second_size=other)) is same, (proof, other)

    def test_a_rewritten_tree_does_not_go_on_from_the_old_one(self, holds: Checked) -> None:
        rewritten = [*LEAVES[:4], GARBAGE, *LEAVES[5:]]
        for second in range(5, MOST):
            for first in range(5, second + 1):
                forged = prove_consistency(rewritten, first=first, second=second)
                assert not holds(replace(forged, first_root=tree_head(LEAVES[:first])))


class TestWhatTheRfcLeavesOpen:
    """From the empty tree, and between equal sizes, the path is empty."""

    def test_the_empty_tree_is_the_beginning_of_any(self, holds: Checked) -> None:
        proof = prove_consistency(LEAVES, first=0, second=7)

        assert holds(proof)
        assert proof.first_root == EMPTY_ROOT
        assert not holds(replace(proof, path=(GARBAGE,)))
        assert not holds(replace(proof, first_root=GARBAGE))
        assert not holds(replace(proof, second_size=0))

    def test_equal_sizes_have_equal_roots(self, holds: Checked) -> None:
        proof = prove_consistency(LEAVES, first=7, second=7)

        assert holds(proof)
        assert not holds(replace(proof, path=(GARBAGE,)))
        assert not holds(replace(proof, second_root=GARBAGE))


digests = st.lists(st.binary(min_size=32, max_size=32), max_size=6)


class TestFuzzed:
    """For any input the quick checkers say what the slow definition says."""

    @given(st.integers(-2, 40), st.integers(-2, 40), digests, st.data())
    def test_inclusion(self, index: int, size: int, path: list[bytes], data: st.DataObject) -> None:
        expected = root_by_path(index, size, GARBAGE, path) if 0 <= index < size else None
        root = data.draw(st.sampled_from([expected or EMPTY_ROOT, GARBAGE]))
        proof = Inclusion(size, index, GARBAGE, tuple(path), root)

        assert by_us(proof) == by_the_verifier(proof) == (expected is not None and root == expected)

    @given(st.integers(-2, 40), st.integers(-2, 40), digests, st.data())
    def test_consistency(self, first: int, second: int, path: list[bytes], data: st.DataObject) -> None:
        seed = path[0] if path else GARBAGE
        expected = roots_by_path(first, second, seed, path) if 0 < first < second else None
        roots = data.draw(st.sampled_from([expected or (EMPTY_ROOT, GARBAGE), (GARBAGE, EMPTY_ROOT)]))
        proof = Consistency(first, second, *roots, tuple(path))

        by_definition = expected is not None and expected == roots and (first & (first - 1) or expected[0] == seed)
        from_nothing = first == 0 < second and not path and roots[0] == EMPTY_ROOT
        assert by_us(proof) == by_the_verifier(proof) == bool(by_definition or from_nothing)

    @given(st.lists(st.binary(max_size=3), min_size=1, max_size=80), st.data())
    def test_what_is_made_holds(self, contents: list[bytes], data: st.DataObject) -> None:
        leaves = [leaf_hash(content) for content in contents]
        index = data.draw(st.integers(0, len(leaves) - 1))
        inclusion = prove_inclusion(leaves, index=index, size=len(leaves))
        growth = prove_consistency(leaves, first=index, second=len(leaves))

        assert by_us(inclusion)
        assert by_the_verifier(inclusion)
        assert by_us(growth)
        assert by_the_verifier(growth)
        assert inclusion.root == growth.second_root == tree_head(leaves)
