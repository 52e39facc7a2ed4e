"""An office over a real database, with a clock that a test can set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import build_office
from bot.build_office import open_office
from bot.config import Settings
from bot.domain.access import Merchant, Role
from bot.flows.access import Actor
from bot.flows.office import Office
from bot.storage.database import Database

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOCAL = "terminal:local"


@dataclass
class Place:
    """An office, its database and its folder."""

    office: Office
    database: Database
    settings: Settings

    async def everything(self) -> Actor:
        """Whoever runs commands beside the database."""
        return Actor(await self.office.gate.people.everything(LOCAL), LOCAL)

    async def actor(self, person: str) -> Actor:
        """Somebody in their private chat."""
        return await self.office.gate.actor(person, person)

    async def founded(self, person: str, name: str = "") -> str:
        """A team that this person has come into as its owner; returns its id."""
        await self.office.gate.people.seen(person, name or person, "zh", self.office.team.now())
        code = await self.office.team.found_code(await self.everything())
        return (await self.office.team.join(await self.actor(person), code)).team.id

    async def joined(self, person: str, team: str, role: Role, merchant: str = "", name: str = "") -> None:
        """Somebody comes in by an invitation."""
        await self.office.gate.people.seen(person, name or person, "zh", self.office.team.now())
        code = await self.office.team.invite(await self.everything(), team, role, merchant)
        await self.office.team.join(await self.actor(person), code)

    async def merchant(self, team: str, name: str) -> Merchant:
        """A merchant that is authorised for 30 days."""
        made = await self.office.merchants.add(await self.everything(), team, name)
        until = self.office.team.now() + timedelta(days=30)
        return await self.office.merchants.authorise(await self.everything(), made.id, until, "店长")


@asynccontextmanager
async def place(folder: Path, monkeypatch: pytest.MonkeyPatch, now: datetime = NOW) -> AsyncIterator[Place]:
    """Open an office in a folder; its clock stands."""
    monkeypatch.setattr(build_office, "now", lambda: now)
    settings = Settings(_env_file=None, data=folder / "data")
    async with open_office(settings) as office:
        database = await Database.open(settings.database)
        try:
            yield Place(office, database, settings)
        finally:
            await database.close()
