"""What happens to bound groups, told in private to whoever looks after what they are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Message, Update

from bot.channels.telegram.context import Context
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.telling import tell
from bot.channels.telegram.people.view import name_of, place_of, topic_key
from bot.channels.words import Phrase
from bot.domain.access import Binding, team_collection
from bot.domain.outgoing import own_id

_OUT = (ChatMember.LEFT, ChatMember.BANNED)


async def on_bot_changed(change: ChatMemberUpdated, update_id: int, context: Context) -> None:
    """The bot was taken out, or may not write any more."""
    who = name_of(change.from_user.full_name)
    if change.new_chat_member.status in _OUT and change.old_chat_member.status not in _OUT:
        await _managers(context, update_id, words.EVENT_GONE, who=who)
    elif _muted(change.new_chat_member) and not _muted(change.old_chat_member):
        await _managers(context, update_id, words.EVENT_MUTED, who=who)


async def on_renamed(message: Message, update_id: int, context: Context) -> None:
    """The group has another name; to be called while the former one is still the one on record."""
    former = await place_of(context, context.viewer.chat, 0)
    new = name_of(message.new_chat_title or "")
    await _managers(context, update_id, words.EVENT_RENAMED, place=former, who=_who(message), new=new)


async def on_topic_closed(update: Update, context: Context) -> None:
    """A topic was closed."""
    message, topic = update.message, context.viewer.topic
    if message is not None and topic:
        await _managers(context, update.update_id, words.EVENT_CLOSED, topic=topic, who=_who(message))


async def upgraded(update_id: int, new: str, context: Context) -> None:
    """The group has a new id and its binding went along."""
    await _managers(context, update_id, words.EVENT_UPGRADED, chat=new)


async def topic_named(message: Message, context: Context) -> None:
    """Keep the name of a topic, which Telegram tells only with the message that opened it."""
    opened = message.forum_topic_created or (message.reply_to_message and message.reply_to_message.forum_topic_created)
    edited = message.forum_topic_edited
    name = edited.name if edited and edited.name else opened.name if opened else ""
    viewer, parts = context.viewer, context.parts
    if viewer.topic and name:
        await parts.chats.seen(topic_key(viewer.chat, viewer.topic), name, "topic", parts.now())


async def _managers(
    context: Context, update_id: int, phrase: Phrase, *, chat: str = "", topic: int = 0, **values: object
) -> None:
    """Tell each manager once, naming only what that manager looks after. With a topic only what is bound to it counts."""
    parts, where = context.parts, chat or context.viewer.chat
    told: dict[str, list[Binding]] = {}
    for binding in await parts.gate.groups.here(where):
        if topic in (0, binding.topic):
            for person in await parts.gate.people.managers(binding.team, binding.merchant):
                told.setdefault(person, []).append(binding)
    said: dict[str, object] = {"place": await place_of(context, where, topic), **values}
    for person, theirs in told.items():
        access = await parts.gate.people.access(person)
        names = {one.id: one.name for one in await parts.gate.people.teams(access=access)}
        names |= {one.id: one.name for one in access.merchants}
        button = (words.B_SEE_GROUP, made("group", own_id(theirs[0].chat), theirs[0].topic))
        drawn = [team_collection(one.team) for one in theirs]
        values = said | {"what": partial(_what, names, theirs)}
        await tell(context, f"event:{update_id}", [person], phrase, values, drawn, button)


def _what(names: Mapping[str, str], bindings: list[Binding], language: str) -> str:
    """The names of what these bindings are for."""
    named = dict.fromkeys(name_of(names.get(one.merchant or one.team, "")) for one in bindings)
    return words.LIST.to(language).join(named)


def _who(message: Message) -> str:
    """Whoever did it; an anonymous admin does it as the group."""
    person = message.from_user if not message.sender_chat else None
    return name_of(person.full_name if person else message.chat.title or "")


def _muted(member: ChatMember) -> bool:
    return isinstance(member, ChatMemberRestricted) and not member.can_send_messages
