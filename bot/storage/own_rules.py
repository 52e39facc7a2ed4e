"""Teams' own rules: versions in force and before, and drafts that wait to be taken up or given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.own_rules import Sheet, SheetVersion
from bot.domain.peers import PeerFigure
from bot.domain.suggestions import State
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.rule_tables import rule_sheets
from bot.storage.suggestions import is_open, settle_in


class OwnRules:
    """All sheets. Reads take the scope of whoever will see them; only the watch's own do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_in_force(self) -> tuple[SheetVersion, ...]:
        """For the watch: the newest version of each team and merchant."""
        newest = _newest().subquery()
        joined = rule_sheets.join(
            newest,
            (rule_sheets.c.team == newest.c.team)
            & (rule_sheets.c.merchant == newest.c.merchant)
            & (rule_sheets.c.number == newest.c.number),
        )
        query = select(rule_sheets).select_from(joined).order_by(rule_sheets.c.team, rule_sheets.c.merchant)
        async with self._database.read() as db:
            return tuple(map(_version, await db.execute(query)))

    async def versions(self, team: str, merchant: str, *, scope: Scope) -> tuple[SheetVersion, ...]:
        """All that were in force, newest first; none where the scope does not reach."""
        wanted = _of(team, merchant) & (rule_sheets.c.number > 0) & _reached(scope)
        return await self._found(wanted)

    async def draft(self, id: str, *, scope: Scope) -> SheetVersion | None:
        """A draft by its id; None when it is dealt with, or the scope does not reach it."""
        found = await self._found((rule_sheets.c.id == id) & (rule_sheets.c.number == 0) & _reached(scope))
        return found[0] if found else None

    async def propose(self, draft: SheetVersion, before: datetime) -> None:
        """Keep a draft until somebody decides about it; those that were made before that time are forgotten."""
        old = (rule_sheets.c.number == 0) & (rule_sheets.c.made_at < before)
        async with self._database.write() as db:
            await db.execute(delete(rule_sheets).where(old))
            await db.execute(rule_sheets.insert().values(_values(draft)))

    async def adopt(self, draft: SheetVersion, now: datetime, entry: Entry, *, settles: str = "") -> int | None:
        """Put a draft in force; its number. None, and nothing is changed, when it is gone or another came between.

        `settles` is the proposal that is taken by that; then also when that is settled already.
        """
        async with self._database.write() as db:
            newest = await db.scalar(select(func.max(rule_sheets.c.number)).where(_of(draft.team, draft.merchant))) or 0
            if newest != draft.base or (settles and not await is_open(db, settles)):
                return None
            waits = (rule_sheets.c.id == draft.id) & (rule_sheets.c.number == 0)
            changed = update(rule_sheets).where(waits).values(number=newest + 1, made_by=entry.person, made_at=now)
            if not (await db.execute(changed)).rowcount:
                return None
            if settles:
                await settle_in(db, settles, State.ADOPTED, entry)
            await note(db, entry)
        return int(newest + 1)

    async def drop(self, id: str) -> bool:
        """Forget a draft; False when there is none."""
        async with self._database.write() as db:
            gone = delete(rule_sheets).where((rule_sheets.c.id == id) & (rule_sheets.c.number == 0))
            return bool((await db.execute(gone)).rowcount)

    async def _found(self, wanted: ColumnElement[bool]) -> tuple[SheetVersion, ...]:
        query = select(rule_sheets).where(wanted).order_by(rule_sheets.c.number.desc())
        async with self._database.read() as db:
            return tuple(map(_version, await db.execute(query)))


async def sheets_in(db: AsyncConnection, merchant: str) -> tuple[SheetVersion, ...]:
    """Inside a transaction that has asked for the right to it: every version of a merchant's own sheet, oldest first."""
    query = select(rule_sheets).where(rule_sheets.c.merchant == merchant, rule_sheets.c.number > 0)
    return tuple(map(_version, await db.execute(query.order_by(rule_sheets.c.number))))


def _newest() -> Any:
    columns = (rule_sheets.c.team, rule_sheets.c.merchant)
    return select(*columns, func.max(rule_sheets.c.number).label("number")).where(rule_sheets.c.number > 0).group_by(*columns)


def _of(team: str, merchant: str) -> ColumnElement[bool]:
    return (rule_sheets.c.team == team) & (rule_sheets.c.merchant == merchant)


def _reached(scope: Scope) -> ColumnElement[bool]:
    """Sheets of the scope's teams that are of the whole team, and those of its merchants."""
    whole = (rule_sheets.c.merchant == "") & rule_sheets.c.team.in_(sorted(scope.teams))
    return or_(whole, rule_sheets.c.merchant.in_(_sorted(scope.merchants)))


def _sorted(ids: Iterable[str]) -> list[str]:
    return sorted(one for one in ids if one)


def _values(one: SheetVersion) -> dict[str, Any]:
    return {
        "id": one.id, "team": one.team, "merchant": one.merchant, "number": one.number, "base": one.base,
        "rules": one.sheet.rules, "off": sorted(one.sheet.off), "limits": dict(one.sheet.limits),
        "peers": {id: [peer.value, peer.at.isoformat()] for id, peer in one.sheet.peers.items()}, "made_by": one.by,
        "made_at": one.at,
    }  # fmt: skip


def _version(row: Row[Any]) -> SheetVersion:
    peers = {id: PeerFigure(value, datetime.fromisoformat(at)) for id, (value, at) in row.peers.items()}
    sheet = Sheet(row.rules, frozenset(row.off), dict(row.limits), peers)
    return SheetVersion(row.id, row.team, row.merchant, row.number, row.base, sheet, row.made_by, row.made_at)
