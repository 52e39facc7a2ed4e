"""People, merchants and groups over a real database: two teams, three merchants, eight people, a clock that the test moves."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import lru_cache
from pathlib import Path

from bot.build_sessions import checklists_of
from bot.domain.access import Membership, Merchant, Role, Team
from bot.domain.audit import Deed, Entry
from bot.flows.access import Actor, Gate, SteadyClock
from bot.flows.export import ExportDesk
from bot.flows.library import LibraryDesk
from bot.flows.merchants import MerchantDesk
from bot.flows.office import Office
from bot.flows.outgoing import OutgoingDesk
from bot.flows.robots import RobotDesk
from bot.flows.team import TeamDesk
from bot.intake import inspect
from bot.storage.audit import Trail
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.documents import Documents
from bot.storage.erasure import Erasure
from bot.storage.export import Exports
from bot.storage.groups import Groups
from bot.storage.invitations import Invitations
from bot.storage.library_files import LibraryFiles
from bot.storage.merchants import Authorisation, Merchants
from bot.storage.outbox import Outbox
from bot.storage.outbox_care import OutboxCare
from bot.storage.people import People
from bot.storage.robots import Robots
from tests.delivery_desk import Clock

OWNER, LEAD, OPERATOR, TRAINEE, VIEWER = (f"telegram:{n}" for n in range(1, 6))
"""Of the first team: owner and lead of all, operator and trainee of the first merchant, viewer of it."""
RIVAL, RIVAL_OPERATOR, STRANGER = (f"telegram:{n}" for n in range(6, 9))
"""Owner and operator of the second team, and somebody whom nobody has invited."""
PEOPLE = (OWNER, LEAD, OPERATOR, TRAINEE, VIEWER, RIVAL, RIVAL_OPERATOR, STRANGER)
ONE, TWO = "0000aaaa", "0000bbbb"
"""Teams."""
A, B, C = "000000a1", "000000b1", "000000c1"
"""Merchants: the first two of the first team."""
TEAM_OF = {A: ONE, B: ONE, C: TWO}
NAMES = {A: "云栖茶行", B: "北岸鞋业", C: "青禾童装"}
ROLES = (
    (LEAD, ONE, Role.LEAD, ""),
    (OPERATOR, ONE, Role.OPERATOR, A),
    (TRAINEE, ONE, Role.TRAINEE, A),
    (VIEWER, ONE, Role.VIEWER, A),
    (RIVAL_OPERATOR, TWO, Role.OPERATOR, C),
)
YEAR = timedelta(days=365)
NOWHERE = Path("/nowhere")
"""No documents lie here: who may have any is asked before."""


@dataclass
class Desk:
    """The office over one database."""

    database: Database
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.now = SteadyClock(self.clock, monotonic=lambda: 0.0)  # it goes only as the test moves it
        self.people, self.merchants, self.groups = People(self.database), Merchants(self.database), Groups(self.database)
        self.invitations, self.trail, self.erasure = Invitations(self.database), Trail(self.database), Erasure(self.database)
        self.forgotten: list[str] = []
        desk = MerchantDesk(self.merchants, self.groups, self.erasure, self.forget, self.now)
        documents, files = Documents(self.database), LibraryFiles(NOWHERE)
        gate = Gate(self.people, self.merchants, self.groups, self.trail, self.now)
        self.office = Office(
            gate,
            TeamDesk(self.people, self.invitations, self.trail, self.now),
            desk,
            ExportDesk(desk, Exports(self.database), self.trail, NOWHERE, lambda _: {}, self.now, UTC),
            LibraryDesk(documents, self.people, self.merchants, files, self.trail, inspect, lambda: None, self.now),
            OutgoingDesk(OutboxCare(self.database), Chats(self.database), gate),
            checklists_of(self.database, gate, "zh", "Asia/Shanghai"),
            RobotDesk(Robots(self.database), Outbox(self.database), gate),
        )

    async def forget(self, merchant: str) -> None:
        """Note whose files and index were to be dropped."""
        self.forgotten.append(merchant)

    async def actor(self, person: str, chat: str = "") -> Actor:
        """Somebody with all that they are now, in their private chat unless told otherwise."""
        return await self.office.gate.actor(person, chat or person)

    async def boss(self) -> Actor:
        """Whoever runs commands beside the database."""
        return Actor(await self.people.everything("terminal"), "terminal")

    async def fill(self) -> None:
        """The two teams with everybody and everything, the merchants authorised for a year."""
        await self.people.make_team(Team(ONE, "一队"), OWNER, self.entry(Deed.TEAM_MADE, ONE))
        await self.people.make_team(Team(TWO, "二队"), RIVAL, self.entry(Deed.TEAM_MADE, TWO))
        for person, team, role, merchant in ROLES:
            held = Membership(person, team, role, merchant)
            await self.people.give(held, OWNER, self.entry(Deed.ROLE_GIVEN, held.team))
        for id, team in TEAM_OF.items():
            await self.merchants.add(Merchant(id, team, NAMES[id]), self.entry(Deed.MERCHANT_ADDED, team, id))
            granted = Authorisation(f"{NAMES[id]}店长", OWNER, self.now(), self.now() + YEAR, self.now())
            await self.merchants.authorise(id, granted, self.entry(Deed.AUTHORISED, team, id))

    def entry(self, deed: Deed, team: str = "", merchant: str = "", subject: str = "") -> Entry:
        """A line of the trail, for what storage asks one of."""
        return Entry(self.now(), OWNER, deed, OWNER, team, merchant, subject)


@lru_cache(maxsize=2)
def template(*, filled: bool) -> Path:
    """A database with its tables, and with everybody; copying it is quicker than making one for each test."""
    path = Path(tempfile.mkdtemp(prefix="office-")) / "copilot.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)

    async def make() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{path}")
        if filled:
            await Desk(database).fill()
        await database.close()

    with ThreadPoolExecutor(1) as apart:  # also where a loop is running already
        apart.submit(asyncio.run, make()).result()
    return path


@asynccontextmanager
async def office(folder: Path, *, filled: bool = True) -> AsyncIterator[Desk]:
    """A desk over a new SQLite file in the folder."""
    path = folder / "office.db"
    shutil.copy(template(filled=filled), path)
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        yield Desk(database)
    finally:
        await database.close()
