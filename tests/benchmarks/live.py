"""From a sample to the message at the Bot API, while very many sessions are live: the whole product, in a process of its own.

This process is the feeds and Telegram's double; what it uses is not counted. A sample's moment is that at which its request
begins, a message's that at which the Bot API has it.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import psutil

from bot.config import BUILT_IN_HANDBOOK
from bot.domain.sessions import LiveSession
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.live_rooms import TOKEN, fill, live_sessions, sent
from tests.benchmarks.plan import Bench
from tests.stories.harness import Copilot, free_port

if TYPE_CHECKING:
    from tests.double import TelegramDouble

EVERY, WARM = 10.0, 20.0
"""Seconds between two rows of each session, and until every one has sent."""
PAST = timedelta(minutes=15)
STEP = timedelta(seconds=30)
"""The rows that are stored before the start: the rules look back ten minutes."""
DROPS = 3.0
"""Rooms that lose viewers, a second: messages at an eighth of what one bot may send."""
CONNECTIONS = 64
READY_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many sessions are live at once, and for how many seconds rooms get into trouble."""

    sessions: int = 1_000
    seconds: float = 120.0


@dataclass
class Feeds:
    """All rooms' feeds. `at` is when the row of a session's moment was sent, `answers` how long each request took."""

    url: str
    rooms: list[LiveSession]
    drops: dict[int, float]
    at: dict[tuple[str, int], float] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    async def run(self, until: float) -> None:
        """Send until then, each room at a phase of its own."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as http:
            await asyncio.gather(*(self._room(number, http, until) for number in range(len(self.rooms))))

    async def _room(self, number: int, http: aiohttp.ClientSession, until: float) -> None:
        dice, room = random.Random(number), self.rooms[number]
        due = time.time() + dice.random() * EVERY
        while due < until:
            await asyncio.sleep(max(0.0, due - time.time()))
            now = time.time()
            moment = datetime.fromtimestamp(int(now * 1000) / 1000, UTC)
            minute = (moment - room.go_live) / timedelta(minutes=1)
            row = sent(number, minute, dice, dropped=now > self.drops.get(number, until))
            self.at[room.id, round(moment.timestamp() * 1000)] = now
            body = {"ts": moment.isoformat(), **row}
            async with http.post(f"{self.url}/v1/sessions/{room.id}/samples", json=body) as response:
                await response.read()
            self.answers.append(time.time() - now)
            if response.status != 200:
                self.refused.append(response.status)
            due += EVERY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: seconds from sample to message, the feeds, and the product's processor time and memory."""

    delays: list[float]
    untold: int
    feeds: Feeds
    seconds: float
    processor: float
    megabytes: float
    opened: float


def live(bench: Bench, load: Load | None = None) -> list[Figure]:
    """1,000 sessions at ten seconds, some of which get into trouble; needs two cores that nobody else uses."""
    load = load or Load()
    found = asyncio.run(_measured(bench.out / "live", load))
    rows = len(found.feeds.answers) / found.seconds
    note = f"{load.sessions:,} sessions, {rows:.0f} rows of 42 metrics a second, {len(found.delays)} tips"
    busy = f"{found.processor / found.seconds:.0%} of one core"
    return [
        Figure("live", "sample to message, p50", percentile(found.delays, 0.5) * 1000, "ms", note=note),
        Figure("live", "sample to message, p99", percentile(found.delays, 0.99) * 1000, "ms", 1000.0, note=busy),
        Figure("live", "sample to message, the longest", max(found.delays) * 1000, "ms"),
        Figure("live", "tips without a message", found.untold, "tips", 0),
        Figure("live", "answer to a feed, p99", percentile(found.feeds.answers, 0.99) * 1000, "ms"),
        Figure("live", "requests that were refused", len(found.feeds.refused), "requests", 0),
        Figure("live", "processor time a row", found.processor / len(found.feeds.answers) * 1000, "ms",
               note="HTTP, storage, deciding, messages; the feeds and the double not counted"),
        Figure("live", "all sessions gone on with after a start", found.opened, "s"),
        Figure("live", "the running bot", found.megabytes, "MB"),
    ]  # fmt: skip


async def _measured(folder: Path, load: Load) -> Outcome:
    from tests.double import TelegramDouble  # brings aiogram, whose models take seconds to build

    async with await TelegramDouble.start(validate=False) as double:
        double.limits.enforced = True
        rooms = await _prepared(folder, double, load)
        port = free_port()
        product = Copilot.for_double(
            folder, double, COPILOT_HTTP_PORT=str(port), COPILOT_FEED_PER_MINUTE="100000", COPILOT_HANDBOOK=str(BUILT_IN_HANDBOOK)
        )
        began = time.time()
        try:
            product.start()
            await double.world.until(lambda: double.updates.polled or not product.alive, READY_SECONDS)
            opened = await _all_watched(product, began, load)
            return await _loaded(product, double, rooms, f"http://127.0.0.1:{port}", load, opened)
        finally:
            await product.stop()


async def _prepared(folder: Path, double: TelegramDouble, load: Load) -> list[LiveSession]:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for old in (folder / "data").glob("copilot.db*"):
        old.unlink()
    (folder / "log").unlink(missing_ok=True)
    owner, now = double.user("小雅", started=True), datetime.now(UTC)
    groups = [double.group(f"直播间 {number}", owner, kind="supergroup") for number in range(load.sessions)]
    rooms = live_sessions(load.sessions, now - timedelta(minutes=40), [group.id for group in groups])
    await fill(folder / "data" / "copilot.db", rooms, now, past=PAST, every=STEP)
    return rooms


async def _all_watched(product: Copilot, began: float, load: Load) -> float:
    """Seconds until every session has been gone on with from its rows; its state is written down then."""
    while product.alive and time.time() - began < READY_SECONDS:
        if product.rows("SELECT count(*) FROM watches") == [(load.sessions,)]:
            return time.time() - began
        await asyncio.sleep(1)
    raise RuntimeError(f"not all sessions are watched: {product.log[-2000:]}")


async def _loaded(
    product: Copilot, double: TelegramDouble, rooms: list[LiveSession], url: str, load: Load, opened: float
) -> Outcome:
    assert product.process is not None
    process, begin = psutil.Process(product.process.pid), time.time() + WARM
    dice = random.Random(7)
    troubled = dice.sample(range(load.sessions), min(load.sessions, int(DROPS * load.seconds)))
    feeds = Feeds(url, rooms, {number: begin + dice.random() * load.seconds for number in troubled})
    end = begin + load.seconds + 3 * EVERY
    sending = asyncio.create_task(feeds.run(end))
    await asyncio.sleep(max(0.0, begin - time.time()))
    feeds.answers.clear()
    used = process.cpu_times()
    await sending
    now = process.cpu_times()
    await asyncio.sleep(3)
    arrived: dict[str, list[float]] = {}
    for one in double.sent:
        if one.new:
            arrived.setdefault(f"telegram:{one.message.chat.id}", []).append(one.at)
    told = product.rows("SELECT t.session, t.decided_at FROM tips t ORDER BY t.decided_at")
    delays, untold = _delays(told, rooms, feeds, arrived)
    processor = now.user + now.system - used.user - used.system
    return Outcome(delays, untold, feeds, end - begin, processor, process.memory_info().rss / 1e6, opened)


def _delays(
    told: list[tuple[object, ...]], rooms: list[LiveSession], feeds: Feeds, arrived: dict[str, list[float]]
) -> tuple[list[float], int]:
    """From the row by which a tip was decided to its message; and how many tips have none. What was decided about rows that were
    stored before the start is left out."""
    chats = {one.id: one.chat for one in rooms}
    delays, untold = list[float](), 0
    for session, at in told:
        begun = feeds.at.get((str(session), _milliseconds(at)))
        if begun is None:
            continue
        found = next((moment for moment in arrived.get(chats[str(session)], ()) if moment >= begun), None)
        if found is None:
            untold += 1
        else:
            delays.append(found - begun)
    return delays, untold


def _milliseconds(at: object) -> int:
    moment = datetime.fromisoformat(str(at))
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
