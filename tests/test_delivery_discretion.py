"""What the delivery worker keeps to itself: the log has no text, and a chat gets nothing that it may not be shown any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.delivery import WITHHELD, Delivery
from bot.domain.access import Scope, merchant_collection
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.errors import PermanentChannelError, TemporaryChannelError, UnknownOutcome
from tests.delivery_desk import NOW, Desk, opened, running, ticking

pytestmark = pytest.mark.alone

GROUP = "telegram:-100"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_the_log_names_key_chat_and_kind_but_never_the_text(desk: Desk) -> None:
    secret = "商家七号的成交额"
    desk.channel.script[secret] = [
        RuntimeError(secret),
        UnknownOutcome("断了"),
        TemporaryChannelError("忙"),
        PermanentChannelError("不行"),
    ]
    await desk.outbox.add("answer:7", "telegram", "-100", text(secret), kind=Kind.ANSWER, now=NOW)
    with capture_logs() as logs:
        async with running(desk), ticking(desk, minutes=1):
            await desk.counts(failed=1)
    events = [entry["event"] for entry in logs]
    assert events == ["channel_broke", "send_outcome_unknown", "send_outcome_unknown", "send_refused", "send_failed"]
    assert all((entry["key"], entry["chat"], entry["kind"]) == ("answer:7", GROUP, "answer") for entry in logs)
    assert "delivery_desk.py" in logs[0]["where"]
    assert secret not in str(logs)


@pytest.mark.parametrize(("spoken", "said"), [("zh", WITHHELD["zh"]), ("en", WITHHELD["en"]), ("", "\n".join(WITHHELD.values()))])
async def test_what_may_not_be_shown_is_withheld_in_the_language_of_the_chat(desk: Desk, spoken: str, said: str) -> None:
    async def nothing(chat: str, topic: int | None) -> Scope:
        return Scope()

    async def language(chat: str) -> str:
        return {"telegram:42": spoken}[chat]

    channels = {"telegram": desk.channel}
    desk.delivery = Delivery(desk.outbox, desk.chats, channels, desk.clock, audience=nothing, language=language)
    async with running(desk):
        await desk.add("底价七十三", collections=[merchant_collection("0000000a")])
        await desk.counts(sent=1)
    assert desk.channel.texts == [said]


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.TIP])
async def test_what_nobody_asked_for_is_withheld_without_a_word(desk: Desk, kind: Kind) -> None:
    async def nothing(chat: str, topic: int | None) -> Scope:
        return Scope()

    drawn = [merchant_collection("0000000a")]
    desk.delivery = Delivery(desk.outbox, desk.chats, {"telegram": desk.channel}, desk.clock, audience=nothing)
    async with running(desk):
        await desk.add("底价七十三", kind=kind, collections=drawn)
        await desk.counts(failed=1)
        assert desk.channel.tried == []
        await desk.add("底价七十四", chat="43", kind=kind, collections=drawn, reply_to=5)
        await desk.counts(failed=1, sent=1)
        await desk.add("底价七十五", chat="44", kind=kind, collections=drawn, edit_of=7)
        await desk.counts(failed=1, sent=2)
    both = "\n".join(WITHHELD.values())
    assert desk.channel.texts == [both], "a reply is missed by whoever wrote"
    assert desk.channel.edits == [("44", 7, both)], "what stands in the chat loses its figures"


async def test_that_something_failed_for_good_is_told_once_it_is_written_down(desk: Desk) -> None:
    told: list[dict[str, int]] = []
    waiting: list[asyncio.Task[None]] = []

    async def look() -> None:
        told.append(await desk.outbox.counts())

    def tell() -> None:
        waiting.append(asyncio.create_task(look()))

    desk.channel.script["提示"] = [PermanentChannelError("bot was kicked", chat_gone=True)]
    desk.delivery = Delivery(desk.outbox, desk.chats, {"telegram": desk.channel}, desk.clock, tell_failed=tell)
    await desk.outbox.add("tip:1", "telegram", "-100", text("提示"), kind=Kind.TIP, now=NOW)
    await desk.outbox.add("tip:2", "telegram", "-100", text("又一条"), kind=Kind.TIP, now=NOW)
    async with running(desk):
        await desk.add("好的", chat="43")
        await desk.counts(failed=2, sent=1)
    await asyncio.gather(*waiting)
    assert len(told) == 1 and told[0]["failed"] == 2, "what arrives is no reason, and both failed by then"
