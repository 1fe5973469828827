"""Alembic runs on the connection it is handed; there is no alembic.ini and no URL of its own."""

from alembic import context

from models.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
