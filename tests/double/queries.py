"""Answers to pressed buttons and to inline queries."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from tests.double.calls import Call
from tests.double.errors import QUERY_TOO_OLD, bad_request
from tests.double.keyboards import read_markup
from tests.double.messages import MAX_TEXT, formatted
from tests.double.registry import method
from tests.double.state import Json
from tests.double.text import units

if TYPE_CHECKING:
    from tests.double.core import Pressed, TelegramDouble

MAX_RESULTS = 50
MAX_TOAST = 200


def _open_query(double: TelegramDouble, query_id: str, kind: str) -> Pressed:
    pressed = double.queries.get(query_id)
    if pressed is None or pressed.kind != kind or time.monotonic() - pressed.at > double.query_lifetime:
        raise bad_request(QUERY_TOO_OLD)
    return pressed


@method("answerCallbackQuery")
async def answer_callback_query(double: TelegramDouble, call: Call) -> bool:
    pressed = _open_query(double, call.text("callback_query_id"), "callback_query")
    if units(call.text("text")) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    # A button answered twice keeps the first answer: the person has seen it already.
    pressed.answer = pressed.answer or {"text": call.text("text"), "alert": call.flag("show_alert"), "url": call.text("url")}
    double.world.touch()
    return True


@method("answerInlineQuery")
async def answer_inline_query(double: TelegramDouble, call: Call) -> bool:
    pressed = _open_query(double, call.text("inline_query_id"), "inline_query")
    results = call.json("results", "results") or []
    if not isinstance(results, list):
        raise bad_request("expected an Array of inline query results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(call.text("next_offset").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    read = [_read_result(result) for result in results]
    if len({result["id"] for result in read}) < len(read):
        raise bad_request("RESULT_ID_DUPLICATE")
    pressed.answer = {"results": read, "next_offset": call.text("next_offset"), "button": _read_button(call.json("button"))}
    double.world.touch()
    return True


def _read_result(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    result_id = raw.get("id")
    if not isinstance(result_id, str) or not 1 <= len(result_id.encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if (kind := raw.get("type")) != "article":
        raise bad_request(f'can\'t parse inline query result: type "{kind}" is unsupported for the inline query result')
    if not isinstance(raw.get("title"), str) or not raw["title"].strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    read = {"id": result_id, "title": raw["title"], "description": raw.get("description", "")}
    return read | _read_content(raw.get("input_message_content")) | {"reply_markup": read_markup(raw.get("reply_markup"))}


def _read_content(content: Any) -> Json:
    if not isinstance(content, dict) or not content.get("message_text"):
        raise bad_request("can't parse inline query result: Input message content is not specified")
    text, entities = formatted(content["message_text"], content.get("parse_mode") or "", content.get("entities"))
    if units(text) > MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    return {"text": text, "entities": entities, "link_preview_options": content.get("link_preview_options")}


def _read_button(button: Any) -> Json | None:
    if button is None:
        return None
    start = button.get("start_parameter", "")
    if not button.get("text") or (not button.get("web_app") and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start)):
        raise bad_request("START_PARAM_INVALID")
    return dict(button)
