"""The whole report as data: what the template sets, in the reader's language. Pure."""

from typing import Any

from models.catalogue import current_language, say
from states.reports.contents import Contents
from states.reports.figures import long_day, moment, quarter_name
from states.reports.sections import sections

BLANK = "." * 34  # to be filled in by hand


def document(contents: Contents) -> dict[str, Any]:
    signature = contents.signature
    period = quarter_name(contents.quarter)
    return {
        "lang": current_language(),
        "agency": contents.agency_name,
        "title": say("report.title"),
        "subtitle": period,
        "period": period,
        "header": f"{say('report.title')} · {contents.agency_name}"[:110],
        "footer": say("report.footer", at=moment(contents.now, contents.zone)),
        "page": say("report.page"),
        "of": say("report.page_of"),
        "facts": facts(contents),
        "sections": [{"title": one.title, "blocks": one.blocks} for one in sections(contents)],
        "signature": {
            "dated": f"{signature.place or BLANK}, {long_day(contents.today)}",
            "office": signature.office or say("report.office"),
            "name": signature.name or BLANK,
            "nip": f"NIP {signature.nip or BLANK}",
        },
    }


def facts(contents: Contents) -> list[list[str]]:
    """The lines below the title."""
    quarter = contents.quarter
    days = say("report.days", first=long_day(quarter.first), last=long_day(quarter.last))
    return [
        [say("report.fact.agency"), f"{contents.agency_name} ({contents.agency})"],
        [say("report.fact.period"), f"{quarter_name(quarter)} ({days})"],
        [say("report.fact.cycle"), ", ".join(contents.cycles) or say("report.none")],
        [say("report.fact.as_of"), moment(contents.now, contents.zone)],
    ]
