"""What holds for either database."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from bot.errors import StorageError
from bot.storage.database import Database
from tests.storage.helpers import NOW, ROOT, inbox_of


async def test_what_was_stored_is_there_after_closing_and_opening(url: str) -> None:
    database = await Database.open(url)
    await inbox_of(database).put("telegram", 1, "42", {"text": "停留"}, now=NOW)
    await database.close()
    database = await Database.open(url)
    assert [item.payload for item in await inbox_of(database).pending()] == [{"text": "停留"}]
    await database.close()


async def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as db:
            await db.exec_driver_sql("INSERT INTO chats (chat, title, kind, seen_at) VALUES ('a', '', '', '2026-01-01')")
            raise ZeroDivisionError
    async with database.write() as db:
        assert (await db.exec_driver_sql("SELECT count(*) FROM chats")).scalar_one() == 0


async def test_a_cancelled_writer_does_not_hold_up_the_next(database: Database) -> None:
    async def writes() -> None:
        async with database.write() as db:
            await db.exec_driver_sql("INSERT INTO chats (chat, title, kind, seen_at) VALUES ('a', '', '', '2026-01-01')")
            await asyncio.sleep(60)

    task = asyncio.create_task(writes())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    async with database.read() as db:
        assert (await db.exec_driver_sql("SELECT count(*) FROM chats")).scalar_one() == 0


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    async with database.write() as db:
        await db.exec_driver_sql("INSERT INTO chats (chat, title, kind, seen_at) VALUES ('a', '', '', '2026-01-01')")
        async with asyncio.timeout(2):
            assert await inbox_of(database).pending() == []


async def test_what_one_read_sees_does_not_change_while_it_reads(database: Database) -> None:
    async with database.read() as db:
        before = (await db.exec_driver_sql("SELECT count(*) FROM inbox")).scalar_one()
        await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
        assert (await db.exec_driver_sql("SELECT count(*) FROM inbox")).scalar_one() == before == 0
    assert len(await inbox_of(database).pending()) == 1


async def test_a_newer_version_s_database_is_said_and_left_alone(url: str) -> None:
    newer = await Database.open(url)
    async with newer.write() as db:
        await db.exec_driver_sql("UPDATE alembic_version SET version_num = 'v999'")
    await newer.close()
    with pytest.raises(StorageError, match="更新的版本"):
        await Database.open(url)


async def test_a_writer_that_is_cancelled_in_the_middle_of_a_statement_does_not_hold_up_the_next(database: Database) -> None:
    inbox = inbox_of(database)
    for number in range(20):
        task = asyncio.create_task(inbox.put("telegram", number, "42", {}, now=NOW))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await inbox.put("telegram", 1000, "42", {}, now=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "mysql+aiomysql://user:hunter2@host/db",
        "rubbish hunter2",
        "sqlite+aiosqlite://",
        "sqlite://",
        "postgresql://user:hunter2@host",
        "postgresql://user:hunter2@host:port/db",
        "postgresql+psycopg://user:hunter2@host/db",
    ],
)
async def test_an_address_that_is_no_database_of_ours_is_said_without_its_password(address: str) -> None:
    with pytest.raises(StorageError, match="COPILOT_DATABASE_URL") as caught:
        await Database.open(address)
    assert "hunter2" not in str(caught.value)


def test_opening_an_up_to_date_database_needs_no_alembic(url: str) -> None:
    code = (
        "import asyncio, sys\n"
        "from bot.storage.database import Database\n"
        "async def main():\n"
        "    await (await Database.open(sys.argv[1])).close()\n"
        "    print('alembic' in sys.modules)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", code, url]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2)]
    assert [run.stdout.strip() for run in runs] == ["True", "False"]
