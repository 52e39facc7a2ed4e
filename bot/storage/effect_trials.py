"""Tips that were drawn to be told or withheld, and when their sign was over: written with what they were decided with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.effect_tables import trials
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Trial:
    """One tip that was drawn, and which way; `over_at` is when its sign was over, None while it is not."""

    session: str
    rule: str
    at: datetime
    told: bool
    over_at: datetime | None = None


async def put_trials(db: AsyncConnection, new: Sequence[Trial]) -> None:
    """Inside a transaction: write trials down, once each."""
    for one in new:
        values = {"session": one.session, "rule": one.rule, "at": one.at, "told": one.told}
        await db.execute(insert(trials).values(values).on_conflict_do_nothing())


async def end_trial(db: AsyncConnection, session: str, rule: str, at: datetime) -> None:
    """Inside a transaction: a rule's sign is over in a session."""
    here = (trials.c.session == session) & (trials.c.rule == rule) & trials.c.over_at.is_(None) & (trials.c.at <= at)
    await db.execute(update(trials).where(here).values(over_at=at))


async def trials_in(db: AsyncConnection, session: str) -> tuple[Trial, ...]:
    """Inside a transaction: the draws of a session, by their time."""
    rows = await db.execute(select(trials).where(trials.c.session == session).order_by(trials.c.at, trials.c.rule))
    return tuple(Trial(row.session, row.rule, row.at, row.told, row.over_at) for row in rows)
