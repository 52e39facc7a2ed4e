"""SQLite in the event loop's own thread: half of a month's time would go into handing each call over to another and back.

Its files are the same and its transactions too. Others go on between two calls, as they do while a thread works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiosqlite.core import Connection


def inline() -> None:
    """Let every connection of this process work like that, from now on."""
    Connection._execute = _execute  # type: ignore[method-assign]


async def _execute(self: Connection, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    if not self._running or self._connection is None:
        raise ValueError("Connection closed")
    await asyncio.sleep(0)
    return call(*arguments, **options)
