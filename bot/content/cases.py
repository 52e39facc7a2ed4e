"""What must hold in a case page (`cases/*.md`): its front matter and its six headings.

Pure. Whether the figures add up is the author's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.content.problem import Problem

if TYPE_CHECKING:
    from bot.content.pages import Page

HEADINGS = ("情况", "诊断", "动作", "结果", "学到什么", "不适用")
"""The parts of a case, in the order in which a colleague wants to hear them."""
MADE_UP = "教学示例"
"""How the source of a made-up case begins, so that nobody takes its figures for a record."""

_HEADING = re.compile(r"##\s+(.*)")
_LISTS = {
    "problem": (re.compile(r".*\S.*"), "案例对应的问题，像 [断单, 断流]"),
    "metrics": (re.compile(r"[a-z][a-z0-9_]*"), "指标编号，像 [online_now, gmv]"),
    "rules": (re.compile(r"N\d{2,3}"), "规则编号，像 [N01]"),
    "sections": (re.compile(r"\d{2}\.\d{1,2}"), '小节编号，要加引号，像 ["12.1"]'),
}


def check_case(page: Page) -> Iterator[Problem]:
    """Everything wrong with one case page, but for what holds of every curated page (title, source)."""
    if page.meta.get("kind") != "case":
        yield _in_head(page, "kind", "案例的文件头要写 kind: case")
    if not isinstance(page.meta.get("teaching"), bool):
        yield _in_head(page, "teaching", "案例的文件头要写 teaching: true（教学示例）或 false（真实公开）")
    elif page.meta["teaching"] and not str(page.meta.get("source", "")).startswith(MADE_UP):
        yield _in_head(page, "source", f"教学案例的 source 要以「{MADE_UP}」开头，写明人物和数字是编的")
    category = page.meta.get("category")
    if not isinstance(category, str) or not category.strip():
        yield _in_head(page, "category", "文件头缺 category（品类，像 服饰；不清楚写 未公开）")
    yield from _lists(page)
    yield from _parts(page)


def sections(page: Page) -> tuple[str, ...]:
    """The section numbers that a case's front matter names; what has another form is left out."""
    named = page.meta.get("sections")
    form = _LISTS["sections"][0]
    return tuple(n for n in named if isinstance(n, str) and form.fullmatch(n)) if isinstance(named, list) else ()


def _lists(page: Page) -> Iterator[Problem]:
    for name, (form, meaning) in _LISTS.items():
        value = page.meta.get(name)
        if not isinstance(value, list):
            yield _in_head(page, name, f"文件头的 {name} 要写成列表（{meaning}；没有写 []）")
        elif wrong := [item for item in value if not isinstance(item, str) or not form.fullmatch(item)]:
            yield _in_head(page, name, f"文件头的 {name} 里「{wrong[0]}」写法不对（{meaning}）")
    if page.meta.get("problem") == []:
        yield _in_head(page, "problem", "文件头的 problem 至少写一个问题，大家按它找案例")


def _parts(page: Page) -> Iterator[Problem]:
    """The headings as they stand, and whether something stands below each."""
    parts: list[tuple[int, str, bool]] = []
    for n, line in page.lines:
        if heading := _HEADING.fullmatch(line):
            parts.append((n, heading[1].strip(), False))
        elif parts and line.strip():
            parts[-1] = (*parts[-1][:2], True)
    if tuple(name for _, name, _ in parts) != HEADINGS:
        yield Problem(page.path, parts[0][0] if parts else 1, f"案例要有这六段，次序不变：{'、'.join(HEADINGS)}")
    yield from (Problem(page.path, n, f"案例的「{name}」下面没有内容") for n, name, filled in parts if not filled)


def _in_head(page: Page, name: str, text: str) -> Problem:
    return Problem(page.path, page.meta_lines.get(name, 1), text)
