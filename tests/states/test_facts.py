"""Dated facts of agencies and units: who records them, what they look like, the paper behind them, and how long."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from models.agencies import Agency, AgencyKind
from models.candidacies import Candidacy, Level
from models.database import reading, transaction
from models.documents import Document
from models.errors import BadInput, NotFound, Refused, UsageError
from models.facts import Fact
from models.stages import Stage
from states.documents import Content, withdraw_document
from states.facts import FactData, KnownFact, add_fact, facts_of_subject
from states.imports import Report, import_file
from states.lke.readiness import readiness
from states.lookups import find
from states.trail_reader import Record, records_of
from tests.office import TODAY, Office, rules_of

SAID_ON = date(2025, 6, 1)
EXPIRY_DAYS = 30


def paper(name: str = "opini") -> Content:
    return Content(url=f"https://berkas.contoh.invalid/{name}")


def add(
    office: Office,
    value: str = "WTP",
    *,
    subject: str = "CONTOH",
    kind: str = "opini_bpk",
    on: date = SAID_ON,
    until: date | None = None,
    content: Content | None = None,
    by: str = "koordinator",
) -> int:
    data = FactData(subject, kind, value, on, until)
    return add_fact(data, content, actor=office.actor(by), now=office.now)


def known(office: Office, subject: str = "CONTOH") -> list[KnownFact]:
    with reading() as session:
        return facts_of_subject(session, subject, now=office.now, expiry_days=EXPIRY_DAYS)


def last_record() -> Record:
    with reading() as session:
        return records_of(session)[-1]


def count(table: type[Fact] | type[Document]) -> int:
    with reading() as session:
        found: int = session.execute(select(func.count()).select_from(table)).scalar_one()
        return found


class TestRecording:
    """A koordinator of the agency or an admin records what a paper says; guards see it at once."""

    def test_it_is_on_record_with_its_paper(self, both_offices: Office) -> None:
        number = add(both_offices, until=date(2026, 12, 31), content=paper())

        [one] = known(both_offices)
        assert (one.id, one.subject, one.kind, one.value) == (number, "agency:CONTOH", "opini_bpk", "WTP")
        assert (one.dated_on, one.valid_until, one.status) == (SAID_ON, date(2026, 12, 31), "in_force")
        with reading() as session:
            document = session.get_one(Document, one.document)
            assert (document.kind, document.agency_id is not None) == ("dokumen_fakta", True)

    def test_the_trail_has_codes_and_dates_in_its_leaf_and_the_value_beside_it(self, office: Office) -> None:
        add(office, until=date(2026, 12, 31), content=paper())

        record = last_record()
        assert (record["action"], record["subject"]) == ("fact_recorded", "agency:CONTOH")
        assert record["details"] == {
            "kind": "opini_bpk",
            "dated_on": "2025-06-01",
            "valid_until": "2026-12-31",
            "document": 1,
        }
        assert record["texts"] == {"value": "WTP"}

    @pytest.mark.parametrize("by", ["koordinator", "admin"])
    def test_a_koordinator_and_an_admin_may(self, office: Office, by: str) -> None:
        add(office, subject="RSUD", kind="lhkpn", value="100", by=by)

        assert [one.value for one in known(office, "RSUD")] == ["100"]

    @pytest.mark.parametrize("by", ["kepala", "pokja", "tpi", "pimpinan", "auditor"])
    @pytest.mark.parametrize("subject", ["CONTOH", "RSUD"])
    def test_nobody_else_may_and_the_attempt_is_recorded(self, office: Office, by: str, subject: str) -> None:
        with pytest.raises(Refused) as refused:
            add(office, subject=subject, content=paper(), by=by)

        assert rules_of(refused) == {"role_needed"}
        assert (count(Fact), count(Document)) == (0, 0)
        assert (last_record()["action"], last_record()["rule"]) == ("refused", "role_needed")

    def test_an_admin_files_no_paper_that_the_rule_sets_give_to_the_koordinator(self, office: Office) -> None:
        with pytest.raises(Refused) as refused:
            add(office, content=paper(), by="admin")

        assert rules_of(refused) == {"role_needed"}
        assert (count(Fact), count(Document)) == (0, 0)

    def test_a_prerequisite_is_met_by_it(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)

        def status() -> tuple[str, int | None]:
            with reading() as session:
                seen = readiness(session, find(session, Candidacy, code), layer=None, now=office.now)
            [one] = [one for one in seen.prerequisites[Level.WBK] if one.rule == "opini_bpk"]
            return one.status, one.document

        before = status()
        add(office, content=paper())

        assert (before, status()) == (("unknown", None), ("met", 1))

    def test_whoever_decided_on_the_old_state_loses(self, office: Office) -> None:
        code = office.open()
        before = office.situation(code).version

        add(office)

        assert office.situation(code).version > before


class TestValues:
    """A kind takes its own values, in any letter case, and says which where it does not."""

    @pytest.mark.parametrize(
        ("subject", "kind", "said", "stored"),
        [
            ("CONTOH", "opini_bpk", "wtp", "WTP"),
            ("CONTOH", "sakip", " bb ", "BB"),
            ("RSUD", "unit_strategis", "YA", "ya"),
            ("RSUD", "lhkpn", "99,5", "99,5"),
            ("RSUD", "sk_penetapan_unit", "188.4/12/2025", "188.4/12/2025"),
        ],
    )
    def test_are_stored_as_the_kind_writes_them(
        self, office: Office, subject: str, kind: str, said: str, stored: str
    ) -> None:
        add(office, said, subject=subject, kind=kind)

        assert [one.value for one in known(office, subject)] == [stored]

    @pytest.mark.parametrize(("subject", "kind", "value"), [("RSUD", "opini_bpk", "WTP"), ("CONTOH", "eselon", "III")])
    def test_a_fact_of_the_agency_is_not_put_down_for_a_unit_nor_the_other_way_round(
        self, office: Office, subject: str, kind: str, value: str
    ) -> None:
        with pytest.raises(BadInput) as bad:
            add(office, value, subject=subject, kind=kind)

        assert bad.value.key == "fact_of_other"
        assert known(office, subject) == []

    @pytest.mark.parametrize(
        ("kind", "said", "accepted"),
        [
            ("opini_bpk", "WTP-DPP", "WTP, WDP, TMP, TW"),
            ("lhkpn", "100%", "0-100"),
            ("maturitas_spip", "6", "0-5"),
            ("sk_penetapan_unit", " ", "teks pendek"),
        ],
    )
    def test_others_are_refused_with_what_is_accepted(
        self, office: Office, kind: str, said: str, accepted: str
    ) -> None:
        with pytest.raises(BadInput) as refused:
            add(office, said, subject="RSUD", kind=kind)

        assert refused.value.key == "bad_fact_value"
        assert accepted in str(refused.value)
        assert count(Fact) == 0

    @pytest.mark.parametrize(
        ("changed", "error", "key"),
        [
            ({"kind": "opini"}, BadInput, "unknown_fact_kind"),
            ({"until": SAID_ON - timedelta(days=1)}, BadInput, "valid_before_date"),
            ({"subject": "CONTOH-2026"}, BadInput, "fact_subject"),
            ({"subject": "TIADA"}, NotFound, "unknown_subject"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
    )
    def test_what_makes_no_fact_is_refused(
        self, office: Office, changed: dict[str, object], error: type[Exception], key: str
    ) -> None:
        with pytest.raises(error) as refused:
            add(office, **changed)  # type: ignore[arg-type]

        assert getattr(refused.value, "key", None) == key
        assert count(Fact) == 0

    def test_a_date_that_has_not_come_is_refused_and_its_paper_with_it(self, office: Office) -> None:
        with pytest.raises(Refused) as refused:
            add(office, on=TODAY + timedelta(days=1), content=paper())

        assert rules_of(refused) == {"date_in_future"}
        assert (count(Fact), count(Document)) == (0, 0)

    def test_a_code_that_two_share_must_say_which(self, office: Office) -> None:
        with transaction() as session:
            session.add(Agency(code="RSUD", name="Badan Contoh", kind=AgencyKind.KL, zone="Asia/Jakarta"))

        with pytest.raises(UsageError) as refused:
            add(office, "100", subject="RSUD", kind="lhkpn")
        add(office, "100", subject="unit:rsud", kind="lhkpn")

        assert refused.value.key == "ambiguous_subject"
        assert [one.subject for one in known(office, "unit:RSUD")] == ["unit:RSUD"]


class TestPaper:
    """A paper may stand behind several facts, and stands behind no value that it does not name."""

    def test_one_paper_for_two_facts_is_filed_once(self, office: Office) -> None:
        add(office, content=paper())
        add(office, "BB", kind="sakip", content=paper())

        assert [one.document for one in known(office)] == [1, 1]
        assert count(Document) == 1

    def test_a_withdrawn_one_is_filed_anew(self, office: Office) -> None:
        add(office, content=paper())
        withdraw_document(1, reason="salah unggah", actor=office.actor("koordinator"), now=office.now)

        add(office, "BB", kind="sakip", content=paper())

        assert {one.kind: one.document for one in known(office)} == {"opini_bpk": 1, "sakip": 2}

    def test_the_same_again_keeps_it(self, office: Office) -> None:
        first = add(office, content=paper())

        again = add(office, until=date(2027, 6, 1))

        [one] = known(office)
        assert (first, one.id, one.document, one.valid_until) == (again, first, 1, date(2027, 6, 1))

    def test_another_value_drops_it(self, office: Office) -> None:
        add(office, content=paper())

        add(office, "WDP")

        assert [(one.value, one.document) for one in known(office)] == [("WDP", None)]
        assert last_record()["texts"] == {"before": "WTP", "value": "WDP"}

    def test_another_paper_takes_its_place(self, office: Office) -> None:
        add(office, content=paper("draf"))

        add(office, content=paper("final"))

        assert [one.document for one in known(office)] == [2]


class TestStatus:
    """In force, soon to end, at an end, or replaced by a newer one of its kind."""

    @pytest.mark.parametrize(
        ("days", "status"),
        [(None, "in_force"), (31, "in_force"), (30, "expiring"), (1, "expiring"), (0, "expiring"), (-1, "expired")],
    )
    def test_by_its_last_day(self, office: Office, days: int | None, status: str) -> None:
        add(office, until=None if days is None else TODAY + timedelta(days=days))

        assert [one.status for one in known(office)] == [status]

    def test_only_the_newest_of_a_kind_is_in_force(self, office: Office) -> None:
        add(office, "WTP", on=date(2025, 6, 1))
        add(office, "WDP", on=date(2024, 6, 1))
        add(office, "BB", kind="sakip", on=date(2023, 6, 1))

        assert [(one.kind, one.value, one.status) for one in known(office)] == [
            ("opini_bpk", "WDP", "replaced"),
            ("opini_bpk", "WTP", "in_force"),
            ("sakip", "BB", "in_force"),
        ]

    def test_the_day_is_the_agencys(self, office: Office) -> None:
        """Early on 3 February in Jayapura it is still the 2nd in Jakarta."""
        add(office, until=TODAY)
        office.now = office.now.replace(hour=16)
        before = known(office)[0].status
        with transaction() as session:
            session.execute(select(Agency).where(col(Agency.code) == "CONTOH")).scalar_one().zone = "Asia/Jayapura"

        assert (before, known(office)[0].status) == ("expiring", "expired")

    def test_a_unit_without_facts_has_an_empty_list(self, office: Office) -> None:
        assert known(office, "rsud") == []

    @pytest.mark.parametrize(("subject", "error"), [("CONTOH-2026", BadInput), ("TIADA", NotFound)])
    def test_what_can_have_none_is_refused(self, office: Office, subject: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            known(office, subject)


class TestImport:
    """A file goes by the same checks: a kind's own letters, and every wrong cell named."""

    HEADER = "subject,kind,value,date,valid_until\n"

    def take(self, office: Office, folder: Path, *rows: str) -> Report:
        path = folder / "fakta.csv"
        path.write_text(self.HEADER + "".join(f"{row}\n" for row in rows))
        return import_file("facts", path, dry_run=False, actor=office.actor("koordinator"), now=office.now)

    def test_words_are_stored_as_the_kind_writes_them_and_the_same_again_changes_nothing(
        self, office: Office, tmp_path: Path
    ) -> None:
        rows = ("CONTOH,opini_bpk,wtp,2025-06-01,", "RSUD,eselon,iii,2025-01-02,", "RSUD,unit_strategis,Ya,2025-01-02,")

        first = self.take(office, tmp_path, *rows)
        again = self.take(office, tmp_path, *(row.upper() for row in rows))

        assert (first.created, again.unchanged) == (3, 3)
        assert [one.value for one in (*known(office), *known(office, "RSUD"))] == ["WTP", "III", "ya"]

    def test_the_paper_of_a_fact_stays_while_its_value_does(self, office: Office, tmp_path: Path) -> None:
        add(office, content=paper())

        self.take(office, tmp_path, "CONTOH,opini_bpk,WTP,2025-06-01,2026-06-30")
        kept = known(office)[0].document
        self.take(office, tmp_path, "CONTOH,opini_bpk,WDP,2025-06-01,2026-06-30")

        assert (kept, known(office)[0].document) == (1, None)

    def test_a_wrong_value_says_what_is_accepted(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as refused:
            self.take(office, tmp_path, "CONTOH,opini_bpk,WTP,2025-06-01,", "RSUD,eselon,V,2025-01-02,")

        [detail] = refused.value.details
        assert (detail.row, detail.column, detail.value) == (3, "value", "V")
        assert "I, II, III, IV" in detail.why
        assert count(Fact) == 0
