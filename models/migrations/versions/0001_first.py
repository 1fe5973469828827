"""The first shape of the database."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from models.audit import LeafField
from models.errors import IntegrityBroken
from models.triggers import create_statements, drop_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(
            "code", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "kl", "provinsi", "kabkota", name="agency_kind", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("zone", sa.String(), nullable=False),
        sa.CheckConstraint("code = upper(code) AND length(code) > 0", name=op.f("ck_agency_code_is_upper_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("frontier", sa.String(), nullable=False),
        sa.Column("last_at", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_record",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), sa.Computed(LeafField("actor"), persisted=True), nullable=True),
        sa.Column("action", sa.String(), sa.Computed(LeafField("action"), persisted=True), nullable=True),
        sa.Column("subject", sa.String(), sa.Computed(LeafField("subject"), persisted=True), nullable=True),
        sa.Column("at", sa.String(), sa.Computed(LeafField("at"), persisted=True), nullable=True),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_audit_record_seq_counts_up")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_record")),
    )
    op.create_index("ix_audit_record_subject", "audit_record", ["subject"], unique=False)
    op.create_table(
        "audit_text",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.CheckConstraint("(salt IS NULL) = (text IS NULL)", name=op.f("ck_audit_text_erased_wholly")),
        sa.PrimaryKeyConstraint("seq", "field", name=op.f("pk_audit_text")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "person",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nip", sa.String(), nullable=True),
        sa.Column("whatsapp", sa.String(), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "run",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("counts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_flow_started_at", "run", ["flow", "started_at"], unique=False)
    op.create_table(
        "channel",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("sealed_url", sa.LargeBinary(), nullable=False),
        sa.Column("masked_url", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_channel_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
    )
    op.create_index(op.f("ix_channel_person_id"), "channel", ["person_id"], unique=False)
    op.create_table(
        "cycle",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(
            "code", sa.String(length=48).with_variant(sa.String(length=48, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ruleset", sa.String(), nullable=False),
        sa.Column("ruleset_hash", sa.String(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("tpn", "own", name="route", native_enum=False, create_constraint=True, length=11),
            nullable=False,
        ),
        sa.Column("record_only", sa.Boolean(), nullable=False),
        sa.CheckConstraint("code = upper(code) AND length(code) > 0", name=op.f("ck_cycle_code_is_upper_case")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_cycle_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("agency_id", "year", name=op.f("uq_cycle_agency_id_year")),
        sa.UniqueConstraint("code", name=op.f("uq_cycle_code")),
    )
    op.create_table(
        "unit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(
            "code", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("core_service", sa.String(), nullable=True),
        sa.CheckConstraint("code = upper(code) AND length(code) > 0", name=op.f("ck_unit_code_is_upper_case")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_unit_agency_id_agency")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_index(op.f("ix_unit_agency_id"), "unit", ["agency_id"], unique=False)
    op.create_index("ix_unit_parent", "unit", ["parent_id"], unique=False)
    op.create_table(
        "candidacy",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(
            "code", sa.String(length=48).with_variant(sa.String(length=48, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column(
            "target",
            sa.Enum("WBK", "WBBM", name="level", native_enum=False, create_constraint=True, length=12),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "pencanangan",
                "unit_identification",
                "self_assessment",
                "tpi_assessment",
                "submission_administrative",
                "submission_objection",
                "submission_desk",
                "submission_field",
                "submission_clearance",
                "submission_panel",
                "designation",
                "coaching",
                "not_proposed",
                "withdrawn",
                "revoked",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=33,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("after_id", BIG, nullable=True),
        sa.CheckConstraint("code = upper(code) AND length(code) > 0", name=op.f("ck_candidacy_code_is_upper_case")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_candidacy_version_counts_up")),
        sa.ForeignKeyConstraint(["after_id"], ["candidacy.id"], name=op.f("fk_candidacy_after_id_candidacy")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_candidacy_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_candidacy_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
        sa.UniqueConstraint("code", name=op.f("uq_candidacy_code")),
    )
    op.create_index(op.f("ix_candidacy_after_id"), "candidacy", ["after_id"], unique=False)
    op.create_index("ix_candidacy_cycle_stage", "candidacy", ["cycle_id", "stage"], unique=False)
    op.create_index("ix_candidacy_unit", "candidacy", ["unit_id"], unique=False)
    op.create_index(
        "uq_candidacy_open_unit",
        "candidacy",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("stage NOT IN ('designation', 'coaching', 'not_proposed', 'withdrawn', 'revoked')"),
        postgresql_where=sa.text("stage NOT IN ('designation', 'coaching', 'not_proposed', 'withdrawn', 'revoked')"),
    )
    op.create_table(
        "cycle_date",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "pencanangan",
                "unit_identification",
                "self_assessment",
                "tpi_assessment",
                "submission_administrative",
                "submission_objection",
                "submission_desk",
                "submission_field",
                "submission_clearance",
                "submission_panel",
                "designation",
                "coaching",
                "not_proposed",
                "withdrawn",
                "revoked",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=33,
            ),
            nullable=False,
        ),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN due IS NULL THEN 0 ELSE 1 END + CASE WHEN working_days IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_cycle_date_day_or_working_days"),
        ),
        sa.CheckConstraint(
            "working_days IS NULL OR working_days > 0", name=op.f("ck_cycle_date_working_days_positive")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_date_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_date")),
        sa.UniqueConstraint("cycle_id", "stage", name=op.f("uq_cycle_date_cycle_id_stage")),
    )
    op.create_table(
        "membership",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "pimpinan",
                "koordinator",
                "pimpinan_unit",
                "pokja",
                "tpi",
                "auditor",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=21,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role = 'admin' OR agency_id IS NOT NULL OR unit_id IS NOT NULL", name=op.f("ck_membership_scope_given")
        ),
        sa.CheckConstraint(
            "role NOT IN ('pimpinan_unit', 'pokja') OR unit_id IS NOT NULL",
            name=op.f("ck_membership_unit_role_in_unit"),
        ),
        sa.CheckConstraint("agency_id IS NULL OR unit_id IS NULL", name=op.f("ck_membership_one_scope")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_membership_ends_after_start")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_membership_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_agency_id"), "membership", ["agency_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(op.f("ix_membership_unit_id"), "membership", ["unit_id"], unique=False)
    op.create_table(
        "action_item",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("pic_id", BIG, nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("obstacle", sa.String(), nullable=True),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_action_item_progress_is_percent")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_action_item_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["pic_id"], ["person.id"], name=op.f("fk_action_item_pic_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
        sa.UniqueConstraint("candidacy_id", "area", "activity", name=op.f("uq_action_item_candidacy_id_area_activity")),
    )
    op.create_index(op.f("ix_action_item_pic_id"), "action_item", ["pic_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("cycle_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("candidacy_id", BIG, nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("file_hash", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_document_withdrawn_wholly")
        ),
        sa.CheckConstraint(
            "CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END + CASE WHEN cycle_id IS NULL THEN 0 ELSE 1 END + CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN candidacy_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_document_one_scope"),
        ),
        sa.CheckConstraint(
            "CASE WHEN file_hash IS NULL THEN 0 ELSE 1 END + CASE WHEN url IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_document_file_or_link"),
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_document_added_by_person")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_document_agency_id_agency")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_document_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_document_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_document_unit_id_unit")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_document_withdrawn_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_added_by"), "document", ["added_by"], unique=False)
    op.create_index(op.f("ix_document_agency_id"), "document", ["agency_id"], unique=False)
    op.create_index(op.f("ix_document_candidacy_id"), "document", ["candidacy_id"], unique=False)
    op.create_index(op.f("ix_document_cycle_id"), "document", ["cycle_id"], unique=False)
    op.create_index("ix_document_file_hash", "document", ["file_hash"], unique=False)
    op.create_index(op.f("ix_document_unit_id"), "document", ["unit_id"], unique=False)
    op.create_index(op.f("ix_document_withdrawn_by"), "document", ["withdrawn_by"], unique=False)
    op.create_table(
        "predicate",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column(
            "level",
            sa.Enum("WBK", "WBBM", name="level", native_enum=False, create_constraint=True, length=12),
            nullable=False,
        ),
        sa.Column("decree", sa.String(), nullable=True),
        sa.Column("decreed_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revocation_decree", sa.String(), nullable=True),
        sa.Column("candidacy_id", BIG, nullable=True),
        sa.CheckConstraint(
            "revoked_on IS NULL OR revoked_on >= decreed_on", name=op.f("ck_predicate_revoked_after_decree")
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_predicate_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_predicate_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predicate")),
        sa.UniqueConstraint("unit_id", "level", "decreed_on", name=op.f("uq_predicate_unit_id_level_decreed_on")),
    )
    op.create_index(op.f("ix_predicate_candidacy_id"), "predicate", ["candidacy_id"], unique=False)
    op.create_table(
        "stage_entry",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "pencanangan",
                "unit_identification",
                "self_assessment",
                "tpi_assessment",
                "submission_administrative",
                "submission_objection",
                "submission_desk",
                "submission_field",
                "submission_clearance",
                "submission_panel",
                "designation",
                "coaching",
                "not_proposed",
                "withdrawn",
                "revoked",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=33,
            ),
            nullable=False,
        ),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(left_at IS NULL) = (left_on IS NULL)", name=op.f("ck_stage_entry_left_wholly")),
        sa.CheckConstraint("NOT undone OR left_at IS NOT NULL", name=op.f("ck_stage_entry_undone_is_left")),
        sa.CheckConstraint("left_on IS NULL OR left_on >= entered_on", name=op.f("ck_stage_entry_left_after_entered")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_stage_entry_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_stage_entry_recorded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_entry")),
        sa.UniqueConstraint("candidacy_id", "number", name=op.f("uq_stage_entry_candidacy_id_number")),
    )
    op.create_index(op.f("ix_stage_entry_recorded_by"), "stage_entry", ["recorded_by"], unique=False)
    op.create_index(
        "uq_stage_entry_current",
        "stage_entry",
        ["candidacy_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by", BIG, nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> requested_by", name=op.f("ck_correction_second_person")
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_correction_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_correction_confirmed_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_correction_entry_id_stage_entry")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_correction_requested_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_correction_entry_id")),
    )
    op.create_index(op.f("ix_correction_candidacy_id"), "correction", ["candidacy_id"], unique=False)
    op.create_index(op.f("ix_correction_confirmed_by"), "correction", ["confirmed_by"], unique=False)
    op.create_index(op.f("ix_correction_requested_by"), "correction", ["requested_by"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        sa.CheckConstraint(
            "CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END + CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_fact_one_subject"),
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= dated_on", name=op.f("ck_fact_valid_after_date")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_fact_agency_id_agency")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_fact_document_id_document")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_fact_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("agency_id", "kind", "dated_on", name=op.f("uq_fact_agency_id_kind_dated_on")),
        sa.UniqueConstraint("unit_id", "kind", "dated_on", name=op.f("uq_fact_unit_id_kind_dated_on")),
    )
    op.create_index(op.f("ix_fact_document_id"), "fact", ["document_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column(
            "origin",
            sa.Enum("monev", "tpi", name="origin", native_enum=False, create_constraint=True, length=13),
            nullable=False,
        ),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "info", "warning", "critical", name="severity", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column(
            "owner",
            sa.Enum(
                "admin",
                "pimpinan",
                "koordinator",
                "pimpinan_unit",
                "pokja",
                "tpi",
                "auditor",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=21,
            ),
            nullable=False,
        ),
        sa.Column("params", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("raised_by", BIG, nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="finding_state", native_enum=False, create_constraint=True, length=14),
            nullable=False,
        ),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_finding_closed_wholly")),
        sa.CheckConstraint("origin <> 'tpi' OR text IS NOT NULL", name=op.f("ck_finding_tpi_says_what")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_finding_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_finding_entry_id_stage_entry")),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_finding_raised_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("candidacy_id", "rule", "item", name=op.f("uq_finding_candidacy_id_rule_item")),
    )
    op.create_index(op.f("ix_finding_entry_id"), "finding", ["entry_id"], unique=False)
    op.create_index(op.f("ix_finding_raised_by"), "finding", ["raised_by"], unique=False)
    op.create_index("ix_finding_state_candidacy", "finding", ["state", "candidacy_id"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("stage", "documents", name="obligation_kind", native_enum=False, create_constraint=True, length=17),
            nullable=False,
        ),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column(
            "owed_by",
            sa.Enum(
                "admin",
                "pimpinan",
                "koordinator",
                "pimpinan_unit",
                "pokja",
                "tpi",
                "auditor",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=21,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "cancelled",
                name="obligation_state",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_obligation_closed_wholly")),
        sa.CheckConstraint(
            "state <> 'cancelled' OR reason IS NOT NULL", name=op.f("ck_obligation_cancelled_with_reason")
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_obligation_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_obligation_entry_id_stage_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "candidacy_id", "entry_id", "kind", "item", name=op.f("uq_obligation_candidacy_id_entry_id_kind_item")
        ),
    )
    op.create_index("ix_obligation_entry", "obligation", ["entry_id"], unique=False)
    op.create_index(
        "ix_obligation_waiting",
        "obligation",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
    )
    op.create_table(
        "waiver",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("requested_by", BIG, nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_waiver_confirmed_wholly")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> requested_by", name=op.f("ck_waiver_second_person")
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_waiver_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_waiver_confirmed_by_person")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_waiver_document_id_document")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_waiver_requested_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.UniqueConstraint("candidacy_id", "kind", name=op.f("uq_waiver_candidacy_id_kind")),
    )
    op.create_index(op.f("ix_waiver_confirmed_by"), "waiver", ["confirmed_by"], unique=False)
    op.create_index(op.f("ix_waiver_document_id"), "waiver", ["document_id"], unique=False)
    op.create_index(op.f("ix_waiver_requested_by"), "waiver", ["requested_by"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "due",
                "moved",
                "finding",
                "correction",
                "corrected",
                "unreachable",
                name="notice",
                native_enum=False,
                create_constraint=True,
                length=19,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("obligation_id", BIG, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.Column("expanded_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(obligation_id IS NULL) = (rung IS NULL)", name=op.f("ck_outbox_message_rung_of_obligation")
        ),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_outbox_message_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_outbox_message_obligation_id_obligation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_outbox_message_kind_subject")),
        sa.UniqueConstraint(
            "obligation_id", "due_on", "rung", name=op.f("uq_outbox_message_obligation_id_due_on_rung")
        ),
    )
    op.create_index(op.f("ix_outbox_message_candidacy_id"), "outbox_message", ["candidacy_id"], unique=False)
    op.create_index(
        "ix_outbox_unexpanded",
        "outbox_message",
        ["id"],
        unique=False,
        sqlite_where=sa.text("expanded_at IS NULL"),
        postgresql_where=sa.text("expanded_at IS NULL"),
    )
    op.create_table(
        "said",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("obligation_id", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("covered_by", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name=op.f("fk_said_obligation_id_obligation")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_said_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said")),
        sa.UniqueConstraint(
            "obligation_id", "due_on", "rung", "person_id", name=op.f("uq_said_obligation_id_due_on_rung_person_id")
        ),
    )
    op.create_index(op.f("ix_said_person_id"), "said", ["person_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("outbox_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("channel_id", BIG, nullable=True),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                "cancelled",
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_delivery_sent_with_time")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_delivery_channel_id_channel")),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_message.id"], name=op.f("fk_delivery_outbox_id_outbox_message")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", "route", name=op.f("uq_delivery_message_id_route")),
    )
    op.create_index(op.f("ix_delivery_channel_id"), "delivery", ["channel_id"], unique=False)
    op.create_index("ix_delivery_outbox", "delivery", ["outbox_id"], unique=False)
    op.create_index(op.f("ix_delivery_person_id"), "delivery", ["person_id"], unique=False)
    op.create_index(
        "ix_delivery_queued",
        "delivery",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )

    dialect = op.get_bind().dialect.name
    op.execute("INSERT INTO audit_head (id, size, frontier, last_at) VALUES (1, 0, '', '')")
    installation = sa.table("installation", sa.column("id", sa.Integer()), sa.column("code", sa.String()))
    op.execute(sa.insert(installation).values(id=1, code=str(uuid4())))
    for statement in create_statements(dialect):
        op.execute(statement)


def downgrade() -> None:
    """Nobody takes a trail away by the way: with a single record in it, this is refused."""
    if records := op.get_bind().exec_driver_sql("SELECT size FROM audit_head").scalar_one():
        raise IntegrityBroken("downgrade_drops_trail", records=records)
    for statement in drop_statements(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(
        "ix_delivery_queued",
        table_name="delivery",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(op.f("ix_delivery_person_id"), table_name="delivery")
    op.drop_index("ix_delivery_outbox", table_name="delivery")
    op.drop_index(op.f("ix_delivery_channel_id"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_said_person_id"), table_name="said")
    op.drop_table("said")
    op.drop_index(
        "ix_outbox_unexpanded",
        table_name="outbox_message",
        sqlite_where=sa.text("expanded_at IS NULL"),
        postgresql_where=sa.text("expanded_at IS NULL"),
    )
    op.drop_index(op.f("ix_outbox_message_candidacy_id"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_waiver_requested_by"), table_name="waiver")
    op.drop_index(op.f("ix_waiver_document_id"), table_name="waiver")
    op.drop_index(op.f("ix_waiver_confirmed_by"), table_name="waiver")
    op.drop_table("waiver")
    op.drop_index(
        "ix_obligation_waiting",
        table_name="obligation",
        sqlite_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
    )
    op.drop_index("ix_obligation_entry", table_name="obligation")
    op.drop_table("obligation")
    op.drop_index("ix_finding_state_candidacy", table_name="finding")
    op.drop_index(op.f("ix_finding_raised_by"), table_name="finding")
    op.drop_index(op.f("ix_finding_entry_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_fact_document_id"), table_name="fact")
    op.drop_table("fact")
    op.drop_index(op.f("ix_correction_requested_by"), table_name="correction")
    op.drop_index(op.f("ix_correction_confirmed_by"), table_name="correction")
    op.drop_index(op.f("ix_correction_candidacy_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(
        "uq_stage_entry_current",
        table_name="stage_entry",
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_index(op.f("ix_stage_entry_recorded_by"), table_name="stage_entry")
    op.drop_table("stage_entry")
    op.drop_index(op.f("ix_predicate_candidacy_id"), table_name="predicate")
    op.drop_table("predicate")
    op.drop_index(op.f("ix_document_withdrawn_by"), table_name="document")
    op.drop_index(op.f("ix_document_unit_id"), table_name="document")
    op.drop_index("ix_document_file_hash", table_name="document")
    op.drop_index(op.f("ix_document_cycle_id"), table_name="document")
    op.drop_index(op.f("ix_document_candidacy_id"), table_name="document")
    op.drop_index(op.f("ix_document_agency_id"), table_name="document")
    op.drop_index(op.f("ix_document_added_by"), table_name="document")
    op.drop_table("document")
    op.drop_index(op.f("ix_action_item_pic_id"), table_name="action_item")
    op.drop_table("action_item")
    op.drop_index(op.f("ix_membership_unit_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_person_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_agency_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("cycle_date")
    op.drop_index(
        "uq_candidacy_open_unit",
        table_name="candidacy",
        sqlite_where=sa.text("stage NOT IN ('designation', 'coaching', 'not_proposed', 'withdrawn', 'revoked')"),
        postgresql_where=sa.text("stage NOT IN ('designation', 'coaching', 'not_proposed', 'withdrawn', 'revoked')"),
    )
    op.drop_index("ix_candidacy_unit", table_name="candidacy")
    op.drop_index("ix_candidacy_cycle_stage", table_name="candidacy")
    op.drop_index(op.f("ix_candidacy_after_id"), table_name="candidacy")
    op.drop_table("candidacy")
    op.drop_index("ix_unit_parent", table_name="unit")
    op.drop_index(op.f("ix_unit_agency_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("cycle")
    op.drop_index(op.f("ix_channel_person_id"), table_name="channel")
    op.drop_table("channel")
    op.drop_index("ix_run_flow_started_at", table_name="run")
    op.drop_table("run")
    op.drop_table("person")
    op.drop_table("installation")
    op.drop_table("holiday")
    op.drop_table("audit_text")
    op.drop_index("ix_audit_record_subject", table_name="audit_record")
    op.drop_table("audit_record")
    op.drop_table("audit_head")
    op.drop_table("agency")
