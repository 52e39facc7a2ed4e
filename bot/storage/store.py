"""What Database asks of the database behind it. sqlite.py and postgres.py answer, each with what is its own.

Knows nothing about tables and transactions.
"""

from __future__ import annotations

import json
from typing import Protocol

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageError


class Store(Protocol):
    """One SQLite file, or one database of a PostgreSQL server. `stranger` and `newer` are sentences for its user."""

    reader: AsyncEngine
    writer: AsyncEngine
    """At most one of its transactions is open at a time, whoever else uses the database."""
    migrator: AsyncEngine
    refused: tuple[type[BaseException], ...]
    """What the driver raises when the database or the network refuses."""
    stranger: str
    """The database holds another program's tables."""
    newer: str
    """A newer version wrote the database."""

    async def reach(self) -> None:
        """Make sure that the database is there and that we may write to it. Raises `refused` or StorageError."""

    async def unowned(self) -> bool:
        """Whether no copilot owns the database at this moment. Raises `refused` or StorageError."""

    async def adopt(self) -> None:
        """The database is ours: change what stays changed in it. Raises `refused`."""

    async def migrated(self, db: AsyncConnection) -> None:
        """The migration on this connection of the `migrator` is done."""

    async def fold(self) -> None:
        """What was deleted leaves the disk too, where that is ours to do. Raises `refused`."""

    async def close(self) -> None:
        """Close all connections."""

    def sentence(self, error: BaseException) -> str:
        """What is wrong and what to do, for whoever runs the copilot; never with a password."""


def store(url: str, *, beside: bool = False) -> Store:
    """The database at this address; nothing is opened yet. Raises StorageError when it is of no kind that we know.

    `beside` says that a running copilot may be using it, and goes on.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = make_url("unknown://")
    kind = parsed.drivername.partition("+")[0]
    # Each brings its driver along, and a start with one need not wait for the other's.
    if kind in ("postgresql", "postgres"):
        from bot.storage.postgres import Postgres

        return Postgres(parsed, beside=beside)
    if kind == "sqlite":
        from bot.storage.sqlite import Sqlite

        return Sqlite(parsed)
    raise StorageError(
        "COPILOT_DATABASE_URL 只支持 SQLite 文件和 PostgreSQL，写成 sqlite+aiosqlite:///data/copilot.db"
        " 或 postgresql://用户:密码@主机/数据库 这样。"
    )


def dump(value: object) -> str:
    """JSON with Chinese as it is, in half the bytes; half a surrogate pair stays escaped."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        dumped.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return dumped
