"""What the clock does about checklists: it pushes what is due and draws again what has changed.

What is due is a row, and a push is one transaction: a tick can be missed, repeated, or killed half-way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.session_items import REMIND_SOONEST, SessionItem, State, next_reminder, timely
from bot.domain.sessions import LiveSession
from bot.flows.session_board import Board, digest, edit_of
from bot.storage.cards import CardKind, Cards, Said, StaleCard
from bot.storage.rhythms import Rhythms

CLOSED_AGAIN = timedelta(minutes=10)
"""How soon what could not be pushed is tried again: the merchant's authorisation may be renewed."""


@dataclass(frozen=True, slots=True)
class PushDesk:
    """Cards that go out by themselves, and stay true."""

    board: Board
    cards: Cards
    rhythms: Rhythms

    async def push_due(self, now: datetime) -> int:
        """Push every item whose time has come: a card for the group and one for each person in charge of some of them.

        Returns how many messages were written down.
        """
        due = await self.board.items.to_push(now)
        open_ids = await self.board.gate.merchants.open_ids(now) if due else frozenset()
        written = 0
        for id in due:
            session = await self.board.sessions.known(id)
            if session is not None:
                written += await self._push(session, now, open_=session.merchant in open_ids)
        return written

    async def redraw(self, now: datetime) -> int:
        """Write down the edit of every card that was sent and shows something old; returns how many."""
        stale = await self.cards.stale(CardKind.ITEMS)
        for one in stale:
            await self._redraw(one, now)
        return len(stale)

    async def _push(self, session: LiveSession, now: datetime, *, open_: bool) -> int:
        items = await self.board.items.known(session.id)
        due = [one for one in items if one.state is State.OPEN and one.pushed_at is None and one.push_at and one.push_at <= now]
        ready = [one for one in due if timely(session, one)]
        if len(ready) < len(due) or not open_:
            await put_off(self.board, session, due, now, open_=open_)
        if not ready or not open_:
            return 0
        said = await self._said(session, ready, now)
        if not said:  # nobody may read it at this moment
            await put_off(self.board, session, due, now, open_=False)
            return 0
        rhythm = await self.rhythms.of(session.team)
        # Whoever gets late what was due already is not reminded of it in the same breath.
        later = [
            replace(one, remind_at=next_reminder(session, one, now, rhythm))
            for one in ready
            if one.remind_at is not None and one.remind_at < now + REMIND_SOONEST
        ]
        return await self.cards.push(said, now=now, pushed=ready, reminded=later, of=session)

    async def _said(self, session: LiveSession, ready: Sequence[SessionItem], now: datetime) -> list[Said]:
        name = f"items:{session.id}:{digest(one.key for one in ready)}"
        theirs: dict[str, list[SessionItem]] = {}
        keeper, people = await self._keeper(session), {one.person for one in ready if one.person}
        able = {one for one in people if await self.board.reads(session, one, private=True)}
        for one in ready:
            theirs.setdefault(one.person if one.person in able else keeper, []).append(one)
        said: list[Said] = []
        if session.chat and await self.board.reads(session, session.chat, session.topic, private=False):
            said.append(await self.board.said(name, session, ready, session.chat, session.topic, now))
        else:  # somebody has to see all of it
            theirs[keeper] = list(ready)
        for person, items in theirs.items():
            if person:
                said.append(await self.board.said(f"{name}:{person}", session, items, person, None, now))
        return said

    async def _keeper(self, session: LiveSession) -> str:
        """Who sees to what nobody else can: the operator, or a lead; empty when none of them may read it any more."""
        leads = await self.board.gate.people.managers(session.team, session.merchant)
        for person in (session.operator, *leads):
            if await self.board.reads(session, person, private=True):
                return person
        return ""

    async def _redraw(self, stale: StaleCard, now: datetime) -> None:
        card = stale.card
        session = await self.board.sessions.known(card.session)
        if session is None:
            return
        found = {one.key: one for one in await self.board.items.known(card.session)}
        items = [found[key] for key in card.items if key in found]
        message = await self.board.drawn(session, items, now, card.language)
        await self.cards.redraw(card, edit_of(stale, session, message, now))


async def put_off(board: Board, session: LiveSession, due: Sequence[SessionItem], now: datetime, *, open_: bool) -> None:
    """Take what cannot be pushed or reminded of out of the clock's way: for good where its time is over, else for a while."""
    keys, again = {one.key for one in due}, now + CLOSED_AGAIN

    def otherwise(item: SessionItem) -> SessionItem:
        if item.key not in keys:
            return item
        if not timely(session, item):
            return replace(item, push_at=item.push_at if item.pushed_at else None, remind_at=None)
        if open_:
            return item
        push_at = again if item.pushed_at is None and item.push_at is not None and item.push_at < again else item.push_at
        return replace(item, push_at=push_at, remind_at=item.remind_at and max(again, item.remind_at))

    await board.items.retime(session.id, lambda items: map(otherwise, items))
