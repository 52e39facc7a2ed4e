"""The body of a request -> rows: JSON (one object, a list, {"samples": […]}, an object a line) or CSV with a header.

The list's name is that of what is brought: samples, or lines.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

LARGEST = 2_000_000
"""Bytes; a whole session of 17 hours at a minute's step is a fifth of that."""


SECONDS = 30.0
"""In which a body has to be there."""


class TooSlow(Exception):
    """The body is not there after `SECONDS`."""


class TooLarge(Exception):
    """The body is larger than `LARGEST`."""


class NotUnderstood(Exception):
    """The body is none of the forms; the message says what is wrong with it, in English, for whoever writes the feed."""


@dataclass(frozen=True, slots=True)
class Body:
    """Rows as they came; `text` says that their numbers are written as text."""

    rows: list[object]
    text: bool


async def read_body(parts: AsyncIterator[bytes], announced: str) -> bytes:
    """The body, read no further than it may be long or take; `announced` is its Content-Length. Raises TooLarge, TooSlow."""
    if announced.isdecimal() and int(announced) > LARGEST:
        raise TooLarge
    read = bytearray()
    try:
        async with asyncio.timeout(SECONDS):  # slower than that is on purpose, or of no use to a live session
            async for part in parts:
                read += part
                if len(read) > LARGEST:
                    raise TooLarge
    except TimeoutError:
        raise TooSlow from None
    return bytes(read)


def rows_of(body: bytes, content_type: str, name: str = "samples") -> Body:
    """The rows of a body. What the type does not say, the first character does. Raises NotUnderstood.

    `name` is what a list of them is called.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUnderstood("The body is not UTF-8.") from None
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith("csv"):
        return Body(_csv(text), True)
    if kind.endswith("json") or text.lstrip()[:1] in ("{", "["):
        return Body(_json(text, name), False)
    return Body(_csv(text), True)


def _json(text: str, name: str) -> list[object]:
    lines = text.split("\n")
    try:
        # A recording in JSONL: an object a line. One object alone is one line as well.
        found = json.loads(text) if len(lines) == 1 or not _each_an_object(lines) else [json.loads(x) for x in lines if x.strip()]
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotUnderstood(f"The body is not JSON{where}.") from None
    if isinstance(found, Mapping) and isinstance(found.get(name), list):
        return list(found[name])
    if isinstance(found, list):
        return found
    if isinstance(found, Mapping):
        return [found]
    raise NotUnderstood(f'The JSON is neither an object, a list, nor {{"{name}": [...]}}.')


def _each_an_object(lines: list[str]) -> bool:
    kept = [line.strip() for line in lines if line.strip()]
    return len(kept) > 1 and all(line.startswith("{") and line.endswith("}") for line in kept)


def _csv(text: str) -> list[object]:
    try:
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise NotUnderstood(f"The CSV cannot be read: {error}.") from None
    if not lines:
        raise NotUnderstood("The body is empty.")
    head = [name.strip() for name in lines[0]]
    named = [name for name in head if name]
    if len(named) != len(set(named)):
        raise NotUnderstood("Two columns of the CSV have the same name.")
    for number, row in enumerate(lines[1:], 1):
        if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
            raise NotUnderstood(f"Row {number} of the CSV has more cells than its header.")
    return [{name: cell for name, cell in zip(head, row, strict=False) if name} for row in lines[1:]]
