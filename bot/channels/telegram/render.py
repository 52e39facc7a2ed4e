"""Messages -> what Telegram takes: pieces of text with entities, and keyboards.

Never markup strings: content cannot break what it does not speak.
"""

from __future__ import annotations

from dataclasses import dataclass

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.channels.telegram import markdown
from bot.channels.telegram.rich import Look, Rich, clean, joined, plain, styled, units
from bot.channels.telegram.splitting import LIMIT, pieces
from bot.domain.messages import Button, Message, Part, Style

MOST_ENTITIES = 100
"""Telegram ignores what is beyond."""

NOTHING = plain("…")
"""Shown for a message of which nothing can be seen; Telegram takes no empty text."""

_LOOKS = {Style.BOLD: Look.BOLD, Style.ITALIC: Look.ITALIC, Style.CODE: Look.CODE, Style.QUOTE: Look.QUOTE}

CAPTION = 1024
"""UTF-16 units that may stand below a picture."""

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes out in one call: text, or a picture with what stands below it."""

    text: Rich
    png: bytes = b""


def render(message: Message, limit: int = LIMIT) -> tuple[Rich, ...]:
    """The message's text in pieces that Telegram takes, at least one."""
    return pieces(_text(message), limit) or (NOTHING,)


def sheets(message: Message) -> tuple[Sheet, ...]:
    """The message as it goes out, at least one: its picture comes first, with the text below it where there is room.

    Text that is too long for that follows as messages of its own, with the buttons below the last.
    """
    if message.picture is None:
        return tuple(Sheet(piece) for piece in render(message))
    below = pieces(_text(message), CAPTION)
    if len(below) <= 1:
        return (Sheet(below[0] if below else plain(""), message.picture.png),)
    return (Sheet(plain(""), message.picture.png), *(Sheet(piece) for piece in render(message)))


def _text(message: Message) -> Rich:
    return joined(_part(part) for part in message.parts)


def _part(part: Part) -> Rich:
    if part.style is Style.MARKDOWN:
        return markdown.rich(part.text)
    return styled(part.text, _LOOKS[part.style]) if part.style in _LOOKS else plain(part.text)


def entities(rich: Rich) -> list[MessageEntity]:
    """The marks as Telegram's entities: offsets and lengths in UTF-16 units."""
    offsets = _offsets(rich.text)
    return [
        MessageEntity(
            type=mark.look.value,
            offset=offsets[mark.start],
            length=offsets[mark.end] - offsets[mark.start],
            url=mark.value if mark.look is Look.LINK else None,
            language=mark.value or None if mark.look is Look.PRE else None,
        )
        for mark in rich.marks[:MOST_ENTITIES]
    ]


def _offsets(text: str) -> list[int]:
    """The UTF-16 offset of every character, and of the end."""
    found = [0]
    for character in text:
        found.append(found[-1] + (2 if character > "\uffff" else 1))
    return found


def keyboard(buttons: Rows) -> InlineKeyboardMarkup | None:
    """Rows of inline buttons, None when there are none."""
    rows = [[_button(button) for button in row] for row in buttons if row]
    return InlineKeyboardMarkup(rows) if rows else None


def markup(message: Message) -> InlineKeyboardMarkup | ForceReply | None:
    """What stands below the message: its buttons, or the request to reply to it."""
    if message.expects_reply and not message.buttons:
        return ForceReply(selective=True)
    return keyboard(message.buttons)


def _button(button: Button) -> InlineKeyboardButton:
    label = clean(button.label).strip() or "…"
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    if button.switch_inline is not None:
        return InlineKeyboardButton(label, switch_inline_query=button.switch_inline)
    return InlineKeyboardButton(label, callback_data=button.action)


def short(text: str, width: int) -> str:
    """The text on one line, cut to `width` columns (a Chinese character takes two), with … where it was cut."""
    line = " ".join(clean(text).split())
    taken = 0
    for index, character in enumerate(line):
        taken += 1 if units(character) == 1 and character < "\u1100" else 2
        if taken > width:
            return line[:index].rstrip() + "…"
    return line
