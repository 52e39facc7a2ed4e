"""Waiting for whoever owns the data, inside one process: what is said, when it ends, what it does about a race."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import serving, standby
from bot.config import Settings
from bot.errors import DatabaseTaken, DataFolderBusy, ModelError
from bot.instance import free, own, owner
from bot.standby import Standby, StandbyEnded

pytestmark = pytest.mark.alone

WARM: Any = object()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(standby, "rehearse", lambda _: WARM)


def settings(folder: Path) -> Settings:
    return Settings(_env_file=None, data=folder / "data", telegram_bot_token="1:a")


async def test_free_folder_is_taken_at_once_and_nothing_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    waiting = Standby(settings(tmp_path), asyncio.Event(), said.append)
    assert await waiting.for_folder() is WARM
    await waiting.for_database()
    assert said == []


async def test_owner_is_named_once_and_waited_for(tmp_path: Path) -> None:
    said: list[str] = []
    waiting = Standby(settings(tmp_path), asyncio.Event(), said.append)
    with own(tmp_path / "data", command="copilot run"):
        assert not free(tmp_path / "data")
        task = asyncio.create_task(waiting.for_folder())
        await asyncio.sleep(0.2)
        assert not task.done()
        assert said == [owner(tmp_path / "data")] and "copilot run" in said[0]
    assert await task is WARM
    await waiting.close()


async def test_stop_ends_the_waiting(tmp_path: Path) -> None:
    stop = asyncio.Event()
    with own(tmp_path / "data"):
        task = asyncio.create_task(Standby(settings(tmp_path), stop, lambda _: None).for_folder())
        await asyncio.sleep(0.05)
        stop.set()
        with pytest.raises(StandbyEnded):
            await task


async def test_what_would_keep_it_from_starting_is_said_when_its_turn_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Settings) -> Any:
        raise ModelError("没有模型")

    monkeypatch.setattr(standby, "rehearse", broken)
    with pytest.raises(ModelError):
        await Standby(settings(tmp_path), asyncio.Event(), lambda _: None).for_folder()


Turn = Callable[[], Awaitable[None]]


@pytest.mark.parametrize("lost", [DataFolderBusy("一个更快"), DatabaseTaken("被接手")])
async def test_one_that_loses_a_race_or_the_database_stands_by_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    times: list[object] = []

    async def once(_: Settings, stop: asyncio.Event, progress: object, warm: object, turn: Turn) -> None:
        times.append(warm)
        if len(times) == 1:
            raise lost
        stop.set()

    monkeypatch.setattr(serving, "_serve", once)
    await serving.serve(settings(tmp_path), stop=asyncio.Event(), standby=lambda _: None)
    assert times == [WARM, WARM]


async def test_without_standby_a_folder_in_use_is_an_error(tmp_path: Path) -> None:
    with own(tmp_path / "data"), pytest.raises(DataFolderBusy):
        await serving.serve(settings(tmp_path), stop=asyncio.Event())
