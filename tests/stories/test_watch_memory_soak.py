"""The longest sessions there are, seventeen hours at five seconds: the memory of their first hours is that of their last.

Through the intake's own flow, the watch, tips, gaps and the outbox over a real database, on a clock of its own. `make soak`.
"""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from bot.build_metrics import samples_over
from bot.build_sessions import tips_of
from bot.domain.access import Binding
from bot.domain.audit import Deed
from bot.domain.samples import Sample
from bot.domain.simulation import LONGEST, STEP, Incident, simulated
from tests.domain.live import at
from tests.flows.live_desk import LiveDesk, live_desk
from tests.flows.nudge_room import REFERENCE
from tests.office_desk import ONE, A

HOUR = 3600 // STEP
SETTLED = 3
"""Hours after which everything that is kept of a session's last hours is there."""
GROWTH = 1.03
"""What the last hours may hold beside the first, in memory and in objects."""


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_seventeen_hours_at_five_seconds_take_no_more_memory_than_three(tmp_path: Path) -> None:
    async with live_desk(tmp_path) as desk:
        held, objects = await seventeen_hours(desk)
        rows = await desk.rows_of_outbox()
    told = [one for one in rows if one.kind == "tip"]
    found = f"MB by the hour {[round(one) for one in held]}, objects {objects}, {len(told)} tips"
    assert len(held) == LONGEST // 60
    assert len(told) > LONGEST // 60, f"what is measured has to be work: {found}"
    assert max(held[-3:]) <= GROWTH * max(held[:SETTLED]), found
    assert max(objects[-3:]) <= GROWTH * max(objects[:SETTLED]), found


async def seventeen_hours(desk: LiveDesk) -> tuple[list[float], list[int]]:
    """Megabytes and objects held at the end of each hour."""
    office, start = desk.office, desk.set(at(6))
    sessions = []
    for number, _ in enumerate(Incident):
        chat = f"telegram:-{200 + number}"
        await office.groups.bind(Binding(chat, ONE, A), office.entry(Deed.BOUND, ONE, A))
        sessions.append(
            await desk.live(
                id=f"5e5510{number:02}",
                host=f"主播{number}",
                chat=chat,
                starts_at=start,
                length=timedelta(minutes=LONGEST),
                posts=(),
            )
        )
    tips = tips_of(office.database, office.office.gate, "zh", lambda: REFERENCE, lambda: None)
    intake = samples_over(office.database, office.office.gate, lambda: REFERENCE, tips.desk.observe)
    feeds = [simulated(start, LONGEST, number, incident) for number, incident in enumerate(Incident)]
    # A feed that goes blind brings nothing for a while: each sample waits for its moment.
    coming: list[Sample | None] = [next(feed) for feed in feeds]
    held, objects = [], []
    for step in range(1, LONGEST * 60 // STEP + 1):
        now = desk.set(start + timedelta(seconds=STEP * step))
        due = [number for number, sample in enumerate(coming) if sample is not None and sample.at <= now]

        async def bring(number: int) -> None:
            sample = coming[number]
            assert sample is not None
            row = {"ts": sample.at.isoformat(), **sample.values}
            report = await intake.take(sessions[number], intake.read(sessions[number], [row]), feed="feed0001")
            assert not report.rejected
            coming[number] = next(feeds[number], None)

        await asyncio.gather(*(bring(number) for number in due))
        await tips.desk.tick(now)
        if step % (60 // STEP) == 0:
            await desk.deliver()
        if step % HOUR == 0:
            gc.collect()
            held.append(psutil.Process().memory_info().rss / 1e6)
            objects.append(len(gc.get_objects()))
    return held, objects
