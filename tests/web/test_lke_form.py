"""The LKE in the pages: read by all, written by who may, and never over somebody else's answer."""

from models.database import reading
from models.lke import Layer
from models.stages import Stage
from states.lke.sheet import Said, load_sheet
from states.lookups import find
from tests.office import NOW
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


def answer(visitor: Visitor, code: str, **fields: str) -> object:
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

    def test_leads_from_a_question_to_its_place(self, site: Site) -> None:
        code = started(site)

        seen = site.visitor("kepala").get(f"/candidacies/{code}/lke/b.i.a?layer=unit")

        assert seen.headers["location"] == f"/candidacies/{code}/lke/hasil?layer=unit#q-B.I.a"
        assert site.visitor("kepala").get(f"/candidacies/{code}/lke/tidakada").status_code == 404
