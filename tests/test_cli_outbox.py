"""`copilot outbox`: what waits, failed or may not have arrived; sent again or given up; never a text unless it is asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import team_collection
from bot.domain.messages import Message, text
from bot.domain.outgoing import CONDUCT, Kind
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from tests.cli_office import Terminal, founded, now, team, terminal

__all__ = ["founded", "team", "terminal"]
SECRET = "七号商家的成交额\x1b[31m"


def beside(folder: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do something to the database as the running copilot would."""

    async def run() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/data/copilot.db")
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


@pytest.fixture
def stocked(terminal: Terminal, team: str) -> Terminal:
    """A message in each state that has any, ids 1 to 5."""

    async def fill(database: Database) -> None:
        outbox, at = Outbox(database), now()
        await Chats(database).seen("telegram:-100", "直播一组", "group", at)
        for key in ("waits", "failed", "unknown", "sent", "sending"):
            drawn = [team_collection(team)]
            await outbox.add(key, "telegram", "-100", text(SECRET), kind=Kind.ANSWER, now=at, topic=7, collections=drawn)
        waits, failed, unknown, sent, sending = await outbox.due(now=at, limit=5)
        assert await outbox.claim(sending.id, now=at)
        await outbox.failed(failed.id, "Forbidden: bot was kicked", now=at)
        assert not await outbox.unknown(unknown.id, "ReadError", at=at + timedelta(days=2), now=at)
        await outbox.sent(sent.id, (9,), now=at)

    beside(terminal.folder, fill)
    return terminal


def row(terminal: Terminal, id: int) -> dict[str, object]:
    return next(one for one in terminal.lists("outbox", "list", "--state", "all") if one["id"] == id)


def test_list_shows_what_has_not_arrived_newest_first_and_no_text(stocked: Terminal) -> None:
    lines = stocked.does("outbox").splitlines()
    assert lines[0].split("\t")[:4] == ["编号", "种类", "状态", "发到"]
    assert [line.split("\t")[:4] for line in lines[1:]] == [
        ["5", "answer", "正在发", "直播一组 telegram:-100 #7"],
        ["3", "answer", "结果不明", "直播一组 telegram:-100 #7"],
        ["2", "answer", "失败", "直播一组 telegram:-100 #7"],
        ["1", "answer", "等着发", "直播一组 telegram:-100 #7"],
    ]
    assert "Forbidden: bot was kicked" in lines[3]
    everything = stocked.lists("outbox", "list", "--state", "all")
    assert [(one["id"], one["state"], one["text_kept"]) for one in everything] == [
        (5, "sending", True), (4, "sent", False), (3, "unknown", True), (2, "failed", True), (1, "ready", True),
    ]  # fmt: skip
    assert "成交额" not in json.dumps(everything, ensure_ascii=False) + "\n".join(lines)


def test_states_and_number_can_be_chosen(stocked: Terminal) -> None:
    chosen = stocked.lists("outbox", "list", "--state", "failed", "--state", "READY")
    assert [one["id"] for one in chosen] == [2, 1]
    assert [one["id"] for one in stocked.lists("outbox", "list", "--limit", "1")] == [5]
    assert "没有状态“lost”" in stocked.fails("outbox", "list", "--state", "lost", code=2)


def test_show_prints_the_text_without_control_characters_and_the_trail_says_who_looked(stocked: Terminal, team: str) -> None:
    shown = stocked.does("outbox", "show", "2")
    assert "error\tForbidden: bot was kicked" in shown and shown.endswith("\n\n七号商家的成交额[31m")
    assert json.loads(stocked.does("outbox", "show", "3", "--json"))["text"] == SECRET
    code, out, err = stocked.run("outbox", "show", "4")
    assert code == 0 and "state\tsent" in out and err == "这条消息的文字没有保留。\n"
    read = [one for one in stocked.lists("audit") if one["deed"] == "message_read"]
    assert [(one["subject"], one["team"], one["person"]) for one in read] == [
        ("3", team, "terminal:local"), ("2", team, "terminal:local"),
    ]  # fmt: skip
    assert "没有这条消息" in stocked.fails("outbox", "show", "99")


def test_retry_puts_back_what_failed_or_may_not_have_arrived_and_nothing_else(stocked: Terminal) -> None:
    code, out, err = stocked.run("outbox", "retry", "2")
    assert (code, out) == (0, "") and "已放回" in err and "两次" not in err
    assert "两次" in stocked.run("outbox", "retry", "3")[2]
    assert [(row(stocked, id)["state"], row(stocked, id)["repeats"]) for id in (2, 3)] == [("ready", 0), ("ready", 1)]
    for id in ("1", "2", "4", "5"):
        assert "可以重发" in stocked.fails("outbox", "retry", id)
    assert [one["subject"] for one in stocked.lists("audit") if one["deed"] == "message_retried"] == ["3", "2"]


def test_a_message_that_is_put_back_is_worth_sending_as_long_as_a_new_one(stocked: Terminal) -> None:
    async def age(database: Database) -> None:
        async with database.write() as db:
            await db.exec_driver_sql("UPDATE outbox SET expires_at = '2020-01-01 00:00:00.000000' WHERE id = 2")

    async def due(database: Database) -> None:
        found = {one.id: one for one in await Outbox(database).due(now=now(), limit=9)}
        assert found[2].message == text(SECRET)
        assert found[2].expires_at > now() + CONDUCT[Kind.ANSWER].stale_after - timedelta(minutes=1)

    beside(stocked.folder, age)
    stocked.does("outbox", "retry", "2")
    beside(stocked.folder, due)


def test_discard_closes_what_is_not_on_its_way_and_forgets_its_text(stocked: Terminal) -> None:
    for id in (1, 2, 3):
        assert "已作废" in stocked.run("outbox", "discard", str(id))[2]
        assert (row(stocked, id)["state"], row(stocked, id)["text_kept"]) == ("discarded", False)
    for id in (1, 4, 5):
        assert "不能作废" in stocked.fails("outbox", "discard", str(id))
    assert [one["subject"] for one in stocked.lists("audit") if one["deed"] == "message_discarded"] == ["3", "2", "1"]


def test_a_text_that_an_older_version_did_not_keep_cannot_be_sent_again(stocked: Terminal) -> None:
    async def forget(database: Database) -> None:
        async with database.write() as db:
            await db.exec_driver_sql("UPDATE outbox SET message = NULL WHERE id = 2")

    beside(stocked.folder, forget)
    assert "没有保留" in stocked.fails("outbox", "retry", "2")


def test_an_empty_message_is_kept_like_any_other(stocked: Terminal) -> None:
    async def add(database: Database) -> None:
        await Outbox(database).add("e", "telegram", "1", Message(()), kind=Kind.ANSWER, now=now())

    beside(stocked.folder, add)
    assert row(stocked, 6)["text_kept"] is True
