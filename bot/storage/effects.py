"""What tips came to: effects that were measured, what people did with the tips of each rule, and what withholding showed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.effects import Effect
from bot.domain.learning import WITHIN, Lift, Share
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.effect_tables import effects, trials, withholdings
from bot.storage.nudge_tables import tips
from bot.storage.nudges import StoredTip, stale_tip, tip_of
from bot.storage.session_tables import sessions
from bot.storage.upsert import insert

OLDEST = timedelta(days=1)
"""A tip that was acted on longer ago is measured no more: nobody asks, and a longer halt is not made up for."""
_EFFECT = tuple(one.name for one in fields(Effect))


@dataclass(frozen=True, slots=True)
class Pressed:
    """What people did with the tips of one rule: `right` are those that were acted on and not called useless.

    `effects` are those that could be told at one horizon.
    """

    rule: str
    tips: int
    acted: int
    useless: int
    right: int
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Withholding:
    """That a team withholds so many of a hundred mild tips; `seed` is what the draw is made from."""

    percent: int
    seed: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tip of this rule, told then, came to at one horizon."""

    rule: str
    decided_at: datetime
    effect: Effect


async def effects_in(db: AsyncConnection, session: str) -> tuple[Measured, ...]:
    """Inside a transaction: what the tips of a session came to, by tip and horizon."""
    query = select(tips.c.rule, tips.c.decided_at, effects).join(effects, effects.c.tip == tips.c.id)
    rows = await db.execute(query.where(tips.c.session == session).order_by(tips.c.decided_at, tips.c.id, effects.c.minutes))
    return tuple(Measured(row.rule, row.decided_at, Effect(*(getattr(row, name) for name in _EFFECT))) for row in rows)


class Effects:
    """Effects, feedback and trials. Reads take the scope of whoever will see them; only the clock's own do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, minutes: int, wait: timedelta, limit: int) -> tuple[StoredTip, ...]:
        """For the clock: tips acted on at least `minutes` and `wait` ago that have no effect at that horizon yet."""
        until = now - timedelta(minutes=minutes) - wait
        there = select(effects.c.tip).where(effects.c.tip == tips.c.id, effects.c.minutes == minutes)
        wanted = (tips.c.acked_at > now - OLDEST) & (tips.c.acked_at <= until) & ~there.exists()
        query = select(tips).where(wanted).order_by(tips.c.acked_at, tips.c.id).limit(limit)
        async with self._database.read() as db:
            return tuple(tip_of(row) for row in await db.execute(query))

    async def keep(self, tip: StoredTip, effect: Effect, now: datetime, *, redraw: bool) -> None:
        """Write an effect down, once; with `redraw` the messages that show the tip are drawn again."""
        values = {name: getattr(effect, name) for name in _EFFECT} | {"tip": tip.id, "measured_at": now}
        async with self._database.write() as db:
            new = (await db.execute(insert(effects).values(values).on_conflict_do_nothing())).rowcount
            if new and redraw:
                await stale_tip(db, tip.id, tip.session)

    async def of(self, tip: str, *, scope: Scope) -> tuple[Effect, ...]:
        """The effects of a tip, by their horizon; none of one that the scope does not reach."""
        query = select(effects).join(tips, tips.c.id == effects.c.tip).join(sessions, sessions.c.id == tips.c.session)
        query = query.where(effects.c.tip == tip, _reached(scope)).order_by(effects.c.minutes)
        async with self._database.read() as db:
            return tuple(map(_effect_of, await db.execute(query)))

    async def pressed(self, team: str, since: datetime, minutes: int, *, scope: Scope) -> tuple[Pressed, ...]:
        """By rule what became of the tips of a team's sessions that the scope reaches, with effects at that horizon."""
        ours = (sessions.c.team == team) & (tips.c.decided_at >= since) & _reached(scope)
        async with self._database.read() as db:
            measured = await _measured(db, ours, minutes)
            counts = await _counts(db, ours)
        return tuple(Pressed(one.rule, one.told, one.acted, one.useless, one.right, tuple(measured[one.rule])) for one in counts)

    async def judged(self, team: str, since: datetime, *, scope: Scope) -> tuple[StoredTip, ...]:
        """The tips of a team's sessions that the scope reaches which somebody has taken or called useless, by their time."""
        ours = (sessions.c.team == team) & (tips.c.decided_at >= since) & _reached(scope)
        judged = tips.c.acked_at.is_not(None) | tips.c.useless_at.is_not(None)
        query = select(tips).join(sessions, sessions.c.id == tips.c.session).where(ours, judged)
        async with self._database.read() as db:
            return tuple(tip_of(row) for row in await db.execute(query.order_by(tips.c.decided_at, tips.c.id)))

    async def acting(self, team: str, since: datetime) -> Mapping[str, tuple[int, int]]:
        """For the clock: by rule how many tips a team was told, and how many of them it acted on."""
        async with self._database.read() as db:
            rows = await _counts(db, (sessions.c.team == team) & (tips.c.decided_at >= since))
        return {row.rule: (row.told, row.acted) for row in rows}

    async def hours(self, team: str, since: datetime, now: datetime, *, scope: Scope) -> float:
        """How many hours the team's sessions that the scope reaches have been live since then."""
        query = select(sessions.c.began_at, sessions.c.ended_at).where(
            sessions.c.team == team, _reached(scope), sessions.c.began_at >= since
        )
        async with self._database.read() as db:
            rows = (await db.execute(query)).all()
        return float(sum(((row.ended_at or now) - row.began_at) / timedelta(hours=1) for row in rows))

    async def lift(self, team: str, now: datetime, *, scope: Scope) -> Lift:
        """In time over of those that were told and of those withheld; sessions that ended before it could show do not count."""
        query = select(trials, sessions.c.ended_at).join(sessions, sessions.c.id == trials.c.session)
        async with self._database.read() as db:
            rows = (await db.execute(query.where(sessions.c.team == team, _reached(scope)))).all()
        return Lift(*(_share([row for row in rows if row.told is told], now) for told in (True, False)))

    async def withholding(self, team: str, *, scope: Scope) -> Withholding | None:
        """What a team has set, None for nothing, and of a team that the scope does not reach."""
        if team not in scope.teams:
            return None
        async with self._database.read() as db:
            row = (await db.execute(select(withholdings).where(withholdings.c.team == team))).one_or_none()
        return None if row is None or not row.percent else Withholding(row.percent, row.seed)

    async def withhold(self, team: str, set_to: Withholding, entry: Entry) -> None:
        """Set what a team withholds; from a session's next opening on."""
        values = {"percent": set_to.percent, "seed": set_to.seed, "set_by": entry.person, "set_at": entry.at}
        statement = insert(withholdings).values(team=team, **values)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=["team"], set_=values))
            await note(db, entry)


async def _counts(db: AsyncConnection, ours: ColumnElement[bool]) -> Collection[Row[Any]]:
    told, acted, useless = (func.count(one) for one in (tips.c.id, tips.c.acked_at, tips.c.useless_at))
    right = func.count(case((tips.c.useless_at.is_(None), tips.c.acked_at)))
    query = select(
        tips.c.rule, told.label("told"), acted.label("acted"), useless.label("useless"), right.label("right")
    )  # fmt: skip
    joined = query.join(sessions, sessions.c.id == tips.c.session)
    return (await db.execute(joined.where(ours).group_by(tips.c.rule).order_by(tips.c.rule))).all()


async def _measured(db: AsyncConnection, ours: ColumnElement[bool], minutes: int) -> Mapping[str, list[Effect]]:
    query = select(effects, tips.c.rule).join(tips, tips.c.id == effects.c.tip)
    told = (effects.c.minutes == minutes) & (effects.c.reason == "")
    found: dict[str, list[Effect]] = defaultdict(list)
    for row in await db.execute(query.join(sessions, sessions.c.id == tips.c.session).where(ours, told)):
        found[row.rule].append(_effect_of(row))
    return found


def _share(rows: Collection[Row[Any]], now: datetime) -> Share:
    """An early end cuts off what would have come of it; that says nothing either way."""
    judged = [row for row in rows if row.over_at or row.at + WITHIN <= (row.ended_at or now)]
    return Share(sum(1 for row in judged if row.over_at and row.over_at - row.at <= WITHIN), len(judged))


def _reached(scope: Scope) -> ColumnElement[bool]:
    return sessions.c.merchant.in_(sorted(scope.merchants))


def _effect_of(row: Row[Any]) -> Effect:
    return Effect(**{name: row._mapping[name] for name in _EFFECT})
