"""The areas of the LKE that a role is given: "MP, TL" as it is stored and typed."""

import re
from collections.abc import Mapping
from functools import cache

from models.errors import BadInput
from rulesets.library import area_codes, rulesets

_BETWEEN = re.compile(r"[\s,;/+]+")


def areas_in(text: str | None) -> frozenset[str]:
    """Stored areas as a set; none = all."""
    return frozenset(word for word in _BETWEEN.split(text or "") if word and word in area_codes())


def checked_areas(text: str | None) -> str | None:
    """As they are stored, in the LKE's order. Raises BadInput for a word that is no area."""
    words = [word.upper() for word in _BETWEEN.split((text or "").strip()) if word]
    if unknown := [word for word in words if word not in area_codes()]:
        raise BadInput("unknown_area", value=", ".join(unknown), known=", ".join(area_codes()))
    return ", ".join(area for area in area_codes() if area in words) or None


def area_named(text: str) -> str | None:
    """The area that an action plan means: by its letters, or by its name in a rule set, in either language."""
    return _names().get(" ".join(text.split()).casefold())


@cache
def _names() -> Mapping[str, str]:
    named = {code.casefold(): code for code in area_codes()}
    for ruleset in rulesets().values():
        for code, area in ruleset.lke.areas.items():
            named |= {name.casefold(): code for name in (area.name, area.name_en)}
    return named
