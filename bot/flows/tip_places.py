"""Where what is said of a live session goes: its group, else its operator, else whoever leads. Knows no platform."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.sessions import LiveSession
from bot.domain.tips import Missed
from bot.flows.session_board import Board
from bot.storage.chats import Chats
from bot.storage.robots import Robots

Place = tuple[str, int | None]
"""A qualified chat and a topic."""


class Rung(IntEnum):
    """Who is told, in the order in which they are tried."""

    GROUP = 0
    OPERATOR = 1
    LEADS = 2


@dataclass(frozen=True, slots=True)
class TipPlaces:
    """Chats that can be written to, and that may read the session's merchant, at this moment."""

    board: Board
    chats: Chats
    robots: Robots

    async def first(self, session: LiveSession, after: Rung | None = None) -> tuple[Place, ...]:
        """The first of them that there are, those `after` one only; none where nobody can be told."""
        for rung in Rung:
            if after is not None and rung <= after:
                continue
            if found := await self._at(session, rung):
                return found
        return ()

    async def beside(self, session: LiveSession) -> tuple[str, ...]:
        """The robots of a group that is lost itself: they write to its people on another platform, and what goes to private chats
        would not reach them."""
        group = session.chat
        if not group or not await self.chats.is_gone(group) or not await self._reads(session, group, session.topic):
            return ()
        topics = {one.topic for one in await self.board.gate.groups.here(group) if one.topic}
        return () if session.topic in topics else tuple(one.name for one in await self.robots.here(group))

    async def _at(self, session: LiveSession, rung: Rung) -> tuple[Place, ...]:
        if rung is Rung.GROUP:
            reached = bool(session.chat) and await self._reached(session, session.chat, session.topic)
            return ((session.chat, session.topic),) if reached else ()
        if rung is Rung.OPERATOR:
            return await self._people(session, (session.operator,))
        managers = self.board.gate.people.managers
        own = await self._people(session, await managers(session.team, session.merchant))
        return own or await self._people(session, await managers(session.team))

    async def _people(self, session: LiveSession, people: Collection[str]) -> tuple[Place, ...]:
        return tuple([(one, None) for one in people if await self._reached(session, one)])

    async def _reached(self, session: LiveSession, chat: str, topic: int | None = None) -> bool:
        return not await self.chats.is_gone(chat) and await self._reads(session, chat, topic)

    async def _reads(self, session: LiveSession, chat: str, topic: int | None) -> bool:
        return await self.board.reads(session, chat, topic, private=chat != session.chat)


def rung_of(session: LiveSession, chat: str) -> Rung:
    """On which of them a chat stands."""
    if chat == session.chat:
        return Rung.GROUP
    return Rung.OPERATOR if chat == session.operator else Rung.LEADS


def missed(session: LiveSession, chat: str, *, after: Rung = Rung.GROUP) -> Missed | None:
    """Whom a message did not reach, that it stands in this chat instead; `after` is the rung that it was meant for."""
    rung = rung_of(session, chat)
    group = bool(session.chat) and after is Rung.GROUP
    if rung is Rung.LEADS:
        return Missed.BOTH if group else Missed.OPERATOR
    return Missed.GROUP if rung is Rung.OPERATOR and group else None
