"""What is said, before any platform's form: styled text, buttons, pictures.

Knows nothing about Telegram: channels turn a Message into text plus entities, or into a terminal's colours.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
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
class Picture:
    """A PNG. It lies in the message itself: it goes when the message's text goes, and no file of a merchant is left behind."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message: parts in order, rows of buttons below it, and a picture above, if there is one.

    A message longer than the platform allows is split by the channel at sentence ends; the buttons go
    below the last piece. `expects_reply` asks the app to open a reply to it, for a message without buttons. The text says
    everything that matters: a channel that shows no pictures leaves the picture out.
    """

    parts: tuple[Part, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    expects_reply: bool = False
    picture: Picture | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the outbox; `from_json` gives the same message back."""
        picture = {"picture": b64encode(self.picture.png).decode()} if self.picture else {}
        return {
            "parts": [asdict(part) for part in self.parts],
            "buttons": [[asdict(button) for button in row] for row in self.buttons],
            "expects_reply": self.expects_reply,
        } | picture

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Message:
        """The message that `to_json` wrote down."""
        parts = tuple(Part(p["text"], Style(p["style"])) for p in raw["parts"])
        buttons = tuple(tuple(Button(**b) for b in row) for row in raw["buttons"])
        picture = Picture(b64decode(raw["picture"], validate=True)) if raw.get("picture") else None
        return cls(parts, buttons, bool(raw.get("expects_reply")), picture)

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
        alone = any(one.expects_reply or one.picture for one in (messages[0], messages[count]))
        if alone or len(together.plain) > LONGEST_JOINED or len(together.buttons) > MOST_ROWS:
            return count
    return len(messages)
