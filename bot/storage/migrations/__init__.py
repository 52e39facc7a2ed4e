"""The way from each older version of the tables to the newest, one file a step in versions/.

A step is never changed once released; a new one is added and `HEAD` in tables.py is moved to it.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text


class UnknownRevision(Exception):
    """The database is at a revision that this version has never heard of."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; what runs with it runs inside the connection's open transaction."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision; does nothing when another process was faster.

    Raises UnknownRevision when a newer version wrote the database.
    """
    made = config(connection)
    _check_known(made, connection)
    command.upgrade(made, "head")


def _check_known(made: Config, connection: Connection) -> None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(made).get_revision(str(revision))
    except CommandError as error:
        raise UnknownRevision(str(revision)) from error
