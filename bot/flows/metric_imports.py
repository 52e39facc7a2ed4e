"""Tables of live metrics that people send: held, shown for what they are, put in on a word, each row once. Knows no channel."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed
from bot.domain.cells import kind_of
from bot.domain.metric_tables import Columns, Table, best_of, numbered, rows_of, within
from bot.domain.sample_rows import Reading, Reason, Rejected, Rows, read_rows
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.samples import Report, SampleDesk
from bot.flows.session_ground import Ground
from bot.storage.audit import Trail
from bot.storage.metric_drafts import Draft, MetricDrafts

WAITS = timedelta(days=1)
"""How long a table waits to be confirmed."""
BACK, AHEAD = timedelta(days=3), timedelta(days=1)
"""Of which sessions tables are sent: what is over is written up within days, what is to come is tried out the day before."""
STATUSES = (Status.PLANNED, Status.LIVE, Status.ENDED)
_RANK = {Status.LIVE: 0, Status.ENDED: 1, Status.PLANNED: 2}

Readings = Callable[[], Mapping[str, Reading]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a table would come to in a session. `fresh` rows bring something; in `same` all is there already.

    `differing` counts values that are there with another figure, which stays as it came first. `uneven` are numbers of rows
    that have more cells than the header; `refused` names rows by what stands in front of them in the table, and `cells` what
    stood there.
    """

    draft: Draft
    session: LiveSession
    columns: Columns
    samples: tuple[Sample, ...]
    refused: tuple[Rejected, ...]
    cells: Mapping[tuple[int, str], str]
    fresh: int
    same: int
    differing: int
    uneven: tuple[int, ...] = ()
    others: tuple[LiveSession, ...] = ()

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last moment that would be taken, None for none."""
        times = [one.at for one in self.samples]
        return (min(times), max(times)) if times else None


@dataclass(frozen=True, slots=True)
class ImportDesk:
    """Takes tables for sessions that somebody may run. `readings` are the ways to read columns, by source."""

    desk: SampleDesk
    ground: Ground
    drafts: MetricDrafts
    trail: Trail
    readings: Readings
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def candidates(
        self, actor: Actor, chat: str, topic: int | None, *, private: bool, scope: Scope
    ) -> tuple[LiveSession, ...]:
        """Sessions that a table sent here may be of, likeliest first: those of the group, or those that the actor has a post in.

        In private, where somebody has no post, all that they may run.
        """
        now = self.ground.now()
        found = await self.ground.sessions.between(now - BACK, now + AHEAD, scope=scope, statuses=STATUSES)
        may = [one for one in found if actor.access.may(Right.RUN, one.team, one.merchant)]
        if private:
            may = [one for one in may if actor.person in one.people] or may
        else:
            may = [one for one in may if one.chat == chat and one.topic in (None, topic)]
        return tuple(sorted(may, key=lambda one: (_RANK[one.status], abs(one.go_live - now))))

    async def of_group(self, chat: str, topic: int | None, *, scope: Scope) -> tuple[LiveSession, ...]:
        """Sessions of a group that tables are sent of, whoever may run them."""
        now = self.ground.now()
        found = await self.ground.sessions.between(now - BACK, now + AHEAD, scope=scope, statuses=STATUSES)
        return tuple(one for one in found if one.chat == chat and one.topic in (None, topic))

    async def hold(self, actor: Actor, table: Table, candidates: Sequence[LiveSession], name: str = "", said: str = "") -> Draft:
        """Let a table wait for a word, as one of the likeliest of these sessions that its times fit."""
        chosen = candidates[0]
        for one in candidates:
            rows, _, _ = await asyncio.to_thread(self._read, one, table)
            if any(
                one.go_live - timedelta(hours=1) <= sample.at <= one.ends_at + timedelta(hours=1) for _, sample in rows.samples
            ):
                chosen = one
                break
        draft = Draft(secrets.token_hex(4), chosen.id, actor.person, name, self.ground.now(), table, said)
        await self.drafts.add(draft)
        return draft

    async def waiting(self, actor: Actor, id: str, *, scope: Scope) -> tuple[Draft, LiveSession]:
        """What waits, and the session that it would go to. Raises NotFound, Refused."""
        draft = await self.drafts.one(id, scope=scope)
        if draft is None or self.ground.now() - draft.made_at > WAITS:
            raise NotFound("no_metrics_waiting")
        session = await self.ground.one(actor, draft.session, Right.RUN, scope=scope)
        if draft.kept_at is not None:
            raise Refused("metrics_kept")
        return draft, session

    async def preview(self, actor: Actor, id: str, *, scope: Scope, others: Sequence[LiveSession] = ()) -> Preview:
        """What the table that waits would come to. Raises NotFound, Refused."""
        draft, session = await self.waiting(actor, id, scope=scope)
        rows, columns, uneven = await asyncio.to_thread(self._read, session, draft.table)
        samples = tuple(sample for _, sample in rows.samples)
        fresh, differing = await self._compared(session, samples, scope)
        cells = _cells(draft.table, rows.rejected)
        left = tuple(one for one in others if one.id != session.id)
        return Preview(
            draft, session, columns, samples, rows.rejected, cells, fresh, len(samples) - fresh, differing, uneven, left
        )

    async def move(self, actor: Actor, id: str, session: str, *, scope: Scope) -> None:
        """Let the table be of another session. Raises NotFound, Refused."""
        await self.waiting(actor, id, scope=scope)
        other = await self.ground.one(actor, session, Right.RUN, scope=scope)
        if not await self.drafts.move(id, other.id):
            raise Refused("metrics_kept")

    async def keep(self, actor: Actor, id: str, *, scope: Scope) -> tuple[LiveSession, Report]:
        """Put the table in: what is there already stays as it is. Raises NotFound, Refused, StorageError."""
        async with self._turn:  # two who press at once put it in once
            draft, session = await self.waiting(actor, id, scope=scope)
            rows, _, _ = await asyncio.to_thread(self._read, session, draft.table)
            if not rows.samples:
                raise Refused("metrics_nothing")
            report = await self.desk.take(session, rows, by=actor.person, statuses=STATUSES)
            await self.drafts.keep(id, self.ground.now())
            entry = self.ground.entry(actor, Deed.SAMPLES_TAKEN, session, rows=str(report.accepted))
            await self.trail.add(entry)
        return session, report

    async def drop(self, actor: Actor, id: str, *, scope: Scope) -> None:
        """Do without the table. Raises NotFound, Refused."""
        await self.waiting(actor, id, scope=scope)
        await self.drafts.drop(id)

    def _read(self, session: LiveSession, table: Table) -> tuple[Rows, Columns, tuple[int, ...]]:
        """The table as samples of the session; rejections carry the numbers of the table's rows."""
        readings = self.readings()
        source, columns = best_of(table.head, readings)
        numbers, rows = numbered(rows_of(table, columns)[0])
        kinds = {one.id: kind_of(one) for one in self.desk.figures()}
        found = read_rows(rows, kinds, self.desk.bounds(session), within(readings[source], session))
        refused = tuple(
            replace(one, row=numbers[one.row - 1]) for one in found.rejected if one.reason is not Reason.UNKNOWN_METRIC
        )
        return Rows(found.samples, refused), columns, rows_of(table, columns)[1]

    async def _compared(self, session: LiveSession, samples: Sequence[Sample], scope: Scope) -> tuple[int, int]:
        """How many samples bring something, and how many values are there with another figure."""
        if not samples:
            return 0, 0
        first, last = min(one.at for one in samples), max(one.at for one in samples)
        kept = await self.desk.samples.between(session.id, first, last + timedelta(milliseconds=1), scope=scope)
        there = {one.at: dict(one.values) for one in kept}
        fresh = differing = 0
        for one in samples:
            known = there.setdefault(one.at, {})
            fresh += any(name not in known for name in one.values)
            differing += sum(name in known and known[name] != value for name, value in one.values.items())
            known.update({name: value for name, value in one.values.items() if name not in known})
        return fresh, differing


def _cells(table: Table, refused: Sequence[Rejected]) -> dict[tuple[int, str], str]:
    """What stood where something was refused."""
    names = [name.strip() for name in table.head]
    wanted = {(one.row, one.field) for one in refused}
    return {
        (line.number, name): cell.strip()
        for line in table.body
        for name, cell in zip(names, line.cells, strict=False)
        if (line.number, name) in wanted
    }
