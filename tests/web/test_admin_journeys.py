"""People look after what everything rests on, in a browser."""

import pytest

from tests.web.conftest import Opened
from tests.web.site import PASSWORD, Site
from tests.web.test_pages import troubles


class TestAdmin:
    """Adds a person with a role and an account; that person signs in and has to change the password."""

    def test_a_newcomer_gets_in(self, site: Site, opened: Opened) -> None:
        page = opened("admin", "/board")

        page.get_by_role("link", name="Pengelolaan").click()
        page.get_by_role("link", name="Orang", exact=True).click()
        page.get_by_role("link", name="Tambah orang").click()
        page.get_by_label("E-mail").fill("baru@contoh.invalid")
        page.get_by_label("Nama").fill("Orang Baru")
        page.get_by_label("Peran").select_option("pokja")
        page.get_by_role("button", name="Simpan").click()
        page.get_by_role("alert").wait_for()
        assert page.get_by_label("Nama").input_value() == "Orang Baru"
        page.get_by_label("Unit", exact=True).fill("RSUD")
        page.get_by_role("button", name="Simpan").click()
        page.get_by_role("button", name="Buat akun").click()
        assert troubles(page) == []
        password = page.locator("#password").inner_text()

        newcomer = opened(None, "/sign-in", width=380)
        newcomer.fill("#email", "baru@contoh.invalid")
        newcomer.fill("#password", password)
        newcomer.click("main button[type=submit]")
        newcomer.wait_for_url("**/account/password")
        newcomer.fill("#old", password)
        newcomer.fill("#new", PASSWORD)
        newcomer.fill("#again", PASSWORD)
        newcomer.click("main button[type=submit]")
        newcomer.wait_for_url("**/board?done=password_changed")
        assert newcomer.get_by_role("link", name="Pengelolaan").count() == 0


class TestKoordinator:
    """Imports units: tries the file, is told which row is wrong, mends it, and keeps exactly what was shown."""

    @pytest.mark.parametrize(("width", "script"), [(1366, False), (380, True)])
    def test_a_faulty_row_is_mended(self, site: Site, opened: Opened, width: int, script: bool) -> None:
        page = opened("koordinator", "/admin/imports", width=width, script=script)
        header = "code;name;agency;parent;kind;core_service\n"

        def try_(text: str) -> None:
            page.get_by_label("Isi berkas").select_option("units")
            file = {"name": "unit.csv", "mimeType": "text/csv", "buffer": (header + text).encode()}
            page.set_input_files("#file", file)
            page.get_by_role("button", name="Uji coba").click()

        try_("PKM-1;Puskesmas Satu;CONTOH;DINAS;;\nPKM-2;Puskesmas Dua;CONTOH;DNAS;;\n")
        page.get_by_role("alert").wait_for()
        wrong = page.get_by_role("row").nth(1).inner_text()
        assert "3" in wrong and "parent" in wrong and "DNAS" in wrong
        assert not script or troubles(page) == []
        assert not script or page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="Unggah berkas lain").click()

        try_("PKM-1;Puskesmas Satu;CONTOH;DINAS;;\nPKM-2;Puskesmas Dua;CONTOH;DINAS;;\n")
        page.get_by_text("Akan ditambah: 2.").wait_for()
        assert not script or troubles(page) == []
        assert not script or page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Simpan persis seperti ini").click()

        page.get_by_role("status").wait_for()
        assert "2 ditambah" in page.get_by_role("status").inner_text()
        page.goto("/admin/units/list?q=puskesmas")
        assert page.get_by_role("row").count() == 3
