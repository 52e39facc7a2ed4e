"""`copilot check`: is the handbook in order? Names file and line of everything that is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.commands.common import Handbook, clean_line, handbook_faults, note, prepare, put
from bot.commands.words import say

if TYPE_CHECKING:
    from bot.content.problem import Problem

_MARKDOWN = (".md", ".markdown")


def check(handbook: Handbook = None) -> None:
    """检查手册：文件、文件头、编号、链接 · Check the handbook: files, front matter, numbers, links."""
    settings = prepare(handbook=handbook)
    with handbook_faults(settings):
        files, problems = inspect(settings.handbook)
    for problem in problems:
        put(clean_line(str(problem)))
    if problems:
        note(say(settings.language, "check_bad", count=len(problems), files=files))
        raise typer.Exit(1)
    note(say(settings.language, "check_ok", files=files))


def inspect(folder: Path) -> tuple[int, list[Problem]]:
    """How many files there are, and what is wrong with them. Raises HandbookError when there are none."""
    from bot.content import pages
    from bot.content.problem import Problem
    from bot.errors import HandbookError
    from knowledge.decode import decode
    from knowledge.load import load
    from knowledge.scan import scan
    from knowledge.types import Unreadable

    if not folder.is_dir():
        raise HandbookError(f"没有找到手册文件夹 {folder}，请检查路径。")
    stamps = list(scan(folder))
    if not stamps:
        raise HandbookError(f"手册文件夹 {folder} 里没有能读的文件（Markdown、文本、HTML、PDF、Word、Excel、PowerPoint）。")
    texts: dict[str, str] = {}
    anchors: dict[str, set[str]] = {}
    problems = []
    for stamp in stamps:
        found = load(folder, stamp)
        if isinstance(found, Unreadable):
            problems.append(Problem(found.path, 1, found.reason))
            continue
        anchors[found.path] = {section.anchor for section in found.sections}
        if found.path.lower().endswith(_MARKDOWN):
            texts[found.path] = decode((folder / stamp.source).read_bytes()) or ""
    others = [path for path in anchors if path not in texts]
    return len(stamps), sorted([*problems, *pages.check(texts, anchors=anchors, others=others)])
