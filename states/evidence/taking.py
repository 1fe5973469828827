"""Content for evidence: a link, or a file whose bytes were looked at before it is kept."""

from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from models.errors import BadInput
from models.files import path_of, store
from models.sniffing import sniff
from states.documents import Content, take_content

LINK_LENGTH = 2_000  # bytes of UTF-8; an index over links takes no more than 2,700


@dataclass(frozen=True)
class Sniffed(Content):
    """A stored file, and what it is by its bytes."""

    media_type: str | None = None


def take_evidence(source: str, *, folder: Path, limit: int) -> Content:
    """A path or a link, checked and stored; `limit` in bytes. Raises BadInput, and keeps nothing that it refuses."""
    path = Path(source)
    try:
        looks = path.is_file() and 0 < path.stat().st_size <= limit  # the others are refused by who stores them
    except (OSError, ValueError):  # a name that no file can have
        looks = False
    if looks:
        _media_type(path, name=path.name)
    content = take_content(source, folder=folder, limit=limit)
    if content.file is None:
        return checked(content)
    kept = path_of(content.file.hash, folder=folder)  # what is served later, whatever became of the source meanwhile
    return Sniffed(file=content.file, media_type=_media_type(kept, name=content.file.name))


def take_upload(source: BinaryIO, *, name: str, folder: Path, limit: int) -> Content:
    """The same of a file that a browser sent, which is looked at before a byte of it is kept."""
    size = source.seek(0, SEEK_END)
    if 0 < size <= limit:  # the others are refused by who stores them
        sniff(source, name=name)
    source.seek(0)
    stored = store(source, name=name, folder=folder, limit=limit)
    return Sniffed(file=stored, media_type=_media_type(path_of(stored.hash, folder=folder), name=stored.name))


def checked(content: Content) -> Content:
    """A link that can be kept and looked up. Raises BadInput."""
    if content.url and len(content.url.encode()) > LINK_LENGTH:
        raise BadInput("link_too_long", most=LINK_LENGTH)
    return content


def _media_type(path: Path, *, name: str) -> str:
    try:
        with path.open("rb") as source:
            return sniff(source, name=name)
    except OSError as error:
        raise BadInput("file_unreadable", path=name) from error
