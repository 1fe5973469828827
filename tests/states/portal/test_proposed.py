"""Name and affirmative clause stay as they were proposed: PortalRB begins its review anew when one of them changes."""

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import reading, transaction
from models.stages import Stage
from states.corrections import correct
from states.documents import Content
from states.lookups import find
from states.portal.proposed import Proposed, keep_proposed, proposed_units
from states.waivers import confirm_waiver, request_waiver
from tests.office import Office
from tests.portals import id_of, proposed, rename


def listed(office: Office) -> dict[str, Proposed]:
    with reading() as session:
        return {one.unit.code: one for one in proposed_units(session, find(session, Cycle, office.cycle))}


def keep(office: Office, code: str) -> None:
    with transaction() as session:
        keep_proposed(session, [id_of(code)], now=office.now)


def ready(office: Office) -> str:
    code = office.open(stage=Stage.TPI_ASSESSMENT)
    office.file(code, "sk_penetapan_unit")
    office.file_required(code, "propose")
    return code


def waive(office: Office, code: str) -> None:
    content = Content(url="https://berkas.contoh.invalid/afirmasi")
    request_waiver(code, "afirmasi", reason="RSUD", content=content, actor=office.actor("koordinator"), now=office.now)
    confirm_waiver(code, "afirmasi", actor=office.actor("pimpinan"), now=office.now)


class TestKept:
    """With the proposal; a corrected one and its name are forgotten together."""

    def test_when_a_unit_is_proposed(self, office: Office) -> None:
        code = ready(office)
        assert listed(office) == {}
        waive(office, code)

        office.move(code, "propose")
        rename("RSUD", "RSUD Baru")

        assert (listed(office)["RSUD"].name, listed(office)["RSUD"].affirmative) == ("RSUD Contoh", True)

    def test_anew_when_it_is_proposed_again_after_a_correction(self, office: Office) -> None:
        code = ready(office)
        office.move(code, "propose")
        for who in ("koordinator", "koordinator2"):
            correct([code], reason="salah nama", actor=office.actor(who), now=office.now)
        rename("RSUD", "RSUD Baru")
        assert listed(office) == {}

        office.move(code, "propose")

        assert listed(office)["RSUD"].name == "RSUD Baru"

    def test_through_all_steps_of_submission(self, office: Office) -> None:
        code = proposed(office)
        keep(office, code)
        rename("RSUD", "RSUD Baru")

        office.move(code, "pass_administrative", effective_on=office.now.date())
        keep(office, code)

        assert listed(office)["RSUD"].name == "RSUD Contoh"

    def test_once_however_often_it_is_kept(self, both_offices: Office) -> None:
        code = proposed(both_offices)
        keep(both_offices, code)
        rename("RSUD", "RSUD Baru")

        keep(both_offices, code)

        assert listed(both_offices)["RSUD"].name == "RSUD Contoh"

    def test_a_clause_confirmed_later_changes_nothing(self, office: Office) -> None:
        code = proposed(office)
        keep(office, code)

        waive(office, code)

        assert not listed(office)["RSUD"].affirmative
        assert listed(office)["RSUD"].waived


class TestProposed:
    """Units in a step of submission, and no others."""

    def test_of_another_stage_they_are_not_there(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        code = proposed(office, "DINAS")
        assert list(listed(office)) == ["DINAS"]

        office.move(code, "not_designated", reason="belum")

        assert listed(office) == {}
        with reading() as session:
            assert find(session, Candidacy, code).stage is Stage.COACHING
