"""A sealed stream opens with its passphrase and whole, or not at all; the tool `age` and we open each other's files."""

import io
from base64 import b64decode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.age import CHUNK, TAG, is_sealed, seal, unseal
from models.errors import BadInput, IntegrityBroken

WORDS = "benar kuda baterai staples"
QUICK = 1  # log2 of scrypt's N, where it is not the passphrase that is tried
OF_AGE = (  # made by `age -p` 1.1.1 of b"Zona Integritas\n"
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCA5eUd5UFUxTzZGcGsyNHc1Yk0rSjVnIDE4Ck1ncUNQYmNRNUtkWk12VWNkRFJr"
    "Nzk1NkFXNlhoVjJINDRTUDJ4S1NBdmMKLS0tIHg2RW9BNmRzTjJkbkhZVWVSRTU3aGYrY2VUbFRMR1F3bEZjTXhLaGJkdGsKuQ9RXrCt"
    "14XMR2Iyo2pdJbBvfh9HVYiqcvNyW/Zu383Q1LdiGPdu/Y5Ocgk5J+QG"
)
THREE = (b"ini isi cadangan " * 11_000)[: 2 * CHUNK + 40_000]


def sealed(content: bytes, words: str = WORDS, work: int = QUICK) -> bytes:
    return b"".join(seal([content], words, work=work))


def opened(content: bytes, words: str = WORDS) -> bytes:
    return b"".join(unseal(io.BytesIO(content), words))


def split(content: bytes) -> tuple[bytes, list[bytes]]:
    """The header with its nonce, and the chunks."""
    begins = content.index(b"\n---") + len("\n--- ") + 44 + 16
    return content[:begins], [content[at : at + CHUNK + TAG] for at in range(begins, len(content), CHUNK + TAG)]


class TestSealed:
    """Whatever the size, and however it comes."""

    @pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
    def test_comes_back(self, size: int) -> None:
        content = (b"0123456789" * (size // 10 + 1))[:size]

        assert opened(sealed(content)) == content

    @given(st.lists(st.binary(max_size=200)))
    def test_however_it_is_cut(self, pieces: list[bytes]) -> None:
        assert opened(b"".join(seal(pieces, WORDS, work=QUICK))) == b"".join(pieces)

    def test_what_age_sealed_is_opened(self) -> None:
        content = b64decode(OF_AGE)

        assert is_sealed(content)
        assert opened(content) == b"Zona Integritas\n"

    def test_nothing_of_the_content_is_seen(self) -> None:
        assert b"cadangan" not in sealed(THREE)

    def test_the_same_content_is_never_sealed_alike(self) -> None:
        assert sealed(b"isi") != sealed(b"isi")


class TestRefused:
    """Another passphrase, or anything that is not as it was made."""

    def test_another_passphrase(self) -> None:
        with pytest.raises(BadInput) as bad:
            opened(sealed(b"isi", work=10), "salah kuda baterai staples")

        assert bad.value.key == "backup_passphrase_wrong"

    def test_any_bit_that_is_flipped(self) -> None:
        whole = sealed(b"isi cadangan")

        for at in range(len(whole)):
            broken = bytearray(whole)
            broken[at] ^= 1
            with pytest.raises((BadInput, IntegrityBroken)):
                opened(bytes(broken))

    def test_an_end_that_comes_too_early(self) -> None:
        whole = sealed(b"isi cadangan")

        for length in range(len(whole)):
            with pytest.raises((BadInput, IntegrityBroken)):
                opened(whole[:length])

    @pytest.mark.parametrize(
        "change",
        [
            lambda chunks: [chunks[1], chunks[0], chunks[2]],
            lambda chunks: [chunks[0], chunks[2]],
            lambda chunks: [chunks[0], chunks[0], chunks[1], chunks[2]],
            lambda chunks: chunks[:2],
            lambda chunks: [*chunks, b"x"],
            lambda chunks: [*chunks, chunks[2]],
            lambda chunks: [],
        ],
        ids=["swapped", "dropped", "doubled", "cut at a chunk", "more behind", "the last twice", "none"],
    )
    def test_chunks_in_another_order(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        head, chunks = split(sealed(THREE))
        assert len(chunks) == 3

        with pytest.raises(IntegrityBroken):
            opened(head + b"".join(change(chunks)))

    def test_chunks_of_another_file(self) -> None:
        (head, chunks), (_, others) = split(sealed(THREE)), split(sealed(THREE))

        with pytest.raises(IntegrityBroken):
            opened(head + chunks[0] + others[1] + chunks[2])

    def test_one_that_asks_for_more_memory_than_there_is(self) -> None:
        with pytest.raises(IntegrityBroken):
            opened(sealed(b"isi").replace(b" 1\n", b" 30\n", 1))

    @pytest.mark.parametrize(
        "stanza",
        [b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43, (b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n") * 9],
    )
    def test_one_for_another_kind_of_recipient(self, stanza: bytes) -> None:
        content = b"age-encryption.org/v1\n" + stanza + b"\n--- " + b"A" * 43 + b"\n" + bytes(64)

        with pytest.raises(BadInput) as bad:
            opened(content)

        assert bad.value.key == "backup_other_recipient"
