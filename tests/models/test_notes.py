"""Signed notes are those of C2SP: what others sign we open, and what is changed about one is refused."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.notes import DASH, BadNote, Signer, TreeHead, VerifierKey, opened
from states.bundle import verify as verifier

# From the specification of signed notes, and a key of golang.org/x/mod/sumdb/note's documentation.
SAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAMPLE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = Signer("zi/contoh", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HEAD = TreeHead("zi/contoh", 7, bytes(range(32)))
NOTE = SIGNER.sign(HEAD.text)


def refused(note: str, key: VerifierKey = SIGNER.verifier) -> bool:
    """By the program and by the verifier alike."""
    ours = theirs = False
    try:
        TreeHead.parsed(opened(note, key))
    except BadNote:
        ours = True
    try:
        verifier.read_head(verifier.open_note(note, verifier.read_key(str(key))))
    except verifier.Unreadable:
        theirs = True
    assert ours == theirs, note
    return ours


class TestOpened:
    """A note opens with the key that signed it."""

    def test_one_that_others_signed(self) -> None:
        key = VerifierKey.parsed(SAMPLE_KEY)

        assert opened(SAMPLE, key) == SAMPLE.partition("\n\n")[0] + "\n"
        assert verifier.open_note(SAMPLE, verifier.read_key(SAMPLE_KEY)) == opened(SAMPLE, key)
        assert str(key) == SAMPLE_KEY

    def test_a_checkpoint(self) -> None:
        assert NOTE.startswith(f"zi/contoh\n7\n{b64encode(HEAD.root).decode()}\n\n{DASH} zi/contoh ")
        assert TreeHead.parsed(opened(NOTE, SIGNER.verifier)) == HEAD
        assert not refused(NOTE)

    def test_with_signatures_of_others_beside(self) -> None:
        other = Signer("saksi", Ed25519PrivateKey.generate())
        line = other.sign(HEAD.text).rpartition("\n\n")[2]

        assert not refused(NOTE + line)
        assert not refused(HEAD.text + "\n" + line + NOTE.rpartition("\n\n")[2])

    def test_with_lines_that_others_may_add(self) -> None:
        assert not refused(SIGNER.sign(f"{HEAD.text}lain\n"))


class TestRefused:
    """Not signed by this key, or not a note."""

    def test_every_changed_letter(self) -> None:
        for at, letter in enumerate(NOTE):
            for other in {"\0", "x", "\n", " "} - {letter}:
                assert refused(f"{NOTE[:at]}{other}{NOTE[at + 1 :]}"), (at, other)

    def test_every_part_of_it(self) -> None:
        assert all(refused(NOTE[:at]) for at in range(len(NOTE)))
        assert all(refused(NOTE[at:]) for at in range(1, len(NOTE)))

    @pytest.mark.parametrize("around", ["\n{}", " {}", "{}\n", "{} ", "{}\n\n", "{0}{0}", "\ufeff{}", "{}x"])
    def test_garbage_around_it(self, around: str) -> None:
        assert refused(around.format(NOTE))

    def test_another_key_and_another_name(self) -> None:
        assert refused(NOTE, Signer("zi/contoh", Ed25519PrivateKey.generate()).verifier)
        assert refused(NOTE, VerifierKey("zi/lain", SIGNER.verifier.public))

    @pytest.mark.parametrize(
        "text",
        [
            "zi/contoh\n07\n{root}\n",
            "zi/contoh\n-7\n{root}\n",
            "zi/contoh\n+7\n{root}\n",
            "zi/contoh\n7.0\n{root}\n",
            "zi/contoh\n\u0667\n{root}\n",
            "zi/contoh\n99999999999999999999\n{root}\n",
            "zi/contoh\n7\n",
            "zi/contoh\n7\n\n",
            "zi/contoh\n7\nAAAA\n",
            "zi/contoh\n7\n{root}=\n",
            "\n7\n{root}\n",
            "zi/contoh\n7\n{root}\n\nmore\n",
        ],
    )
    def test_a_text_that_is_no_checkpoint(self, text: str) -> None:
        assert refused(SIGNER.sign(text.format(root=b64encode(HEAD.root).decode())))

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "x",
            "x+y",
            "x+00000000+",
            SAMPLE_KEY.replace("c74f20a3", "c74f20a4"),
            SAMPLE_KEY.replace("c74f20a3", "C74F20A3"),
            SAMPLE_KEY.replace("PeterNeumann", "Peter Neumann"),
            SAMPLE_KEY.replace("PeterNeumann", ""),
            SAMPLE_KEY[:-1],
            f"{SAMPLE_KEY}A",
            SAMPLE_KEY.replace("+ARpc", "+BRpc"),
        ],
    )
    def test_a_key_that_is_none(self, key: str) -> None:
        with pytest.raises(BadNote):
            VerifierKey.parsed(key)
        with pytest.raises(verifier.Unreadable):
            verifier.read_key(key)
