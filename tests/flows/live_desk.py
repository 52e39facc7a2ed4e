"""Sessions with their checklists over a real database: a group, people with posts, a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.channels.session_cards import SessionCards
from bot.domain.access import Binding, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Item
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import SessionItem, laid_out, moved
from bot.domain.sessions import LiveSession, Post, Status
from bot.flows.access import Actor
from bot.flows.checklists import ChecklistDesk, ItemName
from bot.flows.lists import ListDesk
from bot.flows.pushing import PushDesk
from bot.flows.reminding import ReminderDesk
from bot.flows.rhythms import RhythmDesk
from bot.flows.session_board import Board
from bot.storage.cards import Cards
from bot.storage.outbox import Outbox, OutboxItem
from bot.storage.rhythms import Rhythms
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions
from bot.storage.tables import outbox
from tests.domain.live import ZONE, at, session
from tests.office_desk import NAMES, ONE, OPERATOR, PEOPLE, TRAINEE, A, Desk, office

GROUP = "telegram:-100"
ANYBODY = Scope(frozenset(NAMES))


@dataclass
class LiveDesk:
    """The flows of checklists at the desk of the office."""

    office: Desk

    def __post_init__(self) -> None:
        database = self.office.database
        self.sessions, self.items, self.cards = Sessions(database), SessionItems(database), Cards(database)
        self.rhythms, self.outbox = Rhythms(database, Rhythm(ZONE)), Outbox(database)
        self.board = Board(self.sessions, self.items, self.office.office.gate, SessionCards(), "zh")
        self.push = PushDesk(self.board, self.cards, self.rhythms)
        self.remind = ReminderDesk(self.board, self.cards, self.rhythms)
        self.checklists = ChecklistDesk(self.board, self.cards, self.rhythms, self.office.now)
        self.lists = ListDesk(self.board, self.cards, self.office.now)
        self.rhythm = RhythmDesk(self.rhythms, self.sessions, self.items, self.office.now)

    def set(self, moment: datetime) -> datetime:
        """Move the clock there."""
        self.office.clock.now = moment
        return moment

    async def plan(self, *items: Item, rhythm: Rhythm | None = None, **changes: object) -> LiveSession:
        """Store a session that is planned, in the group unless told otherwise."""
        values: dict[str, object] = {"merchant": A, "operator": OPERATOR, "chat": GROUP, "posts": (Post("主播", TRAINEE),)}
        values["planned_at"] = at(6)
        made = session(**(values | changes))
        laid = laid_out(made, items, rhythm or await self.rhythms.of(made.team))
        assert await self.sessions.add(made, laid, self.entry(made))
        return made

    async def become(self, made: LiveSession, *items: Item, **changes: object) -> LiveSession:
        """Store a change of the session, its items laid out anew."""
        new = replace(made, revision=made.revision + 1, **changes)  # type: ignore[arg-type]
        laid = laid_out(new, items, await self.rhythms.of(new.team))
        assert await self.sessions.save(new, lambda old: moved(old, laid), self.entry(new))
        return new

    async def live(self, *items: Item, **changes: object) -> LiveSession:
        """Store a session and let it go live when it shall."""
        made = await self.plan(*items, **changes)
        return await self.become(made, *items, status=Status.LIVE, began_at=made.starts_at)

    def entry(self, of: LiveSession) -> Entry:
        """A line of the trail."""
        return Entry(self.office.now(), OPERATOR, Deed.REFUSED, OPERATOR, of.team, of.merchant, of.id)

    async def written(self) -> list[OutboxItem]:
        """All that waits to be sent, oldest first."""
        far = self.office.now() + timedelta(seconds=1)
        return sorted(await self.outbox.due(now=far, limit=1000), key=lambda one: one.id)

    async def rows_of_outbox(self) -> list[Any]:
        """Every message, sent or not, oldest first."""
        async with self.office.database.read() as db:
            return list(await db.execute(select(outbox).order_by(outbox.c.id)))

    async def to(self, chat: str) -> list[Message]:
        """What waits to be sent to a chat, oldest first."""
        return [one.message for one in await self.written() if one.chat == chat]

    async def deliver(self) -> list[OutboxItem]:
        """Send all that waits; what was not an edit gets a message id, which is its row's."""
        sent = await self.written()
        for one in sent:
            await self.outbox.sent(one.id, (one.edit_of or one.id,), now=self.office.now())
        return sent

    async def one(self, made: LiveSession, id: str, slot: int = 0) -> SessionItem:
        """An item as it is now."""
        return next(one for one in await self.items.known(made.id) if one.key == (id, slot))

    async def tick(self, person: str, made: LiveSession, id: str, slot: int = 0) -> object:
        """Somebody ticks an item in the group."""
        return await self.checklists.tick(await self.actor(person), ANYBODY, ItemName(made.id, id, slot))

    async def actor(self, person: str, chat: str = GROUP) -> Actor:
        """Somebody in the group, unless told otherwise."""
        return await self.office.actor(person, chat)

    async def rows(self, table: object) -> list[tuple[object, ...]]:
        """Everything in a table."""
        async with self.office.database.read() as db:
            return [tuple(row) for row in await db.execute(select(table))]  # type: ignore[call-overload]


@asynccontextmanager
async def live_desk(folder: Path) -> AsyncIterator[LiveDesk]:
    """A desk at six in the morning of the session's day; everybody has written once, the group is bound to the merchant."""
    async with office(folder) as opened:
        opened.clock.now = at(6)
        for person, name in zip(PEOPLE, ("老板", "组长", "小操", "小雅", "阿看", "对手", "对操", "路人"), strict=True):
            await opened.people.seen(person, name, "zh", opened.now())
        await opened.groups.bind(Binding(GROUP, ONE, A), opened.entry(Deed.BOUND, ONE, A))
        yield LiveDesk(opened)


def kinds(sent: Iterable[OutboxItem]) -> list[tuple[str, Kind]]:
    """To whom what kind of message goes."""
    return [(one.chat, one.kind) for one in sent]
