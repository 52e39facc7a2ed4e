"""Pressed buttons: read, checked against who presses and where, dealt with, and answered with exactly one toast.

What a press changes in the chat is sent at once and not through the outbox: a section that opens minutes later
would pull the page from under the reader, and whoever sees nothing happen presses again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from telegram import Message, Update
from telegram.error import TelegramError

from bot.channels.people_words import worded
from bot.channels.telegram import actions, texts
from bot.channels.telegram.context import Context
from bot.errors import ChannelError, NotFound, PermanentChannelError, Refused, TemporaryChannelError
from bot.storage.answers import StoredAnswer

LONGEST_TOAST = 200


@dataclass(frozen=True, slots=True)
class Press:
    """One press: what it means, the message that the button is below, and who pressed it.

    `chat` is Telegram's own id, `title` the group's name. `replies` says that the message answers another one.
    """

    action: actions.Action
    update_id: int
    chat: str
    message_id: int
    name: str
    title: str = ""
    replies: bool = True

    async def exchange(self, context: Context) -> StoredAnswer:
        """The answer that the button belongs to; NotFound when it is not one of this chat."""
        stored = await context.parts.exchanges.get(self.action.exchange, viewer=context.viewer)
        if stored is None:
            raise NotFound(texts.GONE.to(context.viewer.language))
        return stored


Deal = Callable[[Press, Context], Awaitable[str]]
"""Does what was asked for and returns the toast, which may be empty."""


class Presses:
    """The handler of all callback queries: `deals` names what does which action."""

    def __init__(self, deals: Mapping[str, Deal]) -> None:
        self._deals = deals

    async def __call__(self, update: Update, context: Context) -> None:
        """Deal with one press."""
        toast = await self._toast(update, context)
        query = update.callback_query
        if query is not None:
            # A query that is too old cannot be answered; what it asked for has been done all the same.
            with suppress(TelegramError):
                await query.answer(toast[:LONGEST_TOAST] or None, show_alert=len(toast) > 60)

    async def _toast(self, update: Update, context: Context) -> str:
        press = _read(update)
        deal = self._deals.get(press.action.name) if press else None
        language = context.viewer.language
        if press is None or deal is None:
            return texts.GARBLED.to(language)
        try:
            return await deal(press, context)
        except (NotFound, Refused) as error:
            return worded(error, language)
        except ChannelError as error:
            return _excuse(error, language)


def _read(update: Update) -> Press | None:
    query = update.callback_query
    if query is None or query.message is None:
        return None
    action = actions.parse(query.data or "")
    if action is None:
        return None
    message = query.message
    return Press(
        action=action,
        update_id=update.update_id,
        chat=str(message.chat.id),
        message_id=message.message_id,
        name=query.from_user.full_name,
        title=message.chat.title or "",
        # Of a message from long ago Telegram tells no more than the id.
        replies=not isinstance(message, Message) or message.reply_to_message is not None,
    )


def _excuse(error: ChannelError, language: str) -> str:
    if isinstance(error, TemporaryChannelError) and error.retry_after:
        return texts.TOO_FAST.to(language, seconds=max(1, round(error.retry_after)))
    if isinstance(error, PermanentChannelError):
        return texts.CANNOT_EDIT.to(language)
    return texts.NOT_NOW.to(language)
