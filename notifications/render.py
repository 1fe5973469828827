"""Words from templates: one file per kind of notice (two for what is due) and language: subject, body and short.

The body is written once: `markup` reads it, and the frame that all kinds share makes HTML of it.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from models.catalogue import current_language, say
from models.messages import Notice
from notifications.letter import SHORT, Letter
from notifications.markup import blocks, folded

TEMPLATES = Path(__file__).parent / "templates"


def render(
    template_name: str,
    values: Mapping[str, object],
    *,
    message_id: str,
    name: str,
    email: str,
    opening: str = "",
    as_html: bool = True,
) -> Letter:
    """One message in the current language, perhaps with a line before all others; HTML where somebody will see it.

    Raises jinja2's UndefinedError for a value that a template lacks.
    """
    language = current_language()
    template = _environment(language).get_template(f"{template_name}.txt.j2")
    values = {key: folded(value) for key, value in values.items()}
    sign = say("message.id", id=message_id)
    subject = " ".join(_block(template, "subject", values).split())
    opening = f"{opening}\n\n" if opening else ""
    body = _tidy(opening + _block(template, "body", values))
    short = _tidy(opening + _block(template, "short", values))
    return Letter(
        message_id=message_id,
        name=name,
        email=email,
        subject=subject,
        body=f"{body}\n\n{sign}\n",
        short=_cut(short, sign),
        html=_frame().render(language=language, subject=subject, blocks=list(blocks(body)), sign=sign)
        if as_html
        else "",
        gist=short,
    )


def words(kind: Notice, values: Mapping[str, object]) -> str:
    """The body alone, for reading here and now."""
    template = _environment(current_language()).get_template(f"{kind.value}.txt.j2")
    return _tidy(_block(template, "body", {key: folded(value) for key, value in values.items()}))


def day_in_words(day: date, language: str) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=language)


def _block(template: Template, block: str, values: Mapping[str, object]) -> str:
    return "".join(template.blocks[block](template.new_context(dict(values))))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.strip())


def _cut(text: str, sign: str) -> str:
    """The message id stays whole, whatever has to go."""
    room = SHORT - len(sign) - 1
    return f"{text if len(text) <= room else text[: room - 1].rstrip() + '…'}\n{sign}"


@cache
def _frame() -> Template:
    """Escapes all that it is given: names and reasons are typed by people."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("_frame.html.j2")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / language),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text; the frame escapes it where it becomes HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda day: day_in_words(day, language)
    environment.filters["date"] = lambda day: format_date(day, "d MMMM y", locale=language)
    return environment
