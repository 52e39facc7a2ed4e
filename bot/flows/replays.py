"""Sessions of the past as a rule's replay needs them: what their plan said, what was usual then, and their rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.access import Scope
from bot.domain.lookout import Row, watched_of
from bot.domain.order_rows import order_of
from bot.domain.peers import in_force
from bot.domain.rule_trial import Past
from bot.domain.sessions import LiveSession
from bot.flows.pasts import PastDesk
from bot.flows.rulebooks import Rulebooks
from bot.storage.sample_blocks import unpacked
from bot.storage.samples import Blocks, Samples
from bot.storage.sessions import Sessions

MOST_ROWS = 20_000
"""Rows that are played at most: some five seconds of one processor for each time."""
LONGEST = timedelta(days=3)
"""No session is on for longer: one that nobody ends is ended six hours after its plan."""


@dataclass(frozen=True, slots=True)
class Replays:
    """Reads what is played."""

    sessions: Sessions
    samples: Samples
    pasts: PastDesk
    books: Rulebooks

    async def those(self, wanted: Iterable[LiveSession], most: int, *, scope: Scope) -> tuple[list[LiveSession], list[Past]]:
        """The first of these sessions of which there are samples that the scope reaches, at most so many, with their rows."""
        sessions: list[LiveSession] = []
        found: list[Past] = []
        left = MOST_ROWS
        for one in wanted:
            if len(found) == most or left <= 0:
                break
            blocks = await self.samples.blocks(one.id, one.go_live + LONGEST, scope=scope)
            rows = (await asyncio.to_thread(_rows, blocks))[:left]
            if rows:
                order = order_of(await self.sessions.running_order(one.id, scope=scope))
                before = await self.pasts.before(one, scope=scope)
                sessions.append(one)
                peers = in_force((await self.books.of(one)).peers, self.pasts.now())
                found.append(Past(replace(watched_of(one, order, before), peers=peers), rows))
                left -= len(rows)
        return sessions, found


def _rows(blocks: Blocks) -> list[Row]:
    return [(sample.at.timestamp(), sample.values) for minute, block in blocks for sample in unpacked(minute, block)]
