"""The report's sections, in the order of an official report. Pure: figures in, words and pictures out."""

from models.catalogue import has_message, say
from models.lke import Layer
from rulesets.library import find_ruleset
from states.monev.positions import Position
from states.monev.trend import funnel
from states.reports.blocks import Column, Section, chart, paragraph, points_list, small, table
from states.reports.charts import AreaBars, Spot, age_bars, area_bars, score_lines
from states.reports.charts import funnel as funnel_chart
from states.reports.contents import Contents
from states.reports.figures import NONE, moment, number, points, quarter_name, short_day, signed
from states.reports.open_findings import WEIGHT, Asked, by_age, follow_up
from states.reports.summary import area_sentence, summary, trend_sentence

FINDINGS_SHOWN = 40  # the workbook has them all
CODES_SHOWN = 4  # of a follow-up's units


def sections(contents: Contents) -> list[Section]:
    return [
        Section(say("report.part.summary"), [points_list(summary(contents))]),
        standing(contents),
        late(contents),
        holding_back(contents),
        against_tpi(contents),
        evidence(contents),
        findings(contents),
        trend(contents),
        asked(contents),
        method(contents),
    ]


def standing(contents: Contents) -> Section:
    section = Section(say("report.part.standing"))
    stages = [(say(f"stage.{stage}"), count) for stage, count in funnel(contents.positions).items()]
    section.blocks.append(chart(funnel_chart(stages), say("report.chart.funnel")))
    columns = [
        Column(say("report.column.number"), 0.45, "right"),
        Column(say("report.column.unit"), 3),
        Column(say("report.column.target"), 0.8),
        Column(say("report.column.stage"), 1.9),
        Column(say("report.column.days"), 0.8, "right"),
        Column(say("report.column.due"), 1.3, "right"),
        Column(say("report.column.unit_total"), 0.9, "right"),
        Column(say("report.column.tpi_total"), 0.9, "right"),
        Column(say("report.column.findings"), 0.9, "right"),
    ]
    rows = [
        [
            str(at),
            _named(one),
            one.target.value,
            say(f"stage.{one.stage.value}"),
            number(one.days_in_stage),
            short_day(one.due_on),
            points(one.totals[Layer.UNIT]),
            points(one.totals[Layer.TPI]),
            number(one.findings.total),
        ]
        for at, one in enumerate(contents.positions, start=1)
    ]
    section.blocks.append(table(columns, rows))
    return section


def late(contents: Contents) -> Section:
    section = Section(say("report.part.late"))
    if not contents.late:
        section.blocks.append(paragraph(say("report.sum.in_time")))
        return section
    columns = [
        Column(say("report.column.unit"), 3),
        Column(say("report.column.stage"), 2),
        Column(say("report.column.due"), 1.2, "right"),
        Column(say("report.column.late"), 1, "right"),
    ]
    rows = [
        [_named(one), say(f"stage.{one.stage.value}"), short_day(one.due_on), number(one.days_late)]
        for one in contents.late
    ]
    section.blocks.append(table(columns, rows))
    return section


def holding_back(contents: Contents) -> Section:
    section = Section(say("report.part.holding_back"))
    answered = [area for area in contents.areas if area.units or area.assessed]
    if not answered:
        section.blocks.append(paragraph(say("report.sum.unanswered")))
        return section
    section.blocks.append(paragraph(area_sentence(contents, answered[0])))
    bars = [
        AreaBars(
            contents.area_name(area.code),
            area.unit_mean,
            area.tpi_mean,
            area.required,
            points(area.unit_mean),
            points(area.tpi_mean),
        )
        for area in answered
    ]
    names = {"unit": say("layer.unit"), "tpi": say("layer.tpi"), "required": say("report.threshold")}
    section.blocks.append(chart(area_bars(bars, **names), say("report.chart.areas")))
    columns = [
        Column(say("report.column.area"), 3),
        Column(say("report.column.unit_mean"), 1.1, "right"),
        Column(say("report.column.tpi_mean"), 1.1, "right"),
        Column(say("report.column.gap"), 1.1, "right"),
        Column(say("report.column.unit_below"), 1.3, "right"),
        Column(say("report.column.tpi_below"), 1.3, "right"),
    ]
    rows = [
        [
            contents.area_name(area.code),
            points(area.unit_mean),
            points(area.tpi_mean),
            signed(area.gap),
            say("report.of", count=number(area.unit_below), of=number(area.units)) if area.required else NONE,
            say("report.of", count=number(area.tpi_below), of=number(area.assessed)) if area.required else NONE,
        ]
        for area in answered
    ]
    section.blocks.append(table(columns, rows))
    return section


def against_tpi(contents: Contents) -> Section:
    section = Section(say("report.part.against_tpi"))
    assessed = [one for one in contents.positions if one.totals[Layer.TPI] is not None]
    if not assessed:
        section.blocks.append(paragraph(say("report.not_assessed")))
        return section
    columns = [
        Column(say("report.column.unit"), 3),
        Column(say("report.column.unit_total"), 1, "right"),
        Column(say("report.column.tpi_total"), 1, "right"),
        Column(say("report.column.gap"), 1, "right"),
        Column(say("report.column.tpi_answered"), 1.2, "right"),
    ]
    rows = [
        [
            _named(one),
            points(one.totals[Layer.UNIT]),
            points(one.totals[Layer.TPI]),
            signed(one.gap),
            say("report.of", count=number(one.answered[Layer.TPI]), of=number(one.items)),
        ]
        for one in assessed
    ]
    section.blocks.extend([table(columns, rows), small(say("report.blanks_as_zero"))])
    return section


def evidence(contents: Contents) -> Section:
    section = Section(say("report.part.evidence"))
    begun = [one for one in contents.positions if one.totals[Layer.UNIT] is not None or one.evidence]
    if not begun:
        section.blocks.append(paragraph(say("report.no_evidence")))
        return section
    columns = [
        Column(say("report.column.unit"), 3),
        Column(say("report.column.answered"), 1.2, "right"),
        Column(say("report.column.on_file"), 1, "right"),
        Column(say("report.column.accepted"), 1, "right"),
        Column(say("report.column.rejected"), 1, "right"),
        Column(say("report.column.missing"), 1.3, "right"),
    ]
    rows = [
        [
            _named(one),
            say("report.of", count=number(one.answered[Layer.UNIT]), of=number(one.items)),
            number(one.evidence),
            number(one.evidence_accepted),
            number(one.evidence_rejected),
            number(one.missing_evidence),
        ]
        for one in begun
    ]
    section.blocks.append(table(columns, rows))
    return section


def findings(contents: Contents) -> Section:
    section = Section(say("report.part.findings"))
    if not contents.findings:
        section.blocks.append(paragraph(say("report.sum.no_findings")))
        return section
    names = {severity.value: say(f"severity.{severity.value}") for severity in WEIGHT}
    ages = [(say(f"report.age.{name}"), counts) for name, counts in by_age(contents.findings)]
    section.blocks.append(chart(age_bars(ages, names), say("report.chart.ages")))
    columns = [
        Column(say("report.column.candidacy"), 2.7),
        Column(say("report.column.severity"), 1.1),
        Column(say("report.column.finding"), 3.8),
        Column(say("report.column.owner"), 1.5),
        Column(say("report.column.age"), 0.9, "right"),
    ]
    rows = [
        [one.candidacy, names[one.severity.value], one.text, say(f"role.{one.owner.value}"), number(one.days)]
        for one in contents.findings[:FINDINGS_SHOWN]
    ]
    section.blocks.append(table(columns, rows))
    section.blocks.append(small(say("report.findings_as_of")))
    if rest := len(contents.findings) - len(rows):
        section.blocks.append(small(say("report.findings_rest", shown=number(len(rows)), rest=number(rest))))
    return section


def trend(contents: Contents) -> Section:
    section = Section(say("report.part.trend"), [paragraph(trend_sentence(contents))])
    past = [one for one in contents.history.rounds if one.kept.quarter < contents.quarter]
    if not past:
        return section
    series = [(quarter_name(one.kept.quarter), one.totals) for one in past]
    series.append((say("report.now"), contents.totals))
    spots = [
        Spot(name, one.unit_mean, one.tpi_mean, points(one.unit_mean), points(one.tpi_mean)) for name, one in series
    ]
    if sum(spot.unit is not None or spot.tpi is not None for spot in spots) > 1:  # one spot is no line
        drawn = score_lines(spots, unit=say("report.column.unit_mean"), tpi=say("report.column.tpi_mean"))
        section.blocks.append(chart(drawn, say("report.chart.trend")))
    columns = [
        Column(say("column.quarter"), 2),
        Column(say("column.open"), 1, "right"),
        Column(say("column.late"), 1, "right"),
        Column(say("column.designated"), 1, "right"),
        Column(say("report.column.unit_mean"), 1.1, "right"),
        Column(say("report.column.tpi_mean"), 1.1, "right"),
        Column(say("report.column.on_file"), 1.1, "right"),
        Column(say("report.column.findings"), 1, "right"),
    ]
    rows = [
        [
            name,
            number(one.open),
            number(one.late),
            number(one.designated),
            points(one.unit_mean),
            points(one.tpi_mean),
            number(one.evidence),
            number(one.findings),
        ]
        for name, one in series
    ]
    section.blocks.append(table(columns, rows))
    section.blocks.extend(_changed(contents))
    return section


def _changed(contents: Contents) -> list[dict[str, object]]:
    columns = [
        Column(say("report.column.unit"), 2.6),
        Column(say("report.column.before"), 1.7),
        Column(say("report.column.after"), 1.7),
        Column(say("report.column.unit_change"), 0.9, "right"),
        Column(say("report.column.evidence_change"), 0.9, "right"),
        Column(say("report.column.findings_change"), 0.9, "right"),
    ]
    rows = [
        [
            f"{one.unit_name}\n{one.code}",
            say(f"stage.{one.before.stage.value}") if one.before else NONE,
            say(f"stage.{one.after.stage.value}") if one.after else NONE,
            signed(one.points(Layer.UNIT)),
            signed(one.count("evidence")),
            signed(one.count("findings")),
        ]
        for one in contents.changes
    ]
    since = quarter_name(contents.compared.kept.quarter) if contents.compared else NONE
    return [paragraph(say("report.changed_since", quarter=since)), table(columns, rows)]


def asked(contents: Contents) -> Section:
    section = Section(say("report.part.asked"))
    groups = follow_up(contents.findings)
    if not groups:
        section.blocks.append(paragraph(say("report.nothing_asked")))
        return section
    columns = [
        Column(say("report.column.number"), 0.4, "right"),
        Column(say("report.column.asked"), 4),
        Column(say("report.column.owner"), 1.5),
        Column(say("report.column.units"), 2.4),
    ]
    rows = [
        [
            str(at),
            say(f"report.asked.{one.rule}", count=number(one.count)),
            say(f"role.{one.owner.value}"),
            _codes(one),
        ]
        for at, one in enumerate(groups, start=1)
    ]
    section.blocks.append(table(columns, rows))
    return section


def method(contents: Contents) -> Section:
    past = contents.compared
    notes = [
        say("report.method.rules", rules=", ".join(_rulesets(contents)) or NONE),
        say("report.method.blanks"),
        say("report.method.when", at=moment(contents.now, contents.zone)),
        say("report.method.counted", year=contents.today.year),
    ]
    if past:
        taken = moment(past.kept.taken_at, contents.zone)
        key = "report.method.round" if contents.intact else "report.method.round_broken"
        notes.append(say(key, quarter=quarter_name(past.kept.quarter), at=taken, sha256=past.kept.rows_hash))
    else:
        notes.append(say("report.method.no_round"))
    notes.append(say("report.method.trail", size=number(contents.trail_size), root=contents.trail_root))
    return Section(say("report.part.method"), [points_list(notes)])


def _rulesets(contents: Contents) -> list[str]:
    names = sorted({one.ruleset for one in contents.positions})
    return [say(key) if has_message(key := f"ruleset.{name}") else find_ruleset(name).title for name in names]


def _named(one: Position) -> str:
    return f"{one.unit_name}\n{one.code}"


def _codes(one: Asked) -> str:
    shown = ", ".join(one.candidacies[:CODES_SHOWN])
    rest = len(one.candidacies) - CODES_SHOWN
    return say("report.and_more", shown=shown, count=number(rest)) if rest > 0 else shown
