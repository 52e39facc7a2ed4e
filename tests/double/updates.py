"""The queue of updates and how a bot takes them: long polling, confirmed by the next offset.

An update stays until an offset above it confirms it, so a bot that dies gets it again.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.double.errors import bad_request, conflict
from tests.double.judge import Judge
from tests.double.state import Json, World

ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that a bot only gets when it names them in allowed_updates."""

OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Updates:
    """Pending updates, oldest first. `allowed` is what the bot last asked for, None for the default."""

    def __init__(self, world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge
        self._next_id = 500_000_001
        self.pending: list[Json] = []
        self.allowed: list[str] | None = None
        self.webhook_url = ""
        self.closed = False
        self._poll: asyncio.Event | None = None
        self._spoilers: deque[Callable[[Json], Any]] = deque()
        self._spoiled: dict[int, Any] = {}

    def spoil_next(self, *spoilers: Callable[[Json], Any]) -> None:
        """The next updates go out as each of these leaves them, again and again until they are confirmed.

        A spoiler changes the update that it is given, or returns what goes out in its place.
        """
        self._spoilers.extend(spoilers)

    def as_sent(self, update: Json) -> Any:
        """The update as it goes out to the bot."""
        return self._spoiled.get(int(update["update_id"]), update)

    def add(self, kind: str, payload: Json) -> int:
        """Queue one update; 0 when the bot does not want this kind, its id otherwise."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST_ONLY
        if not wanted:
            return 0
        update: Json = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        self._judge.update(update)
        if self._spoilers:
            spoiled = copy.deepcopy(update)
            instead = self._spoilers.popleft()(spoiled)
            self._spoiled[int(update["update_id"])] = spoiled if instead is None else instead
        self.pending.append(update)
        self._world.touch()
        return int(update["update_id"])

    def allow(self, kinds: Any) -> None:
        """Remember allowed_updates as sent: a list sets it, an empty one restores the default, None keeps it."""
        if isinstance(kinds, list):
            self.allowed = [str(kind).lower() for kind in kinds] or None

    def confirm(self, update_id: int) -> None:
        """Forget one update that a webhook has taken."""
        self.pending = [update for update in self.pending if update["update_id"] != update_id]
        self._world.touch()

    @property
    def polled(self) -> bool:
        """Whether a getUpdates request is waiting now."""
        return self._poll is not None

    async def poll(self, *, offset: int, limit: int, wait: float) -> list[Json]:
        """getUpdates. A later call ends an earlier one that still waits, which gets 409."""
        if self.webhook_url:
            raise conflict(WEBHOOK_ACTIVE)
        if not 0 <= limit <= 100:
            raise bad_request("limit must be between 1 and 100")
        if self._poll is not None:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        self._world.touch()
        self._confirm_below(offset)
        try:
            await self._world.until(lambda: bool(self.pending) or mine.is_set() or self.closed or bool(self.webhook_url), wait)
        finally:
            if self._poll is mine:
                self._poll = None
        if mine.is_set():
            raise conflict(OTHER_POLL)
        if self.webhook_url:
            raise conflict("terminated by setWebhook request")
        return self.pending[: limit or 100]

    def _confirm_below(self, offset: int) -> None:
        """A positive offset confirms everything below it, a negative one all but the last so many."""
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
