"""The delivery worker over a real outbox, against a channel that answers as the test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from bot.delivery import CONCURRENT, Delivery, Waits
from bot.domain.messages import Message, Part, Picture, text
from bot.domain.outgoing import CONDUCT, Kind
from bot.errors import PermanentChannelError, StorageError, TemporaryChannelError, UnknownOutcome
from tests.delivery_desk import NOW, Desk, opened, quiet, running, ticking, until

pytestmark = pytest.mark.alone

GROUP, MOVED = "telegram:-100", "telegram:-2000"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_a_message_is_sent_with_all_that_belongs_to_it(desk: Desk) -> None:
    async with running(desk):
        await desk.add("好", chat="-100", topic=3, reply_to=4)
        await desk.counts(sent=1)
    assert desk.channel.sent == [("-100", "好")]
    assert desk.channel.details == [{"topic": 3, "reply_to": 4}]
    assert await desk.outbox.message_ids("好") == (10,)


async def test_a_picture_goes_through_its_row_and_does_not_stay_there(desk: Desk) -> None:
    pictured = Message((Part("图"),), picture=Picture(b"\x89PNG" * 20_000))
    await desk.outbox.add("图", "telegram", "42", pictured, kind=Kind.TIP, now=NOW)
    async with running(desk):
        await desk.counts(sent=1)
    assert desk.channel.messages == [pictured]
    async with desk.database.read() as db:
        assert (await db.execute(sql("select message from outbox"))).scalar_one() is None


async def test_an_edit_changes_the_message_in_place(desk: Desk) -> None:
    async with running(desk):
        await desk.add("改", kind=Kind.EDIT, edit_of=71)
        await desk.counts(sent=1)
    assert desk.channel.edits == [("42", 71, "改")]
    assert desk.channel.sent == []


async def test_the_urgent_goes_first(desk: Desk) -> None:
    for number, kind in enumerate((Kind.DIGEST, Kind.CHECKLIST, Kind.ANSWER, Kind.TIP)):
        await desk.add(kind.value, chat=str(number), kind=kind)
    async with running(desk):
        await desk.counts(sent=4)
    assert [plain for _, plain in desk.channel.tried] == ["tip", "answer", "checklist", "digest"]


async def test_a_chat_gets_its_messages_in_order_one_a_second(desk: Desk) -> None:
    await desk.add("一", "二", "三")
    async with running(desk):
        for seen in (["一"], ["一", "二"], ["一", "二", "三"]):
            await desk.counts(sent=len(seen), **({"ready": 3 - len(seen)} if len(seen) < 3 else {}))
            await quiet()
            assert desk.channel.texts == seen
            desk.clock.advance(seconds=1)
            desk.delivery.notify()


async def test_a_group_gets_no_more_than_twenty_in_the_first_minute(desk: Desk) -> None:
    await desk.add(*(str(number) for number in range(30)), chat="-100")
    async with running(desk):
        for _ in range(60):
            await asyncio.sleep(0.02)
            desk.clock.advance(seconds=1)
            desk.delivery.notify()
        await quiet()
        assert 5 <= len(desk.channel.sent) <= 20


async def test_redrawn_cards_leave_a_group_room_for_what_is_due_and_for_a_tip(desk: Desk) -> None:
    async def second() -> None:
        desk.clock.advance(seconds=1)
        desk.delivery.notify()
        await quiet()

    await desk.add(*(f"旧卡{number}" for number in range(9)), chat="-100", kind=Kind.REDRAW)
    async with running(desk):
        for _ in range(3):
            await quiet()
            await second()
        assert desk.channel.texts == ["旧卡0", "旧卡1", "旧卡2"]
        await desk.add("清单", "下一张清单", chat="-100", kind=Kind.CHECKLIST)
        await quiet()
        assert desk.channel.texts[3:] == ["清单"]
        await desk.add("提醒", chat="-100", kind=Kind.TIP)
        await second()
        assert desk.channel.texts[4:] == ["提醒"]
        for _ in range(8):
            await second()
        assert desk.channel.texts[5:] == ["下一张清单"]


async def test_the_bot_sends_no_more_than_its_own_limit_at_once(desk: Desk) -> None:
    for number in range(40):
        await desk.add(f"m{number}", chat=str(number))
    async with running(desk):
        for most in (5, 10):
            await until(lambda most=most: len(desk.channel.sent) == most)  # type: ignore[misc]
            await quiet()
            assert len(desk.channel.sent) == most
            desk.clock.advance(seconds=1)
            desk.delivery.notify()


async def test_a_long_message_counts_as_its_pieces(desk: Desk) -> None:
    desk.channel.script["长"] = [3]
    await desk.add("长", "短")
    async with running(desk):
        await desk.counts(sent=1, ready=1)
        desk.clock.advance(seconds=2)
        desk.delivery.notify()
        await quiet()
        assert desk.channel.texts == ["长"]
        desk.clock.advance(seconds=1)
        desk.delivery.notify()
        await desk.counts(sent=2)


async def test_one_chats_wait_does_not_stop_the_others(desk: Desk) -> None:
    desk.channel.script["热"] = [TemporaryChannelError("429", retry_after=30)]
    await desk.add("热", "热后面的", chat="-100")
    await desk.add("别的群", chat="-200")
    async with running(desk):
        await desk.counts(sent=1, ready=2)
        desk.clock.advance(seconds=29)
        desk.delivery.notify()
        await quiet()
        assert desk.channel.texts == ["别的群"]
        desk.clock.advance(seconds=2)
        desk.delivery.notify()
        await until(lambda: "热" in desk.channel.texts)
        desk.clock.advance(seconds=1)
        desk.delivery.notify()
        await desk.counts(sent=3)
    assert desk.channel.texts == ["别的群", "热", "热后面的"]
    assert await desk.outbox.repeats() == 0


async def test_a_slow_chat_does_not_stop_the_others_and_the_sends_in_flight_are_bounded(desk: Desk) -> None:
    desk.channel.open.clear()
    for number in range(40):
        await desk.add(f"m{number}", chat=str(number))
    async with running(desk), ticking(desk, seconds=1):
        await until(lambda: desk.channel.at_once == CONCURRENT)
        await quiet()
        desk.channel.open.set()
        await desk.counts(sent=40)
    assert desk.channel.most_at_once == CONCURRENT


async def test_temporary_failures_are_tried_for_hours(desk: Desk) -> None:
    desk.channel.script["好"] = [TemporaryChannelError("连不上") for _ in range(90)]
    await desk.add("好")
    async with running(desk):
        for tries in range(1, 91):
            await until(lambda tries=tries: len(desk.channel.tried) >= tries)  # type: ignore[misc]
            await desk.counts(ready=1)
            desk.clock.advance(minutes=3)
            desk.delivery.notify()
        await desk.counts(sent=1)
    assert desk.clock.now - NOW > timedelta(hours=3)


async def test_a_message_that_is_stale_before_the_network_is_back_is_not_sent(desk: Desk) -> None:
    desk.channel.script["提示"] = [TemporaryChannelError("连不上")]
    await desk.add("提示", kind=Kind.TIP)
    async with running(desk):
        await until(lambda: len(desk.channel.tried) == 1)
        await desk.counts(ready=1)
        desk.clock.advance(minutes=10)
        desk.delivery.notify()
        await desk.counts(expired=1)
    assert desk.channel.sent == []


@pytest.mark.parametrize("lost", [UnknownOutcome("断了"), TimeoutError(), RuntimeError("bug")])
async def test_an_answer_that_may_have_arrived_is_sent_again_and_counted(desk: Desk, lost: Exception) -> None:
    desk.channel.script["好"] = [lost]
    await desk.add("好")
    async with running(desk):
        await until(lambda: len(desk.channel.tried) == 1)
        await desk.counts(ready=1)
        desk.clock.advance(seconds=2)
        desk.delivery.notify()
        await desk.counts(sent=1)
    assert len(desk.channel.tried) == 2
    assert await desk.outbox.repeats() == 1


async def test_a_tip_that_may_have_arrived_and_is_stale_is_dropped(desk: Desk) -> None:
    desk.channel.script["提示"] = [UnknownOutcome("断了"), UnknownOutcome("断了")]
    await desk.add("提示", kind=Kind.TIP)
    async with running(desk):
        await until(lambda: len(desk.channel.tried) == 1)
        await desk.counts(ready=1)
        desk.clock.advance(seconds=2)
        desk.delivery.notify()
        await desk.counts(unknown=1)
    assert len(desk.channel.tried) == 1 + CONDUCT[Kind.TIP].max_repeats


async def test_a_send_that_hangs_is_cut_off_as_unknown(desk: Desk) -> None:
    desk.delivery = Delivery(
        desk.outbox, desk.chats, {"telegram": desk.channel}, desk.clock, Waits(poll=0.02, send=0.05, stop=1, storage=0.02)
    )
    desk.channel.open.clear()
    await desk.add("好")
    async with running(desk):
        await until(lambda: len(desk.channel.tried) == 1)
        await desk.counts(ready=1)
    assert await desk.outbox.repeats() == 1


async def test_what_the_platform_will_never_take_fails_alone(desk: Desk) -> None:
    desk.channel.script["坏"] = [PermanentChannelError("text is too strange")]
    await desk.add("坏", "好")
    async with running(desk):
        await desk.counts(failed=1, ready=1)
        desk.clock.advance(seconds=1)
        desk.delivery.notify()
        await desk.counts(failed=1, sent=1)
    assert not await desk.chats.is_gone("telegram:42")


async def test_a_lost_chat_is_remembered_and_all_that_waits_for_it_fails(desk: Desk) -> None:
    desk.channel.script["一"] = [PermanentChannelError("bot was kicked", chat_gone=True)]
    await desk.add("一", "二", "三", chat="-100")
    await desk.add("别处")
    async with running(desk):
        await desk.counts(failed=3, sent=1)
    assert await desk.chats.is_gone(GROUP)
    assert desk.channel.texts == ["别处"]


async def test_a_lost_chat_is_told_once_with_the_number_of_messages_and_before_it_is_remembered(desk: Desk) -> None:
    told: list[tuple[str, str, int, bool]] = []

    async def tell(chat: str, key: str, waiting: int) -> None:
        told.append((chat, key, waiting, await desk.chats.is_gone(chat)))

    waits = Waits(poll=0.02, send=5.0, stop=5.0, storage=0.02)
    desk.delivery = Delivery(desk.outbox, desk.chats, {"telegram": desk.channel}, desk.clock, waits, tell_lost=tell)
    kicked = PermanentChannelError("bot was kicked", chat_gone=True)
    desk.channel.script |= {"一": [kicked], "后来": [kicked], "坏": [PermanentChannelError("strange")]}
    await desk.add("一", "二", "三", chat="-100")
    await desk.add("坏")
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(failed=4)
        await desk.add("后来", chat="-100")
        await desk.counts(failed=5)
    assert told == [(GROUP, "一", 2, False)]


async def test_a_group_with_a_new_id_gets_its_messages_there(desk: Desk) -> None:
    desk.channel.script["一"] = [PermanentChannelError("upgraded", migrated_to="-2000")]
    await desk.chats.seen(GROUP, "直播一组", "group", NOW)
    await desk.add("一", "二", chat="-100", reply_to=9)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=2)
    assert desk.channel.sent == [("-2000", "一"), ("-2000", "二")]
    assert desk.channel.details == [{"topic": None, "reply_to": None}] * 2
    assert await desk.outbox.key_of(10, chat=MOVED) == "一"


async def test_a_message_for_a_channel_that_is_not_configured_waits(desk: Desk) -> None:
    await desk.outbox.add("k", "feishu", "1", text("好"), kind=Kind.ANSWER, now=NOW)
    async with running(desk):
        await desk.add("好")
        await desk.counts(ready=1, sent=1)


async def test_a_stop_finishes_the_send_in_hand_and_starts_no_other(desk: Desk) -> None:
    desk.channel.open.clear()
    await desk.add("一", "二")
    task = asyncio.create_task(desk.delivery.run())
    await until(lambda: len(desk.channel.tried) == 1)
    desk.delivery.stop()
    desk.clock.advance(seconds=5)
    await quiet()
    assert not task.done()
    desk.channel.open.set()
    await task
    assert desk.channel.texts == ["一"]
    await desk.counts(sent=1, ready=1)


async def test_a_cancelled_worker_finishes_the_send_in_hand_too(desk: Desk) -> None:
    desk.channel.open.clear()
    await desk.add("一")
    task = asyncio.create_task(desk.delivery.run())
    await until(lambda: len(desk.channel.tried) == 1)
    task.cancel()
    await quiet()
    desk.channel.open.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await desk.counts(sent=1)


async def test_a_send_that_outlasts_the_stop_is_resolved_at_the_next_start(desk: Desk) -> None:
    waits = Waits(poll=0.02, send=5, stop=0.05, storage=0.02)
    delivery = Delivery(desk.outbox, desk.chats, {"telegram": desk.channel}, desk.clock, waits)
    desk.channel.open.clear()
    await desk.add("一")
    task = asyncio.create_task(delivery.run())
    await until(lambda: len(desk.channel.tried) == 1)
    delivery.stop()
    await task
    await desk.counts(sending=1)
    desk.channel.open.set()
    async with running(desk):
        await desk.counts(sent=1)
    assert await desk.outbox.repeats() == 1


async def test_a_disk_that_refuses_for_a_while_neither_stops_the_worker_nor_repeats_a_message(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = 3
    store = desk.outbox.sent

    async def refuses(item_id: int, message_ids: tuple[int, ...], *, now: datetime, along: list[int]) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise StorageError("磁盘满了")
        await store(item_id, message_ids, now=now, along=along)

    monkeypatch.setattr(desk.outbox, "sent", refuses)
    async with running(desk):
        await desk.add("好")
        await desk.counts(sent=1)
    assert desk.channel.texts == ["好"]


async def test_an_unreadable_outbox_is_looked_at_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(**_: object) -> list[object]:
        raise StorageError("读写出错")

    with monkeypatch.context() as broken:
        broken.setattr(desk.outbox, "due", refuses)
        await desk.add("好")
        task = asyncio.create_task(desk.delivery.run())
        await quiet()
        assert not task.done()
    await desk.counts(sent=1)
    desk.delivery.stop()
    await task


async def test_a_message_that_cannot_be_read_does_not_stop_the_others(desk: Desk) -> None:
    await desk.add("坏", chat="1", kind=Kind.TIP)
    async with desk.database.write() as db:
        await db.exec_driver_sql("UPDATE outbox SET message = ?", (json.dumps({"from": "another version"}),))
    await desk.add("好", chat="2")
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=1, unknown=1)
