"""A file sent in private by somebody who curates: fetched, looked at, and answered with a preview."""

from __future__ import annotations

from dataclasses import replace

from telegram import Document, Message

from bot.channels.people_words import worded
from bot.channels.telegram.context import Context
from bot.channels.telegram.library.views import left_out, preview
from bot.domain.messages import Part, text
from bot.domain.outgoing import Kind
from bot.errors import NotFound, PermanentChannelError, Refused
from bot.flows.library import require_size


async def taken(message: Message, context: Context, above: str = "") -> bool:
    """Whether the message is a file for the library and has been answered; nobody else is told that there is one.

    `above` is what has to be said first.
    """
    document, viewer = message.document, context.viewer
    if document is None or message.animation is not None or not viewer.private:
        return False
    desk = context.parts.office.library
    places, closed = await desk.places(context.actor), await desk.closed(context.actor)
    if not places and not closed:
        return False
    try:
        if places:
            content = await _fetched(document, context)
            waiting = await desk.look(context.actor, content, document.file_name or "")
            answer = preview(waiting, places, closed, 0, viewer.language)
        else:
            answer = text("\n".join(left_out(closed, viewer.language)))
    except (NotFound, Refused) as error:
        answer = text(worded(error, viewer.language))
    if above:
        answer = replace(answer, parts=(Part(f"{above}\n\n"), *answer.parts))
    key = f"document:{message.chat.id}:{message.message_id}"
    await context.parts.send(key, viewer.chat, answer, kind=Kind.ANSWER, topic=viewer.topic, reply_to=message.message_id)
    return True


async def _fetched(document: Document, context: Context) -> bytes:
    """The file's content. Raises Refused, and TemporaryChannelError, upon which the whole update is tried again."""
    require_size(document.file_size or 0)
    try:
        return await context.parts.channel.fetch(document.file_id)
    except PermanentChannelError as error:
        raise Refused("not_fetched") from error
