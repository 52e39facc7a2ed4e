"""Run by Alembic: migrates on the connection that it is given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from bot.storage import past_tables as _pasts  # noqa: F401 - adds its tables to the metadata
from bot.storage import session_tables as _sessions  # noqa: F401 - adds its tables to the metadata
from bot.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
