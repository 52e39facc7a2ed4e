"""What happens in chats and which updates the bot gets of it: privacy mode, members, upgrades."""

from __future__ import annotations

from tests.double.state import HERE, Chat, Json, Stored, User, World
from tests.double.text import cut
from tests.double.updates import Updates

SERVICE = {"new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created"}
"""Fields of messages that report something; bots get them in any group."""


def hears(world: World, chat: Chat, stored: Stored, *, privacy: bool) -> bool:
    """Whether the bot gets a message: with privacy mode on, in groups only what is meant for it."""
    if chat.type == "private":
        return True
    status = chat.members.get(world.bot.id, "left")
    if status not in HERE:
        return False
    if not privacy or status == "administrator" or SERVICE & stored.data.keys():
        return True
    parent = chat.messages.get(stored.reply_to)
    if parent is not None and parent.author == world.bot.id:
        return True
    return _addressed(world, stored.data) or stored.data.get("via_bot", {}).get("id") == world.bot.id


def _addressed(world: World, data: Json) -> bool:
    """A mention of the bot, or a command that names it or nobody."""
    name = world.bot.username.lower()
    text = data.get("text") or data.get("caption") or ""
    for entity in data.get("entities") or data.get("caption_entities") or []:
        covered = cut(text, entity["offset"], entity["length"]).lower()
        if entity["type"] == "mention" and covered == f"@{name}":
            return True
        if entity["type"] == "bot_command" and ("@" not in covered or covered.endswith(f"@{name}")):
            return True
        if entity["type"] == "text_mention" and entity["user"]["id"] == world.bot.id:
            return True
    return False


def announce(world: World, updates: Updates, chat: Chat, stored: Stored, *, privacy: bool) -> None:
    """Queue the update for a new or edited message, if the bot hears it."""
    if not hears(world, chat, stored, privacy=privacy):
        return
    kind = "channel_post" if chat.type == "channel" else "message"
    updates.add(f"edited_{kind}" if stored.versions else kind, world.message_json(chat, stored))


def member_json(user: User, status: str) -> Json:
    """A ChatMember object of one of the states used here."""
    data: Json = {"status": status, "user": user.to_json()}
    if status == "creator":
        data["is_anonymous"] = False
    if status == "kicked":
        data["until_date"] = 0
    if status == "administrator":
        rights = (
            "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
            "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
            "can_send_welcome_messages",
        )  # fmt: skip
        data |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(rights, True)
    return data


def change_status(world: World, updates: Updates, chat: Chat, by: User, status: str) -> None:
    """The bot's own state in a chat changes; `by` did it. A private chat is blocked (kicked) or opened (member)."""
    old = chat.members.get(world.bot.id, "left")
    if chat.type == "private":
        user = world.users[chat.id]
        old = "kicked" if user.blocked else "member"
        user.blocked = status == "kicked"
    chat.members[world.bot.id] = status
    if old != status:
        change = {
            "chat": world.chat_json(chat),
            "from": by.to_json(),
            "date": int(world.clock()),
            "old_chat_member": member_json(world.bot, old),
            "new_chat_member": member_json(world.bot, status),
        }
        updates.add("my_chat_member", change)
    world.touch()


def upgrade(world: World, updates: Updates, chat: Chat, by: User) -> Chat:
    """A basic group becomes a supergroup with a new id; both say so, and the old one refuses from now on."""
    new = Chat(-1_000_000_000_000 - next(world.group_ids), "supergroup", chat.title, members=dict(chat.members))
    world.chats[new.id] = new
    left = world.new_message(chat, by, migrate_to_chat_id=new.id)
    announce(world, updates, chat, left, privacy=True)
    chat.migrated_to = new.id
    arrived = world.new_message(new, by, migrate_from_chat_id=chat.id)
    announce(world, updates, new, arrived, privacy=True)
    return new
