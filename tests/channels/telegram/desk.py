"""The whole Telegram side on one desk: the double, the bot, storage and delivery, over a small handbook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from sqlalchemy import select

from bot.build_sessions import checklists_of, open_floor
from bot.channels.export_pages import export_pages
from bot.channels.telegram.app import TelegramBot
from bot.channels.telegram.channel import account
from bot.config import Settings
from bot.delivery import Delivery
from bot.domain.access import Scope, Viewer
from bot.flows.access import Gate
from bot.flows.answers import Answers
from bot.flows.export import ExportDesk
from bot.flows.library import LibraryDesk
from bot.flows.merchants import MerchantDesk
from bot.flows.office import Office
from bot.flows.outgoing import OutgoingDesk
from bot.flows.ports import ChatModel
from bot.flows.reference import Reference
from bot.flows.robots import RobotDesk
from bot.flows.team import TeamDesk
from bot.intake import inspect
from bot.storage.answers import Exchanges
from bot.storage.audit import Trail
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.documents import Documents
from bot.storage.erasure import Erasure
from bot.storage.export import Exports
from bot.storage.groups import Groups
from bot.storage.inbox import Inbox
from bot.storage.invitations import Invitations
from bot.storage.library_files import LibraryFiles
from bot.storage.merchants import Merchants
from bot.storage.outbox import Outbox
from bot.storage.outbox_care import OutboxCare
from bot.storage.people import People
from bot.storage.robots import Robots
from bot.storage.tables import exchanges
from tests.channels.telegram.handbook import SmallHandbook
from tests.double import TelegramDouble
from tests.paper_reference import REFERENCE
from tests.running_clock import RunningClock

now = RunningClock()
"""The clock of every desk and of the Telegram around it; each test finds it at the same time of day."""


@dataclass
class Desk:
    """One copilot and the Telegram around it; `start` and `stop` may be called again and again."""

    double: TelegramDouble
    database: Database
    folder: Path
    handbook: SmallHandbook = field(default_factory=SmallHandbook)
    settings: dict[str, object] = field(default_factory=dict)
    reference: Reference = REFERENCE
    model: ChatModel | None = None

    def __post_init__(self) -> None:
        self.inbox, self.outbox = Inbox(self.database), Outbox(self.database)
        self.exchanges, self.chats = Exchanges(self.database), Chats(self.database)
        self.people, self.merchants, self.groups = People(self.database), Merchants(self.database), Groups(self.database)
        self.trail = Trail(self.database)
        self.gate = Gate(self.people, self.merchants, self.groups, self.trail, now)
        team = TeamDesk(self.people, Invitations(self.database), self.trail, now)
        merchants = MerchantDesk(self.merchants, self.groups, Erasure(self.database), self.forget, now)
        exports = ExportDesk(merchants, Exports(self.database), self.trail, self.folder / "library", export_pages(UTC), now, UTC)
        self.files = LibraryFiles(self.folder / "library")
        library = LibraryDesk(
            Documents(self.database), self.people, self.merchants, self.files, self.trail, inspect, self.reindexed, now
        )
        outgoing = OutgoingDesk(OutboxCare(self.database), self.chats, self.gate)
        robots = RobotDesk(Robots(self.database), self.outbox, self.gate)
        checklists = checklists_of(self.database, self.gate, "zh", "Asia/Shanghai")
        self.office = Office(self.gate, team, merchants, exports, library, outgoing, checklists, robots)
        self.floor = open_floor(
            self.database, self.gate, self.everything, lambda: self.reference.items, lambda: self.delivery.notify(),
            reference=lambda: self.reference, shelf=lambda scope: self.handbook.cases(scope),
        )  # fmt: skip
        self.changes = 0
        self.forgotten: list[str] = []
        self.bot: TelegramBot | None = None

    def reindexed(self) -> None:
        """Count how often the index was to be brought in step."""
        self.changes += 1

    async def forget(self, merchant: str) -> None:
        """Note which merchants' files and index were to be dropped."""
        self.forgotten.append(merchant)

    async def audience(self, chat: str, topic: int | None) -> Scope:
        """What may be shown in a chat now, as the product decides it."""
        return await self.gate.audience(chat, topic, private=await self.chats.is_private(chat))

    async def language(self, chat: str) -> str:
        """What is spoken in a chat, as the product decides it."""
        if not await self.chats.is_private(chat):
            return self.everything.language
        return (await self.people.languages(chat)).get(chat, "")

    @property
    def account(self) -> str:
        return account(self.double.token)

    @property
    def everything(self) -> Settings:
        values = {"telegram_bot_token": self.double.token, "telegram_api_url": self.double.url, "data": self.folder}
        # Tests ask faster than people; the pace has tests of its own.
        values |= {"person_per_minute": 10_000, "chat_per_minute": 10_000}
        return Settings(_env_file=None, **(values | self.settings))

    def make(self) -> TelegramBot:
        """A bot that is not started, and the delivery that goes with it."""

        async def turns(viewer: Viewer) -> tuple[str, ...]:
            return await self.exchanges.turns(viewer, now=now())

        self.bot = TelegramBot(
            self.everything,
            answers=Answers(self.handbook, turns, self.model),
            reference=lambda: self.reference,
            inbox=self.inbox,
            outbox=self.outbox,
            exchanges=self.exchanges,
            chats=self.chats,
            office=self.office,
            floor=self.floor,
            notify=lambda: self.delivery.notify(),
            now=now,
        )
        channels = {"telegram": self.bot.channel}
        self.delivery = Delivery(
            self.outbox, self.chats, channels, now, audience=self.audience, language=self.language,
            tell_failed=self.floor.tips.desk.passing.look_again,
        )  # fmt: skip
        return self.bot

    async def start(self) -> TelegramBot:
        """The bot, polling, and the delivery, running."""
        bot = self.make()
        await bot.start()
        self.delivering = asyncio.create_task(self.delivery.run())
        return bot

    async def stop(self) -> None:
        """Everything that runs, stopped in order."""
        if self.bot is None:
            return
        await self.bot.stop()
        self.delivery.stop()
        await self.delivering
        self.bot = None

    async def questions(self) -> list[str]:
        """Every question on record, oldest first."""
        async with self.database.read() as db:
            return list(await db.scalars(select(exchanges.c.question).order_by(exchanges.c.number)))

    async def settled(self, seconds: float = 10) -> None:
        """Wait until every update is handled and every message is sent."""
        async with asyncio.timeout(seconds):
            while True:
                # In the order in which things move on, or something could pass between two looks.
                waiting = bool(self.double.updates.pending) or (await self.inbox.counts()).get("waiting")
                outbox = await self.outbox.counts()
                if not (waiting or outbox.get("ready") or outbox.get("sending")):
                    return
                await asyncio.sleep(0.02)
