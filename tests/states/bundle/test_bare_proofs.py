"""One proof in a JSON file: 0 where it holds, 5 for anything else, and never a traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.merkle import EMPTY_ROOT, leaf_hash
from models.proofs import prove_consistency, prove_inclusion
from states.bundle import verify as verifier

LEAVES = [leaf_hash(str(number).encode()) for number in range(12)]
INCLUSION: dict[str, Any] = prove_inclusion(LEAVES, index=4, size=11).document()
CONSISTENCY: dict[str, Any] = prove_consistency(LEAVES, first=6, second=11).document()
PROOFS = {"inclusion": INCLUSION, "consistency": CONSISTENCY}

SPELLINGS = [
    ("inclusion", {"tree_size": "size", "leaf_index": "index", "proof": "path", "root_hash": "root"}),
    ("inclusion", {"seq": "index"}),
    ("consistency", {"size1": "first_size", "size2": "second_size", "root1": "first_root", "root2": "second_root"}),
    ("consistency", {"old_size": "first_size", "new_size": "second_size", "proof": "path"}),
    ("consistency", {"old_root": "first_root", "new_root": "second_root"}),
]

BAD_SIZES: list[Any] = [-1, 0, 4, True, False, None, 11.0, 1e300, "11", "0xb", [11], {}, 2**63, 10**5000, float("nan")]
BAD_HASHES = [
    None,
    5,
    "",
    "00",
    "00" * 31,
    "00" * 33,
    INCLUSION["leaf_hash"].upper(),
    f" {INCLUSION['leaf_hash']}",
    f"{INCLUSION['leaf_hash']}\n",
    f"0x{INCLUSION['leaf_hash'][2:]}",
    INCLUSION["leaf_hash"][:-1] + "g",
    INCLUSION["leaf_hash"][:-1],
    "\u0660" * 64,  # digits, but not ours
    [INCLUSION["leaf_hash"]],
]

Check = Callable[[str, bytes], int]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def checked(kind: str, content: bytes) -> int:
        (tmp_path / "proof.json").write_bytes(content)
        said: list[str] = []
        code = verifier.main([kind, str(tmp_path / "proof.json")], tell=said.append)
        assert said
        return code

    return checked


def dumped(document: object) -> bytes:
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(document).encode()
    finally:
        sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)


class TestRight:
    """A proof as the commands write it, and as others may spell it."""

    @pytest.mark.parametrize("kind", PROOFS)
    def test_our_own(self, check: Check, kind: str) -> None:
        assert check(kind, dumped(PROOFS[kind])) == 0
        assert check(kind, json.dumps(PROOFS[kind], indent=4).encode() + b"\n\n") == 0

    @pytest.mark.parametrize(("kind", "names"), SPELLINGS)
    def test_other_spellings(self, check: Check, kind: str, names: dict[str, str]) -> None:
        renamed = {**PROOFS[kind], **{name: PROOFS[kind][ours] for name, ours in names.items()}}

        assert check(kind, dumped({name: v for name, v in renamed.items() if name not in names.values()})) == 0
        assert check(kind, dumped(renamed)) == 5, "one field under two names"

    def test_a_tree_of_one_leaf_and_one_of_none(self, check: Check) -> None:
        assert check("inclusion", dumped(prove_inclusion(LEAVES, index=0, size=1).document())) == 0
        for first, second in ((0, 0), (0, 1), (1, 1), (1, 2)):
            assert check("consistency", dumped(prove_consistency(LEAVES, first=first, second=second).document())) == 0
        assert PROOFS["consistency"]["first_root"] != EMPTY_ROOT.hex()


class TestWrong:
    """Anything else is 5."""

    @pytest.mark.parametrize("kind", PROOFS)
    def test_any_field_missing_or_one_too_many(self, check: Check, kind: str) -> None:
        proof = PROOFS[kind]
        for name in proof:
            assert check(kind, dumped({other: value for other, value in proof.items() if other != name})) == 5
        assert check(kind, dumped({**proof, "comment": "x"})) == 5
        assert check(kind, dumped({**proof, "": None})) == 5

    @pytest.mark.parametrize("kind", PROOFS)
    def test_values_of_the_wrong_kind(self, check: Check, kind: str) -> None:
        proof = PROOFS[kind]
        for name, right in proof.items():
            wrong = BAD_SIZES if isinstance(right, int) else BAD_HASHES
            for value in [None, "", {}, "00", 0] if name == "path" else wrong:
                if value != right or type(value) is not type(right):
                    assert check(kind, dumped({**proof, name: value})) == 5, (name, value)
        for value in BAD_HASHES:
            for at in range(len(proof["path"])):
                path = [*proof["path"][:at], value, *proof["path"][at + 1 :]]
                assert check(kind, dumped({**proof, "path": path})) == 5, value

    @pytest.mark.parametrize("kind", PROOFS)
    def test_every_bit_of_every_hash(self, check: Check, kind: str) -> None:
        proof = PROOFS[kind]
        for name in (name for name, value in proof.items() if isinstance(value, str)):
            for bit in range(0, 256, 3):
                flipped = f"{int(proof[name], 16) ^ 1 << bit:064x}"
                assert check(kind, dumped({**proof, name: flipped})) == 5
        for at, one in enumerate(proof["path"]):
            for bit in range(0, 256, 5):
                path = [*proof["path"][:at], f"{int(one, 16) ^ 1 << bit:064x}", *proof["path"][at + 1 :]]
                assert check(kind, dumped({**proof, "path": path})) == 5

    @pytest.mark.parametrize("kind", PROOFS)
    def test_files_that_are_no_such_document(self, check: Check, kind: str) -> None:
        right = dumped(PROOFS[kind])
        (name, value), *_ = PROOFS[kind].items()
        twice = right[:-1] + f', "{name}": {json.dumps(value)}}}'.encode()
        deep = b"[" * 100_000
        for content in (
            b"",
            b"null",
            b"[]",
            b"5",
            b'"x"',
            b"{}",
            b"NaN",
            deep,
            b'{"path": ' + deep,
            twice,
            b"\xef\xbb\xbf" + right,
            b"\xff\xfe" + right,
            b"x" + right,
            right + b"x",
            right + b"\0",
            right + right,
            b"[" + right + b"]",
            right.replace(b'"', b"'"),
            right.decode().encode("utf-16"),
            right + b" " * 2_000_000,
        ):
            assert check(kind, content) == 5, content[:40]
        for at in range(len(right)):
            assert check(kind, right[:at]) == 5

    def test_a_proof_of_the_other_kind(self, check: Check) -> None:
        assert check("inclusion", dumped(CONSISTENCY)) == 5
        assert check("consistency", dumped(INCLUSION)) == 5

    def test_a_file_that_is_not_there_or_is_a_folder(self, tmp_path: Path) -> None:
        for path in (tmp_path / "nowhere.json", tmp_path):
            assert verifier.main(["inclusion", str(path)], tell=lambda _said: None) == 5

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=80)
        | st.recursive(
            st.none() | st.text(),
            lambda inner: st.dictionaries(
                st.sampled_from(sorted({*INCLUSION, *CONSISTENCY})), inner | st.lists(inner), max_size=6
            ),
        ).map(dumped)
    )
    def test_whatever_else(self, check: Check, content: bytes) -> None:
        assert check("inclusion", content) == 5
        assert check("consistency", content) == 5


class TestOnItsOwn:
    """The file runs without anything of ours, and its exit code is what scripts go by."""

    @pytest.fixture
    def alone(self, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
        program = tmp_path / "verify.py"
        program.write_bytes(Path(verifier.__file__).read_bytes())

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-I", "-X", "utf8=0", str(program), *words]
            return subprocess.run(
                command, capture_output=True, text=True, cwd=tmp_path, check=False, env={"LC_ALL": "C"}
            )

        return run

    def test_exit_codes(self, alone: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
        (tmp_path / "right.json").write_bytes(dumped(INCLUSION))
        (tmp_path / "wrong.json").write_bytes(dumped({**INCLUSION, "index": 5}))

        assert alone("inclusion", "right.json", "--lang", "en").stdout.startswith("RIGHT: record 4 is in the trail")
        said = [alone("inclusion", name) for name in ("right.json", "wrong.json", "nowhere.json")]
        assert [one.returncode for one in said] == [0, 5, 5]
        assert alone("nonsense").returncode == 2
        assert "".join(one.stderr for one in said) == ""

    def test_it_imports_nothing_but_the_standard_library_and_cryptography(self) -> None:
        import ast

        tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

        foreign = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
        assert foreign == {"cryptography"}
