"""Messages in words: true on the day they are sent, in both languages."""

from datetime import datetime, timedelta

import pytest
from jinja2 import UndefinedError

from models.agencies import Agency
from models.database import reading, transaction
from models.documents import Document
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Membership, Person, Role
from models.trail import Via
from notifications.compose import compose
from notifications.letter import SHORT, Letter
from notifications.parcel import Parcel
from notifications.render import render
from states.actors import find_actor
from states.findings import respond_to_finding
from tests.notifications.world import DUE, FRIDAY, World, kept, stored

ID = "3f0c1d1e-0000-5000-8000-000000000000"


def letter_to(world: World, person: Person, outbox: OutboxMessage, *, now: datetime = FRIDAY) -> Letter:
    parcel = Parcel(
        delivery_id=1,
        attempts=0,
        message_id=ID,
        outbox=outbox,
        person=person,
        channel_id=None,
        sealed_url=None,
        masked_url=None,
    )
    with reading() as session:
        letter = compose(session, [parcel], now=now)[1]
    assert letter
    return letter


class TestDue:
    """A reminder counts the days when it is sent, not when it was queued."""

    @pytest.mark.parametrize(
        ("days", "words"),
        [(-14, "14 hari lagi"), (-1, "besok"), (0, "hari ini"), (1, "terlambat 1 hari"), (15, "terlambat 15 hari")],
    )
    def test_days_left_are_counted_on_the_day_of_sending(self, world: World, days: int, words: str) -> None:
        outbox = world.queue_rung("H-14")
        sent_at = datetime.combine(DUE, FRIDAY.timetz()) + timedelta(days=days)

        letter = letter_to(world, world.head, outbox, now=sent_at)

        assert letter.subject == f"RSUD dr. Loekmono Hadi: tahap Penilaian mandiri, {words}"
        assert f"paling lambat Minggu, 31 Mei 2026: {words}." in letter.body

    def test_the_day_is_the_one_in_the_agencys_zone(self, world: World) -> None:
        outbox = world.queue_rung("H-1")
        late_evening = FRIDAY.replace(hour=16, minute=30)  # 23:30 on the 29th in Jakarta, the 30th in Makassar

        assert "2 hari lagi" in letter_to(world, world.head, outbox, now=late_evening).subject
        with transaction() as session:
            session.get_one(Agency, world.agency.id).zone = "Asia/Makassar"

        assert "besok" in letter_to(world, world.head, outbox, now=late_evening).subject

    def test_papers_that_are_missing_are_listed_with_their_command(self, world: World) -> None:
        letter = letter_to(world, world.head, world.queue_rung("H-3"))

        assert "- laporan monev\n    zi document add RSUD-2026 laporan_monev BERKAS" in letter.body
        assert "Setelah lengkap: menyerahkan LKE kepada TPI" in letter.body
        assert "zi candidacy move RSUD-2026 submit_to_tpi" in letter.body

    def test_papers_on_file_are_not_asked_for(self, world: World) -> None:
        kept(
            Document(
                kind="laporan_monev",
                candidacy_id=world.candidacy.id,
                url="https://kudus.go.id/monev",
                added_by=world.head.id,
                added_at=FRIDAY,
            )
        )

        letter = letter_to(world, world.head, world.queue_rung("H-3"))

        assert "laporan_monev" not in letter.body
        assert "survei_mandiri" in letter.body

    def test_who_does_not_owe_it_reads_who_does(self, world: World) -> None:
        outbox = world.queue_rung("H+1")

        assert "Anda yang bertanggung jawab" in letter_to(world, world.head, outbox).body
        assert "Yang bertanggung jawab: Budi Santoso" in letter_to(world, world.koordinator, outbox).body

    def test_who_hears_it_in_place_of_nobody_reads_that_there_is_nobody(self, world: World) -> None:
        with transaction() as session:
            for row in stored(Membership):
                if row.role is Role.PIMPINAN_UNIT:
                    session.get_one(Membership, row.id).until = FRIDAY.date() - timedelta(days=1)

        letter = letter_to(world, world.koordinator, world.queue_rung("H-3"))

        assert "pimpinan unit, tetapi belum ada orang yang memegang peran ini" in letter.body

    def test_a_role_that_owes_papers_is_asked_only_for_its_own(self, world: World) -> None:
        owed = kept(
            Obligation(
                candidacy_id=world.candidacy.id,
                entry_id=world.entry.id,
                kind=ObligationKind.DOCUMENTS,
                item=Role.KOORDINATOR.value,
                owed_by=Role.KOORDINATOR,
                due_on=DUE,
                opened_at=FRIDAY,
            )
        )

        letter = letter_to(world, world.koordinator, world.queue_rung("H-3", obligation=owed))

        assert letter.subject == "RSUD dr. Loekmono Hadi: dokumen tahap Penilaian mandiri, 2 hari lagi"
        assert "laporan_monev" not in letter.body


class TestMoved:
    """First what happened, then what comes next and whose it is."""

    def test_from_where_to_where_by_whom_and_what_next(self, world: World) -> None:
        letter = letter_to(world, world.head, world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT))

        assert letter.subject == "RSUD dr. Loekmono Hadi: sekarang pada tahap Penilaian mandiri"
        assert "dari tahap Penetapan unit ke tahap Penilaian mandiri, berlaku Senin, 2 Maret 2026" in letter.body
        assert "Dicatat oleh Ani Lestari." in letter.body
        assert "Tahap ini menjadi tanggung jawab Anda" in letter.body
        assert "survei_mandiri" in letter.body

    def test_a_late_message_says_that_it_has_gone_on_since(self, world: World) -> None:
        letter = letter_to(world, world.head, world.queue(Notice.MOVED, world.first_entry, Role.PIMPINAN_UNIT))

        assert "Sejak itu pencalonan ini sudah sampai pada tahap Penilaian mandiri." in letter.body


class TestFinding:
    """The finding, then its fix."""

    def test_the_tpis_own_words_stand_as_they_are(self, world: World) -> None:
        letter = letter_to(world, world.head, world.queue(Notice.FINDING, world.finding(), Role.PIMPINAN_UNIT))

        assert "TPI (Citra Dewi) mencatat temuan" in letter.body
        assert "    Bukti survei belum ada." in letter.body
        assert "Yang perlu Anda lakukan:" in letter.body

    def test_monev_says_what_its_rule_found(self, world: World) -> None:
        params = '{"stage": "self_assessment", "due": "2026-05-31", "late": 3}'
        finding = world.finding(rule="stage_late", params=params)

        letter = letter_to(world, world.head, world.queue(Notice.FINDING, finding, Role.PIMPINAN_UNIT))

        assert letter.subject == "RSUD dr. Loekmono Hadi: temuan monev pada tahap Penilaian mandiri"
        assert "Terlambat 3 hari" in letter.body

    def test_a_response_goes_to_who_verifies_it(self, world: World, language: str) -> None:
        finding = world.finding()
        with reading() as session:
            head = find_actor(session, world.head.email, today=FRIDAY.date(), via=Via.CLI)
        respond_to_finding(finding.id, "Survei sudah diunggah.", actor=head, now=FRIDAY)
        [answered] = [one for one in stored(OutboxMessage) if one.subject.endswith(":answered")]

        letter = letter_to(world, world.assessor, answered)

        assert f"zi finding verify {finding.id}" in letter.body
        assert f"zi finding reopen {finding.id}" in letter.body
        for said in (world.head.name, "Bukti survei belum ada.", "Survei sudah diunggah."):
            assert said in letter.body
        assert "Survei sudah diunggah." in letter.short
        assert not any(mark in letter.subject + letter.body for mark in ("{{", "{%", "None"))


class TestEveryKind:
    """Every kind of notice has its words in both languages, a copy for WhatsApp, and its id at the end."""

    @pytest.fixture(params=list(Notice))
    def letter(self, request: pytest.FixtureRequest, world: World, language: str) -> Letter:
        channel = world.channel(world.head, "json://127.0.0.1/hook")
        about = {
            Notice.DUE: lambda: world.queue_rung("H-7"),
            Notice.MOVED: lambda: world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT),
            Notice.FINDING: lambda: world.queue(Notice.FINDING, world.finding(), Role.PIMPINAN_UNIT),
            Notice.CORRECTION: lambda: world.queue(Notice.CORRECTION, world.correction(), Role.TPI),
            Notice.CORRECTED: lambda: world.queue(Notice.CORRECTED, world.correction(confirmed=True), Role.TPI),
            Notice.UNREACHABLE: lambda: world.queue(
                Notice.UNREACHABLE, world.failed_delivery(world.head, channel), Role.KOORDINATOR
            ),
            Notice.EVIDENCE: lambda: world.queue_evidence(world.head),
            Notice.RELEASE: lambda: world.queue_summary(Notice.RELEASE, Role.KOORDINATOR),
            Notice.SUMMARY: lambda: world.queue_summary(Notice.SUMMARY, Role.PIMPINAN),
            Notice.CHECKPOINT: lambda: world.queue_checkpoint(world.head),
            Notice.DIGEST: lambda: world.queue_digest(world.head),
        }
        return letter_to(world, world.head, about[request.param]())

    def test_it_is_whole_and_ends_with_its_id(self, letter: Letter) -> None:
        assert letter.subject
        assert "\n" not in letter.subject
        assert "\n\n\n" not in letter.body
        assert not any(mark in letter.subject + letter.body + letter.short for mark in ("{{", "{%", "None"))
        assert letter.body.rstrip().endswith(f": {ID}")
        assert letter.short.endswith(f": {ID}")
        assert len(letter.short) <= SHORT


class TestShort:
    """What is too long for WhatsApp is cut, and the id stays."""

    def test_a_long_text_is_cut_before_the_id(self, world: World) -> None:
        finding = world.finding(text="Bukti tidak sesuai. " * 200)

        letter = letter_to(world, world.head, world.queue(Notice.FINDING, finding, Role.PIMPINAN_UNIT))

        assert len(letter.short) <= SHORT
        assert "…" in letter.short
        assert letter.short.endswith(ID)

    def test_a_value_that_is_missing_is_an_error_and_not_a_gap(self, language: str) -> None:
        with pytest.raises(UndefinedError):
            render(Notice.DUE.value, {"unit": "RSUD"}, message_id=ID, name="Ani", email="ani@kudus.go.id")
