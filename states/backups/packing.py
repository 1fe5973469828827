"""Writes the members of the tar, and keeps the ledger of their checksums."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from models.errors import StorageFailed
from models.files import CHUNK
from models.tar import head, padding
from states.backups.format import Ledger


class Packer:
    """Members of the tar, each noted in the ledger; a list of checksums whenever one is due."""

    def __init__(self, now: datetime) -> None:
        self.now, self.ledger = now, Ledger()

    def member(self, name: str, content: bytes) -> Iterator[bytes]:
        yield from self.unlisted(name, content)
        self.ledger.add(name, sha256(content).hexdigest())
        if self.ledger.is_due():
            yield from self.checksums()

    def unlisted(self, name: str, content: bytes) -> Iterator[bytes]:
        yield head(name, len(content), at=self.now) + content + padding(len(content))

    def copy(self, name: str, path: Path, *, size: int, digest: str) -> Iterator[bytes]:
        """A file that was looked at before. Raises StorageFailed where it changes under our hands."""
        yield head(name, size, at=self.now)
        found, left = sha256(), size
        try:
            with path.open("rb") as file:
                while left and (chunk := file.read(min(CHUNK, left))):
                    found.update(chunk)
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            raise StorageFailed("home_unreadable", path=str(path)) from error
        if left or found.hexdigest() != digest:
            raise StorageFailed("home_unreadable", path=str(path))
        yield padding(size)
        self.ledger.add(name, digest)
        if self.ledger.is_due():
            yield from self.checksums()

    def checksums(self) -> Iterator[bytes]:
        name, content = self.ledger.take()
        yield from self.unlisted(name, content)
