"""May the bot write there? Finding chats, topics and messages the way Telegram does, with its refusals."""

from __future__ import annotations

from tests.double.calls import Call
from tests.double.errors import bad_request, forbidden, migrated
from tests.double.state import HERE, Chat, Json, Stored, World
from tests.double.text import cut, units


def find_chat(world: World, raw: str) -> Chat:
    """The chat with this id or @username; ApiError 400 otherwise."""
    if not raw:
        raise bad_request("chat_id is empty")
    if raw.startswith("@"):
        named = [chat for chat in world.chats.values() if chat.username and chat.username.lower() == raw[1:].lower()]
        chat = named[0] if named else None
    else:
        chat = world.chats.get(int(raw)) if raw.lstrip("-").isdigit() else None
    if chat is None or (chat.type == "private" and not _met(world, chat.id)):
        raise bad_request("chat not found")
    return chat


def _met(world: World, user_id: int) -> bool:
    """Whether the bot has seen this person, in private or in a group."""
    shared = (chat.members for chat in world.chats.values() if chat.is_group and world.bot.id in chat.members)
    return world.users[user_id].started or any(user_id in members for members in shared)


def open_chat(world: World, raw: str) -> Chat:
    """A chat that the bot may write to; ApiError 400 or 403 with the reason otherwise."""
    chat = find_chat(world, raw)
    if chat.type == "private":
        user = world.users[chat.id]
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    if chat.migrated_to:
        raise migrated(chat.migrated_to)
    status = chat.members.get(world.bot.id, "left")
    name = "group" if chat.type == "group" else chat.type
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {name} chat")
    if status not in HERE:
        raise forbidden(f"bot is not a member of the {name} chat")
    if chat.type == "channel" and status not in ("administrator", "creator"):
        raise bad_request("need administrator rights in the channel chat")
    return chat


def find_message(chat: Chat, message_id: int, missing: str) -> Stored:
    """A message that is there; ApiError 400 `missing` otherwise."""
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad_request(missing)
    return stored


def reply_target(chat: Chat, call: Call) -> tuple[Stored | None, Json | None]:
    """The message that reply_parameters (or reply_to_message_id) names, and the quote, if any."""
    wanted = call.json("reply_parameters", "reply parameters") or {
        "message_id": call.number("reply_to_message_id"),
        "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
    }
    if not wanted.get("message_id"):
        return None, None
    stored = chat.messages.get(wanted["message_id"])
    elsewhere = wanted.get("chat_id") not in (None, chat.id, str(chat.id))
    if stored is None or stored.deleted or elsewhere:
        if wanted.get("allow_sending_without_reply"):
            return None, None
        raise bad_request("message to be replied not found")
    return stored, _quote(stored, wanted.get("quote"))


def _quote(stored: Stored, quote: str | None) -> Json | None:
    if not quote:
        return None
    text = stored.data.get("text") or stored.data.get("caption") or ""
    if quote not in text:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = units(text[: text.index(quote)])
    return {"text": cut(text, position, units(quote)), "position": position, "is_manual": True}


def topic_for(chat: Chat, wanted: int, replied: Stored | None) -> int:
    """The topic that a message goes to: the one named, else the one of the message replied to; 0 for none."""
    if not wanted and replied is not None and replied.data.get("is_topic_message"):
        wanted = int(replied.data["message_thread_id"])
    if not wanted:
        return 0
    if wanted not in chat.topics:
        raise bad_request("message thread not found")
    if wanted in chat.closed_topics:
        raise bad_request("TOPIC_CLOSED")
    return wanted
