"""`copilot check`: is the handbook in order? Names file and line of everything that is not; lists ids, shows coverage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Handbook, Json, clean_line, handbook_faults, note, prepare, put
from bot.commands.words import say

if TYPE_CHECKING:
    from bot.content.problem import Problem
    from bot.content.whole import Whole
    from knowledge.scan import FileStamp
    from knowledge.types import Document

_MARKDOWN = (".md", ".markdown")

Stats = Annotated[bool, typer.Option("--stats", help="列出覆盖情况 · Show how well the handbook covers its field.")]
Publish = Annotated[bool, typer.Option("--publish", help="登记新编号到 ids.lock · List new ids in ids.lock.")]


@dataclass(frozen=True)
class Inspection:
    """A handbook as it was found: how many files, what is wrong, and which ids are used but not listed yet."""

    files: int
    problems: list[Problem]
    unlisted: list[Problem]
    whole: Whole


def check(handbook: Handbook = None, stats: Stats = False, publish: Publish = False, as_json: Json = False) -> None:
    """检查手册：文件、编号、链接、数字、用词 · Check the handbook: files, ids, links, figures, wording."""
    from bot.commands.coverage import show

    if publish and (stats or as_json):
        raise typer.BadParameter("--publish 单独用，不和 --stats、--json 一起")
    settings = prepare(handbook=handbook)
    with handbook_faults(settings):
        found = inspect(settings.handbook)
        if publish and not found.problems:
            _publish(settings.handbook, found.whole, settings.language)
            return
    problems = sorted({*found.problems, *([] if publish else found.unlisted)})
    if stats:
        show(found.whole, settings.language, as_json=as_json)
    elif as_json:
        listed = [{"file": one.path, "line": one.line, "problem": one.text} for one in problems]
        put(json.dumps({"files": found.files, "problems": listed}, ensure_ascii=False))
    else:
        for problem in problems:
            put(clean_line(str(problem)))
    if problems:
        note(say(settings.language, "publish_bad" if publish else "check_bad", count=len(problems), files=found.files))
        raise typer.Exit(1)
    note(say(settings.language, "check_ok", files=found.files))


def inspect(folder: Path) -> Inspection:
    """Everything about a handbook. Raises HandbookError when there is nothing in it to read."""
    from bot.content import pages
    from bot.content.ids import FILE, check_lock, read_lock, unlisted
    from bot.content.problem import Problem
    from bot.content.read import read_content
    from bot.content.whole import Whole, check_whole
    from knowledge.asked import targets
    from knowledge.decode import decode
    from knowledge.load import load
    from knowledge.types import Unreadable

    stamps = _stamps(folder)
    loaded = [(stamp, load(folder, stamp)) for stamp in stamps]
    problems = [Problem(found.path, 1, found.reason) for _, found in loaded if isinstance(found, Unreadable)]
    documents = [(stamp, found) for stamp, found in loaded if not isinstance(found, Unreadable)]
    texts = {
        found.path: decode((folder / stamp.source).read_bytes()) or ""
        for stamp, found in documents
        if found.path.lower().endswith(_MARKDOWN)
    }
    anchors = {found.path: {section.anchor for section in found.sections} for _, found in documents}
    others = [path for path in anchors if path not in texts]
    read = [pages.read_page(path, text) for path, text in texts.items()]
    whole = Whole(read, texts, read_content(folder), anchors, targets(_sections(documents)).keys())
    problems += [*pages.check(texts, anchors=anchors, others=others), *check_whole(whole)]
    lock = folder / FILE
    new = []
    if lock.is_file():
        listed = read_lock(lock.read_text(encoding="utf-8-sig", errors="replace"))
        problems += check_lock(listed, whole.ids)
        new = unlisted(listed, whole.ids)
    return Inspection(len(stamps), sorted(set(problems)), new, whole)


def _stamps(folder: Path) -> list[FileStamp]:
    from bot.errors import HandbookError
    from knowledge.scan import scan

    if not folder.is_dir():
        raise HandbookError(f"没有找到手册文件夹 {folder}，请检查路径。")
    stamps = list(scan(folder))
    if not stamps:
        raise HandbookError(f"手册文件夹 {folder} 里没有能读的文件（Markdown、文本、HTML、PDF、Word、Excel、PowerPoint）。")
    return stamps


def _sections(documents: list[tuple[FileStamp, Document]]) -> list[tuple[str, str]]:
    return [(found.path, section.anchor) for _, found in documents for section in found.sections]


def _publish(folder: Path, whole: Whole, language: str) -> None:
    """List every id that is not listed yet; the file is replaced whole or not at all."""
    from bot.content.ids import FILE, published, read_lock

    path = folder / FILE
    lock = read_lock(path.read_text(encoding="utf-8-sig") if path.is_file() else "")
    new = whole.ids.keys() - lock.lines.keys()
    if new or not path.is_file():
        half = path.with_name(f".{FILE}.new")
        half.write_text(published(lock, whole.ids), encoding="utf-8")
        half.replace(path)
    note(say(language, "published", count=len(new), total=len(lock.lines) + len(new), path=path))
