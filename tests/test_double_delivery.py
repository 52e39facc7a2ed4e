"""The double between bot and people: updates, webhook, groups, limits, faults, and the judge of its JSON."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, CommandHandler, MessageHandler, filters

from tests.double import TelegramDouble
from tests.double.errors import ApiError
from tests.double.faults import bad_gateway, drop_after, drop_before, forbidden, migrate, refused, slow, too_many
from tests.double.limits import Limits
from tests.double.state import Chat


@pytest.fixture
async def double():
    async with await TelegramDouble.start(seed=7) as running:
        yield running


@pytest.fixture
async def bot(double):
    async with Bot(double.token, base_url=f"{double.url}/bot") as client:
        yield client


@pytest.fixture(autouse=True)
def new_style_waits(monkeypatch):
    """Without this the library warns about its old kind of retry_after, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def alice(double):
    return double.user("Alice", started=True)


async def texts(bot: Bot, **how) -> list[str]:
    updates = await bot.get_updates(**how)
    return [(update.effective_message.text or update.effective_message.caption) for update in updates if update.effective_message]


async def test_unconfirmed_updates_come_again_and_confirmed_ones_do_not(bot, alice):
    for text in ("一", "二", "三"):
        await alice.say(alice.private(), text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first] == ["一", "二"]
    assert await texts(bot) == ["一", "二", "三"]
    assert await texts(bot, offset=first[-1].update_id + 1) == ["三"]
    assert await texts(bot) == ["三"]
    await alice.say(alice.private(), "四")
    assert await texts(bot, offset=-1) == ["四"]
    assert await texts(bot) == ["四"]


async def test_long_poll_returns_when_something_happens(bot, alice):
    waiting = asyncio.create_task(texts(bot, timeout=20))
    await asyncio.sleep(0.05)
    await alice.say(alice.private(), "在吗", ago=600)
    assert await asyncio.wait_for(waiting, 5) == ["在吗"]
    assert await bot.get_updates(offset=-1, timeout=0)


async def test_bot_gets_only_the_kinds_of_updates_it_asked_for(bot, double, alice):
    asked = await alice.say(alice.private(), "一")
    await alice.reacts(asked, "👍")
    assert [u.message.text for u in await bot.get_updates(allowed_updates=Update.ALL_TYPES)] == ["一"]
    await alice.reacts(asked)
    assert (await bot.get_updates(offset=-1))[0].message_reaction.old_reaction[0].emoji == "👍"
    await bot.get_updates(allowed_updates=["callback_query"])
    await alice.say(alice.private(), "二")
    assert [u.message for u in await bot.get_updates(offset=-1)] == [None]


async def test_edits_and_media_arrive(bot, alice):
    chat = alice.private()
    await alice.edits(await alice.say(chat, "在线掉了"), "在线掉了怎么办")
    await alice.sends_photo(chat, "截图")
    await alice.sends_voice(chat)
    await alice.sends_sticker(chat)
    await alice.sends_document(chat)
    updates = await bot.get_updates()
    assert [u.edited_message.text for u in updates if u.edited_message] == ["在线掉了怎么办"]
    kinds = ("photo", "voice", "sticker", "document")
    assert [kind for u in updates[2:] for kind in kinds if getattr(u.message, kind)] == list(kinds)
    assert "Alice (edited):" in chat.transcript()
    with pytest.raises(AssertionError, match="people edit only what they wrote"):
        await alice.edits((await bot.send_message(alice.id, "x")) and chat.last, "y")


async def test_very_long_text_comes_in_pieces(bot, alice):
    await alice.say(alice.private(), "长" * 10_000)
    assert [len(text) for text in await texts(bot)] == [4096, 4096, 1808]


async def test_deep_link_starts_the_private_chat(bot, double):
    bob = double.user("Bob")
    await bob.follows("https://t.me/copilot_test_bot?start=sec_1a2b")
    assert await texts(bot) == ["/start sec_1a2b"]
    with pytest.raises(AssertionError, match="leads elsewhere"):
        await bob.follows("https://t.me/another_bot?start=x")


async def test_privacy_mode_lets_through_only_what_is_meant_for_the_bot(bot, double, alice):
    group = double.group("群", alice)
    bob = double.user("Bob")
    await bob.joins(group)
    answer = await bot.send_message(group.id, "大家好")
    await alice.say(group, "随便聊聊")
    await alice.say(group, "/ask 停留")
    await alice.say(group, "/ask@other_bot 停留")
    await alice.say(group, "问 @copilot_test_bot 停留")
    await alice.say(group, "谢谢", reply_to=group.last if group.last.by_bot else group.from_bot[0])
    assert answer.text == "大家好"
    assert await texts(bot) == [None, "/ask 停留", "问 @copilot_test_bot 停留", "谢谢"]
    double.privacy = False
    await bob.say(group, "再聊聊")
    await bob.leaves(group)
    assert (await texts(bot, offset=-2))[0] == "再聊聊"


async def test_topics_keep_their_messages_and_their_trap(bot, double, alice):
    forum = double.group("群", alice, kind="supergroup", topics=("数据", "选品"), bot="left")
    await alice.adds_bot(forum, "administrator")
    topic = forum.topic("选品")
    asked = await alice.say(forum, "排品怎么做", topic=topic)
    update = (await bot.get_updates())[-1]
    assert update.message.is_topic_message
    assert update.message.reply_to_message.forum_topic_created.name == "选品"
    sent = await bot.send_message(forum.id, "这样做", reply_to_message_id=asked.id)
    assert sent.message_thread_id == topic
    assert (await forum.answer_to(asked)).reply_to_id == asked.id
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=999)
    forum.chat.closed_topics.add(topic)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=topic)


async def test_reply_thread_of_a_plain_supergroup_is_no_topic(bot, double, alice):
    group = double.group("群", alice, kind="supergroup")
    await bot.send_message(group.id, "问吧")
    await alice.say(group, "停留呢", reply_to=group.last)
    message = (await bot.get_updates())[-1].message
    assert message.message_thread_id == 1
    assert message.is_topic_message is None
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=message.message_thread_id)


async def test_channel_posts_arrive_and_can_be_answered(bot, double, alice):
    channel = double.channel("公告", alice)
    await alice.say(channel, "今晚大场")
    assert (await bot.get_updates())[0].channel_post.sender_chat.title == "公告"
    await bot.send_message(channel.id, "收到")
    assert channel.from_bot[0].text == "收到"


@pytest.fixture
async def receiver():
    """A webhook that refuses its first delivery."""
    got, answers = [], [500]

    async def take(request: web.Request) -> web.Response:
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response(status=answers.pop() if answers else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got
    await runner.cleanup()


async def test_webhook_gets_updates_with_its_secret_until_it_takes_them(bot, double, alice, receiver):
    url, got = receiver
    await bot.set_webhook(url, secret_token="geheim", max_connections=5, allowed_updates=["message"])
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await alice.say(alice.private(), "一")
    await alice.say(alice.private(), "二")
    assert await double.world.until(lambda: not double.updates.pending, 5)
    assert [(secret, update["message"]["text"]) for secret, update in got] == [
        ("geheim", "一"),
        ("geheim", "一"),
        ("geheim", "二"),
    ]
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count, info.allowed_updates) == (url, 5, 0, ("message",))
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.get_updates() == ()


async def test_webhook_is_checked_and_survives_a_dead_address(bot, double, alice):
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:9/hook", secret_token="a b")
    with pytest.raises(BadRequest, match="Bad webhook"):
        await bot.set_webhook("ftp://x")
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await alice.say(alice.private(), "一")
    assert await double.world.until(lambda: "last_error_message" in double.webhook.info(), 5)
    assert (await bot.get_webhook_info()).last_error_message.startswith("Connection failed")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


def test_limits_count_bot_chats_and_groups():
    now = [0.0]
    limits = Limits(enforced=True, clock=lambda: now[0])

    def taken(chats: list[Chat]) -> list[int]:
        waits = []
        for chat in chats:
            try:
                limits.take(chat)
                waits.append(0)
            except ApiError as error:
                waits.append(error.parameters["retry_after"])
        return waits

    private, group = Chat(1, "private"), Chat(-1, "group")
    assert taken([private] * 4) == [0, 0, 0, 1]
    assert taken([group] * 21) == [0] * 20 + [3]
    assert taken([Chat(n, "private") for n in range(2, 12)]) == [0] * 7 + [1] * 3
    now[0] += 1
    assert taken([private] * 2 + [group]) == [0, 1, 2]


async def test_limits_answer_with_429_once_enforced(bot, double, alice):
    double.limits.enforced = True
    for text in "一二三":
        await bot.send_message(alice.id, text)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(alice.id, "四")
    assert caught.value.retry_after.total_seconds() == 1
    assert len(alice.private().messages) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (too_many(3), RetryAfter),
        (bad_gateway(), NetworkError),
        (drop_before(), NetworkError),
        (forbidden(), Forbidden),
        (refused(400, "Bad Request: chat not found"), BadRequest),
    ],
)
async def test_faults_before_acceptance_leave_nothing_behind(bot, double, alice, fault, error):
    double.faults.script("sendMessage", None, fault)
    await bot.send_message(alice.id, "一")
    with pytest.raises(error):
        await bot.send_message(alice.id, "二")
    await bot.send_message(alice.id, "三")
    assert [message.text for message in alice.private().messages] == ["一", "三"]
    assert double.faults.happened == {("sendMessage", fault.kind): 1}
    assert double.lost_replies == []


@pytest.mark.parametrize(("fault", "error"), [(drop_after(), NetworkError), (slow(0.3), TimedOut)])
async def test_lost_replies_are_counted_with_their_message(bot, double, alice, fault, error):
    asked = await alice.say(alice.private(), "?")
    double.faults.script("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(alice.id, "答", reply_to_message_id=asked.id, read_timeout=0.1)
    await bot.send_message(alice.id, "答", reply_to_message_id=asked.id)
    assert await double.world.until(lambda: bool(double.lost_replies), 5)
    assert [sent.message.text for sent in double.lost_replies] == ["答"]
    assert [sent.reply_lost for sent in double.answers_to(asked)] == [True, False]


async def test_group_moves_under_the_bots_hand(bot, double, alice):
    group = double.group("群", alice)
    double.faults.script("sendMessage", migrate(), migrate())
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert (await bot.send_message(moved.value.new_chat_id, "x")).chat.type == "supergroup"


async def test_faults_of_chance_are_the_same_for_the_same_seed(bot, double, alice):
    chance = double.faults.often(bad_gateway(), probability=0.5, method="sendChatAction")
    outcomes = []
    for _ in range(20):
        try:
            outcomes.append(await bot.send_chat_action(alice.id, "typing"))
        except NetworkError:
            outcomes.append(False)
    assert 3 <= outcomes.count(False) <= 17
    assert double.faults.happened["sendChatAction", "bad_gateway"] == outcomes.count(False)
    chance.stop()
    assert all([await bot.send_chat_action(alice.id, "typing") for _ in range(20)])


async def test_update_whose_reply_is_lost_comes_again(bot, double, alice):
    await alice.say(alice.private(), "一")
    double.faults.script("getUpdates", drop_after(), too_many(1), bad_gateway())
    for error in (NetworkError, RetryAfter, NetworkError):
        with pytest.raises(error):
            await bot.get_updates()
    assert await texts(bot) == ["一"]


async def test_application_answers_through_faults(double, alice):
    async def echo(update: Update, context) -> None:
        await update.message.reply_text(update.message.text)

    app = Application.builder().token(double.token).base_url(f"{double.url}/bot").build()
    app.add_handler(CommandHandler("start", echo))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    double.faults.script("getUpdates", None, drop_after())
    async with app:
        await app.start()
        await app.updater.start_polling(poll_interval=0)
        assert (await alice.asks(alice.private(), "/start")).text == "/start"
        assert (await alice.asks(alice.private(), "你好")).text == "你好"
        await app.updater.stop()
        await app.stop()
