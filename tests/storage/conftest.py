"""A real database for each test: a SQLite file, and a database of a PostgreSQL server that runs as long as the tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.storage.server import NoServer, Server, running_server

_numbers = itertools.count(1)


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
def postgres_url(server: Server) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = f"copilot_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE template0")
    yield server.url(name)
    server.psql(f"DROP DATABASE {name} WITH (FORCE)")


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
