"""When each team may be disturbed: its time zone and quiet hours."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select

from bot.domain.audit import Entry
from bot.domain.rhythm import Rhythm
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.session_tables import rhythms
from bot.storage.upsert import insert


class Rhythms:
    """Rhythms by team; a team that has set none has the default."""

    def __init__(self, database: Database, default: Rhythm) -> None:
        """`default` has the zone of the settings."""
        self._database, self._default = database, default

    async def of(self, team: str) -> Rhythm:
        """The team's rhythm. It is no secret of any merchant, so it takes no scope."""
        async with self._database.read() as db:
            row = (await db.execute(select(rhythms).where(rhythms.c.team == team))).one_or_none()
        return self._default if row is None else Rhythm(row.zone, _time(row.quiet_from), _time(row.quiet_until))

    async def set(self, team: str, rhythm: Rhythm, entry: Entry) -> None:
        """Set a team's rhythm; sessions that are planned already have to be laid out anew."""
        values = {
            "zone": rhythm.zone, "quiet_from": _minutes(rhythm.quiet_from), "quiet_until": _minutes(rhythm.quiet_until)
        }  # fmt: skip
        statement = insert(rhythms).values(team=team, **values)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=["team"], set_=values))
            await note(db, entry)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
