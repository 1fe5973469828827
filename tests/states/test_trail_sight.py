import ast
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.database import reading
from models.errors import NotFound
from models.people import Role
from states.people import Grant, grant_role
from states.trail_search import ACTIONS, Wanted, find_all, find_page, trail_size
from states.trail_sight import find_record
from tests.neighbours import Neighbour
from tests.office import TODAY, Office

ROOT = Path(__file__).parents[2]
FOLDERS = ("models", "states", "notifications", "web", "zi")
ACTION = re.compile(r"[a-z]+(_[a-z]+)*_([a-z]*ed|set|taken)|moved|corrected|refused|exported")
SAYING = {"because", "Obstacle", "NotFound", "BadInput", "UsageError", "StorageFailed", "writing", "say", "get"}
NO_ACTIONS = {"counts_wanted", "due_dates_moved", "reminders_moved", "unit_moved"}


def read_by(office: Office, name: str, **wanted: object) -> list[dict[str, object]]:
    with reading() as session:
        return list(find_page(session, Wanted(**wanted), actor=office.actor(name)).records)  # type: ignore[arg-type]


def subjects(office: Office, name: str) -> set[str]:
    with reading() as session:
        size = trail_size(session)
    return {str(one["subject"]) for one, _ in find_all(Wanted(), actor=office.actor(name), below=size)}


def person(office: Office, name: str) -> str:
    return f"person:{office.actor(name).person_id}"


def recorded() -> set[str]:
    """What the code records: words that look like an action, in modules that write to the trail, but for those that
    name something else to the function that takes them."""
    found: set[str] = set()
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        if "Pending(" not in (text := path.read_text(encoding="utf-8")):
            continue
        tree = ast.parse(text)
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        others = [argument for call in calls if _called(call) in SAYING for argument in call.args]
        skipped = {id(node) for argument in others for node in ast.walk(argument)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
            if ACTION.fullmatch(node.value)
        }
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class TestWhoReadsWhat:
    """An admin all; koordinator and auditor what is about their agency; others the candidacies that they see, and
    themselves. Of another agency nobody reads a thing."""

    def test_an_admin_reads_everything(self, both_offices: Office) -> None:
        office, other = both_offices, Neighbour.moved_in(both_offices)
        code = office.open()

        seen = subjects(office, "admin")

        assert {f"candidacy:{code}", f"candidacy:{other.code}", person(office, "tetangga")} <= seen
        assert {"cycle:TETANGGA-2026", "cycle:CONTOH-2026", person(office, "admin")} <= seen

    @pytest.mark.parametrize("who", ["koordinator", "auditor"])
    def test_those_who_follow_an_agency_read_what_is_about_it(self, both_offices: Office, who: str) -> None:
        office, other = both_offices, Neighbour.moved_in(both_offices)
        code = office.open()

        seen = subjects(office, who)

        assert {f"candidacy:{code}", "cycle:CONTOH-2026", person(office, "kepala")} <= seen
        assert not seen & {f"candidacy:{other.code}", "cycle:TETANGGA-2026", person(office, "tetangga")}
        assert person(office, "admin") not in seen

    def test_a_units_people_read_their_candidacies_and_themselves(self, both_offices: Office) -> None:
        office, other = both_offices, Neighbour.moved_in(both_offices)
        code, beside = office.open(), office.open(unit="DINAS")

        seen = subjects(office, "kepala")

        assert seen == {f"candidacy:{code}", person(office, "kepala")}
        assert not seen & {f"candidacy:{beside}", f"candidacy:{other.code}"}

    def test_who_works_in_two_agencies_is_read_by_the_admin_alone(self, both_offices: Office) -> None:
        office = both_offices
        Neighbour.moved_in(office)
        both = Grant("kepala@contoh.invalid", Role.VIEWER, agency="TETANGGA", since=date(2024, 1, 1))
        grant_role(both, actor=office.actor("admin"), now=office.now)

        assert person(office, "kepala") not in subjects(office, "koordinator")
        assert person(office, "kepala") not in subjects(office, "tetangga")
        assert person(office, "kepala") in subjects(office, "admin")

    def test_one_record_of_another_agency_is_as_if_it_was_not_there(self, both_offices: Office) -> None:
        office, other = both_offices, Neighbour.moved_in(both_offices)
        theirs = read_by(office, "tetangga", subject=other.code)[0]["seq"]

        for name, seq in (("koordinator", theirs), ("kepala", theirs), ("admin", 10_000), ("admin", -1)):
            with reading() as session, pytest.raises(NotFound):
                find_record(session, seq, actor=office.actor(name))  # type: ignore[arg-type]


class TestFinding:
    """All that is asked for has to hold; a page is by number, newest first."""

    def test_by_what_it_is_about(self, both_offices: Office) -> None:
        code = both_offices.open()

        for asked in (code, code.lower(), f"candidacy:{code}", f"Candidacy:{code.lower()}"):
            assert {one["subject"] for one in read_by(both_offices, "auditor", subject=asked)} == {f"candidacy:{code}"}

    def test_by_whom_and_what(self, both_offices: Office) -> None:
        both_offices.open()

        mine = read_by(both_offices, "auditor", actor="koordinator@contoh.invalid", action="candidacy_opened")

        assert [one["actor"] for one in mine] == ["koordinator@contoh.invalid"]
        assert read_by(both_offices, "auditor", actor="kepala@contoh.invalid", action="candidacy_opened") == []
        assert read_by(both_offices, "auditor", actor="nobody@contoh.invalid") == []

    def test_by_days_of_jakarta(self, both_offices: Office) -> None:
        office = both_offices
        office.days_later(3)
        code = office.open()  # 5 February, 09:00 in Jakarta
        there = {"subject": code, "action": "candidacy_opened"}
        day = TODAY + timedelta(days=3)

        assert len(read_by(office, "auditor", first=day, last=day, **there)) == 1
        assert read_by(office, "auditor", last=day - timedelta(days=1), **there) == []
        assert read_by(office, "auditor", first=day + timedelta(days=1), **there) == []

    def test_pages_have_every_record_once(self, both_offices: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        both_offices.open()
        monkeypatch.setattr("states.trail_search.PAGE", 3)
        monkeypatch.setattr("states.trail_search.PIECE", 4)
        admin = both_offices.actor("admin")

        seen: list[int] = []
        before: int | None = None
        with reading() as session:
            size = trail_size(session)
            while True:
                page = find_page(session, Wanted(), actor=admin, before=before)
                seen += [one["seq"] for one in page.records]
                before = page.before
                if before is None:
                    break

        assert seen == list(reversed(range(size)))
        assert [one["seq"] for one, _ in find_all(Wanted(), actor=admin, below=size)] == list(range(size))

    def test_everything_that_is_recorded_can_be_asked_for(self) -> None:
        assert recorded() - NO_ACTIONS == set(ACTIONS) & recorded()
        assert len(recorded()) > 60

    def test_everything_that_can_be_asked_for_has_words(self) -> None:
        from models.catalogue import LANGUAGES, catalogue

        for language in LANGUAGES:
            wordless = [one for one in ACTIONS if catalogue(language).gettext(key := f"trail_action.{one}") == key]
            assert wordless == []
