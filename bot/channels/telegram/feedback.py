"""👍 and 👎, with a reason if somebody wants to give one."""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram import actions, texts
from bot.channels.telegram.answer_view import answer_buttons
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import Rows
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.errors import PermanentChannelError

OTHER = "x"
"""The reason that is told in words."""

LONGEST_REASON = 1000
"""Characters of a reason that are kept."""


async def good(press: Press, context: Context) -> str:
    """Keep a 👍."""
    stored = await press.exchange(context)
    await context.parts.exchanges.feedback(stored.id, context.viewer, True, now=context.parts.now())
    return texts.THANKS.to(context.viewer.language)


async def bad(press: Press, context: Context) -> str:
    """Keep a 👎 and offer reasons in place of the buttons."""
    stored = await press.exchange(context)
    await context.parts.exchanges.feedback(stored.id, context.viewer, False, now=context.parts.now())
    offered = await _offer(press, context, _reasons(stored.id, context.viewer.language))
    return (texts.WHY_BAD if offered else texts.THANKS).to(context.viewer.language)


async def reason(press: Press, context: Context) -> str:
    """Keep the reason, or ask for it in words, and put the answer's own buttons back."""
    stored, language = await press.exchange(context), context.viewer.language
    if press.action.key == OTHER:
        prompt = Outgoing(text(texts.TELL_REASON.to(language)).parts, expects_reply=context.viewer.private)
        key = f"reason:{stored.id}:{press.update_id}"
        await context.parts.send(key, context.viewer.chat, prompt, topic=context.viewer.topic, reply_to=press.message_id)
        toast = texts.TELL_BELOW.to(language)
    elif given := texts.REASONS.get(press.action.key):
        await context.parts.exchanges.feedback(stored.id, context.viewer, False, given.zh, now=context.parts.now())
        toast = texts.REASON_NOTED.to(language)
    else:
        return texts.GARBLED.to(language)
    await _offer(press, context, answer_buttons(stored.answer, stored.id, language))
    return toast


async def _offer(press: Press, context: Context, buttons: Rows) -> bool:
    """Put these buttons below the answer; False where that is not possible any more: what was said is kept all the same."""
    try:
        await context.parts.channel.show_buttons(press.chat, press.message_id, buttons)
    except PermanentChannelError:
        return False
    return True


async def take_reason(exchange: str, message: Message, context: Context) -> bool:
    """Keep a reason that came as a reply; False when it has no words."""
    if not message.text:
        return False
    parts, viewer = context.parts, context.viewer
    if await parts.exchanges.get(exchange, viewer=viewer) is None:
        return False
    await parts.exchanges.feedback(exchange, viewer, False, message.text[:LONGEST_REASON], now=parts.now())
    key = f"reason-noted:{message.chat.id}:{message.message_id}"
    noted = text(texts.REASON_NOTED.to(viewer.language))
    await parts.send(key, viewer.chat, noted, topic=viewer.topic, reply_to=message.message_id)
    return True


def _reasons(exchange: str, language: str) -> Rows:
    listed = [Button(phrase.to(language), actions.reason(exchange, code)) for code, phrase in texts.REASONS.items()]
    other = Button(texts.OTHER_REASON.to(language), actions.reason(exchange, OTHER))
    return (tuple(listed), (other, Button(texts.BACK.to(language), actions.back(exchange))))
