"""Updates: stored before they are acknowledged, handled once and in order, also across restarts and failures."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy import select
from starlette.applications import Starlette
from telegram.error import NetworkError, RetryAfter

from bot.channels.telegram import polling, updates
from bot.channels.telegram.requests import PollingRequest
from bot.channels.telegram.updates import UpdateWorker, store
from bot.channels.telegram.webhook import HEADER, LARGEST, webhook_route
from bot.errors import StorageError, TemporaryChannelError
from bot.storage.inbox import Inbox, InboxItem
from bot.storage.tables import inbox as inbox_table
from tests.channels.telegram.desk import Desk, now
from tests.double import TelegramDouble, faults

Payload = dict[str, Any]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "RETRY_AFTER", (0.01, 0.01))
    monkeypatch.setattr(updates, "WAIT", 0.05)
    monkeypatch.setattr(updates, "POLL", 0.05)


async def test_what_cannot_be_stored_is_not_acknowledged(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    refused: list[int] = []
    put = Inbox.put

    async def full(self: Inbox, channel: str, update_id: int, *rest: object, **more: object) -> bool:
        if len(refused) < 2:
            refused.append(update_id)
            raise StorageError("磁盘满了")
        return await put(self, channel, update_id, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Inbox, "put", full)
    alice = desk.double.user("小李")
    chat = alice.private()
    question = await alice.say(chat, "停留低怎么办")
    await desk.double.world.until(lambda: bool(refused), 5)
    assert [update["update_id"] for update in desk.double.updates.pending] == refused[:1]
    assert (await chat.answer_to(question)).text.startswith("停留时长")
    await desk.settled()
    assert refused[0] == refused[1]
    assert len(chat.from_bot) == 1


async def test_an_update_that_comes_twice_is_answered_once(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    await alice.say(chat, "停留低怎么办")
    update = dict(desk.double.updates.pending[0])
    await chat.wait_for(1)
    await desk.settled()
    desk.double.updates.pending.append(update)
    desk.double.world.touch()
    await alice.asks(chat, "在线掉了怎么办")
    await desk.settled()
    assert len(chat.from_bot) == 2


async def test_an_update_that_was_half_handled_before_a_kill_gives_one_answer(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    question = await alice.say(chat, "停留低怎么办")
    await chat.answer_to(question)
    await desk.settled()
    raw = desk.double.world.message_json(question.chat, question.stored)
    await store(desk.inbox, desk.account, {"update_id": 7, "message": raw}, now=now())
    assert desk.bot is not None
    desk.bot.notify()
    await desk.settled()
    assert len(chat.from_bot) == 1
    assert await desk.questions() == ["停留低怎么办"]


async def test_what_was_stored_before_a_stop_is_handled_after_the_start(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    desk.handbook.seconds = 30
    await alice.say(chat, "停留低怎么办")
    await desk.double.world.until(lambda: not desk.double.updates.pending, 5)
    assert desk.bot is not None
    await desk.bot._worker.stop(patience=0.05)
    await desk.stop()
    assert chat.from_bot == []
    desk.handbook.seconds = 0
    await desk.start()
    await chat.wait_for(1)


async def test_a_failing_question_is_tried_three_times_and_then_excused(desk: Desk, impatient: None):
    alice = desk.double.user("小李")
    chat = alice.private()
    desk.handbook.broken = [RuntimeError("坏了")] * 3
    excuse = await alice.asks(chat, "停留低怎么办")
    assert excuse.text.startswith("抱歉")
    await desk.settled()
    assert await desk.inbox.counts() == {"parked": 1}
    assert (await alice.asks(chat, "停留低怎么办")).text.startswith("停留时长")


async def test_a_question_that_fails_once_is_answered(desk: Desk, impatient: None):
    alice = desk.double.user("小李")
    desk.handbook.broken = [RuntimeError("坏了")]
    assert (await alice.asks(alice.private(), "停留低怎么办")).text.startswith("停留时长")


async def test_a_deep_link_waits_for_the_network(desk: Desk, impatient: None):
    alice = desk.double.user("小李")
    key = desk.handbook.sections[1].key
    desk.double.faults.script("sendMessage", *[faults.bad_gateway()] * 5)
    opened = await alice.private().answer_to(await alice.follows(f"https://t.me/copilot_test_bot?start=s_{key}"))
    assert opened.text.startswith("12.2 停留低")
    await desk.settled()
    assert await desk.inbox.counts() == {"done": 1}


def _drop_chat(update: Payload) -> None:
    del update["message"]["chat"]


def _drop_number(update: Payload) -> None:
    del update["update_id"]


def _nest(update: Payload) -> None:
    for _ in range(400):
        update["message"] = {"message": update["message"]}


MALFORMED: dict[str, Callable[[Payload], object]] = {
    "a missing key": _drop_chat,
    "a sender of the wrong type": lambda update: update["message"].update({"from": [1]}),
    "a message of the wrong type": lambda update: update.update(message="SECRET"),
    "a date beyond the calendar": lambda update: update["message"].update(date=10**30),
    "a text of the wrong type": lambda update: update["message"].update(text={"SECRET": 1}),
    "entities of the wrong type": lambda update: update["message"].update(entities=5),
    "a chat id of the wrong type": lambda update: update["message"]["chat"].update(id=["SECRET"]),
    "half a surrogate as chat id": lambda update: update["message"]["chat"].update(id="\ud800"),
    "no number": _drop_number,
    "a number of the wrong type": lambda update: update.update(update_id="SECRET"),
    "a number beyond all": lambda update: update.update(update_id=10**30),
    "no object": lambda update: ["SECRET"],
    "nothing": lambda update: 0,
    "too deep": _nest,
}


@pytest.mark.parametrize("spoil", MALFORMED.values(), ids=list(MALFORMED))
async def test_an_update_that_cannot_be_read_is_parked_with_its_cause_and_holds_up_nobody(
    idle_desk: Desk, impatient: None, caplog: pytest.LogCaptureFixture, spoil: Callable[[Payload], object]
):
    caplog.set_level(logging.INFO)
    alice = idle_desk.double.user("小李")
    bob = idle_desk.double.user("小王")
    with structlog.testing.capture_logs() as lines:
        idle_desk.double.updates.spoil_next(spoil)
        await alice.say(alice.private(), "SECRET 停留低怎么办")
        await bob.say(bob.private(), "停留低怎么办")
        await idle_desk.start()
        await bob.private().wait_for(1)
        await idle_desk.settled()
        await asyncio.sleep(0.3)
        polls = sum(call.method == "getUpdates" for call in idle_desk.double.calls)
        await idle_desk.stop()
    assert await idle_desk.inbox.counts() == {"done": 1, "parked": 1}
    async with idle_desk.database.read() as db:
        (cause,) = list(await db.scalars(select(inbox_table.c.error).where(inbox_table.c.state == "parked")))
    assert cause
    said = [line for line in lines if line["event"] in ("telegram.update_unreadable", "telegram.update_parked")]
    assert len(said) == 1
    assert "SECRET" not in repr(lines) + caplog.text
    assert polls <= 3


async def test_an_answer_with_nothing_to_acknowledge_is_asked_for_again_ever_more_slowly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polling, "FIRST_WAIT", 0.1)
    with structlog.testing.capture_logs() as lines:
        desk.double.updates.spoil_next(_drop_number)
        alice = desk.double.user("小李")
        chat = alice.private()
        await alice.say(chat, "停留低怎么办")
        await asyncio.sleep(1)
        polls = sum(call.method == "getUpdates" for call in desk.double.calls)
        assert 3 <= polls <= 7
        await alice.asks(chat, "停留低怎么办")
        await desk.settled()
    events = [line["event"] for line in lines]
    assert events.count("telegram.update_unreadable") == 1
    assert sum("TELEGRAM_API_URL" in event for event in events) == 1
    assert await desk.inbox.counts() == {"done": 1, "parked": 1}


@pytest.mark.parametrize("answer", [b"[]", b'{"ok": true}', b'{"ok": true, "result": {}}', b"<html>", b"[" * 100_000])
async def test_an_answer_that_is_none_of_the_bot_api_is_asked_for_again(
    answer: bytes, monkeypatch: pytest.MonkeyPatch, idle_desk: Desk
):
    monkeypatch.setattr(polling, "FIRST_WAIT", 0.05)
    do_request = PollingRequest.do_request
    left = [answer] * 3

    async def odd(self: PollingRequest, *args: object, **values: object) -> tuple[int, bytes]:
        return (200, left.pop()) if left else await do_request(self, *args, **values)

    monkeypatch.setattr(PollingRequest, "do_request", odd)
    with structlog.testing.capture_logs() as lines:
        await idle_desk.start()
        alice = idle_desk.double.user("小李")
        await alice.asks(alice.private(), "停留低怎么办")
    assert not left
    assert sum(line["event"].endswith(("和中间的代理。", "正在重试。")) for line in lines) == 1


def test_waits_after_failures_grow_to_their_limit_and_keep_what_telegram_asks_for():
    backoff = polling.Backoff()
    waits = [backoff.after(NetworkError("x")) for _ in range(20)]
    assert waits[:3] == [1.0, 1.5, 2.25]
    assert max(waits) == waits[-1] == polling.SLOWEST
    assert backoff.after(RetryAfter(300)) == 300
    backoff.reset()
    assert backoff.after(NetworkError("x")) == 1.0


async def test_an_unreadable_update_is_parked_and_the_others_go_on(desk: Desk, impatient: None):
    for number, content in enumerate(({"message": 5}, {"message": {"chat": 1}}, {"callback_query": {"id": "1"}}), 1):
        await store(desk.inbox, desk.account, {"update_id": number} | content, now=now())
    alice = desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    await desk.settled()
    assert await desk.inbox.counts() == {"parked": 3, "done": 1}


class Ledger:
    """Handles updates by writing down when each begins and ends; `slow` chats take a while."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []
        self.at_once = 0
        self.most = 0

    async def handle(self, item: InboxItem) -> str:
        self.events.append(("begin", item.update_id))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.03)
        self.at_once -= 1
        self.events.append(("end", item.update_id))
        return ""

    async def give_up(self, item: InboxItem) -> None:
        raise AssertionError("nothing fails here")


def message(update_id: int, chat: int) -> dict[str, object]:
    return {"update_id": update_id, "message": {"chat": {"id": chat}, "from": {"id": 99}}}


async def test_one_chat_is_served_in_order_and_several_at_once(idle_desk: Desk):
    ledger = Ledger()
    for number in range(1, 31):
        await store(idle_desk.inbox, idle_desk.account, message(number, chat=number % 10), now=now())
    worker = UpdateWorker(idle_desk.inbox, idle_desk.account, ledger.handle, ledger.give_up, now)
    running = asyncio.create_task(worker.run())
    await idle_desk.settled()
    await worker.stop()
    await running
    for chat in range(10):
        own = [event for event in ledger.events if event[1] % 10 == chat]
        assert own == [(what, n) for n in sorted({n for _, n in own}) for what in ("begin", "end")]
    assert 2 <= ledger.most <= updates.AT_ONCE


async def test_a_busy_chat_does_not_hold_up_the_others(idle_desk: Desk):
    ledger = Ledger()
    for number in range(1, 200):
        await store(idle_desk.inbox, idle_desk.account, message(number, chat=1), now=now())
    await store(idle_desk.inbox, idle_desk.account, message(200, chat=2), now=now())
    worker = UpdateWorker(idle_desk.inbox, idle_desk.account, ledger.handle, ledger.give_up, now)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.5)
    assert ("end", 200) in ledger.events
    await worker.stop()
    await running
    left = (await idle_desk.inbox.counts())["waiting"]
    assert left == 200 - len([event for event in ledger.events if event[0] == "end"])


async def test_an_update_waits_while_nothing_can_be_sent(idle_desk: Desk, impatient: None):
    tries: list[int] = []

    async def handle(item: InboxItem) -> str:
        tries.append(item.update_id)
        if len(tries) < 6:
            raise TemporaryChannelError("没有网络", 0.01)
        return ""

    await store(idle_desk.inbox, idle_desk.account, message(1, chat=1), now=now())
    worker = UpdateWorker(idle_desk.inbox, idle_desk.account, handle, Ledger().give_up, now)
    running = asyncio.create_task(worker.run())
    await idle_desk.settled()
    await worker.stop()
    await running
    assert await idle_desk.inbox.counts() == {"done": 1}


def client(desk: Desk, arrived: list[int]) -> httpx.AsyncClient:
    route = webhook_route("/hook", "the-secret", desk.inbox, desk.account, lambda: arrived.append(1), now)
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=[route])), base_url="http://copilot")


async def test_the_webhook_stores_what_has_the_secret_and_only_that(idle_desk: Desk, monkeypatch: pytest.MonkeyPatch):
    arrived: list[int] = []
    good = {HEADER: "the-secret"}
    body = json.dumps(message(1, chat=1))
    async with client(idle_desk, arrived) as http:
        assert (await http.post("/hook", content=body)).status_code == 403
        assert (await http.post("/hook", content=body, headers={HEADER: "the-Secret"})).status_code == 403
        assert (await http.post("/hook", content=body, headers={HEADER: "密".encode()})).status_code == 403
        assert await idle_desk.inbox.counts() == {}
        assert (await http.post("/hook", content=body, headers=good)).status_code == 200
        assert (await http.post("/hook", content=body, headers=good)).status_code == 200
        for garbage in (b"", b"[]", b"\xff\xfe", b"[" * 100_000):
            assert (await http.post("/hook", content=garbage, headers=good)).status_code == 400
        assert (await http.post("/hook", content=b" " * (LARGEST + 1), headers=good)).status_code == 413
        assert (await http.get("/hook", headers=good)).status_code == 405
    assert await idle_desk.inbox.counts() == {"waiting": 1}
    assert len(arrived) == 2


@pytest.mark.parametrize("update_id", ["null", '"1"', "true", "-1", "1e3", "9" * 30])
async def test_the_webhook_says_yes_to_what_nobody_can_read_and_keeps_it(idle_desk: Desk, update_id: str):
    body = f'{{"update_id": {update_id}, "message": {{"text": "x"}}}}'
    async with client(idle_desk, []) as http:
        for _ in range(2):
            assert (await http.post("/hook", content=body, headers={HEADER: "the-secret"})).status_code == 200
    assert await idle_desk.inbox.counts() == {"parked": 1}


async def test_the_webhook_does_not_say_yes_when_storing_fails(idle_desk: Desk, monkeypatch: pytest.MonkeyPatch):
    async def full(*_: object, **__: object) -> bool:
        raise StorageError("磁盘满了")

    monkeypatch.setattr(Inbox, "put", full)
    async with client(idle_desk, []) as http:
        reply = await http.post("/hook", content=json.dumps(message(1, chat=1)), headers={HEADER: "the-secret"})
    assert reply.status_code == 503


async def test_a_new_bot_on_the_same_data_starts_afresh(desk: Desk):
    alice = desk.double.user("小李")
    first = await alice.asks(alice.private(), "停留低怎么办")
    await desk.stop()
    async with await TelegramDouble.start("4200000077:BBcc-DDee_FFgg00112233445566778899bb", clock=now.seconds) as other:
        desk.double, before = other, desk.double
        same = other.user("小李")
        assert same.id == alice.id
        await desk.start()
        second = await same.asks(same.private(), "在线掉了怎么办")
        assert (second.id, second.text[:2]) == (first.id, "先看")
        assert await same.presses(second, "〔1〕") == ""
        await desk.stop()
        desk.double = before
