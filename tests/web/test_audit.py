"""The pages of the trail: who reads what, and that nothing else leaks."""

import csv
import json
from io import StringIO

import pytest
from sqlalchemy import text

from models.database import reading, transaction
from models.merkle import leaf_hash
from states.trail_search import trail_size
from tests.databases import guard_dropped
from tests.neighbours import NAME, Neighbour
from tests.web.site import Site


def newest(site: Site) -> int:
    with reading() as session:
        return trail_size(session) - 1


def newest_of(site: Site, action: str) -> int:
    with reading() as session:
        query = text("SELECT max(seq) FROM audit_record WHERE action = :action")
        return int(session.execute(query, {"action": action}).scalar_one())


class TestReading:
    """One finds records of what one may see; the rest is as if it was not there."""

    def test_a_record_shows_before_and_after(self, site: Site) -> None:
        code = site.office.open()
        site.office.move(code, "withdraw", reason="Unit digabung")

        page = site.visitor("auditor").get(f"/audit/{newest_of(site, 'moved')}").text

        assert "Pencanangan" in page
        assert "Unit digabung" in page
        assert "koordinator@contoh.invalid" in page

    def test_of_another_agency_there_is_nothing(self, site: Site) -> None:
        other = Neighbour.moved_in(site.office)
        theirs = newest(site)
        auditor, there = site.visitor("auditor"), site.visitor("tetangga")

        assert there.get(f"/audit/{theirs}").status_code == 200
        assert auditor.get(f"/audit/{theirs}").status_code == 404
        for path in ("/audit", f"/audit?subject={other.code}", "/audit/export.csv", "/audit/export.jsonl"):
            answer = auditor.get(path)
            assert answer.status_code == 200
            assert other.code not in answer.text.replace(f'value="{other.code}"', "").replace(
                f"subject={other.code}", ""
            )
            assert NAME not in answer.text

    def test_numbers_that_are_none(self, site: Site) -> None:
        auditor = site.visitor("auditor")

        assert auditor.get("/audit/99999999999999999999999").status_code in (404, 422)
        assert auditor.get("/audit/-1").status_code == 404
        assert auditor.get("/audit?before=-1").status_code == 422


class TestVerifying:
    """By those who follow an agency, and admins."""

    @pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("admin", 200), ("kepala", 403), ("tpi", 403)])
    def test_by_whom(self, site: Site, who: str, status: int) -> None:
        answer = site.visitor(who).send("/audit/verify")

        assert answer.status_code == status
        assert ("Jejak utuh" in answer.text) == (status == 200)

    def test_a_changed_record_is_named(self, site: Site) -> None:
        site.office.open()
        seq = newest(site)
        with transaction() as session:
            session.execute(text(guard_dropped("audit_record_no_update", session.get_bind().dialect.name)))
            session.execute(text(f"UPDATE audit_record SET leaf_hash = '{'0' * 64}' WHERE seq = {seq}"))

        answer = site.visitor("auditor").send("/audit/verify")

        assert "Jejak tidak utuh" in answer.text
        assert f"Catatan {seq}" in answer.text


class TestTakingAway:
    """What the filter finds, whole and in order; the trail says who took it."""

    def test_as_json_lines_that_can_be_hashed(self, site: Site) -> None:
        code = site.office.open()
        site.office.move(code, "withdraw", reason="Unit digabung")

        answer = site.visitor("auditor").get(f"/audit/export.jsonl?subject={code}")

        records = [json.loads(line) for line in answer.text.splitlines()]
        assert [one["action"] for one in records] == ["candidacy_opened", "moved"]
        assert [leaf_hash(one["leaf"].encode()).hex() for one in records] == [one["hash"] for one in records]
        assert answer.headers["content-disposition"] == 'attachment; filename="zi-audit-2026-02-02.jsonl"'

    def test_as_csv_without_formulas(self, site: Site) -> None:
        code = site.office.open()
        site.office.move(code, "withdraw", reason="=1+1")

        answer = site.visitor("auditor").get(f"/audit/export.csv?subject={code}")

        rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
        assert [row["kejadian"] for row in rows] == ["candidacy_opened", "moved"]
        assert not any(cell.startswith("=") for row in rows for cell in row.values())

    def test_is_recorded_with_what_was_asked_for(self, site: Site) -> None:
        site.visitor("auditor").get("/audit/export.csv?actor=koordinator@contoh.invalid")

        record = site.visitor("auditor").get(f"/audit/{newest_of(site, 'exported')}").text
        assert "actor=koordinator%40contoh.invalid" in record
