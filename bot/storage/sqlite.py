"""What is SQLite's own: the file, how a connection is set up, how a transaction begins, and what SQLite and the disk refuse.

Knows nothing about tables.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import StorageError
from bot.storage.store import dump

DRIVER = "sqlite+aiosqlite"

# Per connection. synchronous=FULL: with NORMAL a power cut may take back the last commits in WAL mode, and by then
# Telegram has been told that the update is ours; fullfsync is the same promise on macOS. busy_timeout is in ms.
# secure_delete: a merchant that has left could still be read in the file.
PRAGMAS = ("busy_timeout = 10000", "synchronous = FULL", "fullfsync = ON", "foreign_keys = ON", "secure_delete = ON")


SWITCHES = 50
SWITCH_AGAIN = 0.1
"""How often the mode is tried to be switched while another process has the file, and the seconds between."""


class Sqlite:
    """One SQLite file."""

    refused: tuple[type[BaseException], ...] = (DBAPIError, sqlite3.Error, OSError)

    def __init__(self, url: URL) -> None:
        """Raises StorageError when the address is not that of a file."""
        url = url.set(drivername=DRIVER) if url.drivername == "sqlite" else url
        if url.drivername != DRIVER or not url.database or url.database == ":memory:":
            raise StorageError(f"COPILOT_DATABASE_URL 里的 SQLite 要写成一个文件，例如 {DRIVER}:///data/copilot.db。")
        self.path = Path(url.database)
        self.stranger = f"{self.path} 是别的程序的数据库。请换一个数据文件夹（COPILOT_DATA）后再启动。"
        self.newer = f"数据库 {self.path} 是更新的版本写的，这个版本打不开。请升级后再启动。"
        self.reader = create_async_engine(
            url,
            pool_size=4,
            hide_parameters=True,
            json_serializer=dump,
            connect_args={"isolation_level": None},
        )
        self.writer = self.reader.execution_options(write=True)
        self.migrator = self.reader.execution_options(write=True, migrate=True)
        event.listen(self.reader.sync_engine, "connect", _set_up)
        event.listen(self.reader.sync_engine, "begin", _begin)

    async def reach(self) -> None:
        """Create the folder and the file, unless they are there. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # People's questions are in here: the file is its owner's alone, and SQLite's side files follow it.
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))

    async def unowned(self) -> bool:
        """A file has no owner of its own: the data folder around it has."""
        return True

    async def adopt(self) -> None:
        """Readers beside a writer. The mode stays in the file, so only a file known to be ours is switched."""
        async with self.reader.connect() as db:
            raw: Any = (await db.get_raw_connection()).driver_connection
            # Two that open a new file at once: SQLite does not wait for the other here, whatever busy_timeout says.
            for attempt in reversed(range(SWITCHES)):
                try:
                    await raw.execute("PRAGMA journal_mode = WAL")
                    return
                except sqlite3.OperationalError as error:
                    if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or not attempt:
                        raise
                await asyncio.sleep(SWITCH_AGAIN)

    async def migrated(self, db: AsyncConnection) -> None:
        """The connection does not check foreign keys, so it must not serve anybody else."""
        await db.invalidate()

    async def fold(self) -> None:
        """Fold the write-ahead log into the file: what was deleted still stands in it otherwise, also beside other processes.

        A reader who is in the middle of something keeps the log; the next fold takes it.
        """
        async with self.reader.connect() as db:
            raw: Any = (await db.get_raw_connection()).driver_connection
            await (await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def close(self) -> None:
        """Close all connections; the last one folds the write-ahead log into the file."""
        await self.reader.dispose()

    def sentence(self, error: BaseException) -> str:
        """What SQLite or the disk refused, and what to do."""
        return _sentence(error.orig if isinstance(error, DBAPIError) else error, self.path)


def _sentence(cause: object, path: Path) -> str:
    number = cause.errno if isinstance(cause, OSError) else None
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if number in (errno.ENOSPC, errno.EDQUOT) or code == sqlite3.SQLITE_FULL or (code and _disk_is_full(path)):
        return f"磁盘满了，没有存进 {path}。请清出空间后再试。"
    if code == sqlite3.SQLITE_NOTADB:
        return f"{path} 不是数据库文件。请把它移走，或者换一个数据文件夹（COPILOT_DATA）。"
    if code == sqlite3.SQLITE_CORRUPT:
        return f"数据库 {path} 坏了。请用备份换回来；没有备份就把它移走，再启动会新建一个。"
    if code == sqlite3.SQLITE_BUSY:
        return f"数据库 {path} 正被别的程序占着。请关掉那个程序后再试。"
    if number or code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return f"{path} 写不进去。请检查文件夹的权限，或者换一个数据文件夹（COPILOT_DATA）。"
    name = getattr(cause, "sqlite_errorname", type(cause).__name__)
    return f"数据库 {path} 读写出错（{name}）。请检查磁盘后再试。"


def _disk_is_full(path: Path) -> bool:
    """On a full disk SQLite often reports a plain I/O error, from its side files."""
    try:
        state = os.statvfs(path.parent)
    except OSError:
        return False
    return state.f_bavail * state.f_frsize < 1 << 16


def _set_up(raw: sqlite3.Connection, _record: object) -> None:
    cursor = raw.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the write lock at once: a reader that turns into a writer can fail however long it waits."""
    options = connection.get_execution_options()
    if options.get("migrate"):
        # Altering a table in SQLite means copying and dropping it; with foreign keys on, the drop would take the
        # rows that point to it along. The switch has no effect once a transaction has begun.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")
