"""The double itself: a Bot API server on loopback, and the world behind it for a test to act in.

    double = await TelegramDouble.start(token="42:TEST")
    alice = double.user("Alice", language="zh")
    chat = alice.private()
    question = await alice.say(chat, "直播间人气掉了怎么办？")
    answer = await chat.answer_to(question)
    print(answer.as_seen())
    await double.stop()          # fails when any JSON given out was not what aiogram's models expect

It runs in the event loop of the test; the bot may run in the same loop or in another process
(TELEGRAM_API_URL=double.url). A bot that is killed leaves it untouched.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.double import events, profile
from tests.double.calls import Call
from tests.double.faults import Faults
from tests.double.judge import Judge
from tests.double.limits import Limits
from tests.double.people import ChatView, MessageView, Person
from tests.double.server import Server
from tests.double.state import Chat, Json, Stored, User, World
from tests.double.updates import Updates
from tests.double.webhook import Webhook

Kind = Literal["group", "supergroup", "channel"]


@dataclass
class Sent:
    """One thing that the bot did and the double accepted: a new message or an edit.

    `reply_lost` says that the bot never got the reply; `cut_off` that its connection ended so shortly after the reply
    that it may have died with it unread. `new` is False for edits.
    """

    method: str
    message: MessageView
    parameters: dict[str, str]
    at: float
    new: bool
    reply_lost: bool = False
    cut_off: bool = False

    @property
    def reply_to(self) -> int:
        """The id of the message it answers, 0 for none."""
        return self.message.reply_to_id


@dataclass
class Pressed:
    """A callback or inline query on its way: who asked what, and the bot's answer once it came."""

    kind: str
    user: User
    at: float
    answer: Json | None = None
    context: Json = field(default_factory=dict)


class TelegramDouble:
    """See the module. `faults`, `limits`, `privacy` and `query_lifetime` may be changed at any time."""

    def __init__(self, token: str, *, username: str, name: str, seed: int, validate: bool, clock: Callable[[], float]) -> None:
        self.token = token
        self.world = World(token, username, name, clock)
        self.judge = Judge(validate)
        self.updates = Updates(self.world, self.judge)
        self.webhook = Webhook(self.world, self.updates)
        self.faults = Faults(seed)
        self.limits = Limits()
        self.privacy = True
        self.query_lifetime = 15.0
        self.sent: list[Sent] = []
        self.calls: list[Call] = []
        self.queries: dict[str, Pressed] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.query_ids = itertools.count(880_000_000_000_001)
        self._server = Server(self)

    @classmethod
    async def start(
        cls,
        token: str = "4200000042:TEST-TOKEN-of-the-double",
        *,
        username: str = "copilot_test_bot",
        name: str = "操盘副手",
        seed: int = 0,
        validate: bool = True,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> TelegramDouble:
        """A running double; `validate` checks all JSON with aiogram's models, `seed` is for the faults, `clock` for dates."""
        double = cls(token, username=username, name=name, seed=seed, validate=validate, clock=clock)
        await double._server.start(port)
        return double

    async def stop(self) -> None:
        """Close everything; AssertionError with the complaints if any JSON given out was wrong."""
        self.updates.closed = True
        self.world.touch()
        await self.webhook.close()
        await self._server.stop()
        assert not self.judge.complaints, "\n".join(self.judge.complaints)

    async def __aenter__(self) -> TelegramDouble:
        return self

    async def __aexit__(self, *error: object) -> None:
        if error[0] is not None:
            self.judge.complaints.clear()
        await self.stop()

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL has to be."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings for a bot in another process."""
        return {"TELEGRAM_BOT_TOKEN": self.token, "TELEGRAM_API_URL": self.url}

    def user(self, name: str, *, language: str = "zh", username: str = "", started: bool = False) -> Person:
        """A new person with a private chat; until they write, the bot may not write to them unless `started`."""
        user = User(next(self.world.user_ids), name, username, language, started=started)
        self.world.users[user.id] = user
        self.world.chats[user.id] = Chat(user.id, "private")
        return Person(self, user)

    def group(
        self,
        title: str,
        *members: Person,
        kind: Kind = "group",
        topics: tuple[str, ...] = (),
        username: str = "",
        bot: str = "member",
    ) -> ChatView:
        """A group, supergroup (with `topics`: a forum) or channel; the first member owns it.

        `bot` is the bot's member state: member, administrator, left or kicked.
        """
        number = next(self.world.group_ids)
        chat = Chat(-number if kind == "group" else -1_000_000_000_000 - number, kind, title, username, bool(topics))
        for person in members:
            chat.members[person.id] = "member" if chat.members else "creator"
        chat.members[self.world.bot.id] = bot
        self.world.chats[chat.id] = chat
        view = ChatView(self, chat)
        for topic in topics:
            view.new_topic(topic)
        return view

    def channel(self, title: str, owner: Person, *, username: str = "") -> ChatView:
        """A channel in which the bot is an administrator."""
        return self.group(title, owner, kind="channel", username=username, bot="administrator")

    def upgrade(self, chat: ChatView) -> ChatView:
        """Turn a basic group into a supergroup, as its owner would; returns the new chat."""
        owner = next((self.world.users[user] for user, state in chat.chat.members.items() if state == "creator"), self.world.bot)
        return ChatView(self, events.upgrade(self.world, self.updates, chat.chat, owner))

    def change_bot_status(self, chat: Chat, status: str, by: User) -> None:
        """The bot becomes member, administrator, left or kicked."""
        events.change_status(self.world, self.updates, chat, by, status)

    def announce(self, chat: Chat, stored: Stored) -> None:
        """Tell the bot about a new or edited message, if it may hear it."""
        events.announce(self.world, self.updates, chat, stored, privacy=self.privacy)

    def menu(self, person: Person, chat: ChatView) -> dict[str, str]:
        """The commands that this person's client shows in a chat."""
        return profile.menu(self, person.id, person.user.language, chat.chat)

    def record(self, call: Call, chat: Chat, stored: Stored) -> None:
        """Note what the bot did in `sent`."""
        call.sent = Sent(call.method, MessageView(self, chat, stored), call.parameters, self.world.clock(), not stored.versions)
        self.sent.append(call.sent)

    def ask(self, kind: str, user: User, payload: Json, **context: Any) -> Pressed | None:
        """Queue a callback_query or inline_query; None when the bot does not take this kind."""
        query_id = str(next(self.query_ids))
        self.queries[query_id] = pressed = Pressed(kind, user, time.monotonic(), context=context)
        taken = self.updates.add(kind, {"id": query_id, "from": user.to_json()} | payload)
        return pressed if taken else None

    @property
    def lost_replies(self) -> list[Sent]:
        """Messages and edits that were accepted although the bot never heard so."""
        return [sent for sent in self.sent if sent.reply_lost]

    @property
    def doubtful_replies(self) -> list[Sent]:
        """Lost replies, and those after which the bot was gone at once: what a killed bot may send twice."""
        return [sent for sent in self.sent if sent.reply_lost or sent.cut_off]

    def answers_to(self, message: MessageView) -> list[Sent]:
        """New messages of the bot that reply to `message`, in order."""
        return [s for s in self.sent if s.new and s.reply_to == message.id and s.message.chat.id == message.chat.id]
