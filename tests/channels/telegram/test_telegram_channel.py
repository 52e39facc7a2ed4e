"""The channel over the double: what goes out, and what each failure means for sending again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.errors import Scrub, translate
from bot.channels.telegram.requests import sending_request
from bot.domain.messages import Button, Message, Part, Style, text
from bot.errors import ChannelError, PermanentChannelError, TemporaryChannelError, UnknownOutcome
from tests.double import ChatView, Person, TelegramDouble, faults


@pytest.fixture
def alice(double: TelegramDouble) -> Person:
    return double.user("小李", started=True)


@pytest.fixture
def chat(alice: Person) -> ChatView:
    return alice.private()


def bot_at(url: str, token: str) -> ExtBot[None]:
    return ExtBot(token, base_url=f"{url}/bot", request=sending_request())


@pytest.fixture
async def channel(double: TelegramDouble) -> AsyncIterator[TelegramChannel]:
    async with bot_at(double.url, double.token) as bot:
        yield TelegramChannel(bot, Scrub(double.token))


THREE = text("第一段，一共说了很多话。" * 900, (Button("看", "n"),))


async def test_text_entities_buttons_and_no_preview_arrive(channel: TelegramChannel, chat: ChatView):
    message = Message((Part("👨‍👩‍👧 粗", Style.BOLD), Part(" [规则](https://a.cn/x)", Style.MARKDOWN)), ((Button("看", "n"),),))
    sent = await channel.send(str(chat.id), message)
    (seen,) = chat.from_bot
    assert sent.message_ids == (seen.id,)
    assert seen.styled("bold") == ["👨‍👩‍👧 粗"]
    assert seen.styled("text_link") == ["规则"]
    assert seen.data["link_preview_options"] == {"is_disabled": True}
    assert [button["text"] for button in seen.buttons] == ["看"]


async def test_a_long_message_goes_out_in_pieces_with_buttons_below_the_last(channel: TelegramChannel, chat: ChatView):
    sent = await channel.send(str(chat.id), THREE)
    assert [bool(seen.buttons) for seen in chat.from_bot] == [False, False, True]
    assert sent.message_ids == tuple(seen.id for seen in chat.from_bot)


async def test_pieces_that_arrived_are_not_sent_again(double: TelegramDouble, channel: TelegramChannel, chat: ChatView):
    await channel.send(str(chat.id), text("先来一条"))
    double.faults.script("sendMessage", *[faults.slow(0)], faults.too_many(7))
    with pytest.raises(TemporaryChannelError) as refused:
        await channel.send(str(chat.id), THREE)
    assert refused.value.retry_after == 7
    assert len(chat.from_bot) == 2
    sent = await channel.send(str(chat.id), THREE)
    assert len(chat.from_bot) == 4
    assert sent.message_ids == tuple(seen.id for seen in chat.from_bot[1:])


async def test_a_different_message_to_the_same_chat_starts_from_its_own_beginning(
    double: TelegramDouble, channel: TelegramChannel, chat: ChatView
):
    double.faults.script("sendMessage", faults.slow(0), faults.bad_gateway())
    with pytest.raises(TemporaryChannelError):
        await channel.send(str(chat.id), THREE)
    await channel.send(str(chat.id), text("另一条"))
    assert [seen.text[:3] for seen in chat.from_bot] == ["第一段", "另一条"]


async def test_a_lost_reply_is_an_unknown_outcome(double: TelegramDouble, channel: TelegramChannel, chat: ChatView):
    double.faults.script("sendMessage", faults.drop_after())
    with pytest.raises(UnknownOutcome):
        await channel.send(str(chat.id), text("在吗"))
    assert len(chat.from_bot) == 1


async def test_a_dropped_connection_is_an_unknown_outcome(double: TelegramDouble, channel: TelegramChannel, chat: ChatView):
    double.faults.script("sendMessage", faults.drop_before())
    with pytest.raises(UnknownOutcome):
        await channel.send(str(chat.id), text("在吗"))


async def test_nothing_listening_is_temporary():
    channel = TelegramChannel(bot_at("http://127.0.0.1:1", "42:AAA"), Scrub("42:AAA"))
    with pytest.raises(TemporaryChannelError):
        await channel.send("1", text("在吗"))


async def test_a_blocked_bot_has_lost_the_chat(double: TelegramDouble, channel: TelegramChannel, alice: Person, chat: ChatView):
    await alice.blocks()
    with pytest.raises(PermanentChannelError) as refused:
        await channel.send(str(chat.id), text("在吗"))
    assert refused.value.chat_gone


async def test_a_chat_that_does_not_exist_is_gone(channel: TelegramChannel):
    with pytest.raises(PermanentChannelError) as refused:
        await channel.send("-100999", text("在吗"))
    assert refused.value.chat_gone


async def test_an_upgraded_group_says_where_it_went(double: TelegramDouble, channel: TelegramChannel, alice: Person):
    group = double.group("晨会", alice)
    upgraded = double.upgrade(group)
    with pytest.raises(PermanentChannelError) as refused:
        await channel.send(str(group.id), text("在吗"))
    assert refused.value.migrated_to == str(upgraded.id)
    assert not refused.value.chat_gone


async def test_editing_to_the_same_content_is_no_error(channel: TelegramChannel, chat: ChatView):
    message = text("一样", (Button("看", "n"),))
    (number,) = (await channel.send(str(chat.id), message)).message_ids
    await channel.edit(str(chat.id), number, message)
    await channel.edit(str(chat.id), number, text("不一样"))
    assert chat.last.text == "不一样"


async def test_an_edit_of_a_message_that_is_gone_is_sent_as_a_new_one(channel: TelegramChannel, chat: ChatView):
    (number,) = (await channel.send(str(chat.id), text("旧的"))).message_ids
    await channel.edit(str(chat.id), number + 100, text("新的", (Button("看", "n"),)))
    assert [message.text for message in chat.from_bot] == ["旧的", "新的"]
    assert chat.last.id != number


async def test_an_edit_of_what_is_not_ours_is_refused(channel: TelegramChannel, alice: Person, chat: ChatView):
    question = await alice.say(chat, "在吗")
    with pytest.raises(PermanentChannelError):
        await channel.edit(str(chat.id), question.id, text("改"))


async def test_a_deleted_question_does_not_keep_the_answer_from_coming(channel: TelegramChannel, alice: Person, chat: ChatView):
    question = await alice.say(chat, "在吗")
    await alice.deletes(question)
    await channel.send(str(chat.id), text("在"), reply_to=question.id)
    assert chat.last.text == "在"


def test_every_library_error_says_whether_to_send_again():
    scrub = Scrub("42:SECRET")

    def caused(error: TelegramError, cause: Exception) -> ChannelError:
        error.__cause__ = cause
        return translate(error, scrub)

    assert isinstance(caused(TimedOut(), httpx.ReadTimeout("")), UnknownOutcome)
    assert isinstance(caused(NetworkError("x"), httpx.ReadError("")), UnknownOutcome)
    assert isinstance(caused(TimedOut(), httpx.ConnectTimeout("")), TemporaryChannelError)
    assert isinstance(caused(TimedOut(), httpx.PoolTimeout("")), TemporaryChannelError)
    assert isinstance(caused(NetworkError("x"), httpx.ConnectError("")), TemporaryChannelError)
    assert isinstance(translate(NetworkError("Bad Gateway (502)"), scrub), TemporaryChannelError)
    assert isinstance(translate(NetworkError("Gateway Timeout (504)"), scrub), UnknownOutcome)
    assert isinstance(translate(TelegramError("Invalid server response"), scrub), UnknownOutcome)
    assert isinstance(translate(InvalidToken("Unauthorized"), scrub), TemporaryChannelError)
    assert isinstance(translate(Conflict("x"), scrub), TemporaryChannelError)
    assert isinstance(translate(Forbidden("x"), scrub), PermanentChannelError)
    no_right = translate(BadRequest("Not enough rights to send text messages to the chat"), scrub)
    assert isinstance(no_right, PermanentChannelError)
    assert not no_right.chat_gone


def test_no_error_text_holds_the_token():
    said = str(translate(NetworkError("http://h/bot42:SECRET/sendMessage and 42%3ASECRET"), Scrub("42:SECRET")))
    assert "SECRET" not in said
