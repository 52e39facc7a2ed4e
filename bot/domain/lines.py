"""Words from the room on their way in: rows -> lines, and what is refused and why. What the room says is data, whatever it says.

Of a row only the four fields below are looked at: names of people who comment are neither read nor kept. Knows nothing about
HTTP, files or storage.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from bot.domain.heard import Source
from bot.domain.sample_rows import TIME, Bounds, Doubled, Rejected, Unreadable, moment
from bot.domain.samples import to_the_millisecond

KIND, TEXT, ID = "kind", "text", "id"
LONGEST = 1_000
"""Characters of a line; a recogniser's sentence has thirty."""
LONGEST_ID = 100
MOST = 5_000
"""Lines of one request: what a room says and writes in many minutes, and a few seconds' hearing."""
KEPT = timedelta(hours=1)
"""How old a line may be when it comes, and how long it is kept: what was said an hour ago nobody corrects any more."""
KINDS = {"transcript": Source.SPEECH, "comment": Source.COMMENT}
"""What the kinds of rows are called outside."""
# Control characters, and halves of characters, which no database takes. What only changes how a text looks may stay.
_NOT_TEXT = frozenset({"Cc", "Cs"})


class LineReason(StrEnum):
    """Why a row was not taken."""

    NOT_AN_OBJECT = "not_an_object"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    FUTURE = "future"
    TOO_OLD = "too_old"
    NO_KIND = "no_kind"
    UNKNOWN_KIND = "unknown_kind"
    NO_TEXT = "no_text"
    NOT_TEXT = "not_text"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL = "control_characters"
    BAD_ID = "bad_id"
    NAMED_TWICE = "named_twice"


@dataclass(frozen=True, slots=True)
class Line:
    """What was said or written at a moment. `key` is the same whenever the same row comes."""

    at: datetime
    source: Source
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Lines:
    """What rows came to."""

    lines: tuple[Line, ...]
    rejected: tuple[Rejected, ...]


class _Refused(Exception):
    def __init__(self, field: str, reason: LineReason) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def read_lines(rows: Iterable[object], bounds: Bounds) -> Lines:
    """Lines out of rows with `ts`, `kind`, `text` and perhaps `id`, in the order in which they came."""
    lines: list[Line] = []
    rejected: list[Rejected] = []
    for number, row in enumerate(rows, 1):
        try:
            lines.append(_line(row, bounds))
        except _Refused as refused:
            rejected.append(Rejected(number, refused.field, refused.reason, refused.field))
        if isinstance(row, Doubled):
            twice = (field for field in (TIME, KIND, TEXT, ID) if field in row.again)
            rejected += [Rejected(number, field, LineReason.NAMED_TWICE, field) for field in twice]
    return Lines(tuple(lines), tuple(rejected))


def _line(row: object, bounds: Bounds) -> Line:
    if not isinstance(row, Mapping):
        raise _Refused("", LineReason.NOT_AN_OBJECT)
    at, source, text = _moment(row.get(TIME), bounds), _source(row.get(KIND)), _text(row.get(TEXT))
    own = row.get(ID)
    if own is None or own == "":
        return Line(at, source, text, _digest("row", source.value, at.isoformat(), text))
    if isinstance(own, bool) or not isinstance(own, str | int) or len(str(own)) > LONGEST_ID or _controls(str(own)):
        raise _Refused(ID, LineReason.BAD_ID)
    return Line(at, source, text, _digest("id", source.value, str(own)))


def _moment(cell: object, bounds: Bounds) -> datetime:
    if cell is None or cell == "":
        raise _Refused(TIME, LineReason.NO_TIME)
    try:
        at = to_the_millisecond(moment(cell, bounds.zone))
    except (Unreadable, OverflowError, ValueError):
        raise _Refused(TIME, LineReason.BAD_TIME) from None
    if at > bounds.latest:
        raise _Refused(TIME, LineReason.FUTURE)
    if at < bounds.earliest:
        raise _Refused(TIME, LineReason.TOO_OLD)
    return at


def _source(cell: object) -> Source:
    if cell is None or cell == "":
        raise _Refused(KIND, LineReason.NO_KIND)
    found = KINDS.get(cell.strip().lower()) if isinstance(cell, str) else None
    if found is None:
        raise _Refused(KIND, LineReason.UNKNOWN_KIND)
    return found


def _text(cell: object) -> str:
    if cell is None:
        raise _Refused(TEXT, LineReason.NO_TEXT)
    if not isinstance(cell, str):
        raise _Refused(TEXT, LineReason.NOT_TEXT)
    text = cell.strip()
    if not text:
        raise _Refused(TEXT, LineReason.EMPTY)
    if len(text) > LONGEST:
        raise _Refused(TEXT, LineReason.TOO_LONG)
    if _controls(text):
        raise _Refused(TEXT, LineReason.CONTROL)
    return text


def _controls(text: str) -> bool:
    return any(unicodedata.category(char) in _NOT_TEXT for char in text)


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
