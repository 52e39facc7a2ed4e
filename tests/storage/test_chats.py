from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Verdict
from bot.storage.answers import Exchanges
from bot.storage.chats import Chats
from bot.storage.database import Database

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
OLD, NEW = "telegram:-5", "telegram:-1005"


@pytest.fixture
def chats(database: Database) -> Chats:
    return Chats(database)


async def _rows(database: Database) -> list[tuple[str, str]]:
    async with database.read() as db:
        return [(row.chat, row.title) for row in await db.exec_driver_sql("SELECT chat, title FROM chats ORDER BY chat")]


async def test_a_chat_that_nobody_has_seen_is_not_gone(chats: Chats) -> None:
    assert not await chats.is_gone(OLD)


async def test_a_chat_is_gone_until_it_is_seen_again(chats: Chats) -> None:
    await chats.seen(OLD, "直播一组", "group", NOW)
    await chats.gone(OLD, "kicked", NOW)
    assert await chats.is_gone(OLD)
    await chats.seen(OLD, "直播一组", "group", NOW)
    assert not await chats.is_gone(OLD)


async def test_a_chat_can_be_gone_before_it_was_seen(chats: Chats) -> None:
    await chats.gone(OLD, "blocked", NOW)
    assert await chats.is_gone(OLD)


async def test_a_new_title_is_kept(chats: Chats, database: Database) -> None:
    await chats.seen(OLD, "直播一组", "group", NOW)
    await chats.seen(OLD, "直播二组", "group", NOW + timedelta(seconds=1))
    assert await _rows(database) == [(OLD, "直播二组")]


async def test_a_group_with_a_new_id_keeps_its_exchanges(chats: Chats, database: Database) -> None:
    exchanges = Exchanges(database)
    viewer = Viewer("telegram:1", OLD, Scope(), private=False)
    id = await exchanges.record("telegram:1", viewer, Answer("停留低怎么办", Verdict.ANSWERED, "先看节奏。"), now=NOW)
    question = await exchanges.ask_lead(id, viewer, now=NOW)
    await exchanges.lead_message(question, OLD, 17)
    await chats.seen(OLD, "直播一组", "group", NOW)
    for _ in range(2):
        await chats.migrate(OLD, NEW)
    moved = Viewer("telegram:1", NEW, Scope(), private=False)
    assert await exchanges.get(id, viewer=moved) is not None
    assert await exchanges.get(id, viewer=viewer) is None
    assert await exchanges.turns(moved, now=NOW) == ("停留低怎么办",)
    assert await exchanges.lead_question(NEW, 17) is None, "message 17 of the new group is another message"
    assert await _rows(database) == [(NEW, "直播一组")]


async def test_moving_into_a_chat_that_is_known_leaves_one(chats: Chats, database: Database) -> None:
    await chats.seen(OLD, "旧", "group", NOW)
    await chats.seen(NEW, "新", "supergroup", NOW)
    await chats.migrate(OLD, NEW)
    assert await _rows(database) == [(NEW, "新")]
