"""Proposals to change rules: made once a week for each team, read with a scope, settled once.

A week, its proposals and the messages that tell of them are one transaction: a kill at any moment neither loses nor doubles them,
and of two processes one makes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.candidates import Way
from bot.domain.suggestions import Outcome, State, Suggestion
from bot.storage.audit import deleted, note
from bot.storage.cards import Said, write_down
from bot.storage.database import Database
from bot.storage.suggestion_tables import suggested, suggestions
from bot.storage.tables import teams
from bot.storage.upsert import insert


class Suggestions:
    """All proposals. Reads take the scope of whoever will see them; only the clock's own do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def weeks(self) -> Mapping[str, str]:
        """For the clock: every team with the last week that was dealt with, empty where there is none."""
        last = select(suggested.c.team, func.max(suggested.c.week).label("week")).group_by(suggested.c.team).subquery()
        query = select(teams.c.id, last.c.week).outerjoin(last, last.c.team == teams.c.id).order_by(teams.c.made_at, teams.c.id)
        async with self._database.read() as db:
            return {row.id: row.week or "" for row in await db.execute(query)}

    async def keep(self, team: str, week: date, made: Sequence[Suggestion], said: Sequence[Said], now: datetime) -> int | None:
        """Write a week down with its proposals and messages; returns how many messages are new.

        None, and nothing is written, when the week was dealt with meanwhile, or a merchant in it was deleted.
        """
        row = insert(suggested).values(team=team, week=week.isoformat(), made_at=now)
        async with self._database.write() as db:
            if await deleted(db, {merchant for one in made for merchant in one.merchants}):
                return None
            if not (await db.execute(row.on_conflict_do_nothing())).rowcount:
                return None
            for one in made:
                await db.execute(insert(suggestions).values(_values(one)))
            return await write_down(db, said, now)

    async def since(self, team: str, moment: datetime) -> tuple[Suggestion, ...]:
        """For the clock: a team's proposals that were made since then."""
        return await self._found((suggestions.c.team == team) & (suggestions.c.made_at > moment))

    async def settled(self, moment: datetime) -> tuple[tuple[str, date], ...]:
        """For the clock: teams and weeks of which somebody has decided something since then."""
        query = select(suggestions.c.team, suggestions.c.week).where(suggestions.c.settled_at > moment).distinct()
        async with self._database.read() as db:
            return tuple((row.team, date.fromisoformat(row.week)) for row in await db.execute(query))

    async def of_week(self, team: str, week: date) -> tuple[Suggestion, ...]:
        """For the clock: all proposals of one week of a team, in the order in which they were told."""
        return await self._found((suggestions.c.team == team) & (suggestions.c.week == week.isoformat()))

    async def of(self, team: str, moment: datetime, *, scope: Scope) -> tuple[Suggestion, ...]:
        """A team's proposals that were made since then, as far as the scope holds every merchant in them; newest week first."""
        found = await self._found((suggestions.c.team == team) & (suggestions.c.made_at > moment))
        return tuple(one for one in found if _reached(one, scope))

    async def one(self, id: str, *, scope: Scope) -> Suggestion | None:
        """A proposal by its id, None where the scope does not hold every merchant in it."""
        found = [one for one in await self._found(suggestions.c.id == id) if _reached(one, scope)]
        return found[0] if found else None

    async def decline(self, id: str, entry: Entry) -> bool:
        """Do without a proposal; False when it was settled before."""
        async with self._database.write() as db:
            if not await settle_in(db, id, State.DECLINED, entry):
                return False
            await note(db, entry)
        return True

    async def _found(self, wanted: ColumnElement[bool]) -> tuple[Suggestion, ...]:
        query = select(suggestions).where(wanted).order_by(suggestions.c.week.desc(), suggestions.c.made_at, suggestions.c.rule)
        async with self._database.read() as db:
            return tuple(map(_suggestion, await db.execute(query)))


async def is_open(db: AsyncConnection, id: str) -> bool:
    """Inside a transaction: whether a proposal is not settled yet."""
    return await db.scalar(select(suggestions.c.state).where(suggestions.c.id == id)) == State.OPEN.value


async def settle_in(db: AsyncConnection, id: str, state: State, entry: Entry) -> bool:
    """Inside a transaction: settle a proposal that is open; False when it is not."""
    here = (suggestions.c.id == id) & (suggestions.c.state == State.OPEN.value)
    values = {"state": state.value, "settled_by": entry.person, "settled_at": entry.at}
    return bool((await db.execute(update(suggestions).where(here).values(values))).rowcount)


async def suggestions_in(db: AsyncConnection, merchant: str) -> tuple[Suggestion, ...]:
    """Inside a transaction that has asked for the right to it: proposals with figures of this merchant alone, oldest first."""
    # Ids are hexadecimal, so they stand in a JSON list as they are; the lists themselves are compared below.
    named = cast(suggestions.c.merchants, Text).contains(f'"{merchant}"', autoescape=True)
    rows = await db.execute(select(suggestions).where(named).order_by(suggestions.c.made_at, suggestions.c.rule))
    return tuple(one for one in map(_suggestion, rows) if one.merchants == (merchant,))


def _reached(one: Suggestion, scope: Scope) -> bool:
    return one.team in scope.teams and set(one.merchants) <= scope.merchants


def _values(one: Suggestion) -> dict[str, Any]:
    return {
        "id": one.id, "team": one.team, "merchant": one.merchant, "merchants": list(one.merchants), "week": one.week.isoformat(),
        "rule": one.rule, "way": one.way.value, "limit": one.limit, "was": one.was, "becomes": one.becomes,
        "written": one.written, "fingerprint": one.fingerprint, "right": one.right, "wrong": one.wrong, "sessions": one.sessions,
        "hours": one.hours, "outcome": asdict(one.outcome), "made_at": one.made_at, "state": one.state.value,
        "settled_by": one.by, "settled_at": one.at,
    }  # fmt: skip


def _suggestion(row: Row[Any]) -> Suggestion:
    raw = dict(row.outcome)
    raw["examples"] = {name: tuple(ids) for name, ids in raw["examples"].items()}
    return Suggestion(
        row.id, row.team, row.merchant, tuple(row.merchants), date.fromisoformat(row.week), row.rule, Way(row.way),
        row.limit, row.was, row.becomes, row.written, row.fingerprint, row.right, row.wrong, row.sessions, row.hours,
        Outcome(**raw), row.made_at, State(row.state), row.settled_by, row.settled_at,
    )  # fmt: skip
