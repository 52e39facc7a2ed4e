"""The jobs of the clock, each run as the clock would run it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import BUILT_IN_HANDBOOK
from bot.content.read import read_content
from bot.domain.access import Scope
from bot.domain.samples import Sample
from bot.jobs import jobs, thinning
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.samples import Samples
from tests.delivery_desk import NOW
from tests.session_desk import floor

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "茶行底价七十三元"


def on_disk(folder: Path) -> bool:
    """Whether the secret stands in the database or a file beside it, escaped the way JSON is stored or not."""
    spelt = (SECRET.encode(), SECRET.encode("unicode_escape"))
    return any(word in path.read_bytes() for path in folder.glob("copilot.db*") for word in spelt)


async def nothing() -> None:
    """Has nothing to tell."""


async def test_the_night_takes_from_the_disk_what_a_press_after_a_deletion_quoted(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    try:
        inbox = Inbox(database)
        await inbox.put("telegram", 1, "42", {"callback_query": {"message": {"text": SECRET}}}, now=NOW)
        (item,) = await inbox.pending()
        await inbox.done(item.id, now=NOW)
        assert on_disk(tmp_path)
        (prune,) = [job for job in jobs(database, nothing, lambda: NOW + timedelta(hours=9), ZONE) if job.name == "prune"]
        await prune.work()
        assert not on_disk(tmp_path)
        assert await inbox.counts() == {"done": 1}
    finally:
        await database.close()


async def test_endings_are_looked_for_every_minute(tmp_path: Path) -> None:
    told: list[int] = []

    async def tell() -> None:
        told.append(1)

    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    (endings,) = [job for job in jobs(database, tell, lambda: NOW, ZONE) if job.name == "endings"]
    await endings.work()
    first = endings.trigger.get_next_fire_time(None, NOW)
    assert told == [1]
    assert first is not None and endings.trigger.get_next_fire_time(first, first) - first == timedelta(minutes=1)


async def test_old_live_metrics_are_thinned_and_older_ones_go(tmp_path: Path) -> None:
    async with floor(tmp_path) as desk:
        database, now, day = desk.office.database, desk.now, timedelta(days=1)
        session = await desk.planned()
        old = [Sample(now - n * day + timedelta(seconds=s), {"gmv": float(s)}) for n in (5, 3, 1) for s in (0, 5)]
        assert await Samples(database).add(session.id, old, now)
        figures = read_content(BUILT_IN_HANDBOOK).metrics.metrics
        await thinning(database, desk.office.now, 2 * day, 4 * day, lambda: figures, ZONE).work()
        kept = await Samples(database).all(session.id, scope=Scope(frozenset({session.merchant})))
        assert [(now - one.at, one.values["gmv"]) for one in kept] == [
            (3 * day, 5.0),
            (day, 0.0),
            (day - timedelta(seconds=5), 5.0),
        ]
