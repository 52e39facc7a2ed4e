"""Somebody was taken out of a team or off a merchant: they are told, and the leads hear which sessions still count on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.domain.sessions import LiveSession
from bot.flows.access import Actor
from bot.flows.ports import Names
from bot.flows.session_board import row_of
from bot.flows.session_ground import Ground
from bot.storage.cards import Cards

Held = tuple[LiveSession, Names]


class LeavingWords(Protocol):
    """What is said then, in a language."""

    def removed(self, place: str, language: str) -> Message:
        """To whoever was taken out of a team or off a merchant."""
        ...

    def vacant(self, who: str, person: str, place: str, held: Sequence[Held], language: str) -> Message:
        """To a lead: who went, and the sessions in which their posts have to be given to others."""
        ...


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who is told of it. The copilot that runs over the same data sends it."""

    ground: Ground
    cards: Cards
    words: LeavingWords

    async def tell(self, actor: Actor, person: str, place: str, team: str, merchant: str | None) -> int:
        """Tell them and the leads, after it was done. `place` is what the team or the merchant is called; None: the whole team.

        The actor knows that they are gone, and hears of it only where sessions count on them. Returns how many are told.
        """
        news, key = self.ground.news, f"removed:{self.ground.now():%Y%m%d%H%M%S%f}"
        # No collection for them: they may read none of it any more, and are told no more than where they were.
        said: list[tuple[str, Message, Collection[str]]]
        said = [(person, self.words.removed(place, await self._language(person)), ())]
        who = (await news.people.names(person)).get(person, "")
        for lead, held in (await self._leads(person, team, merchant)).items():
            if held or lead != actor.person:
                named = [(one, await news.names(one)) for one in held]
                message = self.words.vacant(who, person, place, named, await self._language(lead))
                said.append((lead, message, {name for one in held for name in one.collections}))
        now = self.ground.now()
        rows = [
            (None, row_of(f"{key}:{to}", to, message, now, collections, kind=Kind.NOTICE))
            for to, message, collections in said
            if await news.chats.is_private(to) and not await news.chats.is_gone(to)
        ]
        told = await self.cards.push(rows, now=now) if rows else 0
        news.notify()
        return told

    async def _leads(self, person: str, team: str, merchant: str | None) -> dict[str, list[LiveSession]]:
        """Each lead with the sessions that are theirs to put right: a merchant's own lead is told of no other merchant's."""
        people = self.ground.people
        found: dict[str, list[LiveSession]] = {one: [] for one in await people.managers(team, merchant or "")}
        for session in await self.ground.sessions.open_of(team):
            if person in session.people and merchant in (None, session.merchant):
                for lead in await people.managers(team, session.merchant):
                    found.setdefault(lead, []).append(session)
        found.pop(person, None)
        return found

    async def _language(self, person: str) -> str:
        return (await self.ground.people.languages(person)).get(person, self.ground.news.language)
