"""Draw docs/process.md from the stages, the moves with their guards, and the rule sets.

`--check` writes nothing and exits 1 when the page is out of date.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from inspect import getclosurevars
from pathlib import Path

from models.agencies import AgencyKind
from models.candidacies import Level
from models.catalogue import catalogue
from models.stages import CLOSED, OPEN, SUBMISSION, SUBMISSION_STEPS, Stage
from rulesets.figures import short
from rulesets.library import rulesets
from rulesets.ruleset import DocumentRule, Requirement, RuleSet
from rulesets.thresholds import AREAS, TOTAL
from states import guards
from states.corrections import CONFIRMERS
from states.lke import guards as lke_guards
from states.moves import CORRECT, KOORDINATOR, MOVES, STAGE_OWNER, Move, way_on
from states.situation import Guard

PAGE = Path(__file__).parent.parent / "docs" / "process.md"

WORDS: dict[Guard, str] = {
    guards.assesses_own_work: "whoever records it has not answered for the unit",
    guards.answers_own_assessment: "whoever records it has not assessed the unit",
    guards.proposes_own_assessment: "whoever records it has not assessed the unit",
    guards.building_too_short: "the building clock has run",
    guards.wbk_not_held: "for WBBM: the unit holds WBK",
    guards.barred_by_revocation: "no bar from a revocation",
    guards.no_finding_raised: "a finding that the TPI raised in this stay",
    guards.assessment_closed: "the assessment is not closed",
    guards.objection_used: "no objection so far",
    guards.objection_window_closed: "inside the objection window",
    guards.own_route_closed: "a cycle on route `own`, and a level that the agency may decide",
    guards.reason_missing: "a reason",
    guards.date_missing: "the day it was decided (`--effective`)",
    guards.criteria_missing: "yes or no to each criterion (`--set`)",
    guards.decree_missing: "the decree and its day (`--set decree=`, `--set date=`)",
    lke_guards.unit_lke_incomplete: "the unit has answered the whole LKE",
    lke_guards.survey_missing: "both values of its own survey",
    lke_guards.evidence_missing: "evidence for every question that scores",
    lke_guards.tpi_lke_incomplete: "the TPI has answered the whole LKE",
    lke_guards.tpi_evidence_missing: "evidence for every question that the TPI gives points for",
    lke_guards.threshold_unmet: "the TPI's score meets every threshold of the target",
    lke_guards.prerequisite_unmet: "every requirement of agency and unit is met by a fact in force",
}
"""What each guard wants, in a few words. A guard that is not here is a KeyError: add its words."""

INTRODUCTION = """\
# The process

Drawn by `tools/draw_process.py` from `states/moves.py`, its guards and the rule sets; change those, then run
`.venv/bin/python tools/draw_process.py`. A test fails while this page says something else.

People see six stages. The fifth has steps of its own, which are stored as stages and shown as substages
(`"stage": "submission", "substage": "desk"`).
"""

MOVES_INTRODUCTION = """\
Every move needs the role that records it, held for this unit on that day, and a day (`--effective`, else today) that is
neither in the future nor before the day the stage was entered. Whoever decides - the regent, the Menteri, the TPN -
need not be a user: `--decided-by` says who it was. All that stands in the way is named at once, and a move of many
candidacies moves all of them or none.
"""

DOCUMENTS_INTRODUCTION = """\
A document counts where the table says it may be filed: for the candidacy itself, its unit, its cycle or its agency. One
that needs number and date counts only with both. Each of the roles may file it; the first one owes it and is reminded.
"""

RULESETS_INTRODUCTION = """\
A cycle is pinned to one of these when it is opened. What the files hold and how a new one is written:
[rulesets](rulesets.md).
"""


def process_page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        _fenced("mermaid", _diagram()),
        "## Stages\n",
        _table(("", "People see", "Stored as", "Owner", "Way on"), _stage_rows()),
        "A candidacy is closed in " + ", ".join(_code(stage) for stage in CLOSED) + ".\n",
        "## Moves\n",
        MOVES_INTRODUCTION,
        _table(("Move", "From", "To", "Recorded by", "Needs"), _move_rows()),
        "## Documents\n",
        DOCUMENTS_INTRODUCTION,
        _table(
            ("Kind", "What it is", "Filed by", "Signed by", "For", "Number and date", "Rule sets", "Source"),
            _document_rows(),
        ),
        "## Rule sets\n",
        RULESETS_INTRODUCTION,
        _table(("", *(_code(ruleset.name) for ruleset in _rulesets())), _ruleset_rows()),
    ]
    return "\n".join(parts)


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield "    [*] --> pencanangan : open"
    for number, shown in _numbered():
        if shown == SUBMISSION:
            yield f'    state "{number} {_say(f"stage.{shown}")}" as {shown} {{'
            yield from (f'        state "{step.substage}" as {step.value}' for step in SUBMISSION_STEPS)
            yield from (f"        {arrow}" for arrow in _arrows(inside=True))
            yield "    }"
        else:
            yield f'    state "{number} {_say(f"stage.{shown}")}" as {shown}'
    for stage in CLOSED:
        if stage is not Stage.DESIGNATION:
            yield f'    state "{_say(f"stage.{stage.value}")}" as {stage.value}'
    yield from (f"    {arrow}" for arrow in _arrows(inside=False))
    for move in MOVES:
        if move.sources == OPEN:
            yield f"    note right of {move.dest.value} : {move.name}, from every open stage"


def _arrows(*, inside: bool) -> Iterator[str]:
    """The moves between the steps of submission, or all others. One from every open stage is a note instead."""
    for move in MOVES:
        if move.sources == OPEN:
            continue
        sources = [SUBMISSION] if move.sources == SUBMISSION_STEPS else [source.value for source in move.sources]
        if inside == ({move.dest, *move.sources} <= set(SUBMISSION_STEPS)):
            yield from (f"{source} --> {move.dest.value} : {move.name}" for source in sources)


def _stage_rows() -> Iterator[Sequence[str]]:
    numbers = {shown: number for number, shown in _numbered()}
    for stage in Stage:
        forward = [way_on(stage, own_route=own) for own in (False, True)]
        names = dict.fromkeys(_code(move.name) for move in forward if move)
        yield (
            str(numbers.get(stage.parent, "")),
            _say(f"stage.{stage.value}"),
            _code(stage),
            _code(STAGE_OWNER[stage]) if stage in STAGE_OWNER else "",
            " or ".join(names),
        )


def _move_rows() -> Iterator[Sequence[str]]:
    for move in MOVES:
        yield _code(move.name), _sources(move), _code(move.dest), _code(move.by), "; ".join(_needs(move)) or "-"
    confirmers = ", ".join(_code(role) for role in CONFIRMERS)
    asked_by = f"{_code(KOORDINATOR)}, confirmed by a second person ({confirmers})"
    yield _code(CORRECT), "where the last move led", "where it came from", asked_by, "a reason"


def _sources(move: Move) -> str:
    if move.sources == OPEN:
        return "every open stage"
    if move.sources == SUBMISSION_STEPS:
        return "every step of submission"
    return ", ".join(_code(source) for source in move.sources)


def _needs(move: Move) -> Iterator[str]:
    for guard in (*move.asks, *move.unless):
        papers_of = _papers_of(guard)
        if papers_of is None:
            yield WORDS[guard]
        else:
            yield from _papers(papers_of)


def _papers_of(guard: Guard) -> str | None:
    """The move whose papers this guard asks for, where it is one of those that `documents_missing` makes."""
    if not guard.__qualname__.startswith(guards.documents_missing.__qualname__):
        return None
    return str(getclosurevars(guard).nonlocals["move"])


def _papers(move: str) -> Iterator[str]:
    """Each paper once; where it is not for all, with the rule sets and the units that it is for."""
    asking = [ruleset for ruleset in _rulesets() if move in ruleset.requirements]
    wanted: dict[str, dict[str, list[RuleSet]]] = {}
    for ruleset in asking:
        for requirement in ruleset.requirements[move]:
            whom = wanted.setdefault(requirement.document, {})
            whom.setdefault(_for_whom(requirement), []).append(ruleset)
    for kind, whom in wanted.items():
        only = [_only(names, condition, of=asking) for condition, names in whom.items()]
        yield _code(kind) + (f" ({' / '.join(only)})" if any(only) else "")


def _only(wanting: list[RuleSet], condition: str, *, of: list[RuleSet]) -> str:
    names = "" if wanting == of else _codes([ruleset.name for ruleset in wanting])
    return ": ".join(part for part in (names, condition) if part)


def _for_whom(requirement: Requirement) -> str:
    words: list[str] = []
    if requirement.agency_kinds != tuple(AgencyKind):
        words.append("agencies of kind " + _codes(requirement.agency_kinds))
    if requirement.except_unit_kinds:
        words.append("not units of kind " + _codes(requirement.except_unit_kinds))
    if requirement.levels != tuple(Level):
        words.append("for " + ", ".join(requirement.levels))
    return ", ".join(words)


def _document_rows() -> Iterator[Sequence[str]]:
    """One row for each kind; two where rule sets differ in more than the source."""
    for kind in dict.fromkeys(kind for ruleset in _rulesets() for kind in ruleset.documents):
        alike: dict[DocumentRule, list[RuleSet]] = {}
        for ruleset in _rulesets():
            if kind in ruleset.documents:
                alike.setdefault(ruleset.documents[kind].model_copy(update={"source": ""}), []).append(ruleset)
        for rule, having in alike.items():
            yield (
                _code(kind),
                _say(f"document.{kind}"),
                _codes(rule.filed_by) + (" (the team's lead)" if rule.closes else ""),
                _code(rule.signed_by) if rule.signed_by else "",
                ", ".join(rule.scopes),
                "yes" if rule.numbered else "",
                "all" if having == _rulesets() else _codes([ruleset.name for ruleset in having]),
                "; ".join(dict.fromkeys(ruleset.documents[kind].source for ruleset in having)),
            )


def _ruleset_rows() -> Iterator[Sequence[str]]:
    every = _rulesets()
    yield "Regulation", *(ruleset.title for ruleset in every)
    yield "LKE", *(_lke(ruleset) for ruleset in every)
    yield "Thresholds WBK / WBBM", *("; ".join(_thresholds(ruleset)) for ruleset in every)
    yield "Requirements WBK / WBBM", *("; ".join(_requirements(ruleset)) for ruleset in every)
    yield "Routes", *(_routes(ruleset) for ruleset in every)
    yield "Criteria", *(f"{_codes(ruleset.criteria)} ({ruleset.criteria_source})" for ruleset in every)
    yield "Building clock", *(_clock(ruleset) for ruleset in every)
    yield "WBBM needs WBK", *(ruleset.wbbm_needs_wbk for ruleset in every)
    yield "Bar after a revocation", *(_bar(ruleset) for ruleset in every)
    yield "Waivers", *("; ".join(_waivers(ruleset)) or "none" for ruleset in every)
    yield "Dates of its own", *("; ".join(_dates(ruleset)) or "none: set the cycle's calendar" for ruleset in every)


def _lke(ruleset: RuleSet) -> str:
    lke = ruleset.lke
    return f"{len(lke.questions)} questions, {len(lke.items)} items ({lke.source})"


def _thresholds(ruleset: RuleSet) -> Iterator[str]:
    """One source for all where they share it."""
    for one in ruleset.thresholds:
        name = "each area" if one.of == AREAS else "total" if one.of == TOTAL else f"{_code(one.rule)} ({one.of})"
        sign = " %" if one.of == AREAS else ""
        yield f"{name} {' / '.join(short(level) + sign if level is not None else '-' for level in (one.WBK, one.WBBM))}"
    yield "; ".join(dict.fromkeys(one.source for one in ruleset.thresholds))


def _requirements(ruleset: RuleSet) -> Iterator[str]:
    for one in ruleset.prerequisites:
        whom = f" for {_codes(one.agency_kinds)}" if one.agency_kinds != tuple(AgencyKind) else ""
        running = "".join(f", {level}: {years} years running" for level, years in one.years.items())
        yield f"{one.of} {_code(one.fact)} {one.WBK or '-'} / {one.WBBM or '-'}{whom}{running} ({one.source})"


def _routes(ruleset: RuleSet) -> str:
    own = f" ({_codes(ruleset.own_route_levels)})" if ruleset.own_route_levels else ""
    return _codes(ruleset.routes) + own


def _clock(ruleset: RuleSet) -> str:
    clock = ruleset.clock
    return f"{clock.months} months from {_code(clock.document)} ({clock.source})" if clock else "none"


def _bar(ruleset: RuleSet) -> str:
    bar = ruleset.revocation_bar
    return f"{bar.years} years for {', '.join(bar.levels)} ({bar.source})" if bar else "none"


def _waivers(ruleset: RuleSet) -> Iterator[str]:
    for kind, rule in ruleset.waivers.items():
        whom = f"agencies of kind {_codes(rule.agency_kinds)}, core services {_codes(rule.core_services)}"
        yield f"{_code(kind)} lifts {_codes(rule.lifts)} for {whom} ({rule.source})"


def _dates(ruleset: RuleSet) -> Iterator[str]:
    for one in ruleset.calendar:
        yield f"{_code(one.stage)} by {one.day} {one.in_year(2000):%B} ({one.source})"


def _rulesets() -> list[RuleSet]:
    return sorted(rulesets().values(), key=lambda ruleset: ruleset.name)


def _numbered() -> Iterator[tuple[int, str]]:
    """The six that people see."""
    return enumerate(dict.fromkeys(stage.parent for stage in (*OPEN, Stage.DESIGNATION)), start=1)


def _say(key: str) -> str:
    return catalogue("en").gettext(key)


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Sequence[str]) -> str:
    return ", ".join(_code(text) for text in texts)


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _fenced(language: str, lines: Iterator[str]) -> str:
    return "\n".join([f"```{language}", *lines, "```", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is out of date")
    only_check: bool = parser.parse_args().check

    wanted = process_page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    if only_check:
        print(f"docs/{PAGE.name} is out of date: run tools/draw_process.py", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted, encoding="utf-8")
    print(f"wrote docs/{PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
