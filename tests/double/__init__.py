"""A Bot API double: Telegram for tests and for trying the bot by hand, without Telegram.

See `core` for how a test uses it, `faults` for what can go wrong, `python -m tests.double` to drive it by hand.
"""

from __future__ import annotations

from tests.double import faults, messages, profile, queries, receiving, uploads
from tests.double.core import Sent, TelegramDouble
from tests.double.people import InlineResult, Person, Toast
from tests.double.views import ChatView, MessageView

METHOD_MODULES = (messages, profile, queries, receiving, uploads)
"""Importing these fills the table of methods."""

__all__ = ["ChatView", "InlineResult", "MessageView", "Person", "Sent", "TelegramDouble", "Toast", "faults"]
