"""The file of the key that signs checkpoints: outside the database, so that whoever rewrites it can't sign.

PKCS #8 in PEM, readable by its owner only. A new key is first a draft beside the file: the database is told of it,
and only then it takes the old one's place. Killed in between, the next use finishes the job.
"""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import StorageFailed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def read_key(key_file: Path) -> "Ed25519PrivateKey | None":
    """None where there is no file. Raises StorageFailed where it holds no such key, or can't be read."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - slow to import, and few commands sign
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StorageFailed("no_checkpoint_key", path=str(key_file)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StorageFailed("no_checkpoint_key", path=str(key_file))
    return key


def make_key(key_file: Path) -> "Ed25519PrivateKey":
    """A new one, whole or not at all; where two processes make it at once, the first one's stays."""
    draft = _written(key_file)
    try:
        os.link(draft, key_file)
    except FileExistsError:
        pass
    except OSError as error:
        raise _not_writable(key_file, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return _present(key_file)


def draft_key(key_file: Path) -> "Ed25519PrivateKey":
    """The next one, beside the file; the file stays as it is. An older draft is thrown away."""
    try:
        _written(key_file).replace(draft_of(key_file))
    except OSError as error:
        raise _not_writable(key_file, error) from error
    return _present(draft_of(key_file))


def use_draft(key_file: Path) -> None:
    """The draft takes the file's place, and the old key is gone."""
    try:
        draft_of(key_file).replace(key_file)
        _sync_folder(key_file.parent)
    except OSError as error:
        raise _not_writable(key_file, error) from error


def draft_of(key_file: Path) -> Path:
    return key_file.with_name(f".{key_file.name}.new")


def _present(key_file: Path) -> "Ed25519PrivateKey":
    """Raises StorageFailed where it went meanwhile."""
    key = read_key(key_file)
    if key is None:
        raise StorageFailed("no_checkpoint_key", path=str(key_file))
    return key


def _written(key_file: Path) -> Path:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: PLC0415

    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle, draft = tempfile.mkstemp(dir=key_file.parent, prefix=".checkpoint-")  # readable by its owner only
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _not_writable(key_file, error) from error
    return Path(draft)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_writable(key_file: Path, error: OSError) -> StorageFailed:
    return StorageFailed("checkpoint_key_not_writable", path=str(key_file), why=error.strerror or "")
