"""What holds for PostgreSQL only: one copilot a database, and a sentence for whatever the server refuses."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from urllib.parse import quote

import pytest

from bot.errors import DatabaseTaken, StorageError
from bot.storage import postgres
from bot.storage.database import Database
from tests.storage.helpers import NOW, inbox_of
from tests.storage.server import GUARDED, PASSWORD, Server

INSERT = "INSERT INTO chats (chat, title, kind, seen_at) VALUES ('a', '', '', '2026-01-01')"


@pytest.fixture
def kind() -> str:
    return "postgres"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that is taken is not waited for."""
    monkeypatch.setattr(postgres, "LOCK_WITHIN", 50)


def _cut(server: Server) -> None:
    """End every connection to the database, as a restart of the server or of a firewall does."""
    server.psql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{Server.DATABASE}'")


async def _refusal(url: str) -> str:
    with pytest.raises(StorageError) as caught:
        await Database.open(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgres+asyncpg"])
async def test_the_customary_ways_to_write_an_address_are_understood(url: str, scheme: str) -> None:
    database = await Database.open(url.replace("postgresql+asyncpg", scheme) + "&ssl=prefer")
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    await database.close()


async def test_a_password_with_odd_characters_opens(url: str, server: Server) -> None:
    server.psql(f"ALTER DATABASE {Server.DATABASE} OWNER TO {GUARDED}")
    await (await Database.open(server.url(Server.DATABASE, GUARDED, PASSWORD))).close()


@pytest.mark.parametrize("password", ["", "hunter2 wrong"])
async def test_a_wrong_password_is_said(url: str, server: Server, password: str) -> None:
    assert "用户名或密码不对" in await _refusal(server.url(Server.DATABASE, GUARDED, password))


async def test_a_user_that_is_not_there_is_said(url: str, server: Server) -> None:
    assert "用户名或密码不对" in await _refusal(server.url(Server.DATABASE, "nobody_knows", "hunter2"))


async def test_a_database_that_is_not_there_is_said_with_its_name(server: Server) -> None:
    assert "没有 PostgreSQL 数据库 nowhere（" in await _refusal(server.url("nowhere"))


async def test_a_server_that_is_not_there_is_said_with_its_place() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        port = taken.getsockname()[1]
        said = await _refusal(f"postgresql://user:hunter2@127.0.0.1:{port}/copilot")
    assert said.startswith(f"连不上 PostgreSQL 数据库 copilot（127.0.0.1:{port}）")
    assert "连不上" in await _refusal("postgresql://user:hunter2@/copilot?host=/nowhere")


async def test_a_server_that_never_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "REACH_WITHIN", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes the connection, and nobody looks at it
        port = silent.getsockname()[1]
        assert "没有回应" in await _refusal(f"postgresql://user:hunter2@127.0.0.1:{port}/copilot?sslmode=disable")


async def test_a_server_without_encryption_is_said_where_encryption_is_demanded() -> None:
    refused = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        refused.set()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        assert "加密连接" in await _refusal(f"postgresql://user:hunter2@127.0.0.1:{port}/copilot?sslmode=require")
        await refused.wait()


PARAMETERS = (
    "channel_binding=hunter2",
    "sslmode=hunter2",
    "target_session_attrs=hunter2",
    "work_mem=hunter2",
)


@pytest.mark.parametrize("parameter", PARAMETERS)
async def test_a_parameter_that_cannot_be_used_is_said(url: str, parameter: str) -> None:
    assert "参数用不了" in await _refusal(f"{url}&{parameter}")


async def test_a_certificate_that_is_not_there_is_said(url: str) -> None:
    assert "文件 /nowhere/ca.pem 不在" in await _refusal(f"{url}&sslmode=verify-full&sslrootcert=/nowhere/ca.pem")


@pytest.mark.parametrize("place", ["127.0.0.1:99999999/db", "a..b/db"])
async def test_a_place_that_cannot_be_is_said(place: str) -> None:
    assert "主机、端口" in await _refusal(f"postgresql://user:hunter2@{place}")


@pytest.mark.parametrize("rest", ["@hunter2@host/db", "@x/hunter2@host/db"])
async def test_a_password_that_is_not_escaped_is_said_and_not_taken_for_a_place(rest: str) -> None:
    assert "%40" in await _refusal(f"postgresql://user:secret{rest}")


async def test_a_user_that_may_not_create_tables_is_said(url: str, server: Server) -> None:
    assert "权限" in await _refusal(server.url(Server.DATABASE, GUARDED, PASSWORD))


async def test_the_database_of_another_program_is_said_and_left_alone(url: str, server: Server) -> None:
    server.psql("CREATE TABLE notes (x int)", database=Server.DATABASE)
    assert "别的程序的表" in await _refusal(url)
    assert (
        server.psql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", database=Server.DATABASE)
        == "notes"
    )


async def test_a_database_that_cannot_hold_chinese_is_said(url: str, server: Server) -> None:
    server.psql(f"CREATE DATABASE {Server.DATABASE}_latin TEMPLATE template0 ENCODING 'LATIN1'")
    assert "编码是 LATIN1" in await _refusal(server.url(f"{Server.DATABASE}_latin"))
    server.psql(f"DROP DATABASE {Server.DATABASE}_latin WITH (FORCE)")


async def test_a_read_only_database_is_said(url: str, server: Server) -> None:
    server.psql(f"ALTER DATABASE {Server.DATABASE} SET default_transaction_read_only = on")
    assert "只能读" in await _refusal(url)


@pytest.mark.usefixtures("impatient")
async def test_a_second_copilot_is_refused_with_who_the_first_is_until_that_one_ends(database: Database, url: str) -> None:
    said = await _refusal(url)
    assert f"正被另一个 copilot 使用（主机 {socket.gethostname()} 上的进程 {os.getpid()}）" in said
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    await database.close()
    await (await Database.open(url)).close()


async def test_copilots_may_use_two_databases_of_one_server(database: Database, server: Server) -> None:
    server.psql("CREATE DATABASE another TEMPLATE template0")
    await (await Database.open(server.url("another"))).close()
    server.psql("DROP DATABASE another WITH (FORCE)")


async def test_a_connection_that_was_cut_while_idle_is_made_again_with_its_lock(
    database: Database, url: str, server: Server, impatient: None
) -> None:
    assert await inbox_of(database).pending() == []
    _cut(server)
    assert await inbox_of(database).pending() == []
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    assert "正被另一个 copilot 使用" in await _refusal(url)


@pytest.mark.usefixtures("impatient")
async def test_who_lost_the_lock_writes_nothing_until_it_is_free_again(database: Database, url: str, server: Server) -> None:
    _cut(server)
    other = await Database.open(url)
    with pytest.raises(StorageError, match="正被另一个 copilot 使用"):
        await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    await other.close()
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)


async def test_a_connection_that_is_cut_during_a_write_is_said_and_nothing_is_stored(
    database: Database, url: str, server: Server
) -> None:
    with pytest.raises(StorageError, match="连接断了"):
        async with database.write() as db:
            await db.exec_driver_sql(INSERT)
            _cut(server)
            await db.exec_driver_sql("SELECT 1")
    with pytest.raises(StorageError, match="连接断了"):
        async with database.write() as db:
            await db.exec_driver_sql(INSERT)
            _cut(server)
    async with database.write() as db:
        assert (await db.exec_driver_sql("SELECT count(*) FROM chats")).scalar_one() == 0


async def test_a_server_that_stops_is_said_and_found_again_when_it_is_back(
    database: Database, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(StorageError, match="连接断了"):
        async with database.read() as db:
            server.stop()
            await db.exec_driver_sql("SELECT 1")
    try:
        for _ in range(2):
            with pytest.raises(StorageError, match="连不上"):
                await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
            with pytest.raises(StorageError, match="连不上"):
                await inbox_of(database).pending()
    finally:
        server.start()
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    assert len(await inbox_of(database).pending()) == 1
    assert [record for record in caplog.records if record.exc_info and record.levelno >= logging.WARNING] == []


async def test_a_statement_without_end_is_given_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = await Database.open(url)
    await database.close()
    monkeypatch.setattr(postgres, "ANSWER_WITHIN", 0.3)
    database = await Database.open(url)
    with pytest.raises(StorageError, match="没有回应"):
        async with database.write() as db:
            await db.exec_driver_sql("SELECT pg_sleep(30)")
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)
    await database.close()


REFUSALS = {
    "53100": "磁盘满了",
    "53300": "连接数满了",
    "57P03": "正在启动或关闭",
    "XX001": "数据坏了",
    "58030": "读写出错（58030）",
}


@pytest.mark.parametrize(("code", "said"), REFUSALS.items())
async def test_what_the_server_refuses_is_said_and_the_next_write_works(database: Database, code: str, said: str) -> None:
    with pytest.raises(StorageError, match=said):
        async with database.write() as db:
            await db.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'hunter2' USING ERRCODE = '{code}'; END $$")
    assert await inbox_of(database).put("telegram", 1, "42", {}, now=NOW)


async def test_a_commit_is_on_the_disk_before_it_is_acknowledged(url: str, server: Server) -> None:
    server.psql(f"ALTER DATABASE {Server.DATABASE} SET synchronous_commit = off")
    database = await Database.open(url)
    async with database.write() as db:
        assert (await db.exec_driver_sql("SHOW synchronous_commit")).scalar_one() == "on"
    await database.close()


async def test_a_read_cannot_write_past_the_queue(database: Database) -> None:
    with pytest.raises(StorageError, match="只能读"):
        async with database.read() as db:
            await db.exec_driver_sql(INSERT)


def test_nothing_that_is_kept_shows_the_password() -> None:
    store = postgres.Postgres(postgres.URL.create("postgresql", "user", "hunter2", "host", database="db"))
    assert "hunter2" not in f"{store.reader!r}{store.writer!r}{store.name}{store.stranger}{store.newer}{store.reader.url}"
    assert quote("hunter2") not in repr(store)


async def test_whoever_asks_hears_whether_a_copilot_owns_the_database_and_is_in_nobodys_way(postgres_url: str) -> None:
    asking = Database(postgres_url, beside=True)
    try:
        assert await asking.unowned()
        owner = await Database.open(postgres_url)
        assert not await asking.unowned()
        await owner.check()
        await owner.close()
        assert await asking.unowned()
        await (await Database.open(postgres_url)).close()
    finally:
        await asking.close()


async def test_owner_that_lost_its_connection_to_another_copilot_is_told_so(postgres_url: str, server: Server) -> None:
    first = await Database.open(postgres_url)
    server.psql(
        f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {postgres.LOCK & 0xFFFFFFFF}"
    )
    second = await Database.open(postgres_url)
    try:
        with pytest.raises(StorageError):  # the connection that was cut, or at once the next one
            await first.check()
        with pytest.raises(DatabaseTaken, match="正被另一个 copilot 使用"):
            await first.check()
        await second.check()
    finally:
        await first.close()
        await second.close()
