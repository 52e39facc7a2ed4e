"""Telling the leads, once, that what somebody changed in the metrics, rules or checklists cannot be read. Knows no channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.flows.session_board import row_of
from bot.storage.cards import Cards
from bot.storage.people import People


@dataclass(frozen=True, slots=True)
class Broken:
    """One version of the content with errors. `lines` name file, line and what is wrong; `kept`: the version before it is used.

    `version` tells it from every other state of the files.
    """

    version: str
    lines: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class BrokenDesk:
    """Who is told of it: everybody who manages a team."""

    people: People
    cards: Cards
    broken: Callable[[], Broken | None]
    worded: Callable[[Broken, str], Message]
    language: str

    async def tell(self, now: datetime) -> int:
        """Write one message to each lead for the version that is broken now; returns how many were new."""
        found = self.broken()
        if found is None:
            return 0
        leads = await self.people.all_managers()
        languages = await self.people.languages(*leads)
        said = [
            (None, row_of(f"broken:{found.version}:{one}", one, self.worded(found, languages.get(one, self.language)), now, (),
                          kind=Kind.NOTICE))
            for one in leads
        ]  # fmt: skip
        return await self.cards.push(said, now=now) if said else 0
