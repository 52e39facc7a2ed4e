"""A real database for each test: a SQLite file, and a database of a PostgreSQL server that runs as long as the tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.storage.server import NoServer, Server, running_server

EMPTY = (
    "SET default_transaction_read_only = off",  # or a test that set it for the database could not be undone
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    f"ALTER DATABASE {Server.DATABASE} RESET ALL",
    f"ALTER DATABASE {Server.DATABASE} OWNER TO postgres",
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; in continuous integration its absence is a failure, elsewhere it is said and skipped."""
    running = running_server()
    try:
        started = next(running)
    except NoServer as error:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(f"the storage tests need a PostgreSQL server: {error}", pytrace=False)
        pytest.skip(str(error))
    yield started
    running.close()


@pytest.fixture
def postgres_url(server: Server) -> str:
    """The address of an empty PostgreSQL database: always the same one, emptied, which is much quicker than a new one."""
    server.psql(*EMPTY, database=server.DATABASE)
    return server.url(server.DATABASE)


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'copilot.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A new database, opened."""
    opened = await Database.open(url)
    yield opened
    await opened.close()
