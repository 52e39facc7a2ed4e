from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError

from bot.storage.database import Database
from bot.storage.inbox import MAX_ATTEMPTS, Inbox

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


async def test_an_update_is_stored_once(inbox: Inbox) -> None:
    assert await inbox.put("telegram", 7, "42", {"text": "停留低怎么办"}, now=NOW)
    assert not await inbox.put("telegram", 7, "42", {"text": "停留低怎么办"}, now=NOW)
    assert await inbox.put("other", 7, "42", {}, now=NOW)
    assert [(item.channel, item.chat) for item in await inbox.pending()] == [("telegram", "telegram:42"), ("other", "other:42")]


async def test_an_update_comes_back_as_it_went_in(inbox: Inbox) -> None:
    payload = {"text": "半个\ud83d表情\x00和👍", "id": 2**52, "nested": [1, None, {"a": True}]}
    await inbox.put("telegram", 2**40, "telegram:-1001", payload, now=NOW)
    (item,) = await inbox.pending()
    assert (item.update_id, item.chat, item.payload, item.attempts, item.received_at) == (
        2**40,
        "telegram:-1001",
        payload,
        0,
        NOW,
    )


async def test_pending_is_oldest_first_without_those_in_hand(inbox: Inbox) -> None:
    for number in (30, 10, 20):
        await inbox.put("telegram", number, "1", {}, now=NOW)
    waiting = await inbox.pending()
    assert [item.update_id for item in waiting] == [30, 10, 20]
    assert [item.update_id for item in await inbox.pending(limit=1, skip={waiting[0].id})] == [10]


async def test_a_handled_update_is_not_pending_keeps_no_text_and_is_still_known(inbox: Inbox, database: Database) -> None:
    await inbox.put("telegram", 1, "1", {"text": "秘密"}, now=NOW)
    (item,) = await inbox.pending()
    await inbox.done(item.id, now=NOW)
    assert await inbox.pending() == []
    assert not await inbox.put("telegram", 1, "1", {"text": "秘密"}, now=NOW)
    async with database.read() as db:
        assert (await db.exec_driver_sql("SELECT payload FROM inbox")).scalar_one() is None


async def test_an_update_that_keeps_failing_is_parked_and_kept(inbox: Inbox) -> None:
    await inbox.put("telegram", 1, "1", {"text": "x"}, now=NOW)
    (item,) = await inbox.pending()
    assert [await inbox.failed(item.id, "boom", now=NOW) for _ in range(MAX_ATTEMPTS - 1)] == [1, 2]
    assert [again.attempts for again in await inbox.pending()] == [2]
    assert await inbox.failed(item.id, "boom", now=NOW) == MAX_ATTEMPTS
    assert await inbox.pending() == []
    assert await inbox.counts() == {"parked": 1}


async def test_pruning_takes_only_what_was_handled_before(inbox: Inbox) -> None:
    for number in range(4):
        await inbox.put("telegram", number, "1", {}, now=NOW)
    old, new, parked, _ = await inbox.pending()
    await inbox.done(old.id, now=NOW)
    await inbox.done(new.id, now=NOW + timedelta(days=2))
    for _ in range(MAX_ATTEMPTS):
        await inbox.failed(parked.id, "boom", now=NOW)
    assert await inbox.prune(NOW + timedelta(days=1)) == 1
    assert await inbox.counts() == {"done": 1, "parked": 1, "waiting": 1}


async def test_many_writers_at_once_lose_nothing(inbox: Inbox) -> None:
    stored = await asyncio.gather(*(inbox.put("telegram", number % 50, "1", {}, now=NOW) for number in range(100)))
    assert sum(stored) == 50
    assert len(await inbox.pending(limit=1000)) == 50


async def test_a_time_without_a_zone_is_refused(inbox: Inbox) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await inbox.put("telegram", 1, "1", {}, now=NOW.replace(tzinfo=None))
    assert await inbox.pending() == []


async def test_a_time_in_another_zone_is_the_same_moment(inbox: Inbox) -> None:
    await inbox.put("telegram", 1, "1", {}, now=NOW.astimezone(ZoneInfo("Asia/Shanghai")))
    (item,) = await inbox.pending()
    assert item.received_at == NOW
    assert item.received_at.tzinfo is UTC
