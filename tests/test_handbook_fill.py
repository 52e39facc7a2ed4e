"""Ctrl-C while vectors are computed: the thread that computes them is told to end."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.handbook import Handbook


async def test_cancelled_fill_lets_its_thread_end(tmp_path: Path) -> None:
    ended, begun = threading.Event(), threading.Event()

    def fill(collection: str, progress: Any, stop: threading.Event) -> int:
        begun.set()
        if stop.wait(10):
            ended.set()
        return 0

    library: Any = SimpleNamespace(fill=fill)
    handbook = Handbook(library, SimpleNamespace(), tmp_path)  # type: ignore[arg-type]
    task = asyncio.create_task(handbook.fill())
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 5)
