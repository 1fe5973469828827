"""The trail told again from its start: where every candidacy stands, from nothing but the leaves."""

import json
from collections.abc import Iterable

from models.stages import Stage

MOVES_OF_A_STAGE = ("candidacy_opened", "moved", "corrected")


def replay(leaves: Iterable[str]) -> dict[str, Stage]:
    """The stage of every candidacy by its code; each step must begin where the last one ended."""
    stages: dict[str, Stage] = {}
    for leaf in map(json.loads, leaves):
        if leaf["action"] not in MOVES_OF_A_STAGE:
            continue
        code = leaf["subject"].removeprefix("candidacy:")
        assert leaf.get("before") == stages.get(code), f"record {leaf['seq']} begins where {code} does not stand"
        stages[code] = Stage(leaf["after"])
    return stages
