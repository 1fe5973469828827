"""Every word in both languages, filled with the same figures."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from models.catalogue import LANGUAGES, LOCALE, Word, say, use_language
from models.stages import Stage
from states.moves import MOVE_NAMES

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "rulesets", "states", "notifications", "flows", "web", "zi")


def messages(language: str) -> dict[str, str]:
    with (LOCALE / language / "LC_MESSAGES" / "zi.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class TestCatalogues:
    """Indonesian first, English second, and neither has a message that the other lacks."""

    def test_have_the_same_keys(self) -> None:
        assert set(messages("id")) == set(messages("en"))

    def test_are_filled_with_the_same_figures(self) -> None:
        english = messages("en")
        assert [key for key, text in messages("id").items() if placeholders(text) != placeholders(english[key])] == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_message_is_empty(self, language: str) -> None:
        assert [key for key, text in messages(language).items() if not text.strip()] == []

    def test_every_key_in_the_code_is_there(self) -> None:
        known = set(messages("id"))
        said = {
            key
            for package in PACKAGES
            for path in [*(ROOT / package).rglob("*.py"), *(ROOT / package).rglob("*.html.j2")]
            for key in re.findall(r'say\("([a-z_.]+)"[,)]', path.read_text(encoding="utf-8"))
        }
        assert len(said) > 100
        assert said - known == set()

    def test_every_error_and_obstacle_in_the_code_has_words_and_a_fix(self) -> None:
        known = set(messages("id"))
        kinds = (
            "UsageError|BadInput|NotFound|NotInitialised|SchemaOld|SchemaNew|StorageFailed|ClockBehind|IntegrityBroken"
        )
        error = rf'(?:{kinds})\(\s*"(\w+)"'
        obstacle = r'(?:Obstacle|Refused\.because)\(\s*"(\w+)"'
        code = "\n".join(p.read_text(encoding="utf-8") for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
        keys = {f"error.{name}" for name in re.findall(error, code)}
        keys |= {f"obstacle.{name}" for name in re.findall(obstacle, code)}
        assert len(keys) > 80
        assert {key for key in keys for each in (key, f"{key}.fix") if each not in known} == set()

    def test_every_stage_and_move_has_words(self) -> None:
        known = set(messages("id"))
        assert {f"stage.{stage.value}" for stage in Stage} | {f"move.{name}" for name in MOVE_NAMES} <= known

    def test_a_word_among_the_figures_is_shown_in_the_readers_language(self) -> None:
        try:
            use_language("en")
            shown = say("obstacle.move_not_from_here", move="propose", stage=Word("stage.self_assessment"))
        finally:
            use_language("id")
        assert shown == "The move propose does not start at the stage Self-assessment."
