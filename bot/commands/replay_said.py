"""The file of `copilot replay --lines`: what the host said and viewers wrote, in the forms in which a feed of lines brings it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path

from bot.channels.web.sample_bodies import NotUnderstood, rows_of
from bot.commands.replay_words import word
from bot.domain.lines import Line, read_lines
from bot.domain.sample_rows import Bounds
from bot.errors import FileRefused

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def read_said(path: Path, zone: tzinfo) -> list[Line]:
    """The lines of a file by their time, each once; `zone` is that of times without one. Raises FileRefused for what is wrong."""
    try:
        body = rows_of(_text(path).encode(), "", "lines")
    except NotUnderstood:
        raise _refused("lines.form", name=path.name) from None
    found = read_lines(body.rows, Bounds(zone, _EARLIEST, _LATEST))
    if found.rejected:
        first = found.rejected[0]
        raise _refused("lines.row", f"line.{first.reason}", name=path.name, row=first.row)
    if not found.lines:
        raise _refused("lines.none", name=path.name)
    return sorted({line.key: line for line in reversed(found.lines)}.values(), key=lambda line: line.at)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused("lines.closed", name=path, why=error.strerror) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("lines.form", name=path.name)


def _refused(key: str, reason: str = "", **values: object) -> FileRefused:
    """The sentence in both languages; `reason` is the key of why a row was not taken."""

    def said(language: str) -> str:
        return word(language, key, **values, **({"why": word(language, reason)} if reason else {}))

    return FileRefused(said("zh"), said("en"))
