"""A checkpoint on paper: one page, the same each time, with all that somebody needs to check it by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.catalogue import use_language
from models.database import reading, transaction
from models.errors import BadInput
from models.messages import Notice
from notifications.samples import sample
from states.kept_checkpoints import SignedCheckpoint
from states.reports.checkpoint_page import TEMPLATE, check_page, page, save_page, zone_of_all
from states.reports.pdf import compiler, set_pages
from tests.office import NOW
from tests.states.reports.test_pdf import _texts

MIDNIGHT = datetime(2026, 6, 2, 17, 30, tzinfo=UTC)  # half past midnight in Jakarta


@pytest.fixture
def signed() -> SignedCheckpoint:
    values = sample(Notice.CHECKPOINT)
    root = str(values["root"]).replace(" ", "")
    return SignedCheckpoint(4711, root, f"{values['note']}\n", str(values["vkey"]), MIDNIGHT)


class TestPage:
    """Root in groups, note by lines, key, and how to check."""

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_is_one_page(self, signed: SignedCheckpoint, language: str) -> None:
        use_language(language)
        try:
            assert len(set_pages(page(signed, zone="Asia/Jakarta"), template=TEMPLATE)) == 1
        finally:
            use_language("id")

    def test_says_the_root_in_groups_of_four_and_the_note_line_by_line(self, signed: SignedCheckpoint) -> None:
        told = page(signed, zone="Asia/Jakarta")

        assert "".join(told["root"]) == signed.root
        assert {len(group) for group in told["root"]} == {4}
        assert "".join(f"{line['text']}\n" for line in told["note"]) == signed.note
        assert [line["text"] for line in told["key"]] == [signed.vkey]

    def test_all_of_it_is_set(self, signed: SignedCheckpoint) -> None:
        told = page(signed, zone="Asia/Jakarta")
        set_ = "".join(_texts(json.loads(compiler(told, TEMPLATE).query("selector(table).or(enum, heading)"))))

        for text in (*told["how"], signed.note.splitlines()[2], signed.note.splitlines()[4][:80], told["root_title"]):
            assert text in set_

    @pytest.mark.parametrize(
        ("zone", "said"), [("Asia/Jakarta", "3 Juni 2026 00.30 WIB"), ("Asia/Jayapura", "3 Juni 2026 02.30 WIT")]
    )
    def test_its_day_is_that_of_the_zone(self, signed: SignedCheckpoint, zone: str, said: str) -> None:
        assert said in [fact[1] for fact in page(signed, zone=zone)["facts"]]

    @pytest.mark.usefixtures("office")
    def test_the_zone_is_the_one_that_all_agencies_share(self) -> None:
        with reading() as session:
            assert zone_of_all(session) == "Asia/Jakarta"
        with transaction() as session:
            session.connection().exec_driver_sql("UPDATE agency SET zone = 'Asia/Jayapura'")
        with reading() as session:
            assert zone_of_all(session) == "Asia/Jayapura"


class TestFile:
    """Never over another file, and only as a PDF."""

    def test_is_written_once(self, signed: SignedCheckpoint, tmp_path: Path) -> None:
        path = tmp_path / "checkpoint.pdf"
        check_page(path)

        save_page(path, signed, zone="Asia/Jakarta", now=NOW)

        assert path.read_bytes().startswith(b"%PDF-")
        with pytest.raises(BadInput, match="sudah ada"):
            check_page(path)

    @pytest.mark.parametrize("name", ["checkpoint.txt", "checkpoint", "nowhere/checkpoint.pdf"])
    def test_other_names_are_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(BadInput):
            check_page(tmp_path / name)
