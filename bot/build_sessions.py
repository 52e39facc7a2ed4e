"""Joins the parts of live sessions, beside build.py, which joins everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from apscheduler.triggers.interval import IntervalTrigger

from bot.channels.plan_view import PlanView, calendar_entry
from bot.config import Settings
from bot.domain.checklists import Item
from bot.domain.rhythm import Rhythm
from bot.flows.access import Gate
from bot.flows.floor import Floor
from bot.flows.running import Running
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_clock import SessionClock
from bot.flows.session_defaults import Defaults
from bot.flows.session_ground import Ground
from bot.flows.session_news import News
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.following import FollowedWordings
from bot.schedule import Job
from bot.storage.calendar_links import CalendarLinks
from bot.storage.cards import Cards
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.rhythms import Rhythms
from bot.storage.series import SeriesStore
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions

TICK_SECONDS = 20
"""How soon the gate opens, and what has changed is drawn again."""


def open_floor(
    database: Database, gate: Gate, settings: Settings, handbook: Callable[[], Sequence[Item]], notify: Callable[[], None]
) -> Floor:
    """The parts of live sessions over a database; `notify` wakes the delivery of this process, if it has one."""
    news = News(gate.people, gate.merchants, Chats(database), PlanView(), settings.language, notify, gate.now)
    ground = Ground(
        Sessions(database), SessionItems(database), Rhythms(database, Rhythm(settings.timezone)), gate.people, gate.groups,
        handbook, news, gate.now,
    )  # fmt: skip
    running, defaults = Running(ground), Defaults(ground)
    series = SeriesDesk(ground, defaults, SeriesStore(database))
    clock = SessionClock(ground, running, series, Cards(database))
    calendar = CalendarDesk(ground, CalendarLinks(database), partial(calendar_entry, language=settings.language))
    orders = OrderDesk(ground, FollowedWordings(settings.handbook))
    return Floor(ground, SessionDesk(ground, defaults), running, series, orders, calendar, clock)


def session_jobs(floor: Floor, settings: Settings) -> list[Job]:
    """What time does to live sessions, for the scheduler's table."""
    return [Job("sessions", IntervalTrigger(seconds=TICK_SECONDS, timezone=settings.zone), floor.clock.tick)]
