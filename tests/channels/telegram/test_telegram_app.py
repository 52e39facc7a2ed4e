"""Starting, stopping, and what whoever runs the copilot is told."""

from __future__ import annotations

import asyncio
import logging
import socket
import time

import pytest
import structlog
import uvicorn
from starlette.applications import Starlette

from bot.channels.telegram import menu, polling, updates
from bot.channels.telegram.polling import sentence
from bot.errors import SettingsError, StorageError
from tests.channels.telegram.desk import Desk
from tests.double import faults

pytestmark = pytest.mark.alone

Lines = list[structlog.typing.EventDict]

MENU = {
    "ask": "问一个问题",
    "metrics": "查指标",
    "rules": "查规则",
    "checklists": "查清单",
    "help": "怎么用我",
    "start": "从这里开始",
}
"""Of whoever is in no team."""


@pytest.fixture
def log() -> object:
    with structlog.testing.capture_logs() as lines:
        yield lines


def events(log: Lines) -> list[str]:
    return [line["event"] for line in log]


async def test_a_wrong_token_stops_the_start_in_one_sentence_without_the_token(idle_desk: Desk, log: Lines):
    idle_desk.settings["telegram_bot_token"] = "1:WRONG-token-of-somebody"
    with pytest.raises(SettingsError) as refused:
        await idle_desk.make().start()
    assert "TELEGRAM_BOT_TOKEN" in str(refused.value)
    assert "WRONG" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert idle_desk.bot is not None
    await idle_desk.bot.stop()
    idle_desk.bot = None


async def test_no_token_is_a_sentence_too(idle_desk: Desk):
    idle_desk.settings["telegram_bot_token"] = None
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
        idle_desk.make()


async def test_without_a_network_the_start_goes_on_trying_and_can_be_stopped(idle_desk: Desk, log: Lines):
    idle_desk.settings["telegram_api_url"] = "http://127.0.0.1:1"
    stop = asyncio.Event()
    running = asyncio.create_task(idle_desk.make().run(stop))
    await asyncio.sleep(0.3)
    assert not running.done()
    stop.set()
    await running
    assert [event for event in events(log) if event.startswith("连不上 Telegram")]
    idle_desk.bot = None


async def test_a_network_that_comes_back_is_found(idle_desk: Desk, monkeypatch: pytest.MonkeyPatch):
    idle_desk.double.faults.script("getMe", faults.bad_gateway())
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    assert (await alice.asks(alice.private(), "停留低怎么办")).text.startswith("停留时长")


async def test_run_works_until_it_is_told_to_stop(idle_desk: Desk):
    stop = asyncio.Event()
    bot = idle_desk.make()
    running = asyncio.create_task(bot.run(stop))
    delivering = asyncio.create_task(idle_desk.delivery.run())
    alice = idle_desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    stop.set()
    await running
    assert not idle_desk.double.updates.pending
    idle_desk.delivery.stop()
    await delivering
    idle_desk.bot = None


async def test_run_raises_for_a_wrong_token(idle_desk: Desk):
    idle_desk.settings["telegram_bot_token"] = "1:WRONG-token-of-somebody"
    with pytest.raises(SettingsError):
        await idle_desk.make().run(asyncio.Event())
    idle_desk.bot = None


async def test_two_bots_on_one_token_are_said_in_one_line_and_both_go_on(desk: Desk, log: Lines):
    desk.double.faults.script("getUpdates", *[faults.refused(409, "Conflict: terminated by other getUpdates request")] * 2)
    alice = desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    await alice.asks(alice.private(), "在线掉了怎么办", timeout=15)
    conflicts = [event for event in events(log) if "同一个机器人 token" in event]
    assert len(conflicts) == 1


async def test_a_connection_that_comes_back_is_said_once(desk: Desk, log: Lines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(polling, "FIRST_WAIT", 0.05)
    desk.double.faults.script("getUpdates", *[faults.bad_gateway()] * 3)
    alice = desk.double.user("小李")
    for question in ("停留低怎么办", "在线掉了怎么办", "停留低怎么办"):
        await alice.asks(alice.private(), question)
    said = [event for event in events(log) if "Telegram" in event]
    assert said == ["连不上 Telegram，正在重试。请检查网络或 TELEGRAM_API_URL。", "又能从 Telegram 收消息了，期间发来的会补上。"]


async def test_polling_outlives_a_token_that_is_refused_for_a_while(desk: Desk, log: Lines):
    desk.double.faults.script("getUpdates", faults.refused(401, "Unauthorized"))
    alice = desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    await alice.asks(alice.private(), "在线掉了怎么办", timeout=15)
    assert any("可能已重置" in event for event in events(log))


async def test_the_menu_is_set_in_both_languages_for_private_chats_and_groups(desk: Desk):
    alice, bob = desk.double.user("小李"), desk.double.user("Bob", language="en")
    group = desk.double.group("晨会", alice, bob)
    assert desk.bot is not None
    await desk.bot._tasks[1]
    assert alice.menu() == MENU
    assert bob.menu()["ask"] == "Ask a question"
    assert bob.menu()["metrics"] == "Look up a metric"
    sessions = ["new", "today", "week", "session", "live", "end", "order", "calendar"]
    while_live = ["board", "metric", "why", "checklist", "handover", "quiet", "effects"]
    assert list(alice.menu(group)) == ["ask", *sessions, *while_live, "metrics", "rules", "checklists", "bind", "unbind", "help"]
    assert alice.menu(group)["bind"] == "绑定本群（组长用）"
    wrote = [call.method for call in desk.double.calls if call.method.startswith("set")]
    await desk.stop()
    await (await desk.start())._tasks[1]
    again = [call.method for call in desk.double.calls if call.method.startswith("set")]
    assert again == wrote


async def test_a_menu_that_cannot_be_set_does_not_stop_the_bot(idle_desk: Desk, log: Lines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(menu, "WAITS", ())
    idle_desk.double.faults.often(faults.too_many(9), probability=1, method="setMyCommands")
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    assert "telegram.menu_not_set" in events(log)


async def test_a_menu_refused_once_is_set_soon_after(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    assert desk.bot is not None
    await desk.stop()
    monkeypatch.setattr(menu, "WAITS", (0.01, 0.01))
    alice = desk.double.user("小李")
    desk.double.faults.script("getMyCommands", faults.too_many(1))
    again = await desk.start()
    await again._tasks[1]
    assert alice.menu() == MENU
    assert sum(desk.double.faults.happened.values()) == 1


async def test_an_unreachable_lead_chat_is_said_at_the_start(idle_desk: Desk, log: Lines):
    idle_desk.settings["lead_chat"] = "-100404"
    await idle_desk.start()
    assert any("COPILOT_LEAD_CHAT" in event for event in events(log))


async def test_neither_token_nor_question_reaches_the_log(
    idle_desk: Desk, caplog: pytest.LogCaptureFixture, log: Lines, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(updates, "RETRY_AFTER", (0.01, 0.01))
    caplog.set_level(logging.INFO)
    idle_desk.handbook.broken = [RuntimeError(f"{idle_desk.double.url}/bot{idle_desk.double.token}/x")] * 3
    idle_desk.double.faults.script("getUpdates", faults.bad_gateway(), faults.drop_before())
    idle_desk.double.faults.script("sendMessage", faults.drop_after(), faults.refused(400, "Bad Request: odd"))
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    chat = alice.private()
    await alice.say(chat, "这是我的秘密问题")
    await alice.asks(chat, "停留低怎么办", timeout=15)
    await asyncio.sleep(0.2)
    await idle_desk.stop()
    everything = repr(log) + caplog.text
    assert "telegram.handler_failed" in everything
    secret = idle_desk.double.token.partition(":")[2]
    assert secret not in everything
    assert "秘密问题" not in everything


async def test_the_webhook_is_set_and_served(idle_desk: Desk):
    port = free_port()
    idle_desk.settings |= {
        "webhook_url": "https://copilot.example/telegram/hook",
        "webhook_secret": "a-secret_1",
        "http_port": port,
    }
    bot = idle_desk.make()
    route = bot.webhook_route()
    assert route is not None
    assert route.path == "/telegram/hook"
    await bot.start()
    set_webhook = next(call for call in idle_desk.double.calls if call.method == "setWebhook")
    assert set_webhook.text("secret_token") == "a-secret_1"
    assert not set_webhook.flag("drop_pending_updates")
    idle_desk.delivering = asyncio.create_task(idle_desk.delivery.run())
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[route]), port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    # What a proxy with a certificate would do: pass on what comes to the public address.
    inside = f"http://127.0.0.1:{port}/telegram/hook"
    await idle_desk.double.webhook.set(inside, secret="a-secret_1", max_connections=1, drop=False)
    alice = idle_desk.double.user("小李")
    assert (await alice.asks(alice.private(), "停留低怎么办")).text.startswith("停留时长")
    await idle_desk.double.webhook.close()
    server.should_exit = True
    await serving


async def test_polling_has_no_webhook_route(idle_desk: Desk):
    assert idle_desk.make().webhook_route() is None
    idle_desk.bot = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_stopping_is_quick_and_leaves_nothing_unacknowledged(desk: Desk):
    alice = desk.double.user("小李")
    await alice.asks(alice.private(), "停留低怎么办")
    began = time.monotonic()
    await desk.stop()
    assert time.monotonic() - began < 3
    assert desk.double.updates.pending == []


def test_every_trouble_has_its_sentence():
    from telegram.error import Conflict, NetworkError, TelegramError

    from bot.channels.telegram.polling import LONG_POLL, Unusable
    from bot.channels.telegram.requests import TokenRefused

    errors = [Conflict("x"), NetworkError("x"), TokenRefused("x"), StorageError("x"), Unusable("x"), TelegramError("x")]
    said = [sentence(error) for error in errors]
    assert len(set(said)) == len(said)
    assert all(line.endswith("。") for line in said)
    assert LONG_POLL <= 50
