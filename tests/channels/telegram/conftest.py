"""A desk for each test, with limits that do not make tests wait; the limits have tests of their own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram import pace
from bot.domain import outgoing
from bot.domain.limits import Limit
from bot.storage.database import Database
from tests.channels.telegram.desk import Desk, now
from tests.double import TelegramDouble
from tests.running_clock import AFTERNOON

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"


@pytest.fixture
def no_pacing(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = outgoing.Rate(timedelta(milliseconds=1), 1)
    for name in ("BOT_RATE", "CHAT_RATE", "GROUP_RATE"):
        monkeypatch.setattr(outgoing, name, quick)
    for name in ("PRESSES", "INLINE"):
        monkeypatch.setattr(pace, name, Limit(per_minute=10_000, burst=10_000))


@pytest.fixture(autouse=True)
def afternoon() -> None:
    """The desk's clock, at the time of day that every test starts from unless it sets another."""
    now.set(AFTERNOON)


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with await TelegramDouble.start(TOKEN, clock=now.seconds) as started:
        yield started


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables; copying it is quicker than migrating one for each test."""
    path = tmp_path_factory.mktemp("template") / "copilot.db"

    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{path}")).close()

    asyncio.run(make())
    return path


@pytest.fixture
async def database(tmp_path: Path, empty_database: Path) -> AsyncIterator[Database]:
    shutil.copy(empty_database, tmp_path / "copilot.db")
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    yield opened
    await opened.close()


@pytest.fixture
async def idle_desk(double: TelegramDouble, database: Database, tmp_path: Path, no_pacing: None) -> AsyncIterator[Desk]:
    """A desk whose bot is not started yet."""
    desk = Desk(double, database, tmp_path)
    yield desk
    await desk.stop()


@pytest.fixture
async def desk(idle_desk: Desk) -> Desk:
    await idle_desk.start()
    return idle_desk
