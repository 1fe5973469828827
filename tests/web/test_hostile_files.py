"""What people bring as evidence may be hostile: it is refused or harmless, and each time with a message."""

import io
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from models.files import MIB
from models.stages import Stage
from tests.office import Office
from tests.samples import HTML, PDF, PROGRAM, SCRIPT, SVG, docx, zipped
from tests.web.site import Site, Visitor, served
from web.forms import FIELD, HEADER

QUESTION = "A.I.1.i.a"
LIMIT = 1  # MiB, so that a test need not send fifty
MIB_SENT = 200
ROOM = 40 * MIB  # more than the sender and the server need for themselves


@pytest.fixture
def small(office: Office, tmp_path: Path) -> Iterator[Site]:
    with served(office, tmp_path, upload_limit_mib=LIMIT) as site:
        yield site


def bomb(size: int, *names: str) -> bytes:
    """A small ZIP that unpacks to very much."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            with archive.open(name, "w") as part:
                for _ in range(size // MIB):
                    part.write(bytes(MIB))
    return target.getvalue()


def peak() -> int:
    """The most memory that this process, which sends and serves, has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def kept(site: Site) -> list[Path]:
    return [path for path in site.home.files.rglob("*") if path.is_file()]


def bring(visitor: Visitor, code: str, name: str, content: bytes) -> httpx.Response:
    return visitor.send(f"/candidacies/{code}/evidence", files={"files": (name, content)}, question=QUESTION)


class TestWhatIsRefused:
    """By its bytes, whatever it is called; nothing of it is kept, and the page says what is wrong with which file."""

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("laporan.pdf", HTML, "halaman web"),
            ("logo.svg", SVG, "SVG"),
            ("logo.png", SVG, "SVG"),
            ("laporan.pdf", PROGRAM, "program"),
            ("laporan.pdf.exe", PDF, "exe"),
            ("buka.txt", SCRIPT, "skrip"),
            ("bukti.zip", zipped("a.pdf"), "arsip"),
            ("kosong.pdf", b"", "kosong"),
            ("besar.pdf", PDF + bytes(LIMIT * MIB), "MiB"),
        ],
    )
    def test_with_a_message(self, small: Site, name: str, content: bytes, said: str) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)

        answer = bring(small.visitor("kepala"), code, name, content)

        assert answer.status_code == 422
        assert f"<strong>{name}</strong>" in answer.text
        assert said.casefold() in answer.text.partition('id="problem"')[2].partition("</div>")[0].casefold()
        assert kept(small) == []

    def test_one_bad_file_holds_up_no_other(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        kepala = small.visitor("kepala")

        answer = kepala.client.post(
            f"/candidacies/{code}/evidence",
            data={"question": QUESTION, FIELD: kepala.form_key},
            files=[("files", ("baik.pdf", PDF)), ("files", ("buruk.pdf", HTML))],
        )

        assert answer.status_code == 422
        assert "baik.pdf</strong>: tersimpan" in answer.text
        assert len(kept(small)) == 1

    def test_a_zip_bomb_for_a_workbook(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        content = bomb(300 * MIB, "[Content_Types].xml", "xl/workbook.xml")

        answer = small.visitor("kepala").send(f"/candidacies/{code}/lke/import", files={"file": ("lke.xlsx", content)})

        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


class TestWhatIsHarmless:
    """It is taken as what it is, never opened by us, and comes out as a file to be saved."""

    def test_a_name_with_tricks_is_no_path(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        kepala = small.visitor("kepala")

        answer = bring(kepala, code, '../../etc/<img src=x onerror=alert(1)>"\r\nSet-Cookie: a=b.pdf', PDF)
        page = kepala.get(f"/candidacies/{code}/evidence").text

        assert answer.status_code == 303
        assert [path.parent.parent for path in kept(small)] == [small.home.files]
        assert "<img src=x" not in page
        assert "etc/" not in page

    def test_comes_out_to_be_saved(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        bring(small.visitor("kepala"), code, "SK; filename=x.html.pdf", PDF)

        file = small.visitor("auditor").get(f"/candidacies/{code}/evidence/1")

        assert file.content == PDF
        assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''SK%3B")
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in file.headers["content-security-policy"]

    def test_a_bomb_in_a_document_is_never_unpacked(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        content = bomb(300 * MIB, "[Content_Types].xml", "word/document.xml")
        assert len(content) < LIMIT * MIB

        answer = bring(small.visitor("kepala"), code, "laporan.docx", content)

        assert answer.status_code == 303
        assert [path.stat().st_size for path in kept(small)] == [len(content)]

    def test_is_nobody_elses_to_read(self, small: Site) -> None:
        code = small.office.open(stage=Stage.SELF_ASSESSMENT)
        other = small.office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
        bring(small.visitor("kepala"), code, "SK.docx", docx())

        assert small.visitor().get(f"/candidacies/{code}/evidence/1").status_code == 303  # to sign in
        assert small.visitor("kepala").get(f"/candidacies/{other}/evidence/1").status_code == 404
        assert small.visitor("tpi").get(f"/candidacies/{other}/evidence/1").status_code == 404


class TestTwoHundredMegabytes:
    """Refused with the real limit: while it comes where our script sends it; memory and what is kept do not grow."""

    @pytest.mark.parametrize(("by_script", "status"), [(True, 413), (False, 422)])
    def test_streamed(self, site: Site, by_script: bool, status: int) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        kepala = site.visitor("kepala")
        key = kepala.form_key
        boundary = "batas"
        opening = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{FIELD}"\r\n\r\n{key}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="besar.pdf"\r\n\r\n'
        ).encode()
        sent, before = 0, peak()

        def body() -> Iterator[bytes]:
            nonlocal sent
            yield opening
            for _ in range(MIB_SENT):
                sent += MIB
                yield bytes(MIB)
            yield f"\r\n--{boundary}--\r\n".encode()

        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        headers |= {HEADER: key, "Accept": "application/json"} if by_script else {}
        answer = kepala.client.post(f"/candidacies/{code}/evidence", content=body(), headers=headers)

        assert sent == MIB_SENT * MIB
        assert answer.status_code == status
        assert "50 MiB" in answer.text
        assert peak() - before < ROOM
        assert kept(site) == []
