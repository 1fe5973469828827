"""Quarterly monev rounds, and where every candidacy stood in them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "monev_round",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("taken_by", BIG, nullable=True),
        sa.Column("rows_hash", sa.String(), nullable=False),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_monev_round_quarter_of_year")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_monev_round_agency_id_agency")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_monev_round_taken_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monev_round")),
        sa.UniqueConstraint("agency_id", "year", "quarter", name=op.f("uq_monev_round_agency_id_year_quarter")),
    )
    op.create_index(op.f("ix_monev_round_taken_by"), "monev_round", ["taken_by"], unique=False)
    op.create_table(
        "round_row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
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
        sa.Column(
            "target",
            sa.Enum("WBK", "WBBM", name="level", native_enum=False, create_constraint=True, length=12),
            nullable=False,
        ),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("days_in_stage", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("unit_answered", sa.Integer(), nullable=False),
        sa.Column("tpi_answered", sa.Integer(), nullable=False),
        sa.Column("unit_total", sa.String(), nullable=True),
        sa.Column("tpi_total", sa.String(), nullable=True),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("missing_evidence", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("evidence_accepted", sa.Integer(), nullable=False),
        sa.Column("evidence_rejected", sa.Integer(), nullable=False),
        sa.Column("open_info", sa.Integer(), nullable=False),
        sa.Column("open_warning", sa.Integer(), nullable=False),
        sa.Column("open_critical", sa.Integer(), nullable=False),
        sa.Column("oldest_days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(open_info + open_warning + open_critical > 0) = (oldest_days IS NOT NULL)",
            name=op.f("ck_round_row_age_known"),
        ),
        sa.CheckConstraint("days_in_stage >= 0", name=op.f("ck_round_row_days_count_up")),
        sa.CheckConstraint("days_late >= 0", name=op.f("ck_round_row_late_counts_up")),
        sa.CheckConstraint("due_on IS NOT NULL OR days_late = 0", name=op.f("ck_round_row_late_has_date")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_round_row_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["round_id"], ["monev_round.id"], name=op.f("fk_round_row_round_id_monev_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_row")),
        sa.UniqueConstraint("round_id", "candidacy_id", name=op.f("uq_round_row_round_id_candidacy_id")),
    )
    op.create_index(op.f("ix_round_row_candidacy_id"), "round_row", ["candidacy_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_round_row_candidacy_id"), table_name="round_row")
    op.drop_table("round_row")
    op.drop_index(op.f("ix_monev_round_taken_by"), table_name="monev_round")
    op.drop_table("monev_round")
