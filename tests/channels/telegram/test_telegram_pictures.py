"""Pictures over the double: the text below them, what is too long for that, and edits of either."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image
from telegram.ext import ExtBot

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.errors import Scrub
from bot.channels.telegram.render import CAPTION
from bot.channels.telegram.requests import sending_request
from bot.channels.tip_view import tip_message
from bot.domain.messages import Button, Message, Part, Picture, Style, text
from bot.errors import ChannelError, PermanentChannelError
from tests.channels.tip_paper import NOW, TOLD
from tests.double import ChatView, TelegramDouble, faults


def png(width: int = 4, height: int = 3) -> Picture:
    out = BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return Picture(out.getvalue())


BUTTONS = ((Button("已处理", "zd:t1"),),)


def pictured(content: str, picture: Picture | None = None) -> Message:
    return Message((Part("在线掉了", Style.BOLD), Part(content)), BUTTONS, picture=picture or png())


@pytest.fixture
def chat(double: TelegramDouble) -> ChatView:
    return double.user("小李", started=True).private()


@pytest.fixture
async def channel(double: TelegramDouble) -> AsyncIterator[TelegramChannel]:
    async with ExtBot(double.token, base_url=f"{double.url}/bot", request=sending_request()) as bot:
        yield TelegramChannel(bot, Scrub(double.token))


async def test_a_picture_has_its_text_and_buttons_below_it(channel: TelegramChannel, chat: ChatView):
    sent = await channel.send(str(chat.id), pictured("\n20:12 起"))
    (seen,) = chat.from_bot
    assert sent.message_ids == (seen.id,) and seen.data["photo"][0]["width"] == 4
    assert seen.data["caption"] == "在线掉了\n20:12 起" and seen.data["caption_entities"][0]["type"] == "bold"
    assert [button["text"] for button in seen.buttons] == ["已处理"]


async def test_a_tip_fits_below_its_picture(channel: TelegramChannel, chat: ChatView):
    for told in TOLD.values():
        tip = tip_message(told, NOW, "zh")
        await channel.send(str(chat.id), Message(tip.parts, tip.buttons, picture=png()))
    assert [seen.data["caption"].splitlines()[0] for seen in chat.from_bot if "photo" in seen.data] == [
        tip_message(told, NOW, "zh").plain.splitlines()[0] for told in TOLD.values()
    ]


async def test_text_too_long_for_a_caption_follows_its_picture(channel: TelegramChannel, chat: ChatView):
    sent = await channel.send(str(chat.id), pictured("，一直在掉。" * 300), reply_to=None)
    first, second = chat.from_bot
    assert sent.message_ids == (first.id, second.id)
    assert "photo" in first.data and not first.data.get("caption") and not first.buttons
    assert second.data["text"].startswith("在线掉了") and len(second.data["text"]) > CAPTION and second.buttons


async def test_what_stands_below_a_picture_is_edited_without_the_picture(channel: TelegramChannel, chat: ChatView):
    (message_id,) = (await channel.send(str(chat.id), pictured(""))).message_ids
    await channel.edit(str(chat.id), message_id, Message((Part("✅ 已恢复", Style.BOLD),)))
    await channel.edit(str(chat.id), message_id, Message((Part("✅ 已恢复", Style.BOLD),)))
    (seen,) = chat.from_bot
    assert seen.data["caption"] == "✅ 已恢复" and seen.data["photo"][0]["width"] == 4 and not seen.buttons


async def test_an_edit_may_bring_another_picture(channel: TelegramChannel, chat: ChatView):
    (message_id,) = (await channel.send(str(chat.id), pictured(""))).message_ids
    await channel.edit(str(chat.id), message_id, pictured("\n已恢复", png(8)))
    (seen,) = chat.from_bot
    assert seen.data["photo"][0]["width"] == 8 and seen.data["caption"] == "在线掉了\n已恢复" and seen.buttons


async def test_an_edit_of_plain_text_stays_text(channel: TelegramChannel, chat: ChatView):
    (message_id,) = (await channel.send(str(chat.id), text("旧"))).message_ids
    await channel.edit(str(chat.id), message_id, text("新"))
    assert [seen.data["text"] for seen in chat.from_bot] == ["新"]


async def test_a_picture_whose_message_is_gone_comes_again(channel: TelegramChannel, chat: ChatView):
    await channel.edit(str(chat.id), 999, pictured("\n又来"))
    (seen,) = chat.from_bot
    assert seen.data["caption"] == "在线掉了\n又来" and seen.buttons


async def test_an_edited_caption_that_is_too_long_keeps_its_end(channel: TelegramChannel, chat: ChatView):
    (message_id,) = (await channel.send(str(chat.id), pictured(""))).message_ids
    await channel.edit(str(chat.id), message_id, text("很长的话。" * 400 + "完"))
    assert chat.from_bot[0].data["caption"].endswith("完") and len(chat.from_bot[0].data["caption"]) <= CAPTION


async def test_a_picture_that_is_none_fails_for_good(channel: TelegramChannel, chat: ChatView):
    with pytest.raises(PermanentChannelError):
        await channel.send(str(chat.id), pictured("", Picture(b"no picture")))
    assert not chat.from_bot


async def test_a_picture_that_arrived_is_not_sent_again(double: TelegramDouble, channel: TelegramChannel, chat: ChatView):
    long = pictured("，一直在掉。" * 300)
    double.faults.script("sendMessage", faults.bad_gateway())
    with pytest.raises(ChannelError):
        await channel.send(str(chat.id), long)
    await channel.send(str(chat.id), long)
    assert sum("photo" in seen.data for seen in chat.from_bot) == 1
