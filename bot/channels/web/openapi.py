"""What /v1/openapi.json says: the intake of live metrics, in OpenAPI 3.1. docs/intake.md says the same to people."""

from __future__ import annotations

from typing import Any

from bot.domain.sample_rows import Reason

SAMPLES = "/v1/sessions/{id}/samples"

_REASONS = {
    Reason.NOT_AN_OBJECT: "the row is no object",
    Reason.NO_TIME: "the row does not say when",
    Reason.BAD_TIME: "the time is not ISO 8601 with a time of day",
    Reason.FUTURE: "the time is more than a minute ahead",
    Reason.TOO_OLD: "the time is more than a day before the session",
    Reason.EMPTY: "the row has a time and nothing else",
    Reason.UNKNOWN_METRIC: "no metric has this id or name; said once a request",
    Reason.NAMED_TWICE: "two fields of the row are the same metric; the first counts",
    Reason.NOT_A_NUMBER: "the value is not a number",
    Reason.NOT_FINITE: "the value is not finite",
    Reason.NEGATIVE: "the value cannot be below zero",
    Reason.PERCENT: "the value is a share and was sent as a percentage: 35% is 0.35",
}
_ROW: dict[str, Any] = {
    "type": "object",
    "required": ["ts"],
    "properties": {
        "ts": {"type": "string", "description": "ISO 8601; without a zone it is read in the session's.",
               "examples": ["2026-03-06T20:05:00+08:00"]}
    },
    "additionalProperties": {
        "type": ["number", "null"],
        "description": "A metric by its id. Counters are cumulative, money is in yuan, shares are fractions; null is missing.",
    },
    "examples": [{"ts": "2026-03-06T20:05:00+08:00", "online_now": 160, "gmv": 1360.5, "enter_rate": 0.12}],
}  # fmt: skip
_REPORT: dict[str, Any] = {
    "type": "object",
    "required": ["accepted", "duplicates", "rejected"],
    "properties": {
        "accepted": {"type": "integer", "description": "Rows that brought something new."},
        "duplicates": {"type": "integer", "description": "Rows of which everything was there already."},
        "rejected": {
            "type": "array",
            "maxItems": 1000,
            "items": {
                "type": "object",
                "required": ["row", "field", "reason"],
                "properties": {
                    "row": {"type": "integer", "description": "From 1; the header of a CSV does not count."},
                    "field": {"type": "string"},
                    "reason": {
                        "type": "string", "enum": [one.value for one in Reason],
                        "description": "; ".join(f"{one.value}: {said}" for one, said in _REASONS.items()),
                    },
                },
            },
        },
        "rejected_more": {"type": "integer", "description": "How many rejections are not listed."},
    },
}  # fmt: skip
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


_MANY = {
    "oneOf": [
        {"$ref": "#/components/schemas/Row"},
        {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        {
            "type": "object",
            "required": ["samples"],
            "properties": {"samples": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}},
        },
    ]
}
_POST = {
    "summary": "Bring samples of a live session",
    "description": "One row or many, in any order; the same rows may be sent again: what is there already changes nothing.",
    "security": [{"feed": []}],
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _MANY},
            "application/x-ndjson": {"schema": {"type": "string", "description": "A row a line."}},
            "text/csv": {"schema": {"type": "string"}, "example": "ts,online_now,gmv\n2026-03-06T20:05:00+08:00,160,1360.5\n"},
        },
    },
    "responses": {
        "200": {
            "description": "What the rows came to; also when every one was rejected.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Report"}}},
        },
        "400": _no("The body is neither JSON nor CSV of these forms."),
        "401": _no("The token is missing, wrong, or revoked.", "WWW-Authenticate"),
        "404": _no("There is no such session for this feed."),
        "408": _no("The body was not there after 30 seconds."),
        "409": _no("The session is over, or the feed's mapping is gone."),
        "413": _no("The body is larger than 2,000,000 bytes."),
        "415": _no("The body is compressed."),
        "429": _no("Too many requests; wait so many seconds.", "Retry-After"),
        "503": _no("Nothing was stored; send the same again.", "Retry-After"),
    },
}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Operator copilot: live metrics", "version": "1"},
    "paths": {SAMPLES: {"post": _POST}},
    "components": {
        "schemas": {"Row": _ROW, "Report": _REPORT, "Error": _ERROR},
        "securitySchemes": {"feed": {"type": "http", "scheme": "bearer", "description": "A token of `copilot feeds add`."}},
    },
}
"""The document; JSON as it is."""
