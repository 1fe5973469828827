"""The mail folder."""

import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from models.errors import StorageFailed
from notifications.letter import Letter
from notifications.mail import clear_drafts, write_mail
from notifications.workers import this_process

NOW = datetime(2026, 5, 29, 0, 30, tzinfo=UTC)
LETTER = Letter(
    message_id="3f0c1d1e-0000-5000-8000-000000000000",
    name="Budi Santoso, S.E.",
    email="budi@kudus.go.id",
    subject="RSUD: penilaian mandiri – 2 hari lagi",
    body="Tahap ini harus selesai.\n",
    short="",
)


class TestMailFolder:
    """A message is one file, there whole or not at all."""

    def test_it_is_a_mail_that_any_program_reads(self, tmp_path: Path) -> None:
        assert write_mail(LETTER, folder=tmp_path, now=NOW)

        assert len(list(tmp_path.iterdir())) == 1
        mail = message_from_bytes((tmp_path / f"{LETTER.message_id}.eml").read_bytes(), policy=default)
        assert mail["To"] == '"Budi Santoso, S.E." <budi@kudus.go.id>'
        assert mail["Subject"] == LETTER.subject
        assert mail["Message-ID"] == f"<{LETTER.message_id}@zi.localhost>"
        assert mail["Date"].datetime == NOW
        body = mail.get_body()
        assert body
        assert body.get_content().strip() == LETTER.body.strip()

    def test_its_html_stands_beside_its_text(self, tmp_path: Path) -> None:
        letter = replace(LETTER, body="Tahap ini harus selesai. " * 9, html='<html lang="id">Tahap ini</html>')

        write_mail(letter, folder=tmp_path, now=NOW)

        mail = message_from_bytes((tmp_path / f"{LETTER.message_id}.eml").read_bytes(), policy=default)
        text, html = mail.iter_parts()
        assert mail.get_content_type() == "multipart/alternative"
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert text.get_content().split() == letter.body.split()
        assert max(map(len, text.get_content().splitlines())) <= 78
        assert html.get_content().strip() == letter.html

    def test_a_mail_that_is_there_counts_as_sent_and_stays_as_it_is(self, tmp_path: Path) -> None:
        file = tmp_path / f"{LETTER.message_id}.eml"
        file.write_text("as it was")

        assert not write_mail(LETTER, folder=tmp_path, now=NOW)
        assert file.read_text() == "as it was"

    def test_a_draft_of_a_process_that_died_is_cleared_away(self, tmp_path: Path) -> None:
        with subprocess.Popen(["true"]) as process:
            process.wait()
        machine = this_process().rpartition("@")[0]
        left_over = tmp_path / f".{LETTER.message_id}+{machine}@{process.pid}.draft"
        left_over.write_text("From: zi@loc")
        of_another = tmp_path / f".{LETTER.message_id}+other@1@{process.pid}.draft"
        of_another.write_text("From: zi@loc")
        being_written = tmp_path / f".{LETTER.message_id}+{this_process()}.draft"
        being_written.write_text("From: zi@loc")

        clear_drafts(tmp_path)

        assert set(tmp_path.iterdir()) == {of_another, being_written}

    def test_somebody_elses_file_is_not_replaced_in_a_race(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / f"{LETTER.message_id}.eml"
        link = os.link

        def faster(source: Path, target: Path) -> None:
            file.write_text("the other was faster")
            link(source, target)

        monkeypatch.setattr(os, "link", faster)

        assert not write_mail(LETTER, folder=tmp_path, now=NOW)
        assert file.read_text() == "the other was faster"

    def test_a_folder_that_is_gone_is_said_in_words(self, tmp_path: Path) -> None:
        with pytest.raises(StorageFailed) as failed:
            write_mail(LETTER, folder=tmp_path / "gone", now=NOW)

        assert "gone" in str(failed.value)

    @pytest.mark.parametrize("email", ["no address", "a@b\nBcc: all@kudus.go.id"])
    def test_an_address_that_cant_stand_in_a_header_is_refused(self, tmp_path: Path, email: str) -> None:
        letter = Letter(LETTER.message_id, "Budi", email, "Subject", "Body", "")

        with pytest.raises(ValueError, match=r"."):
            write_mail(letter, folder=tmp_path, now=NOW)

        assert list(tmp_path.iterdir()) == []
