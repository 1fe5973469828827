"""Delivery: channels in order, with a mark where one failed; and how many messages went in this minute."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FAILED = sa.text("state = 'failed'")
WITH_TLS = {"mailtos": "mailto", "jsons": "json", "xmls": "xml", "forms": "form", "ntfys": "ntfy"}


def upgrade() -> None:
    op.create_table(
        "sending_window",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_sending_window")),
    )
    op.add_column("channel", sa.Column("kind", sa.String(), nullable=False, server_default="other"))
    op.add_column("channel", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("channel", sa.Column("failed_at", UTCDateTime(), nullable=True))
    op.add_column("channel", sa.Column("failure", sa.String(), nullable=True))
    op.add_column("channel", sa.Column("rests_until", UTCDateTime(), nullable=True))
    op.add_column("channel", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("first_tried_at", UTCDateTime(), nullable=True))
    op.create_index(
        "ix_delivery_failed", "delivery", ["id"], unique=False, sqlite_where=FAILED, postgresql_where=FAILED
    )
    _name_kinds()


def _name_kinds() -> None:
    channel = sa.table("channel", sa.column("id"), sa.column("masked_url"), sa.column("kind"))
    connection = op.get_bind()
    for number, masked in connection.execute(sa.select(channel.c.id, channel.c.masked_url)).all():
        scheme = masked.split(":", 1)[0].lower()
        connection.execute(sa.update(channel).where(channel.c.id == number).values(kind=WITH_TLS.get(scheme, scheme)))


def downgrade() -> None:
    op.drop_index("ix_delivery_failed", table_name="delivery", sqlite_where=FAILED, postgresql_where=FAILED)
    op.drop_column("delivery", "first_tried_at")
    for column in ("failures", "rests_until", "failure", "failed_at", "position", "kind"):
        op.drop_column("channel", column)
    op.drop_table("sending_window")
