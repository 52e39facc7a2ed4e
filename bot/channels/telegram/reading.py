"""A stored update in python-telegram-bot's form, if it is one.

The library looks at no types: what is missing or odd breaks it anywhere, sometimes outside of what it guards. So the
ids and texts that everything here relies on are looked at before a handler sees the update.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.ext import ExtBot

from bot.channels.telegram.updates import LARGEST_NUMBER, Unreadable

STUMBLES = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""How the library fails at a field that is missing or of the wrong type; OSError is about odd dates."""


def read(payload: dict[str, Any], bot: ExtBot[None]) -> Update:
    """The update. Raises Unreadable, whose message never quotes the update."""
    try:
        update = Update.de_json(payload, bot)
        wrong = _wrong(update)
    except STUMBLES as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise Unreadable(f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno} {frame.name}") from None
    if wrong:
        raise Unreadable(wrong)
    return update


def _wrong(update: Update) -> str:
    if any(type(number) is not int or abs(number) >= LARGEST_NUMBER for number in _numbers(update)):
        return "an id that is no number"
    if any(not isinstance(words, str) for words in _words(update)):
        return "a text that is none"
    return ""


def _numbers(update: Update) -> Iterator[object]:
    for found in (update.effective_chat, update.effective_user, update.effective_sender):
        if found is not None:
            yield found.id
    for message in _messages(update):
        yield message.message_id
        yield from () if message.message_thread_id is None else (message.message_thread_id,)
        yield from (moved for moved in (message.migrate_to_chat_id, message.migrate_from_chat_id) if moved is not None)


def _words(update: Update) -> Iterator[object]:
    person, chat = update.effective_user, update.effective_chat
    found: list[object] = [person and person.first_name, person and person.last_name, person and person.language_code]
    found += [chat and chat.title, chat and chat.type]
    found += [update.callback_query and update.callback_query.data, update.inline_query and update.inline_query.query]
    found += [words for message in _messages(update) for words in (message.text, message.caption)]
    return (words for words in found if words is not None)


def _messages(update: Update) -> Iterator[Message]:
    message = update.effective_message
    if isinstance(message, Message):
        yield message
        if message.reply_to_message is not None:
            yield message.reply_to_message
