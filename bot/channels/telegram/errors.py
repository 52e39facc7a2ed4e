"""Telegram's errors -> ours, once; and the token taken out of every text that is logged or raised.

What matters is whether Telegram may have taken the message: only what broke after the request was on its way
has an unknown outcome.
"""

from __future__ import annotations

import traceback
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChannelError, PermanentChannelError, TemporaryChannelError, UnknownOutcome

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.ProxyError,
)
"""Failures from before the request left."""

LONGEST = 300
"""Characters of an error that are kept; a proxy's error page can be long."""

_NOT_MODIFIED = "message is not modified"
_NO_TEXT = "there is no text in the message to edit"
_EDIT_NOT_FOUND = "message to edit not found"
_CHAT_NOT_FOUND = "chat not found"


class Scrub:
    """Takes the token out of any text."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, text: object) -> str:
        """The text with `***` in place of the token, also where it stands in a URL."""
        return str(text).replace(self._token, "***").replace(self._token.replace(":", "%3A"), "***")

    def traceback(self, error: BaseException) -> str:
        """The whole traceback, scrubbed."""
        return self("".join(traceback.format_exception(error)))


def not_modified(error: TelegramError) -> bool:
    """Whether an edit was refused because the message looks like that already."""
    return isinstance(error, BadRequest) and _NOT_MODIFIED in error.message.lower()


def gone(error: TelegramError) -> bool:
    """Whether an edit was refused because the message is not there any more."""
    return isinstance(error, BadRequest) and _EDIT_NOT_FOUND in error.message.lower()


def has_picture(error: TelegramError) -> bool:
    """Whether an edit of text was refused because the message is a picture with text below it."""
    return isinstance(error, BadRequest) and _NO_TEXT in error.message.lower()


def translate(error: TelegramError, scrub: Scrub) -> ChannelError:
    """The ChannelError that says whether to send again; its text never holds the token."""
    # A gateway's error page is for browsers; the library puts it behind its own sentence.
    said = scrub(error.message).partition(". Parsing the server response")[0][:LONGEST]
    match error:
        case RetryAfter():
            wait = error.retry_after
            return TemporaryChannelError(said, wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case ChatMigrated():
            return PermanentChannelError(said, migrated_to=str(error.new_chat_id))
        case Forbidden():
            return PermanentChannelError(said, chat_gone=True)
        case BadRequest():
            return PermanentChannelError(said, chat_gone=_CHAT_NOT_FOUND in said.lower())
        case EndPointNotFound():
            return PermanentChannelError(said)
        case InvalidToken():
            # Whoever runs the copilot may put the token right; the message can wait for that.
            return TemporaryChannelError(said)
    return UnknownOutcome(said) if _may_have_arrived(error) else TemporaryChannelError(said)


def _may_have_arrived(error: TelegramError) -> bool:
    """Whether the request was on its way when it broke, or the reply could not be read."""
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPError | httpx.InvalidURL):
        return not isinstance(cause, NOT_SENT)
    # Anything else is what Telegram said: a refusal, unless it is a gateway that lost patience or a reply nobody can read.
    return "gateway time" in error.message.lower() or error.message == "Invalid server response"
