"""Reads the .eml files that a delivery left, as a mail program would."""

from email import message_from_bytes, policy
from pathlib import Path


def last_letters(folder: Path, most: int) -> tuple[list[tuple[str, str]], int]:
    """Recipient and subject of the newest letters, and how many there are."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths[-most:]]
    return [(str(letter["To"]), str(letter["Subject"])) for letter in letters], len(paths)


def whole_letter(folder: Path, message_id: str) -> str:
    """One letter as its reader sees it."""
    letter = message_from_bytes((folder / f"{message_id}.eml").read_bytes(), policy=policy.default)
    body = letter.get_body()
    return f"To: {letter['To']}\nSubject: {letter['Subject']}\n\n{body.get_content() if body else ''}"
