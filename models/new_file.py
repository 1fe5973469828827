"""A new file, whole or not at all: never over another one, and on the disk before it has its name."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from errno import EEXIST, EMLINK, ENOTSUP, EPERM
from pathlib import Path

from models.errors import BadInput, StorageFailed

DRAFT = ".partial"  # what a process that was killed leaves ends so
NO_LINKS = (EPERM, ENOTSUP, EMLINK)  # of file systems that have no second names


def write_new(path: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces, readable by the owner only; returns how many bytes there are.

    Raises BadInput where the file exists, StorageFailed where it can't be written, and what the pieces raise; an
    OSError of theirs would be taken for one of the disk.
    """
    if path.exists() or path.is_symlink():
        raise BadInput("file_exists", path=str(path))
    draft: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=DRAFT)  # mode 0600
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            size = sum(file.write(piece) for piece in pieces)
            file.flush()
            os.fsync(file.fileno())
        _name(draft, path)
    except FileExistsError:
        raise BadInput("file_exists", path=str(path)) from None
    except OSError as error:
        raise StorageFailed("file_not_written", path=str(path), why=error.strerror or "") from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return size


def _name(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(EEXIST, "", str(path)) from None
        draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems don't sync folders
            os.fsync(folder)
    finally:
        os.close(folder)
