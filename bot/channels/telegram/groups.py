"""What in a message is meant for the bot: everything in private, in groups only what names it or replies to it.

Pure: looks at the message alone.
"""

from __future__ import annotations

import re

from telegram import Message, MessageEntity, User

_SPACES = re.compile(" {2,}")
_ENTITY_TYPES: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND]


def question_in(message: Message, me: User) -> str | None:
    """The question for the bot in a message: None when it is not meant for it, empty when it says nothing else.

    The mention or command that addresses the bot is cut out. In a group, whoever only mentions the bot in a reply
    to somebody else's message asks what that message says.
    """
    if message.via_bot is not None and message.via_bot.id == me.id:
        return None  # a section that somebody inserted with an inline query, not a question
    if message.is_automatic_forward or (message.from_user and message.from_user.is_bot and not message.sender_chat):
        return None
    words = message.text or message.caption or ""
    named = _addresses(message, me)
    if message.chat.type == "private":
        return _without(words, named).strip()
    if not named and not replies_to(message, me):
        return None
    question = _without(words, named).strip()
    replied = message.reply_to_message
    if named and not question and replied is not None and not replies_to(message, me):
        return (replied.text or replied.caption or "").strip()
    return question


def replies_to(message: Message, me: User) -> bool:
    """Whether the message is a reply to one of the bot's; every message of a topic hangs below the one that opened it."""
    replied = message.reply_to_message
    return (
        replied is not None
        and replied.from_user is not None
        and replied.from_user.id == me.id
        and replied.forum_topic_created is None
    )


def _addresses(message: Message, me: User) -> list[tuple[int, int]]:
    """Where the bot is named: offset and length in UTF-16 units."""
    if message.text:
        found = message.parse_entities(_ENTITY_TYPES)
    else:
        found = message.parse_caption_entities(_ENTITY_TYPES) if message.caption else {}
    return [(entity.offset, entity.length) for entity, text in found.items() if _names(entity, text, me)]


def _names(entity: MessageEntity, text: str, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    command, at, name = text.partition("@")
    named = bool(at) and name.lower() == (me.username or "").lower()
    if entity.type == MessageEntity.MENTION:
        return named
    return command.lower() == "/ask" and (named or not at) and entity.offset == 0


def _without(text: str, ranges: list[tuple[int, int]]) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")
    for offset, length in sorted(ranges, reverse=True):
        raw = raw[: 2 * offset] + " ".encode("utf-16-le") + raw[2 * (offset + length) :]
    return _SPACES.sub(" ", raw.decode("utf-16-le", "surrogatepass")).strip()
