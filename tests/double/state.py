"""What exists: users, chats, topics, messages, files. Knows nothing about HTTP or about updates."""

from __future__ import annotations

import asyncio
import copy
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

HERE = ("creator", "administrator", "member")
"""Member states that mean "in the chat"."""


@dataclass
class User:
    """A person or the bot. `started` says that the person has written to the bot, `blocked` that they blocked it."""

    id: int
    first_name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False

    def to_json(self) -> Json:
        """A User object."""
        optional = {"username": self.username, "language_code": self.language}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name} | {k: v for k, v in optional.items() if v}


@dataclass
class Stored:
    """One message with what it was before each edit; `data` is the Message object without the message replied to.

    `author` is the id of the user or bot behind it, `reactions` holds what each user put below it.
    """

    data: Json
    author: int = 0
    reply_to: int = 0
    versions: list[Json] = field(default_factory=list)
    deleted: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The id within its chat."""
        return int(self.data["message_id"])


@dataclass
class Chat:
    """One chat as the bot's account sees it. `members` maps user ids to member states, the bot's own included."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Stored] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    migrated_to: int = 0
    drafts: list[Json] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Basic group or supergroup."""
        return self.type in ("group", "supergroup")


class World:
    """Everything that exists, and a signal that something changed. `clock` dates it, in seconds since 1970."""

    def __init__(self, token: str, username: str, name: str, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.bot = User(int(token.split(":")[0]), name, username, is_bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[Json, bytes]] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        # Above 2**32, like new accounts: an id kept in 32 bits shows at once.
        self.user_ids = itertools.count(7_000_000_001)
        self.group_ids = itertools.count(4_500_000_001)
        self.numbers = itertools.count(1)
        self._shared_ids = itertools.count(101)
        self._own_ids: dict[int, itertools.count[int]] = {}
        self._changed = asyncio.Event()

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels count by themselves; all other chats share one counter, as at Telegram."""
        if chat.type in ("supergroup", "channel"):
            return next(self._own_ids.setdefault(chat.id, itertools.count(1)))
        return next(self._shared_ids)

    def chat_json(self, chat: Chat) -> Json:
        """A Chat object."""
        if chat.type == "private":
            user = self.users[chat.id].to_json()
            return {"id": chat.id, "type": "private"} | {k: user[k] for k in ("first_name", "username") if k in user}
        data: Json = {"id": chat.id, "type": chat.type, "title": chat.title}
        if chat.username:
            data["username"] = chat.username
        return data | ({"is_forum": True} if chat.is_forum else {})

    def new_message(self, chat: Chat, sender: User | None, *, ago: float = 0, **content: Any) -> Stored:
        """Put a message into a chat; `ago` dates it back by so many seconds."""
        reply_to = content.pop("reply_to", 0)
        data: Json = {"message_id": self.next_message_id(chat), "date": int(self.clock() - ago), "chat": self.chat_json(chat)}
        if chat.type == "channel":
            data["sender_chat"] = self.chat_json(chat)
        elif sender is not None:
            data["from"] = sender.to_json()
        topic = content.pop("topic", 0)
        if topic:
            data |= {"message_thread_id": topic, "is_topic_message": True}
            # In a topic everything hangs below the message that opened it, as if it were a reply.
            reply_to = reply_to or topic
        elif reply_to and chat.type == "supergroup" and not chat.is_forum:
            # Replies form a thread with an id here too, but no message can be sent to it.
            data["message_thread_id"] = chat.messages[reply_to].data.get("message_thread_id", reply_to)
        stored = Stored(data | {k: v for k, v in content.items() if v}, sender.id if sender else 0, reply_to)
        chat.messages[stored.id] = stored
        self.touch()
        return stored

    def message_json(self, chat: Chat, stored: Stored) -> Json:
        """A Message object as handed out, with the message it replies to one level deep."""
        data = copy.deepcopy(stored.data)
        parent = chat.messages.get(stored.reply_to)
        if parent is not None and not parent.deleted:
            data["reply_to_message"] = copy.deepcopy(parent.data)
        return data

    def edit(self, stored: Stored, changes: Json) -> None:
        """Replace fields of a message; a field set to None goes."""
        stored.versions.append(copy.deepcopy(stored.data))
        stored.data = {k: v for k, v in (stored.data | changes).items() if v is not None}
        stored.data["edit_date"] = int(self.clock())
        self.touch()

    def touch(self) -> None:
        """Wake everybody who waits for something."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        """Wait until anything changes."""
        await self._changed.wait()

    async def until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready()` holds; False when so many seconds pass first."""
        deadline = time.monotonic() + seconds
        while not ready():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            changed = self._changed
            try:
                # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the change.
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                return ready()
        return True
