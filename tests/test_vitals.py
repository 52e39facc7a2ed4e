"""What /healthz and /metrics say: what stands still is named, and no figure says whom it is about."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.channels.web.server import web_app
from bot.delivery import Delivery, Waits
from bot.domain.access import merchant_collection
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.errors import DatabaseTaken, PermanentChannelError, StorageError, TemporaryChannelError, UnknownOutcome
from bot.metrics import Metrics
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.outbox import Outbox
from bot.vitals import DELIVERY_LATE, TICK_EVERY, TICK_LATE, Vitals
from tests.delivery_desk import NOW, Clock, Desk, ScriptedChannel, running, ticking, until

pytestmark = pytest.mark.alone

MERCHANT, GROUP = "a1b2c3d4", "-1007654321"


class Ward:
    """A delivery with its vitals, and a time that only the test moves."""

    def __init__(self, database: Database) -> None:
        self.clock, self.metrics, self.seconds = Clock(), Metrics(), 100.0
        outbox, chats, channel = Outbox(database), Chats(database), ScriptedChannel(self.clock)
        waits = Waits(poll=0.02, send=5.0, stop=5.0, storage=0.02)
        delivery = Delivery(outbox, chats, {"telegram": channel}, self.clock, waits, observe=self.metrics.observe)
        self.desk = Desk(database, outbox, chats, self.clock, channel, delivery)
        self.vitals = Vitals(database, delivery, self.metrics, self.clock, lambda: self.seconds)
        app = web_app(self.vitals.health, [self.vitals.route])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")

    async def health(self) -> tuple[int, dict[str, Any]]:
        found = await self.client.get("/healthz")
        return found.status_code, found.json()

    async def figures(self) -> dict[tuple[str, ...], float]:
        """Each figure by its name and the values of its labels."""
        page = await self.client.get("/metrics")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/plain; version=0.0.4")
        families = text_string_to_metric_families(page.text)
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/copilot.db")
    made = Ward(database)
    yield made
    await made.client.aclose()
    await database.close()


async def test_health_names_the_role_and_each_part(ward: Ward) -> None:
    parts = {"delivery": True, "database": True, "scheduler": True}
    assert await ward.health() == (200, {"ok": True, "role": "owner", **parts})


async def test_scheduler_that_does_not_tick_is_found_and_forgiven(ward: Ward) -> None:
    ward.seconds += TICK_EVERY + TICK_LATE
    code, said = await ward.health()
    assert (code, said["ok"], said["scheduler"], said["delivery"]) == (503, False, False, True)
    assert (await ward.figures())[("copilot_scheduler_lag_seconds",)] == TICK_LATE
    await ward.vitals.job.work()
    assert (await ward.health())[0] == 200
    assert (await ward.figures())[("copilot_scheduler_lag_seconds",)] == 0


async def test_delivery_that_hangs_is_found(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ward.desk.delivery, "looked_ago", lambda: DELIVERY_LATE)
    assert (await ward.health())[1]["delivery"] is False


async def test_delivery_looks_again_and_again(ward: Ward) -> None:
    async with running(ward.desk):
        for _ in range(2):
            before = time.monotonic()
            await until(lambda before=before: time.monotonic() - ward.desk.delivery.looked_ago() > before)  # type: ignore[misc]


async def test_database_that_cannot_be_written_is_found_and_forgiven(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses() -> None:
        raise StorageError("磁盘满了")

    with monkeypatch.context() as broken:
        broken.setattr(ward.desk.database, "check", refuses)
        await ward.vitals.check()
        assert await ward.health() == (
            503, {"ok": False, "role": "owner", "delivery": True, "database": False, "scheduler": True},
        )  # fmt: skip
    await ward.vitals.check()
    assert (await ward.health())[0] == 200


async def test_database_that_belongs_to_another_copilot_ends_the_watch(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken() -> None:
        raise DatabaseTaken("被接手")

    monkeypatch.setattr(ward.desk.database, "check", taken)
    with pytest.raises(DatabaseTaken):
        await ward.vitals.watch(asyncio.Event())


async def test_watch_ends_when_it_is_over(ward: Ward) -> None:
    over = asyncio.Event()
    watching = asyncio.create_task(ward.vitals.watch(over))
    await asyncio.sleep(0.05)
    over.set()
    await asyncio.wait_for(watching, 2)


async def test_sends_are_counted_by_channel_kind_and_outcome_and_repeats_apart(ward: Ward) -> None:
    desk = ward.desk
    desk.channel.script = {
        "好": [TemporaryChannelError("429", retry_after=1), UnknownOutcome("断了")],
        "坏": [PermanentChannelError("strange")],
    }
    await desk.add("好", chat="1")
    await desk.add("坏", chat="2", kind=Kind.TIP)
    async with running(desk), ticking(desk, seconds=1):
        await desk.counts(sent=1, failed=1)
    found = await ward.figures()
    assert {key[1:]: value for key, value in found.items() if key[0] == "copilot_sends_total"} == {
        ("telegram", "answer", "refused"): 1, ("telegram", "answer", "unknown"): 1, ("telegram", "answer", "sent"): 1,
        ("telegram", "tip", "failed"): 1,
    }  # fmt: skip
    assert found[("copilot_repeated_sends_total", "answer")] == 1
    assert found[("copilot_send_seconds_count", "telegram")] == 4


async def test_what_waits_is_counted_with_the_age_of_the_oldest_that_is_due(ward: Ward) -> None:
    await ward.desk.add("一", "二")
    await ward.desk.outbox.add("later", "telegram", "1", text("x"), kind=Kind.ANSWER, now=NOW, not_before=NOW.replace(hour=23))
    await Inbox(ward.desk.database).put("telegram", 1, "42", {"text": "停留"}, now=NOW)
    found = await ward.figures()
    assert found[("copilot_outbox_messages", "ready")] == 3
    assert found[("copilot_outbox_messages", "failed")] == 0
    assert found[("copilot_outbox_oldest_due_seconds",)] == 0
    assert found[("copilot_inbox_waiting",)] == 1
    ward.clock.advance(seconds=90)
    assert (await ward.figures())[("copilot_outbox_oldest_due_seconds",)] == 90
    async with running(ward.desk), ticking(ward.desk, seconds=1):
        await ward.desk.counts(sent=2, ready=1)
    assert (await ward.figures())[("copilot_outbox_oldest_due_seconds",)] == 0


async def test_process_figures_are_there_and_nobody_is_named(ward: Ward) -> None:
    drawn = [merchant_collection(MERCHANT)]
    await ward.desk.add("好物的成交额", chat=GROUP, kind=Kind.ANSWER, collections=drawn)
    async with running(ward.desk), ticking(ward.desk, seconds=1):
        await ward.desk.counts(sent=1)
    page = (await ward.client.get("/metrics")).text
    assert "process_resident_memory_bytes" in page and "copilot_owner 1.0" in page
    assert not [word for word in (MERCHANT, GROUP, GROUP[1:], "好物", "直播") if word in page]
    assert set(re.findall(r"(\w+)=\"", page)) <= {"channel", "kind", "outcome", "state", "le"}


async def test_figures_that_cannot_be_read_are_no_traceback(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(*_: object) -> None:
        raise StorageError("读写出错")

    monkeypatch.setattr("bot.storage.outbox_care.OutboxCare.backlog", refuses)
    assert (await ward.client.get("/metrics")).status_code == 503
