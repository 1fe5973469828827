"""The ringkasan eksekutif: sentences built from figures, each true by itself. Pure."""

from collections.abc import Iterator

from models.catalogue import say
from models.lke import Layer
from states.monev.trend import AreaStanding
from states.reports.contents import Contents
from states.reports.figures import long_day, number, points, quarter_name, signed


def summary(contents: Contents) -> list[str]:
    return [*_standing(contents), *_late(contents), *_scores(contents), *_proof(contents), trend_sentence(contents)]


def _standing(contents: Contents) -> Iterator[str]:
    figures = contents.totals
    if not contents.positions:
        yield say("report.sum.nothing", agency=contents.agency_name, day=long_day(contents.today))
        return
    yield say(
        "report.sum.standing",
        agency=contents.agency_name,
        day=long_day(contents.today),
        count=number(figures.candidacies),
        open=number(figures.open),
        designated=number(figures.designated),
        closed=number(figures.candidacies - figures.open - figures.designated),
    )


def _late(contents: Contents) -> Iterator[str]:
    if not contents.late:
        yield say("report.sum.in_time")
        return
    worst = contents.late[0]
    yield say(
        "report.sum.late",
        late=number(len(contents.late)),
        open=number(contents.totals.open),
        unit=worst.unit_name,
        days=number(worst.days_late),
    )


def _scores(contents: Contents) -> Iterator[str]:
    figures = contents.totals
    if figures.unit_mean is None and figures.tpi_mean is None:
        yield say("report.sum.unanswered")
        return
    answered, assessed = figures.answered_units, assessed_units(contents)
    yield say("report.sum.unit_scores", count=number(answered), mean=points(figures.unit_mean))
    if assessed:
        yield say("report.sum.tpi_scores", count=number(assessed), mean=points(figures.tpi_mean))
    yield area_sentence(contents, contents.areas[0])


def area_sentence(contents: Contents, area: AreaStanding) -> str:
    """The area that holds units back most, by the TPI's answers where there are some."""
    by_tpi = area.tpi_mean is not None
    words = {
        "area": contents.area_name(area.code),
        "by": say("layer.tpi" if by_tpi else "layer.unit"),
        "mean": points(area.tpi_mean if by_tpi else area.unit_mean),
    }
    if not area.required:
        return say("report.sum.area", **words)
    below, of = (area.tpi_below, area.assessed) if by_tpi else (area.unit_below, area.units)
    least = "/".join(number(int(one)) if one == int(one) else points(one) for one in area.required)
    return say("report.sum.area_threshold", **words, below=number(below), of=number(of), required=least)


def _proof(contents: Contents) -> Iterator[str]:
    figures = contents.totals
    if figures.answered_units or figures.evidence:
        yield say(
            "report.sum.evidence",
            missing=number(figures.missing_evidence),
            evidence=number(figures.evidence),
            accepted=number(figures.accepted),
            rejected=number(figures.rejected),
        )
    if not contents.findings:
        yield say("report.sum.no_findings")
        return
    yield say(
        "report.sum.findings",
        total=number(len(contents.findings)),
        critical=number(sum(one.severity.value == "critical" for one in contents.findings)),
        days=number(max(one.days for one in contents.findings)),
    )


def trend_sentence(contents: Contents) -> str:
    past = contents.compared
    if past is None:
        return say("report.sum.no_trend")
    moved = sum(one.stage_changed for one in contents.changes)
    before, now = past.totals, contents.totals
    words = {
        "quarter": quarter_name(past.kept.quarter),
        "moved": number(moved),
        "findings": signed(now.findings - before.findings),
    }
    if before.unit_mean is None or now.unit_mean is None:
        return say("report.sum.trend", **words)
    return say("report.sum.trend_scores", **words, change=signed(now.unit_mean - before.unit_mean))


def assessed_units(contents: Contents) -> int:
    return sum(one.totals[Layer.TPI] is not None for one in contents.positions)
