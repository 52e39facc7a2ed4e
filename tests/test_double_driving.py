"""The double and other processes: a bot that is killed, a driver over HTTP, the prompt, the judge of its JSON."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from tests.double import TelegramDouble
from tests.double.judge import Judge


@pytest.fixture
async def double():
    async with await TelegramDouble.start() as running:
        yield running


@pytest.fixture
async def bot(double):
    async with Bot(double.token, base_url=f"{double.url}/bot") as client:
        yield client


@pytest.fixture
def alice(double):
    return double.user("Alice", started=True)


CLIENT = """
import os, httpx
base = os.environ["TELEGRAM_API_URL"] + "/bot" + os.environ["TELEGRAM_BOT_TOKEN"]
bot = httpx.Client()
update = bot.get(base + "/getUpdates").json()["result"][0]
bot.post(base + "/sendMessage", json={"chat_id": update["message"]["chat"]["id"], "text": "first"})
print(update["update_id"], flush=True)
bot.get(base + "/getUpdates", params={"offset": 0, "timeout": 50})
"""


async def test_killed_bot_gets_its_update_again_and_meets_no_conflict(bot, double, alice):
    await alice.say(alice.private(), "一")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, env=os.environ | double.environment, stdout=asyncio.subprocess.PIPE
    )
    first = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert [update.update_id for update in await bot.get_updates()] == [first]
    assert await double.world.until(lambda: double.sent[0].cut_off, 5)
    await bot.send_message(alice.id, "second")
    assert [sent.message.text for sent in double.doubtful_replies] == ["first"]


async def test_another_process_can_drive_it(double, bot):
    async with httpx.AsyncClient(base_url=f"{double.url}/control/") as driver:
        user = (await driver.post("user", json={"name": "小林"})).json()["user"]
        asked = (await driver.post("say", json={"user": user, "text": "你好"})).json()["message"]
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="x")]])
        sent = await bot.send_message(user, "在", reply_to_message_id=asked, reply_markup=markup)
        pressing = asyncio.create_task(driver.post("press", json={"user": user, "message": sent.message_id, "button": "好"}))
        query = (await bot.get_updates(offset=-1, timeout=5))[0]
        while query.callback_query is None:
            query = (await bot.get_updates(offset=-1, timeout=5))[0]
        await query.callback_query.answer("行")
        assert (await pressing).json() == {"text": "行", "alert": False}
        assert "[好]" in (await driver.post("messages", json={"user": user})).json()["transcript"]
        assert (await driver.post("dance", json={})).status_code == 404
        assert "KeyError" in (await driver.post("say", json={})).json()["error"]


async def test_prompt_shows_settings_and_lets_a_person_talk():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.double", "--port", "0", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate("你好\n:press 好\n:group\n:photo\n:all\n:quit\n".encode())
    shown = said.decode()
    assert process.returncode == 0
    assert "TELEGRAM_API_URL=http://127.0.0.1:" in shown
    assert "这里还没有带按钮的消息" in shown
    assert "<photo>" in shown


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        ({"id": 1, "is_bot": True}, "first_name"),
        ({"id": "1", "is_bot": True, "first_name": "x"}, "reads as"),
        ({"id": 1, "is_bot": True, "first_name": "x", "age": 3}, "unknown fields ['User.age']"),
    ],
)
def test_wrong_json_is_complained_about(result, complaint):
    judge = Judge()
    judge.result("GETME", result)
    assert complaint in judge.complaints[0]


async def test_complaint_fails_the_test_when_the_double_stops(double):
    double.judge.update({"update_id": 1, "message": {"text": "x"}})
    with pytest.raises(AssertionError, match="message_id"):
        await double.stop()
    double.judge.complaints.clear()
