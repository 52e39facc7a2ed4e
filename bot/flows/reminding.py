"""What is open and due: said to whoever has to do it, then to the operator, then to the leads, and never again after that.

One message for each person and tick, of all their sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.outgoing import Kind
from bot.domain.session_cards import OpenItem, Reminder
from bot.domain.session_items import Level, SessionItem, next_reminder, numbers, overtaken, timely
from bot.domain.sessions import LiveSession
from bot.flows.pushing import put_off
from bot.flows.session_board import Board, digest, row_of
from bot.storage.cards import Cards, Said
from bot.storage.rhythms import Rhythms


@dataclass(slots=True)
class _Batch:
    """What one tick says to whom, and how far the items have come by that."""

    said: dict[str, list[OpenItem]] = field(default_factory=dict)
    reminded: list[SessionItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReminderDesk:
    """Reminders that go out by themselves."""

    board: Board
    cards: Cards
    rhythms: Rhythms

    async def remind_due(self, now: datetime) -> int:
        """Remind of everything whose time has come; returns how many messages were written down."""
        due = await self.board.items.to_remind(now)
        if not due:
            return 0
        open_ids, batch = await self.board.gate.merchants.open_ids(now), _Batch()
        for id, items in due.items():
            session = await self.board.sessions.known(id)
            if session is not None:
                await self._gather(session, items, batch, now, open_=session.merchant in open_ids)
        said = [await self._said(person, items, now) for person, items in batch.said.items()]
        return await self.cards.push(said, now=now, reminded=batch.reminded)

    async def _gather(
        self, session: LiveSession, items: Sequence[SessionItem], batch: _Batch, now: datetime, *, open_: bool
    ) -> None:
        ready = [one for one in items if timely(session, one)]
        if len(ready) < len(items) or not open_:
            await put_off(self.board, session, items, now, open_=open_)
        if not ready or not open_:
            return
        rhythm, merchant = await self.rhythms.of(session.team), await self.board.merchant(session)
        leads = await self.board.gate.people.managers(session.team, session.merchant)
        all_items, reads = await self.board.items.known(session.id), await self._reads(session, ready, leads)
        numbered = numbers(all_items)
        for item in ready:
            if overtaken(item, all_items, now):
                batch.reminded.append(replace(item, remind_at=None))
                continue
            level, told = _next(item, session.operator, leads, reads)
            for person in told:
                batch.said.setdefault(person, []).append(OpenItem(session, merchant, item, numbered[item.id]))
            after = replace(item, reminded=level)
            batch.reminded.append(replace(after, remind_at=next_reminder(session, after, now, rhythm)))

    async def _reads(self, session: LiveSession, items: Sequence[SessionItem], leads: Sequence[str]) -> set[str]:
        """Who of those that may be reminded may read of the session now."""
        asked = {session.operator, *leads, *(one.person for one in items if one.person)}
        return {one for one in asked if await self.board.reads(session, one, private=True)}

    async def _said(self, person: str, items: Sequence[OpenItem], now: datetime) -> Said:
        named = {one.item.person for one in items} | {one.item.by for one in items}
        names = await self.board.gate.people.names(*sorted(filter(None, named)))
        ordered = sorted(items, key=lambda one: (one.session.go_live, one.session.id, one.number, one.item.slot))
        shown = Reminder(person, ordered, names, now, await self.board.language_of(person))
        key = f"remind:{digest((*one.item.key, one.session.id, one.item.reminded, one.item.remind_at) for one in items)}:{person}"
        merchants = {collection for one in items for collection in one.session.collections}
        return None, row_of(key, person, self.board.views.reminder(shown), now, sorted(merchants), kind=Kind.NOTICE)


def _next(item: SessionItem, operator: str, leads: Sequence[str], reads: set[str]) -> tuple[Level, tuple[str, ...]]:
    """How far the reminder goes this time, and to whom: nobody is reminded twice of the same, nor of what they may not read."""
    steps = (
        (Level.PERSON, [item.person]),
        (Level.OPERATOR, [one for one in [operator] if one != item.person]),
        (Level.LEAD, [one for one in leads if one not in (item.person, operator)]),
    )
    for level, people in steps:
        told = tuple(one for one in people if one in reads)
        if level > item.reminded and told:
            return level, told
    return Level.LEAD, ()
