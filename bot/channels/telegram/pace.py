"""Whoever asks too fast, alone or together in a group, is told once a minute and not answered until the pace is back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from math import ceil

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.channels.telegram import texts
from bot.channels.telegram.context import Context
from bot.channels.telegram.groups import question_in
from bot.domain.limits import Limit, Pace
from bot.domain.messages import text

PRESSES = Limit(per_minute=60, burst=20)
"""Buttons of one person: paging through a section is quicker than asking."""
INLINE = Limit(per_minute=60, burst=20)
"""Inline queries of one person: Telegram sends one for every few letters."""


class Paces:
    """Who has asked how fast, for as long as the process lives."""

    def __init__(self, person: Limit, chat: Limit) -> None:
        self._person, self._chat = Pace(person), Pace(chat)
        self._presses, self._inline = Pace(PRESSES), Pace(INLINE)

    def wait(self, update: Update, context: Context) -> timedelta:
        """How long whoever sent this has to wait; zero where it may pass, or is not for the bot."""
        viewer, now = context.viewer, context.parts.now()
        if update.callback_query is not None:
            return self._presses.take(viewer.person, now)
        if update.inline_query is not None:
            return self._inline.take(viewer.person, now)
        message = update.message or update.edited_message
        if message is None or not _for_bot(message, context):
            return timedelta(0)
        at = message.edit_date or message.date
        return self._person.take(viewer.person, at) or self._chat.take(viewer.chat, at)


async def on_pace(update: Update, context: Context) -> None:
    """Let pass what comes at a human pace."""
    wait = context.parts.paces.wait(update, context)
    if not wait:
        return
    seconds, viewer = ceil(wait.total_seconds()), context.viewer
    sentence = texts.SLOWER.to(viewer.language, seconds=seconds)
    with suppress(TelegramError):
        if update.callback_query is not None:
            await update.callback_query.answer(sentence)
        elif update.inline_query is not None:
            await update.inline_query.answer([], cache_time=seconds, is_personal=True)
    message = update.message
    if message is not None:
        # One a minute and chat, or the excuse would be the flood.
        key = f"slower:{message.chat.id}:{int(message.date.timestamp()) // 60}"
        await context.parts.send(key, viewer.chat, text(sentence), topic=viewer.topic, reply_to=message.message_id)
    raise ApplicationHandlerStop


def _for_bot(message: Message, context: Context) -> bool:
    command, _, name = (message.text or "").partition(" ")[0].partition("@")
    if command.startswith("/") and name.lower() in ("", (context.bot.username or "").lower()):
        return True
    return question_in(message, context.bot.bot) is not None
