"""The webhook: a route that stores what Telegram posts, and says 200 only then."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.updates import store
from bot.errors import StorageError
from bot.storage.inbox import Inbox

log = structlog.get_logger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"

LARGEST = 1_000_000
"""Bytes of one update; Telegram's are a few thousand."""


def webhook_route(
    path: str, secret: str, inbox: Inbox, account: str, arrived: Callable[[], None], now: Callable[[], datetime]
) -> Route:
    """POST `path` for Telegram.

    403 without the secret, 400 for what is no JSON object, 413 for too much, 503 when it cannot be stored (Telegram
    then sends it again), else 200: also for an update that nobody can read, which is kept and would only come again.
    """

    refusals = _Refusals()

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            refusals.note("the secret is another one" if given else "the secret is missing", now())
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        payload = _update(body)
        if payload is None:
            return Response(status_code=400)
        try:
            await store(inbox, account, payload, now=now())
        except StorageError as error:
            log.error("telegram.webhook_not_stored", update_id=payload.get("update_id"), error=str(error))
            return Response(status_code=503)
        arrived()
        return Response(status_code=200)

    return Route(path, receive, methods=["POST"])


class _Refusals:
    """Says that posts are refused, once a minute: a secret changed on one side only would otherwise look like silence."""

    def __init__(self) -> None:
        self._count, self._said = 0, datetime.min.replace(tzinfo=UTC)

    def note(self, why: str, now: datetime) -> None:
        """Count one refusal, and log it when none was logged for a minute."""
        self._count += 1
        if now - self._said >= timedelta(minutes=1):
            log.warning("telegram.webhook_refused", why=why, times=self._count)
            self._count, self._said = 0, now


async def _body(request: Request) -> bytes | None:
    """The request's body, None when it is too large; it is never read further than that."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LARGEST:
            return None
    return bytes(read)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):  # no JSON, or nested deeper than anybody means
        return None
    return payload if isinstance(payload, dict) else None
