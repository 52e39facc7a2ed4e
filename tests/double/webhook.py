"""Delivery of updates to the bot's own address, one after the other, repeated until it says 2xx."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp

from tests.double.errors import bad_request
from tests.double.state import Json, World
from tests.double.updates import Updates

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


class Webhook:
    """The bot's webhook, if any. Retries come faster than Telegram's, from 50 ms to one second apart.

    Plain HTTP and any port are fine, as with a Bot API server of one's own.
    """

    def __init__(self, world: World, updates: Updates) -> None:
        self._world = world
        self._updates = updates
        self._secret = ""
        self._max_connections = 40
        self._last_error: Json = {}
        self._task: asyncio.Task[None] | None = None

    async def set(self, url: str, *, secret: str, max_connections: int, drop: bool) -> None:
        """setWebhook; an empty address removes it."""
        if url and not re.match(r"https?://[^\s/]+", url):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        await self.close()
        if drop:
            self._updates.pending.clear()
        self._secret, self._max_connections, self._last_error = secret, max_connections or 40, {}
        self._updates.webhook_url = url
        self._world.touch()
        if url:
            self._task = asyncio.create_task(self._deliver(url))

    def info(self) -> Json:
        """A WebhookInfo object."""
        url = self._updates.webhook_url
        info: dict[str, Any] = {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._updates.pending)}
        if url:
            info |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"} | self._last_error
        return info | ({"allowed_updates": self._updates.allowed} if self._updates.allowed else {})

    async def close(self) -> None:
        """Stop delivering."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _deliver(self, url: str) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=30)) as client:
            pause = 0.05
            while True:
                await self._world.until(lambda: bool(self._updates.pending), 3600)
                if not self._updates.pending:
                    continue
                update = self._updates.pending[0]
                if await self._post(client, url, update):
                    self._updates.confirm(update["update_id"])
                    pause = 0.05
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, 1.0)

    async def _post(self, client: aiohttp.ClientSession, url: str, update: Json) -> bool:
        try:
            async with client.post(url, json=self._updates.as_sent(update)) as response:
                if 200 <= response.status < 300:
                    return True
                reason = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = f"Connection failed: {error}"
        self._last_error = {"last_error_date": int(self._world.clock()), "last_error_message": reason}
        self._world.touch()
        return False
