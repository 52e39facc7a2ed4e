"""`copilot detect`: an anomaly score for each row of a `timestamp,value` table, as the rows come."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Json, note, prepare, put
from bot.commands.lines import opened
from bot.commands.words import say

if TYPE_CHECKING:
    from bot.commands.series import Row

_BATCH = 1000
"""Lines of a file that are written together; from a pipe each goes out at once."""

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="写到文件 · Write to a file.", show_default=False)]


def detect(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="timestamp,value 的 CSV，- 是标准输入 · A timestamp,value CSV; - is stdin."),
    ],
    as_json: Json = False,
    out: Out = None,
) -> None:
    """给一串数逐行打异常分（0 到 1，0.5 起算异常）· Score each row of a series, 0 to 1; 0.5 and above is an anomaly."""
    language = prepare().language
    name = say(language, "series.stdin") if file == "-" else file
    remarks = Remarks(language)
    with opened(file, hint="FILE") as descriptor, os.fdopen(descriptor, "rb", closefd=False) as source:
        batch = _BATCH if stat.S_ISREG(os.fstat(descriptor).st_mode) else 1
        _check_heading(source, name, language)
        with _sink(out, batch) as write:
            rows = _score(source, remarks, write, as_json=as_json)
    if not rows:
        note(say(language, "series.no_rows", file=name))
    if faults := remarks.faults:
        if faults > 1:
            note(say(language, "series.unscored", count=faults))
        raise typer.Exit(1)


@dataclass
class Remarks:
    """Says the first of each kind on stderr and counts the rest: a bad export has a million of them."""

    language: str
    faults: int = 0
    _seen: Counter[str] = field(default_factory=Counter)

    def hear(self, line: int, row: Row, kind: str) -> None:
        """Something about a row; an empty kind is nothing."""
        if not kind:
            return
        self.faults += kind == row.fault
        self._seen[kind] += 1
        if self._seen[kind] == 1:
            note(say(self.language, f"series.{kind}", line=line, found=row.found))


def _check_heading(source: IO[bytes], file: str, language: str) -> None:
    from bot.commands.series import LONGEST, heading_fault

    kind, found = heading_fault(source.readline(LONGEST))
    if kind:
        note(say(language, f"series.{kind}", file=file, found=found))
        raise typer.Exit(1)


def _score(source: IO[bytes], remarks: Remarks, write: Callable[[str], None], *, as_json: bool) -> int:
    """Write each row with its score; the number of rows. Rows that cannot be scored are kept and have none."""
    from bot.commands.series import COLUMNS, instant
    from bot.domain.detection import Detector

    detector, rows, last = Detector(), 0, None
    render = _json_line if as_json else _csv_line
    if not as_json:
        write(",".join([*COLUMNS, "anomaly_score"]))
    for line, row in _rows(source):
        rows += 1
        remarks.hear(line, row, row.fault or row.remark)
        score = None
        if row.moment is not None:
            now = instant(row.moment)
            if last is not None and now <= last:
                remarks.hear(line, row, "earlier" if now < last else "twice")
            last = now
            if row.value is not None:
                score = detector.update(row.moment, row.value)
        write(render(row, score))
    return rows


def _rows(source: IO[bytes]) -> Iterator[tuple[int, Row]]:
    """Every row below the heading with its line number; of a line without end only the beginning is held."""
    from bot.commands.series import LONGEST, read_row

    line = 1
    while raw := source.readline(LONGEST + 1):
        line += 1
        rest = raw
        while not rest.endswith(b"\n") and len(rest) > LONGEST:
            rest = source.readline(LONGEST + 1)
        if row := read_row(raw):
            yield line, row


def _csv_line(row: Row, score: float | None) -> str:
    cells = [row.timestamp, row.text, "" if score is None else f"{score:.6f}"]
    if not any(mark in row.timestamp + row.text for mark in ',"\r\n'):
        return ",".join(cells)
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _json_line(row: Row, score: float | None) -> str:
    rounded = None if score is None else round(score, 6)
    return json.dumps({"timestamp": row.timestamp, "value": row.value, "anomaly_score": rounded}, ensure_ascii=False)


@contextmanager
def _sink(out: Path | None, batch: int) -> Iterator[Callable[[str], None]]:
    """Where lines go, `batch` at a time: stdout, or a file that is there whole or not at all."""
    if out is None:
        with _gathered(put, batch) as write:
            yield write
        return
    path = out.expanduser()
    whole = not path.exists() or path.is_file()  # /dev/null and pipes are written to and never replaced
    half = path.with_name(f".{path.name}.new") if whole else path
    try:
        target = half.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise typer.BadParameter(f"写不了 {out}（{error.strerror}）", param_hint="--out") from None
    try:
        with target, _gathered(lambda lines: print(lines, file=target), batch) as write:
            yield write
        if whole:
            half.replace(path)
    finally:
        if whole:
            half.unlink(missing_ok=True)


@contextmanager
def _gathered(write: Callable[[str], object], batch: int) -> Iterator[Callable[[str], None]]:
    lines: list[str] = []

    def add(line: str) -> None:
        lines.append(line)
        if len(lines) >= batch:
            write("\n".join(lines))
            lines.clear()

    yield add
    if lines:
        write("\n".join(lines))
