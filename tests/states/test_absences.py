"""While somebody is away their deputy hears in their place, and from the day before something is due both do."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.absences import Absence, ToldFor
from models.agencies import Agency, AgencyKind
from models.database import bound_engine, reading, transaction
from models.errors import NotFound, Refused
from models.messages import Delivery, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind
from models.people import Person, Role
from models.stages import Stage
from notifications.compose import compose
from notifications.expand import expand_outbox
from notifications.parcel import load_parcels
from notifications.remind import plan_reminders
from states.absences import end_absence, list_absences, set_absence
from states.acknowledging import acknowledge
from states.corrections import correct
from states.cycles import Dated
from states.trail_reader import records_of
from tests.office import Office, rules_of
from tests.states.actions.plan import end, give_role
from tests.states.test_quieting import DUE, H1, H_1, H_3, H_7, H_14, put_off, remind, rungs, said
from tests.states.test_reminders import morning

CODE = "RSUD-2026"


@pytest.fixture
def papers(office: Office) -> Office:
    """Papers that the unit's head owes; the koordinators owe the stage."""
    office.calendar(Dated(Stage.UNIT_IDENTIFICATION, due=DUE))
    office.open(stage=Stage.UNIT_IDENTIFICATION)
    return office


@pytest.fixture
def both_papers(both_offices: Office) -> Office:
    both_offices.calendar(Dated(Stage.UNIT_IDENTIFICATION, due=DUE))
    both_offices.open(stage=Stage.UNIT_IDENTIFICATION)
    return both_offices


def leave(
    office: Office,
    name: str,
    deputy: str,
    *,
    since: date = H_14,
    until: date = H1,
    by: str | None = None,
    on: date = date(2026, 2, 3),
) -> int:
    return set_absence(
        f"{name}@contoh.invalid",
        since=since,
        until=until,
        deputy=f"{deputy}@contoh.invalid",
        note="cuti tahunan",
        actor=office.actor(by or name),
        now=morning(on),
    )


def bodies(name: str) -> list[str]:
    """All that somebody was told, in words."""
    with reading() as session:
        query = select(col(Delivery.id)).join(Person, col(Person.id) == col(Delivery.person_id))
        ids = list(session.execute(query.where(col(Person.email) == f"{name}@contoh.invalid")).scalars())
        letters = compose(session, load_parcels(session, ids), now=morning(H_14))
        return [letter.body for letter in letters.values() if letter]


class TestDeputy:
    """The deputy hears what is not urgent, with the name of who is away."""

    def test_the_deputy_hears_and_from_the_day_before_on_both_do(self, both_papers: Office) -> None:
        leave(both_papers, "kepala", "pokja")

        remind(H_14, H_7, H_3, H_1)

        both = ["H-1", "H-1"]  # the head's own papers, and the stage, which the koordinators owe
        assert rungs("pokja") == ["H-14", "H-7", "H-3", *both]
        assert rungs("kepala") == both
        assert said("kepala") == {"H-14": "H-1", "H-7": "H-1", "H-3": "H-1", "H-1": None}

    def test_the_message_names_who_is_away(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja")
        remind(H_14)

        (body,) = bodies("pokja")

        assert body.startswith("Atas nama Kepala, yang sedang tidak di tempat.")
        assert "Yang bertanggung jawab: Kepala" in body

    def test_a_koordinator_for_the_other_hears_it_once(self, papers: Office) -> None:
        leave(papers, "koordinator", "koordinator2")

        remind(H_14)

        assert rungs("koordinator2") == ["H-14"]
        assert bodies("koordinator2")[0].startswith("Atas nama Koordinator,")
        assert rungs("koordinator") == []

    def test_before_and_after_nobody_hears_in_their_place(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja", since=H_7, until=H_7)

        remind(H_14, H_7, H_3)

        assert (rungs("kepala"), rungs("pokja")) == (["H-14", "H-3"], ["H-7"])

    def test_back_early(self, papers: Office) -> None:
        number = leave(papers, "kepala", "pokja")
        remind(H_14)
        end_absence(number, actor=papers.actor("kepala"), now=morning(H_7))

        remind(H_7)

        assert (rungs("kepala"), rungs("pokja")) == (["H-7"], ["H-14"])

    def test_what_was_snoozed_is_kept_from_the_deputy_too(self, papers: Office) -> None:
        number = _papers_number()
        put_off(papers, H_14, H_3, by="kepala", number=number)
        leave(papers, "kepala", "pokja", since=H_7, on=H_14)

        remind(H_7)
        assert rungs("pokja") == []
        remind(H_3)

        assert rungs("pokja") == ["H-3"]

    def test_a_deputy_hears_and_may_do_no_more_than_before(self, papers: Office) -> None:
        leave(papers, "kepala", "koordinator")

        with pytest.raises(Refused) as refused:
            acknowledge(_papers_number(), actor=papers.actor("koordinator"), now=morning(H_14))

        assert rules_of(refused) == {"obligation_not_yours"}

    def test_other_notices_go_to_the_deputy_alone(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja")
        papers.now = morning(H_14)
        papers.finding(CODE)
        expand_outbox(now=papers.now)

        with reading() as session:
            names = session.execute(select(col(Person.name)).join(Delivery, col(Delivery.person_id) == col(Person.id)))
            assert set(names.scalars()) == {"Pokja"}
            assert session.execute(select(col(ToldFor.person_id))).scalar_one() == papers.actor("kepala").person_id

    def test_who_asks_for_a_correction_is_not_asked_in_the_place_of_another(self, office: Office) -> None:
        code = office.open()
        office.file_required(code, "select_unit")
        office.move(code, "select_unit")
        expand_outbox(now=office.now)
        leave(office, "koordinator2", "koordinator", since=date(2026, 2, 3))
        correct([code], reason="salah catat", actor=office.actor("koordinator"), now=morning(H_14))

        expand_outbox(now=morning(H_14))

        assert "koordinator2" in _asked_to_confirm()
        assert "koordinator" not in _asked_to_confirm()


class TestDeputyWhoCantHear:
    """One step and no further: then others in the role hear, then who stands in for it, and at last who is away."""

    def test_the_deputy_is_away_too(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja")
        leave(papers, "pokja", "tpi", on=date(2026, 2, 4))

        remind(H_14)

        assert [rungs(name) for name in ("kepala", "pokja", "tpi")] == [[], [], []]
        assert rungs("koordinator") == ["H-14", "H-14"]  # the stage, and the papers in the place of the head
        assert [body.startswith("Atas nama Kepala,") for body in bodies("koordinator")] in (
            [False, True],
            [True, False],
        )

    def test_the_deputy_has_no_role_any_more(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja")
        papers.now = morning(H_7)
        end(papers, "pokja", Role.POKJA, unit="RSUD")

        remind(H_7)

        assert (rungs("pokja"), rungs("koordinator")) == ([], ["H-7", "H-7"])

    def test_another_in_the_same_role_hears_alone(self, papers: Office) -> None:
        leave(papers, "koordinator2", "tpi")
        leave(papers, "tpi", "tpi2", on=date(2026, 2, 4))

        remind(H_14)

        assert [rungs(name) for name in ("koordinator", "koordinator2", "tpi", "tpi2")] == [["H-14"], [], [], []]

    def test_where_nobody_is_left_those_who_are_away_hear(self, papers: Office) -> None:
        for name, deputy in (("koordinator", "tpi"), ("koordinator2", "tpi"), ("admin", "tpi")):
            leave(papers, name, deputy, by="admin")
        leave(papers, "tpi", "tpi2", on=date(2026, 2, 4))

        remind(H_14)

        assert [rungs(name) for name in ("koordinator", "koordinator2", "admin")] == [["H-14"], ["H-14"], []]


class TestDryRun:
    """It names whom the run tells, through an absence within an absence."""

    def test_each_day(self, both_papers: Office) -> None:
        leave(both_papers, "kepala", "pokja", since=H_7)
        leave(both_papers, "pokja", "tpi", since=H_3, until=H_3, on=date(2026, 2, 4))
        leave(both_papers, "koordinator", "koordinator2", since=H_3, until=H_1, on=date(2026, 2, 4))
        for day in (H_14 + timedelta(days=number) for number in range(30)):
            kinds = {"stage", "documents"}
            planned = {one.message_id for one in plan_reminders(now=morning(day)) if one.kind in kinds}
            before = _message_ids()

            remind(day)

            assert _message_ids() - before == planned, day


class TestQueries:
    """As many for many obligations as for one, whoever is away and whatever was put off."""

    def test_a_second_candidacy_takes_no_more(self, papers: Office) -> None:
        leave(papers, "kepala", "pokja")
        leave(papers, "koordinator", "koordinator2", since=H_7, on=date(2026, 2, 4))
        put_off(papers, H_14, H_3, by="kepala", number=_papers_number())
        papers.now = morning(H_14)
        one = _queries(lambda: remind(H_7))
        papers.open(unit="DINAS", stage=Stage.UNIT_IDENTIFICATION, since=date(2026, 2, 2))

        assert _queries(lambda: remind(H_3)) <= one + 2  # the snooze that is over is said besides


class TestSetting:
    """By the person, their koordinator or an admin; with a deputy of the same agency who is there; no two at once."""

    @pytest.mark.parametrize("by", ["kepala", "koordinator", "admin"])
    def test_who_may(self, papers: Office, by: str) -> None:
        leave(papers, "kepala", "pokja", by=by)

        with reading() as session:
            (one,) = list_absences(session, "kepala@contoh.invalid", now=morning(H_14))
        assert (one.deputy.name, one.row.since, one.row.until, one.row.note) == ("Pokja", H_14, H1, "cuti tahunan")

    @pytest.mark.parametrize("by", ["pokja", "tpi", "auditor", "pimpinan"])
    def test_others_may_not(self, papers: Office, by: str) -> None:
        with pytest.raises(Refused) as refused:
            leave(papers, "kepala", "pokja", by=by)

        assert rules_of(refused) == {"role_needed"}

    def test_the_days_have_an_order_and_an_end_to_come(self, papers: Office) -> None:
        for since, until in ((H_7, H_14), (date(2026, 1, 5), date(2026, 1, 9))):
            with pytest.raises(Refused) as refused:
                leave(papers, "kepala", "pokja", since=since, until=until)
            assert rules_of(refused) == {"absence_days"}

    @pytest.mark.parametrize(("since", "until"), [(H1, H1 + timedelta(days=9)), (H_7, H_7), (DUE, date(2026, 3, 9))])
    def test_two_at_once_are_refused(self, papers: Office, since: date, until: date) -> None:
        leave(papers, "kepala", "pokja")

        with pytest.raises(Refused) as refused:
            leave(papers, "kepala", "koordinator", since=since, until=until)

        assert rules_of(refused) == {"absence_overlaps"}

    def test_one_that_was_ended_leaves_room(self, papers: Office) -> None:
        end_absence(leave(papers, "kepala", "pokja"), actor=papers.actor("kepala"), now=morning(H_14))

        leave(papers, "kepala", "koordinator", on=H_14)

    def test_a_deputy_is_somebody_else_of_the_agency_who_is_there(self, papers: Office) -> None:
        _stranger(papers)
        leave(papers, "tpi", "tpi2")

        for deputy, rule in (("kepala", "deputy_same"), ("tpi", "deputy_away"), ("asing", "deputy_elsewhere")):
            with pytest.raises(Refused) as refused:
                leave(papers, "kepala", deputy, on=date(2026, 2, 4))
            assert rules_of(refused) == {rule}

    def test_who_is_unknown(self, papers: Office) -> None:
        with pytest.raises(NotFound):
            leave(papers, "kepala", "nobody")

    def test_ending_what_is_over_and_what_is_not_there(self, papers: Office) -> None:
        number = leave(papers, "kepala", "pokja")

        with pytest.raises(Refused) as refused:
            end_absence(number, actor=papers.actor("kepala"), now=morning(H1 + timedelta(days=1)))
        with pytest.raises(NotFound):
            end_absence(99, actor=papers.actor("kepala"), now=morning(H1))

        assert rules_of(refused) == {"absence_over"}

    def test_the_trail_has_both_and_the_note_beside_them(self, papers: Office) -> None:
        number = leave(papers, "kepala", "pokja")
        end_absence(number, actor=papers.actor("koordinator"), now=morning(H_14))

        person, deputy = (papers.actor(name).person_id for name in ("kepala", "pokja"))
        with reading() as session:
            records = records_of(session, f"person:{person}")[-2:]
        assert [(one["action"], one["texts"]) for one in records] == [
            ("absence_set", {"note": "cuti tahunan"}),
            ("absence_ended", {}),
        ]
        assert records[0]["details"] == {
            "absence": number,
            "since": "2026-02-13",
            "until": "2026-03-02",
            "deputy": f"person:{deputy}",
        }
        with reading() as session:
            assert session.execute(select(Absence)).scalar_one().ended_by == papers.actor("koordinator").person_id


def _asked_to_confirm() -> set[str]:
    query = (
        select(col(Person.email))
        .join(Delivery, col(Delivery.person_id) == col(Person.id))
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .where(col(OutboxMessage.kind) == Notice.CORRECTION)
    )
    with reading() as session:
        return {email.partition("@")[0] for email in session.execute(query).scalars()}


def _queries(work: Callable[[], None]) -> int:
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(bound_engine(), "before_cursor_execute", see)
    work()
    event.remove(bound_engine(), "before_cursor_execute", see)
    return len(seen)


def _papers_number() -> int:
    with reading() as session:
        query = select(col(Obligation.id)).where(col(Obligation.kind) == ObligationKind.DOCUMENTS)
        number: int = session.execute(query).scalar_one()
        return number


def _message_ids() -> set[str]:
    with reading() as session:
        return set(session.execute(select(col(Delivery.message_id))).scalars())


def _stranger(office: Office) -> None:
    """Somebody of another agency."""
    with transaction() as session:
        session.add(Agency(code="LAIN", name="Lain", kind=AgencyKind.KABKOTA, zone="Asia/Jakarta"))
    give_role(office, "asing", Role.TPI, agency="LAIN")
