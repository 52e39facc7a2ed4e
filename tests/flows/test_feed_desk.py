"""A feed for a session that somebody deletes in the same moment: it is said that the session is gone, and nothing is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.access import Scope
from bot.domain.sessions import LiveSession
from bot.errors import NotFound
from bot.flows.feeds import FeedDesk
from bot.storage.feeds import Feeds
from tests.domain.live import at
from tests.flows.live_desk import live_desk
from tests.flows.nudge_room import MINE
from tests.office_desk import LEAD, ONE, OWNER, A


@dataclass
class Slow:
    """Sessions of which one is found just before it is deleted."""

    found: LiveSession

    async def one(self, id: str, *, scope: Scope) -> LiveSession:
        return self.found


async def test_a_feed_for_a_session_deleted_meanwhile_is_not_made_and_the_session_is_said_to_be_gone(tmp_path: Path) -> None:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        session, lead = await desk.live(), await desk.actor(LEAD, LEAD)
        await desk.office.office.merchants.delete(await desk.actor(OWNER, OWNER), A)
        feeds = FeedDesk(Feeds(desk.office.database), Slow(session), desk.office.office.gate, tuple)  # type: ignore[arg-type]
        with pytest.raises(NotFound, match="no_session"):
            await feeds.add(lead, "本场大屏", scope=MINE, session=session.id)
        assert await Feeds(desk.office.database).all(scope=Scope(MINE.merchants, frozenset({ONE}))) == ()
