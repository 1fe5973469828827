"""The embedded default: one .eml file per message in the mail folder. A file is there whole, once, or not at all."""

import os
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from models.errors import StorageFailed
from notifications.letter import Letter
from notifications.markup import wrapped
from notifications.workers import is_gone, this_process

SENDER = Address("Zona Integritas", "zi", "localhost")
DOMAIN = "zi.localhost"  # the right side of a Message-ID
DRAFT = ".draft"


def write_mail(letter: Letter, *, folder: Path, now: datetime, sender: Address = SENDER) -> bool:
    """Put the message into the folder; False where it was there already, which counts as sent.

    Raises StorageFailed when the folder can't be written.
    """
    final = folder / f"{letter.message_id}.eml"
    try:
        if final.exists():
            return False
        return _link_whole(as_mail(letter, now=now, sender=sender).as_bytes(), final)
    except OSError as error:
        raise StorageFailed("mail_not_writable", path=str(folder), why=error.strerror or "") from error


def as_mail(letter: Letter, *, now: datetime, sender: Address = SENDER) -> EmailMessage:
    """The message as RFC 5322 wants it. Raises ValueError for an address that can't stand in a header."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(" ".join(letter.name.split()), addr_spec=letter.email)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_id}@{DOMAIN}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(wrapped(letter.body), cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return mail


def clear_drafts(folder: Path) -> None:
    """Take away what processes of this machine had begun to write when they died."""
    for draft in folder.glob(f".*{DRAFT}"):
        if is_gone(draft.name.removesuffix(DRAFT).partition("+")[2]):
            draft.unlink(missing_ok=True)


def _link_whole(content: bytes, final: Path) -> bool:
    """Written beside it first, then linked: a link never replaces a file, and never shows half of one."""
    draft = final.with_name(f".{final.stem}+{this_process()}{DRAFT}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, final)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(final.parent)
    return True


def _sync_folder(folder: Path) -> None:
    """So that the name, not only the content, survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
