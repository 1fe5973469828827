"""Findings are answered, verified and closed, and belong to a candidacy, a unit or nothing; two-yearly reports."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_NOTHING = sa.text("candidacy_id IS NULL AND unit_id IS NULL")
KEPT = (
    "id, candidacy_id, entry_id, origin, rule, item, severity, owner, params, text, raised_by, state, opened_at, "
    "closed_at, reopened"
)


def upgrade() -> None:
    _set_aside()
    op.create_table(
        "finding",
        *_first_columns(optional=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=True),
        sa.Column("responded_by", BIG, nullable=True),
        sa.Column("responded_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", BIG, nullable=True),
        sa.Column("accepted_until", sa.Date(), nullable=True),
        _state("open", "answered", "closed", length=16),
        sa.CheckConstraint("candidacy_id IS NULL OR unit_id IS NULL", name=op.f("ck_finding_one_subject")),
        sa.CheckConstraint("(candidacy_id IS NULL) = (entry_id IS NULL)", name=op.f("ck_finding_stay_of_candidacy")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_finding_closed_wholly")),
        sa.CheckConstraint("origin <> 'tpi' OR text IS NOT NULL", name=op.f("ck_finding_tpi_says_what")),
        sa.CheckConstraint(
            "origin <> 'tpi' OR candidacy_id IS NOT NULL", name=op.f("ck_finding_tpi_looks_at_candidacies")
        ),
        sa.CheckConstraint(
            "(response IS NULL) = (responded_at IS NULL) AND (response IS NULL) = (responded_by IS NULL)",
            name=op.f("ck_finding_responded_wholly"),
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR response IS NOT NULL", name=op.f("ck_finding_answered_with_response")
        ),
        sa.CheckConstraint("closed_by IS NULL OR state = 'closed'", name=op.f("ck_finding_somebody_closed_it")),
        sa.CheckConstraint(
            "accepted_until IS NULL OR closed_by IS NOT NULL", name=op.f("ck_finding_somebody_accepted_it")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_finding_unit_id_unit")),
        sa.ForeignKeyConstraint(["responded_by"], ["person.id"], name=op.f("fk_finding_responded_by_person")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_finding_closed_by_person")),
        sa.UniqueConstraint("unit_id", "rule", "item", name=op.f("uq_finding_unit_id_rule_item")),
        *_first_keys(),
    )
    _first_indexes()
    op.create_index(op.f("ix_finding_responded_by"), "finding", ["responded_by"], unique=False)
    op.create_index(op.f("ix_finding_closed_by"), "finding", ["closed_by"], unique=False)
    op.create_index(
        "uq_finding_of_nothing",
        "finding",
        ["rule", "item"],
        unique=True,
        sqlite_where=OF_NOTHING,
        postgresql_where=OF_NOTHING,
    )
    _take_back()

    for name in ("figures", "unmet", "basis"):
        op.add_column("layer_summary", sa.Column(name, sa.String(), nullable=True))

    op.create_table(
        "predicate_report",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column(
            "level",
            sa.Enum("WBK", "WBBM", name="level", native_enum=False, create_constraint=True, length=12),
            nullable=False,
        ),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("still_meets", sa.Boolean(), nullable=False),
        sa.Column("score", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_predicate_report_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_predicate_report_document_id_document")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_predicate_report_recorded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predicate_report")),
        sa.UniqueConstraint(
            "unit_id", "level", "reported_on", name=op.f("uq_predicate_report_unit_id_level_reported_on")
        ),
    )
    op.create_index(op.f("ix_predicate_report_document_id"), "predicate_report", ["document_id"], unique=False)
    op.create_index(op.f("ix_predicate_report_recorded_by"), "predicate_report", ["recorded_by"], unique=False)


def downgrade() -> None:
    """What a response stood for is open again; what belongs to no candidacy has no place and is dropped."""
    op.drop_index(op.f("ix_predicate_report_recorded_by"), table_name="predicate_report")
    op.drop_index(op.f("ix_predicate_report_document_id"), table_name="predicate_report")
    op.drop_table("predicate_report")
    for name in ("figures", "unmet", "basis"):
        op.drop_column("layer_summary", name)

    op.execute("DELETE FROM finding WHERE candidacy_id IS NULL")
    op.execute("UPDATE finding SET state = 'open' WHERE state = 'answered'")
    op.drop_index("uq_finding_of_nothing", table_name="finding")
    op.drop_index(op.f("ix_finding_closed_by"), table_name="finding")
    op.drop_index(op.f("ix_finding_responded_by"), table_name="finding")
    _set_aside()
    op.create_table(
        "finding",
        *_first_columns(optional=False),
        _state("open", "closed", length=14),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_finding_closed_wholly")),
        sa.CheckConstraint("origin <> 'tpi' OR text IS NOT NULL", name=op.f("ck_finding_tpi_says_what")),
        *_first_keys(),
    )
    _first_indexes()
    _take_back()


def _set_aside() -> None:
    """SQLite can't change a column or a check: the table is made anew. Nothing refers to it."""
    op.execute(f"CREATE TABLE finding_before AS SELECT {KEPT} FROM finding")  # noqa: S608 - no value in it
    op.drop_index("ix_finding_state_candidacy", table_name="finding")
    op.drop_index(op.f("ix_finding_raised_by"), table_name="finding")
    op.drop_index(op.f("ix_finding_entry_id"), table_name="finding")
    op.drop_table("finding")


def _take_back() -> None:
    op.execute(f"INSERT INTO finding ({KEPT}) SELECT {KEPT} FROM finding_before")  # noqa: S608
    op.drop_table("finding_before")
    if op.get_bind().dialect.name == "postgresql":  # numbers go on where they were
        op.execute(
            "SELECT setval(pg_get_serial_sequence('finding', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) "
            "FROM finding"
        )


def _first_columns(*, optional: bool) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", BIG, nullable=optional),
        sa.Column("entry_id", BIG, nullable=optional),
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
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
    )


def _state(*values: str, length: int) -> sa.Column[object]:
    return sa.Column(
        "state",
        sa.Enum(*values, name="finding_state", native_enum=False, create_constraint=True, length=length),
        nullable=False,
    )


def _first_keys() -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_finding_candidacy_id_candidacy")),
        sa.ForeignKeyConstraint(["entry_id"], ["stage_entry.id"], name=op.f("fk_finding_entry_id_stage_entry")),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_finding_raised_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("candidacy_id", "rule", "item", name=op.f("uq_finding_candidacy_id_rule_item")),
    )


def _first_indexes() -> None:
    op.create_index(op.f("ix_finding_entry_id"), "finding", ["entry_id"], unique=False)
    op.create_index(op.f("ix_finding_raised_by"), "finding", ["raised_by"], unique=False)
    op.create_index("ix_finding_state_candidacy", "finding", ["state", "candidacy_id"], unique=False)
