"""Who is told of tips and gaps: rows for the outbox, to be stored together with what they tell of. Knows no platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.access import Scope
from bot.domain.feeds import Gap, Return
from bot.domain.messages import Message
from bot.domain.outgoing import Kind, expiry
from bot.domain.sessions import LiveSession
from bot.domain.tips import Blind, FeedKind, Sighted, Tip
from bot.flows.access import Clock
from bot.flows.near_cases import NearCases, case_name
from bot.flows.ports import NudgeViews
from bot.flows.rulebooks import Rulebooks
from bot.flows.session_board import Board, digest, edit_of, row_of
from bot.flows.tip_facts import figures_named, moment, tip_of
from bot.storage.cards import Card, CardKind, Cards, Said, StaleCard
from bot.storage.effects import Effects
from bot.storage.feeds import Feeds
from bot.storage.nudges import Nudges, StoredTip
from knowledge.types import Passage

Place = tuple[str, int | None]
"""A qualified chat and a topic."""


@dataclass(frozen=True, slots=True)
class NudgeNews:
    """Messages about tips. `notify` wakes the delivery."""

    board: Board
    cards: Cards
    nudges: Nudges
    feeds: Feeds
    views: NudgeViews
    books: Rulebooks
    notify: Callable[[], None]
    now: Clock
    effects: Effects
    cases: NearCases = field(default_factory=NearCases)

    async def tip(self, session: LiveSession, stored: StoredTip, now: datetime) -> list[Said]:
        """A new tip, for the session's group; nothing where nobody may read it."""
        place, tip = await self.place(session), await self.shown(stored, session)
        if place is None or tip is None:
            return []
        chat, topic = place
        language = await self.board.language_of(chat)
        # A tip is about its own moment: a feed that brings an hour at once tells of nothing that is long past.
        expires = expiry(Kind.TIP, stored.decided_at)
        message = self.views.tip(tip, now, language)
        return [self._card(f"tip:{stored.id}", session, stored, chat, topic, message, language, now, expires)]

    async def urgent(self, stored: StoredTip, now: datetime) -> list[Said]:
        """What the operator is told of a tip that nobody took; nothing where it went to them in the first place, or where they
        have judged it: whoever said that it is of no use has looked."""
        session = await self.board.sessions.known(stored.session)
        if (
            session is None
            or stored.useless_by == session.operator
            or await self.place(session) in (None, (session.operator, None))
        ):
            return []
        tip = await self.shown(stored, session)
        if tip is None or not await self.board.reads(session, session.operator, private=True):
            return []
        chat = session.operator
        language = await self.board.language_of(chat)
        message = self.views.escalation(tip, now, language)
        return [self._card(f"tip-urgent:{stored.id}", session, stored, chat, None, message, language, now, expiry(Kind.TIP, now))]

    async def blind(self, session: LiveSession, gap: Gap) -> list[Said]:
        """That the feed, or some of its figures, is silent."""
        return await self._about(session, _key("blind", session, gap), self._blind(await self._feed(session), session, gap))

    async def sighted(self, session: LiveSession, back: Return) -> list[tuple[str, Said]]:
        """That it is back, each with the key of what it answers."""
        gap = self._blind(await self._feed(session), session, back)
        said = await self._about(session, _key("sighted", session, back), Sighted(gap, moment(back.at)))
        return [(_key("blind", session, back), one) for one in said]

    async def redraw(self, now: datetime) -> int:
        """Write down the edit of every message that shows a tip as it was; returns how many."""
        stale = await self.cards.stale(CardKind.TIP)
        for one in stale:
            await self._redraw(one, now)
        return len(stale)

    async def shown(self, stored: StoredTip, session: LiveSession) -> Tip | None:
        """A tip as people see it; None where its rule is in the handbook no more."""
        people = {stored.acked_by, stored.useless_by, *(post.person for post in session.posts)} - {""}
        names = await self.board.gate.people.names(*sorted(people))
        case, reference = await self.case(stored, session), await self.books.naming(session)
        merchant, named = await self.board.merchant(session), case_name(case) if case else ""
        tip = tip_of(stored, session, merchant, names, reference, named)
        if tip is None or stored.acked_at is None:
            return tip
        return replace(tip, effects=await self.effects.of(stored.id, scope=Scope(frozenset({session.merchant}))))

    async def case(self, stored: StoredTip, session: LiveSession) -> Passage | None:
        """The past case that fits a tip best, by its first section; None for none."""
        reference = await self.books.naming(session)
        rule = reference.rule(stored.rule)
        together = [one for id in stored.figures["together"] if (one := reference.rule(id)) is not None]
        return None if rule is None else await self.cases.nearest(session, rule, together)

    async def place(self, session: LiveSession) -> Place | None:
        """Where a session's tips go: its group, else its operator; None where neither may read them."""
        if session.chat and await self.board.reads(session, session.chat, session.topic, private=False):
            return session.chat, session.topic
        if await self.board.reads(session, session.operator, private=True):
            return session.operator, None
        return None

    async def _redraw(self, stale: StaleCard, now: datetime) -> None:
        card = stale.card
        session = await self.board.sessions.known(card.session)
        stored = await self.nudges.known(card.items[0][0]) if card.items else None
        tip = await self.shown(stored, session) if session and stored else None
        if session is not None and tip is not None:
            message = self.views.tip(tip, now, card.language)
            await self.cards.redraw(card, edit_of(stale, session, message, now))

    async def _about(self, session: LiveSession, key: str, told: Blind | Sighted) -> list[Said]:
        place, now = await self.place(session), self.now()
        if place is None:
            return []
        merchant, (chat, topic) = await self.board.merchant(session), place
        language = await self.board.language_of(chat)
        if isinstance(told, Blind):
            message = self.views.blind(Blind(session, merchant, told.feed, told.kind, told.since, told.missing), now, language)
        else:
            gap = told.blind
            named = Blind(session, merchant, gap.feed, gap.kind, gap.since, gap.missing)
            message = self.views.sighted(Sighted(named, told.back), now, language)
        return [(None, row_of(key, chat, message, now, session.collections, kind=Kind.TIP, topic=topic))]

    def _blind(self, feed: tuple[str, FeedKind], session: LiveSession, gap: Gap | Return) -> Blind:
        missing = figures_named(gap.fields, self.books.handbook())
        return Blind(session, "", *feed, moment(gap.begin), missing)

    async def _feed(self, session: LiveSession) -> tuple[str, FeedKind]:
        """What the feed is called that brought something last, and how it comes."""
        name, fetched = await self.feeds.latest(session.team, session.id)
        return name, FeedKind.FETCHED if fetched else FeedKind.PUSHED

    def _card(
        self, key: str, session: LiveSession, stored: StoredTip, chat: str, topic: int | None, message: Message, language: str,
        now: datetime, expires: datetime,
    ) -> Said:  # fmt: skip
        card = Card(key, session.id, chat, topic, CardKind.TIP, ((stored.id, 0),), language)
        row = row_of(key, chat, message, now, session.collections, kind=Kind.TIP, topic=topic, expires_at=expires)
        return card, row


def _key(word: str, session: LiveSession, gap: Gap | Return) -> str:
    """One message for each gap, whoever notices it and however often."""
    part = f":{digest((name,) for name in gap.fields)}" if gap.fields else ""
    return f"{word}:{session.id}:{gap.begin:.3f}{part}"
