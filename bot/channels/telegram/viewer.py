"""Who is asking, from an update. Knows nothing of what they may read: that is the gate's to say."""

from __future__ import annotations

from telegram import Chat, Message, Update, User

from bot.channels.telegram.channel import qualified
from bot.domain.access import Scope, Viewer


def viewer_of(update: Update, default_language: str) -> Viewer:
    """The person and the chat of any update, with nothing but the handbook to read.

    An anonymous admin or a channel speaks as its chat. An inline query happens in no chat that we know: it has
    the person's own name as its chat.
    """
    sender = update.effective_sender
    chat = update.effective_chat
    person = qualified(sender.id if sender else chat.id if chat else 0)
    return Viewer(
        person=person,
        chat=qualified(chat.id) if chat else person,
        scope=Scope(),
        topic=topic_of(update),
        private=chat is None or chat.type == Chat.PRIVATE,
        language=_language(update.effective_user, default_language),
    )


def topic_of(update: Update) -> int | None:
    """The forum topic, None outside of topics: a thread of replies has an id too, but cannot be written to."""
    message = update.effective_message
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


def _language(user: User | None, default: str) -> str:
    code = (user.language_code if user else None) or ""
    return next((language for language in ("zh", "en") if code.lower().startswith(language)), default)
