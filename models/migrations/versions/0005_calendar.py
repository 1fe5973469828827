"""The calendar of reminders: closures, windows, ladders, feeds, and the deadline of a proposal."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "ck_obligation_obligation_kind"
NEW_KIND = "proposal"


def upgrade() -> None:
    op.create_table(
        "closure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_closure_added_by_person")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_closure_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("agency_id", "day", name=op.f("uq_closure_agency_id_day")),
    )
    op.create_index(op.f("ix_closure_added_by"), "closure", ["added_by"], unique=False)
    op.create_table(
        "cycle_window",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("proposal", "objection", name="window_kind", native_enum=False, create_constraint=True, length=17),
            nullable=False,
        ),
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("closes", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("closes >= opens", name=op.f("ck_cycle_window_closes_after_opening")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_window_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_window")),
        sa.UniqueConstraint("cycle_id", "kind", name=op.f("uq_cycle_window_cycle_id_kind")),
    )
    op.create_table(
        "cycle_ladder",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "stage",
                "documents",
                "proposal",
                name="obligation_kind",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("rungs", sa.String(), nullable=False),
        sa.CheckConstraint("length(rungs) > 0", name=op.f("ck_cycle_ladder_has_rungs")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_ladder_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_ladder")),
        sa.UniqueConstraint("cycle_id", "kind", name=op.f("uq_cycle_ladder_cycle_id_kind")),
    )
    op.create_table(
        "feed",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("agency_id IS NULL OR unit_id IS NULL", name=op.f("ck_feed_one_scope")),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_feed_token_is_hashed")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_feed_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_feed_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_token_hash")),
    )
    op.create_index(op.f("ix_feed_agency_id"), "feed", ["agency_id"], unique=False)
    op.create_index(op.f("ix_feed_person_id"), "feed", ["person_id"], unique=False)
    op.create_index(op.f("ix_feed_unit_id"), "feed", ["unit_id"], unique=False)
    op.add_column("obligation", sa.Column("dated_at", UTCDateTime(), nullable=True))
    _change_kinds(lambda kinds: [*kinds, NEW_KIND])


def downgrade() -> None:
    op.execute(
        "DELETE FROM delivery WHERE outbox_id IN (SELECT outbox_message.id FROM outbox_message JOIN obligation"
        " ON obligation.id = outbox_message.obligation_id WHERE obligation.kind = 'proposal')"
    )
    op.execute("DELETE FROM outbox_message WHERE obligation_id IN (SELECT id FROM obligation WHERE kind = 'proposal')")
    op.execute("DELETE FROM said WHERE obligation_id IN (SELECT id FROM obligation WHERE kind = 'proposal')")
    op.execute("DELETE FROM obligation WHERE kind = 'proposal'")
    _change_kinds(lambda kinds: [kind for kind in kinds if kind != NEW_KIND])
    op.drop_column("obligation", "dated_at")
    op.drop_index(op.f("ix_feed_unit_id"), table_name="feed")
    op.drop_index(op.f("ix_feed_person_id"), table_name="feed")
    op.drop_index(op.f("ix_feed_agency_id"), table_name="feed")
    op.drop_table("feed")
    op.drop_table("cycle_ladder")
    op.drop_table("cycle_window")
    op.drop_index(op.f("ix_closure_added_by"), table_name="closure")
    op.drop_table("closure")


def _change_kinds(change: Callable[[list[str]], list[str]]) -> None:
    """Let the check of an obligation's kind know other words, whatever else the table has by now.

    SQLite can't change a check, so the table is made again with the statement that made it. Other tables point at
    its rows: their keys are asked again only when all is done, and by then every row is back under its number.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        (said,) = (one for one in sa.inspect(connection).get_check_constraints("obligation") if one["name"] == KINDS)
        words = change(re.findall(r"'(\w+)'", said["sqltext"]))
        op.drop_constraint(op.f(KINDS), "obligation", type_="check")
        op.create_check_constraint(op.f(KINDS), "obligation", f"kind IN ({_quoted(words)})")
        return
    master = "SELECT sql FROM sqlite_master WHERE tbl_name = 'obligation' AND sql IS NOT NULL ORDER BY type DESC, name"
    table, *indexes = connection.execute(sa.text(master)).scalars().all()
    made_anew = re.sub(
        rf"(?<=CONSTRAINT {KINDS} CHECK \(kind IN \()[^)]*",
        lambda words: _quoted(change(re.findall(r"'(\w+)'", words[0]))),
        table,
    )
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE obligation_kept AS SELECT * FROM obligation")
    op.execute("DROP TABLE obligation")
    connection.exec_driver_sql(made_anew)
    op.execute("INSERT INTO obligation SELECT * FROM obligation_kept")
    op.execute("DROP TABLE obligation_kept")
    for index in indexes:
        connection.exec_driver_sql(index)


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
