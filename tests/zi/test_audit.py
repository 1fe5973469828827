"""zi audit: what others can check leaves as documents and files that the standalone verifier takes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from states.bundle import verify as verifier
from tests.zi.conftest import Shell


def checks(*words: str) -> int:
    return verifier.main(list(words), tell=lambda _said: None)


class TestProve:
    """A proof is a document that the verifier takes as it is."""

    def test_one_record(self, zi: Shell) -> None:
        whole = zi.json("audit", "verify")

        proof = zi.json("audit", "prove", "3")

        assert proof.keys() == {"size", "index", "leaf_hash", "path", "root"}
        assert (proof["index"], proof["size"], proof["root"]) == (3, whole["records"], whole["root"])
        assert proof["leaf_hash"] == zi.json("audit", "log")["records"][3]["hash"]
        assert checks("inclusion", zi.file("proof.json", json.dumps(proof))) == 0

    def test_into_a_file_and_not_over_one(self, zi: Shell) -> None:
        path = zi.folder / "bukti.json"

        said = zi("audit", "prove", "3", "--size", "7", "--out", str(path))

        assert (said.code, str(path) in said.out) == (0, True)
        assert checks("inclusion", str(path)) == 0
        zi.json("audit", "prove", "3", "--out", str(path), code=2)

    def test_that_the_trail_only_grew(self, zi: Shell) -> None:
        proof = zi.json("audit", "consistency", "6", "11")

        assert proof.keys() == {"first_size", "second_size", "first_root", "second_root", "path"}
        assert checks("consistency", zi.file("proof.json", json.dumps(proof))) == 0

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("prove", "9999"), 4),
            (("prove", "x"), 2),
            (("prove", "3", "--size", "3"), 2),
            (("prove", "3", "--size", "9999"), 4),
            (("consistency", "7", "6"), 2),
            (("consistency", "7", "9999"), 4),
            (("verify", "nonsense", "x"), 2),
            (("verify", "inclusion"), 2),
            (("checkpoint", "--show"), 4),
            (("checkpoint",), 2),
        ],
    )
    def test_what_is_not_there(self, zi: Shell, words: tuple[str, ...], code: int) -> None:
        zi.json("audit", *words, code=code)

    def test_a_file_is_verified_here_too(self, shell: Shell, zi: Shell) -> None:
        proof = zi.json("audit", "prove", "3")
        right, wrong = zi.file("a.json", json.dumps(proof)), zi.file("b.json", json.dumps({**proof, "index": 4}))

        assert zi.json("audit", "verify", "inclusion", right)["ok"] is True
        assert zi.json("audit", "verify", "inclusion", wrong, code=5)["ok"] is False
        assert zi("audit", "verify", "inclusion", wrong).code == 5


class TestCheckpoint:
    """On demand, printed as the note that others keep."""

    def test_it_is_printed_and_kept(self, zi: Shell) -> None:
        said = zi("audit", "checkpoint", as_="auditor")

        shown = zi.json("audit", "checkpoint", "--show")
        assert said.out == shown["note"]
        assert shown.keys() == {"size", "root", "origin", "note", "key", "made_at", "new"}
        assert shown["key"] == zi.json("audit", "key", "show")["keys"][-1]["vkey"]
        assert zi("audit", "key", "show", "--newest").out == shown["key"] + "\n"
        assert zi.json("audit", "verify")["checkpoints"] == 1

    def test_who_may(self, zi: Shell) -> None:
        zi.json("audit", "checkpoint", as_="kepala", code=3)
        for words in (("rotate",), ("replace", "--reason", "x")):
            zi.json("audit", "key", *words, as_="auditor", code=3)

    def test_a_key_is_rotated_and_replaced(self, zi: Shell) -> None:
        zi.json("audit", "key", "replace", "--reason", "x", as_="admin", code=4)
        old = zi.json("audit", "checkpoint", as_="admin")["key"]
        rotated = zi.json("audit", "key", "rotate", as_="admin")
        assert (rotated["state"], rotated["origin"]) == ("current", "rotated")
        (zi.home / "keys" / "checkpoint.key").unlink()

        lost: dict[str, Any] = zi.json("audit", "checkpoint", as_="admin", code=1)["error"]
        assert (lost["code"], "replace" in lost["fix"]) == ("storage", True)
        assert zi.json("audit", "key", "replace", as_="admin", code=2)
        replaced = zi.json("audit", "key", "replace", "--reason", "diska rusak", as_="admin")

        shown = zi.json("audit", "key", "show")["keys"]
        assert [(one["vkey"], one["state"]) for one in shown] == [
            (old, "rotated"),
            (rotated["vkey"], "lost"),
            (replaced["vkey"], "current"),
        ]
        assert "HILANG" in zi("audit", "key", "show").out


class TestExport:
    """A bundle checks where zi is not."""

    def test_whole(self, zi: Shell) -> None:
        kept = zi.file("kept.note", zi.json("audit", "checkpoint", as_="auditor")["note"])
        path = zi.folder / "jejak.zip"

        done = zi.json("audit", "export", str(path), as_="admin")

        assert done.keys() == {"file", "form", "size", "root", "sha256", "audit_seq"}
        program = Path(zi.file("verify.py", Path(verifier.__file__).read_bytes()))
        command = [sys.executable, "-I", str(program), "bundle", str(path), "--checkpoint", kept, "--lang", "en"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert f"RIGHT: {done['size']} records" in ended.stdout
        assert zi("audit", "verify", "bundle", str(path)).code == 0
        zi.json("audit", "export", str(path), as_="admin", code=2)
        zi.json("audit", "export", str(zi.folder / "lain"), as_="auditor", code=3)
        zi.json("audit", "export", str(zi.folder / "lain"), "--up-to", "3", as_="admin", code=4)
