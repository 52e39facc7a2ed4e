"""Who is told of tips and gaps: rows for the outbox, to be stored together with what they tell of. Knows no platform."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from bot.flows.tip_places import Place, Rung, TipPlaces, missed, rung_of
from bot.storage.cards import Card, CardKind, Cards, FailedCard, Said, StaleCard
from bot.storage.effects import Effects
from bot.storage.feeds import Feeds
from bot.storage.nudges import Nudges, StoredTip
from knowledge.types import Passage

TIP, URGENT, BLIND, SIGHTED = "tip", "tip-urgent", "blind", "sighted"
"""How the keys of messages begin."""
BEYOND = ">"
"""In a key, what stands before the chat where it is not the first that the message was written for."""


@dataclass(frozen=True, slots=True)
class NudgeNews:
    """Messages about tips. `notify` wakes the delivery."""

    board: Board
    places: TipPlaces
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
        """A new tip, for the session's group, or for whom it is told to instead; nothing where nobody may read it."""
        places, tip = await self.places.first(session), await self.shown(stored, session)
        if not places or tip is None:
            return []
        # A tip is about its own moment: a feed that brings an hour at once tells of nothing that is long past.
        expires = expiry(Kind.TIP, stored.decided_at)
        key = f"{TIP}:{stored.id}"
        said = [await self._tip(key_for(key, n, place), session, tip, place, now, expires) for n, place in enumerate(places)]
        if robots := await self.places.beside(session):
            message = self.views.tip(tip, now, self.board.language)
            said += [self._robot(key, robot, session, message, now, expires) for robot in robots]
        return said

    async def urgent(self, stored: StoredTip, now: datetime) -> list[Said]:
        """What the operator, or who leads where they are not reached, is told of a tip that nobody took; nothing where it went to
        them in the first place."""
        session = await self.board.sessions.known(stored.session)
        if session is None:
            return []
        told = await self.cards.showing(session.id, stored.id)
        places, tip = await self.places.first(session, Rung.GROUP), await self.shown(stored, session)
        if tip is None or any(chat in told for chat, _ in places):
            return []
        key, expires, stood = f"{URGENT}:{stored.id}", expiry(Kind.TIP, now), told.get(session.chat, False)
        return [
            await self._tip(key_for(key, n, place), session, tip, place, now, expires, stood=stood)
            for n, place in enumerate(places)
        ]

    async def blind(self, session: LiveSession, gap: Gap) -> list[Said]:
        """That the feed, or some of its figures, is silent."""
        return await self._about(session, _key(BLIND, session, gap), gap, await self.places.first(session))

    async def sighted(self, session: LiveSession, back: Return) -> list[tuple[str, Said]]:
        """That it is back, each with the key of what it answers."""
        said = await self._about(session, _key(SIGHTED, session, back), back, await self.places.first(session))
        return [(_key(BLIND, session, back), one) for one in said]

    async def elsewhere(self, failed: FailedCard, now: datetime) -> list[Said]:
        """What could not be sent to a chat, for those who come next; nothing where there is nobody, or they know already."""
        card = failed.card
        session = await self.board.sessions.known(card.session)
        if session is None or session.over:
            return []
        places = await self.places.first(session, rung_of(session, card.chat))
        base = card.key.partition(BEYOND)[0]
        if card.kind is CardKind.GAP:
            gap = _gap_of(card)
            if isinstance(gap, Return):  # who never heard of the gap need not hear that it is over
                blind = _key(BLIND, session, gap)
                places = tuple([one for one in places if await self.cards.at(f"{blind}{BEYOND}{one[0]}")])
            return await self._about(session, base, gap, places, until=failed.expires_at)
        stored = await self.nudges.known(card.items[0][0])
        tip = await self.shown(stored, session) if stored else None
        if tip is None:
            return []
        told = await self.cards.showing(session.id, tip.id)
        return [
            await self._tip(
                f"{base}{BEYOND}{place[0]}", session, tip, place, now, failed.expires_at, stood=told.get(session.chat, False)
            )
            for place in places
            if place[0] not in told
        ]

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

    async def _redraw(self, stale: StaleCard, now: datetime) -> None:
        card = stale.card
        session = await self.board.sessions.known(card.session)
        stored = await self.nudges.known(card.items[0][0]) if card.items else None
        tip = await self.shown(stored, session) if session and stored else None
        if session is not None and tip is not None:
            message = self.views.tip(tip, now, card.language, missed(session, card.chat, after=_meant(card.key)))
            await self.cards.redraw(card, edit_of(stale, session, message, now))

    async def _about(
        self, session: LiveSession, key: str, gap: Gap | Return, places: Sequence[Place], *, until: datetime | None = None
    ) -> list[Said]:
        """Of a gap, or that it is over, to all these places; what failed where it was to go is worth saying `until` then."""
        if not places:
            return []
        now, merchant = self.now(), await self.board.merchant(session)
        blind = replace(self._blind(await self._feed(session), session, gap), merchant=merchant)
        robots = () if until else await self.places.beside(session)
        said: list[Said] = []
        for number, (chat, topic) in enumerate((*places, *((robot, None) for robot in robots))):
            robot = chat in robots
            language = self.board.language if robot else await self.board.language_of(chat)
            if isinstance(gap, Gap):
                message = self.views.blind(blind, now, language, None if robot else missed(session, chat))
            else:
                message = self.views.sighted(Sighted(blind, moment(gap.at)), now, language)
            if robot:
                said.append(self._robot(key, chat, session, message, now))
                continue
            own = f"{key}{BEYOND}{chat}" if until else key_for(key, number, (chat, topic))
            back = int(gap.at) if isinstance(gap, Return) else 0
            items = tuple((name, back) for name in gap.fields or ("",))
            card = Card(own, session.id, chat, topic, CardKind.GAP, items, language)
            row = row_of(own, chat, message, now, session.collections, kind=Kind.TIP, topic=topic, expires_at=until)
            said.append((card, row))
        return said

    def _blind(self, feed: tuple[str, FeedKind], session: LiveSession, gap: Gap | Return) -> Blind:
        missing = figures_named(gap.fields, self.books.handbook())
        return Blind(session, "", *feed, moment(gap.begin), missing)

    async def _feed(self, session: LiveSession) -> tuple[str, FeedKind]:
        """What the feed is called that brought something last, and how it comes."""
        name, fetched = await self.feeds.latest(session.team, session.id)
        return name, FeedKind.FETCHED if fetched else FeedKind.PUSHED

    async def _tip(
        self, key: str, session: LiveSession, tip: Tip, place: Place, now: datetime, expires: datetime, *, stood: bool = False
    ) -> Said:
        """A tip, or what is said of one that nobody took, for one chat."""
        (chat, topic), after = place, _meant(key)
        language, instead = await self.board.language_of(chat), missed(session, chat, after=after)
        if after is Rung.GROUP:
            message = self.views.tip(tip, now, language, instead)
        else:
            message = self.views.escalation(tip, now, language, instead, stood=stood)
        card = Card(key, session.id, chat, topic, CardKind.TIP, ((tip.id, 0),), language)
        row = row_of(key, chat, message, now, session.collections, kind=Kind.TIP, topic=topic, expires_at=expires)
        return card, row

    def _robot(
        self, key: str, robot: str, session: LiveSession, message: Message, now: datetime, expires: datetime | None = None
    ) -> Said:
        row = row_of(f"{key}@{robot}", robot, message, now, session.collections, kind=Kind.TIP, expires_at=expires)
        return None, row


def key_for(key: str, number: int, place: Place) -> str:
    """The key of what goes to one of several places: the first has the key itself, by which others find it."""
    return f"{key}{BEYOND}{place[0]}" if number else key


def _meant(key: str) -> Rung:
    """Whom a message was meant for in the first place."""
    return Rung.OPERATOR if key.startswith(f"{URGENT}:") else Rung.GROUP


def _gap_of(card: Card) -> Gap | Return:
    """What a gap's card is about: its key says since when, its items say which figures and, of one that is over, until when."""
    word, _, begin, *_ = card.key.partition(BEYOND)[0].split(":")
    fields = tuple(name for name, _ in card.items if name)
    if word == SIGHTED:
        return Return(float(begin), float(card.items[0][1]), fields)
    return Gap(float(begin), float(begin), fields)


def _key(word: str, session: LiveSession, gap: Gap | Return) -> str:
    """One message for each gap, whoever notices it and however often."""
    part = f":{digest((name,) for name in gap.fields)}" if gap.fields else ""
    return f"{word}:{session.id}:{gap.begin:.3f}{part}"
