"""What somebody may read in a chat, decided anew for every update, press and message that goes out. Knows no channel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.access import Access, Merchant, Right, Scope, Viewer, group_scope, scope_of_collections
from bot.domain.audit import Deed, Entry
from bot.errors import Refused
from bot.storage.audit import Trail
from bot.storage.groups import Groups
from bot.storage.merchants import Merchants
from bot.storage.people import People

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
FAR_BEHIND = timedelta(minutes=1)
"""How far the machine's clock is behind when whoever runs the copilot should know; less is what keeping time is like."""


class SteadyClock:
    """A clock that never goes back and never stands still: the one that everything which lasts is measured by.

    What has expired stays expired when somebody sets the machine's clock back. While that is behind, this one goes half as
    fast until it is caught up: if it stood still, whatever waits for a moment would wait until then.
    """

    def __init__(self, clock: Clock, latest: datetime | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`latest` is the newest moment that is known to have been, of the audit trail for example."""
        self._clock, self._monotonic = clock, monotonic
        self._latest, self._ticked = latest, monotonic()
        self._behind = False

    def __call__(self) -> datetime:
        """The clock's time, or while that is behind what was given before, a little more than that."""
        now, ticked = self._clock(), self._monotonic()
        if self._latest is not None:
            slowed = self._latest + timedelta(seconds=ticked - self._ticked) / 2
            self._tell(slowed - now)
            now = max(now, slowed)
        self._latest, self._ticked = now, ticked
        return now

    def _tell(self, lead: timedelta) -> None:
        if lead < FAR_BEHIND:
            self._behind = False
        elif not self._behind:
            self._behind = True
            log.error("machine_clock_behind", seconds=round(lead.total_seconds()))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in which chat they said so."""

    access: Access
    chat: str

    @property
    def person(self) -> str:
        """The qualified id."""
        return self.access.person


def lacks(right: Right) -> Refused:
    """The refusal of whoever has not this right: a lead is not sent to a lead for what owners alone may do."""
    return Refused("owner_only" if right is Right.OWN else "not_allowed")


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may read what where."""

    people: People
    merchants: Merchants
    groups: Groups
    trail: Trail
    now: Clock

    async def actor(self, person: str, chat: str) -> Actor:
        """The person with all that they are, for doing something."""
        return Actor(await self.people.access(person), chat)

    async def scope(self, access: Access, chat: str, topic: int | None, *, private: bool) -> Scope:
        """What may be shown to this person here. In a group every member reads along, so that is the group's binding."""
        return access.scope(self.now()) if private else await self._group(chat, topic)

    async def everywhere(self, chat: str) -> Scope:
        """What may be shown in every topic of a group: for a message of which the platform does not say where it stands."""
        bound = await self.groups.here(chat)
        opened = await self.merchants.open_ids(self.now()) if bound else frozenset()
        shown = [group_scope(bound, topic, opened) for topic in {0, *(one.topic for one in bound)}]
        return Scope(
            frozenset.intersection(*(one.merchants for one in shown)), frozenset.intersection(*(one.teams for one in shown))
        )

    async def audience(self, chat: str, topic: int | None, *, private: bool) -> Scope:
        """What may be sent to a chat now, whoever asked for it; a private chat has its person's id."""
        if not private:
            return await self._group(chat, topic)
        return (await self.people.access(chat)).scope(self.now())

    async def ended(self, access: Access, chat: str, topic: int | None, *, private: bool) -> tuple[Merchant, ...]:
        """Merchants that may be known of here, and of which nothing is shown because their authorisation has ended."""
        now = self.now()
        if private:
            return tuple(one for one in access.merchants if one.ended(now) and access.knows(one))
        bound = await self.groups.here(chat)
        over = await self.merchants.ended(now) if bound else ()
        shown = group_scope(bound, topic, [one.id for one in over]).merchants
        return tuple(one for one in over if one.id in shown)

    async def saw(self, viewer: Viewer, deed: Deed, subject: str, collections: frozenset[str]) -> None:
        """Note that somebody read something of teams or merchants; `collections` are where it came from.

        A question is noted also when only the handbook answered it.
        """
        drawn = scope_of_collections(collections)
        now, team_of = self.now(), await self.merchants.teams(drawn.merchants)
        entries = [
            *(
                Entry(now, viewer.person, deed, viewer.chat, team, merchant, subject)
                for merchant, team in sorted(team_of.items())
            ),
            *(Entry(now, viewer.person, deed, viewer.chat, team=one, subject=subject) for one in sorted(drawn.teams)),
        ]
        if not entries and deed is Deed.ASKED:
            entries = [Entry(now, viewer.person, deed, viewer.chat, subject=subject)]
        if entries:
            await self.trail.add(*entries)

    async def _group(self, chat: str, topic: int | None) -> Scope:
        bound = await self.groups.here(chat)
        return group_scope(bound, topic, await self.merchants.open_ids(self.now())) if bound else Scope()
