"""What each button of the library does."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.telegram.library import browsing, confirming
from bot.channels.telegram.library.pressing import privately
from bot.channels.telegram.presses import Deal

_DEALS: Mapping[str, Deal] = {
    "put_where": confirming.where,
    "put_ask": confirming.ask,
    "put": confirming.confirm,
    "put_drop": confirming.drop,
    "libraries": browsing.libraries,
    "documents": browsing.documents,
    "document": browsing.document,
    "restore_ask": browsing.ask_restore,
    "restore": browsing.restore,
    "take_out_ask": browsing.ask_take_out,
    "take_out": browsing.take_out,
}
DEALS: Mapping[str, Deal] = {name: privately(deal) for name, deal in _DEALS.items()}
