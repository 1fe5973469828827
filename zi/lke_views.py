"""The LKE as documents for scripts and as words for people: answers, score, gap, priorities, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.candidacies import Level
from models.catalogue import say
from models.lke import Layer
from rulesets.answers import Answers
from rulesets.facts import Checked
from rulesets.figures import at_least, at_most, decimals, reached, short
from rulesets.gap import FigureGap, Gap
from rulesets.lke import Lke
from rulesets.priorities import Priority
from rulesets.scoring import Figure
from rulesets.thresholds import Held
from rulesets.why import Step
from states.lke.guards import area_title
from states.lke.readiness import Readiness
from zi.output import Document, line, table

Wording = Mapping[str, tuple[str, str | None]]
"""Official text and criteria by item."""


def readiness_document(seen: Readiness) -> dict[str, Any]:
    scored, lke = seen.scored, seen.scored.lke
    components = lke.children[None]
    return {
        "candidacy": seen.situation.code,
        "ruleset": seen.ruleset.name,
        "ruleset_unchanged": seen.ruleset_unchanged,
        "layer": seen.layer.value,
        "items": len(scored.questions),
        "answered": scored.total.answered,
        "blank_items": len(scored.unanswered),
        "total": decimals(scored.total.score),
        "total_blanks_skipped": decimals(scored.total.skipped),
        "left_out": list(scored.left_out),
        "pengungkit": decimals(scored.nodes[components[0].code].score),
        "hasil": decimals(scored.nodes[components[1].code].score),
        "areas": [_figure(code, lke.areas[code].title, scored.areas[code]) for code in lke.areas],
        "nodes": [_figure(node.code, node.title, scored.nodes[node.code]) for node in lke.nodes],
        "thresholds": {level.value: [_held(held) for held in seen.thresholds[level]] for level in Level},
        "eligible": {level.value: seen.eligible(level) for level in Level},
        "prerequisites": [_checked(one) for one in seen.prerequisites[seen.situation.target]],
        "surveys": [
            {
                "item": code,
                "about": question.survey,
                "value": scored.answers.get(code),
                "source": seen.sources.get(code),
            }
            for code, question in lke.questions.items()
            if question.survey
        ],
        "missing_evidence": len(seen.missing_evidence),
        "changed_since_proposal": seen.changed_since,
    }


def show_readiness(seen: Readiness) -> None:
    scored, lke = seen.scored, seen.scored.lke
    target = seen.situation.target
    line(say("lke.score_of", code=seen.situation.code, layer=say(f"layer.{seen.layer.value}")), style="bold")
    if not seen.ruleset_unchanged:
        line(say("cycle.ruleset_changed"))
    line(
        say(
            "lke.total_line",
            total=at_most(scored.total.score),
            skipped=at_most(scored.total.skipped),
            answered=scored.total.answered,
            questions=scored.total.questions,
        )
    )
    if scored.left_out:
        line(say("lke.left_out_line", codes=", ".join(scored.left_out)))
    if seen.changed_since:
        line(say("lke.changed_since", count=seen.changed_since))
    table(
        [say(f"column.{name}") for name in ("area", "weight", "score", "percent")],
        [
            (str(lke.areas[code].title), short(figure.weight), at_most(figure.score), f"{at_most(figure.percent)} %")
            for code, figure in scored.areas.items()
        ],
    )
    for level in sorted(Level, key=lambda level: level is not target):
        met = say("lke.eligible") if seen.eligible(level) else say("lke.not_eligible")
        line(say("lke.thresholds_of", level=level.value, met=met), style="bold")
        table(
            [say(f"column.{name}") for name in ("threshold", "required", "actual", "status")],
            [_threshold_row(seen, held) for held in seen.thresholds[level]],
        )
    line(say("lke.prerequisites_of", level=target.value), style="bold")
    table(
        [say(f"column.{name}") for name in ("requirement", "required", "actual", "valid_until", "status")],
        [
            (
                say(f"fact.{one.rule}"),
                one.required,
                one.actual,
                one.valid_until,
                say(f"prerequisite.{one.status}"),
            )
            for one in seen.prerequisites[target]
        ],
    )


def why_document(seen: Readiness, steps: Sequence[Step]) -> dict[str, Any]:
    return {
        "candidacy": seen.situation.code,
        "layer": seen.layer.value,
        "why": [{"case": step.key, **step.params, "text": say(f"why.{step.key}", **step.params)} for step in steps],
    }


def show_why(steps: Sequence[Step]) -> None:
    for number, step in enumerate(steps):
        line(("" if number == 0 else "  ") + say(f"why.{step.key}", **step.params))


def answers_document(code: str, lke: Lke, layers: Mapping[Layer, Answers], wording: Wording) -> dict[str, Any]:
    return {
        "candidacy": code,
        "lke": lke.name,
        "layers": [layer.value for layer in layers],
        "items": [
            {
                "code": item.code,
                "soal_id": item.soal,
                "question": item.question.code,
                "area": lke.area_of[item.question.code],
                "topic": str(item.title),
                "text": wording.get(item.code, (None, None))[0],
                "criteria": wording.get(item.code, (None, None))[1],
                "choices": list(item.letters) if item.letters else None,
                "mind": str(item.note) if item.note else None,
                "answers": {layer.value: answers.get(item.code) for layer, answers in layers.items()},
            }
            for item in lke.items.values()
        ],
    }


def show_answers(document: Document) -> None:
    layers = document["layers"]
    columns = [say("column.item"), say("column.topic"), say("column.choices"), *(say(f"layer.{one}") for one in layers)]
    rows = []
    for item in document["items"]:
        words = item["text"] or item["topic"]
        mind = f" ({item['mind']})" if item["mind"] else ""
        choices = "/".join(item["choices"]) if item["choices"] else say("lke.number")
        rows.append((item["code"], words + mind, choices, *(item["answers"][one] for one in layers)))
    table(columns, rows)
    if not layers:
        line(say("empty.answers", code=document["candidacy"]))


def gap_document(code: str, lke: Lke, gap: Gap, first: Layer, second: Layer, *, all_: bool) -> dict[str, Any]:
    return {
        "candidacy": code,
        "layers": [first.value, second.value],
        "total": _gap(gap.total),
        "components": [_gap(one) for one in gap.components],
        "areas": [{**_gap(one), "name": str(lke.areas[one.code].title)} for one in gap.areas],
        "questions": [
            {
                "code": one.question.code,
                "topic": str(one.question.title),
                "area": one.area,
                "answers": [dict(one.first), dict(one.second)],
                "points": [decimals(one.first_points), decimals(one.second_points)],
                "difference": decimals(one.difference),
            }
            for one in gap.questions
            if one.differs or all_
        ],
    }


def show_gap(document: Document) -> None:
    first, second = (say(f"layer.{layer}") for layer in document["layers"])
    columns = [say("column.area"), first, second, say("column.difference")]
    total = {**document["total"], "name": say("lke.total")}
    rows = [(one["name"], *one["points"], one["difference"]) for one in (*document["areas"], total)]
    table(columns, rows)
    if not document["questions"]:
        line(say("empty.gap"))
        return
    columns = [say("column.question"), say("column.topic"), first, second, say("column.difference")]
    table(
        columns,
        [
            (one["code"], one["topic"], *(_said(answers) for answers in one["answers"]), one["difference"])
            for one in document["questions"]
        ],
    )


def priorities_document(seen: Readiness, level: Level, found: Sequence[Priority], *, total: int) -> dict[str, Any]:
    return {
        "candidacy": seen.situation.code,
        "layer": seen.layer.value,
        "target": level.value,
        "improvable": total,
        "priorities": [
            {
                "question": one.question.code,
                "topic": str(one.question.title),
                "area": one.area,
                "points": decimals(one.points),
                "missing": decimals(one.missing),
                "threshold": one.threshold.rule if one.threshold else None,
                "threshold_title": str(_title(seen, one.threshold)) if one.threshold else None,
                "threshold_short": decimals(one.threshold.short) if one.threshold else None,
                "rank": decimals(one.rank),
                "evidence_wanted": one.question.wanted if one.question.code in seen.scored.lke.asking_evidence else 0,
                "evidence_present": seen.evidence.get(one.question.code, 0),
            }
            for one in found
        ],
    }


def show_priorities(document: Document) -> None:
    if not document["priorities"]:
        line(say("empty.priorities", code=document["candidacy"]))
        return
    line(say("lke.priorities_of", code=document["candidacy"], target=document["target"]), style="bold")
    columns = ("question", "topic", "points_missing", "threshold", "evidence")
    table(
        [say(f"column.{name}") for name in columns],
        [
            (
                one["question"],
                one["topic"],
                one["missing"],
                one["threshold_title"] or "",
                f"{one['evidence_present']}/{one['evidence_wanted']}" if one["evidence_wanted"] else "",
            )
            for one in document["priorities"]
        ],
    )
    if (rest := document["improvable"] - len(document["priorities"])) > 0:
        line(say("lke.more_priorities", count=rest))


def _figure(code: str, title: str, figure: Figure) -> dict[str, Any]:
    return {
        "code": code,
        "name": str(title),
        "weight": decimals(figure.weight),
        "score": decimals(figure.score),
        "blanks_skipped": decimals(figure.skipped),
        "percent": decimals(figure.percent),
    }


def _held(held: Held) -> dict[str, Any]:
    return {
        "rule": held.rule,
        "of": held.of,
        "unit": held.unit,
        "required": decimals(held.required),
        "actual": reached(held.actual, held.required),
        "short": decimals(held.short),
        "survey_value": decimals(held.survey) if held.survey is not None else None,
        "met": held.met,
        "source": held.source,
    }


def _checked(one: Checked) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "of": one.of,
        "required": one.required,
        "years": one.years,
        "actual": one.actual,
        "date": one.dated_on.isoformat() if one.dated_on else None,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "document": one.document,
        "status": one.status,
        "met": one.met,
        "source": one.source,
    }


def _threshold_row(seen: Readiness, held: Held) -> tuple[str, str, str, str]:
    sign = " %" if held.unit == "percent" else ""
    required = f"{short(held.required)}{sign}"
    if held.survey is not None:
        required += f" ({say('lke.survey_value', value=short(held.survey))})"
    status = say("lke.met") if held.met else say("lke.short_by", short=at_least(held.short) + sign)
    return str(_title(seen, held)), required, f"{at_most(held.actual)}{sign}", status


def _title(seen: Readiness, held: Held) -> str:
    return say(title) if (title := area_title(seen.scored.lke, seen.scored, held.of)).startswith("lke.") else str(title)


def _gap(one: FigureGap) -> dict[str, Any]:
    return {
        "code": one.code,
        "points": [decimals(one.first), decimals(one.second)],
        "difference": decimals(one.difference),
    }


def _said(answers: Mapping[str, str]) -> str:
    return ", ".join(answers.values()) or "-"
