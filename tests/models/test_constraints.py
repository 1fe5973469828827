"""What the database itself refuses, whoever writes to it: the last guard below every service."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Enum, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, SQLModel, col

from models import tables
from models.agencies import Unit
from models.candidacies import Candidacy
from models.runs import Run
from models.stages import CLOSED, OPEN, Stage
from models.tables import metadata
from tests.lasting import NAMES, lasting_database, lasting_session, taken_back

NOON = datetime(2026, 2, 2, 12, 0, tzinfo=UTC)
DAY = date(2026, 2, 2)
MORNING, NIGHT = time(7, 30), time(21, 0)

SEED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("agency", {"code": "CONTOH", "name": "Contoh", "kind": "kabkota", "zone": "Asia/Jakarta"}),
    ("unit", {"code": "RSUD", "name": "RSUD", "agency_id": 1}),
    ("unit", {"code": "DINAS", "name": "Dinas", "agency_id": 1}),
    ("person", {"email": "a@contoh.invalid", "name": "A"}),
    ("person", {"email": "b@contoh.invalid", "name": "B"}),
    (
        "cycle",
        {"code": "C-1", "agency_id": 1, "year": 2026, "ruleset": "r", "ruleset_hash": "h", "route": "tpn"},
    ),
    ("candidacy", {"code": "RSUD-1", "unit_id": 1, "cycle_id": 1, "target": "WBK", "stage": "tpi_assessment"}),
    (
        "stage_entry",
        {
            "candidacy_id": 1,
            "number": 0,
            "stage": "tpi_assessment",
            "move": "open",
            "entered_on": DAY,
            "entered_at": NOON,
            "recorded_by": 1,
        },
    ),
    ("account", {"person_id": 1, "password_hash": "h", "must_change": False, "changed_at": NOON}),
    ("monev_round", {"agency_id": 1, "year": 2026, "quarter": 1, "taken_at": NOON, "rows_hash": "h"}),
    ("document", {"kind": "lhe", "candidacy_id": 1, "url": "https://x.invalid", "added_by": 1, "added_at": NOON}),
    (
        "obligation",
        {"candidacy_id": 1, "entry_id": 1, "kind": "stage", "owed_by": "tpi", "opened_at": NOON},
    ),
    (
        "outbox_message",
        {"kind": "moved", "subject": "entry:1", "candidacy_id": 1, "roles": "tpi", "queued_at": NOON},
    ),
)
"""One row of everything that others lean on; each has the number 1 of its table."""

LINK = "https://x.invalid"

GOOD: dict[str, dict[str, Any]] = {
    "account": {"person_id": 2, "password_hash": "h", "must_change": True, "changed_at": NOON},
    "web_session": {"account_id": 1, "token_hash": "0" * 64, "agent": "a", "began_at": NOON, "seen_at": NOON},
    "answer": {
        "candidacy_id": 1,
        "layer": "tpi",
        "item": "A.I.1.i.a",
        "value": "Ya",
        "answered_by": 1,
        "answered_at": NOON,
    },
    "evidence": {"candidacy_id": 1, "question": "A.I.1.i.a", "url": LINK, "added_by": 1, "received_at": NOON},
    "layer_summary": {
        "candidacy_id": 1,
        "layer": "tpi",
        "answered": 1,
        "total": "0.2500",
        "missing_evidence": 0,
        "changed_at": NOON,
    },
    "lke_snapshot": {"candidacy_id": 1, "entry_id": 1, "content": "{}", "hash": "h", "taken_at": NOON},
    "wording": {"cycle_id": 1, "item": "A.I.1.i.a", "text": "x"},
    "absence": {"person_id": 1, "since": DAY, "until": DAY, "deputy_id": 2, "set_by": 1, "set_at": NOON},
    "acknowledgement": {"obligation_id": 1, "person_id": 1, "due_on": DAY, "at": NOON},
    "action_item": {"candidacy_id": 1, "area": "1", "activity": "rapat", "target_on": DAY},
    "agency": {"code": "LAIN", "name": "Lain", "kind": "kl", "zone": "Asia/Jakarta"},
    "candidacy": {"code": "DINAS-1", "unit_id": 2, "cycle_id": 1, "target": "WBBM", "stage": "pencanangan"},
    "channel": {"person_id": 1, "sealed_url": b"x", "masked_url": "json://...", "added_at": NOON},
    "closure": {"agency_id": 1, "day": DAY, "name": "HUT", "added_by": 1, "added_at": NOON},
    "correction": {"candidacy_id": 1, "entry_id": 1, "reason": "r", "requested_by": 1, "requested_at": NOON},
    "cycle": {"code": "C-2", "agency_id": 1, "year": 2027, "ruleset": "r", "ruleset_hash": "h", "route": "own"},
    "cycle_date": {"cycle_id": 1, "stage": "pencanangan", "due": DAY},
    "cycle_ladder": {"cycle_id": 1, "kind": "proposal", "rungs": "H-14 H"},
    "cycle_window": {
        "cycle_id": 1,
        "kind": "objection",
        "opens": DAY,
        "closes": DAY,
        "made_at": NOON,
        "set_at": NOON,
    },
    "delivery": {
        "message_id": "m",
        "outbox_id": 1,
        "person_id": 1,
        "route": "mail",
        "next_try_at": NOON,
        "queued_at": NOON,
    },
    "document": {"kind": "lhe", "unit_id": 1, "file_hash": "h", "added_by": 1, "added_at": NOON},
    "fact": {"unit_id": 1, "kind": "sakip", "value": "A", "dated_on": DAY},
    "portal_token": {"agency_id": 1, "token_hash": "0" * 64, "made_by": 1, "made_at": NOON},
    "portal_agency": {"agency_id": 1, "wbbm": True, "set_by": 1, "set_at": NOON},
    "proposed_unit": {"candidacy_id": 1, "entry_id": 1, "name": "RSUD", "affirmative": False, "kept_at": NOON},
    "evidence_links": {"candidacy_id": 1, "generation": 2, "changed_by": 1, "changed_at": NOON},
    "checkpoint_key": {"number": 0, "vkey": "k", "origin": "first", "from_size": 0, "made_at": NOON},
    "checkpoint": {"size": 1, "root": "0" * 64, "note": "n", "key_number": 0, "made_at": NOON},
    "feed": {"person_id": 1, "unit_id": 1, "token_hash": "0" * 64, "made_at": NOON},
    "finding": {
        "candidacy_id": 1,
        "entry_id": 1,
        "origin": "tpi",
        "rule": "tpi",
        "item": "1",
        "severity": "warning",
        "owner": "tpi",
        "text": "x",
        "opened_at": NOON,
    },
    "membership": {"person_id": 1, "role": "tpi", "agency_id": 1, "since": DAY},
    "obligation": {
        "candidacy_id": 1,
        "entry_id": 1,
        "kind": "documents",
        "item": "tpi",
        "owed_by": "tpi",
        "opened_at": NOON,
    },
    "monev_round": {"agency_id": 1, "year": 2026, "quarter": 2, "taken_at": NOON, "rows_hash": "h"},
    "round_row": {
        "round_id": 1,
        "candidacy_id": 1,
        "stage": "tpi_assessment",
        "target": "WBK",
        "entered_on": DAY,
        "days_in_stage": 0,
        "days_late": 0,
        "items": 127,
        "unit_answered": 127,
        "tpi_answered": 0,
        "areas": "{}",
        "evidence": 0,
        "evidence_accepted": 0,
        "evidence_rejected": 0,
        "open_info": 0,
        "open_warning": 0,
        "open_critical": 0,
    },
    "outbox_message": {
        "kind": "due",
        "subject": "obligation:1",
        "candidacy_id": 1,
        "obligation_id": 1,
        "due_on": DAY,
        "rung": "H",
        "roles": "tpi",
        "queued_at": NOON,
    },
    "person": {"email": "c@contoh.invalid", "name": "C"},
    "predicate": {"unit_id": 1, "level": "WBK", "decreed_on": DAY},
    "predicate_report": {
        "unit_id": 1,
        "level": "WBK",
        "reported_on": DAY,
        "still_meets": True,
        "recorded_by": 1,
        "recorded_at": NOON,
    },
    "preference": {"person_id": 1},
    "preference_kind": {"person_id": 1, "kind": "moved", "mode": "weekly"},
    "run": {"flow": "remind", "started_at": NOON},
    "said": {"obligation_id": 1, "due_on": DAY, "rung": "H", "person_id": 1, "message_id": "m", "at": NOON},
    "snooze": {
        "obligation_id": 1,
        "person_id": 1,
        "due_on": DAY,
        "until": DAY + timedelta(days=1),
        "ends_at": NOON + timedelta(hours=5),
        "at": NOON,
    },
    "told_for": {"message_id": "m", "person_id": 1},
    "stage_entry": {
        "candidacy_id": 1,
        "number": 1,
        "stage": "pencanangan",
        "move": "open",
        "entered_on": DAY,
        "entered_at": NOON,
        "left_on": DAY,
        "left_at": NOON,
        "recorded_by": 1,
    },
    "summary": {"agency_id": 1, "period": "2026-02", "made_at": NOON, "content": "{}"},
    "unit": {"code": "LAIN", "name": "Lain", "agency_id": 1},
    "text_erasure": {"seq": 1, "field": "reason", "reason": "r", "requested_by": 1, "requested_at": NOON},
    "waiver": {
        "candidacy_id": 1,
        "kind": "afirmasi",
        "reason": "r",
        "document_id": 1,
        "requested_by": 1,
        "requested_at": NOON,
    },
    "witness": {"person_id": 1, "added_by": 1, "added_at": NOON},
}
"""One more row of each table, that is let in."""

# Table, what differs from the good row, and the constraint that says no.
REFUSED = [
    ("absence", {"until": DAY - timedelta(days=1)}, "ck_absence_ends_after_start"),
    ("absence", {"deputy_id": 1}, "ck_absence_deputy_is_another"),
    ("absence", {"ended_at": NOON}, "ck_absence_ended_by_somebody"),
    ("absence", {"ended_by": 1}, "ck_absence_ended_by_somebody"),
    ("acknowledgement", {"obligation_id": 99}, "fk_acknowledgement_obligation_id_obligation"),
    ("action_item", {"progress": 101}, "ck_action_item_progress_is_percent"),
    ("action_item", {"progress": -1}, "ck_action_item_progress_is_percent"),
    ("action_item", {"progress": 99, "done_on": DAY}, "ck_action_item_done_is_whole"),
    ("action_item", {"evidence_hash": "h", "evidence_url": LINK}, "ck_action_item_file_or_link"),
    ("action_item", {"dropped_at": NOON, "dropped_by": 1}, "ck_action_item_dropped_wholly"),
    ("action_item", {"drop_reason": "r"}, "ck_action_item_dropped_wholly"),
    ("action_item", {"dropped_by": 1}, "ck_action_item_dropped_wholly"),
    ("account", {"person_id": 1}, "uq_account_person_id"),
    ("account", {"failures": -1}, "ck_account_failures_count_up"),
    ("web_session", {"token_hash": "the token itself"}, "ck_web_session_token_is_hashed"),
    ("agency", {"code": "lain"}, "ck_agency_code_is_upper_case"),
    ("agency", {"code": ""}, "ck_agency_code_is_upper_case"),
    ("agency", {"code": "CONTOH"}, "uq_agency_code"),
    ("candidacy", {"unit_id": 1}, "uq_candidacy_open_unit"),
    ("candidacy", {"code": "RSUD-1"}, "uq_candidacy_code"),
    ("candidacy", {"code": "dinas-1"}, "ck_candidacy_code_is_upper_case"),
    ("candidacy", {"version": -1}, "ck_candidacy_version_counts_up"),
    ("candidacy", {"unit_id": 99}, "fk_candidacy_unit_id_unit"),
    ("checkpoint", {"size": -1}, "ck_checkpoint_size_counts_up"),
    ("checkpoint", {"root": "00"}, "ck_checkpoint_root_is_a_digest"),
    ("checkpoint_key", {"number": -1}, "ck_checkpoint_key_number_counts_up"),
    ("checkpoint_key", {"statement": "s"}, "ck_checkpoint_key_rotation_is_signed"),
    ("checkpoint_key", {"origin": "rotated"}, "ck_checkpoint_key_rotation_is_signed"),
    ("correction", {"confirmed_by": 1, "confirmed_at": NOON}, "ck_correction_second_person"),
    ("cycle", {"year": 2026}, "uq_cycle_agency_id_year"),
    ("cycle", {"code": "c-2"}, "ck_cycle_code_is_upper_case"),
    ("cycle_date", {"working_days": 5}, "ck_cycle_date_day_or_working_days"),
    ("cycle_date", {"due": None}, "ck_cycle_date_day_or_working_days"),
    ("cycle_date", {"due": None, "working_days": 0}, "ck_cycle_date_working_days_positive"),
    ("delivery", {"state": "sent"}, "ck_delivery_sent_with_time"),
    ("delivery", {"sent_at": NOON}, "ck_delivery_sent_with_time"),
    ("delivery", {"state": "digested"}, "ck_delivery_digested_in_one"),
    ("delivery", {"digest_id": 1}, "ck_delivery_digested_in_one"),
    ("document", {"candidacy_id": 1}, "ck_document_one_scope"),
    ("document", {"agency_id": 1, "cycle_id": 1, "unit_id": None}, "ck_document_one_scope"),
    ("document", {"unit_id": None}, "ck_document_one_scope"),
    ("document", {"url": "https://x.invalid"}, "ck_document_file_or_link"),
    ("document", {"file_hash": None}, "ck_document_file_or_link"),
    ("document", {"withdrawn_at": NOON}, "ck_document_withdrawn_wholly"),
    ("document", {"withdrawn_by": 1}, "ck_document_withdrawn_wholly"),
    ("evidence", {"url": None}, "ck_evidence_file_or_link"),
    ("evidence", {"file_hash": "h", "media_type": "application/pdf"}, "ck_evidence_file_or_link"),
    ("evidence", {"url": None, "file_hash": "h"}, "ck_evidence_file_has_type"),
    ("evidence", {"effective_on": DAY, "valid_until": DAY - timedelta(days=1)}, "ck_evidence_valid_after"),
    ("evidence", {"reviewed_at": NOON}, "ck_evidence_reviewed_wholly"),
    ("evidence", {"state": "accepted"}, "ck_evidence_review_has_reviewer"),
    ("evidence", {"state": "rejected", "reviewed_at": NOON, "reviewed_by": 1}, "ck_evidence_rejected_with_reason"),
    ("evidence", {"version": 0}, "ck_evidence_version_counts_up"),
    ("layer_summary", {"answered": -1}, "ck_layer_summary_counts_up"),
    ("layer_summary", {"missing_evidence": -1}, "ck_layer_summary_counts_up"),
    ("cycle_ladder", {"rungs": ""}, "ck_cycle_ladder_has_rungs"),
    ("cycle_window", {"closes": DAY - timedelta(days=1)}, "ck_cycle_window_closes_after_opening"),
    ("portal_token", {"token_hash": "the token itself"}, "ck_portal_token_token_is_hashed"),
    ("evidence_links", {"generation": 0}, "ck_evidence_links_generation_counts_up"),
    ("feed", {"agency_id": 1}, "ck_feed_one_scope"),
    ("feed", {"token_hash": "the token itself"}, "ck_feed_token_is_hashed"),
    ("fact", {"agency_id": 1}, "ck_fact_one_subject"),
    ("fact", {"unit_id": None}, "ck_fact_one_subject"),
    ("fact", {"valid_until": DAY - timedelta(days=1)}, "ck_fact_valid_after_date"),
    ("finding", {"text": None}, "ck_finding_tpi_says_what"),
    ("finding", {"state": "closed"}, "ck_finding_closed_wholly"),
    ("finding", {"closed_at": NOON}, "ck_finding_closed_wholly"),
    ("finding", {"origin": "monev", "unit_id": 1}, "ck_finding_one_subject"),
    ("finding", {"entry_id": None}, "ck_finding_stay_of_candidacy"),
    ("finding", {"candidacy_id": None, "entry_id": None}, "ck_finding_tpi_looks_at_candidacies"),
    ("finding", {"response": "x"}, "ck_finding_responded_wholly"),
    ("finding", {"responded_at": NOON}, "ck_finding_responded_wholly"),
    ("finding", {"responded_by": 1}, "ck_finding_responded_wholly"),
    ("finding", {"state": "answered"}, "ck_finding_answered_with_response"),
    ("finding", {"closed_by": 1}, "ck_finding_somebody_closed_it"),
    ("finding", {"state": "closed", "closed_at": NOON, "accepted_until": DAY}, "ck_finding_somebody_accepted_it"),
    ("summary", {"state": "released"}, "ck_summary_decided_wholly"),
    ("summary", {"state": "released", "decided_at": NOON}, "ck_summary_decided_by_somebody"),
    (
        "summary",
        {"state": "discarded", "decided_at": NOON, "decided_by": 1},
        "ck_summary_discarded_with_reason",
    ),
    ("membership", {"unit_id": 1}, "ck_membership_one_scope"),
    ("membership", {"agency_id": None}, "ck_membership_scope_given"),
    ("membership", {"role": "pokja"}, "ck_membership_unit_role_in_unit"),
    ("membership", {"until": DAY - timedelta(days=1)}, "ck_membership_ends_after_start"),
    ("monev_round", {"quarter": 0}, "ck_monev_round_quarter_of_year"),
    ("monev_round", {"quarter": 5}, "ck_monev_round_quarter_of_year"),
    ("monev_round", {"quarter": 1}, "uq_monev_round_agency_id_year_quarter"),
    ("round_row", {"days_in_stage": -1}, "ck_round_row_days_count_up"),
    ("round_row", {"due_on": DAY, "days_late": -1}, "ck_round_row_late_counts_up"),
    ("round_row", {"days_late": 1}, "ck_round_row_late_has_date"),
    ("round_row", {"open_critical": 1}, "ck_round_row_age_known"),
    ("round_row", {"oldest_days": 1}, "ck_round_row_age_known"),
    ("obligation", {"state": "done"}, "ck_obligation_closed_wholly"),
    ("obligation", {"closed_at": NOON}, "ck_obligation_closed_wholly"),
    ("obligation", {"state": "cancelled", "closed_at": NOON}, "ck_obligation_cancelled_with_reason"),
    ("obligation", {"kind": "stage", "item": ""}, "uq_obligation_candidacy_id_entry_id_kind_item"),
    ("outbox_message", {"rung": None}, "ck_outbox_message_rung_of_obligation"),
    ("outbox_message", {"obligation_id": None}, "ck_outbox_message_rung_of_obligation"),
    ("outbox_message", {"unit_id": 1}, "ck_outbox_message_one_place"),
    ("outbox_message", {"agency_id": 1}, "ck_outbox_message_one_place"),
    ("outbox_message", {"roles": "", "obligation_id": None, "rung": None}, "ck_outbox_message_roles_or_a_person"),
    ("outbox_message", {"person_id": 1}, "ck_outbox_message_roles_or_a_person"),
    ("outbox_message", {"kind": "moved", "subject": "entry:1"}, "uq_outbox_message_kind_subject"),
    ("person", {"email": "C@contoh.invalid"}, "ck_person_email_is_lower_case"),
    ("person", {"email": "a@contoh.invalid"}, "uq_person_email"),
    ("predicate", {"revoked_on": DAY - timedelta(days=1)}, "ck_predicate_revoked_after_decree"),
    ("snooze", {"ends_at": NOON}, "ck_snooze_ends_after_start"),
    ("snooze", {"ended_at": NOON + timedelta(hours=4)}, "ck_snooze_not_ended_early"),
    ("text_erasure", {"requested_by": 99}, "fk_text_erasure_requested_by_person"),
    ("witness", {"person_id": 99}, "fk_witness_person_id_person"),
    ("told_for", {"person_id": 99}, "fk_told_for_person_id_person"),
    ("preference", {"quiet_from": NIGHT}, "ck_preference_quiet_wholly"),
    ("preference", {"quiet_from": NIGHT, "quiet_until": NIGHT}, "ck_preference_quiet_for_a_while"),
    ("preference", {"working_days_only": True, "work_until": NIGHT}, "ck_preference_work_wholly"),
    (
        "preference",
        {"working_days_only": True, "work_from": NIGHT, "work_until": NIGHT},
        "ck_preference_work_by_day",
    ),
    ("preference", {"work_from": MORNING, "work_until": NIGHT}, "ck_preference_work_on_working_days"),
    ("preference_kind", {"kind": "correction"}, "ck_preference_kind_collected"),
    ("preference_kind", {"kind": "unreachable", "mode": "daily"}, "ck_preference_kind_collected"),
    ("preference_kind", {"kind": "checkpoint", "mode": "daily"}, "ck_preference_kind_collected"),
    ("run", {"shard": 1}, "ck_run_part_of_a_whole"),
    ("run", {"shard": -1}, "ck_run_part_of_a_whole"),
    ("run", {"failure": "OSError"}, "ck_run_failure_ends_it"),
    ("stage_entry", {"left_on": None, "left_at": None}, "uq_stage_entry_current"),
    ("stage_entry", {"number": 0}, "uq_stage_entry_candidacy_id_number"),
    ("stage_entry", {"left_at": None}, "ck_stage_entry_left_wholly"),
    ("stage_entry", {"left_on": None}, "ck_stage_entry_left_wholly"),
    ("stage_entry", {"left_on": DAY - timedelta(days=1)}, "ck_stage_entry_left_after_entered"),
    (
        "stage_entry",
        {"candidacy_id": 2, "undone": True, "left_on": None, "left_at": None},
        "ck_stage_entry_undone_is_left",
    ),
    ("unit", {"code": "Lain"}, "ck_unit_code_is_upper_case"),
    ("waiver", {"confirmed_by": 1, "confirmed_at": NOON}, "ck_waiver_second_person"),
    ("waiver", {"confirmed_by": 2}, "ck_waiver_confirmed_wholly"),
    ("waiver", {"confirmed_at": NOON}, "ck_waiver_confirmed_wholly"),
]

CLASSES: dict[str, type[SQLModel]] = {
    str(one.__tablename__): one for one in vars(tables).values() if isinstance(one, type) and issubclass(one, SQLModel)
}
ENUMS = [column for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, Enum)]
UNCHANGED = {"checkpoint_key"}  # triggers refuse an UPDATE before any check is asked
TRAIL = {"audit_record", "audit_text", "audit_head"}  # tests/models/test_triggers.py
ELSEWHERE = {"holiday", "installation", "sending_window"}  # nothing to refuse but a second row


@pytest.fixture(scope="module", params=NAMES)
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with (
        lasting_database(request, tmp_path_factory.mktemp("constraints")) as url,
        lasting_session(url) as session,
    ):
        for table, row in SEED:
            put(session, table, **row)
        yield session


@pytest.fixture
def session(seeded: Session) -> Iterator[Session]:
    with taken_back(seeded):
        yield seeded


def put(session: Session, table: str, **row: object) -> None:
    session.add(CLASSES[table](**row))
    session.flush()


def stored(session: Session, query: str) -> list[Any]:
    return list(session.connection().execute(text(query)))


def says_no(error: IntegrityError, constraint: str) -> bool:
    """PostgreSQL names every constraint; SQLite names a CHECK, and for others the table."""
    said = str(error.orig)
    if constraint in said:
        return True
    kind = {"uq": "UNIQUE constraint failed", "fk": "FOREIGN KEY constraint failed"}.get(constraint[:2])
    return bool(kind) and said.startswith(str(kind))


class TestRefused:
    """A row that cannot be true is not taken."""

    def test_one_good_row_of_every_table_is_taken(self, session: Session) -> None:
        assert set(GOOD) | TRAIL | ELSEWHERE == set(CLASSES)
        for table, row in GOOD.items():
            put(session, table, **row)

    @pytest.mark.parametrize(("table", "wrong", "constraint"), REFUSED)
    def test_and_not_when_one_thing_about_it_is_wrong(
        self, session: Session, table: str, wrong: dict[str, Any], constraint: str
    ) -> None:
        with pytest.raises(IntegrityError) as refused, session.begin_nested():
            put(session, table, **{**GOOD[table], **wrong})

        assert says_no(refused.value, constraint), refused.value.orig

    def test_every_check_is_tried_here(self) -> None:
        tried = {constraint for _, _, constraint in REFUSED}
        of_enums = {f"ck_{column.table}_{column.type.name}" for column in ENUMS}  # type: ignore[attr-defined]
        all_of_them = {
            str(check.name)
            for name in GOOD
            for check in metadata.tables[name].constraints
            if isinstance(check, CheckConstraint)
        }

        assert all_of_them - of_enums - tried == set()

    @pytest.mark.parametrize("column", [one for one in ENUMS if str(one.table) not in UNCHANGED], ids=str)
    def test_a_word_that_no_enum_has(self, session: Session, column: Column[Any]) -> None:
        table = str(column.table)
        if table not in dict(SEED):
            put(session, table, **GOOD[table])

        with pytest.raises(IntegrityError, match=r"(?i)check constraint"), session.begin_nested():
            session.connection().execute(text(f"UPDATE {table} SET {column.name} = 'x'"))

    def test_a_name_where_the_value_belongs(self, session: Session) -> None:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().execute(text("UPDATE candidacy SET stage = 'TPI_ASSESSMENT'"))


class TestOneOpenCandidacy:
    """A unit has one open candidacy, and as many closed ones as it likes."""

    @pytest.mark.parametrize("stage", OPEN)
    def test_a_second_open_one_is_refused_whatever_their_stages(self, session: Session, stage: Stage) -> None:
        with pytest.raises(IntegrityError) as refused, session.begin_nested():
            put(session, "candidacy", **{**GOOD["candidacy"], "unit_id": 1, "stage": stage})

        assert says_no(refused.value, "uq_candidacy_open_unit")

    def test_closed_ones_stand_beside_it(self, session: Session) -> None:
        for number, stage in enumerate((*CLOSED, *CLOSED)):
            put(session, "candidacy", **{**GOOD["candidacy"], "code": f"X-{number}", "unit_id": 1, "stage": stage})

    def test_a_closed_one_is_not_reopened_beside_an_open_one(self, session: Session) -> None:
        put(session, "candidacy", **{**GOOD["candidacy"], "code": "X", "unit_id": 1, "stage": Stage.WITHDRAWN})

        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().execute(text("UPDATE candidacy SET stage = 'pencanangan' WHERE code = 'X'"))


MONEV = {**GOOD["finding"], "origin": "monev", "rule": "report_due", "candidacy_id": None, "entry_id": None}


class TestOneFindingOfEachRule:
    """A rule and its item have one finding at each candidacy, unit, or in the installation."""

    @pytest.mark.parametrize("unit", [1, None])
    def test_a_second_one_is_refused_where_there_is_no_candidacy_either(
        self, session: Session, unit: int | None
    ) -> None:
        put(session, "finding", **{**MONEV, "unit_id": unit})

        with pytest.raises(IntegrityError, match=r"(?i)unique"), session.begin_nested():
            put(session, "finding", **{**MONEV, "unit_id": unit})

    def test_another_unit_has_its_own(self, session: Session) -> None:
        put(session, "finding", **{**MONEV, "unit_id": 1})
        put(session, "finding", **{**MONEV, "unit_id": 2})


class TestOneCurrentStay:
    """A candidacy is in one stage at a time."""

    def test_the_next_stay_begins_when_the_last_one_was_left(self, session: Session) -> None:
        second = {**GOOD["stage_entry"], "left_on": None, "left_at": None}
        with pytest.raises(IntegrityError), session.begin_nested():
            put(session, "stage_entry", **second)

        session.connection().execute(text("UPDATE stage_entry SET left_on = entered_on, left_at = entered_at"))
        put(session, "stage_entry", **second)

        assert stored(session, "SELECT number FROM stage_entry WHERE left_at IS NULL") == [(1,)]


class TestStoredValues:
    """Enums by value, times in UTC, codes in the order of their bytes."""

    def test_an_enum_is_stored_by_its_value(self, session: Session) -> None:
        assert stored(session, "SELECT stage, target FROM candidacy") == [("tpi_assessment", "WBK")]
        assert session.execute(select(Candidacy)).scalar_one().stage is Stage.TPI_ASSESSMENT

    def test_a_naive_time_is_refused(self, session: Session) -> None:
        naive = NOON.replace(tzinfo=None)

        with pytest.raises((StatementError, ValueError), match=r"(?i)naive|timezone"), session.begin_nested():
            put(session, "run", flow="remind", started_at=naive)

    def test_a_time_of_another_zone_comes_back_in_utc(self, session: Session) -> None:
        jakarta = datetime(2026, 2, 2, 19, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
        put(session, "run", flow="remind", started_at=jakarta)
        session.expire_all()

        read = session.execute(select(Run)).scalar_one().started_at

        assert read == jakarta
        assert read.isoformat() == "2026-02-02T12:00:00.123456+00:00"

    def test_times_sort_by_when_they_are(self, session: Session) -> None:
        moments = [NOON + timedelta(seconds=second) for second in (0, 0.000001, 1, 59)]
        for number, moment in enumerate(moments):
            zone = timezone(timedelta(hours=9 - 4 * number))
            put(session, "run", flow="remind", started_at=moment.astimezone(zone))

        in_order = session.execute(select(col(Run.started_at)).order_by(col(Run.started_at))).scalars().all()

        assert in_order == moments

    def test_codes_sort_alike_in_both_databases(self, session: Session) -> None:
        for code in ("A-2", "A.1", "AB", "A1", "A", "Z", "B", "A-10"):
            put(session, "unit", **{**GOOD["unit"], "code": code})

        codes = session.execute(select(col(Unit.code)).order_by(col(Unit.code))).scalars().all()

        assert codes == sorted(codes)

    def test_a_number_of_eighteen_digits_stays_a_text(self, session: Session) -> None:
        put(session, "person", email="n@contoh.invalid", name="N", nip="001234567890123456")
        session.expire_all()

        assert stored(session, "SELECT nip FROM person WHERE name = 'N'") == [("001234567890123456",)]
