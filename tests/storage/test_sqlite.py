"""What holds for a SQLite file only."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.storage.database import Database
from tests.storage.helpers import NOW, inbox_of


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def test_opening_creates_the_folder_and_a_file_for_its_owner_only(url: str, tmp_path: Path) -> None:
    database = await Database.open(url)
    await database.close()
    assert stat.S_IMODE((tmp_path / "data" / "copilot.db").stat().st_mode) == 0o600


async def test_a_commit_is_on_the_disk_before_it_is_acknowledged(database: Database) -> None:
    async with database.read() as db:
        settings = {name: (await db.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in ("synchronous", "journal_mode")}
        assert settings == {"synchronous": 2, "journal_mode": "wal"}
        assert (await db.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1


async def test_two_processes_may_open_a_new_file_at_once(url: str) -> None:
    both = await asyncio.gather(Database.open(url), Database.open(url))
    assert await inbox_of(both[0]).put("telegram", 1, "42", {}, now=NOW)
    assert not await inbox_of(both[1]).put("telegram", 1, "42", {}, now=NOW)
    for database in both:
        await database.close()


async def test_a_full_disk_is_said_and_works_again_when_there_is_room(url: str) -> None:
    full = await Database.open(url)
    async with full.read() as db:
        pages = (await db.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await db.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StorageError, match="磁盘满了"):
        for number in range(100):
            await inbox_of(full).put("telegram", number, "42", {"text": "停" * 5000}, now=NOW)
    stored = len(await inbox_of(full).pending())
    await full.close()
    roomy = await Database.open(url)
    assert 0 < stored == len(await inbox_of(roomy).pending())
    assert await inbox_of(roomy).put("telegram", 1000, "42", {"text": "停" * 5000}, now=NOW)
    await roomy.close()


async def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "copilot.db"
    file.write_text("这不是数据库" * 1000, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(StorageError, match=r"copilot\.db 不是数据库文件"):
        await Database.open(f"sqlite+aiosqlite:///{file}")
    assert file.read_bytes() == before


async def test_the_database_of_another_program_is_said_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE notes (x)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(StorageError, match="别的程序的数据库"):
        await Database.open(f"sqlite+aiosqlite:///{file}")
    assert file.read_bytes() == before


async def test_a_damaged_database_is_said(url: str, tmp_path: Path) -> None:
    await (await Database.open(url)).close()
    file = tmp_path / "data" / "copilot.db"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(StorageError, match="坏了"):
        await Database.open(url)


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="写不进去"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}/file/copilot.db")


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o555)
    return tmp_path


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_said(read_only_folder: Path) -> None:
    with pytest.raises(StorageError, match="写不进去"):
        await Database.open(f"sqlite+aiosqlite:///{read_only_folder}/copilot.db")


async def test_a_database_that_became_read_only_is_said(database: Database) -> None:
    with pytest.raises(StorageError, match="写不进去"):
        async with database.write() as db:
            await db.exec_driver_sql("PRAGMA query_only = ON")
            await db.exec_driver_sql("DELETE FROM chats")
