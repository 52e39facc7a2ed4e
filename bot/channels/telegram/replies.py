"""Replies to messages in which the bot asked for one: the lead's answer, the reason for a 👎, a merchant's name, a
session's time, a number that an item asks for.

What a message of ours was about is read from its outbox key; nothing is kept in memory.
"""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram import feedback, lead
from bot.channels.telegram.checklists import asking, photos
from bot.channels.telegram.context import Context
from bot.channels.telegram.groups import replies_to
from bot.channels.telegram.people import doors
from bot.channels.telegram.rules import replies as own_rules
from bot.channels.telegram.sessions import doors as session_doors


async def taken(message: Message, context: Context) -> bool:
    """Whether the message was such a reply and has been dealt with."""
    replied = message.reply_to_message
    if replied is None or not replies_to(message, context.bot.bot):
        return False
    kind, _, subject = (await context.parts.key_of(replied.message_id, context.viewer.chat)).partition(":")
    if await photos.taken(message, context):
        return True
    if not kind:
        return await lead.came_late(message, context)
    if kind == "lead":
        await lead.carry_back(subject, message, replied.message_id, context)
        return True
    if kind == "reason":
        return await feedback.take_reason(subject.partition(":")[0], message, context)
    id = subject.partition(":")[0]
    if kind in asking.ASKS:
        return await asking.taken(kind, id, message, context)
    for take in (session_doors.taken, doors.taken, own_rules.taken):
        if await take(kind, id, message, context):
            return True
    return False
