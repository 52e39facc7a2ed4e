"""When a team may be disturbed: looked up by its people, set by its leads. Knows no channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.access import Right
from bot.domain.audit import Deed, Entry
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import SessionItem, retimed
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock
from bot.storage.rhythms import Rhythms
from bot.storage.session_items import SessionItems
from bot.storage.sessions import Sessions


@dataclass(frozen=True, slots=True)
class RhythmDesk:
    """Quiet hours and time zone of each team."""

    rhythms: Rhythms
    sessions: Sessions
    items: SessionItems
    now: Clock

    async def rhythm(self, actor: Actor, team: str) -> Rhythm:
        """The team's rhythm, for anybody in it. Raises NotFound."""
        if team not in actor.access.teams:
            raise NotFound("no_team")
        return await self.rhythms.of(team)

    async def set_rhythm(self, actor: Actor, team: str, rhythm: Rhythm) -> None:
        """Set it, and push what is planned already in the new one. Raises NotFound, Refused."""
        if team not in actor.access.teams:
            raise NotFound("no_team")
        if not actor.access.may(Right.MANAGE, team):
            raise Refused("not_allowed")
        try:
            ZoneInfo(rhythm.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise Refused("zone_unknown") from None
        said = {"zone": rhythm.zone, "from": f"{rhythm.quiet_from:%H:%M}", "until": f"{rhythm.quiet_until:%H:%M}"}
        await self.rhythms.set(team, rhythm, Entry(self.now(), actor.person, Deed.RHYTHM_SET, actor.chat, team, "", team, said))
        for session in await self.sessions.planned_by(team):
            await self.items.retime(session.id, partial(_anew, session, rhythm))


def _anew(session: LiveSession, rhythm: Rhythm, items: tuple[SessionItem, ...]) -> tuple[SessionItem, ...]:
    return retimed(session, items, rhythm)
