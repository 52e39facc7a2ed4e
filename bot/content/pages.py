"""What must hold in a handbook: front matter, section numbers, links. Pure functions over file texts.

`chapters/` and `cases/` are the curated part and are held to the whole schema; of any other Markdown file only
what can be wrong everywhere is checked (broken front matter, twice the same explicit id, links that lead
nowhere). Knows nothing about how files are read or searched.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import yaml

from bot.content.cases import check_case, sections
from bot.content.problem import Problem

Number = tuple[int, ...]
"""A section number without padding: 12.1 and 12.01 are (12, 1)."""

# Every pattern is bounded, so that it takes linear time on any line.
_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_EXPLICIT_ID = re.compile(r"\{#([^\s{}]{1,200})\}|<a\s+(?:id|name)=[\"']([^\"']{1,200})[\"']")
_CHAPTER_NUMBER = re.compile(r"(\d+)(?=\s|$)")
_SECTION_NUMBER = re.compile(r"(\d+(?:\.\d+)+)(?![\d.%])")
_LINK = re.compile(r"(?<!!)\[[^\[\]]*\]\(\s{0,9}<?([^)\s>]{1,500})>?(?:\s[^)]{0,300})?\)")
_SEE = re.compile(r"见\s*((?:\d+(?:\.\d+)+\s*(?:节\s*)?[、,，～~和与及/]?\s*)+)")
_SEE_CHAPTER = re.compile(r"见(?:第)?\s*(\d+)\s*章")
_CHAPTER_FILE = re.compile(r"chapters/(\d+)[^/]*\.(?:md|markdown)")


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file taken apart: where its front matter, headings and text stand.

    `numbers` holds (line, number), `ids` holds (line, explicit id), `slugs` every heading as `slug` makes it,
    `lines` the lines outside code fences.
    """

    path: str
    meta: Mapping[str, Any]
    meta_lines: Mapping[str, int]
    problems: tuple[Problem, ...]
    lines: tuple[tuple[int, str], ...] = field(repr=False)
    numbers: tuple[tuple[int, Number], ...]
    ids: tuple[tuple[int, str], ...]
    slugs: frozenset[str]

    @property
    def curated(self) -> bool:
        """Whether the whole schema holds for this file."""
        return self.path.startswith(("chapters/", "cases/"))


def check(texts: Mapping[str, str], *, anchors: Mapping[str, Collection[str]], others: Collection[str] = ()) -> list[Problem]:
    """Everything wrong with a handbook, ordered by file and line.

    `texts` maps the path of each Markdown file (POSIX, relative to the handbook) to its text; `anchors` adds the
    anchors that the reader found in each file, also for links; `others` are the remaining files that a link may name.
    """
    pages = [read_page(path, text) for path, text in texts.items()]
    known = {path: set(map(slug, anchors.get(path, ()))) for path in (*texts, *others)}
    for page in pages:
        known[page.path] |= page.slugs | {slug(name) for _, name in page.ids}
    numbers = {number for page in pages for _, number in page.numbers}
    found = [*_repeated(pages)]
    for page in pages:
        found += [*page.problems, *_schema(page), *_chapter(page), *_links(page, known, numbers)]
    return sorted(set(found))


def read_page(path: str, text: str) -> Page:
    """Take one Markdown file apart; broken front matter becomes a problem, never an exception."""
    all_lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    end = _front_matter_end(all_lines)
    meta, problems = _front_matter(path, all_lines[1:end]) if end else ({}, ())
    meta_lines = {m[1]: n for n, line in enumerate(all_lines[:end], 1) if (m := re.match(r"([^\s:#]+)\s*:", line))}
    lines = tuple(_outside_fences(all_lines, start=end + 1 if end else 0))
    numbers = tuple((n, number) for n, line in lines if (number := _heading_number(line)))
    ids = tuple((n, m[1] or m[2]) for n, line in lines for m in _EXPLICIT_ID.finditer(line))
    slugs = frozenset(slug(heading[2]) for _, line in lines if (heading := _HEADING.match(line)))
    return Page(path, meta, meta_lines, problems, lines, numbers, ids, slugs)


def slug(heading: str) -> str:
    """A heading as any site's anchor for it can be compared: letters and digits only.

    Sites differ in case, dashes and punctuation, not in the words.
    """
    return re.sub(r"[\W_]+", "", heading).casefold()


def _front_matter_end(lines: list[str]) -> int:
    """The index of the closing `---`, 0 when the file has no front matter."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((n for n, line in enumerate(lines) if n and line.rstrip() in ("---", "...")), 0)


def _front_matter(path: str, lines: list[str]) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    try:
        meta = yaml.safe_load("\n".join(lines))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return {}, (Problem(path, line, f"文件头不是合法的 YAML：{getattr(error, 'problem', None) or '值写错了'}"),)
    if meta is None:
        return {}, ()
    if not isinstance(meta, dict):
        return {}, (Problem(path, 1, "文件头要一行一个「名字: 值」"),)
    return {str(key): value for key, value in meta.items()}, ()


def _outside_fences(lines: list[str], *, start: int) -> Iterator[tuple[int, str]]:
    fence = ""
    for n, line in enumerate(lines[start:], start + 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield n, line


def _heading_number(line: str) -> Number | None:
    """The number that a heading starts with; one without a dot counts at the first level only (“60 秒内”)."""
    heading = _HEADING.match(line)
    if not heading:
        return None
    number = _SECTION_NUMBER.match(heading[2]) or (_CHAPTER_NUMBER.match(heading[2]) if heading[1] == "#" else None)
    return _number(number[1]) if number else None


def _number(text: str) -> Number:
    return tuple(int(part) for part in text.split("."))


def _shown(number: Number) -> str:
    return ".".join(map(str, number))


def _schema(page: Page) -> Iterator[Problem]:
    """Front matter of the curated files: a title for every one, and where a case comes from."""
    if not page.curated or page.problems:
        return
    wanted = {"title": "标题，不能为空"}
    if page.path.startswith("cases/"):
        wanted["source"] = "出处，不能为空"
    for name, meaning in wanted.items():
        if not isinstance(page.meta.get(name), (str, int, float)) or not str(page.meta[name]).strip():
            yield Problem(page.path, page.meta_lines.get(name, 1), f"文件头缺 {name}（{meaning}）")
    if page.path.startswith("cases/"):
        yield from check_case(page)


def _chapter(page: Page) -> Iterator[Problem]:
    """A chapter's sections carry the number in its file name."""
    chapter = _CHAPTER_FILE.fullmatch(page.path)
    if not chapter:
        return
    for line, number in page.numbers:
        if number[0] != int(chapter[1]):
            yield Problem(page.path, line, f"小节编号 {_shown(number)} 不属于第 {int(chapter[1])} 章（看文件名）")


def _repeated(pages: list[Page]) -> Iterator[Problem]:
    """Numbers are unique over the curated files, explicit ids within each file."""
    first: dict[Number, tuple[str, int]] = {}
    for page in pages:
        counts = Counter(name for _, name in page.ids)
        for line, name in page.ids:
            if counts[name] > 1:
                yield Problem(page.path, line, f"标识 {name} 在本文件里用了 {counts[name]} 次")
        for line, number in page.numbers if page.curated else ():
            if number in first:
                path, where = first[number]
                yield Problem(page.path, line, f"小节编号 {_shown(number)} 已经在 {path}:{where} 用过")
            else:
                first[number] = (page.path, line)


def _links(page: Page, known: Mapping[str, Collection[str]], numbers: Collection[Number]) -> Iterator[Problem]:
    for n, line in page.lines:
        for link in _LINK.finditer(line):
            if complaint := _broken(page.path, unquote(link[1]), known, numbers):
                yield Problem(page.path, n, complaint)
        if page.curated:
            yield from (Problem(page.path, n, f"「见 {name}」指向的{what}不存在") for name, what in _unseen(line, numbers))
    for name in sections(page):
        if page.path.startswith("cases/") and _number(name) not in numbers:
            yield Problem(page.path, page.meta_lines.get("sections", 1), f"文件头 sections 里的 {name} 指向的小节不存在")


def _unseen(line: str, numbers: Collection[Number]) -> Iterator[tuple[str, str]]:
    """References in running text, such as 见 12.1、12.3 or 见 17 章, that name nothing."""
    text = _LINK.sub("", line)
    for see in _SEE.finditer(text):
        for name in re.findall(r"\d+(?:\.\d+)+", see[1]):
            if _number(name) not in numbers:
                yield name, "小节"
    for see in _SEE_CHAPTER.finditer(text):
        if _number(see[1]) not in numbers:
            yield f"{see[1]} 章", "章"


def _broken(path: str, target: str, known: Mapping[str, Collection[str]], numbers: Collection[Number]) -> str:
    """Why a link leads nowhere, or nothing. Links out of the handbook are not followed."""
    name, _, anchor = target.partition("#")
    if re.match(r"[a-zA-Z][\w+.-]*:|/", target) or name.endswith("/"):
        return ""  # another site, or a route of a site made from this folder
    if name and not anchor and not name.endswith((".md", ".markdown")):
        return ""
    document = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
    if document not in known:
        return f"链接 {target} 指向的文件不在手册里"
    wanted = slug(anchor)
    if not wanted or wanted in known[document] or wanted.rstrip("0123456789") in known[document]:
        return ""  # the second heading of the same words is -1 or -2 on most sites
    if re.fullmatch(r"\d+(\.\d+)*", anchor) and _number(anchor) in numbers:
        return ""
    return f"链接 {target} 指向的小节不存在"
