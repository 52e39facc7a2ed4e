"""Sending, editing and deleting messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.double.calls import Call
from tests.double.errors import ApiError, bad_request
from tests.double.html import parse_html
from tests.double.keyboards import read_markup
from tests.double.markdown import parse_markdown
from tests.double.reach import find_chat, find_message, open_chat, reply_target, topic_for
from tests.double.registry import method
from tests.double.state import Chat, Json, Stored
from tests.double.text import Entity, finish, read_entities, units

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

MAX_TEXT = 4096
MAX_CAPTION = 1024
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def formatted(text: str, parse_mode: str, entities: Any, *, allow_empty: bool = False) -> tuple[str, list[Entity]]:
    """Text and entities as they will be stored; ApiError 400 for markup or entities that Telegram refuses."""
    mode = parse_mode.lower()
    if mode in ("", "none"):
        given = read_entities(entities)
    elif mode == "html":
        text, given = parse_html(text)
    elif mode == "markdownv2":
        text, given = parse_markdown(text)
    else:
        raise bad_request("unsupported parse_mode")
    return finish(text, given, allow_empty=allow_empty)


def read_text(call: Call) -> tuple[str, list[Entity]]:
    """The text of a message: 1 to 4096 UTF-16 units after parsing."""
    if not call.text("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(call.text("text"), call.text("parse_mode"), _lenient(call, "entities"))
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(call: Call) -> Json:
    """Caption fields of a media message: up to 1024 UTF-16 units after parsing."""
    return _caption(call.text("caption"), call.text("parse_mode"), _lenient(call, "caption_entities"))


def caption_of(media: Json) -> Json:
    """The same of an InputMedia object."""
    return _caption(media.get("caption") or "", media.get("parse_mode") or "", media.get("caption_entities"))


def _caption(caption: str, parse_mode: str, entities: Any) -> Json:
    text, found = formatted(caption, parse_mode, entities, allow_empty=True)
    if units(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return {"caption": text, "caption_entities": found}


def _lenient(call: Call, name: str) -> Any:
    """Entities that are no JSON at all are ignored, as at Telegram."""
    try:
        return call.json(name)
    except ApiError:
        return None


async def send(double: TelegramDouble, call: Call, **content: Any) -> Json:
    """Put the bot's message into the chat that the call names, below the keyboard, reply and topic it names."""
    chat = open_chat(double.world, call.text("chat_id"))
    replied, quote = reply_target(chat, call)
    topic = topic_for(chat, call.number("message_thread_id"), replied)
    markup = read_markup(call.json("reply_markup", "reply keyboard markup"))
    double.limits.take(chat)
    stored = double.world.new_message(
        chat,
        double.world.bot,
        reply_to=replied.id if replied else 0,
        topic=topic,
        quote=quote,
        reply_markup=markup,
        **content,
    )
    chat.drafts.clear()
    double.record(call, chat, stored)
    return double.world.message_json(chat, stored)


@method("sendMessage")
async def send_message(double: TelegramDouble, call: Call) -> Json:
    text, entities = read_text(call)
    preview = call.json("link_preview_options", "link preview options")
    return await send(double, call, text=text, entities=entities, link_preview_options=preview)


@method("sendMessageDraft")
async def send_message_draft(double: TelegramDouble, call: Call) -> bool:
    chat = open_chat(double.world, call.text("chat_id"))
    if chat.type != "private":
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if not call.number("draft_id"):
        raise bad_request("draft identifier must be non-zero")
    text, entities = formatted(call.text("text"), call.text("parse_mode"), call.json("entities"), allow_empty=True)
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    # Telegram names no limit for drafts, but answers 429 to fast ones; as strict as with messages is safe.
    double.limits.take(chat)
    chat.drafts.append({"draft_id": call.number("draft_id"), "text": text, "entities": entities})
    double.world.touch()
    return True


def edited(double: TelegramDouble, call: Call) -> tuple[Chat, Stored]:
    """The message to edit, named by chat and id or by its inline id; only the bot's own messages can be edited."""
    inline = call.text("inline_message_id")
    if inline:
        if inline not in double.world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, message_id = double.world.inline_messages[inline]
        chat = double.world.chats[chat_id]
        return chat, find_message(chat, message_id, "MESSAGE_ID_INVALID")
    chat = open_chat(double.world, call.text("chat_id"))
    if not call.number("message_id"):
        raise bad_request("message identifier is not specified")
    stored = find_message(chat, call.number("message_id"), "message to edit not found")
    if stored.author != double.world.bot.id and chat.type != "channel":
        raise bad_request("message can't be edited")
    return chat, stored


def apply(double: TelegramDouble, call: Call, chat: Chat, stored: Stored, changes: Json) -> Json | bool:
    """Change a message; a keyboard that is not sent again goes, an edit that changes nothing is refused."""
    changes = {name: value or None for name, value in changes.items()}
    changes["reply_markup"] = read_markup(call.json("reply_markup", "reply keyboard markup"))
    if all(stored.data.get(name) == value for name, value in changes.items()):
        raise bad_request(NOT_MODIFIED)
    double.limits.take(chat)
    double.world.edit(stored, changes)
    double.record(call, chat, stored)
    return True if call.text("inline_message_id") else double.world.message_json(chat, stored)


@method("editMessageText")
async def edit_message_text(double: TelegramDouble, call: Call) -> Json | bool:
    text, entities = read_text(call)
    chat, stored = edited(double, call)
    if "text" not in stored.data:
        raise bad_request("there is no text in the message to edit")
    preview = call.json("link_preview_options", "link preview options")
    return apply(double, call, chat, stored, {"text": text, "entities": entities, "link_preview_options": preview})


@method("editMessageCaption")
async def edit_message_caption(double: TelegramDouble, call: Call) -> Json | bool:
    caption = read_caption(call)
    chat, stored = edited(double, call)
    if "text" in stored.data:
        raise bad_request("there is no caption in the message to edit")
    return apply(double, call, chat, stored, caption)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(double: TelegramDouble, call: Call) -> Json | bool:
    chat, stored = edited(double, call)
    return apply(double, call, chat, stored, {})


def _delete(double: TelegramDouble, chat: Chat, message_id: int) -> None:
    stored = find_message(chat, message_id, "message to delete not found")
    own = stored.author == double.world.bot.id
    admin = chat.members.get(double.world.bot.id) == "administrator"
    if not own and not admin and chat.type != "private":
        raise bad_request("message can't be deleted for everyone")
    stored.deleted = True
    double.world.touch()


@method("deleteMessage")
async def delete_message(double: TelegramDouble, call: Call) -> bool:
    chat = open_chat(double.world, call.text("chat_id"))
    _delete(double, chat, call.number("message_id"))
    return True


@method("deleteMessages")
async def delete_messages(double: TelegramDouble, call: Call) -> bool:
    chat = open_chat(double.world, call.text("chat_id"))
    for message_id in call.json("message_ids") or []:
        if message_id in chat.messages:
            _delete(double, chat, message_id)
    return True


@method("setMessageReaction")
async def set_message_reaction(double: TelegramDouble, call: Call) -> bool:
    chat = open_chat(double.world, call.text("chat_id"))
    stored = find_message(chat, call.number("message_id"), "message to react not found")
    reactions = call.json("reaction") or []
    if len(reactions) > 1 or any(item.get("type") not in ("emoji", "custom_emoji") for item in reactions):
        raise bad_request("REACTIONS_TOO_MANY" if len(reactions) > 1 else "REACTION_INVALID")
    stored.reactions[double.world.bot.id] = reactions
    double.world.touch()
    return True


@method("sendChatAction")
async def send_chat_action(double: TelegramDouble, call: Call) -> bool:
    chat = open_chat(double.world, call.text("chat_id"))
    action = call.required("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    topic_for(chat, call.number("message_thread_id"), None)
    chat.actions.append(action)
    double.world.touch()
    return True


_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note", "cancel",
}  # fmt: skip


@method("leaveChat")
async def leave_chat(double: TelegramDouble, call: Call) -> bool:
    chat = find_chat(double.world, call.text("chat_id"))
    if chat.type == "private":
        raise bad_request("chat not found")
    double.change_bot_status(open_chat(double.world, str(chat.id)), "left", double.world.bot)
    return True
