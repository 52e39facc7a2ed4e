"""Sessions of the past as a rule's replay needs them: what their plan said, what was usual then, and their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.access import Scope
from bot.domain.lookout import watched_of
from bot.domain.order_rows import order_of
from bot.domain.rule_trial import Past
from bot.domain.sessions import LiveSession
from bot.flows.pasts import PastDesk
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

MOST_ROWS = 20_000
"""Rows that are played at most: some ten seconds of one processor for each time."""


@dataclass(frozen=True, slots=True)
class Replays:
    """Reads what is played."""

    sessions: Sessions
    samples: Samples
    pasts: PastDesk

    async def those(self, wanted: Iterable[LiveSession], most: int, *, scope: Scope) -> tuple[list[LiveSession], list[Past]]:
        """The first of these sessions of which there are samples that the scope reaches, at most so many, with their rows."""
        sessions: list[LiveSession] = []
        found: list[Past] = []
        left = MOST_ROWS
        for one in wanted:
            if len(found) == most or left <= 0:
                break
            samples = await self.samples.all(one.id, scope=scope)
            rows = [(sample.at.timestamp(), sample.values) for sample in samples][:left]
            if rows:
                order = order_of(await self.sessions.running_order(one.id, scope=scope))
                before = await self.pasts.before(one, scope=scope)
                sessions.append(one)
                found.append(Past(watched_of(one, order, before), rows))
                left -= len(rows)
        return sessions, found
