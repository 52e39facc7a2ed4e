"""Messages without words: which kind it is, and the polite sentence for it."""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram.texts import KINDS
from bot.channels.words import Phrase

_ATTRIBUTES = (
    ("photo", "photo"),
    ("voice", "voice"),
    ("audio", "audio"),
    ("video", "video"),
    ("video_note", "video"),
    ("animation", "sticker"),
    ("sticker", "sticker"),
    ("dice", "sticker"),
    ("document", "document"),
    ("venue", "location"),
    ("location", "location"),
    ("contact", "contact"),
    ("poll", "poll"),
)
"""Attributes of a message and the kind that each means; an animation is a document as well, so order matters."""


def kind_of(message: Message) -> str:
    """A key of texts.KINDS."""
    return next((kind for attribute, kind in _ATTRIBUTES if getattr(message, attribute)), "other")


def sentence_for(message: Message) -> Phrase:
    """What to say to it."""
    return KINDS[kind_of(message)]
