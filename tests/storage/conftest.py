"""A real database for each test: a SQLite file, and a database of a PostgreSQL server that runs as long as the tests."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.storage.helpers import ROOT
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


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """A PostgreSQL database with all tables, to copy: that is quicker than to migrate each test's own."""
    server.psql("CREATE DATABASE copilot_template TEMPLATE template0")
    code = "import asyncio, sys; from bot.storage.database import Database; asyncio.run(Database.open(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, server.url("copilot_template")], cwd=ROOT, check=True)
    return "copilot_template"


@pytest.fixture
def postgres_url(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a new PostgreSQL database: empty, or with all tables for a test that wants it opened."""
    name = f"copilot_{next(_numbers)}"
    model = request.getfixturevalue("template") if "database" in request.fixturenames else "template0"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {model}")
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
