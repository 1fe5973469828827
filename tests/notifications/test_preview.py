"""A preview for a candidacy is what its people would get now, and leaves nothing behind."""

import pytest

from models.database import reading
from models.errors import NotFound, UsageError
from models.messages import Notice, OutboxMessage
from notifications.letter import Letter
from notifications.preview import preview_candidacy
from tests.notifications.world import FRIDAY, World, stored


def preview(kind: Notice, code: str = "rsud-2026") -> Letter:
    with reading() as session:
        return preview_candidacy(session, kind, code, now=FRIDAY)


class TestPreview:
    """Of what is there now, to the first who hears it."""

    def test_what_is_due(self, world: World) -> None:
        letter = preview(Notice.DUE)

        assert letter.subject == "RSUD dr. Loekmono Hadi: tahap Penilaian mandiri, 2 hari lagi"
        assert letter.email == world.head.email
        assert stored(OutboxMessage) == []

    def test_where_it_is(self, world: World) -> None:
        assert "sekarang pada tahap Penilaian mandiri" in preview(Notice.MOVED).subject

    def test_the_newest_finding(self, world: World) -> None:
        world.finding(text="Bukti belum ada.")

        assert "Bukti belum ada." in preview(Notice.FINDING).body

    def test_a_correction_that_waits_and_one_that_is_confirmed(self, world: World) -> None:
        world.correction()
        assert "Salah unit" in preview(Notice.CORRECTION).body
        with pytest.raises(NotFound):
            preview(Notice.CORRECTED)

    def test_a_confirmed_correction(self, world: World) -> None:
        world.correction(confirmed=True)

        assert "dikonfirmasi oleh Budi Santoso" in preview(Notice.CORRECTED).body

    def test_a_dead_channel(self, world: World) -> None:
        world.failed_delivery(world.head, world.channel(world.head, "json://127.0.0.1/hook"))

        assert "Budi Santoso" in preview(Notice.UNREACHABLE).subject

    @pytest.mark.parametrize("kind", [Notice.FINDING, Notice.CORRECTION, Notice.UNREACHABLE, Notice.EVIDENCE])
    def test_where_there_is_nothing_to_tell_it_says_so(self, world: World, kind: Notice) -> None:
        with pytest.raises(NotFound, match="RSUD-2026"):
            preview(kind)

    @pytest.mark.parametrize("kind", [Notice.RELEASE, Notice.SUMMARY])
    def test_a_summary_is_read_by_its_number_and_only_by_whom_it_is_for(self, world: World, kind: Notice) -> None:
        with pytest.raises(UsageError):
            preview(kind)

    def test_a_digest_is_of_a_person(self, world: World) -> None:
        with pytest.raises(UsageError, match="Rangkuman"):
            preview(Notice.DIGEST)

    def test_a_checkpoint_is_of_the_trail(self, world: World) -> None:
        with pytest.raises(UsageError, match="zi audit checkpoint"):
            preview(Notice.CHECKPOINT)

    def test_an_unknown_candidacy(self, world: World) -> None:
        with pytest.raises(NotFound):
            preview(Notice.DUE, "X-1")
