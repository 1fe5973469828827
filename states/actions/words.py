"""What people write into an action plan: on one line, of a length that can be kept and looked up."""

from unicodedata import category

from models.errors import BadInput
from models.texts import is_storable

TEXT_LENGTH = 1_000  # letters, as an import takes them


def required_line(text: str, *, name: str) -> str:
    """Raises BadInput for nothing, too much, or what no database keeps."""
    line = optional_line(text, name=name)
    if line is None:
        raise BadInput("text_missing", name=name)
    return line


def optional_line(text: str | None, *, name: str) -> str | None:
    """Nothing is None; what can't be seen is left out."""
    given = text or ""
    if not is_storable(given):
        raise BadInput("text_not_storable", name=name)
    line = " ".join("".join(letter for letter in given if letter.isspace() or not _unseen(letter)).split())
    if len(line) > TEXT_LENGTH:
        raise BadInput("text_too_long", name=name, most=TEXT_LENGTH)
    return line or None


def _unseen(letter: str) -> bool:
    """Control characters, and the two that are no letters at all: no workbook holds them."""
    return category(letter) == "Cc" or letter in "\ufffe\uffff"
