"""The LKE in the pages: read by all, written by who may, and never over somebody else's answer."""

import httpx

from models.cycles import Cycle
from models.database import reading, transaction
from models.lke import Layer, Wording
from models.people import Role
from models.stages import Stage
from states.lke.sheet import Said, load_sheet
from states.lookups import find
from states.people import Grant, PersonData, add_person, grant_role
from tests.office import NOW
from tests.web.conftest import Opened
from tests.web.site import Site, Visitor
from web.forms import HEADER

ITEM = "A.I.1.i.a"
JSON = {"Accept": "application/json"}


def started(site: Site) -> str:
    return site.office.open(stage=Stage.SELF_ASSESSMENT)


def stored(code: str, site: Site, layer: Layer = Layer.UNIT) -> dict[str, Said]:
    from models.candidacies import Candidacy

    with reading() as session:
        sheet = load_sheet(session, find(session, Candidacy, code), actor=site.office.actor("admin"), now=NOW)
        return dict(sheet.answers[layer])


def answer(visitor: Visitor, code: str, **fields: str) -> httpx.Response:
    """As our script sends it; `value` of the one item, over what stood there when the form was opened."""
    sent = {"layer": "unit", f"was.{ITEM}": "", f"was-note.{ITEM}": ""}
    sent |= {f"{name.replace('_', '-')}.{ITEM}": value for name, value in fields.items()}
    headers = {**JSON, HEADER: visitor.form_key}
    return visitor.client.post(f"/candidacies/{code}/lke/MP", data=sent, headers=headers)


class TestTheForm:
    """Every question with what stands beside it; who may not write reads the reasons."""

    def test_shows_every_page_to_everybody_of_the_unit(self, site: Site) -> None:
        code = started(site)
        site.office.fill_lke(code)
        site.office.prove(code)

        for name in ("kepala", "tpi", "auditor"):
            visitor = site.visitor(name)
            for path in ("", "/lke", "/lke/MP", "/lke/hasil", "/evidence", "/actions", "/findings/new", "/lke/import"):
                seen = visitor.get(f"/candidacies/{code}{path}")
                assert seen.status_code == 200, (name, path)

    def test_says_why_it_can_not_be_written(self, site: Site) -> None:
        code = started(site)

        seen = site.visitor("tpi").get(f"/candidacies/{code}/lke/MP").text

        assert "tidak dapat mengisi" in seen
        assert f'name="was.{ITEM}"' not in seen
        assert "penilaian TPI" in seen

    def test_begins_where_one_may_write(self, site: Site) -> None:
        code = started(site)
        admin = site.office.actor("admin")
        add_person(PersonData("bagian@contoh.invalid", "Bagian"), actor=admin, now=NOW)
        grant_role(Grant("bagian@contoh.invalid", Role.POKJA, unit="RSUD", area="TL"), actor=admin, now=NOW)
        member = site.visitor("bagian")

        seen = member.get(f"/candidacies/{code}/lke").text

        assert f'href="/candidacies/{code}/lke/TL">' in seen.partition("btn-primary")[2][:200]
        assert "tidak dapat mengisi" not in seen
        assert "tidak dapat mengisi" in member.get(f"/candidacies/{code}/lke/MP").text

    def test_speaks_the_official_words_where_they_are_loaded(self, site: Site) -> None:
        code = started(site)
        with transaction() as session:
            cycle = find(session, Cycle, site.office.cycle)
            words = Wording(
                cycle_id=cycle.id, item=ITEM, text="Unit kerja <telah> membentuk tim", criteria="Ya: ada SK"
            )
            session.add(words)

        seen = site.visitor("kepala").get(f"/candidacies/{code}/lke/MP").text

        assert "<legend>Unit kerja &lt;telah&gt; membentuk tim</legend>" in seen
        assert "Ya: ada SK" in seen
        assert "<legend>cara pemilihan anggota tim</legend>" in seen  # the topic, where there is none

    def test_speaks_the_readers_language(self, site: Site) -> None:
        code = started(site)
        auditor = site.visitor("auditor")
        auditor.send("/language", language="en", back="/")

        seen = auditor.get(f"/candidacies/{code}/lke/hasil").text + auditor.get(f"/candidacies/{code}/lke").text

        assert "Change management" in seen
        assert "Manajemen Perubahan" not in seen
        assert "lke.results" not in seen

    def test_leads_from_a_question_to_its_place(self, site: Site) -> None:
        code = started(site)

        seen = site.visitor("kepala").get(f"/candidacies/{code}/lke/b.i.a?layer=unit")

        assert seen.headers["location"] == f"/candidacies/{code}/lke/hasil?layer=unit#q-B.I.a"
        assert site.visitor("kepala").get(f"/candidacies/{code}/lke/tidakada").status_code == 404


class TestSaving:
    """What was changed is kept; an answer that can't be taken keeps all that was typed, and says why."""

    def test_by_script_one_answer_at_a_time(self, site: Site) -> None:
        code = started(site)

        said = answer(site.visitor("kepala"), code, value="Ya", note="SK 12\r\nHalaman 3")

        assert said.status_code == 200
        assert said.json()["figures"]["A.I.1.i"] == "0.25 / 0.5"
        assert said.json()["items"][ITEM]["value"] == "Ya"
        assert stored(code, site)[ITEM].note == "SK 12\nHalaman 3"

    def test_by_a_form_a_sub_area_at_a_time(self, site: Site) -> None:
        code = started(site)
        kepala = site.visitor("kepala")
        second = "A.I.1.i.b"
        was = {f"was.{ITEM}": "", f"was-note.{ITEM}": "", f"was.{second}": "", f"was-note.{second}": ""}

        fields = {"layer": "unit", **was, f"value.{ITEM}": "Ya", f"value.{second}": "B"}
        said = kepala.fill(f"/candidacies/{code}/lke/MP", fields)

        assert said.headers["location"].endswith("/lke/MP?layer=unit&done=answers_saved#p-A.I.1.i")
        assert {item: one.value for item, one in stored(code, site).items()} == {ITEM: "Ya", second: "B"}

    def test_takes_an_answer_back(self, site: Site) -> None:
        code = started(site)
        kepala = site.visitor("kepala")
        answer(kepala, code, value="Ya")

        said = answer(kepala, code, value="", was="Ya")

        assert said.json()["figures"]["A.I.1.i.a"] == "0.00 / 0.25"
        assert stored(code, site)[ITEM].value is None

    def test_keeps_what_was_typed_where_it_is_wrong(self, site: Site) -> None:
        code = started(site)
        item = "A.II.1.i.a.a"
        fields = {f"was.{item}": "", f"was-note.{item}": "", f"value.{item}": "dua", f"note.{item}": "lihat SK"}

        seen = site.visitor("kepala").fill(f"/candidacies/{code}/lke/MP", {"layer": "unit", **fields})

        assert seen.status_code == 422
        assert 'value="dua"' in seen.text
        assert "lihat SK" in seen.text
        assert stored(code, site) == {}

    def test_is_refused_with_the_reason(self, site: Site) -> None:
        code = started(site)

        said = answer(site.visitor("tpi"), code, value="Ya")

        assert said.status_code == 409
        assert "pokja" in said.json()["problem"]
        assert stored(code, site) == {}

    def test_tells_a_script_that_it_is_signed_out(self, site: Site) -> None:
        code = started(site)
        kepala = site.visitor("kepala")
        key = kepala.form_key
        kepala.send("/sign-out")

        said = kepala.client.post(f"/candidacies/{code}/lke/MP", data={}, headers={**JSON, HEADER: key})

        assert said.status_code in (401, 403)
        assert said.json()["problem"]


class TestTwoPeople:
    """On one form they never write over each other silently: the second is told who and when, and chooses."""

    def test_the_second_is_told(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya", note="<b>SK</b>")

        said = answer(site.visitor("pokja"), code, value="Tidak", note="belum ada")

        assert said.status_code == 409
        assert "kepala@contoh.invalid" in said.json()["problem"]
        assert "<strong>Ya</strong> – &lt;b&gt;SK&lt;/b&gt;" in said.json()["clashes"][ITEM]
        assert (stored(code, site)[ITEM].value, stored(code, site)[ITEM].note) == ("Ya", "<b>SK</b>")

    def test_the_second_may_replace_it_knowing(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya")

        said = answer(site.visitor("pokja"), code, value="Tidak", now="Ya", now_note="", choose="mine")

        assert said.status_code == 200
        assert stored(code, site)[ITEM].value == "Tidak"
        assert stored(code, site)[ITEM].by == "pokja@contoh.invalid"

    def test_the_second_may_leave_it(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya")

        said = answer(site.visitor("pokja"), code, value="Tidak", now="Ya", now_note="", choose="theirs")

        assert said.json()["items"][ITEM]["value"] == "Ya"
        assert stored(code, site)[ITEM].by == "kepala@contoh.invalid"

    def test_a_third_change_meanwhile_asks_again(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya")
        answer(site.visitor("kepala"), code, value="", was="Ya")

        said = answer(site.visitor("pokja"), code, value="Tidak", now="Ya", now_note="", choose="mine")

        assert said.status_code == 409
        assert stored(code, site)[ITEM].value is None

    def test_the_same_answer_twice_is_no_clash(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya")

        assert answer(site.visitor("pokja"), code, value="Ya").status_code == 200

    def test_a_note_goes_beside_the_others_answer(self, site: Site) -> None:
        code = started(site)
        answer(site.visitor("kepala"), code, value="Ya")

        said = answer(site.visitor("pokja"), code, note="lihat SK 12")

        assert said.status_code == 200
        assert (stored(code, site)[ITEM].value, stored(code, site)[ITEM].note) == ("Ya", "lihat SK 12")

    def test_without_script_the_choice_stands_in_the_page(self, site: Site, opened: Opened) -> None:
        code = started(site)
        page = opened("pokja", f"/candidacies/{code}/lke/MP", script=False)
        answer(site.visitor("kepala"), code, value="Ya")

        page.locator(f'[name="value.{ITEM}"][value="Tidak"]').check()
        page.get_by_role("button", name="Simpan A.I.1.i", exact=True).click()
        assert "kepala@contoh.invalid" in page.locator(f'[data-clash="{ITEM}"]').inner_text()
        page.get_by_role("button", name="Simpan A.I.1.i", exact=True).click()
        assert stored(code, site)[ITEM].value == "Ya"  # no choice, nothing written over
        page.get_by_label("Ganti dengan isian saya").check()
        page.get_by_role("button", name="Simpan A.I.1.i", exact=True).click()

        page.get_by_role("status").first.wait_for()
        assert stored(code, site)[ITEM].value == "Tidak"
