"""PortalRB's pull: tokens, agencies that may propose WBBM, names as proposed, links to evidence."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "portal_token",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_portal_token_token_is_hashed")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_portal_token_agency_id_agency")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_portal_token_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_token_token_hash")),
    )
    op.create_index(op.f("ix_portal_token_agency_id"), "portal_token", ["agency_id"])
    op.create_index(op.f("ix_portal_token_made_by"), "portal_token", ["made_by"])
    op.create_table(
        "portal_agency",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("wbbm", sa.Boolean(), nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_portal_agency_agency_id_agency")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_portal_agency_set_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_agency")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_portal_agency_agency_id")),
    )
    op.create_index(op.f("ix_portal_agency_set_by"), "portal_agency", ["set_by"])
    op.create_table(
        "proposed_unit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("affirmative", sa.Boolean(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_proposed_unit_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_proposed_unit_entry_id_stage_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_unit")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_proposed_unit_entry_id")),
    )
    op.create_index(op.f("ix_proposed_unit_candidacy_id"), "proposed_unit", ["candidacy_id"])
    op.create_table(
        "evidence_links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("changed_by", BIG, nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("generation >= 1", name=op.f("ck_evidence_links_generation_counts_up")),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_evidence_links_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_evidence_links_changed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_links")),
        sa.UniqueConstraint("candidacy_id", name=op.f("uq_evidence_links_candidacy_id")),
    )
    op.create_index(op.f("ix_evidence_links_changed_by"), "evidence_links", ["changed_by"])


def downgrade() -> None:
    op.drop_table("evidence_links")
    op.drop_table("proposed_unit")
    op.drop_table("portal_agency")
    op.drop_table("portal_token")
