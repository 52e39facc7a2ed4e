"""What is PostgreSQL's own: reaching the server, one copilot a database, and what the server and the network refuse.

Knows nothing about tables. All writing goes through the one connection that holds the database's lock: while a write
is on its way, no other copilot can have the lock, and when the connection is lost, so is the lock.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import DatabaseTaken, StorageError
from bot.storage.postgres_refusals import UNUSABLE, sentence, unreached
from bot.storage.store import dump

DRIVERS = ("postgresql", "postgres", "postgresql+asyncpg", "postgres+asyncpg")
REACH_WITHIN = 10.0
"""How long a server may take to let us in, in seconds."""
ANSWER_WITHIN = 60.0
"""How long one statement may take, in seconds: a server that vanished does not say so."""
LOCK_WITHIN = 3000
"""How long to wait for the lock, in ms: the server needs a moment to notice that its last owner is gone."""

LOCK = 0x636F70696C6F74  # "copilot"; advisory locks are per database, so that other copilots may use other databases
OWNER = """
SELECT a.application_name FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
  AND l.classid = ($1::bigint >> 32) AND l.objid = ($1::bigint & 4294967295) AND l.objsubid = 1
"""
# Half a minute after a machine vanished its lock is free; the same packets keep a quiet connection open in a firewall.
KEEPALIVE = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
# Where a server acknowledges before it has written, a power cut may take back what Telegram was told that we have.
DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class Postgres:
    """One database of a PostgreSQL server."""

    refused: tuple[type[BaseException], ...] = (
        DBAPIError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
    )

    def __init__(self, url: URL, *, beside: bool = False) -> None:
        """With `beside` the lock is left to whoever has it. Raises StorageError when the address cannot be one."""
        _check(url)
        self._address = _address(url)
        self.name = _name(url)
        self.stranger = f"{self.name}里有别的程序的表。请新建一个空的数据库，写进 COPILOT_DATABASE_URL 后再启动。"
        self.newer = f"{self.name}是更新的版本写的，这个版本打不开。请升级后再启动。"
        self.reader = _engine(self._connect, 4, isolation_level="REPEATABLE READ").execution_options(postgresql_readonly=True)
        self.writer = self.migrator = _engine(self._connect if beside else self._own, 1)

    async def reach(self) -> None:
        """Reach the server, own the database, and see that it can hold Chinese."""
        async with self.writer.connect() as db:
            raw: Any = (await db.get_raw_connection()).driver_connection
            encoding = raw.get_settings().server_encoding
        if encoding != "UTF8":
            raise StorageError(
                f"{self.name}的编码是 {encoding}，存不了中文。请新建一个 UTF8 编码的数据库，写进 COPILOT_DATABASE_URL 后再启动。"
            )

    async def unowned(self) -> bool:
        """Whether no copilot holds the lock; it is taken for a moment to find out. Raises `refused` or StorageError."""
        async with self.reader.connect() as db:
            if not await db.scalar(text(f"SELECT pg_try_advisory_lock({LOCK})")):
                return False
            await db.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
            return True

    async def adopt(self) -> None:
        """Nothing stays changed."""

    async def migrated(self, db: AsyncConnection) -> None:
        """The connection stays in use: it holds the lock."""

    async def fold(self) -> None:
        """The server's own business: its vacuum writes over what was deleted."""

    async def close(self) -> None:
        """Close all connections; with the writer's goes the lock."""
        await self.writer.dispose()
        await self.reader.dispose()

    def sentence(self, error: BaseException) -> str:
        """What the server or the network refused, and what to do."""
        return sentence(error.orig if isinstance(error, DBAPIError) and error.orig else error, self.name)

    async def _connect(self) -> asyncpg.Connection:
        me = f"copilot {os.getpid()} {socket.gethostname()}"
        try:
            return await asyncpg.connect(
                self._address,
                timeout=REACH_WITHIN,
                command_timeout=ANSWER_WITHIN,
                server_settings={"application_name": me, **KEEPALIVE},
            )
        except (OSError, *UNUSABLE) as error:
            raise StorageError(unreached(error, self.name)) from error

    async def _own(self) -> asyncpg.Connection:
        """A connection that holds the lock. Raises DatabaseTaken when another copilot has it."""
        connection = await self._connect()
        try:
            await connection.execute(DURABLE)
            await connection.execute(f"SET lock_timeout = {LOCK_WITHIN}")
            await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
            await connection.execute("RESET lock_timeout")
        except asyncpg.LockNotAvailableError:
            owner = await connection.fetchval(OWNER, LOCK)
            await connection.close()
            raise DatabaseTaken(_busy(self.name, owner or "")) from None
        except BaseException:
            connection.terminate()
            raise
        return connection


def _engine(creator: Any, size: int, **options: Any) -> AsyncEngine:
    return create_async_engine(
        "postgresql+asyncpg://",  # the address, with the password, stays out of SQLAlchemy's reach
        async_creator=creator,
        pool_size=size,
        max_overflow=0 if size == 1 else 6,
        pool_pre_ping=True,  # a server may have been restarted since
        hide_parameters=True,
        json_serializer=dump,
        **options,
    )


def _check(url: URL) -> None:
    if url.drivername not in DRIVERS or not url.database:
        raise StorageError("COPILOT_DATABASE_URL 里的 PostgreSQL 要写成 postgresql://用户:密码@主机/数据库 这样。")
    if "@" in f"{url.host}{url.database}":  # half a password would be taken for the host, and be shown
        raise StorageError("COPILOT_DATABASE_URL 里的用户名和密码要转义：@ 写成 %40，/ 写成 %2F，: 写成 %3A。")
    for parameter in ("sslrootcert", "sslcert", "sslkey", "sslcrl"):
        file = str(url.query.get(parameter, ""))
        if file and not Path(file).is_file():
            raise StorageError(f"COPILOT_DATABASE_URL 里 {parameter} 写的文件 {file} 不在。请改正后再启动。")


def _address(url: URL) -> str:
    """The address as asyncpg reads it, which knows libpq's parameters; `ssl` is what SQLAlchemy calls `sslmode`."""
    url = url.set(drivername="postgresql")
    if ssl := url.query.get("ssl"):
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": ssl})
    return url.render_as_string(hide_password=False)


def _name(url: URL) -> str:
    host = url.host or url.query.get("host") or "localhost"
    host = f"[{host}]" if ":" in host else host
    port = f":{url.port}" if url.port else ""
    return f" PostgreSQL 数据库 {url.database}（{host}{port}）"


def _busy(name: str, owner: str) -> str:
    _, _, pid_and_host = owner.partition("copilot ")
    pid, _, host = pid_and_host.partition(" ")
    who = f"（主机 {host} 上的进程 {pid}）" if host else ""
    return f"{name.strip()}正被另一个 copilot 使用{who}。先停掉它，或在 COPILOT_DATABASE_URL 里换一个数据库。"
