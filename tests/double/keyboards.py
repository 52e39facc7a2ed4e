"""Inline keyboards: what Telegram takes, and where it refuses."""

from __future__ import annotations

import json
from typing import Any

from tests.double.errors import bad_request
from tests.double.links import checked_link

Markup = dict[str, Any]

MAX_DATA_BYTES = 64
MAX_BUTTONS = 100
MAX_IN_ROW = 8
"""Telegram drops the ninth button of a row silently; here it is refused, so that no test loses a button."""

_OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(raw: Any) -> Markup | None:
    """The inline keyboard to store, or None for no keyboard and for keyboards that are not part of the message.

    Raises ApiError 400 in Telegram's words for malformed buttons, BUTTON_DATA_INVALID above 64 bytes.
    """
    if raw is None or raw == "":
        return None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    if any(name in raw for name in _OTHER_MARKUP):
        return None
    rows = raw.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    read = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, read)) > MAX_BUTTONS or len(json.dumps(read, ensure_ascii=False).encode()) > 10_000:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if any(len(row) > MAX_IN_ROW for row in read):
        raise bad_request("BUTTON_ROW_TOO_LONG")
    return {"inline_keyboard": read} if read else None


def _button(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(raw.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not raw["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    return {"text": raw["text"]} | _action(raw)


def _action(raw: dict[str, Any]) -> dict[str, Any]:
    if raw.get("url"):
        url = checked_link(str(raw["url"]))
        if not url:
            raise bad_request(f"inline keyboard button URL '{raw['url']}' is invalid: Wrong HTTP URL")
        return {"url": url}
    if raw.get("callback_data"):
        if not isinstance(raw["callback_data"], str) or len(raw["callback_data"].encode()) > MAX_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return {"callback_data": raw["callback_data"]}
    for name in ("switch_inline_query", "switch_inline_query_current_chat"):
        if isinstance(raw.get(name), str):
            return {name: raw[name]}
    if isinstance(raw.get("copy_text"), dict) and 1 <= len(raw["copy_text"].get("text", "")) <= 256:
        return {"copy_text": {"text": raw["copy_text"]["text"]}}
    raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
