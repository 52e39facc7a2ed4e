"""Chats and messages as a person sees them on the screen."""

# ruff: noqa: ASYNC109 - `timeout` is what a test calls it

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.double.state import Chat, Json, Stored
from tests.double.text import cut

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

Predicate = Callable[["MessageView"], Any]


class MessageView:
    """One message; always shows its present state."""

    def __init__(self, double: TelegramDouble, chat: Chat, stored: Stored) -> None:
        self._double = double
        self.chat = chat
        self.stored = stored

    def __repr__(self) -> str:
        return f"<message {self.id} {self.text[:40]!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MessageView) and other.stored is self.stored

    def __hash__(self) -> int:
        return id(self.stored)

    @property
    def data(self) -> Json:
        """The Message object as last handed out."""
        return self.stored.data

    @property
    def id(self) -> int:
        """The id within its chat."""
        return self.stored.id

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.data.get("text") or self.data.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        """Entities of the text or caption."""
        return self.data.get("entities") or self.data.get("caption_entities") or []

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.stored.author == self._double.world.bot.id

    @property
    def author(self) -> str:
        """The name above the message."""
        return str(self.data.get("from", {}).get("first_name") or self.chat.title)

    @property
    def topic(self) -> int:
        """The forum topic's id, 0 outside forums."""
        return int(self.data["message_thread_id"]) if self.data.get("is_topic_message") else 0

    @property
    def reply_to_id(self) -> int:
        """The id of the message replied to, 0 for none; hanging below a topic's first message is no reply."""
        return 0 if self.stored.reply_to == self.topic else self.stored.reply_to

    @property
    def reactions(self) -> list[str]:
        """Emoji below the message."""
        return [reaction["emoji"] for given in self.stored.reactions.values() for reaction in given]

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.stored.deleted

    @property
    def edits(self) -> list[str]:
        """The texts that it had before, oldest first."""
        return [str(version.get("text") or version.get("caption") or "") for version in self.stored.versions]

    @property
    def keyboard(self) -> list[list[Json]]:
        """Rows of inline buttons."""
        rows: list[list[Json]] = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[Json]:
        """All inline buttons."""
        return [button for row in self.keyboard for button in row]

    def button(self, wanted: str) -> Json:
        """The button with this label, this callback data, or else with a label that contains it; AssertionError otherwise."""
        exact = [b for b in self.buttons if wanted in (b["text"], b.get("callback_data"))]
        found = exact or [b for b in self.buttons if wanted in b["text"]]
        assert found, f"no button {wanted!r} below:\n{self.as_seen()}"
        return found[0]

    def styled(self, kind: str) -> list[str]:
        """The pieces of text in one style, e.g. `bold`."""
        return [cut(self.text, e["offset"], e["length"]) for e in self.entities if e["type"] == kind]

    def as_seen(self) -> str:
        """The message as plain lines: author, what it replies to, text with link targets, media, buttons in brackets."""
        parent = self.chat.messages.get(self.reply_to_id)
        head = self.author + (" (edited)" if self.stored.versions else "") + (" (deleted)" if self.deleted else "")
        lines = [f"{head}:"]
        if parent is not None:
            lines.append(f"  ┃ {_first_line(parent.data)}")
        lines += [f"  {line}" for line in (_media(self.data) + _with_links(self.text, self.entities)).splitlines()]
        lines += [f"  {' '.join(self.reactions)}"] if self.reactions else []
        lines += ["  " + " ".join(f"[{_label(button)}]" for button in row) for row in self.keyboard]
        return "\n".join(lines)


def _first_line(data: Json) -> str:
    text = str(data.get("text") or data.get("caption") or _media(data)).splitlines()
    return text[0][:40] if text else ""


def _media(data: Json) -> str:
    for kind in ("photo", "document", "voice", "sticker"):
        if kind in data:
            name = data[kind].get("file_name") or data[kind].get("emoji") or "" if isinstance(data[kind], dict) else ""
            return f"<{kind}{' ' + name if name else ''}>\n"
    service = next((key for key in data if key.startswith(("new_chat", "left_chat", "migrate", "forum_topic"))), "")
    return f"<{service}>" if service else ""


def _with_links(text: str, entities: list[Json]) -> str:
    raw = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda e: -(e["offset"] + e["length"])):
        if entity["type"] == "text_link":
            end = 2 * (entity["offset"] + entity["length"])
            raw = raw[:end] + f" <{entity['url']}>".encode("utf-16-le") + raw[end:]
    return raw.decode("utf-16-le")


def _label(button: Json) -> str:
    target = button.get("url") or ("@" + button["switch_inline_query"] if "switch_inline_query" in button else "")
    return str(button["text"]) + (f" → {target}" if target else "")


class ChatView:
    """One chat: its history, and waiting for what the bot will say."""

    def __init__(self, double: TelegramDouble, chat: Chat) -> None:
        self._double = double
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat id that the bot uses."""
        return self.chat.id

    @property
    def messages(self) -> list[MessageView]:
        """What is there now, oldest first."""
        stored = self.chat.messages.values()
        return [MessageView(self._double, self.chat, message) for message in stored if not message.deleted]

    @property
    def from_bot(self) -> list[MessageView]:
        """What the bot wrote, oldest first."""
        return [message for message in self.messages if message.by_bot]

    @property
    def last(self) -> MessageView:
        """The newest message."""
        return self.messages[-1]

    @property
    def actions(self) -> list[str]:
        """Chat actions that were shown so far, such as `typing`."""
        return self.chat.actions

    @property
    def drafts(self) -> list[str]:
        """Drafts that are shown since the bot's last message."""
        return [str(draft["text"]) for draft in self.chat.drafts]

    def topic(self, name: str) -> int:
        """The id of the topic with this name."""
        return next(number for number, title in self.chat.topics.items() if title == name)

    def new_topic(self, name: str) -> int:
        """Open a topic; its id is the id of the message that says so."""
        owner = next(iter(self.chat.members))
        world = self._double.world
        created = {"name": name, "icon_color": 7322096}
        stored = world.new_message(self.chat, world.users[owner], forum_topic_created=created)
        stored.data |= {"message_thread_id": stored.id, "is_topic_message": True}
        self.chat.topics[stored.id] = name
        return stored.id

    async def wait_for(self, wanted: int | Predicate, timeout: float = 10) -> list[MessageView]:
        """Wait for so many messages of the bot, or for messages that satisfy the predicate; returns them.

        AssertionError with the transcript after `timeout` seconds.
        """

        def found() -> list[MessageView]:
            if isinstance(wanted, int):
                return self.from_bot if len(self.from_bot) >= wanted else []
            return [message for message in self.messages if wanted(message)]

        arrived = await self._double.world.until(lambda: bool(found()), timeout)
        assert arrived, f"nothing of the kind came within {timeout} s:\n{self.transcript()}"
        return found()

    async def answer_to(self, message: MessageView, timeout: float = 10) -> MessageView:
        """The first message of the bot that comes after `message`, in the same topic."""

        def answers(m: MessageView) -> bool:
            return m.by_bot and m.id > message.id and m.topic == message.topic

        return (await self.wait_for(answers, timeout))[0]

    def transcript(self) -> str:
        """The whole chat, readable."""
        return "\n".join(message.as_seen() for message in self.messages)
