"""Every word people read, by key, in Indonesian or English (gettext).

Keys stand for messages because both languages are translations here: `say("stage.designation")`.
A message that a catalogue lacks is a bug and raises; a test compares the two catalogues.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("id", "en")
LOCALE = Path(__file__).parent / "locale"


class Word(str):
    """A catalogue key standing among a message's figures: it is shown in the reader's language."""

    __slots__ = ()


class Term(str):
    """A name out of a rule file, in both languages: it is shown in the reader's."""

    def __new__(cls, indonesian: str, english: str) -> "Term":
        term = super().__new__(cls, indonesian)
        term.english = english
        return term

    english: str

    def __str__(self) -> str:
        return self.english if current_language() == "en" else str.__str__(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def use_language(language: str) -> None:
    """Speak this language from here on, in this context."""
    _language.set(language)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak this language inside; none = the current one."""
    before = _language.set(language or _language.get())
    try:
        yield
    finally:
        _language.reset(before)


def current_language() -> str:
    return _language.get()


def say(key: str, /, **params: object) -> str:
    """The message `key` in the current language, filled with `params`."""
    message = catalogue(_language.get()).gettext(key)
    if message == key:
        raise KeyError(f"no message {key!r} in the {_language.get()!r} catalogue")
    if not params:
        return message
    return message.format(**{name: say(value) if isinstance(value, Word) else value for name, value in params.items()})


def has_message(key: str) -> bool:
    return catalogue(_language.get()).gettext(key) != key


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("zi", LOCALE, languages=[language])
