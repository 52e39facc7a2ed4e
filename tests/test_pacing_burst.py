"""A thousand messages at once to fifty groups, on a clock of the test's own: the limits hold, and live tips do not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.delivery import Waits
from bot.domain.messages import Message, text
from bot.domain.outgoing import Kind, own_id
from bot.flows.ports import Sent
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox, outgoing, put
from tests.delivery_desk import NOW, Clock, CountedDelivery
from tests.double.limits import Limits

GROUPS = [f"-{1000 + number}" for number in range(50)]
EACH = 20
STEP = timedelta(milliseconds=200)
TIP_EVERY = 25  # steps


@dataclass
class LimitedChannel:
    """Counts as Telegram does; refuses nothing itself, so that a test sees what would have been refused."""

    clock: Clock
    name: str = "telegram"
    sent: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.limits = Limits(enforced=True, clock=lambda: (self.clock.now - NOW).total_seconds())

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        try:
            self.limits.take(cast(Any, SimpleNamespace(id=int(chat))))
        except Exception as error:
            self.refused.append(f"{message.plain}: {error}")
        self.sent[message.plain] = (self.clock.now - NOW).total_seconds()
        return Sent((len(self.sent),))

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        raise AssertionError("nothing is edited here")


@dataclass
class Burst:
    """The outbox with all of it, the worker, and when which tip was written."""

    database: Database
    clock: Clock
    channel: LimitedChannel
    outbox: Outbox
    delivery: CountedDelivery
    tips: dict[str, float] = field(default_factory=dict)

    async def fill(self) -> None:
        """Twenty checklists for each group, all at once."""
        async with self.database.write() as db:
            for number in range(EACH):
                for group in GROUPS:
                    key = f"{group}/{number}"
                    assert await put(db, outgoing(key, "telegram", group, text(key), kind=Kind.CHECKLIST, now=NOW))

    async def tip(self, group: str) -> None:
        key = f"tip {len(self.tips)}"
        self.tips[key] = (self.clock.now - NOW).total_seconds()
        await self.outbox.add(key, "telegram", group, text(key), kind=Kind.TIP, now=self.clock.now)


@pytest.fixture
async def burst(tmp_path: Path) -> AsyncIterator[Burst]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/copilot.db")
    clock, outbox = Clock(), Outbox(database)
    channel = LimitedChannel(clock)
    waits = Waits(poll=60, send=5, stop=5, storage=1)
    delivery = CountedDelivery(outbox, Chats(database), {"telegram": channel}, clock, waits)
    yield Burst(database, clock, channel, outbox, delivery)
    await database.close()


async def test_a_thousand_messages_keep_the_limits_and_no_tip_waits_three_seconds(burst: Burst) -> None:
    await burst.fill()
    worker = asyncio.create_task(burst.delivery.run())
    for step in range(1000):
        if step % TIP_EVERY == 0:  # one each five seconds, to one busy group after the other
            await burst.tip(GROUPS[(step // TIP_EVERY * 7) % len(GROUPS)])
        await burst.delivery.settled(lambda: len(burst.channel.sent))
        if len(burst.channel.sent) >= EACH * len(GROUPS) + len(burst.tips):
            break
        burst.clock.now += STEP
    burst.delivery.stop()
    await worker
    assert not burst.channel.refused
    assert len(burst.channel.sent) == EACH * len(GROUPS) + len(burst.tips) and len(burst.tips) >= 10
    waits = [burst.channel.sent[key] - written for key, written in burst.tips.items()]
    assert max(waits) <= 3, waits
    # It is as fast as the limits let it be: a group's twenty take 5 at once and 15 at one in four seconds.
    assert 40 < max(burst.channel.sent.values()) < 90
    for group in GROUPS:
        ours = [key for key in burst.channel.sent if key.startswith(f"{own_id(group)}/")]
        assert ours == [f"{group}/{number}" for number in range(EACH)]
