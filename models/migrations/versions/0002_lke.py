"""The LKE: answers in layers, evidence, what was proposed, and the official wording."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wording",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("criteria", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_wording_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("cycle_id", "item", name=op.f("uq_wording_cycle_id_item")),
    )
    op.create_table(
        "answer",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column(
            "layer",
            sa.Enum(
                "unit", "preliminary", "tpi", "tpn", name="layer", native_enum=False, create_constraint=True, length=19
            ),
            nullable=False,
        ),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column(
            "source",
            sa.Enum("unit", "tpn", name="survey_source", native_enum=False, create_constraint=True, length=12),
            nullable=True,
        ),
        sa.Column("answered_by", BIG, nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_answer_answered_by_person")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_answer_candidacy_id_candidacy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("candidacy_id", "layer", "item", name=op.f("uq_answer_candidacy_id_layer_item")),
    )
    op.create_index(op.f("ix_answer_answered_by"), "answer", ["answered_by"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "rejected",
                "replaced",
                "withdrawn",
                name="evidence_state",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("file_hash", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("reviewed_by", BIG, nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("review_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state <> 'rejected' OR review_reason IS NOT NULL", name=op.f("ck_evidence_rejected_with_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'rejected') OR reviewed_at IS NOT NULL",
            name=op.f("ck_evidence_review_has_reviewer"),
        ),
        sa.CheckConstraint("(file_hash IS NULL) = (media_type IS NULL)", name=op.f("ck_evidence_file_has_type")),
        sa.CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name=op.f("ck_evidence_reviewed_wholly")),
        sa.CheckConstraint(
            "CASE WHEN file_hash IS NULL THEN 0 ELSE 1 END + CASE WHEN url IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_evidence_file_or_link"),
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR effective_on IS NULL OR valid_until >= effective_on",
            name=op.f("ck_evidence_valid_after"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_evidence_version_counts_up")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_evidence_added_by_person")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_evidence_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["replaces_id"], ["evidence.id"], name=op.f("fk_evidence_replaces_id_evidence")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"], name=op.f("fk_evidence_reviewed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_added_by"), "evidence", ["added_by"], unique=False)
    op.create_index("ix_evidence_candidacy_id_question", "evidence", ["candidacy_id", "question"], unique=False)
    op.create_index("ix_evidence_file_hash", "evidence", ["file_hash"], unique=False)
    op.create_index(op.f("ix_evidence_replaces_id"), "evidence", ["replaces_id"], unique=False)
    op.create_index(op.f("ix_evidence_reviewed_by"), "evidence", ["reviewed_by"], unique=False)
    op.create_index("ix_evidence_url", "evidence", ["url"], unique=False)
    op.create_table(
        "layer_summary",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column(
            "layer",
            sa.Enum(
                "unit", "preliminary", "tpi", "tpn", name="layer", native_enum=False, create_constraint=True, length=19
            ),
            nullable=False,
        ),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("missing_evidence", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("answered >= 0 AND missing_evidence >= 0", name=op.f("ck_layer_summary_counts_up")),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_layer_summary_candidacy_id_candidacy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_summary")),
        sa.UniqueConstraint("candidacy_id", "layer", name=op.f("uq_layer_summary_candidacy_id_layer")),
    )
    op.create_table(
        "lke_snapshot",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_lke_snapshot_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_lke_snapshot_entry_id_stage_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lke_snapshot")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_lke_snapshot_entry_id")),
    )
    op.create_index(op.f("ix_lke_snapshot_candidacy_id"), "lke_snapshot", ["candidacy_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_lke_snapshot_candidacy_id"), table_name="lke_snapshot")
    op.drop_table("lke_snapshot")
    op.drop_table("layer_summary")
    op.drop_index("ix_evidence_url", table_name="evidence")
    op.drop_index(op.f("ix_evidence_reviewed_by"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_replaces_id"), table_name="evidence")
    op.drop_index("ix_evidence_file_hash", table_name="evidence")
    op.drop_index("ix_evidence_candidacy_id_question", table_name="evidence")
    op.drop_index(op.f("ix_evidence_added_by"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_answer_answered_by"), table_name="answer")
    op.drop_table("answer")
    op.drop_table("wording")
