"""Live sessions for load: what a room sends, and a database in which many are live with some minutes behind them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.domain.access import Binding
from bot.domain.audit import Deed
from bot.domain.samples import Sample, minute_of
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.sample_blocks import packed
from bot.storage.sample_tables import samples
from bot.storage.session_tables import sessions
from bot.storage.sessions import _values
from bot.storage.tables import bindings
from bot.storage.upsert import insert
from tests.domain.live import session
from tests.domain.rule_room import STEADY, handbook
from tests.office_desk import ONE, OPERATOR, OWNER, A, Desk

TOKEN = "ocf_the-token-of-the-benchmark"
HOUR = timedelta(hours=1)
DROPPED = 0.6
"""What is left of the viewers of a room in trouble."""


@cache
def derived() -> dict[str, float]:
    """Steady values of the metrics that have a formula, as a platform that computes them itself would send."""
    shares = {one.id for one in handbook().metrics.metrics if one.unit == "%"}
    missing = [one.id for one in handbook().metrics.metrics if one.id not in STEADY]
    known = {
        "aov": 90.0,
        "gpm": 1000.0,
        "uv_value": 5.0,
        "online_peak": 600.0,
        "online_avg": 480.0,
        "enter_5m": 500.0,
        "gmv_5m": 2500.0,
    }
    return {name: known.get(name, 0.25 if name in shares else 1.0) for name in missing}


def sent(number: int, minute: float, dice: random.Random, *, dropped: bool = False) -> dict[str, float]:
    """All 42 metrics of one room at a minute, with the noise of few or many people."""
    size = 0.3 + number % 10 / 5
    row = dict(derived())
    for name, figure in STEADY.items():
        value = float(figure(minute))
        row[name] = value if value <= 1 or name == "avg_watch_sec" else value * size
    online = row["online_now"] * (DROPPED if dropped else 1.0)
    return row | {"online_now": float(max(0, round(online + dice.gauss(0, 3))))}


def live_sessions(count: int, began: datetime, chats: Iterable[int]) -> list[LiveSession]:
    """So many sessions of one merchant, each with a group of its own."""
    return [
        session(
            id=f"{number:08x}", merchant=A, operator=OPERATOR, chat=f"telegram:{chat}", starts_at=began, posts=(),
            length=5 * HOUR, status=Status.LIVE, began_at=began,
        )
        for number, chat in zip(range(count), chats, strict=True)
    ]  # fmt: skip


async def fill(path: Path, rooms: list[LiveSession], now: datetime, *, past: timedelta, every: timedelta) -> None:
    """An empty database in which these sessions are live, each with samples of the last `past`, and a feed for all of them."""
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        desk = Desk(database)
        desk.clock.now = now
        await desk.fill()
        feed = MetricFeed("feed0001", ONE, "", "bench", "", OWNER, now)
        await Feeds(database).add(feed, TOKEN, desk.entry(Deed.FEED_ADDED, ONE))
        async with database.write() as db:
            rows = [{"id": one.id, **_values(one), "running_order": [], "made_at": one.starts_at - HOUR} for one in rooms]
            await db.execute(insert(sessions), rows)
            bound = [Binding(one.chat, ONE, A) for one in rooms]
            await db.execute(insert(bindings), [_binding_row(one, now) for one in bound])
        for number, one in enumerate(rooms):
            async with database.write() as db:
                await db.execute(insert(samples), list(_blocks(number, one, now, past, every)))
    finally:
        await database.close()


def _binding_row(one: Binding, now: datetime) -> dict[str, object]:
    return {
        "chat": one.chat, "topic": one.topic or 0, "team": one.team, "merchant": one.merchant, "ceiling": int(one.ceiling),
        "bound_by": OWNER, "bound_at": now,
    }  # fmt: skip


def _blocks(number: int, one: LiveSession, now: datetime, past: timedelta, every: timedelta) -> Iterable[dict[str, object]]:
    dice = random.Random(number)
    minutes: dict[int, list[Sample]] = {}
    began = one.go_live
    at = (now - past).astimezone(UTC).replace(microsecond=0)
    while at < now:
        row = sent(number, (at - began) / timedelta(minutes=1), dice)
        minutes.setdefault(minute_of(at), []).append(Sample(at, row))
        at += every
    for minute, found in minutes.items():
        yield {"session": one.id, "minute": minute, "block": packed(minute, found), "coarse": False}
