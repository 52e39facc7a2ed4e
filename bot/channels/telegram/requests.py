"""How requests to Telegram are made: connection pools, timeouts, and polling that outlives a refused token."""

from __future__ import annotations

import logging
from typing import Any

from telegram.error import TelegramError
from telegram.request import HTTPXRequest

POOL = 32
"""Connections for sending; more requests than that wait up to POOL_WAIT seconds."""

POOL_WAIT = 10.0
READ_WAIT = 20.0
"""Seconds for a reply. Telegram's usual answer takes a tenth of one; giving up early makes outcomes unknown."""

CONNECT_WAIT = 10.0

POLLING_POOL = 2
"""Connections for polling: the last request at shutdown must not wait for the long poll before it."""


LOUDEST = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL,
}
"""From which level on libraries are heard. The first two log every address, with the token in it, below that; the third
logs a traceback for each reply of a broken gateway, which `polling` and `errors` turn into a sentence."""


def quiet_libraries() -> None:
    """Keep the token and other people's tracebacks out of the log."""
    for name, level in LOUDEST.items():
        logging.getLogger(name).setLevel(level)


class TokenRefused(TelegramError):
    """Telegram refused the token while polling, where python-telegram-bot would give up for good."""


class PollingRequest(HTTPXRequest):
    """Makes a refused token an error like any other, so that polling waits and tries again."""

    async def do_request(self, *args: Any, **values: Any) -> tuple[int, bytes]:
        """See the base class."""
        code, payload = await super().do_request(*args, **values)
        if code in (401, 404):
            raise TokenRefused(f"Telegram answered {code} to getUpdates")
        return code, payload


def sending_request() -> HTTPXRequest:
    """The request object for everything but polling."""
    return HTTPXRequest(connection_pool_size=POOL, pool_timeout=POOL_WAIT, read_timeout=READ_WAIT, connect_timeout=CONNECT_WAIT)


def polling_request() -> PollingRequest:
    """The request object for polling."""
    return PollingRequest(connection_pool_size=POLLING_POOL, pool_timeout=POOL_WAIT, connect_timeout=CONNECT_WAIT)
