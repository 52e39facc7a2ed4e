"""The table of Bot API methods that the double answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.double.calls import Call

if TYPE_CHECKING:
    from tests.double.core import TelegramDouble

Handler = Callable[["TelegramDouble", Call], Awaitable[Any]]

METHODS: dict[str, Handler] = {}
"""By name in small letters; Telegram does not mind the case."""


def method(*names: str) -> Callable[[Handler], Handler]:
    """Put a handler into the table under the method's names."""

    def register(handler: Handler) -> Handler:
        METHODS.update({name.lower(): handler for name in names})
        return handler

    return register
