"""GET /calendar/TOKEN.ics: the calendar of whoever made the link. Knows nothing about sessions."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import StorageError

log = structlog.get_logger(__name__)

PATH = "/calendar/"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def calendar_route(behind: Callable[[str], Awaitable[str | None]]) -> Route:
    """404 for a link that opens nothing, whatever is wrong with it; 503 when the database refuses."""

    async def calendar(request: Request) -> Response:
        token = str(request.path_params["token"])
        try:
            text = await behind(token) if _TOKEN.fullmatch(token) else None
        except StorageError as error:
            log.error("calendar.not_read", error=str(error))
            return Response(status_code=503)
        if text is None:
            return Response(status_code=404)
        return Response(text, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})

    return Route(f"{PATH}{{token}}.ics", calendar, methods=["GET"])
