"""Joins the office: people, merchants, groups, and what is done to them. Apart from build.py: asking needs none of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from bot.build import library_files, now
from bot.build_sessions import checklists_of, open_floor, source_ids
from bot.channels.export_pages import export_pages
from bot.config import Settings
from bot.flows.access import Gate, SteadyClock
from bot.flows.export import ExportDesk
from bot.flows.floor import Floor
from bot.flows.library import LibraryDesk
from bot.flows.merchants import MerchantDesk
from bot.flows.office import Office
from bot.flows.outgoing import OutgoingDesk
from bot.flows.robots import RobotDesk
from bot.flows.team import TeamDesk
from bot.following import Following
from bot.instance import explain
from bot.intake import inspect
from bot.shelves import Collections, forget_beside
from bot.storage.audit import Trail
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.documents import Documents
from bot.storage.erasure import Erasure
from bot.storage.export import Exports
from bot.storage.groups import Groups
from bot.storage.invitations import Invitations
from bot.storage.merchants import Merchants
from bot.storage.outbox import Outbox
from bot.storage.outbox_care import OutboxCare
from bot.storage.people import People
from bot.storage.robots import Robots


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """People, merchants and groups alone, also beside a running copilot: no index is opened. Raises the CopilotError family."""
    async with _beside(settings) as database:
        yield await office_over(database, settings)


@asynccontextmanager
async def open_sessions(settings: Settings) -> AsyncIterator[tuple[Office, Floor]]:
    """The same with live sessions; what is said about them is sent by the copilot that runs over the same data."""
    async with _beside(settings) as database:
        office = await office_over(database, settings)
        content = Following(settings.handbook)
        floor = open_floor(
            database,
            office.gate,
            settings,
            lambda: content.reference().items,
            _nothing,
            lambda: source_ids(content.reference()),
            content.reference,
        )
        yield office, floor


@asynccontextmanager
async def _beside(settings: Settings) -> AsyncIterator[Database]:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise explain(settings.data, error) from error
    database = await Database.open(settings.database, beside=True)
    try:
        yield database
    finally:
        await database.close()


async def office_over(database: Database, settings: Settings, collections: Collections | None = None) -> Office:
    """The office over an open database.

    `collections` are those of the index that this process has open; without them, whoever has it open follows the rows.
    """
    trail = Trail(database)
    clock = SteadyClock(now, await latest(database))
    people, merchants, groups = People(database), Merchants(database), Groups(database)
    files = library_files(settings)
    forget = collections.forget if collections else partial(forget_beside, settings.data, files)
    changed = collections.changed if collections else _nothing

    desk = MerchantDesk(merchants, groups, Erasure(database), forget, clock)
    gate = Gate(people, merchants, groups, trail, clock)
    return Office(
        gate,
        TeamDesk(people, Invitations(database), trail, clock),
        desk,
        ExportDesk(desk, Exports(database), trail, settings.data / "library", export_pages(settings.zone), clock, settings.zone),
        LibraryDesk(Documents(database), people, merchants, files, trail, inspect, changed, clock),
        OutgoingDesk(OutboxCare(database), Chats(database), gate),
        checklists_of(database, gate, settings.language, settings.timezone),
        RobotDesk(Robots(database), Outbox(database), gate),
    )


async def latest(database: Database) -> datetime | None:
    """The newest moment that is known to have been, when nothing is stored yet None."""
    known = (await Trail(database).latest(), await Outbox(database).latest())
    return max((one for one in known if one is not None), default=None)


def _nothing() -> None:
    return
