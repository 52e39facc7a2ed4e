"""The office of `office_desk` with live sessions: a checklist of seven items, and words that say what happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.build_metrics import imports_over, samples_over
from bot.build_sessions import rules_of, suggestions_of, tips_of
from bot.channels.leaving_words import LeavingView
from bot.channels.panel_pictures import PanelViews
from bot.channels.present_view import present_text
from bot.domain.access import Binding, Scope
from bot.domain.audit import Deed
from bot.domain.checklists import Due, Evidence, Item, Stage, Variant
from bot.domain.messages import Message, text
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import SessionItem, State
from bot.domain.sessions import LiveSession
from bot.flows.feeds import FeedDesk
from bot.flows.floor import Floor
from bot.flows.leaving import Leaving
from bot.flows.panels import PanelDesk
from bot.flows.polling import PollDesk
from bot.flows.ports import Names
from bot.flows.present import PresentDesk
from bot.flows.reference import Reference
from bot.flows.running import Running
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_clock import SessionClock
from bot.flows.session_defaults import Defaults
from bot.flows.session_ground import Ground
from bot.flows.session_news import News
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.flows.tip_charts import ChartDesk
from bot.storage.calendar_links import CalendarLinks
from bot.storage.cards import Cards
from bot.storage.chats import Chats
from bot.storage.feeds import Feeds
from bot.storage.polls import Polls
from bot.storage.rhythms import Rhythms
from bot.storage.samples import Samples
from bot.storage.series import SeriesStore
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions
from bot.storage.tables import outbox
from bot.storage.tip_charts import TipCharts
from tests.office_desk import NAMES, ONE, OPERATOR, OWNER, PEOPLE, A, office
from tests.office_desk import Desk as OfficeDesk

GROUP = "telegram:-100"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def item(id: str, stage: Stage, due: Due, role: str = "中控", **changes: Any) -> Item:
    """An item of every variant but the brand's."""
    values: dict[str, Any] = {
        "text": f"做{id}", "why": "出过事", "evidence": Evidence.NONE, "number": "", "blocking": False, "section": "12.1"
    } | changes  # fmt: skip
    variants = (Variant.DAILY, Variant.CAMPAIGN, Variant.FIRST)
    return Item(id, stage, role=role, due=dict.fromkeys(variants, due), **values)


ITEMS = (
    item("B01", Stage.BEFORE, Due(-86_400), "操盘手", blocking=True),
    item("B02", Stage.BEFORE, Due(-3600), blocking=True),
    item("B03", Stage.BEFORE, Due(-1800)),
    item("D01", Stage.DURING, Due(600)),
    item("D02", Stage.DURING, Due(1800, every=1800), "场控"),
    item("A01", Stage.AFTER, Due(1800, from_end=True)),
    item("A02", Stage.AFTER, Due(86_400, from_end=True), "数据员"),
)
BRAND = Item("B09", Stage.BEFORE, "做B09", "中控", "出过事", Evidence.NONE, "", False, "12.1", {Variant.BRAND: Due(-3600)})


class PlainWords:
    """Says what happened in as few words as possible."""

    def planned(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text(f"planned {names.merchant} {session.host} {session.starts_at:%d %H:%M}")

    def repeated(self, sessions: Sequence[LiveSession], names: Names, now: datetime, language: str) -> Message:
        return text(f"repeated {' '.join(f'{one.starts_at:%d}' for one in sessions)}")

    def changed(self, before: LiveSession, after: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text(f"changed {before.starts_at:%d %H:%M} {before.host} -> {after.starts_at:%d %H:%M} {after.host}")

    def cancelled(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text(f"cancelled {session.starts_at:%d %H:%M}")

    def gate(
        self, session: LiveSession, missing: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        return text(f"gate {','.join(one.id for one in missing)}")

    def overridden(
        self, session: LiveSession, items: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        assert session.override is not None
        return text(f"overridden {','.join(one.id for one in items)} {session.override.reason}")

    def not_begun(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text("not begun?")

    def not_ended(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text("not ended?")

    def ended_late(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        return text("ended late")


@dataclass
class Desk:
    """Sessions over the office's database. Everybody in it has written to the bot in private."""

    office: OfficeDesk
    handbook: list[Item] = field(default_factory=lambda: [*ITEMS, BRAND])
    reference: Reference = field(default_factory=Reference)

    def __post_init__(self) -> None:
        database, gate = self.office.database, self.office.office.gate
        self.chats, self.items, self.sessions = Chats(database), SessionItems(database), Sessions(database)
        news = News(gate.people, gate.merchants, self.chats, PlainWords(), "zh", lambda: None, gate.now)
        rhythms = Rhythms(database, Rhythm())
        ground = Ground(
            self.sessions, self.items, rhythms, gate.people, gate.groups, lambda: self.handbook, news, gate.now
        )  # fmt: skip
        running, defaults = Running(ground), Defaults(ground)
        self.cards = Cards(database)
        series = SeriesDesk(ground, defaults, SeriesStore(database))
        clock = SessionClock(ground, running, series, self.cards)
        calendar = CalendarDesk(ground, CalendarLinks(database), lambda one, merchant: (f"{merchant} {one.host}", ""))
        orders = OrderDesk(ground, tuple)
        leaving = Leaving(ground, self.cards, LeavingView())
        feeds = FeedDesk(Feeds(database), self.sessions, gate, lambda: ["kuaishou-board"])
        tips = tips_of(database, gate, "zh", lambda: self.reference, lambda: None)
        panels = PanelDesk(tips.news.board, Samples(database), tips.news.books, tips.desk.pasts, tips.news.nudges)
        samples = samples_over(database, gate, lambda: self.reference, tips.desk.observe)
        rules = rules_of(database, gate, tips.desk)
        self.floor = Floor(
            ground, SessionDesk(ground, defaults), running, series, orders, calendar, clock, leaving, feeds, Samples(database),
            tips, panels, PanelViews(), ChartDesk(tips, panels, PanelViews(), TipCharts(database)),
            rules, PresentDesk(tips, Samples(database), present_text),
            imports_over(database, ground, samples, lambda: self.reference), PollDesk(feeds, Polls(database)),
            *suggestions_of(database, rules, "zh", "Asia/Shanghai", lambda: None),
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.office.now()

    async def scope(self, person: str = OPERATOR) -> Scope:
        """What somebody may read alone."""
        return (await self.office.people.access(person)).scope(self.now)

    async def greet(self, *people: str) -> None:
        """These people have written in private."""
        for person in people:
            await self.chats.seen(person, person, "private", self.now)

    async def bind(self, chat: str = GROUP, merchant: str = A, team: str = ONE, topic: int = 0) -> None:
        """Bind a group."""
        await self.office.groups.bind(Binding(chat, team, merchant, topic), self.office.entry(Deed.BOUND, team, merchant))
        await self.chats.seen(chat, f"{NAMES.get(merchant, '')}群", "supergroup", self.now)

    async def planned(self, *, by: str = OPERATOR, merchant: str = A, ahead: timedelta = 2 * DAY, **what: Any) -> LiveSession:
        """A session that starts so far ahead."""
        actor = await self.office.actor(by)
        made = await self.floor.desk.plan(actor, merchant, self.now + ahead, **({"host": "小雨", "length": 3 * HOUR} | what))
        assert made is not None
        return made

    async def done(self, session: LiveSession, *ids: str) -> None:
        """These items are ticked."""
        async with self.office.database.write() as db:
            from sqlalchemy import update

            from bot.storage.session_tables import session_items as rows

            here = (rows.c.session == session.id) & rows.c.item.in_(ids)
            await db.execute(update(rows).where(here).values(state=State.DONE.value, by=OPERATOR, at=self.now))

    async def stored(self, session: LiveSession) -> LiveSession:
        """The session as it is now."""
        found = await self.sessions.known(session.id)
        assert found is not None
        return found

    async def said(self) -> list[tuple[str, str]]:
        """Every message written down and not sent yet, oldest first: chat and text."""
        async with self.office.database.read() as db:
            rows = await db.execute(select(outbox.c.chat, outbox.c.message).order_by(outbox.c.id))
            return [(row.chat, Message.from_json(row.message).plain) for row in rows if row.message]


@asynccontextmanager
async def floor(folder: Path) -> AsyncIterator[Desk]:
    """A desk over a new SQLite file in the folder."""
    async with office(folder) as opened:
        desk = Desk(opened)
        await desk.greet(*PEOPLE, OWNER)
        yield desk
