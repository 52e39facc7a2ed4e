"""Asking for a few words as a reply, and taking them.

What a prompt was about stands in its outbox key: nothing is kept in memory, and a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from telegram import Message

from bot.channels.people_words import worded
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import words
from bot.channels.telegram.people.view import Desk, Page
from bot.channels.words import Phrase
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.errors import NotFound, Refused

Take = Callable[[Desk, str, str], Awaitable[Page]]
"""Does what a reply says: for an id, with these words."""


async def ask(desk: Desk, kind: str, id: str, phrase: Phrase, collections: frozenset[str], **values: object) -> str:
    """Ask for a reply about the thing with this id, and return the toast that points to it."""
    prompt = Outgoing(text(desk.say(phrase, **values)).parts, expects_reply=True)
    parts = desk.context.parts
    await parts.send(f"{kind}:{id}:{desk.update_id}", desk.context.viewer.chat, prompt, collections=collections)
    return desk.say(words.REPLY_BELOW)


async def taken(takes: Mapping[str, Take], kind: str, id: str, message: Message, context: Context) -> bool:
    """Whether the message is a reply to such a prompt; then it has been dealt with."""
    take, viewer, parts = takes.get(kind), context.viewer, context.parts
    if take is None or not viewer.private:
        return False
    desk, name = Desk(context), f"{message.chat.id}:{message.message_id}"
    if message.edit_date is not None:  # a second merchant for every slip of the pen would be worse
        await parts.send(f"too-late:{name}", viewer.chat, text(desk.say(words.TOO_LATE)), reply_to=message.message_id)
        return True
    try:
        if not message.text:
            raise Refused("words_only")
        shown = await take(desk, id, message.text)
    except NotFound as error:
        shown = Page(text(worded(error, desk.language)))
    except Refused as error:  # the sentence asks again, so that whoever slipped need not look for the button
        again = Outgoing(text(worded(error, desk.language)).parts, expects_reply=True)
        await parts.send(f"{kind}:{id}:{name}", viewer.chat, again, reply_to=message.message_id)
        return True
    await parts.send(f"taken:{name}", viewer.chat, shown.message, reply_to=message.message_id, collections=shown.collections)
    return True
