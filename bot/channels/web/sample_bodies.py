"""The body of a request -> rows: JSON (one object, a list, {"samples": […]}, an object a line) or CSV with a header.

The list's name is that of what is brought: samples, or lines.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.sample_rows import MOST_FIELDS, Doubled

LARGEST = 2_000_000
"""Bytes; a whole session of 17 hours at a minute's step is a fifth of that."""


SECONDS = 30.0
"""In which a body has to be there."""


class TooSlow(Exception):
    """The body is not there after `SECONDS`."""


class TooLarge(Exception):
    """The body is larger than `LARGEST`."""


class NotUnderstood(Exception):
    """The body is none of the forms, or holds nothing; the message says what is wrong, in English, for whoever writes the feed.

    `cause` is a word for programs. None of the body's own words are in either.
    """

    def __init__(self, says: str, cause: str = "not_understood") -> None:
        super().__init__(says)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Body:
    """Rows as they came; `text` says that their numbers are written as text, as in CSV, whose header is `head`."""

    rows: list[object]
    text: bool
    head: tuple[str, ...] = ()


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
        return _csv(text)
    if kind.endswith("json") or text.lstrip()[:1] in ("{", "["):
        return Body(_json(text, name), False)
    return _csv(text)


def complete(body: Body, times: Sequence[str], is_time: Callable[[str], bool]) -> Body:
    """The body, where it holds rows and they may say when. Raises NotUnderstood.

    `times` are names of the moment as they are told, `is_time` knows all of them. A page of HTML, or plain words, read as CSV is
    nothing but a header: whoever sends that by mistake looks at the status, not at how many rows were taken.
    """
    if body.text and len(body.head) > MOST_FIELDS:
        raise NotUnderstood(f"The CSV has more than {MOST_FIELDS} columns.")
    if body.text and not any(is_time(name) for name in body.head):
        raise NotUnderstood(f"The body, read as CSV, has no column for the time in its first line: {' or '.join(times)}.")
    if not body.rows:
        raise NotUnderstood("The CSV has a header and no rows." if body.text else "There are no rows.", "no_rows")
    return body


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON. Nearly none has a name twice, and this is called for each: comparing lengths costs least."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def _json(text: str, name: str) -> list[object]:
    lines = text.split("\n")
    try:
        # A recording in JSONL: an object a line. One object alone is one line as well.
        decode = _DECODER.decode
        found = (
            decode(text) if len(lines) == 1 or not _each_an_object(lines) else [decode(line) for line in lines if line.strip()]
        )
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotUnderstood(f"The body is not JSON{where}.") from None
    if isinstance(found, Doubled) and name in found.again:
        raise NotUnderstood(f'The JSON has "{name}" twice.')
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


def _csv(text: str) -> Body:
    try:
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise NotUnderstood(f"The CSV cannot be read: {error}.") from None
    if not lines:
        raise NotUnderstood("The body is empty.", "no_rows")
    head = [name.strip() for name in lines[0]]
    named = [name for name in head if name]
    if len(named) != len(set(named)):
        raise NotUnderstood("Two columns of the CSV have the same name.")
    for number, row in enumerate(lines[1:], 1):
        if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
            raise NotUnderstood(f"Row {number} of the CSV has more cells than its header.")
    rows: list[object] = [{name: cell for name, cell in zip(head, row, strict=False) if name} for row in lines[1:]]
    return Body(rows, True, tuple(head))
