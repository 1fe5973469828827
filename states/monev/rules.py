"""All rules of monev, in the order in which docs/monev.md lists them, and what they find. Pure."""

from typing import Any

from models.people import Role
from states.monev.observed import Designated, Observed, TrailSeen
from states.monev.rule import Found, Rule
from states.monev.rules_actions import action_late, action_long_late
from states.monev.rules_beyond import report_due, report_soon, trail_broken
from states.monev.rules_evidence import evidence_expired, evidence_expiring, evidence_rejected, evidence_reused
from states.monev.rules_facts import fact_expired, fact_expiring, prerequisite_unmet
from states.monev.rules_lke import evidence_missing, layers_far_apart, lke_incomplete, score_below_threshold
from states.monev.rules_time import (
    document_missing,
    no_activity,
    no_due_date,
    nobody_to_tell,
    proposal_window_closed,
    stage_late,
)
from states.moves import STAGE_OWNER

OF_CANDIDACIES: tuple[Rule[Observed], ...] = (
    stage_late,
    document_missing,
    no_activity,
    nobody_to_tell,
    no_due_date,
    proposal_window_closed,
    lke_incomplete,
    evidence_missing,
    score_below_threshold,
    layers_far_apart,
    evidence_rejected,
    evidence_expired,
    evidence_expiring,
    evidence_reused,
    fact_expired,
    fact_expiring,
    prerequisite_unmet,
    action_late,
    action_long_late,
)
OF_UNITS: tuple[Rule[Designated], ...] = (report_due, report_soon)
OF_INSTALLATION: tuple[Rule[TrailSeen], ...] = (trail_broken,)

RULES: tuple[Rule[Any], ...] = (*OF_CANDIDACIES, *OF_UNITS, *OF_INSTALLATION)


def find_all(observed: Observed) -> list[Found]:
    """What the rules find at one open candidacy."""
    owner = STAGE_OWNER[observed.situation.stage]
    return [found for rule in OF_CANDIDACIES for found in rule.find(observed, otherwise=owner)]


def find_at_unit(seen: Designated) -> list[Found]:
    return [found for rule in OF_UNITS for found in rule.find(seen, otherwise=Role.KOORDINATOR)]


def find_in_trail(seen: TrailSeen) -> list[Found]:
    return [found for rule in OF_INSTALLATION for found in rule.find(seen, otherwise=Role.ADMIN)]
