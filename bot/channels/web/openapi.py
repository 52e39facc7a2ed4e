"""What /v1/openapi.json says: the intake of live metrics and of words from the room, in OpenAPI 3.1.

docs/intake.md says the same to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.domain.cells import LARGEST
from bot.domain.lines import KINDS, LONGEST, LONGEST_ID, MOST, LineReason
from bot.domain.sample_rows import MOST_FIELDS, Reason

SAMPLES = "/v1/sessions/{id}/samples"
LINES = "/v1/sessions/{id}/lines"

_REASONS: Mapping[StrEnum, str] = {
    Reason.NOT_AN_OBJECT: "the row is no object",
    Reason.TOO_MANY_FIELDS: f"the row has more than {MOST_FIELDS} fields, and nothing of it was taken",
    Reason.NO_TIME: "the row does not say when",
    Reason.BAD_TIME: "the time is not ISO 8601 with a time of day",
    Reason.FUTURE: "the time is more than a minute ahead",
    Reason.TOO_OLD: "the time is more than a day before the session",
    Reason.EMPTY: "the row has a time and nothing else",
    Reason.UNKNOWN_METRIC: "no metric has this id or name; said once a request",
    Reason.NAMED_TWICE: "two fields of the row are the same metric, or one name stands there twice; the first counts",
    Reason.NOT_A_NUMBER: "the value is not a number",
    Reason.NOT_FINITE: "the value is not finite",
    Reason.NEGATIVE: "the value cannot be below zero",
    Reason.PERCENT: "the value is a share and was sent as a percentage: 35% is 0.35",
    Reason.TOO_LARGE: f"the value is more than {LARGEST:,.0f}",
}
_LINE_REASONS: Mapping[StrEnum, str] = {
    LineReason.NOT_AN_OBJECT: "the row is no object",
    LineReason.NO_TIME: "the row does not say when",
    LineReason.BAD_TIME: "the time is not ISO 8601 with a time of day",
    LineReason.FUTURE: "the time is more than a minute ahead",
    LineReason.TOO_OLD: "the time is more than an hour ago",
    LineReason.NO_KIND: "the row does not say whether it is transcript or comment",
    LineReason.UNKNOWN_KIND: "the kind is neither transcript nor comment",
    LineReason.NO_TEXT: "the row has no text",
    LineReason.NOT_TEXT: "the text is no string",
    LineReason.EMPTY: "the text is blank",
    LineReason.TOO_LONG: f"the text is longer than {LONGEST} characters",
    LineReason.CONTROL: "the text has control characters, line breaks among them",
    LineReason.BAD_ID: f"the id is neither text nor a number, or longer than {LONGEST_ID} characters",
    LineReason.NAMED_TWICE: "a field of the row stands there twice; the first counts",
}
_TIME: dict[str, Any] = {
    "type": "string", "description": "ISO 8601; without a zone it is read in the session's.",
    "examples": ["2026-03-06T20:05:00+08:00"],
}  # fmt: skip
_LINE: dict[str, Any] = {
    "type": "object",
    "required": ["ts", "kind", "text"],
    "properties": {
        "ts": _TIME,
        "kind": {"type": "string", "enum": list(KINDS), "description": "What the host said, or what a viewer wrote."},
        "text": {"type": "string", "minLength": 1, "maxLength": LONGEST},
        "id": {"type": ["string", "integer"], "maxLength": LONGEST_ID, "description": "What has it again is the same row."},
    },
    "description": "Other fields, such as names of viewers, are not read and not kept.",
    "examples": [{"ts": "2026-03-06T20:05:00+08:00", "kind": "transcript", "text": "今天这一款是加绒的", "id": "a-17"}],
}  # fmt: skip
_ROW: dict[str, Any] = {
    "type": "object",
    "required": ["ts"],
    "maxProperties": MOST_FIELDS,
    "properties": {
        "ts": _TIME,
    },
    "additionalProperties": {
        "type": ["number", "null"],
        "description": "A metric by its id. Counters are cumulative, money is in yuan, shares are fractions; null is missing. "
        f"Nothing is more than {LARGEST:,.0f}.",
    },
    "examples": [{"ts": "2026-03-06T20:05:00+08:00", "online_now": 160, "gmv": 1360.5, "enter_rate": 0.12}],
}  # fmt: skip


def _report(reasons: Mapping[StrEnum, str]) -> dict[str, Any]:
    rejected = {
        "type": "object",
        "required": ["row", "field", "reason"],
        "properties": {
            "row": {"type": "integer", "description": "From 1; the header of a CSV does not count."},
            "field": {"type": "string"},
            "reason": {
                "type": "string", "enum": [one.value for one in reasons],
                "description": "; ".join(f"{one.value}: {said}" for one, said in reasons.items()),
            },
        },
    }  # fmt: skip
    return {
        "type": "object",
        "required": ["accepted", "duplicates", "rejected"],
        "properties": {
            "accepted": {"type": "integer", "description": "Rows that brought something new."},
            "duplicates": {"type": "integer", "description": "Rows of which everything was there already."},
            "rejected": {"type": "array", "maxItems": 1000, "items": rejected},
            "rejected_more": {"type": "integer", "description": "How many rejections are not listed."},
        },
    }


_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
}


def _no(about: str, *headers: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": about,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return said | ({"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {})


def _post(summary: str, about: str, row: str, report: str, name: str, example: str, large: str) -> dict[str, Any]:
    """Bringing rows of a kind; `name` is what a list of them is called, `large` says when there are too many."""
    one = {"$ref": f"#/components/schemas/{row}"}
    many = {"type": "array", "items": one}
    listed = {"type": "object", "required": [name], "properties": {name: many}}
    return {
        "summary": summary,
        "description": about,
        "security": [{"feed": []}],
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"oneOf": [one, many, listed]}},
                "application/x-ndjson": {"schema": {"type": "string", "description": "A row a line."}},
                "text/csv": {"schema": {"type": "string"}, "example": example},
            },
        },
        "responses": {
            "200": {
                "description": "What the rows came to; also when every one was rejected.",
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{report}"}}},
            },
            "400": _no(
                "The body is neither JSON nor CSV of these forms, its CSV has no column for the time, or there are no rows in it."
            ),
            "401": _no("The token is missing, wrong, or revoked.", "WWW-Authenticate"),
            "404": _no("There is no such session for this feed."),
            "408": _no("The body was not there after 30 seconds."),
            "409": _no("The session is over, or the feed's mapping is gone."),
            "413": _no(large),
            "415": _no("The body is compressed."),
            "429": _no("Too many requests; wait so many seconds.", "Retry-After"),
            "503": _no("Not all was stored; send the same again.", "Retry-After"),
        },
    }


_LARGE = "The body is larger than 2,000,000 bytes"
_SAMPLES = _post(
    "Bring samples of a live session",
    "One row or many, in any order; the same rows may be sent again: what is there already changes nothing.",
    "Row", "Report", "samples", "ts,online_now,gmv\n2026-03-06T20:05:00+08:00,160,1360.5\n",
    _LARGE + ".",
)  # fmt: skip
_LINES = _post(
    "Bring words of a live session: what the host says, what viewers write",
    "One row or many; the same rows may be sent again. The words are data: compared with a list, never obeyed.",
    "Line", "LineReport", "lines", "ts,kind,text\n2026-03-06T20:05:00+08:00,transcript,今天这一款是加绒的\n",
    f"{_LARGE}, or has more than {MOST:,} rows.",
)  # fmt: skip
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Operator copilot: live metrics", "version": "1"},
    "paths": {SAMPLES: {"post": _SAMPLES}, LINES: {"post": _LINES}},
    "components": {
        "schemas": {
            "Row": _ROW,
            "Line": _LINE,
            "Report": _report(_REASONS),
            "LineReport": _report(_LINE_REASONS),
            "Error": _ERROR,
        },
        "securitySchemes": {"feed": {"type": "http", "scheme": "bearer", "description": "A token of `copilot feeds add`."}},
    },
}
"""The document; JSON as it is."""
