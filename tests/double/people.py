"""A person with a phone: says, edits, presses, searches inline, sends pictures, blocks the bot."""

# ruff: noqa: ASYNC109 - `timeout` is what a test calls it

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.double import media
from tests.double.messages import MAX_TEXT
from tests.double.state import Json, User
from tests.double.text import finish, units
from tests.double.views import ChatView, MessageView, Predicate

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

__all__ = ["ChatView", "InlineResult", "MessageView", "Person", "Predicate", "Toast"]


class Toast(str):
    """What a pressed button shows: the text (often empty), whether as an alert, and the link it opens."""

    alert: bool = False
    url: str = ""


@dataclass(frozen=True)
class InlineResult:
    """One line in the list that an inline query brings up, and what it would insert."""

    id: str
    title: str
    description: str
    text: str
    query: str
    content: Json


class Person:
    """See the module. Every doing returns once Telegram has it; waiting for the bot is up to the test."""

    def __init__(self, double: TelegramDouble, user: User) -> None:
        self._double = double
        self.user = user
        self.id = user.id
        self.name = user.first_name

    def private(self) -> ChatView:
        """The person's chat with the bot."""
        return ChatView(self._double, self._double.world.chats[self.id])

    async def say(
        self,
        chat: ChatView,
        text: str,
        *,
        reply_to: MessageView | None = None,
        topic: int = 0,
        entities: Sequence[Json] = (),
        ago: float = 0,
    ) -> MessageView:
        """Write a message; Telegram finds commands, mentions and links in it. `ago` dates it back by seconds.

        A text above 4096 units goes out in pieces, as the apps send it; the last one is returned.
        """
        size = MAX_TEXT if units(text) == len(text) else MAX_TEXT // 2
        for begin in range(0, max(len(text), 1), size):
            piece = text[begin : begin + size]
            kept, found = finish(piece, list(entities))
            message = self._post(chat, reply_to=reply_to, topic=topic, ago=ago, text=kept, entities=found)
        return message

    async def asks(self, chat: ChatView, text: str, *, timeout: float = 10, **how: Any) -> MessageView:
        """Write a message and wait for the bot's first message after it."""
        return await chat.answer_to(await self.say(chat, text, **how), timeout)

    def _post(
        self, chat: ChatView, *, reply_to: MessageView | None = None, topic: int = 0, ago: float = 0, **content: Any
    ) -> MessageView:
        assert chat.chat.type == "private" or self.id in chat.chat.members, f"{self.name} is not in this chat"
        if chat.id == self.id:
            self.user.started = True
        topic = topic or (reply_to.topic if reply_to else 0)
        number = reply_to.id if reply_to else 0
        stored = self._double.world.new_message(chat.chat, self.user, reply_to=number, topic=topic, ago=ago, **content)
        self._double.announce(chat.chat, stored)
        return MessageView(self._double, chat.chat, stored)

    async def edits(self, message: MessageView, text: str) -> MessageView:
        """Change one's own message."""
        assert message.stored.author == self.id, "people edit only what they wrote"
        kept, found = finish(text, [])
        self._double.world.edit(message.stored, {"text": kept, "entities": found or None})
        self._double.announce(message.chat, message.stored)
        return message

    async def deletes(self, message: MessageView) -> None:
        """Delete a message; the bot is not told."""
        message.stored.deleted = True
        self._double.world.touch()

    async def presses(self, message: MessageView, button: str, *, timeout: float = 10) -> Toast:
        """Press a button, found by label or data, and wait for what the phone then shows.

        A link button returns the link in `url`, a switch-inline button the query as text.
        AssertionError when the bot leaves the button spinning.
        """
        assert not message.deleted, "the message with the button is gone"
        pressed = message.button(button)
        if "callback_data" in pressed:
            return await self.forges(message, pressed["callback_data"], timeout=timeout)
        toast = Toast(pressed.get("switch_inline_query", pressed.get("switch_inline_query_current_chat", "")))
        toast.url = pressed.get("url", "")
        return toast

    async def forges(self, message: MessageView, data: str, *, timeout: float = 10) -> Toast:
        """Send callback data that no button offers, as a modified client can."""
        instance = int.from_bytes(hashlib.blake2b(str(message.chat.id).encode(), digest_size=7).digest(), "big")
        payload: Json = {"chat_instance": str(instance), "data": data}
        inline = [k for k, place in self._double.world.inline_messages.items() if place == (message.chat.id, message.id)]
        if inline:
            payload["inline_message_id"] = inline[0]
        else:
            payload["message"] = self._double.world.message_json(message.chat, message.stored)
        answer = await self._answer("callback_query", payload, timeout)
        toast = Toast(answer["text"])
        toast.alert, toast.url = answer["alert"], answer["url"]
        return toast

    async def inline(self, query: str, *, chat: ChatView | None = None, timeout: float = 10) -> list[InlineResult]:
        """Type "@bot query" in some chat and wait for the list of results."""
        kind = chat.chat.type if chat else "sender"
        kind = "sender" if chat and chat.id == self.id else kind
        answer = await self._answer("inline_query", {"query": query, "offset": "", "chat_type": kind}, timeout)
        return [
            InlineResult(r["id"], r["title"], r["description"], r["text"], query, {k: v for k, v in r.items() if k in _INSERTED})
            for r in answer["results"]
        ]

    async def picks(self, result: InlineResult, chat: ChatView) -> MessageView:
        """Tap a result: it is posted into the chat in the person's name, and the bot is told which one it was."""
        content = result.content | {"via_bot": self._double.world.bot.to_json()}
        message = self._post(chat, **content)
        chosen: Json = {"result_id": result.id, "from": self.user.to_json(), "query": result.query}
        if content.get("reply_markup"):
            inline_id = f"inline-{next(self._double.world.numbers)}"
            self._double.world.inline_messages[inline_id] = (chat.id, message.id)
            chosen["inline_message_id"] = inline_id
        self._double.updates.add("chosen_inline_result", chosen)
        return message

    async def _answer(self, kind: str, payload: Json, timeout: float) -> Json:
        asked = self._double.ask(kind, self.user, payload)
        assert asked is not None, f"the bot does not take {kind}: see allowed_updates"
        answered = await self._double.world.until(lambda: asked.answer is not None, timeout)
        assert answered and asked.answer is not None, f"the bot left a {kind} unanswered for {timeout} s: {payload}"
        return asked.answer

    async def follows(self, link: str) -> MessageView:
        """Open a t.me link of the bot and press START: "/start parameter" in the private chat."""
        address = urlsplit(link)
        assert re.fullmatch(rf"/{self._double.world.bot.username}/?", address.path, re.IGNORECASE), f"{link} leads elsewhere"
        parameter = parse_qs(address.query).get("start", [""])[0]
        assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", parameter), f"Telegram takes no such start parameter: {parameter}"
        return await self.say(self.private(), f"/start {parameter}".strip())

    async def sends_photo(self, chat: ChatView, caption: str = "", **how: Any) -> MessageView:
        """Send a picture."""
        return self._media(chat, {"photo": media.photo(self._double.world, media.PIXEL, "photo.png")}, caption, how)

    async def sends_document(
        self, chat: ChatView, name: str = "话术.docx", content: bytes = b"x", caption: str = "", **how: Any
    ) -> MessageView:
        """Send a file."""
        return self._media(chat, {"document": media.document(self._double.world, content, name)}, caption, how)

    async def sends_voice(self, chat: ChatView, seconds: int = 3, **how: Any) -> MessageView:
        """Send a voice message."""
        file = media.store(self._double.world, b"OggS", f"voice/file_{seconds}.oga")
        return self._media(chat, {"voice": file | {"duration": seconds, "mime_type": "audio/ogg"}}, "", how)

    async def sends_sticker(self, chat: ChatView, emoji: str = "👍", **how: Any) -> MessageView:
        """Send a sticker."""
        file = media.store(self._double.world, b"RIFF", "stickers/file.webp")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji}
        return self._media(chat, {"sticker": file | shape}, "", how)

    def _media(self, chat: ChatView, content: Json, caption: str, how: Json) -> MessageView:
        kept, found = finish(caption, [], allow_empty=True)
        return self._post(chat, caption=kept, caption_entities=found, **content, **how)

    async def reacts(self, message: MessageView, emoji: str = "") -> None:
        """Put a reaction below a message, or take it away; bots hear of it on request only."""
        old = message.stored.reactions.get(self.id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        message.stored.reactions[self.id] = new
        change = {
            "chat": self._double.world.chat_json(message.chat),
            "message_id": message.id,
            "user": self.user.to_json(),
            "date": int(self._double.world.clock()),
            "old_reaction": old,
            "new_reaction": new,
        }
        self._double.updates.add("message_reaction", change)

    async def blocks(self) -> None:
        """Block the bot."""
        self._double.change_bot_status(self.private().chat, "kicked", self.user)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self._double.change_bot_status(self.private().chat, "member", self.user)

    async def adds_bot(self, chat: ChatView, status: str = "member") -> None:
        """Add the bot to a group, or make it an administrator."""
        new = chat.chat.members.get(self._double.world.bot.id, "left") not in ("member", "administrator")
        self._double.change_bot_status(chat.chat, status, self.user)
        if new and chat.chat.is_group:
            self._post(chat, new_chat_members=[self._double.world.bot.to_json()])

    async def removes_bot(self, chat: ChatView) -> None:
        """Throw the bot out of a group or channel."""
        self._double.change_bot_status(chat.chat, "kicked", self.user)

    async def joins(self, chat: ChatView) -> None:
        """Enter a group."""
        chat.chat.members[self.id] = "member"
        self._post(chat, new_chat_members=[self.user.to_json()])

    async def leaves(self, chat: ChatView) -> None:
        """Leave a group."""
        self._post(chat, left_chat_member=self.user.to_json())
        chat.chat.members[self.id] = "left"

    def menu(self, chat: ChatView | None = None) -> dict[str, str]:
        """The commands that the phone offers in a chat (default: the private one), by the person's language."""
        return self._double.menu(self, chat or self.private())


_INSERTED = ("text", "entities", "link_preview_options", "reply_markup")
