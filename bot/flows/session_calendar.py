"""Live sessions for a phone's own calendar: as a file, and behind a link that only its owner has."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access import Scope
from bot.domain.calendars import Event, calendar_text
from bot.domain.sessions import LiveSession, Status
from bot.errors import Refused
from bot.flows.access import Actor
from bot.flows.session_ground import Ground
from bot.storage.calendar_links import CalendarLinks

TOKEN_BYTES = 24
"""Random bytes of a link: more than anybody can try."""
BACK, AHEAD = timedelta(days=30), timedelta(days=400)

Say = Callable[[LiveSession, str], tuple[str, str]]
"""What an entry says of a session of the merchant with this name: its title, and what stands below it."""


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """Calendars of what somebody, or a group, may read at the moment."""

    ground: Ground
    links: CalendarLinks
    say: Say

    async def text(self, *, scope: Scope) -> str:
        """The calendar as a file: the sessions of the last month and all to come; cancelled ones say so."""
        now = self.ground.now()
        found = await self.ground.sessions.between(now - BACK, now + AHEAD, scope=scope)
        names = await self.ground.news.merchants.names(*{one.merchant for one in found})
        return calendar_text((self._event(one, names.get(one.merchant, "")) for one in found), stamp=now)

    async def link(self, actor: Actor) -> str:
        """A token for the actor's own calendar; the one before opens nothing any more. Raises Refused."""
        if actor.access.blocked or not actor.access.teams or actor.access.everything:
            raise Refused("not_allowed")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self.links.set(actor.person, token, self.ground.now())
        return token

    async def revoke(self, actor: Actor) -> bool:
        """End the actor's link; False when there was none."""
        return await self.links.revoke(actor.person)

    async def behind(self, token: str) -> str | None:
        """The calendar of whoever made this link, with what they may read now; None for a link that opens nothing."""
        person = await self.links.person_of(token)
        if person is None:
            return None
        access = await self.ground.people.access(person)
        return None if access.blocked else await self.text(scope=access.scope(self.ground.now()))

    def _event(self, session: LiveSession, merchant: str) -> Event:
        title, below = self.say(session, merchant)
        # A session that was ended at once still takes a minute: an entry has to end after it starts.
        ends = max(session.ends_at, session.go_live + timedelta(minutes=1))
        return Event(
            f"{session.id}@operator-copilot", session.revision, session.go_live, ends, title, below,
            session.status is Status.CANCELLED,
        )  # fmt: skip
