"""One life of the process: the clock's jobs, the delivery and the people, on a clock that leaps from one thing to the next."""

from __future__ import annotations

import asyncio
import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import func, select

from bot.build_office import latest
from bot.build_sessions import checklist_jobs, checklists_of, open_floor, session_jobs
from bot.config import Settings
from bot.delivery import Waits
from bot.domain.access import Binding, Membership, Role, Scope
from bot.domain.audit import Deed
from bot.domain.checklists import Evidence, Item
from bot.domain.session_items import State
from bot.domain.sessions import Post, Status
from bot.errors import CopilotError, Refused
from bot.flows.access import Gate, SteadyClock
from bot.flows.broken import BrokenDesk
from bot.flows.checklists import ItemName
from bot.flows.floor import Floor
from bot.schedule import Job
from bot.storage.audit import Trail
from bot.storage.cards import Cards
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.groups import Groups
from bot.storage.merchants import Merchants
from bot.storage.outbox import Outbox
from bot.storage.outbox import State as Waiting
from bot.storage.people import People
from bot.storage.session_tables import session_items, sessions
from bot.storage.tables import in_state, outbox
from tests.delivery_desk import CountedDelivery
from tests.office_desk import ONE, OWNER, PEOPLE, A, B
from tests.office_desk import Desk as OfficeDesk
from tests.stories.months.plan import GROUPS, OPERATORS, START, Broadcast, Month, moment
from tests.stories.months.platform import Platform

GRAIN, STEP, LONGEST = 0.05, 1.0, 300.0
"""Seconds: a little more than a bot waits between two sends; the clock's own beat; and the most that is leapt over."""
DILIGENCE = 0.5
"""How many of the cards that are pushed somebody sees to, within twenty minutes."""


class Watch:
    """Seconds after the start, in memory that outlives the process."""

    def __init__(self, path: Path) -> None:
        """The file is made when it is not there."""
        if not path.exists():
            path.write_bytes(struct.pack("d", 0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> float:
        """The time."""
        return float(struct.unpack("d", self._shared[:8])[0])

    def to(self, seconds: float) -> None:
        """Set it."""
        self._shared[:8] = struct.pack("d", seconds)


def url(folder: Path) -> str:
    """The database of a month."""
    return f"sqlite+aiosqlite:///{folder / 'copilot.db'}"


async def found(folder: Path) -> None:
    """Make the database: the team with its people, merchants and groups, everybody known in private, nobody ever disturbed."""
    database = await Database.open(url(folder))
    desk = OfficeDesk(database)
    desk.clock.now = START - timedelta(days=1)
    await desk.fill()
    for person in OPERATORS:
        for merchant in (A, B):
            held = Membership(person, ONE, Role.OPERATOR, merchant)
            await desk.people.give(held, OWNER, desk.entry(Deed.ROLE_GIVEN, ONE))
    chats = Chats(database)
    for person in (*PEOPLE, *OPERATORS):
        await chats.seen(person, person, "private", desk.now())
    for n, group in enumerate(GROUPS):
        merchant = A if n < len(GROUPS) // 2 else B
        await desk.groups.bind(Binding(group, ONE, merchant), desk.entry(Deed.BOUND, ONE, merchant))
        await chats.seen(group, f"群{n}", "supergroup", desk.now())
    await database.close()


@dataclass
class Beat:
    """A job of the clock's table, and when it ran."""

    job: Job
    every: float
    ran: float = float("-inf")


@dataclass
class Life:
    """Everything that `copilot run` joins for sessions, over the month's database and platform."""

    folder: Path
    month: Month
    number: int
    watch: Watch
    handbook: Sequence[Item]
    database: Database
    beats: list[Beat] = field(default_factory=list)
    agenda: list[tuple[float, str, Broadcast]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.platform = Platform(self.folder / "arrivals.jsonl", self.month, self.number, self.watch)
        self.outbox = Outbox(self.database)
        self.plain = [item.id for item in self.handbook if item.evidence is Evidence.NONE]
        self.scope = Scope(frozenset({A, B}))

    async def open(self) -> None:
        """Join the parts."""
        database, settings = self.database, Settings(_env_file=None, data=self.folder)
        self.now = SteadyClock(lambda: self.month.wall(self.watch()), await latest(database), self.watch)
        self.gate = Gate(People(database), Merchants(database), Groups(database), Trail(database), self.now)
        chats = Chats(database)

        async def audience(chat: str, topic: int | None) -> Scope:
            return await self.gate.audience(chat, topic, private=await chats.is_private(chat))

        waits = Waits(poll=3600, send=60, stop=5, storage=1)
        self.delivery = CountedDelivery(self.outbox, chats, {"telegram": self.platform}, self.now, waits, audience)
        self.floor: Floor = open_floor(database, self.gate, settings, lambda: self.handbook, self.delivery.notify)
        self.checklists = checklists_of(database, self.gate, settings.language, settings.timezone)
        broken = BrokenDesk(self.gate.people, Cards(database), lambda: None, _never, settings.language)
        table = [*session_jobs(self.floor, settings), *checklist_jobs(self.checklists, broken, self.delivery.notify, self.now)]
        self.beats = [Beat(job, _every(job)) for job in table]
        async with database.read() as db:
            self.ids = {row.host: row.id for row in await db.execute(select(sessions.c.id, sessions.c.host))}
        self.agenda = sorted(
            ((at, what, one) for one in self.month.broadcasts for at, what in _acts(one)), key=lambda act: act[0]
        )

    async def run(self, until: float) -> None:
        """Live from the watch's time until then, unless killed before."""
        worker = asyncio.create_task(self.delivery.run())
        while (at := self.watch()) < until:
            acted = await self._people(at)
            for beat in self.beats:
                if at - beat.ran >= beat.every - 1e-6:
                    beat.ran = at
                    await beat.job.work()
            sent = await self.delivery.settled(lambda: self.platform.tried)
            step = GRAIN if sent else STEP if acted else await self._leap(at)
            self.watch.to(min(until, at + step))
        self.delivery.stop()
        await worker

    async def _leap(self, at: float) -> float:
        """Seconds until something may happen: whole beats, so that a push is as late as it would be."""
        now = self.now()
        async with self.database.read() as db:
            push = await db.scalar(select(func.min(session_items.c.push_at)).where(session_items.c.pushed_at.is_(None), _open()))
            remind = await db.scalar(select(func.min(session_items.c.remind_at)).where(_open()))
            due = await db.scalar(select(func.min(outbox.c.due_at)).where(in_state(outbox, Waiting.READY)))
        if isinstance(due, datetime) and due <= now:
            return max(GRAIN, min(self.delivery.looks_in, STEP))  # a chat's limit holds it back
        coming = [(one - now).total_seconds() for one in (push, remind, due) if isinstance(one, datetime)]
        coming += [act - at for act, _, _ in self.agenda[:1]]
        coming += [self.month.next_change(at) - at]
        soonest = min((one for one in coming if one > 0), default=LONGEST) if all(one > 0 for one in coming) else STEP
        return max(STEP, float(-(-min(soonest, LONGEST) // STEP)) * STEP)

    async def _people(self, at: float) -> bool:
        """What people do by now; whether they did anything."""
        acted = False
        while self.agenda and self.agenda[0][0] <= at:
            _, what, one = self.agenda.pop(0)
            acted |= await self._act(what, one, at)
        return await self._tick(at) or acted

    async def _act(self, what: str, one: Broadcast, at: float) -> bool:
        id = self.ids.get(one.host)
        if what == "plan":
            if id is not None or at > one.starts:
                return False
            return await self._plan(one)
        stored = await self.floor.ground.sessions.known(id) if id else None
        if stored is None:
            return False
        actor, desk = await self.gate.actor(one.operator, one.operator), self.floor.desk
        starts = moment(one.starts)
        try:
            if what == "move" and stored.status is Status.PLANNED and stored.starts_at == starts:
                await desk.change(actor, stored.id, scope=self.scope, confirmed=True, starts_at=starts + timedelta(hours=1))
            elif what == "cancel" and stored.status is Status.PLANNED:
                await desk.cancel(actor, stored.id, scope=self.scope)
            elif what == "begin" and stored.status is Status.PLANNED:
                await self.floor.running.begin(actor, stored.id, scope=self.scope, override_reason="人都到齐了")
            elif what == "end" and stored.status is Status.LIVE:
                await self.floor.running.end(actor, stored.id, scope=self.scope)
            else:
                return False
        except Refused as refused:
            raise AssertionError(f"{what} {one.host}: {refused}") from refused
        return True

    async def _plan(self, one: Broadcast) -> bool:
        actor = await self.gate.actor(one.operator, one.operator)
        others = [person for person in OPERATORS if person != one.operator]
        posts = (Post("操盘手", one.operator), Post("中控", others[0]), Post("场控", others[1]), Post("主播", "", one.host))
        made = await self.floor.desk.plan(
            actor, one.merchant, moment(one.starts), confirmed=True, host=one.host, length=timedelta(seconds=one.length),
            posts=posts, operator=one.operator, place=(one.chat, None),
        )  # fmt: skip
        assert made is not None
        self.ids[one.host] = made.id
        return True

    async def _tick(self, at: float) -> bool:
        """Most of what is pushed is done in time, by whoever sees it."""
        seen = (session_items.c.pushed_at.is_not(None)) & session_items.c.item.in_(self.plain)
        query = select(session_items, sessions.c.operator).join(sessions, sessions.c.id == session_items.c.session)
        open_ = sessions.c.status.in_([Status.PLANNED.value, Status.LIVE.value, Status.ENDED.value])
        async with self.database.read() as db:
            rows = (await db.execute(query.where(_open(), seen, open_, session_items.c.pushed_at > self.now() - _RECENT))).all()
        acted = False
        for row in rows:
            random = Random(f"{row.session}{row.pushed_at}")  # who sees to one item of a card sees to all
            if random.random() > DILIGENCE or self.now() < row.pushed_at + timedelta(minutes=20 * random.random()):
                continue
            actor = await self.gate.actor(row.operator, row.operator)
            try:
                await self.checklists.desk.tick(actor, self.scope, ItemName(row.session, row.item, row.slot))
            except CopilotError:
                continue  # it belongs to somebody else, or to a stage that is over
            acted = True
        if acted:
            self.delivery.notify()
        return acted


_RECENT = timedelta(minutes=30)


def _open() -> object:
    return session_items.c.state == State.OPEN.value


def _acts(one: Broadcast) -> list[tuple[float, str]]:
    acts = [(one.planned, "plan")]
    if one.moved is not None:
        acts.append((one.moved, "move"))
    if one.cancelled is not None:
        return [*acts, (one.cancelled, "cancel")]
    return [*acts, (one.begins, "begin"), (one.ends, "end")]


def _every(job: Job) -> float:
    assert isinstance(job.trigger, IntervalTrigger)
    return float(job.trigger.interval.total_seconds())


def _never(*_: object) -> object:
    raise AssertionError("nothing is broken here")


async def live(folder: Path, month: Month, number: int, handbook: Sequence[Item]) -> None:
    """Live until the month is over."""
    database = await Database.open(url(folder))
    life = Life(folder, month, number, Watch(folder / "watch"), handbook, database)
    await life.open()
    await life.run(month.end)
    await database.close()
