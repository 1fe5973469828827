"""Who may visit what: a table made from the routes themselves."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditHead
from models.database import reading
from tests.web.site import Site
from web import visit
from web.app import ROUTERS, way_of

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
PUBLIC = {
    "/healthz",
    "/readyz",
    "/static/{_mark}/{name}",
    "/favicon.svg",
    "/sign-in",
    "/language",
    "/feeds/{token}.ics",
}
WITHOUT_ACCOUNT: dict[visit.Way | None, set[str]] = {
    visit.outside: {"/bukti/{token}", "/bukti/{token}/{number}"},
    visit.portal: {
        "/portalrb/pengusulan/unit-wbk",
        "/portalrb/pengusulan/unit-wbbm",
        "/portalrb/lke/jawaban-unit/{unit_id}",
    },
}
"""For whoever holds a link or a token: no cookie opens these (tests/web/test_proof.py, test_portalrb.py)."""
VISITORS = (None, "admin", "koordinator", "pimpinan", "kepala", "pokja", "tpi", "auditor", "stranger")
SEES_THE_UNIT = set(VISITORS) - {None, "stranger"}


def path_of(route: APIRoute, code: str) -> str:
    """The route's address, for the office's candidacy where it is about one."""
    values = {
        "code": code,
        "name": "select_unit",
        "_mark": "0",
        "form": "csv",
        "number": "999",
        "area": "MP",
        "seq": "999999",
        "layout": "readable",
    }
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values.get(found[1], "x"), route.path)


class TestEveryRoute:
    """Each says who may visit it; nobody gets further than that."""

    def test_has_a_rule(self) -> None:
        assert [route.path for route in ROUTES if way_of(route) is None] == []

    def test_is_public_only_where_it_must_be(self) -> None:
        assert {route.path for route in ROUTES if way_of(route) is visit.anybody} == PUBLIC

    @pytest.mark.parametrize("way", WITHOUT_ACCOUNT)
    def test_asks_for_a_link_or_a_token_where_it_must(self, way: visit.Way) -> None:
        routes = [route for route in ROUTES if way_of(route) is way]

        assert {route.path for route in routes} == WITHOUT_ACCOUNT[way]
        assert {method for route in routes for method in route.methods or ()} == {"GET"}

    @pytest.mark.parametrize("who", VISITORS)
    def test_no_account_opens_what_needs_a_link_or_a_token(self, two_agencies: Site, who: str | None) -> None:
        visitor = two_agencies.visitor(who)

        for route in ROUTES:
            if way_of(route) in WITHOUT_ACCOUNT:
                answer = visitor.get(path_of(route, "RSUD-2026"))
                assert answer.status_code in (401, 404), route.path
                assert "RSUD Contoh" not in answer.text

    def test_takes_no_form_without_a_key(self, site: Site) -> None:
        code = site.office.open()
        somebody = site.visitor("koordinator")

        answers = {
            path_of(route, code): somebody.client.post(path_of(route, code)).status_code
            for route in ROUTES
            if "POST" in (route.methods or ())
        }

        assert set(answers.values()) == {403}
        assert len(answers) >= 6

    @pytest.mark.parametrize("who", VISITORS)
    def test_shows_what_the_visitor_may_see(self, two_agencies: Site, who: str | None) -> None:
        code = two_agencies.office.open()
        visitor = two_agencies.visitor(who)

        for route in ROUTES:
            if "GET" not in (route.methods or ()) or route.path in PUBLIC or way_of(route) in WITHOUT_ACCOUNT:
                continue
            answer = visitor.get(path_of(route, code))
            if who is None:
                assert sends_to_sign_in(answer), route.path
            elif "{code}" in route.path and who not in SEES_THE_UNIT:
                assert answer.status_code == 404, route.path
                assert "RSUD Contoh" not in answer.text
            else:
                assert answer.status_code in (200, 303, 403, 404), route.path
                assert (who in SEES_THE_UNIT) or "RSUD Contoh" not in answer.text

    @pytest.mark.parametrize("who", ["kepala", "pokja", "stranger"])
    def test_has_nothing_of_another_unit(self, two_agencies: Site, who: str) -> None:
        """The unit beside theirs in the same agency is no more there than one of another agency's."""
        code = two_agencies.office.open(unit="DINAS")
        trail = size_of_trail()
        visitor = two_agencies.visitor(who)
        signed_in = size_of_trail() - trail

        for route in ROUTES:
            if "{code}" not in route.path or way_of(route) in WITHOUT_ACCOUNT:
                continue
            path = path_of(route, code)
            answer = visitor.send(path, reason="coba") if "POST" in (route.methods or ()) else visitor.get(path)
            assert answer.status_code in (403, 404), (route.methods, route.path)
            assert "Dinas Contoh" not in answer.text, route.path

        assert size_of_trail() - trail == signed_in  # nothing was written, and nothing of it was looked at

    @pytest.mark.parametrize("who", VISITORS)
    def test_changes_nothing_for_who_may_not(self, two_agencies: Site, who: str | None) -> None:
        code = two_agencies.office.open()
        before = two_agencies.office.situation(code)
        visitor = two_agencies.visitor(who)

        answer = visitor.send(f"/candidacies/{code}/moves/withdraw", reason="coba")

        if who == "koordinator":
            assert answer.status_code == 303
            assert two_agencies.office.situation(code).stage.value == "withdrawn"
        else:
            assert answer.status_code in ((303,) if who is None else (404,) if who == "stranger" else (403, 409))
            assert two_agencies.office.situation(code).stage is before.stage


def size_of_trail() -> int:
    with reading() as session:
        size: int = session.execute(select(col(AuditHead.size))).scalar_one()
        return size


def sends_to_sign_in(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
