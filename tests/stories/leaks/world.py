"""Two teams, three merchants, eight people and two groups, who do to the office whatever comes to mind.

Every doing goes through the real flows, the real storage and the real delivery; whatever comes out of them is held against the
oracle. Each action takes `pick`, which chooses one of several things: a random generator, or Hypothesis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bot.build_sessions import open_floor
from bot.config import Settings
from bot.delivery import Delivery
from bot.domain.access import Role, Scope, Viewer, merchant_collection, team_collection
from bot.domain.answers import Answer, Draft
from bot.domain.audit import Deed
from bot.domain.messages import Message, Part, text
from bot.domain.outgoing import Kind, qualified
from bot.errors import CopilotError, NotFound
from bot.flows.access import Actor, Gate
from bot.flows.answers import Answers
from bot.flows.office import Office
from bot.storage.answers import Exchanges
from bot.storage.chats import Chats
from bot.storage.erasure import Erasure
from bot.storage.outbox import Outbox
from knowledge.types import HANDBOOK
from knowledge.types import Kind as Sort
from tests.office_desk import ONE, PEOPLE, TEAM_OF, TWO, YEAR, Desk
from tests.session_desk import ITEMS
from tests.stories.leaks.figures import WATCHED
from tests.stories.leaks.memory import Collections, LookingChannel, MemoryDatabase, Parrot
from tests.stories.leaks.oracle import Leak, Oracle
from tests.stories.leaks.tokens import ASKED, EVERY_WORD, HARMLESS, NAME_OF, TOKENS, document, found_in

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]
ROLES = [role.value for role in Role]
TOPICS = (None, None, 7, 8)
MINUTES = (1, 5, 40, 60 * 30, 60 * 24 * 8, 60 * 24 * 200)
TEAMS = (ONE, TWO)
EVERYTHING = Scope(frozenset(TEAM_OF), frozenset(TEAMS))


class Town:
    """The people and what they do to the office, whatever they talk through. `clock` is moved by those who act."""

    office: Office
    gate: Gate
    clock: Any
    erasure: Erasure
    groups: list[str]
    topics: Sequence[int | None]

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.oracle = Oracle.filled(now(), now() + YEAR)
        self.knowledge = Collections()
        self.documents = self.steps = 0
        self.happened: deque[str] = deque(maxlen=25)
        self.secrets: list[str] = []
        """Tokens, which stand nowhere but in the hands of whom they were given to."""
        self.leak: Leak | None = None
        self.knowledge.put(HANDBOOK, "手册.md", "开播前先核对底价和样品。", "返点按合同算，底价不能乱报。")
        for owner in (*TEAM_OF, *TEAMS):
            self.document(owner)

    def say(self, *words: object) -> None:
        """Note what is done, for the report of a leak."""
        self.happened[-1] = " ".join(map(str, words))

    def nothing_in(self, content: str, where: str) -> None:
        """Raise Leak when anybody's words stand where nobody's may."""
        for word in (*EVERY_WORD, *NAME_OF.values(), *self.secrets):
            if word in content:
                raise Leak(f"{word} stands in {where}: {content[:300]}")

    def nothing_stored(self, stored: Mapping[str, str]) -> None:
        """Raise Leak when something of a deleted merchant is in a table or the knowledge, or of anybody in the trail."""
        self.nothing_in(stored["audit"], "the trail")
        for name, rows in {**stored, "the knowledge": repr(self.knowledge.sections)}.items():
            if any(token in rows for token in self.secrets):
                raise Leak(f"a token is stored in {name}")
            for merchant in self.oracle.gone:
                if merchant in found_in(rows) or NAME_OF[merchant] in rows:
                    raise Leak(f"{merchant} is deleted, and still stored in {name}")

    def document(self, owner: str) -> None:
        """Another document of a merchant or a team comes in."""
        self.documents += 1
        collection = merchant_collection(owner) if owner in TEAM_OF else team_collection(owner)
        kind = Sort.CASE if self.documents % 4 == 0 else Sort.HANDBOOK
        texts = [document(owner, self.documents), f"{TOKENS[owner][0]}的样品和返点。"]
        self.knowledge.put(collection, f"{owner}-{self.documents % 3}.md", *texts, kind=kind)

    async def actor(self, pick: Pick) -> Actor:
        """Anybody, with all that they are."""
        person = pick(PEOPLE)
        return await self.gate.actor(person, person)

    async def tries(self, actor: Actor, doing: Awaitable[T]) -> T | None:
        """Do something as somebody, who is told what went wrong."""
        try:
            return await doing
        except CopilotError as error:
            told = f"{error!r} {getattr(error, 'values', '')}"
            self.oracle.check(told, actor.person, None, self.now(), private=True)
            return None


class World(Town):
    """The town over a database in memory. `step` does one thing; `close` looks at all that is stored."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.desk = Desk(self.database)  # type: ignore[arg-type]
        super().__init__(self.desk.now)
        self.clock, self.erasure = self.desk.clock, self.desk.erasure
        self.office, self.gate = self.desk.office, self.desk.office.gate
        self.exchanges, self.outbox = Exchanges(self.database), Outbox(self.database)  # type: ignore[arg-type]
        self.chats = Chats(self.database)  # type: ignore[arg-type]
        self.channel = LookingChannel(self._look, self._fails)
        self.groups, self.topics = ["telegram:-101", "telegram:-102"], TOPICS
        self.numbers = 0
        self.pending: list[tuple[Viewer, Answer, int | None]] = []
        self.ids: list[tuple[str, str]] = []
        """Exchanges with the chat that they belong to."""
        self.live: list[tuple[str, str]] = []
        """Sessions with the merchant that they are of."""
        self.links: list[tuple[str, str]] = []
        """Addresses of calendars with the person whose they are."""
        settings = Settings(_env_file=None)
        self.floor = open_floor(
            self.database,
            self.gate,
            settings,
            lambda: ITEMS,
            lambda: None,
            reference=lambda: WATCHED,  # type: ignore[arg-type]
        )
        self.aired: list[tuple[str, str]] = []
        """Those that were on the air."""
        self.tips: list[tuple[str, str]] = []
        """Tips with the merchant that they are about."""
        self.written = 0
        """The last message in the outbox that was looked at."""
        self.failing = ""
        self.delivery = self._new_delivery()

    def _new_delivery(self) -> Delivery:
        async def audience(chat: str, topic: int | None) -> Any:
            return await self.gate.audience(chat, topic, private=await self.chats.is_private(chat))

        return Delivery(self.outbox, self.chats, {"telegram": self.channel}, self.desk.clock, audience=audience)

    async def start(self) -> None:
        """People and groups have been seen, as any update makes them."""
        for person in PEOPLE:
            await self.chats.seen(person, "某人", "private", self.now())
        for chat in self.groups:
            await self.chats.seen(chat, "某群", "supergroup", self.now())

    async def step(self, name: str, pick: Pick) -> None:
        """Do one thing, and look at what was said and logged about it."""
        self.steps += 1
        self.happened.append(name)
        try:
            with structlog.testing.capture_logs() as lines:
                await ACTIONS[name](self, pick)
            if self.leak is not None:
                raise self.leak
            self.nothing_in(repr(lines), "the log")
        except Leak as leak:
            raise Leak(f"{leak} — after {' · '.join(self.happened)}") from None

    def close(self) -> None:
        """Look at all that is stored."""
        self.nothing_stored(self.database.dump())

    def _look(self, chat: str, topic: int | None, content: str) -> None:
        try:
            self.oracle.check(content, qualified("telegram", chat), topic, self.now(), private=not chat.startswith("-"))
        except Leak as leak:
            self.leak = leak  # the delivery outlives whatever a channel raises

    def _fails(self) -> str:
        failing, self.failing = self.failing, ""
        return failing

    async def somewhere(self, pick: Pick, person: str, chat: str = "") -> Viewer:
        """The person in their private chat or in a group, as any update is identified; in `chat` where they may be there."""
        chat = chat if chat in (person, *self.groups) else pick((person, person, *self.groups))
        topic = None if chat == person else pick(TOPICS)
        access = await self.gate.people.access(person)
        scope = await self.gate.scope(access, chat, topic, private=chat == person)
        return Viewer(person, chat, scope, topic, private=chat == person)

    def shows(self, viewer: Viewer, content: str) -> None:
        """What is shown to a viewer at once, without the outbox."""
        self.oracle.check(content, viewer.chat, viewer.topic, self.now(), private=viewer.private)

    async def send(self, viewer: Viewer, message: Message, collections: frozenset[str], edit_of: int | None = None) -> None:
        """Into the outbox, as a channel does it."""
        self.numbers += 1
        kind = Kind.EDIT if edit_of else Kind.ANSWER
        await self.outbox.add(
            f"k{self.numbers}", "telegram", viewer.chat, message, kind=kind, now=self.clock(), topic=viewer.topic,
            edit_of=edit_of, collections=collections,
        )  # fmt: skip


async def ask(world: World, pick: Pick) -> None:
    """Ask something: harmless, or what gives a merchant away, where it may be known. Sometimes the answer takes its time."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    open_here = [m for m in TEAM_OF if entitled(world, viewer, m)]
    question = pick((*HARMLESS, *(ASKED[m] for m in open_here)))
    world.say("ask", viewer.person, viewer.chat, viewer.topic, question)

    async def turns(asker: Viewer) -> tuple[str, ...]:
        told = await world.exchanges.turns(asker, now=world.clock())
        world.shows(asker, "".join(told))
        return told

    def watch(draft: Draft) -> None:
        world.shows(viewer, draft.text + "".join(one.title for one in draft.citations))

    model = pick((None, Parrot()))
    answer = await Answers(world.knowledge, turns, model).ask(viewer, question, watch=watch)
    earlier = [number for (chat, number), topic in world.channel.topics.items() if _same(viewer, chat, topic)]
    edit_of = pick((None, None, None, earlier[-1])) if earlier else None
    world.pending.append((viewer, answer, edit_of))
    if pick((True, True, False)):
        await finish(world, lambda things: things[-1])


def _same(viewer: Viewer, chat: str, topic: int | None) -> bool:
    return qualified("telegram", chat) == viewer.chat and topic == viewer.topic


def entitled(world: World, viewer: Viewer, merchant: str) -> bool:
    """Whether the place in which somebody is may be shown the merchant."""
    oracle, now = world.oracle, world.now()
    if viewer.private:
        return oracle.reads(viewer.person, merchant, now)
    return oracle.shows(viewer.chat, viewer.topic, merchant, now)


async def finish(world: World, pick: Pick) -> None:
    """An answer that took its time is there: kept, noted, and put into the outbox."""
    if not world.pending:
        return
    one = pick(world.pending)
    world.pending.remove(one)
    viewer, answer, edit_of = one
    world.numbers += 1
    id = await world.exchanges.record(f"a{world.numbers}", viewer, answer, now=world.clock())
    world.ids.append((id, viewer.chat))
    await world.gate.saw(viewer, Deed.ASKED, id, answer.collections)
    content = "\n".join((answer.text, *(f"{c.title} {c.section} {c.quote}" for c in (*answer.citations, *answer.cases))))
    await world.send(viewer, text(content), answer.collections, edit_of)
    if world.oracle.gone & viewer.scope.merchants:  # before it is sent, upon which little of it stays
        world.nothing_stored(world.database.dump())


async def deliver(world: World, pick: Pick) -> None:
    """Send what waits; sends may fail, and are tried again later."""
    world.failing = pick(("", "", "", "", "temporary", "unknown", "permanent"))
    for _ in range(pick((1, 2, 6))):
        await world.delivery._round()
        for task in list(world.delivery._in_hand.values()):
            await task
        world.clock.advance(seconds=5)
    world.now()


async def press(world: World, pick: Pick) -> None:
    """Press a button of any message ever sent, in any chat: open what it cites, show it again, say what one thinks of it."""
    if not world.ids:
        return
    id, chat = pick(world.ids[-40:])
    person = pick((chat if chat in PEOPLE else pick(PEOPLE), pick(PEOPLE)))
    viewer = await world.somewhere(pick, person, pick((chat, chat, "")))
    world.say("press", viewer.person, viewer.chat, viewer.topic, id)
    stored = await world.exchanges.get(id, viewer=viewer)
    if stored is None:
        try:
            await world.exchanges.feedback(id, viewer, True, now=world.now())
            await world.exchanges.ask_lead(id, viewer, now=world.now())
        except NotFound as error:
            world.shows(viewer, str(error))
        else:
            raise Leak(f"{viewer.person} judged an answer that they may not see")
        return
    world.oracle.require(viewer.chat == chat, "an answer was opened in another chat than its own")
    world.shows(viewer, f"{stored.question} {stored.answer}")
    await world.exchanges.feedback(id, viewer, pick((True, False)), "不准", now=world.now())
    for one in (*stored.citations, *stored.cases):
        await _open(world, viewer, one.key)


async def open_section(world: World, pick: Pick) -> None:
    """Open a section by its key, whosever it is, as a deep link or a forged button does."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    key = pick((*world.knowledge.all_keys(), "0" * 12))
    world.say("open", viewer.person, viewer.chat, viewer.topic, key)
    await _open(world, viewer, key)


async def _open(world: World, viewer: Viewer, key: str) -> None:
    answers = Answers(world.knowledge)
    try:
        passage = await answers.open(viewer, key)
    except NotFound as error:
        world.shows(viewer, str(error))
        return
    world.shows(viewer, f"{passage.title} {passage.heading} {passage.text}")
    for beside in await answers.neighbours(viewer, key):
        if beside is not None:
            world.shows(viewer, (await answers.open(viewer, beside)).text)


async def suggest(world: World, pick: Pick) -> None:
    """A few words typed, with whatever fits offered; and a section looked up by its number."""
    viewer = await world.somewhere(pick, pick(PEOPLE))
    found = await Answers(world.knowledge).suggest(viewer, pick((*HARMLESS, *ASKED.values())))
    world.shows(viewer, "".join(one.text for one in found))
    try:
        world.shows(
            viewer, (await Answers(world.knowledge).open(viewer, await Answers(world.knowledge).locate(viewer, "1.1"))).text
        )
    except NotFound as error:
        world.shows(viewer, str(error))


async def lead_answers(world: World, pick: Pick) -> None:
    """A question goes to the lead, whose answer comes back to where it was asked, perhaps much later."""
    if not world.ids:
        return
    viewer = await world.somewhere(pick, pick(PEOPLE))
    id, _ = pick(world.ids[-20:])
    try:
        number = await world.exchanges.ask_lead(id, viewer, now=world.now())
    except NotFound:
        return
    stored = await world.exchanges.get(id, viewer=viewer)
    await world.exchanges.lead_message(number, "telegram:-900", number)
    asked = await world.exchanges.lead_question("telegram:-900", number)
    if asked is not None and stored is not None:
        world.say("lead", asked.exchange, asked.chat)
        reply = Message((Part(asked.question), Part(f"组长说可以：{stored.answer.text}")))
        back = Viewer(asked.person, asked.chat, viewer.scope, asked.topic, private=not asked.chat.startswith("telegram:-"))
        await world.send(back, reply, asked.collections)


async def tick(world: World, pick: Pick) -> None:
    """Time passes."""
    world.clock.advance(minutes=pick(MINUTES))
    world.say("it is", world.now().date())


async def set_back(world: World, pick: Pick) -> None:
    """Somebody sets the machine's clock back."""
    world.now()
    world.clock.advance(minutes=-pick(MINUTES))
    world.say("the clock is set back to", world.clock().date())


async def upload(world: World, pick: Pick) -> None:
    """A document comes in, for a merchant that is there or for a team."""
    world.document(pick([m for m in TEAM_OF if m not in world.oracle.gone] + [ONE, TWO]))


async def migrate(world: World, pick: Pick) -> None:
    """A group becomes a supergroup with another id."""
    old = pick(world.groups)
    new = f"telegram:-{1000 + world.steps}"
    world.say("migrate", old, new)
    await world.chats.migrate(old, new)
    await world.outbox.migrate_chat(old, new)
    await world.chats.seen(new, "某群", "supergroup", world.now())
    world.groups[world.groups.index(old)] = new
    oracle = world.oracle
    oracle.bound = {(new if chat == old else chat, topic): bound for (chat, topic), bound in oracle.bound.items()}
    world.ids = [(id, new if chat == old else chat) for id, chat in world.ids]
    world.pending = []  # what is on its way when a group moves is written again


Action = Callable[[World, Pick], Awaitable[None]]
ACTIONS: dict[str, Action] = {
    "ask": ask, "finish": finish, "deliver": deliver, "press": press, "open": open_section, "suggest": suggest,
    "lead": lead_answers, "tick": tick, "set_back": set_back, "upload": upload, "migrate": migrate,
}  # fmt: skip
