"""What `copilot run` runs with a token: Telegram, delivery, scheduler and HTTP in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from bot.build import App, Turn, Warm, now, open_app
from bot.build_intake import intake_routes, listening_jobs, listening_over, poll_clock, poll_job, sample_jobs
from bot.build_office import office_over
from bot.build_sessions import checklist_jobs, open_floor, session_jobs, source_ids, tip_jobs
from bot.channels.broken_words import broken
from bot.channels.robots import RobotsChannel
from bot.channels.telegram.app import TelegramBot
from bot.channels.web.calendar import calendar_route
from bot.channels.web.server import serve_http, web_app
from bot.config import Settings
from bot.delivery import Delivery
from bot.domain.access import Scope
from bot.domain.outgoing import ROBOT
from bot.errors import DatabaseTaken, DataFolderBusy
from bot.flows.broken import BrokenDesk
from bot.flows.lost_chats import LostChats
from bot.flows.office import Office
from bot.flows.ports import Channel
from bot.following import FollowedHearing
from bot.jobs import jobs
from bot.metrics import Metrics
from bot.schedule import scheduler
from bot.standby import Standby, StandbyEnded
from bot.storage.cards import Cards
from bot.storage.chats import Chats
from bot.storage.inbox import Inbox
from bot.storage.outbox import Outbox
from bot.storage.rounds import GATHERED
from bot.vitals import Vitals
from knowledge.library import Progress

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, *, stop: asyncio.Event, progress: Progress | None = None, standby: Callable[[str], None] | None = None
) -> None:
    """Serve until `stop` is set. Raises the CopilotError family: a wrong token, a port that is taken, a data folder in use.

    With `standby` a folder or database in use is no error: the process waits for it, and calls `standby` once with who has it.
    """
    if standby is None:
        await _serve(settings, stop, progress)
        return
    while not stop.is_set():
        waiting = Standby(settings, stop, standby)
        try:
            await _serve(settings, stop, progress, await waiting.for_folder(), waiting.for_database)
        except StandbyEnded:
            return
        except (DataFolderBusy, DatabaseTaken) as error:
            log.warning("standby.steps_back", error=str(error))  # a third one was faster, or the database was lost to it
        finally:
            await waiting.close()


async def _serve(
    settings: Settings, stop: asyncio.Event, progress: Progress | None, warm: Warm | None = None, turn: Turn | None = None
) -> None:
    """One time as the owner. `stop` is left alone, so that the process can stand by again when the database is lost."""
    over = asyncio.Event()
    async with open_app(settings, wait_for_index=False, progress=progress, warm=warm, turn=turn) as app:
        chats, outbox, metrics = Chats(app.database), Outbox(app.database), Metrics()
        office = await office_over(app.database, settings, app.collections)
        clock = office.gate.now
        floor = open_floor(
            app.database, office.gate, settings, lambda: app.reference().items, lambda: delivery.notify(),
            lambda: source_ids(app.reference()), app.reference, app.handbook.cases, GATHERED,
        )  # fmt: skip
        telegram = TelegramBot(
            settings, answers=app.answers, reference=app.reference, inbox=Inbox(app.database), outbox=outbox,
            exchanges=app.exchanges, chats=chats, office=office, floor=floor, notify=lambda: delivery.notify(), now=clock,
        )  # fmt: skip
        robots = RobotsChannel(office.robots.robots.address, now, settings.robot_relay)
        delivery = _delivery(settings, app, office, telegram, robots, metrics, floor.tips.desk.passing.look_again)
        vitals = Vitals(app.database, delivery, metrics, clock)
        table = [*jobs(app.database, telegram.tell_endings, clock, settings.zone), *session_jobs(floor, settings), vitals.job]
        broken_desk = BrokenDesk(office.gate.people, Cards(app.database), app.broken, broken, settings.language)
        table += checklist_jobs(office.checklists, broken_desk, lambda: delivery.notify(), clock)
        table += tip_jobs(floor, lambda: delivery.notify(), clock)
        hearing = FollowedHearing(settings.handbook)
        listening = listening_over(app.database, floor.tips, app.reference, hearing)
        # The list takes 110 MB, and words come over HTTP only.
        look = hearing.look if settings.http_port else None
        table += listening_jobs(listening, look, lambda: delivery.notify(), clock)
        fetching = poll_clock(app.database, office.gate, settings, floor.imports.desk, lambda: delivery.notify())
        table += [*sample_jobs(app.database, office.gate, settings, app.reference), poll_job(fetching, office.gate)]
        ticking = scheduler(table, settings.zone)
        delivered = asyncio.Event()
        # Telegram's connections close last: a send that is cut off may have arrived, and would be repeated.
        parts = [telegram.run(delivered), _deliver(delivery, over, delivered), vitals.watch(over), _until(stop, over)]
        if settings.http_port:
            route = telegram.webhook_route()
            intake = intake_routes(floor.imports.desk, listening, settings)
            routes = [calendar_route(floor.calendar.behind), vitals.route, *intake, *([route] if route else [])]
            web = web_app(vitals.health, routes)
            parts.append(serve_http(web, settings.http_host, settings.http_port, over))
        ticking.start()
        try:
            await _together(parts, over)
        finally:
            ticking.shutdown(wait=False)
            floor.pictures.close()
            await fetching.close()
            await robots.close()


def _delivery(
    settings: Settings, app: App, office: Office, telegram: TelegramBot, robots: RobotsChannel, metrics: Metrics,
    tell_failed: Callable[[], None],
) -> Delivery:  # fmt: skip
    """It paces the channels that it is given here."""
    chats, outbox = Chats(app.database), Outbox(app.database)

    async def audience(chat: str, topic: int | None) -> Scope:
        if chat.startswith(f"{ROBOT}:"):
            return await office.robots.audience(chat)
        return await office.gate.audience(chat, topic, private=await chats.is_private(chat))

    async def language(chat: str) -> str:
        if not await chats.is_private(chat):
            return settings.language
        return (await office.gate.people.languages(chat)).get(chat, "")

    lost = LostChats(
        office.gate, chats, outbox, office.robots.robots, lambda: delivery.notify(), office.gate.now, settings.language
    )
    channels: dict[str, Channel] = {"telegram": telegram.channel, ROBOT: robots}
    delivery = Delivery(
        outbox,
        chats,
        channels,
        office.gate.now,
        audience=audience,
        language=language,
        tell_lost=lost.tell,
        observe=metrics.observe,
        tell_failed=tell_failed,
    )
    return delivery


async def _until(stop: asyncio.Event, over: asyncio.Event) -> None:
    """Return when either is set."""
    waiting = [asyncio.create_task(event.wait()) for event in (stop, over)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def _deliver(delivery: Delivery, stop: asyncio.Event, delivered: asyncio.Event) -> None:
    """Deliver until `stop` is set, finish the sends in hand, then set `delivered`."""
    working = asyncio.create_task(delivery.run(), name="delivery")
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        delivery.stop()
        try:
            await working
        finally:
            delivered.set()


async def _together(parts: Sequence[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run parts side by side; the first that ends or fails stops the others, and its error is the one that is raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
