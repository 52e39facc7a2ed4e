"""Opening the database, bringing it up to date, and reading and writing in transactions.

Knows nothing about what the tables mean, nor which database it is: that is sqlite.py's and postgres.py's.
What the database, the disk and the network refuse becomes a StorageError, here only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage.store import store
from bot.storage.tables import HEAD


class Database:
    """One database. Writers take turns; readers read beside them and see what was committed before."""

    def __init__(self, url: str, *, beside: bool = False) -> None:
        """Nothing is opened yet; `open` is the way in."""
        self._store = store(url, beside=beside)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, *, beside: bool = False) -> Database:
        """Open the database, creating its tables (and a file's folder) and migrating what an older version left.

        `url` is ``sqlite+aiosqlite:///path`` or ``postgresql://user:password@host/database``. Raises StorageError with
        one sentence when the folder, the disk, the server or the network refuses, when the database is not ours or
        another copilot uses it, and when a newer version wrote it. A short command that may run `beside` a copilot says so.
        """
        database = cls(url, beside=beside)
        try:
            await database._prepare()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close all connections."""
        await self._store.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; all its reads see the same moment."""
        with self._refusals():
            async with self._store.reader.begin() as db:
                yield db

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; when this block is left it is on the disk, or StorageError is raised.

        Writers of this process queue here, which is fair; the database itself would let them compete.
        """
        with self._refusals():
            async with self._turn, self._store.writer.begin() as db:
                yield db

    async def unowned(self) -> bool:
        """Whether no copilot owns the database at this moment; nothing is created or migrated for that. Raises StorageError."""
        with self._refusals():
            return await self._store.unowned()

    async def check(self) -> None:
        """Write something that changes nothing. Raises StorageError when that is refused, DatabaseTaken when it is not ours."""
        async with self.write() as db:
            await db.execute(text("UPDATE alembic_version SET version_num = version_num"))

    async def fold(self) -> None:
        """What was deleted leaves the disk too, as far as it is ours to do."""
        with self._refusals():
            await self._store.fold()

    async def _prepare(self) -> None:
        with self._refusals():
            await self._store.reach()
        async with self.read() as db:
            revision = await db.run_sync(self._revision)
        with self._refusals():
            await self._store.adopt()
        if revision != HEAD:
            await self._migrate()

    def _revision(self, connection: Connection) -> str | None:
        """The revision that the tables are at, None where there are none."""
        names = connection.dialect.get_table_names(connection)
        if "alembic_version" in names:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if revision is None else str(revision)
        if names:
            raise StorageError(self._store.stranger)
        return None

    async def _migrate(self) -> None:
        # Alembic takes a fifth of a second to import, and most starts do not need it.
        from bot.storage.migrations import UnknownRevision, upgrade

        try:
            with self._refusals():
                async with self._turn, self._store.migrator.connect() as db:
                    async with db.begin():
                        await db.run_sync(upgrade)
                    await self._store.migrated(db)
        except UnknownRevision as error:
            raise StorageError(self._store.newer) from error

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """The one sentence for whoever runs the copilot, in place of what the driver said."""
        try:
            yield
        except self._store.refused as error:
            raise StorageError(self._store.sentence(error)) from error
