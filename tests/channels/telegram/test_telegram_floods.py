"""A flood of words in one room: it is heard in pieces, and neither another room nor another speaker waits for all of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.lines import Line
from bot.domain.remarks import Ear, Mention
from bot.errors import StorageError
from bot.flows import listening as hearing
from tests.channels.telegram.test_telegram_heard import SLIP, Room, room, row, tips

__all__ = ["room"]


@dataclass
class Flood:
    """Whoever hears a piece that says 洪 is held up until `go` is set; `order` has what was heard, a piece each."""

    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    order: list[str] = field(default_factory=list)

    def hear(self, ear: Ear, lines: Sequence[Line]) -> list[Mention]:
        self.order.append("".join(line.text for line in lines))
        if "洪" in self.order[-1]:
            self.begun.set()
            assert self.go.wait(60)
        return [one for line in lines for one in ear.hear(line.at.timestamp(), line.text, line.source)]


@pytest.fixture
def flood(monkeypatch: pytest.MonkeyPatch) -> Flood:
    made = Flood()
    monkeypatch.setattr(hearing, "PIECE_LINES", 2)
    monkeypatch.setattr(hearing, "_hear", made.hear)
    return made


async def test_a_room_that_is_busy_keeps_no_other_room_waiting(room: Room, flood: Flood) -> None:
    for one in (room.rival, room.session):
        await room.says("我们全网第一", ago=2, to=one)
    busy = asyncio.create_task(room.post([row("洪水", 1)]))
    assert await asyncio.to_thread(flood.begun.wait, 60)
    async with asyncio.timeout(60):
        await room.tick(later=10)
    assert not busy.done() and len(tips(room.elsewhere)) == 1 and room.tips == []
    flood.go.set()
    assert (await busy).json()["accepted"] == 1
    await room.tick(later=10)
    assert len(room.tips) == 1 and len(tips(room.elsewhere)) == 1


async def test_who_says_one_line_does_not_wait_for_the_whole_flood_of_another(
    room: Room, flood: Flood, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.says("大家好")
    rows = [row(f"洪{number}，", 20 - number) for number in range(5)]
    busy = asyncio.create_task(room.post(rows))
    assert await asyncio.to_thread(flood.begun.wait, 60)
    read = asyncio.Event()

    async def last_step(*_: object) -> None:  # before the room's turn is asked for
        read.set()

    monkeypatch.setattr(hearing, "log_rejected", last_step)
    beside = asyncio.create_task(room.post([row(SLIP, 1)]))
    await read.wait()
    flood.go.set()
    assert [(await one).json()["accepted"] for one in (busy, beside)] == [5, 1]
    assert flood.order[-4:] == ["洪0，洪1，", SLIP, "洪2，洪3，", "洪4，"] and len(room.tips) == 1


async def test_pieces_that_were_stored_before_a_failure_are_not_told_twice(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "PIECE_LINES", 2)
    keep = room.listening.lines.keep

    async def failing(session: str, new: Sequence[Line], *rest: Any, **more: Any) -> int | None:
        if any("最佳" in line.text for line in new):
            raise StorageError("盘满了")
        return await keep(session, new, *rest, **more)

    rows = [row(SLIP, 9), row("看一下尺码", 8), row("今年最佳的一条裤子", 7)]
    with monkeypatch.context() as patched:
        patched.setattr(room.listening.lines, "keep", failing)
        assert (await room.post(rows)).status_code == 503
    assert len(room.tips) == 1
    assert (await room.post(rows)).json() == {"accepted": 1, "duplicates": 2, "rejected": []}
    assert len(room.tips) == 2 and "说了「最佳」" in room.tips[1]
