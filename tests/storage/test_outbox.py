from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.messages import Button, Message, Part, Style, text
from bot.domain.outgoing import CONDUCT, Kind, expiry
from bot.storage.database import Database
from bot.storage.outbox import Outbox, OutboxItem, Recovered

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
GROUP = "telegram:-100"


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def _add(outbox: Outbox, key: str, chat: str = "42", kind: Kind = Kind.ANSWER, now: datetime = NOW) -> None:
    assert await outbox.add(key, "telegram", chat, text(f"正文 {key}"), kind=kind, now=now)


async def _keys(outbox: Outbox, now: datetime = NOW) -> list[str]:
    return [item.key for item in await outbox.due(now=now, limit=100)]


async def _claimed(outbox: Outbox, key: str, now: datetime = NOW) -> OutboxItem:
    item = next(item for item in await outbox.due(now=now, limit=100) if item.key == key)
    assert await outbox.claim(item.id, now=now)
    return item


async def test_a_message_is_written_down_once(outbox: Outbox) -> None:
    await _add(outbox, "answer:1")
    assert not await outbox.add("answer:1", "telegram", "42", text("别的"), kind=Kind.ANSWER, now=NOW)
    assert [item.message.plain for item in await outbox.due(now=NOW, limit=10)] == ["正文 answer:1"]


async def test_a_message_comes_back_as_it_went_in(outbox: Outbox) -> None:
    message = Message(
        (Part("**12.1**\ud83d", Style.MARKDOWN), Part("尾")), ((Button("开", "c:1:2"), Button("链", url="https://x")),)
    )
    await outbox.add("k", "telegram", "-100", message, kind=Kind.EDIT, now=NOW, topic=3, reply_to=4, edit_of=5)
    (item,) = await outbox.due(now=NOW, limit=1)
    assert item.message == message
    assert (item.key, item.channel, item.chat, item.kind) == ("k", "telegram", GROUP, Kind.EDIT)
    assert (item.topic, item.reply_to, item.edit_of, item.attempts, item.repeats) == (3, 4, 5, 0, 0)


async def test_the_urgent_goes_first_and_then_the_oldest(outbox: Outbox) -> None:
    for kind in (Kind.DIGEST, Kind.CHECKLIST, Kind.ANSWER, Kind.EDIT, Kind.TIP):
        await _add(outbox, kind.value, kind=kind)
    assert await _keys(outbox) == ["tip", "answer", "edit", "checklist", "digest"]


async def test_chats_and_channels_can_be_left_out(outbox: Outbox) -> None:
    await _add(outbox, "one", chat="1")
    await _add(outbox, "two", chat="2")
    await outbox.add("else", "other", "1", text("x"), kind=Kind.ANSWER, now=NOW)
    due = await outbox.due(now=NOW, limit=10, channels=["telegram"], skip_chats={"telegram:1"})
    assert [item.key for item in due] == ["two"]


async def test_of_each_chat_only_what_goes_next_is_read_when_heads_are_asked_for(outbox: Outbox) -> None:
    for key, chat, kind in (
        ("a1", "1", Kind.CHECKLIST), ("b1", "2", Kind.CHECKLIST), ("a2", "1", Kind.TIP), ("b2", "2", Kind.CHECKLIST),
        ("c1", "3", Kind.DIGEST),
    ):  # fmt: skip
        await _add(outbox, key, chat, kind)
    heads = [one.key for one in await outbox.due(now=NOW, limit=100, heads=10)]
    assert heads == ["a2", "b1", "c1"]
    assert [one.key for one in await outbox.due(now=NOW, limit=100, heads=2)] == ["a2", "b1"]
    assert [one.key for one in await outbox.due(now=NOW, limit=2, heads=10)] == ["a2"], "a1 is its chat's second"
    assert await outbox.due(now=NOW, limit=9, heads=9, skip_chats={"telegram:1", "telegram:2", "telegram:3"}) == []


async def test_a_message_is_not_due_before_its_time_nor_when_it_is_stale(outbox: Outbox) -> None:
    await outbox.add("later", "telegram", "1", text("x"), kind=Kind.TIP, now=NOW, not_before=LATER)
    await outbox.add("short", "telegram", "1", text("x"), kind=Kind.ANSWER, now=NOW, expires_at=LATER)
    assert await _keys(outbox) == ["short"]
    assert await _keys(outbox, LATER) == ["later"]
    assert await _keys(outbox, expiry(Kind.TIP, LATER)) == []


async def test_stale_messages_are_closed_by_name_and_never_claimed(outbox: Outbox) -> None:
    await _add(outbox, "tip", kind=Kind.TIP)
    await _add(outbox, "answer")
    (tip, _) = await outbox.due(now=NOW, limit=10)
    late = expiry(Kind.TIP, NOW)
    assert not await outbox.claim(tip.id, now=late)
    assert await outbox.drop_expired(late) == ("tip",)
    assert await outbox.counts() == {"expired": 1, "ready": 1}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # PostgreSQL lets no second one in
async def test_a_message_is_claimed_by_one_of_two_processes(outbox: Outbox, url: str) -> None:
    for number in range(30):
        await _add(outbox, str(number))
    second = await Database.open(url)
    try:
        other = Outbox(second)
        ids = [item.id for item in await outbox.due(now=NOW, limit=100)]
        claims = [asyncio.gather(outbox.claim(id, now=NOW), other.claim(id, now=NOW)) for id in ids]
        assert [sum(won) for won in await asyncio.gather(*claims)] == [1] * 30
        assert await other.due(now=NOW, limit=100) == []
    finally:
        await second.close()


async def test_a_sent_message_is_found_by_key_and_by_id_and_its_text_is_gone(outbox: Outbox, database: Database) -> None:
    await _add(outbox, "answer:1", chat="-100")
    item = await _claimed(outbox, "answer:1")
    assert await outbox.message_ids("answer:1") is None
    await outbox.sent(item.id, (72, 71), now=NOW)
    assert await outbox.message_ids("answer:1") == (72, 71)
    assert await outbox.key_of(71, chat=GROUP) == "answer:1"
    assert await outbox.key_of(71, chat="telegram:-101") is None
    assert await outbox.counts() == {"sent": 1}
    async with database.read() as db:
        assert (await db.exec_driver_sql("SELECT message FROM outbox")).scalar_one() is None


async def test_an_edit_leaves_the_message_with_its_first_key(outbox: Outbox) -> None:
    await _add(outbox, "answer:1", chat="-100")
    await outbox.sent((await _claimed(outbox, "answer:1")).id, (71,), now=NOW)
    await outbox.add("edit:1", "telegram", "-100", text("改"), kind=Kind.EDIT, now=NOW, edit_of=71)
    await outbox.sent((await _claimed(outbox, "edit:1")).id, (71,), now=NOW)
    assert await outbox.key_of(71, chat=GROUP) == "answer:1"
    assert await outbox.counts() == {"sent": 2}


async def test_a_refused_message_is_ready_again_at_its_time(outbox: Outbox) -> None:
    await _add(outbox, "answer:1")
    item = await _claimed(outbox, "answer:1")
    await outbox.retry(item.id, at=LATER, error="429")
    assert await _keys(outbox) == []
    (again,) = await outbox.due(now=LATER, limit=1)
    assert (again.key, again.attempts, again.repeats) == ("answer:1", 1, 0)
    assert await outbox.repeats() == 0


async def test_a_failed_message_is_kept_and_never_due(outbox: Outbox) -> None:
    await _add(outbox, "answer:1")
    await outbox.failed((await _claimed(outbox, "answer:1")).id, "blocked", now=NOW)
    assert await _keys(outbox, NOW + timedelta(hours=2)) == []
    assert await outbox.counts() == {"failed": 1}


async def test_what_may_have_arrived_is_repeated_and_counted_and_given_up_in_the_end(outbox: Outbox) -> None:
    await _add(outbox, "answer:1")
    for repeat in range(CONDUCT[Kind.ANSWER].max_repeats):
        item = await _claimed(outbox, "answer:1")
        assert item.repeats == repeat
        assert await outbox.unknown(item.id, "lost", at=NOW, now=NOW)
    assert not await outbox.unknown((await _claimed(outbox, "answer:1")).id, "lost", at=NOW, now=NOW)
    assert await outbox.counts() == {"unknown": 1}
    assert await outbox.repeats() == CONDUCT[Kind.ANSWER].max_repeats


async def test_a_repeated_edit_is_seen_by_nobody_and_not_counted(outbox: Outbox) -> None:
    await outbox.add("edit:1", "telegram", "42", text("改"), kind=Kind.EDIT, now=NOW, edit_of=71)
    await outbox.unknown((await _claimed(outbox, "edit:1")).id, "lost", at=NOW, now=NOW)
    assert await _keys(outbox) == ["edit:1"]
    assert await outbox.repeats() == 0


async def test_after_a_kill_answers_and_checklists_go_again_and_a_stale_tip_does_not(outbox: Outbox) -> None:
    for key, kind in (("answer", Kind.ANSWER), ("list", Kind.CHECKLIST), ("tip", Kind.TIP), ("waiting", Kind.ANSWER)):
        await _add(outbox, key, kind=kind)
        if key != "waiting":
            await _claimed(outbox, key)
    assert await _keys(outbox) == ["waiting"]
    restarted = NOW + timedelta(minutes=10)
    assert await outbox.recover(now=restarted) == Recovered(repeated=2, dropped=1)
    assert await _keys(outbox, restarted) == ["answer", "waiting", "list"]
    assert await outbox.counts() == {"ready": 3, "unknown": 1}
    assert await outbox.repeats() == 2


async def test_a_fresh_tip_goes_again_after_a_kill(outbox: Outbox) -> None:
    await _add(outbox, "tip", kind=Kind.TIP)
    await _claimed(outbox, "tip")
    assert await outbox.recover(now=NOW + timedelta(seconds=5)) == Recovered(repeated=1, dropped=0)


async def test_all_that_waits_for_a_lost_chat_fails(outbox: Outbox) -> None:
    await _add(outbox, "one", chat="-100")
    await _add(outbox, "two", chat="-100")
    await _add(outbox, "other", chat="42")
    assert await outbox.fail_chat(GROUP, "kicked", now=NOW) == 2
    assert await _keys(outbox) == ["other"]


async def test_a_group_with_a_new_id_gets_what_waits_without_the_old_message_ids(outbox: Outbox) -> None:
    await _add(outbox, "sent", chat="-100")
    await outbox.sent((await _claimed(outbox, "sent")).id, (71,), now=NOW)
    await outbox.add("reply", "telegram", "-100", text("x"), kind=Kind.ANSWER, now=NOW, reply_to=70)
    await outbox.add("edit", "telegram", "-100", text("x"), kind=Kind.EDIT, now=NOW, edit_of=71)
    await outbox.migrate_chat(GROUP, "telegram:-2000")
    moved = await outbox.due(now=NOW, limit=10)
    assert [(item.key, item.chat, item.reply_to, item.edit_of) for item in moved] == [
        ("reply", "telegram:-2000", None, None),
        ("edit", "telegram:-2000", None, None),
    ]
    assert await outbox.message_ids("sent") is None


async def test_pruning_takes_only_what_was_closed_before(outbox: Outbox) -> None:
    for key in ("old", "new", "open"):
        await _add(outbox, key)
    await outbox.sent((await _claimed(outbox, "old")).id, (1,), now=NOW)
    await outbox.sent((await _claimed(outbox, "new")).id, (2,), now=NOW + timedelta(days=2))
    assert await outbox.prune(NOW + timedelta(days=1)) == 1
    assert await outbox.message_ids("old") is None
    assert await outbox.message_ids("new") == (2,)
    assert await outbox.counts() == {"sent": 1, "ready": 1}
