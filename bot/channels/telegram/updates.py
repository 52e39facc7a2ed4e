"""From Telegram into the inbox, and from the inbox to the handlers.

Whatever comes in, by polling or by webhook, is written down as it came before Telegram is told that it arrived: what
cannot be stored is not acknowledged, and Telegram sends it again. A worker takes the stored updates, oldest first, one
at a time in each chat and several chats at once. What nobody can read is parked: its row stays with the cause, for a
person to look at. Knows nothing about what an update says.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import Any

import structlog

from bot.errors import StorageError, TemporaryChannelError
from bot.storage.inbox import MAX_ATTEMPTS, Inbox, InboxItem

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Chats that are served at the same time: enough to hide the wait for a language model, few enough for two cores."""

HELD = 1000
"""Updates in memory at most; the others wait in the inbox."""

HELD_OF_A_CHAT = 50
"""Of these at most so many of one chat: a group that floods must not take the places of all others."""

RETRY_AFTER = (1.0, 5.0)
"""Seconds before the second and the third attempt; the other updates of the chat wait, or they would overtake."""

WAIT = 5.0
"""Seconds to wait when the database, the disk or the network refuses."""

POLL = 30.0
"""Seconds after which the inbox is looked at even if nobody said that something came."""


LARGEST_NUMBER = 2**53
"""What a JSON number carries exactly. A larger update_id is none: acknowledging it would skip all that come after."""

DEEPEST = 100
"""Levels of lists and objects; Telegram's have a dozen, and what is nested much deeper cannot be written as JSON."""


class Unreadable(Exception):
    """An update that is no update; trying again would not help. The message says what is wrong, without its content."""


async def store(inbox: Inbox, account: str, payload: Any, *, now: datetime) -> int | None:
    """Write one update of this bot down under its chat, or its person where it has no chat. Raises StorageError.

    Returns its number, None when it has none. What cannot be handled whatever is done is parked at once, also without
    a number: then a negative one made of its content tells it from others, and the same again is the same row.
    """
    number = _number(payload)
    wrong = "" if number is not None else "no update_id"
    if _too_deep(payload):
        wrong, payload = "nested too deep to be kept", {"update_id": number}
    stored_as = _stand_in(payload) if number is None else number
    lane = _lane(payload) if isinstance(payload, dict) else "0"
    new = await inbox.put(account, stored_as, lane, payload, now=now, parked=wrong)
    if wrong and new:
        log.error("telegram.update_unreadable", update_id=stored_as, chat=lane, cause=wrong)
    return number


def _number(payload: object) -> int | None:
    number = payload.get("update_id") if isinstance(payload, dict) else None
    return number if type(number) is int and 0 <= number < LARGEST_NUMBER else None


def _stand_in(payload: object) -> int:
    content = json.dumps(payload, sort_keys=True).encode()
    return -1 - int.from_bytes(blake2b(content, digest_size=6).digest(), "big")


def _too_deep(payload: object) -> bool:
    level = [payload]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _lane(payload: dict[str, Any]) -> str:
    """The chat whose updates must not overtake each other. Whatever the payload holds, this gives a short text."""
    for content in payload.values():
        if isinstance(content, dict):
            message = content.get("message")
            holder = content if "chat" in content else message if isinstance(message, dict) else {}
            for found in (holder.get("chat"), content.get("from")):
                if isinstance(found, dict) and type(found.get("id")) is int:
                    return str(found["id"])
    return "0"


Handle = Callable[[InboxItem], Awaitable[str]]
"""Deals with one update; returns what went wrong, empty when nothing did.

Raises TemporaryChannelError when it cannot be dealt with at present, whatever it says, and Unreadable.
"""

GiveUp = Callable[[InboxItem], Awaitable[None]]
"""Tells the person that an update could not be dealt with."""


class UpdateWorker:
    """Takes one bot's updates from the inbox for as long as it runs; those of another bot stay there."""

    def __init__(self, inbox: Inbox, account: str, handle: Handle, give_up: GiveUp, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._account = account
        self._handle = handle
        self._give_up = give_up
        self._now = now
        self._arrived = asyncio.Event()
        self._lanes: dict[str, deque[InboxItem]] = {}
        self._held: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._stopping = False

    def notify(self) -> None:
        """Something new is in the inbox."""
        self._arrived.set()

    async def run(self) -> None:
        """Work until `stop` is called."""
        while not self._stopping:
            try:
                await self._take()
            except StorageError as error:
                log.error("telegram.inbox_unreadable", error=str(error))
                await asyncio.sleep(WAIT)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._arrived.wait()

    async def stop(self, patience: float = 10.0) -> None:
        """Take nothing new, finish what is in hand for up to `patience` seconds; what is left stays in the inbox."""
        self._stopping = True
        self._arrived.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _take(self) -> None:
        """Bring waiting updates into memory, each into its chat's lane."""
        self._arrived.clear()
        room = HELD - len(self._held)
        if room <= 0:
            return
        full = {chat for chat, lane in self._lanes.items() if len(lane) >= HELD_OF_A_CHAT}
        for item in await self._inbox.pending(limit=room, skip=self._held, skip_chats=full):
            if item.channel != self._account:
                self._held.add(item.id)
                continue
            lane = self._lanes.get(item.chat)
            if lane is not None and len(lane) >= HELD_OF_A_CHAT:
                self._arrived.set()  # there is more behind it, of other chats perhaps
                continue
            self._held.add(item.id)
            if lane is not None:
                lane.append(item)
                continue
            self._lanes[item.chat] = deque([item])
            task = asyncio.create_task(self._serve(item.chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, chat: str) -> None:
        """One chat's updates in order, until there are none."""
        lane = self._lanes[chat]
        try:
            while lane and not self._stopping:
                async with self._room:
                    await self._settle(lane[0])
                self._held.discard(lane.popleft().id)
        finally:
            self._held.difference_update(item.id for item in lane)
            del self._lanes[chat]
        self._arrived.set()

    async def _settle(self, item: InboxItem) -> None:
        """Handle one update until that is done or has failed too often."""
        while not self._stopping:
            try:
                wait = await self._attempt(item)
                if wait is None:
                    return
                await asyncio.sleep(wait)
            except (StorageError, TemporaryChannelError) as error:
                # Not the update's fault, so it does not count as an attempt: when not even that can be written down,
                # or when nothing can be sent, the update waits.
                log.error("telegram.update_waits", update_id=item.update_id, error=str(error))
                await asyncio.sleep(getattr(error, "retry_after", None) or WAIT)

    async def _attempt(self, item: InboxItem) -> float | None:
        """Handle one update once; seconds until the next attempt, None when there is none."""
        try:
            error = await self._handle(item)
        except Unreadable as cause:
            await self._inbox.park(item.id, str(cause), now=self._now())
            log.error("telegram.update_unreadable", update_id=item.update_id, chat=item.chat, cause=str(cause))
            return None
        if not error:
            await self._inbox.done(item.id, now=self._now())
            return None
        attempts = await self._inbox.failed(item.id, error, now=self._now())
        if attempts < MAX_ATTEMPTS:
            return RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
        log.error("telegram.update_parked", update_id=item.update_id, chat=item.chat)
        try:
            await self._give_up(item)
        except StorageError as refusal:  # the update is parked by now, and must not be taken up again for an excuse
            log.error("telegram.excuse_not_stored", update_id=item.update_id, error=str(refusal))
        return None
