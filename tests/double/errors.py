"""The errors that the Bot API answers with, in its own words."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: HTTP status, the description a bot reads, and the parameters beside it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_json(self) -> dict[str, Any]:
        """The body of the reply."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(reason: str) -> ApiError:
    """400; the first letter becomes small, as Telegram writes it, unless the reason is a code in capitals."""
    shouted = len(reason) > 1 and reason[1].isupper()
    return ApiError(400, f"Bad Request: {reason if shouted else reason[:1].lower() + reason[1:]}")


def forbidden(reason: str) -> ApiError:
    """403: the bot may not do this, now or later."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """409: two ways of receiving updates at once."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """429 with the wait in seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def migrated(to: int) -> ApiError:
    """400 that carries the id of the supergroup which a basic group became."""
    return ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=to)


UNAUTHORIZED = ApiError(401, "Unauthorized")
NOT_FOUND = ApiError(404, "Not Found")
TOO_LARGE = ApiError(413, "Request Entity Too Large")
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
