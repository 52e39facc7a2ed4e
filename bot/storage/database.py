"""Opening the SQLite file, bringing it up to date, and reading and writing in transactions.

Knows nothing about what the tables mean. What SQLite and the disk refuse becomes a StorageError, here only.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import StorageError
from bot.storage.tables import HEAD

DRIVER = "sqlite+aiosqlite"

# Per connection. synchronous=FULL: with NORMAL a power cut may take back the last commits in WAL mode, and by then
# Telegram has been told that the update is ours; fullfsync is the same promise on macOS. busy_timeout is in ms.
PRAGMAS = ("busy_timeout = 10000", "synchronous = FULL", "fullfsync = ON", "foreign_keys = ON", "secure_delete = ON")


class Database:
    """One SQLite file. Writers take turns; readers read beside them and see what was committed before."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet; `open` is the way in."""
        parsed = _parse(url)
        self.path = Path(parsed.database or "")
        self._engine = create_async_engine(
            parsed,
            pool_size=4,
            hide_parameters=True,
            json_serializer=_dump,
            connect_args={"isolation_level": None},
        )
        self._turn = asyncio.Lock()
        event.listen(self._engine.sync_engine, "connect", _set_up)
        event.listen(self._engine.sync_engine, "begin", _begin)

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open the database, creating its folder and tables and migrating what an older version left.

        `url` is ``sqlite+aiosqlite:///path``. Raises StorageError with one sentence when the folder or the disk
        refuses, when the file is no database of ours, and when a newer version wrote it.
        """
        database = cls(url)
        try:
            await database._prepare()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close all connections; the last one folds the write-ahead log into the file."""
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; all its reads see the same moment."""
        try:
            async with self._engine.begin() as db:
                yield db
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; when this block is left it is on the disk, or StorageError is raised.

        Writers of this process queue here, which is fair; SQLite itself would let them poll for the lock.
        """
        try:
            async with self._turn, self._engine.execution_options(write=True).begin() as db:
                yield db
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error

    async def fold(self) -> None:
        """Fold the write-ahead log into the file: what was deleted still stands in it otherwise, also beside other processes.

        A reader who is in the middle of something keeps the log; the next fold takes it.
        """
        await self._outside("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _prepare(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # People's questions are in here: the file is its owner's alone, and SQLite's side files follow it.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise self._refusal(error) from error
        async with self.read() as db:
            revision = await db.run_sync(self._revision)
        await self._use_wal()
        if revision != HEAD:
            await self._migrate()

    def _revision(self, connection: Connection) -> str | None:
        """The revision that the file is at, None for an empty one."""
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        if "alembic_version" in names:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if revision is None else str(revision)
        if names:
            raise StorageError(f"{self.path} 是别的程序的数据库。请换一个数据文件夹（COPILOT_DATA）后再启动。")
        return None

    async def _use_wal(self) -> None:
        """Readers beside a writer. The mode stays in the file, so only a file known to be ours is switched."""
        await self._outside("PRAGMA journal_mode = WAL")

    async def _outside(self, pragma: str) -> None:
        """What SQLite does outside of transactions only."""
        try:
            async with self._engine.connect() as db:
                raw: Any = (await db.get_raw_connection()).driver_connection
                await (await raw.execute(pragma)).close()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error

    async def _migrate(self) -> None:
        # Alembic takes a fifth of a second to import, and most starts do not need it.
        from bot.storage.migrations import UnknownRevision, upgrade

        try:
            async with self._turn, self._engine.execution_options(write=True, migrate=True).connect() as db:
                async with db.begin():
                    await db.run_sync(upgrade)
                # It does not check foreign keys, so it must not serve anybody else.
                await db.invalidate()
        except UnknownRevision as error:
            raise StorageError(f"数据库 {self.path} 是更新的版本写的，这个版本打不开。请升级后再启动。") from error
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error

    def _refusal(self, error: BaseException) -> StorageError:
        """The one sentence for whoever runs the copilot: what is wrong and what to do."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        return StorageError(_sentence(cause, self.path))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = make_url("unknown://")
    if parsed.drivername == "sqlite":
        parsed = parsed.set(drivername=DRIVER)
    if parsed.drivername != DRIVER or not parsed.database or parsed.database == ":memory:":
        raise StorageError(f"COPILOT_DATABASE_URL 只支持 SQLite 文件，写成 {DRIVER}:///data/copilot.db 这样。")
    return parsed


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


def _dump(value: object) -> str:
    """JSON with Chinese as it is, in half the bytes; half a surrogate pair stays escaped."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        dumped.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return dumped
