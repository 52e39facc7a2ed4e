"""Metric recordings: CSV with the header `ts` and metric ids, or one JSON object a line with the same keys.

Rows are read one after the other, so that a file of any size takes no more memory than a line. What is wrong ends the reading
with one sentence that names line and column. A blank cell, and null in JSON, is a missing figure.
"""

from __future__ import annotations

import csv
import difflib
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TextIO

from bot.domain.cells import LARGEST
from bot.errors import FileRefused

TS = "ts"
LONGEST_LINE = 64 * 1024
"""Characters of one line; 42 metrics need a few hundred."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_PLAUSIBLE = range(2000, 2201)
_SUGGESTED = 0.7


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row: its moment with zone, and the figures that it has."""

    moment: datetime
    values: Mapping[str, float]

    @property
    def at(self) -> float:
        """The moment in seconds."""
        return self.moment.timestamp()


@dataclass(frozen=True, slots=True)
class _Place:
    """What a complaint needs to say where it is about."""

    path: Path
    line: int

    def refuse(self, chinese: str, english: str, column: str = "") -> FileRefused:
        where, there = (f"第 {self.line} 行", f"line {self.line}") if self.line else ("", "")
        if column:
            where, there = f"{where} {column} 列", f"{there}, column {column}"
        name = self.path.name
        return FileRefused(
            f"{name} {where}：{chinese}" if where else f"{name}：{chinese}",
            f"{name}, {there}: {english}" if there else f"{name}: {english}",
        )


def read_recording(path: Path, names: Collection[str], zone: tzinfo) -> Iterator[Recorded]:
    """The rows of a recording in their order. `names` are the figures it may have, `zone` that of times without one.

    Raises FileRefused at the first thing that is wrong.
    """
    try:
        with path.open(encoding=_encoding(path), errors="strict", newline="") as file:
            first = file.readline(LONGEST_LINE)
            file.seek(0)
            rows = _json_rows if first.lstrip("\ufeff \t\r\n")[:1] == "{" else _csv_rows
            yield from rows(file, path, names, zone)
    except UnicodeDecodeError as error:
        raise _unreadable(path) from error
    except OSError as error:
        raise _closed(path, error) from error


def check_recording(path: Path, names: Collection[str], zone: tzinfo) -> int:
    """Read a recording to its end; the number of its rows. Raises FileRefused for what is wrong, and when there is no row."""
    count = sum(1 for _ in read_recording(path, names, zone))
    if count == 0:
        raise _Place(path, 0).refuse(
            "文件里没有数据行，请换一个有数据的录制文件。", "there are no rows. Please give a recording with data."
        )
    return count


def _encoding(path: Path) -> str:
    """UTF-8 where the file is, GB18030 where it is not; whoever saved it with an office program did not choose."""
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while chunk := file.read(1 << 20):
                    if "\0" in chunk:
                        raise _unreadable(path)
            return encoding
        except UnicodeDecodeError:
            continue
    raise _unreadable(path)


def _unreadable(path: Path) -> FileRefused:
    return _Place(path, 0).refuse(
        "不是文本文件。请给 CSV 或 JSONL 的录制文件。", "this is not a text file. Please give a CSV or JSONL recording."
    )


def _closed(path: Path, error: OSError) -> FileRefused:
    if isinstance(error, FileNotFoundError):
        return FileRefused(f"没有找到 {path}，请检查路径。", f"There is no {path}. Please check the path.")
    if isinstance(error, IsADirectoryError):
        return FileRefused(f"{path} 是文件夹，请给文件。", f"{path} is a folder. Please give a file.")
    return FileRefused(f"打不开 {path}（{error.strerror}）。", f"{path} cannot be opened ({error.strerror}).")


# ---- CSV ----


def _csv_rows(file: TextIO, path: Path, names: Collection[str], zone: tzinfo) -> Iterator[Recorded]:
    reader = csv.reader(_lines(file, path))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, _Place(path, reader.line_num), names)
        at = header.index(TS)
        for cells in reader:
            place = _Place(path, reader.line_num)
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise place.refuse(
                    f"有 {len(cells)} 格，表头是 {len(header)} 格，请补齐或删掉这一行。",
                    f"{len(cells)} cells, but the header has {len(header)}. Please complete or remove the line.",
                )
            moment = _moment(cells[at], place, zone)
            yield Recorded(moment, _numbers(header, cells, place))
    except csv.Error as error:
        raise _Place(path, reader.line_num).refuse(
            "这一行不是合法的 CSV，请检查引号。", "this is no CSV. Please check the quotes."
        ) from error


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _Place(path, number).refuse("这一行太长，不像录制文件。", "this line is too long for a recording.")
        yield line


def _check_header(header: Sequence[str], place: _Place, names: Collection[str]) -> None:
    if not any(header):
        raise _Place(place.path, 0).refuse(
            "是空文件。请给有表头和数据的录制文件。", "the file is empty. Please give a recording with a header and data."
        )
    if TS not in header:
        raise place.refuse(
            "表头里没有 ts 列。第一行写 ts 和指标名，例如 ts,online_now,watch_uv。",
            "the header has no ts. Its first line is ts and metric ids, such as ts,online_now,watch_uv.",
        )
    for name in header:
        if header.count(name) > 1:
            raise place.refuse(
                f"表头里 {name or '（空）'} 写了两次，只留一列。",
                f"the header has {name or '(blank)'} twice. Please keep one column.",
            )
        if name != TS:
            _check_name(name, place, names)
    if len(header) == 1:
        raise place.refuse("只有 ts，没有指标列。", "there is only ts and no metric.")


def _check_name(name: str, place: _Place, names: Collection[str]) -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=_SUGGESTED)
    hint, tip = (
        (f"是不是 {near[0]}？", f"Did you mean {near[0]}?") if near else ("用 /metrics 查指标名。", "See /metrics for the ids.")
    )
    raise place.refuse(f"没有 {name or '（空）'} 这个指标。{hint}", f"there is no metric {name or '(blank)'}. {tip}")


def _numbers(header: Sequence[str], cells: Sequence[str], place: _Place) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, cell in zip(header, cells, strict=True):
        if name != TS and cell and (text := cell.strip()):
            values[name] = _number(text, name, place)
    return values


def _number(text: str, name: str, place: _Place) -> float:
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError as error:
        raise _no_number(text, name, place) from error
    return _possible(value, text, name, place)


def _possible(value: float, text: str, name: str, place: _Place) -> float:
    if not math.isfinite(value):
        raise _no_number(text, name, place)
    if abs(value) > LARGEST:
        raise _too_large(text, name, place)
    return value


def _too_large(text: str, name: str, place: _Place) -> FileRefused:
    shown = _cut(text)
    return place.refuse(f"「{shown}」太大，超过一万亿，请核对。", f"“{shown}” is more than 1e12. Please check it.", name)


def _cut(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def _no_number(text: str, name: str, place: _Place) -> FileRefused:
    shown = _cut(text)
    if text.endswith("%"):
        return place.refuse(
            f"「{shown}」请写成小数，例如 12% 写 0.12。", f"“{shown}”: please write a fraction, such as 0.12 for 12%.", name
        )
    return place.refuse(
        f"「{shown}」不是数。没有数就留空，千分位逗号和单位不要写。",
        f"“{shown}” is no number. Leave a missing figure blank, without thousands commas or units.",
        name,
    )


def _moment(text: object, place: _Place, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in _PLAUSIBLE:
        shown = str(text)[:40]
        raise place.refuse(
            f"时间「{shown}」看不懂，请写成 2026-05-11T19:00:10+08:00 这样。",
            f"“{shown}” is no time; please write it like 2026-05-11T19:00:10+08:00.",
            TS,
        )
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=zone)


# ---- JSON lines ----


def _json_rows(file: TextIO, path: Path, names: Collection[str], zone: tzinfo) -> Iterator[Recorded]:
    for number, line in enumerate(_lines(file, path), 1):
        if line.strip("\ufeff \t\r\n"):
            yield _json_row(line, _Place(path, number), names, zone)


def _json_row(line: str, place: _Place, names: Collection[str], zone: tzinfo) -> Recorded:
    try:
        row = json.loads(line.lstrip("\ufeff"), parse_constant=_as_text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise place.refuse(
            f"{error.key} 写了两次，只留一个。", f"{error.key} is there twice. Please keep one.", error.key
        ) from error
    except (ValueError, RecursionError) as error:
        raise place.refuse(
            "这一行不是合法的 JSON。一行写一个对象。", "this is no JSON. Please write one object a line."
        ) from error
    if not isinstance(row, dict) or TS not in row:
        raise place.refuse("没有 ts。每行要有时间 ts 和指标。", "there is no ts. Every line needs the time ts and metrics.")
    moment = _moment(row.pop(TS), place, zone)
    values: dict[str, float] = {}
    for name, value in row.items():
        _check_name(name, place, names)
        if value is not None:
            values[name] = _json_number(value, name, place)
    return Recorded(moment, values)


def _json_number(value: object, name: str, place: _Place) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _no_number(str(value), name, place)
    if isinstance(value, int) and abs(value) > LARGEST:  # it may be larger than any float
        raise _too_large(str(value), name, place)
    return _possible(float(value), str(value), name, place)


def _as_text(constant: str) -> str:
    """NaN and Infinity, which JSON does not have, as text that is no number."""
    return constant


class _TwiceError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError(next(key for number, (key, _) in enumerate(pairs) if key in [name for name, _ in pairs[:number]]))
    return found
