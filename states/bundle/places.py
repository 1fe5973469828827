"""Where a bundle is written: a folder or a zip, beside its place first, then put there whole or not at all."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import IO

from models.errors import BadInput, StorageFailed
from states.workbook.saving import require_folder

MODE = 0o600  # of every file: bundles hold names and addresses


class FolderPlace:
    """Files are written one after the other; nothing stands at the path until `put_in_place`."""

    form = "folder"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.draft = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name[:50]}-"))

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        with os.fdopen(os.open(self.draft / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> str | None:
        """Nothing more is written. A folder has no hash."""
        return None

    def put_in_place(self) -> None:
        self.draft.rename(self.path)  # fails where something stands there meanwhile, unless it is an empty folder

    def discard(self) -> None:
        shutil.rmtree(self.draft, ignore_errors=True)


class ZipPlace:
    """The same, in one file that only its owner reads."""

    form = "zip"

    def __init__(self, path: Path) -> None:
        self.path = path
        handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.stem[:50]}-")
        self.draft = Path(draft)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        with self._zip.open(name, "w", force_zip64=True) as file:
            yield file

    def finish(self) -> str | None:
        """Nothing more is written. The whole file's SHA-256, hex."""
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.seek(0)
        digest = file_digest(self._file, "sha256").hexdigest()
        self._file.close()
        return digest

    def put_in_place(self) -> None:
        os.link(self.draft, self.path)  # fails where something stands there meanwhile
        self.draft.unlink()

    def discard(self) -> None:
        with suppress(OSError, ValueError):  # what is given up need not be finished
            self._zip.close()
        self._file.close()
        self.draft.unlink(missing_ok=True)


@contextmanager
def new_place(path: Path) -> Iterator[FolderPlace | ZipPlace]:
    """A zip where the name ends so, else a folder; what was not put in place is gone afterwards.

    Raises BadInput where something stands there or no folder does, StorageFailed where the disk does not take it.
    """
    require_folder(path, force=False)
    if path.exists() or path.is_symlink():
        raise BadInput("export_exists", path=str(path))
    try:
        place = ZipPlace(path) if path.suffix.lower() == ".zip" else FolderPlace(path)
        try:
            yield place
        finally:
            place.discard()
    except OSError as error:
        raise StorageFailed("export_not_writable", path=str(path), why=error.strerror or "") from error
