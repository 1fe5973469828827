"""Two people on one form: what one of them opened before the other saved is not written over."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from models.candidacies import Candidacy
from models.database import reading
from models.errors import Refused
from models.lke import Layer
from models.stages import Stage
from states.lke.answers import Given, Opened, mark_of, record_answers
from states.lke.stored import answer_rows
from states.lookups import find
from states.trail_reader import records_of
from tests.office import Office

ITEM = "A.I.1.i.a"
BLANK = Opened(None, "")


def save(office: Office, code: str, who: str, one: Given) -> None:
    record_answers(code, Layer.UNIT, [one], actor=office.actor(who), now=office.now)


def stored(code: str) -> dict[str, str | None]:
    with reading() as session:
        return {
            item: row.value for item, row in answer_rows(session, find(session, Candidacy, code).id, Layer.UNIT).items()
        }


class TestAnsweredMeanwhile:
    """A part of an answer that changed since it was opened is refused, with who and when; nothing else is kept."""

    def test_names_who_and_when_and_keeps_nothing(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        save(office, code, "kepala", Given(ITEM, "Ya"))

        with pytest.raises(Refused) as refused:
            given = [Given(ITEM, "Tidak", opened=BLANK), Given("A.I.1.i.b", "A", opened=BLANK)]
            record_answers(code, Layer.UNIT, given, actor=office.actor("pokja"), now=office.now)

        (one,) = refused.value.refusals
        assert one.obstacle.rule == "answered_meanwhile"
        assert one.obstacle.params["item"] == ITEM
        assert one.obstacle.params["email"] == "kepala@contoh.invalid"
        assert stored(code) == {ITEM: "Ya"}

    def test_leaves_names_out_of_the_trail(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        save(office, code, "kepala", Given(ITEM, "Ya"))
        with pytest.raises(Refused):
            save(office, code, "pokja", Given(ITEM, "Tidak", opened=BLANK))

        with reading() as session:
            last = records_of(session, f"candidacy:{code}")[-1]

        assert last["rule"] == "answered_meanwhile"
        assert "kepala@" not in str(last["details"])

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            (Given(ITEM, "Ya", opened=BLANK), "Ya"),  # both mean the same
            (Given(ITEM, "Tidak", opened=Opened("Ya", "")), "Tidak"),  # it was seen
            (Given(ITEM, note="lihat SK", opened=BLANK), "Ya"),  # another part of it
            (Given(ITEM, "Tidak"), "Tidak"),  # files and commands say what is to stand
        ],
    )
    def test_is_no_clash(self, office: Office, given: Given, kept: str) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        save(office, code, "kepala", Given(ITEM, "Ya"))

        save(office, code, "pokja", given)

        assert stored(code)[ITEM] == kept

    def test_holds_for_notes(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        save(office, code, "kepala", Given(ITEM, "Ya", note="SK 12"))

        with pytest.raises(Refused):
            save(office, code, "pokja", Given(ITEM, note="SK 13", opened=Opened("Ya", "")))
        save(office, code, "pokja", Given(ITEM, note="SK 13", opened=Opened("Ya", mark_of("SK 12"))))

        assert stored(code)[ITEM] == "Ya"

    def test_one_of_two_at_the_same_moment_is_refused(self, both_offices: Office) -> None:
        code = both_offices.open(stage=Stage.SELF_ASSESSMENT)
        people = {"kepala": "Ya", "pokja": "Tidak"}
        for who in people:
            both_offices.actor(who)
        go = Barrier(len(people))

        def race(item: str, who: str) -> str:
            go.wait()
            try:
                save(both_offices, code, who, Given(item, people[who], opened=BLANK))
            except Refused as refused:
                return refused.refusals[0].obstacle.rule
            return "saved"

        with ThreadPoolExecutor(len(people)) as pool:
            for item in (ITEM, "A.I.1.ii.a", "A.I.3.i.a"):
                said = dict(zip(people, pool.map(lambda who, item=item: race(item, who), people), strict=True))
                assert sorted(said.values()) == ["answered_meanwhile", "saved"], item
                (winner,) = [who for who, one in said.items() if one == "saved"]
                assert stored(code)[item] == people[winner]
