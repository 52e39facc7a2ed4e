"""Lists that somebody asks for: what a session is at, one's own open items, and the hand-over when shifts change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import Right, Scope
from bot.domain.session_cards import HandOver, ItemNote
from bot.domain.session_items import SessionItem, State, numbers, timely
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound
from bot.flows.access import Actor, Clock
from bot.flows.checklists import visible
from bot.flows.session_board import Board, row_of
from bot.storage.cards import Card, Cards

RECENT = timedelta(days=7)
"""So long after its end a session's list is still somebody's business: its last items are due in days."""
SHIFT = timedelta(hours=4)
LONG = timedelta(hours=6)
"""Sessions of at least this length have shifts."""


@dataclass(frozen=True, slots=True)
class ListDesk:
    """What is open and what was done. `scope` is always that of the chat in which somebody asks."""

    board: Board
    cards: Cards
    now: Clock

    async def sessions(
        self, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool
    ) -> tuple[LiveSession, ...]:
        """The sessions whose lists are somebody's business here: the group's, or in private those with own items.

        The one that people are busy with comes first.
        """
        since, sessions = self.now() - RECENT, self.board.sessions
        if private:
            found = await sessions.concerning(actor.person, scope=scope, since=since)
        else:
            found = await sessions.recent_in(chat, topic, scope=scope, since=since)
        readable = [one for one in found if actor.access.may(Right.READ, one.team, one.merchant)]
        return tuple(sorted(readable, key=_urgency))

    async def listed(
        self, actor: Actor, scope: Scope, session: str, *, mine: bool
    ) -> tuple[LiveSession, tuple[SessionItem, ...]]:
        """What a session is at: the items of its stage and what is open before it; all of them or the actor's own open ones."""
        found, now = await visible(self.board, actor, scope, session), self.now()
        items = [
            one
            for one in await self.board.items.of(session, scope=scope)
            if (timely(found, one) or (one.pushed_at and not one.settled)) and _begun(one, now)
        ]
        return found, tuple(one for one in items if not mine or (one.person == actor.person and not one.settled))

    async def send(self, actor: Actor, scope: Scope, key: str, session: str, chat: str, topic: int | None, *, mine: bool) -> bool:
        """Write such a list down as a card for the chat; False where nothing is on it. Raises NotFound."""
        found, items = await self.listed(actor, scope, session, mine=mine)
        if not items:
            return False
        now = self.now()
        await self.cards.push([await self.board.said(f"list:{session}:{key}", found, items, chat, topic, now)], now=now)
        return True

    async def card(self, actor: Actor, scope: Scope, key: str) -> tuple[Card, tuple[SessionItem, ...], dict[str, int]]:
        """The card whose message has this key, with its items as they are now and their numbers by id. Raises NotFound."""
        card = await self.cards.at(key)
        if card is None:
            raise NotFound("no_session")
        await visible(self.board, actor, scope, card.session)
        found = {one.key: one for one in await self.board.items.of(card.session, scope=scope)}
        return card, tuple(found[key] for key in card.items if key in found), numbers(found.values())

    async def handover(self, actor: Actor, scope: Scope, session: str, language: str) -> HandOver:
        """What the next shift has to know, as it is now. Raises NotFound."""
        found, now = await visible(self.board, actor, scope, session), self.now()
        return await handing_over(self.board, found, now - SHIFT, now, language)


async def hand_over_due(board: Board, cards: Cards, now: datetime) -> int:
    """For the clock: write down the hand-over of every long session whose shift has changed; returns how many were new."""
    written = 0
    for session in await board.sessions.open_at(now, reach=timedelta(0)):
        shift = (now - session.go_live) // SHIFT
        if session.status is not Status.LIVE or session.length < LONG or shift < 1:
            continue
        chat, topic, private = (session.chat, session.topic, False) if session.chat else (session.operator, None, True)
        if not await board.reads(session, chat, topic, private=private):
            continue
        change = session.go_live + shift * SHIFT
        shown = await handing_over(board, session, change - SHIFT, now, await board.language_of(chat))
        row = row_of(f"handover:{session.id}:{shift}", chat, board.views.handover(shown), now, session.collections, topic=topic)
        written += await cards.push([(None, row)], now=now, of=session)
    return written


async def handing_over(board: Board, session: LiveSession, since: datetime, now: datetime, language: str) -> HandOver:
    """The open items that have begun, what was done since then, and what was said."""
    items = await board.items.known(session.id)
    notes = await board.items.notes(session.id, scope=Scope(frozenset({session.merchant})))
    said = _said_since(items, notes, since)
    done = [one for one in items if one.settled and one.at is not None and one.at >= since]
    still_open = [one for one in items if not one.settled and timely(session, one) and _begun(one, now)]
    people = {one for item in (*done, *still_open) for one in (item.person, item.by, item.proof)}
    names = await board.gate.people.names(*sorted(filter(None, people | {note.person for _, note in said})))
    return HandOver(
        session, await board.merchant(session), tuple(still_open), tuple(sorted(done, key=lambda one: one.at or since)), said,
        names, since, now, language,
    )  # fmt: skip


def _said_since(
    items: Sequence[SessionItem], notes: dict[tuple[str, int], tuple[ItemNote, ...]], since: datetime
) -> list[tuple[SessionItem, ItemNote]]:
    found = [(item, note) for item in items for note in notes.get(item.key, ()) if note.at >= since or not item.settled]
    return sorted(found, key=lambda pair: pair[1].at)


def _begun(item: SessionItem, now: datetime) -> bool:
    """Of what comes back only the first and what has been pushed: the slots of later hours are nobody's business yet."""
    return item.slot == 0 or item.pushed_at is not None or item.state is not State.OPEN or (item.push_at or now) < now


def _urgency(session: LiveSession) -> tuple[int, float]:
    """Live ones first, then what comes next, then what ended last."""
    order = {Status.LIVE: 0, Status.PLANNED: 1}
    seconds = session.go_live.timestamp()
    return order.get(session.status, 2), seconds if session.status in order else -seconds
