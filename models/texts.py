"""What a database keeps of what people write."""


def is_storable(text: str) -> bool:
    """Whether PostgreSQL and SQLite keep it as it is: no NUL, and no half of a letter (a lone surrogate)."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
