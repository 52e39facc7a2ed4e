"""What the clock costs each second: a database with very many planned sessions, of which nothing, or one, is due."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.build_sessions import checklists_of
from bot.domain.checklists import Item
from bot.domain.session_items import laid_out
from bot.flows.live import Checklists
from bot.storage.database import Database
from bot.storage.session_items import _row
from bot.storage.session_tables import session_items, sessions
from bot.storage.sessions import _values
from bot.storage.upsert import insert
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.plan import Bench
from tests.domain.live import HOUR, MINUTE, RHYTHM, at, item, session
from tests.flows.live_desk import GROUP
from tests.office_desk import OPERATOR, A, Desk

SESSIONS, ITEMS = 10_000, 60
BATCH = 250
ROUNDS = 200
MOST_MS = 50.0


def ticks(bench: Bench) -> list[Figure]:
    """One tick of everything that runs each second: push, remind, redraw."""
    folder = bench.out / "ticks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    idle, busy = asyncio.run(_measured(folder))
    note = f"{SESSIONS:,} planned sessions of {ITEMS} items"
    return [
        Figure("ticks", "a tick with nothing due, p50", percentile(idle, 0.5), "ms", MOST_MS, note=note),
        Figure("ticks", "a tick with nothing due, p99", percentile(idle, 0.99), "ms", note=note),
        Figure("ticks", "a tick that pushes one session's items, p50", percentile(busy, 0.5), "ms", note=note),
    ]


async def _measured(folder: Path) -> tuple[list[float], list[float]]:
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'copilot.db'}")
    try:
        desk = Desk(database)
        desk.clock.now = at(6)
        await desk.fill()
        await fill(database)
        checklists = checklists_of(database, desk.office.gate, "zh", "Asia/Shanghai")
        idle = [await _timed(checklists, at(12)) for _ in range(ROUNDS)]
        # Session n starts n minutes after eight in the evening; its first card is due ninety minutes before.
        busy = [await _timed(checklists, at(18, 30) + timedelta(minutes=n)) for n in range(20)]
    finally:
        await database.close()
    return idle, busy


async def fill(database: Database, count: int = SESSIONS) -> None:
    """Plan so many sessions, a minute apart."""
    items = [_item(n) for n in range(ITEMS)]
    for start in range(0, count, BATCH):
        rows, laid = [], []
        for n in range(start, min(start + BATCH, count)):
            starts_at = at(20) + timedelta(minutes=n)
            made = session(id=f"{n:08x}", merchant=A, operator=OPERATOR, chat=GROUP, starts_at=starts_at, posts=())
            rows.append({"id": made.id, **_values(made), "running_order": [], "made_at": at(6)})
            laid += [_row(one) for one in laid_out(made, items, RHYTHM)]
        async with database.write() as db:
            await db.execute(insert(sessions), rows)
            await db.execute(insert(session_items), laid)


def _item(n: int) -> Item:
    if n < ITEMS // 2:
        return item(f"B{n:02}", -(HOUR - n * MINUTE))
    return item(f"D{n:02}" if n % 2 else f"A{n:02}", n * MINUTE)


async def _timed(checklists: Checklists, now: datetime) -> float:
    """Milliseconds of one tick."""
    works: tuple[Callable[[datetime], Awaitable[int]], ...] = (
        checklists.pushing.push_due, checklists.reminding.remind_due, checklists.pushing.redraw,
    )  # fmt: skip
    began = time.perf_counter()
    for work in works:
        await work(now)
    return (time.perf_counter() - began) * 1000
