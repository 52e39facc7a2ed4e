"""The same world through Telegram: the real bot, inbox, outbox and delivery, with the Bot API double for a telephone.

While an answer is on its way the delivery may be held, so that what a chat is for changes before the answer is sent.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from bot.delivery import Delivery
from bot.domain.access import Binding
from bot.domain.audit import Deed, Entry
from bot.flows.ports import ChatModel
from bot.storage.database import Database
from bot.storage.merchants import Authorisation
from bot.storage.tables import metadata
from tests.channels.telegram import desk as telegram_desk
from tests.double import ChatView, MessageView, Sent, TelegramDouble
from tests.office_desk import PEOPLE, TEAM_OF, A, B, C, template
from tests.running_clock import RunningClock
from tests.stories.leaks.memory import Parrot
from tests.stories.leaks.office import OFFICE
from tests.stories.leaks.oracle import Leak
from tests.stories.leaks.tokens import ASKED, HARMLESS
from tests.stories.leaks.world import ACTIONS, Pick, Town

ME = "@copilot_test_bot"
COMMANDS = (
    "/start", "/help", "/metrics", "/me", "/team", "/merchants", "/merchant", "/docs", "/audit", "/groups", "/bind", "/unbind",
    "/invite", "/export", "/leave", "/why", "/board", "/metric GPM", "/start j_AAAAAAAAAAAAAAAAAAAAAA",
)  # fmt: skip


class Watched(list[Any]):
    """What is shown: each thing is looked at when it comes."""

    def __init__(self, look: Callable[[Any], None]) -> None:
        super().__init__()
        self._look = look

    def append(self, thing: Any) -> None:
        super().append(thing)
        self._look(thing)


class TelegramTown(Town):
    """The town whose people have telephones. `clock` has to be the desk's as well."""

    def __init__(self, double: TelegramDouble, database: Database, folder: Path, clock: RunningClock) -> None:
        super().__init__(clock)
        self.double, self.clock = double, clock
        self.bot = telegram_desk.Desk(double, database, folder, model=Parrot())
        self.bot.handbook = self.knowledge  # type: ignore[assignment]
        self.office, self.gate, self.erasure = self.bot.office, self.bot.gate, self.bot.office.merchants.erasure
        self.chats, self.outbox = self.bot.chats, self.bot.outbox
        self.seen_data: list[str] = []
        double.sent = Watched(self._accepted)
        double.world.user_ids = itertools.count(1)
        self.people = [double.user(f"人{n}", started=True) for n in range(1, len(PEOPLE) + 1)]
        assert tuple(f"telegram:{person.id}" for person in self.people) == PEOPLE
        forum = double.group("甲群", *self.people, kind="supergroup", topics=("直播", "选品"))
        other = double.group("乙群", *self.people, kind="supergroup")
        self.rooms = {f"telegram:{room.id}": room for room in (forum, other)}
        self.groups = list(self.rooms)
        self.topics = (None, None, forum.topic("直播"), forum.topic("选品"))
        self.bot.settings["lead_chat"] = str(other.id)
        for person in self.people:
            person.private().chat.drafts = Watched(partial(self._drafted, person.id))

    def _drafted(self, chat: int, draft: dict[str, Any]) -> None:
        self.look_at(draft["text"], chat, None)

    def _accepted(self, sent: Sent) -> None:
        message = sent.message
        # With new buttons an old text stays where it was; it was looked at when it came.
        text = "" if sent.method.lower() == "editmessagereplymarkup" else message.text
        self.look(message, text + repr(message.keyboard))
        self.seen_data += [button["callback_data"] for button in message.buttons if "callback_data" in button]

    def look(self, message: MessageView, content: str) -> None:
        """Hold what is shown now in the place of a message against the oracle."""
        self.look_at(content, message.chat.id, message.topic or None)

    def look_at(self, content: str, chat: int, topic: int | None) -> None:
        """Hold what is shown now in a chat against the oracle."""
        try:
            self.oracle.check(content, f"telegram:{chat}", topic, self.now(), private=chat > 0)
        except Leak as leak:
            self.leak = self.leak or Leak(f"{leak} — after {' · '.join(self.happened)}")

    async def hold(self) -> None:
        """Let nothing out for the time being."""
        self.bot.delivery.stop()
        await self.bot.delivering

    async def release(self) -> None:
        """Send what waits, and wait until it is sent."""
        channels = {"telegram": self.bot.bot.channel}  # type: ignore[union-attr]
        self.bot.delivery = Delivery(
            self.outbox, self.chats, channels, telegram_desk.now, audience=self.bot.audience, language=self.bot.language
        )
        self.bot.delivering = asyncio.create_task(self.bot.delivery.run())
        await self.bot.settled(30)

    async def handled(self) -> None:
        """Wait until every update is handled, whether or not what it says is sent."""
        async with asyncio.timeout(30):
            while self.double.updates.pending or (await self.bot.inbox.counts()).get("waiting"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def act(self, name: str, pick: Pick) -> None:
        """Do one thing with the delivery held, change something meanwhile now and then, send, and look at everything."""
        self.steps += 1
        self.happened.append(name)
        with structlog.testing.capture_logs() as lines:
            await self.hold()
            await UPDATES[name](self, pick)
            await self.handled()
            for _ in range(pick((0, 1, 3))):
                self.happened.append(name := pick(list(MEANWHILE)))
                await MEANWHILE[name](self, pick)
            self.happened.append("sent")
            await self.release()
        self.nothing_in(repr(lines), "the log")
        if self.leak is not None:
            raise self.leak

    async def left_over(self) -> None:
        """Look at all that is stored."""
        async with self.bot.database.read() as db:
            stored = {table.name: repr((await db.execute(select(table))).all()) for table in metadata.sorted_tables}
        self.nothing_stored(stored)

    def room(self, pick: Pick, who: int) -> tuple[ChatView, int]:
        """A chat that the person writes in, with a topic where it has some."""
        room = pick((self.people[who].private(), *self.rooms.values()))
        return room, pick(self.topics) or 0 if room.chat.is_forum else 0


def _addressed(room: ChatView, words: str) -> str:
    return words if room.id > 0 else f"{ME} {words}"


async def ask(world: TelegramTown, pick: Pick) -> None:
    """A question in private, in a group, in a topic, or below one of the bot's messages."""
    who = pick(range(len(PEOPLE)))
    room, topic = world.room(pick, who)
    where = f"telegram:{room.id}"
    oracle, now = world.oracle, world.now()
    may = [m for m in TEAM_OF if (oracle.reads(where, m, now) if room.id > 0 else oracle.shows(where, topic, m, now))]
    words = pick((*HARMLESS, *(ASKED[m] for m in may)))
    world.say("ask", where, topic, words)
    below = [message for message in room.from_bot if message.topic == topic]
    reply_to = pick((None, None, *below[-3:]))
    await world.people[who].say(room, _addressed(room, words), topic=topic, reply_to=reply_to)


async def edit(world: TelegramTown, pick: Pick) -> None:
    """Somebody changes what they asked."""
    mine = [(one, room) for one in world.people for room in (one.private(), *world.rooms.values()) for m in room.messages
            if (m.stored.author == one.id and not m.text.startswith("/") and m.text)][-5:]  # fmt: skip
    if mine:
        one, room = pick(mine)
        last = [m for m in room.messages if m.stored.author == one.id and m.text][-1]
        world.say("edit", room.id, last.topic)
        await one.edits(last, _addressed(room, pick(HARMLESS)))


async def press(world: TelegramTown, pick: Pick) -> None:
    """A button below any message, one that stood below another, or data that no button ever had."""
    who = pick(range(len(PEOPLE)))
    room = pick((world.people[who].private(), *world.rooms.values()))
    below = room.from_bot[-12:]
    if not below:
        return
    message = pick(below)
    own = [button["callback_data"] for button in message.buttons if "callback_data" in button]
    keys = [f"k:-:{key}:0" for key in world.knowledge.all_keys()]
    back = [f"{letter}:{one.split(':')[1]}" for one in world.seen_data[-30:] if one[0] in "cxf" for letter in "bl"]
    data = pick((*own, *back, *world.seen_data[-60:], *keys, *(_mutated(one, pick) for one in world.seen_data[-10:])))
    world.say("press", room.id, message.topic, data)
    if PEOPLE[who] in world.oracle.blocked:
        with suppress(AssertionError):  # nobody answers
            world.look(message, str(await world.people[who].forges(message, data, timeout=0.2)))
    else:
        world.look(message, str(await world.people[who].forges(message, data, timeout=30)))


def _mutated(data: str, pick: Pick) -> str:
    at = pick(range(len(data)))
    return data[:at] + pick("0aAz:-.％\u200b") + data[at + 1 :]


async def open_link(world: TelegramTown, pick: Pick) -> None:
    """A link to a section, whosever it is."""
    person, key = pick(world.people), pick(world.knowledge.all_keys())
    world.say("open", person.id, key)
    await person.say(person.private(), f"/start s_{key}")


async def inline(world: TelegramTown, pick: Pick) -> None:
    """An inline query: what it offers may be put into any chat, so that nothing of any merchant may be in it."""
    heard = [person for person in world.people if f"telegram:{person.id}" not in world.oracle.blocked]
    found = await pick(heard).inline(pick(("", *HARMLESS, *ASKED.values())))
    world.nothing_in("".join(one.title + one.description + one.text for one in found), "an inline result")


async def command(world: TelegramTown, pick: Pick) -> None:
    """Any command, in any chat, also such as there are not."""
    who = pick(range(len(PEOPLE)))
    room, topic = world.room(pick, who)
    words = pick(COMMANDS)
    world.say(words, room.id, topic)
    await world.people[who].say(room, words if room.id > 0 else f"{words}{ME}", topic=topic)


UPDATES: dict[str, Callable[[TelegramTown, Pick], Awaitable[None]]] = {
    "ask": ask, "edit": edit, "press": press, "open": open_link, "inline": inline, "command": command,
}  # fmt: skip
MEANWHILE = OFFICE | {name: ACTIONS[name] for name in ("tick", "upload")}
WEIGHTS = {"ask": 4, "edit": 1, "press": 4, "open": 1, "inline": 1, "command": 1}


@asynccontextmanager
async def town(
    folder: Path, double: TelegramDouble, clock: RunningClock, model: ChatModel | None = None
) -> AsyncIterator[TelegramTown]:
    """A town whose bot runs, with every merchant open and bound to a group or topic."""
    shutil.copy(template(filled=True), folder / "copilot.db")
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'copilot.db'}")
    world = TelegramTown(double, database, folder, clock)
    world.bot.model = model or world.bot.model
    try:
        await _open(world)
        await world.bot.start()
        yield world
    finally:
        await world.bot.stop()
        await database.close()


async def walk(folder: Path, double: TelegramDouble, seed: int, steps: int, clock: RunningClock) -> int:
    """Take so many steps; returns their number. Raises Leak."""
    choice = random.Random(seed)
    async with town(folder, double, clock) as world:
        for name in choice.choices(list(UPDATES), [WEIGHTS[name] for name in UPDATES], k=steps):
            await world.act(name, choice.choice)
        await world.left_over()
        return world.steps


async def _open(world: TelegramTown) -> None:
    """The merchants are authorised for a year from now, and each has a group or a topic."""
    for merchant, (begins, ends) in world.oracle.times.items():
        granted = Authorisation("店长", PEOPLE[0], begins, ends, begins)
        entry = Entry(begins, PEOPLE[0], Deed.AUTHORISED, "", TEAM_OF[merchant], merchant)
        await world.bot.merchants.authorise(merchant, granted, entry)
    forum, other = world.groups
    for chat, topic, merchant in ((forum, 0, A), (forum, world.topics[-1] or 0, B), (other, 0, C)):
        entry = Entry(world.now(), PEOPLE[0], Deed.BOUND, "", TEAM_OF[merchant], merchant)
        await world.bot.groups.bind(Binding(chat, TEAM_OF[merchant], merchant, topic), entry)
        world.oracle.bound[chat, topic] = (TEAM_OF[merchant], merchant, 2)
