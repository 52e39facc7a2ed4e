"""Updates: stored before they are acknowledged, handled once and in order, also across restarts and failures."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram import updates
from bot.channels.telegram.updates import UpdateWorker, store
from bot.channels.telegram.webhook import HEADER, LARGEST, webhook_route
from bot.errors import StorageError, TemporaryChannelError
from bot.storage.inbox import Inbox, InboxItem
from tests.channels.telegram.desk import Desk, now
from tests.double import TelegramDouble, faults


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
        for garbage in (b"", b"[]", b"\xff\xfe", b'{"update_id": "1"}', b'{"update_id": true}', b"[" * 100_000):
            assert (await http.post("/hook", content=garbage, headers=good)).status_code == 400
        assert (await http.post("/hook", content=b" " * (LARGEST + 1), headers=good)).status_code == 413
        assert (await http.get("/hook", headers=good)).status_code == 405
    assert await idle_desk.inbox.counts() == {"waiting": 1}
    assert len(arrived) == 2


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
    async with await TelegramDouble.start("4200000077:BBcc-DDee_FFgg00112233445566778899bb") as other:
        desk.double, before = other, desk.double
        same = other.user("小李")
        assert same.id == alice.id
        await desk.start()
        second = await same.asks(same.private(), "在线掉了怎么办")
        assert (second.id, second.text[:2]) == (first.id, "先看")
        assert await same.presses(second, "〔1〕") == ""
        await desk.stop()
        desk.double = before
