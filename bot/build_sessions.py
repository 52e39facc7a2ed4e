"""Joins the parts of live sessions, beside build.py, which joins everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from apscheduler.triggers.interval import IntervalTrigger

from bot.build_metrics import imports_over, samples_over
from bot.channels.leaving_words import LeavingView
from bot.channels.nudge_views import TipViews
from bot.channels.panel_pictures import PanelViews
from bot.channels.plan_view import PlanView, calendar_entry
from bot.channels.present_view import present_text
from bot.channels.session_cards import SessionCards
from bot.channels.suggestion_view import weekly_message
from bot.config import Settings
from bot.content.own_rules import appended, read_own
from bot.domain.checklists import Item
from bot.domain.own_rules import Own, Sheet
from bot.domain.rhythm import Rhythm
from bot.flows.access import Gate
from bot.flows.broken import BrokenDesk
from bot.flows.checklists import ChecklistDesk
from bot.flows.effects import EffectDesk
from bot.flows.feeds import FeedDesk
from bot.flows.floor import Floor
from bot.flows.leaving import Leaving
from bot.flows.lists import ListDesk
from bot.flows.live import Checklists
from bot.flows.near_cases import NearCases, Shelf, no_shelf
from bot.flows.nudge_news import NudgeNews
from bot.flows.nudges import NudgeDesk
from bot.flows.own_rules import RuleDesk
from bot.flows.panels import PanelDesk
from bot.flows.passing_on import PassingOn
from bot.flows.pasts import PastDesk
from bot.flows.polling import PollDesk
from bot.flows.present import PresentDesk
from bot.flows.pushing import PushDesk
from bot.flows.reference import Reference
from bot.flows.reminding import ReminderDesk
from bot.flows.replays import Replays
from bot.flows.rhythms import RhythmDesk
from bot.flows.rulebooks import Rulebooks
from bot.flows.running import Running
from bot.flows.session_board import Board
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_clock import SessionClock
from bot.flows.session_defaults import Defaults
from bot.flows.session_ground import Ground
from bot.flows.session_news import News
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.flows.suggesting import Suggesting
from bot.flows.suggestions import SuggestionDesk
from bot.flows.tip_charts import ChartDesk
from bot.flows.tip_places import TipPlaces
from bot.flows.tips import TipDesk
from bot.following import FollowedWordings
from bot.schedule import Apart, Job
from bot.storage.calendar_links import CalendarLinks
from bot.storage.cards import Cards
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.effects import Effects
from bot.storage.feeds import Feeds
from bot.storage.nudges import Nudges
from bot.storage.outbox import Outbox
from bot.storage.own_rules import OwnRules
from bot.storage.pasts import Pasts
from bot.storage.polls import Polls
from bot.storage.rhythms import Rhythms
from bot.storage.robots import Robots
from bot.storage.samples import Samples
from bot.storage.series import SeriesStore
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions
from bot.storage.suggestions import Suggestions
from bot.storage.tip_charts import TipCharts

TICK_SECONDS = 20
"""How soon the gate opens, and what has changed is drawn again."""


def open_floor(
    database: Database, gate: Gate, settings: Settings, handbook: Callable[[], Sequence[Item]], notify: Callable[[], None],
    sources: Callable[[], Collection[str]] = tuple, reference: Callable[[], Reference] = Reference, shelf: Shelf = no_shelf,
    every: float = 0.0,
) -> Floor:  # fmt: skip
    """The parts of live sessions over a database; `notify` wakes the delivery of this process, if it has one.

    `sources` are the names of the handbook's mappings of foreign columns; `reference` are the rules to watch by, `shelf` gives
    the past cases, and `every` is how many seconds apart rounds of storing and deciding begin.
    """
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
    leaving = Leaving(ground, Cards(database), LeavingView())
    feeds, samples = FeedDesk(Feeds(database), ground.sessions, gate, sources), Samples(database)
    tips = tips_of(database, gate, settings.language, reference, notify, shelf, every)
    panels, pictures = PanelDesk(tips.news.board, samples, tips.news.books, tips.desk.pasts), PanelViews()
    charts, rules = ChartDesk(tips, panels, pictures, TipCharts(database)), rules_of(database, gate, tips.desk)
    taking = samples_over(database, gate, reference, tips.desk.observe, every)
    return Floor(
        ground, SessionDesk(ground, defaults), running, series, orders, calendar, clock, leaving, feeds, samples, tips, panels,
        pictures, charts, rules, PresentDesk(tips, samples, present_text), imports_over(database, ground, taking, reference),
        PollDesk(feeds, Polls(database), settings.poll_allowed), 
        *suggestions_of(database, rules, settings.language, settings.timezone, notify),
    )  # fmt: skip


def tips_of(
    database: Database, gate: Gate, language: str, reference: Callable[[], Reference], notify: Callable[[], None],
    shelf: Shelf = no_shelf, every: float = 0.0,
) -> TipDesk:  # fmt: skip
    """Live sessions watched, and what people do with the tips that come of it."""
    nudges, sessions, samples = Nudges(database), Sessions(database), Samples(database)
    board = Board(sessions, SessionItems(database), gate, SessionCards(), language)
    books, cases, effects = Rulebooks(reference, OwnRules(database), read_sheet), NearCases(shelf), Effects(database)
    places = TipPlaces(board, Chats(database), Robots(database))
    news = NudgeNews(
        board, places, Cards(database), nudges, Feeds(database), TipViews(), books, notify, gate.now, effects, cases
    )  # fmt: skip
    measuring = EffectDesk(effects, nudges, sessions, samples, books, gate.now)
    pasts = PastDesk(Pasts(database), samples, sessions, reference, gate.now)
    return TipDesk(NudgeDesk(sessions, samples, nudges, pasts, news, books, measuring, PassingOn(news), every), news)


def rules_of(database: Database, gate: Gate, desk: NudgeDesk) -> RuleDesk:
    """What leads do to their own rules; `desk` watches by them."""
    replays = Replays(Sessions(database), Samples(database), desk.pasts, desk.books)
    return RuleDesk(OwnRules(database), desk.books, gate, Sessions(database), replays, read_sheet, appended)


def suggestions_of(
    database: Database, rules: RuleDesk, language: str, zone: str, notify: Callable[[], None]
) -> tuple[Suggesting, SuggestionDesk]:
    """What the clock proposes about rules, and what leads do with it."""
    store, rhythms = Suggestions(database), Rhythms(database, Rhythm(zone))
    suggesting = Suggesting(
        store, Effects(database), rules.replays, rules, rhythms, rules.gate, weekly_message, language,
        Apart("proposals", rules.gate.now), Outbox(database),
    )  # fmt: skip
    return suggesting, SuggestionDesk(store, rules, Nudges(database), rules.gate, suggesting, notify)


def read_sheet(sheet: Sheet, letter: str, reference: Reference) -> Own:
    """A sheet of own rules, over a handbook."""
    return read_own(sheet, letter, reference.rules, reference.metrics, reference.inputs)


def tip_jobs(floor: Floor, notify: Callable[[], None], clock: Callable[[], datetime]) -> list[Job]:
    """What the clock does about tips: each second a feed's silence, a tip that nobody takes, messages that are old; each minute
    what tips that were acted on came to, what is kept of sessions that are over, and whether a week's proposals are due.

    Charts are a job of their own: no tip waits until one is drawn.
    """
    second, tips = IntervalTrigger(seconds=1), floor.tips

    async def look() -> None:
        if await tips.desk.tick(clock()) + await tips.news.redraw(clock()):
            notify()

    async def draw() -> None:
        if await floor.charts.tick(clock()):
            notify()

    async def measure() -> None:
        await tips.desk.effects.measure_effects(clock())

    async def keep() -> None:
        await tips.desk.pasts.keep_due()

    async def propose() -> None:
        if await floor.suggesting.redraw_due(clock()) + await floor.suggesting.propose_due(clock()):
            notify()

    minute = IntervalTrigger(minutes=1)
    return [
        Job("tips", second, look), Job("tip charts", second, draw), Job("effects", minute, measure), Job("pasts", minute, keep),
        Job("proposals", minute, propose),
    ]  # fmt: skip


def source_ids(reference: Reference) -> list[str]:
    """The names of the handbook's mappings of foreign columns."""
    return [one.id for one in reference.sources]


def session_jobs(floor: Floor, settings: Settings) -> list[Job]:
    """What time does to live sessions, for the scheduler's table."""
    return [Job("sessions", IntervalTrigger(seconds=TICK_SECONDS, timezone=settings.zone), floor.clock.tick)]


def checklists_of(database: Database, gate: Gate, language: str, zone: str) -> Checklists:
    """What people and the clock do with checklists of sessions; teams without quiet hours of their own live in `zone`."""
    cards, rhythms = Cards(database), Rhythms(database, Rhythm(zone))
    board = Board(Sessions(database), SessionItems(database), gate, SessionCards(), language)
    return Checklists(
        ChecklistDesk(board, cards, rhythms, gate.now),
        ListDesk(board, cards, gate.now),
        PushDesk(board, cards, rhythms),
        ReminderDesk(board, cards, rhythms),
        RhythmDesk(rhythms, board.sessions, board.items, gate.now),
    )


def checklist_jobs(
    checklists: Checklists, broken_desk: BrokenDesk, notify: Callable[[], None], clock: Callable[[], datetime]
) -> list[Job]:
    """What the clock does about checklists: most of it each second, because a push is due to the second."""

    def told(work: Callable[[datetime], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            if await work(clock()):
                notify()

        return run

    second, minute = IntervalTrigger(seconds=1), IntervalTrigger(minutes=1)
    return [
        Job("push", second, told(checklists.pushing.push_due)),
        Job("remind", second, told(checklists.reminding.remind_due)),
        Job("redraw", second, told(checklists.pushing.redraw)),
        Job("handover", minute, told(checklists.hand_over_due)),
        Job("broken", minute, told(broken_desk.tell)),
    ]
