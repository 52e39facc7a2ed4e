"""Where the bot is: added to a group, removed from it, blocked, let in again, moved to a new id."""

from __future__ import annotations

from telegram import Chat, ChatMember, Update
from telegram.ext import ApplicationHandlerStop

from bot.channels.telegram.channel import qualified
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import events
from bot.channels.telegram.start import group_hello, hint
from bot.domain.access import Policy

_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED)


async def on_any(update: Update, context: Context) -> None:
    """Find out who it is and what may be shown; note that the chat is alive. Blocked people are not listened to."""
    if (await context.identify()).blocked:
        raise ApplicationHandlerStop
    chat = update.effective_chat
    change = update.my_chat_member
    if chat is None or (change is not None and change.new_chat_member.status not in _HERE):
        return
    if update.message is not None:
        if update.message.new_chat_title:
            await events.on_renamed(update.message, update.update_id, context)
        await events.topic_named(update.message, context)
    title = chat.title or chat.full_name or ""
    await context.parts.chats.seen(context.viewer.chat, title, str(chat.type), context.parts.now())
    person = update.effective_user
    if person is not None and not person.is_bot:
        await context.parts.gate.people.seen(qualified(person.id), person.full_name, context.viewer.language, context.parts.now())


async def on_status(update: Update, context: Context) -> None:
    """Greet a group once, and a bound one whenever the bot comes back; note a chat that is lost."""
    change = update.my_chat_member
    if change is None:
        return
    await events.on_bot_changed(change, update.update_id, context)
    parts, viewer = context.parts, context.viewer
    if change.new_chat_member.status not in _HERE:
        await parts.chats.gone(viewer.chat, str(change.new_chat_member.status), parts.now())
    elif change.chat.type in (Chat.GROUP, Chat.SUPERGROUP) and change.old_chat_member.status not in _HERE:
        scope = viewer.scope
        what = Policy.MERCHANT if scope.merchants else Policy.TEAM if scope.teams else Policy.HANDBOOK
        # Whoever took the bot out of a bound group was told that the binding waits; here it says that it does.
        key = f"hello:{change.chat.id}" if what is Policy.HANDBOOK else f"hello:{change.chat.id}:{update.update_id}"
        await parts.send(key, viewer.chat, group_hello(context, what, await hint(context)))


async def on_migrated(update: Update, context: Context) -> None:
    """Take everything that belongs to a group along to the id that it has as a supergroup."""
    message = update.message
    if message is None or message.migrate_to_chat_id is None:
        return
    old, new = qualified(message.chat.id), qualified(message.migrate_to_chat_id)
    await context.parts.chats.migrate(old, new)
    await context.parts.outbox.migrate_chat(old, new)
    await events.upgraded(update.update_id, new, context)
