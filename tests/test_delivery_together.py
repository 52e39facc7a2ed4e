"""What waits for one chat goes as one message, and of several edits only the newest."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import Button, Message, text
from bot.domain.outgoing import CONDUCT, Kind
from bot.errors import PermanentChannelError, TemporaryChannelError, UnknownOutcome
from tests.delivery_desk import NOW, Desk, opened, quiet, running, ticking, until

pytestmark = pytest.mark.alone


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_digests_that_wait_for_one_chat_go_as_one(desk: Desk) -> None:
    await desk.add("早", "中", "晚", chat="-100", kind=Kind.DIGEST)
    await desk.add("别的群", chat="-200", kind=Kind.DIGEST)
    await desk.add("提示一", "提示二", chat="-300", kind=Kind.TIP)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=6)
    assert sorted(desk.channel.texts) == ["别的群", "提示一", "提示二", "早\n\n中\n\n晚"]
    assert await desk.outbox.message_ids("早") is not None


async def test_reminders_go_as_one_where_their_writer_says_so_with_all_their_buttons_in_each_topic(desk: Desk) -> None:
    def reminder(name: str) -> Message:
        return text(name, (Button(name, f"tick:{name}"),))

    async def add(name: str, **more: Any) -> None:
        await desk.outbox.add(name, "telegram", "-100", reminder(name), kind=Kind.CHECKLIST, now=NOW, **more)

    for name in ("灯光", "库存"):
        await add(name, coalesce="reminder", topic=7)
    await add("收音", coalesce="reminder")
    for name in ("清单一", "清单二"):
        await add(name, topic=7)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=5)
    assert desk.channel.texts == ["灯光\n\n库存", "收音", "清单一", "清单二"]
    assert [len(message.buttons) for message in desk.channel.messages] == [2, 1, 1, 1]


async def test_what_is_too_long_for_one_message_goes_in_several(desk: Desk) -> None:
    await desk.add(*(f"{number}" + "长" * 1500 for number in range(5)), chat="-100", kind=Kind.DIGEST)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=5)
    assert [len(plain) for plain in desk.channel.texts] == [3004, 3004, 1501]


async def test_what_was_refused_as_one_goes_alone_so_that_one_bad_message_takes_no_other_along(desk: Desk) -> None:
    desk.channel.script = {"好\n\n坏\n\n也好": [PermanentChannelError("strange")], "坏": [PermanentChannelError("strange")]}
    await desk.add("好", "坏", "也好", chat="-100", kind=Kind.DIGEST)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=2, failed=1)
    assert desk.channel.texts == ["好", "也好"]


async def test_messages_that_went_as_one_and_may_have_arrived_are_each_repeated_as_their_kind_says(desk: Desk) -> None:
    desk.channel.script["一\n\n二"] = [UnknownOutcome("断了"), UnknownOutcome("断了")]
    await desk.add("一", "二", chat="-100", kind=Kind.DIGEST)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(unknown=2)
    assert len(desk.channel.tried) == 1 + CONDUCT[Kind.DIGEST].max_repeats


async def test_what_comes_after_a_refusal_goes_along_with_what_was_refused(desk: Desk) -> None:
    desk.channel.script["早"] = [TemporaryChannelError("429", retry_after=30)]
    await desk.add("早", chat="-100", kind=Kind.DIGEST)
    async with running(desk):
        await until(lambda: len(desk.channel.tried) == 1)
        await desk.counts(ready=1)
        await desk.add("晚", chat="-100", kind=Kind.DIGEST)
        async with ticking(desk, seconds=2):
            await desk.counts(sent=2)
    assert desk.channel.texts == ["早\n\n晚"]


async def test_of_several_edits_of_a_message_only_the_newest_is_sent_and_none_before_it_comes_later(desk: Desk) -> None:
    for content, place in (("改一", 71), ("改二", 71), ("别的", 72)):
        await desk.add(content, kind=Kind.EDIT, edit_of=place)
    await desk.add("改三", kind=Kind.EDIT, edit_of=71)
    (first, *_) = await desk.outbox.due(now=NOW, limit=1)
    await desk.outbox.retry(first.id, at=NOW + timedelta(seconds=9), error="429")  # as if it had been tried before
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=2, merged=2)
        desk.clock.advance(minutes=1)
        await quiet()
    assert desk.channel.edits == [("42", 71, "改三"), ("42", 72, "别的")]


async def test_a_companion_that_cannot_be_read_is_left_out(desk: Desk) -> None:
    await desk.add("好", "坏", chat="-100", kind=Kind.DIGEST)
    async with desk.database.write() as db:
        await db.exec_driver_sql("UPDATE outbox SET message = ? WHERE key = '坏'", (json.dumps({"from": "another"}),))
    async with running(desk), ticking(desk, minutes=1):
        await desk.counts(sent=1, unknown=1)
    assert desk.channel.texts == ["好"]
