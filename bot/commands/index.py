"""`copilot index`: bring the index in step with the handbook folder and say what changed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Handbook, Json, clean_line, confirm, handbook_faults, note, prepare, put, terminal
from bot.commands.words import say

if TYPE_CHECKING:
    from bot.config import Settings
    from knowledge.library import Report


def index(
    handbook: Handbook = None,
    data: Data = None,
    as_json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="换了模型也直接重新计算 · Embed again without asking.")] = False,
) -> None:
    """建立或更新索引，只算有改动的 · Build or update the index; only what changed is computed."""
    settings = prepare(handbook=handbook, data=data)
    report = asyncio.run(_index(settings, yes=yes))
    if report is None:
        raise typer.Exit(1)
    if as_json:
        put(json.dumps(to_json(report), ensure_ascii=False))
        return
    for line in table(report, str(settings.handbook), settings.language):
        put(line)


async def _index(settings: Settings, *, yes: bool) -> Report | None:
    from bot.build import index_handbook
    from bot.commands.progress import progress_on_stderr

    def agree() -> bool:
        progress.close()
        return yes or _agreed(settings.language)

    with progress_on_stderr(settings.language) as progress, handbook_faults(settings):
        return await index_handbook(settings, progress=progress, agree=agree)


def _agreed(language: str) -> bool:
    """Whether the person wants everything embedded again; nobody to ask means no."""
    if not terminal():
        note(say(language, "say_yes"))
        return False
    if confirm(say(language, "model_changed")):
        return True
    note(say(language, "not_indexed"))
    return False


def to_json(report: Report) -> dict[str, Any]:
    """The report with paths as lists and the reason beside each unreadable file."""
    return {
        "added": list(report.added),
        "changed": list(report.changed),
        "removed": list(report.removed),
        "unchanged": report.unchanged,
        "unreadable": [{"path": bad.path, "reason": bad.reason} for bad in report.unreadable],
        "sections": report.sections,
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 2),
    }


def table(report: Report, handbook: str, language: str) -> list[str]:
    """One line a file, its state first, and a line that sums up."""
    marked = [(mark, path, "") for mark in ("added", "changed", "removed") for path in getattr(report, mark)]
    marked += [("unreadable", bad.path, bad.reason) for bad in report.unreadable]
    lines = [clean_line(f"{say(language, mark)}  {path}  {reason}") for mark, path, reason in marked]
    if not marked:
        lines = [say(language, "no_change")]
    counts = {"sections": report.sections, "chunks": report.chunks, "embedded": report.embedded}
    return [*lines, clean_line(say(language, "indexed", handbook=handbook, seconds=report.seconds, **counts))]
