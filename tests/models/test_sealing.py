"""Channel addresses are sealed with a key that lies beside the database, not in it."""

import stat
from pathlib import Path

import pytest

from models.errors import StorageFailed
from models.home import make_home
from models.sealing import new_key, seal, unseal
from models.settings import Settings

SECRET = "tgram://123456:token/chat?nama=Ñ"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "channels.key"
    path.write_bytes(new_key())
    return path


class TestSealing:
    """Whoever has the key reads it; nobody else does."""

    @pytest.mark.parametrize("secret", [SECRET, "", "x" * 10_000])
    def test_what_was_sealed_is_opened_again(self, key_file: Path, secret: str) -> None:
        assert unseal(seal(secret, key_file=key_file), key_file=key_file) == secret

    def test_what_is_sealed_says_nothing_and_is_never_the_same_twice(self, key_file: Path) -> None:
        first, second = (seal(SECRET, key_file=key_file) for _ in range(2))

        assert b"token" not in first
        assert first != second

    def test_another_key_does_not_open_it(self, key_file: Path) -> None:
        sealed = seal(SECRET, key_file=key_file)
        key_file.write_bytes(new_key())

        with pytest.raises(StorageFailed) as failed:
            unseal(sealed, key_file=key_file)

        assert failed.value.key == "wrong_channel_key"
        assert str(key_file) in str(failed.value)

    def test_one_changed_byte_does_not_open(self, key_file: Path) -> None:
        sealed = bytearray(seal(SECRET, key_file=key_file))
        sealed[20] ^= 1

        with pytest.raises(StorageFailed) as failed:
            unseal(bytes(sealed), key_file=key_file)

        assert failed.value.key == "wrong_channel_key"

    def test_an_older_key_still_opens_and_the_newest_seals(self, key_file: Path) -> None:
        old = key_file.read_bytes()
        sealed = seal(SECRET, key_file=key_file)
        new = new_key()
        key_file.write_bytes(new + old)

        assert unseal(sealed, key_file=key_file) == SECRET

        again = seal(SECRET, key_file=key_file)
        key_file.write_bytes(new)
        assert unseal(again, key_file=key_file) == SECRET
        with pytest.raises(StorageFailed):
            unseal(sealed, key_file=key_file)

    @pytest.mark.parametrize("content", [None, b"", b"\n", b"not a key\n"])
    def test_a_key_file_without_a_key_is_named(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "broken.key"
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(StorageFailed) as failed:
            seal(SECRET, key_file=path)

        assert failed.value.key == "no_channel_key"


class TestKeyFile:
    """Only its owner reads it, from the first moment on."""

    def test_a_new_home_has_a_key_of_its_own_that_nobody_else_reads(self, tmp_path: Path) -> None:
        homes = [make_home(Settings(home=tmp_path / name), sandbox=True) for name in ("one", "other")]

        keys = [home.channel_key.read_bytes() for home in homes]

        assert keys[0] != keys[1]
        for home in homes:
            assert stat.S_IMODE(home.channel_key.stat().st_mode) == 0o600
            assert stat.S_IMODE(home.channel_key.parent.stat().st_mode) == 0o700
            assert unseal(seal(SECRET, key_file=home.channel_key), key_file=home.channel_key) == SECRET
