"""From Telegram into the inbox, and from the inbox to the handlers.

Polling acknowledges updates by asking for the next ones, which python-telegram-bot does only when every update of a
batch has been put into its queue. Our queue writes the update down instead: what cannot be stored is not
acknowledged, and Telegram sends it again. A worker takes the stored updates, oldest first, one at a time in each
chat and several chats at once. Knows nothing about what an update says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import TelegramError

from bot.errors import StorageError, TemporaryChannelError
from bot.storage.inbox import MAX_ATTEMPTS, Inbox, InboxItem

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Chats that are served at the same time: enough to hide the wait for a language model, few enough for two cores."""

HELD = 1000
"""Updates in memory at most; the others wait in the inbox."""

RETRY_AFTER = (1.0, 5.0)
"""Seconds before the second and the third attempt; the other updates of the chat wait, or they would overtake."""

WAIT = 5.0
"""Seconds to wait when the database, the disk or the network refuses."""

POLL = 30.0
"""Seconds after which the inbox is looked at even if nobody said that something came."""


class NotStored(TelegramError):
    """The update could not be written down; the polling loop waits and asks Telegram for it again."""


async def store(inbox: Inbox, account: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Write one update of this bot down under its chat, or its person where it has no chat. Raises StorageError."""
    await inbox.put(account, payload["update_id"], _lane(payload), payload, now=now)


def _lane(payload: dict[str, Any]) -> str:
    """The chat whose updates must not overtake each other. Whatever the payload holds, this gives a text."""
    for content in payload.values():
        if isinstance(content, dict):
            message = content.get("message")
            holder = content if "chat" in content else message if isinstance(message, dict) else {}
            for found in (holder.get("chat"), content.get("from")):
                if isinstance(found, dict) and "id" in found:
                    return str(found["id"])
    return "0"


class InboxQueue(asyncio.Queue[object]):
    """The updater's queue: putting an update returns when it is on the disk. What is no update passes through."""

    def __init__(self, inbox: Inbox, account: str, arrived: Callable[[], None], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._inbox = inbox
        self._account = account
        self._arrived = arrived
        self._now = now

    async def put(self, item: object) -> None:
        """Store an update. Raises NotStored, which leaves it unacknowledged."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        try:
            await store(self._inbox, self._account, item.to_dict(), now=self._now())
        except StorageError as error:
            raise NotStored(str(error)) from error
        self._arrived()


Handle = Callable[[InboxItem], Awaitable[str]]
"""Deals with one update; returns what went wrong, empty when nothing did.

Raises TemporaryChannelError when it cannot be dealt with at present, whatever it says.
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
        for item in await self._inbox.pending(limit=room, skip=self._held):
            self._held.add(item.id)
            if item.channel != self._account:
                continue
            lane = self._lanes.get(item.chat)
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
        attempts = item.attempts
        while not self._stopping:
            try:
                error = await self._handle(item)
                if not error:
                    await self._inbox.done(item.id, now=self._now())
                    return
                attempts = await self._inbox.failed(item.id, error, now=self._now())
                if attempts >= MAX_ATTEMPTS:
                    log.error("telegram.update_parked", update_id=item.update_id, chat=item.chat)
                    await self._give_up(item)
                    return
                await asyncio.sleep(RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1])
            except (StorageError, TemporaryChannelError) as error:
                # Not the update's fault, so it does not count as an attempt: when not even that can be written down,
                # or when nothing can be sent, the update waits.
                log.error("telegram.update_waits", update_id=item.update_id, error=str(error))
                await asyncio.sleep(getattr(error, "retry_after", None) or WAIT)
