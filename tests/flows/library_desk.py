"""A library with its people on a real database: two teams, three merchants, and somebody in every position."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.access import Membership, Merchant, Role, Team
from bot.domain.audit import Deed, Entry
from bot.domain.documents import Kept, Seen
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.library import LibraryDesk
from bot.storage.audit import Trail
from bot.storage.database import Database
from bot.storage.documents import Documents
from bot.storage.erasure import Erasure
from bot.storage.library_files import LibraryFiles
from bot.storage.merchants import Authorisation, Merchants
from bot.storage.people import People

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
TEAM, OTHER_TEAM = "aaaa0001", "aaaa0002"
SOAP, SILK, TEA = "bbbb0001", "bbbb0002", "bbbb0003"
"""Merchants: two of the team, the last of the other team."""
OWNER, LEAD, SOAP_LEAD, SOAP_VIEWER, OPERATOR, OTHER = "t:1", "t:2", "t:3", "t:4", "t:5", "t:6"
STRANGER = "t:99"
TEXT = "# 12 货盘\n\n## 12.1 定价\n\n香皂的毛利是三十七个点。\n".encode()


async def paper_inspect(name: str, path: Path) -> Seen:
    """Knows text files only, and refuses what begins with MZ."""
    content = await asyncio.to_thread(path.read_bytes)
    if content.startswith(b"MZ"):
        raise Refused("file_program", found="EXE")
    return Seen(name.rpartition("/")[2], "text", "货盘", content.count(b"##"), ("12.1 定价",), None, len(content))


@dataclass
class LibraryOnADesk:
    """The desk, and whoever comes to it."""

    database: Database
    folder: Path
    now: datetime = NOW
    changes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.people, self.merchants = People(self.database), Merchants(self.database)
        self.trail, self.erasure = Trail(self.database), Erasure(self.database)
        self.documents, self.files = Documents(self.database), LibraryFiles(self.folder / "library")
        self.desk = LibraryDesk(
            self.documents, self.people, self.merchants, self.files, self.trail, paper_inspect, self.changed, lambda: self.now
        )

    def changed(self) -> None:
        self.changes += 1

    async def fill(self) -> None:
        """Teams, merchants with their authorisations, and everybody's roles."""
        for team, owner in ((TEAM, OWNER), (OTHER_TEAM, OTHER)):
            await self.people.make_team(Team(team, f"团队{team[-1]}"), owner, self.entry(Deed.TEAM_MADE))
        for id, team, name in ((SOAP, TEAM, "香皂铺"), (SILK, TEAM, "丝绸庄"), (TEA, OTHER_TEAM, "茶行")):
            await self.merchants.add(Merchant(id, team, name), self.entry(Deed.MERCHANT_ADDED))
            granted = Authorisation("店长", OWNER, NOW - timedelta(days=1), NOW + timedelta(days=30), NOW)
            await self.merchants.authorise(id, granted, self.entry(Deed.AUTHORISED))
        for person, role, merchant in (
            (LEAD, Role.LEAD, ""), (SOAP_LEAD, Role.LEAD, SOAP), (SOAP_VIEWER, Role.VIEWER, SOAP), (OPERATOR, Role.OPERATOR, ""),
        ):  # fmt: skip
            await self.people.give(Membership(person, TEAM, role, merchant), OWNER, self.entry(Deed.ROLE_GIVEN))

    def entry(self, deed: Deed) -> Entry:
        return Entry(self.now, OWNER, deed)

    async def actor(self, person: str) -> Actor:
        return Actor(await self.people.access(person), person)

    async def add(self, name: str, content: bytes, merchant: str = "", *, person: str = LEAD, team: str = TEAM) -> Kept:
        """Send a file and confirm it."""
        actor = await self.actor(person)
        waiting = await self.desk.look(actor, content, name)
        return await self.desk.confirm(actor, waiting.id, team, merchant)

    def lies(self, collection: str) -> dict[str, bytes]:
        """What counts now, as files."""
        folder = self.files.current(collection)
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
