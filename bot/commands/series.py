"""A `timestamp,value` table, line by line: what stands in a row, and what is wrong with it. Holds one row at a time."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import UTC, datetime

COLUMNS = ["timestamp", "value"]
LONGEST = 4096
"""Bytes of a line that are read; two cells need no more, and a file without line ends would be read whole."""
_MISSING = frozenset({"nan", "na", "n/a", "null", "none", "-"})
_SECONDS_IN_2286 = 1e10
"""From here on a bare number counts milliseconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file. `moment` and `value` are None when they cannot be told, `value` also when it is missing.

    `fault` is what keeps the row from being scored, `remark` what is only worth saying; both are keys of a sentence, or empty.
    """

    timestamp: str
    text: str
    moment: datetime | None = None
    value: float | None = None
    fault: str = ""
    remark: str = ""

    @property
    def found(self) -> str:
        """What the sentence quotes."""
        return (self.timestamp if self.fault == "time" else self.text)[:40]


def heading_fault(raw: bytes) -> tuple[str, str]:
    """What is wrong with the first line, as the key of a sentence and what it quotes; two empty strings when nothing is."""
    if not raw:
        return "empty", ""
    try:
        line = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        line = "\0"
    if "\0" in line:
        return "not_text", ""
    cells = _cells(line) or []
    if [cell.lower() for cell in cells] == COLUMNS:
        return "", ""
    return ("no_header", "") if cells and moment_of(cells[0]) else ("heading", line[:40])


def read_row(raw: bytes) -> Row | None:
    """The row in one line with its line end; None for an empty line."""
    try:
        line = raw.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        line = "\0"
    if "\0" in line or len(raw) > LONGEST:
        return Row(*_cut(raw), fault="garbled")
    if not line.strip():
        return None
    cells = _cells(line)
    if cells is None or len(cells) != len(COLUMNS):
        timestamp, text, *_ = [*(cells or [line]), ""]
        return Row(timestamp, text, fault="cells")
    moment = moment_of(cells[0])
    if moment is None:
        return Row(cells[0], cells[1], fault="time")
    return _with_value(cells[0], cells[1], moment)


def _with_value(timestamp: str, text: str, moment: datetime) -> Row:
    if not text or text.lower() in _MISSING:
        return Row(timestamp, text, moment, remark="nan" if text else "")
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if math.isnan(value):
        return Row(timestamp, text, moment, fault="number")
    if math.isinf(value):
        return Row(timestamp, text, moment, fault="infinite")
    return Row(timestamp, text, moment, value)


def moment_of(text: str) -> datetime | None:
    """The time in ISO 8601, as 2026/3/31 20:05, or in seconds or milliseconds since 1970 (UTC); None when it is none of these."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _SECONDS_IN_2286 else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    for form in ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a series keeps the zone that it came with
        except ValueError:
            continue
    return None


def instant(moment: datetime) -> float:
    """Seconds that moments with and without a zone can be compared by; without one it counts as UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _cells(line: str) -> list[str] | None:
    """The cells without spaces around them; None when the quotes do not match."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    try:
        (cells,) = csv.reader([line], strict=True, skipinitialspace=True)
    except (csv.Error, ValueError):
        return None
    return [cell.strip() for cell in cells]


def _cut(raw: bytes) -> tuple[str, str]:
    timestamp, _, text = raw[:LONGEST].decode("utf-8", "replace").replace("\0", "\ufffd").strip("\r\n").partition(",")
    return timestamp, text
