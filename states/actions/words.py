"""What people write into an action plan: on one line, of a length that can be kept and looked up."""

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
    """Nothing is None."""
    line = " ".join((text or "").split())
    if not is_storable(line):
        raise BadInput("text_not_storable", name=name)
    if len(line) > TEXT_LENGTH:
        raise BadInput("text_too_long", name=name, most=TEXT_LENGTH)
    return line or None
