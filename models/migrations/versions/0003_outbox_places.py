"""Outbox rows that belong to a unit, an agency, a person or the installation, not only to a candidacy."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

PLACES = " + ".join(f"CASE WHEN {one}_id IS NULL THEN 0 ELSE 1 END" for one in ("candidacy", "unit", "agency"))


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as table:
        table.alter_column("candidacy_id", existing_type=BIG, nullable=True)
        for name in ("unit", "agency", "person"):
            table.add_column(sa.Column(f"{name}_id", BIG, nullable=True))
            table.create_foreign_key(op.f(f"fk_outbox_message_{name}_id_{name}"), name, [f"{name}_id"], ["id"])
        table.create_check_constraint(op.f("ck_outbox_message_one_place"), f"{PLACES} <= 1")
        table.create_check_constraint(
            op.f("ck_outbox_message_roles_or_a_person"), "(roles = '') = (person_id IS NOT NULL)"
        )


def downgrade() -> None:
    """What belongs to no candidacy can't be kept: it goes, with its deliveries."""
    homeless = "SELECT id FROM outbox_message WHERE candidacy_id IS NULL"
    op.execute(f"DELETE FROM delivery WHERE outbox_id IN ({homeless})")  # noqa: S608 - no value in it
    op.execute("DELETE FROM outbox_message WHERE candidacy_id IS NULL")
    with op.batch_alter_table("outbox_message") as table:
        table.alter_column("candidacy_id", existing_type=BIG, nullable=False)
        for name_of_check in ("one_place", "roles_or_a_person"):
            table.drop_constraint(op.f(f"ck_outbox_message_{name_of_check}"), type_="check")
        for name in ("unit", "agency", "person"):
            table.drop_constraint(op.f(f"fk_outbox_message_{name}_id_{name}"), type_="foreignkey")
            table.drop_column(f"{name}_id")
