"""Repetitions of live sessions, and how far ahead their occurrences have been made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update

from bot.domain.access import Scope
from bot.domain.audit import Entry
from bot.domain.checklists import Variant
from bot.domain.plan_figures import as_figures
from bot.domain.recurrence import Weekly
from bot.domain.series import Series
from bot.domain.sessions import LiveSession, Post
from bot.storage.audit import deleted, note
from bot.storage.database import Database
from bot.storage.session_tables import series
from bot.storage.upsert import insert


class SeriesStore:
    """All repetitions. Those that have ended make nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, made: Series, entry: Entry) -> bool:
        """Store a repetition; False when its merchant has been deleted meanwhile."""
        template = made.template
        row = {
            "id": made.id, "team": template.team, "merchant": template.merchant, "template": _template(template),
            "rule": _rule(made), "made_by": made.made_by, "made_at": entry.at,
        }  # fmt: skip
        async with self._database.write() as db:
            if await deleted(db, [template.merchant]):
                return False
            await db.execute(insert(series).values(row))
            await note(db, entry)
        return True

    async def one(self, id: str, *, scope: Scope) -> Series | None:
        """A repetition that goes on, None where the scope does not reach it."""
        query = select(series).where(series.c.id == id, series.c.merchant.in_(sorted(scope.merchants)))
        async with self._database.read() as db:
            row = (await db.execute(query.where(series.c.ended_at.is_(None)))).one_or_none()
        return None if row is None else _series(row)

    async def going_on(self) -> tuple[Series, ...]:
        """For the clock: all repetitions that have not ended."""
        async with self._database.read() as db:
            rows = await db.execute(select(series).where(series.c.ended_at.is_(None)).order_by(series.c.id))
            return tuple(_series(row) for row in rows)

    async def end(self, id: str, entry: Entry) -> None:
        """Make nothing more of it."""
        async with self._database.write() as db:
            await db.execute(update(series).where(series.c.id == id, series.c.ended_at.is_(None)).values(ended_at=entry.at))
            await note(db, entry)

    async def made(self, made: Series) -> None:
        """For the clock: remember how far ahead the occurrences have been made."""
        async with self._database.write() as db:
            await db.execute(update(series).where(series.c.id == made.id).values(rule=_rule(made)))


def _template(session: LiveSession) -> dict[str, Any]:
    return {
        "host": session.host, "starts_at": session.starts_at.isoformat(), "length": int(session.length.total_seconds()),
        "zone": session.zone, "variant": session.variant.value, "operator": session.operator, "goal": session.goal,
        "chat": session.chat, "topic": session.topic, "posts": [asdict(post) for post in session.posts],
        "figures": session.figures.known,
    }  # fmt: skip


def _rule(made: Series) -> dict[str, Any]:
    rule = made.rule
    return {
        "weekdays": sorted(rule.weekdays), "at": rule.at.isoformat("minutes"), "zone": str(rule.zone),
        "since": rule.since.isoformat(), "made_until": made.made_until.isoformat(),
    }  # fmt: skip


def _series(row: Row[Any]) -> Series:
    raw, rule = row.template, row.rule
    template = LiveSession(
        "", row.team, row.merchant, raw["host"], datetime.fromisoformat(raw["starts_at"]), timedelta(seconds=raw["length"]),
        raw["zone"], Variant(raw["variant"]), raw["operator"], raw["goal"], raw["chat"], raw["topic"],
        tuple(Post(**post) for post in raw["posts"]), figures=as_figures(raw.get("figures", {})),
    )  # fmt: skip
    weekly = Weekly(
        frozenset(rule["weekdays"]), time.fromisoformat(rule["at"]), ZoneInfo(rule["zone"]), date.fromisoformat(rule["since"])
    )
    return Series(row.id, template, weekly, row.made_by, datetime.fromisoformat(rule["made_until"]))
