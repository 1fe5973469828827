"""The admin's imports: tried first, then kept exactly as they were shown."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Unit
from models.database import reading
from tests.web.admin_rows import last_record, rows
from tests.web.site import Site, Visitor

UNITS = "code,name,agency,parent,kind,core_service\n"


def tried(visitor: Visitor, text: str, kind: str = "units") -> tuple[int, str, dict[str, Any]]:
    """Sends a file to be tried; returns the page and what its button would send."""
    answer = visitor.send("/admin/imports", files={"file": (f"{kind}.csv", text.encode())}, kind=kind)
    hidden: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="(kind|file|name|fingerprint|ticket)" value="([^"]*)"', answer.text)
    )
    return answer.status_code, answer.text, hidden


class TestImports:
    """A dry run shows everything and keeps nothing; what is confirmed is exactly that, or nothing."""

    def test_faults_by_row_and_column(self, site: Site) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)

        status, page, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\nPKM 2,,CONTOH,TIDAKADA,,\n")

        assert status == 422 and hidden == {}
        assert page.count('<th scope="row">3</th>') == 3
        assert rows(Unit) == before

    def test_shown_then_kept(self, site: Site) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)

        _, page, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\nRSUD,RSUD Raya,CONTOH,,rsud,rsud\n")
        between = rows(Unit)
        done = koordinator.send("/admin/imports/confirm", **hidden)

        assert "Akan ditambah: 1. Akan diubah: 1." in page
        assert "<del>RSUD Contoh</del> <ins>RSUD Raya</ins>" in page
        assert between == before
        assert done.status_code == 200 and "1 ditambah, 1 diubah" in done.text
        assert rows(Unit) == before + 1
        assert '"via":"web"' in last_record().leaf

    def test_what_has_changed_since_is_shown_anew(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")
        _, _, hidden = tried(koordinator, UNITS + "RSUD,RSUD Raya,CONTOH,,rsud,rsud\n")
        koordinator.send("/admin/units/RSUD/edit", name="RSUD Agung", kind="rsud", core_service="rsud")

        answer = koordinator.send("/admin/imports/confirm", **hidden)

        assert answer.status_code == 422 and "<del>RSUD Agung</del>" in answer.text
        with reading() as session:
            assert "RSUD Agung" in session.execute(select(col(Unit.name))).scalars().all()

    @pytest.mark.parametrize("name", ["kind", "file", "fingerprint", "ticket"])
    def test_nothing_is_confirmed_that_was_not_shown(self, site: Site, name: str) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)
        _, _, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\n")
        other = {"kind": "agencies"}.get(name, "é" * 64 if name == "ticket" else "a" * 64)

        assert koordinator.send("/admin/imports/confirm", **hidden | {name: other}).status_code == 404
        assert site.visitor("koordinator2").send("/admin/imports/confirm", **hidden).status_code == 404
        assert rows(Unit) == before

    def test_only_what_the_importer_may(self, two_agencies: Site) -> None:
        koordinator = two_agencies.visitor("koordinator")

        assert tried(koordinator, UNITS + "X-1,X,LAIN,,,\n")[0] == 403
        assert tried(koordinator, "code,name,kind,zone\nX,X,kabkota,Asia/Jakarta\n", "agencies")[0] == 403
        assert tried(koordinator, UNITS, "stages")[0] == 422
        assert koordinator.send("/admin/imports", kind="units").status_code == 422
