"""What is put on file, by whom, when, and what is refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from models.audit import AuditRecord
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from models.evidence import Evidence, EvidenceState
from models.people import Role
from models.stages import CLOSED, SUBMISSION_STEPS, Stage
from states.documents import Content
from states.evidence.reviewing import Verdict
from states.evidence.taking import LINK_LENGTH, take_evidence
from tests.office import TODAY, rules_of
from tests.samples import HTML, PDF
from tests.states.evidence.cabinet import MEMBERS, MIB, PLAN, SOP, TEAM, Cabinet

OPEN_FOR_EVIDENCE = (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT, *SUBMISSION_STEPS)
TOO_EARLY = (Stage.PENCANANGAN, Stage.UNIT_IDENTIFICATION)


def count() -> int:
    with reading() as session:
        found: int = session.execute(select(func.count()).select_from(Evidence)).scalar_one()
        return found


class TestAdding:
    """One file or link proves one or several questions; each gets a piece of its own."""

    def test_a_file_for_several_questions(self, both_cabinets: Cabinet) -> None:
        file = both_cabinets.file()

        added = both_cabinets.add(TEAM, MEMBERS, content=file, title="SK tim kerja", effective_on=TODAY)

        first, second = (both_cabinets.row(number) for number in added.ids)
        assert (first.question, second.question) == (TEAM, MEMBERS)
        assert file.file
        for row in (first, second):
            assert (row.state, row.version, row.title) == (EvidenceState.WAITING, 1, "SK tim kerja")
            assert (row.file_hash, row.file_name, row.file_size) == (file.file.hash, "sk tim.pdf", len(PDF))
            assert (row.media_type, row.effective_on, row.received_at) == ("application/pdf", TODAY, both_cabinets.now)

    def test_several_pieces_for_a_question(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{"A.I.1.i.a": "Ya"})

        numbers = [cabinet.one(TEAM), cabinet.one(TEAM), cabinet.one(TEAM, content=cabinet.file())]

        assert len(set(numbers)) == 3
        assert cabinet.reasons() == {}

    @pytest.mark.parametrize("name", ["a.i.1.I.A", " A.I.1.i.a ", "1"])
    def test_a_question_by_its_code_in_any_case_or_its_number_in_portalrb(self, cabinet: Cabinet, name: str) -> None:
        assert cabinet.row(cabinet.one(name)).question == TEAM

    def test_a_question_named_twice_gets_one_piece(self, cabinet: Cabinet) -> None:
        assert len(cabinet.add(TEAM, TEAM.lower()).ids) == 1

    def test_an_unknown_question_is_told_with_what_is_near_it(self, cabinet: Cabinet) -> None:
        with pytest.raises(NotFound) as missing:
            cabinet.add(TEAM, "A.I.1.i.z")

        assert "A.I.1.i.z" in str(missing.value)
        assert TEAM in missing.value.fix
        assert count() == 0

    def test_questions_of_the_results_ask_for_none(self, cabinet: Cabinet) -> None:
        hasil = next(code for code in cabinet.office.situation(cabinet.code).ruleset.lke.questions if code[0] == "B")

        with pytest.raises(Refused) as refused:
            cabinet.add(TEAM, hasil)

        assert rules_of(refused) == {"question_asks_no_evidence"}
        assert count() == 0


class TestTrail:
    """Numbers, dates and hashes stand in the leaf, what people wrote stands beside it."""

    def test_what_was_added(self, both_cabinets: Cabinet) -> None:
        file = both_cabinets.file()
        number = both_cabinets.one(TEAM, content=file, title="SK tim", effective_on=TODAY, valid_until=TODAY)

        record = both_cabinets.records("evidence_added")[0]

        assert file.file
        assert record["details"] == {
            "pieces": [{"evidence": number, "question": TEAM}],
            "version": 1,
            "sha256": file.file.hash,
            "media_type": "application/pdf",
            "effective_on": TODAY.isoformat(),
            "valid_until": TODAY.isoformat(),
        }
        assert record["texts"] == {"file_name": "sk tim.pdf", "title": "SK tim"}
        assert record["actor"] == "kepala@contoh.invalid"

    def test_no_leaf_holds_what_people_wrote(self, cabinet: Cabinet) -> None:
        link = cabinet.link()
        number = cabinet.one(TEAM, content=link, title="SK rahasia")
        cabinet.withdraw(number, reason="keliru sekali")

        with reading() as session:
            leaves = " ".join(session.execute(select(col(AuditRecord.leaf))).scalars())

        assert not any(text in leaves for text in (str(link.url), "SK rahasia", "keliru sekali"))
        assert f'"evidence":{number}' in leaves

    def test_who_adds_acts_for_the_unit_from_then_on(self, cabinet: Cabinet) -> None:
        cabinet.person("luar", Role.PIMPINAN_UNIT, unit="DINAS")
        cabinet.person("sementara", Role.POKJA, unit="RSUD")
        cabinet.add(by="sementara")

        assert cabinet.is_of_the_unit("sementara")
        assert not cabinet.is_of_the_unit("luar")

    def test_a_refusal_is_in_it_too(self, cabinet: Cabinet) -> None:
        with pytest.raises(Refused):
            cabinet.add(by="tpi")

        record = cabinet.records("refused")[0]
        assert (record["rule"], record["details"]["asked"]) == ("role_needed", "evidence_add")
        assert json.dumps(record["details"])


class TestWho:
    """Pokja and the head of the unit bring evidence, each for the areas they are given."""

    @pytest.mark.parametrize("name", ["kepala", "pokja"])
    def test_the_units_people_may(self, cabinet: Cabinet, name: str) -> None:
        assert cabinet.add(by=name).ids

    @pytest.mark.parametrize("name", ["koordinator", "pimpinan", "tpi", "auditor", "admin"])
    def test_nobody_else_may(self, cabinet: Cabinet, name: str) -> None:
        with pytest.raises(Refused) as refused:
            cabinet.add(by=name)

        assert rules_of(refused) == {"role_needed"}

    def test_another_units_head_may_not(self, cabinet: Cabinet) -> None:
        cabinet.person("kadis", Role.PIMPINAN_UNIT, unit="DINAS")

        with pytest.raises(Refused):
            cabinet.add(by="kadis")

    def test_who_is_given_an_area_keeps_to_it(self, cabinet: Cabinet) -> None:
        cabinet.person("ani", Role.POKJA, unit="RSUD", area="MP")

        number = cabinet.one(TEAM, by="ani")
        with pytest.raises(Refused) as added:
            cabinet.add(TEAM, SOP, by="ani")
        other = cabinet.one(SOP)
        with pytest.raises(Refused) as withdrawn:
            cabinet.withdraw(other, by="ani")

        assert rules_of(added) == rules_of(withdrawn) == {"area_not_yours"}
        assert cabinet.row(number).state is EvidenceState.WAITING


class TestWhen:
    """From the self-assessment to the panel; neither before nor after."""

    @pytest.mark.parametrize("stage", OPEN_FOR_EVIDENCE)
    def test_open(self, cabinet: Cabinet, stage: Stage) -> None:
        cabinet.set_stage(stage)

        cabinet.one(TEAM)  # the last piece would have to stay
        cabinet.withdraw(cabinet.one(TEAM))

    @pytest.mark.parametrize("stage", [*TOO_EARLY, *CLOSED])
    def test_not_open(self, cabinet: Cabinet, stage: Stage) -> None:
        number = cabinet.one(TEAM)
        cabinet.set_stage(stage)

        with pytest.raises(Refused) as added:
            cabinet.add(MEMBERS)
        with pytest.raises(Refused) as withdrawn:
            cabinet.withdraw(number)

        expected = "evidence_too_early" if stage in TOO_EARLY else "evidence_too_late"
        assert rules_of(added) == rules_of(withdrawn) == {expected}
        assert count() == 1

    def test_every_reason_is_named_at_once(self, cabinet: Cabinet) -> None:
        cabinet.set_stage(Stage.DESIGNATION)

        with pytest.raises(Refused) as refused:
            cabinet.add(by="auditor")

        assert rules_of(refused) == {"role_needed", "evidence_too_late"}


class TestContent:
    """Dates that make sense, the same content once, and files that are what they are taken for."""

    def test_no_date_in_the_future(self, cabinet: Cabinet) -> None:
        with pytest.raises(Refused) as refused:
            cabinet.add(effective_on=TODAY + timedelta(days=1))

        assert rules_of(refused) == {"date_in_future"}

    def test_not_valid_before_its_own_date(self, cabinet: Cabinet) -> None:
        with pytest.raises(BadInput) as bad:
            cabinet.add(effective_on=TODAY, valid_until=TODAY - timedelta(days=1))

        assert bad.value.key == "valid_before_date"

    @pytest.mark.parametrize("kind", ["file", "link"])
    def test_the_same_for_the_same_question_is_a_slip_while_it_counts(self, cabinet: Cabinet, kind: str) -> None:
        content = cabinet.file() if kind == "file" else cabinet.link()
        number = cabinet.one(TEAM, content=content)

        with pytest.raises(Refused) as refused:
            cabinet.add(MEMBERS, TEAM, content=content)
        cabinet.withdraw(number)
        again = cabinet.add(MEMBERS, TEAM, content=content)

        assert rules_of(refused) == {"evidence_given_twice"}
        assert len(again.ids) == 2

    @pytest.mark.parametrize("kind", ["file", "link"])
    def test_what_the_tpi_rejected_is_not_brought_again_under_another_number(self, cabinet: Cabinet, kind: str) -> None:
        content = cabinet.file() if kind == "file" else cabinet.link()
        number = cabinet.one(TEAM, content=content)
        cabinet.office.file_required(cabinet.code, "submit_to_tpi")
        cabinet.office.move(cabinet.code, "submit_to_tpi", by="kepala")
        cabinet.review(number, Verdict.REJECT, "tanpa tanda tangan")

        with pytest.raises(Refused) as refused:
            cabinet.add(TEAM, content=content)
        with pytest.raises(Refused) as as_newer_version:
            cabinet.add(TEAM, content=content, replaces=number)

        assert rules_of(refused) == rules_of(as_newer_version) == {"evidence_rejected_before"}
        assert refused.value.refusals[0].obstacle.params == {"number": number, "question": TEAM}
        assert cabinet.add(MEMBERS, content=content).ids

    def test_a_refused_file_is_not_kept(self, cabinet: Cabinet) -> None:
        with pytest.raises(BadInput) as refused:
            cabinet.file(HTML, name="laporan.pdf")

        assert refused.value.key == "file_is_page"
        assert [path for path in (cabinet.folder / "files").rglob("*") if path.is_file()] == []

    @pytest.mark.parametrize(
        ("content", "why"), [(b"", "file_empty"), (PDF + b" " * MIB, "file_too_large")], ids=["empty", "too large"]
    )
    def test_a_file_of_a_wrong_size(self, cabinet: Cabinet, content: bytes, why: str) -> None:
        with pytest.raises(BadInput) as refused:
            cabinet.file(content)

        assert refused.value.key == why

    @pytest.mark.parametrize(
        "source", ["tidak-ada.pdf", "ftp://berkas.contoh.invalid/a", "javascript:alert(1)", "x" * 5000]
    )
    def test_a_source_that_is_nothing(self, tmp_path: Path, source: str) -> None:
        with pytest.raises(BadInput):
            take_evidence(source, folder=tmp_path, limit=MIB)

    def test_a_link_or_title_beyond_measure(self, cabinet: Cabinet) -> None:
        with pytest.raises(BadInput) as link:
            cabinet.add(content=Content(url="https://berkas.contoh.invalid/" + "é" * (LINK_LENGTH // 2)))
        with pytest.raises(BadInput) as title:
            cabinet.add(title="x" * 201)

        assert (link.value.key, title.value.key) == ("link_too_long", "title_too_long")

    def test_the_longest_link_is_kept(self, both_cabinets: Cabinet) -> None:
        host = "https://berkas.contoh.invalid/"
        link = Content(url=host + "".join(chr(97 + number * number % 26) for number in range(LINK_LENGTH - len(host))))

        assert both_cabinets.row(both_cabinets.one(content=link)).url == link.url


class TestVersions:
    """A newer version takes the place of one that stands; the old one stays on record."""

    def test_counts_up(self, both_cabinets: Cabinet) -> None:
        first = both_cabinets.one(TEAM, title="SK tim")
        second = both_cabinets.one(TEAM, replaces=first)
        third = both_cabinets.one(TEAM, replaces=second, title="SK baru")

        old, newer, newest = (both_cabinets.row(number) for number in (first, second, third))
        assert [old.state, newer.state, newest.state] == ["replaced", "replaced", "waiting"]
        assert [(row.version, row.replaces_id) for row in (old, newer, newest)] == [(1, None), (2, first), (3, second)]
        assert (newer.title, newest.title) == ("SK tim", "SK baru")
        assert both_cabinets.records("evidence_added")[2]["details"]["replaces"] == second

    def test_one_that_is_gone_is_not_replaced(self, cabinet: Cabinet) -> None:
        replaced = cabinet.one(TEAM)
        withdrawn = cabinet.one(TEAM, replaces=replaced)
        cabinet.withdraw(withdrawn)

        for number in (replaced, withdrawn):
            with pytest.raises(Refused) as refused:
                cabinet.add(TEAM, replaces=number)
            assert rules_of(refused) == {"evidence_gone"}

    @pytest.mark.parametrize("questions", [(MEMBERS,), (TEAM, MEMBERS)])
    def test_only_for_its_own_question(self, cabinet: Cabinet, questions: tuple[str, ...]) -> None:
        number = cabinet.one(TEAM)

        with pytest.raises(Refused) as refused:
            cabinet.add(*questions, replaces=number)

        assert rules_of(refused) == {"evidence_other_question"}
        assert cabinet.row(number).state is EvidenceState.WAITING

    def test_only_in_its_own_candidacy(self, cabinet: Cabinet) -> None:
        cabinet.person("kadis", Role.PIMPINAN_UNIT, unit="DINAS")
        other = cabinet.office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
        number = cabinet.one(TEAM)

        for replaces in (number, 999):
            with pytest.raises(NotFound):
                cabinet.add(TEAM, code=other, by="kadis", replaces=replaces)

    def test_the_same_content_is_no_newer_version(self, cabinet: Cabinet) -> None:
        content = cabinet.link()
        number = cabinet.one(TEAM, content=content)

        with pytest.raises(Refused) as refused:
            cabinet.add(TEAM, content=content, replaces=number)

        assert rules_of(refused) == {"evidence_given_twice"}


class TestWithdrawing:
    """Taken back with a reason, once; it stays on record."""

    def test_needs_a_reason(self, cabinet: Cabinet) -> None:
        number = cabinet.one(TEAM)

        with pytest.raises(Refused) as refused:
            cabinet.withdraw(number, reason="  ")

        assert rules_of(refused) == {"reason_missing"}
        assert cabinet.row(number).state is EvidenceState.WAITING

    def test_is_in_the_trail(self, both_cabinets: Cabinet) -> None:
        number = both_cabinets.one(TEAM)
        both_cabinets.withdraw(number)

        record = both_cabinets.records("evidence_withdrawn")[0]

        assert both_cabinets.row(number).state is EvidenceState.WITHDRAWN
        assert record["details"] == {"evidence": number, "question": TEAM}
        assert (record["before"], record["after"], record["texts"]) == (
            "waiting",
            "withdrawn",
            {"reason": "salah unggah"},
        )

    def test_only_once_and_only_what_is_there(self, cabinet: Cabinet) -> None:
        number = cabinet.one(PLAN)
        cabinet.withdraw(number)

        with pytest.raises(Refused) as refused:
            cabinet.withdraw(number)
        with pytest.raises(NotFound):
            cabinet.withdraw(999)

        assert rules_of(refused) == {"evidence_gone"}

    @pytest.mark.parametrize("name", ["tpi", "koordinator", "auditor"])
    def test_by_the_unit_alone(self, cabinet: Cabinet, name: str) -> None:
        number = cabinet.one(TEAM)

        with pytest.raises(Refused) as refused:
            cabinet.withdraw(number, by=name)

        assert rules_of(refused) == {"role_needed"}
