"""What is said, before any platform's form: styled text, buttons, pictures.

Knows nothing about Telegram: channels turn a Message into text plus entities, or into a terminal's colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Style(StrEnum):
    """How a piece of text looks. MARKDOWN text is parsed by the channel, all other text is taken as it is."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    QUOTE = "quote"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text in one style."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button. `action` is the callback data: at most 64 bytes of UTF-8, never a secret, never trusted."""

    label: str
    action: str = ""
    url: str = ""
    switch_inline: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message: parts in order, rows of buttons below it.

    A message longer than the platform allows is split by the channel at sentence ends; the buttons go
    below the last piece. `expects_reply` asks the app to open a reply to it, for a message without buttons.
    """

    parts: tuple[Part, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    expects_reply: bool = False

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the outbox; `from_json` gives the same message back."""
        return {
            "parts": [asdict(part) for part in self.parts],
            "buttons": [[asdict(button) for button in row] for row in self.buttons],
            "expects_reply": self.expects_reply,
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Message:
        """The message that `to_json` wrote down."""
        parts = tuple(Part(p["text"], Style(p["style"])) for p in raw["parts"])
        buttons = tuple(tuple(Button(**b) for b in row) for row in raw["buttons"])
        return cls(parts, buttons, bool(raw.get("expects_reply")))

    @property
    def plain(self) -> str:
        """The text alone, without styles and buttons."""
        return "".join(part.text for part in self.parts)


def text(content: str, *buttons: tuple[Button, ...]) -> Message:
    """A message of plain text with optional rows of buttons."""
    return Message((Part(content),), buttons)


LONGEST_JOINED = 3500
"""Characters that joined messages have at most: one piece on every platform, so that it arrives whole or not at all."""
MOST_ROWS = 20
"""Rows of buttons that joined messages have at most."""


def joined(messages: Sequence[Message]) -> Message:
    """One message that says what these say, in their order, with all their buttons; the same message twice is said once."""
    messages = list(dict.fromkeys(messages))
    parts = [part for message in messages for part in (Part("\n\n"), *message.parts)][1:]
    return Message(tuple(parts), tuple(row for message in messages for row in message.buttons))


def joinable(messages: Sequence[Message]) -> int:
    """How many of these, counted from the first, fit into one message; at least 1."""
    for count in range(1, len(messages)):
        together = joined(messages[: count + 1])
        alone = messages[0].expects_reply or messages[count].expects_reply
        if alone or len(together.plain) > LONGEST_JOINED or len(together.buttons) > MOST_ROWS:
            return count
    return len(messages)
