"""Whether what the content names is there: sections named in YAML, metrics and rules named in chapters and cases. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bot.content.pages import Number, Page
from bot.content.problem import Problem
from bot.content.yamlfile import Place, YamlFile

_SECTION_KEYS = ("section", "low_section")
_REFERENCE = re.compile(r"(?<![\d.])(\d{2}\.\d{1,2})(?![\d.%])")
_TICKED = re.compile(r"`([a-z][a-z0-9_]*)`")
# Fields of a platform's interface stand in back-ticks as well, and the sentence says what they are.
_INTERFACE = re.compile(r"(?:字段|接口|参数|分页)[^。；|]{0,24}$")
_UNKNOWN = "`{}` 不是指标也不是输入：改成 metrics.yaml 里的标识；平台的字段名，前面写明是字段"
_RULE = re.compile(r"(?<![A-Za-z0-9])N\d{2}(?![A-Za-z0-9])")


def check_sections(files: Sequence[YamlFile], numbers: Collection[Number]) -> Iterator[Problem]:
    """Sections that rows name and that are not in the handbook."""
    for file in files:
        for place, row in rows_of(file):
            for key in _SECTION_KEYS:
                name = row.get(key)
                if isinstance(name, str) and re.fullmatch(r"\d+\.\d+", name) and number(name) not in numbers:
                    yield file.problem(f"手册里没有 {name} 这一节：改成讲它的那一节", *place, key)
            for name in _REFERENCE.findall(str(row.get("stance", ""))):
                if number(name) not in numbers:
                    yield file.problem(f"stance 里的 {name} 手册里没有这一节", *place, "stance")


def check_names(pages: Sequence[Page], figures: Collection[str], rules: Collection[str]) -> Iterator[Problem]:
    """Metrics, inputs (`figures`) and rules that chapters and cases name and that are nowhere; what is empty is not checked."""
    for page in (page for page in pages if page.curated):
        for line, text in page.lines:
            if figures:
                yield from _unknown_figures(page, line, text, figures)
            for name in _RULE.findall(text) if rules else ():
                if name not in rules:
                    yield Problem(page.path, line, f"没有 {name} 这条规则")
        if page.path.startswith("cases/"):
            yield from _in_head(page, "metrics", figures, "指标")
            yield from _in_head(page, "rules", rules, "规则")


def rows_of(file: YamlFile) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every row of a file that is a list, or a mapping of lists, with its place."""
    parts = {(): file.data} if isinstance(file.data, list) else file.data if isinstance(file.data, dict) else {}
    for name, part in parts.items():
        start = (name,) if isinstance(name, str) else ()
        for at, row in enumerate(part) if isinstance(part, list) else ():
            if isinstance(row, dict):
                yield (*start, at), row


def number(name: str) -> Number:
    """A section's number without padding: 02.8 is (2, 8)."""
    return tuple(int(part) for part in name.split("."))


def _unknown_figures(page: Page, line: int, text: str, figures: Collection[str]) -> Iterator[Problem]:
    for match in _TICKED.finditer(text):
        if match[1] not in figures and not _INTERFACE.search(text[: match.start()]):
            yield Problem(page.path, line, _UNKNOWN.format(match[1]))


def _in_head(page: Page, key: str, known: Collection[str], kind: str) -> Iterator[Problem]:
    named = page.meta.get(key)
    for name in named if isinstance(named, list) and known else ():
        if name not in known:
            yield Problem(page.path, page.meta_lines.get(key, 1), f"文件头 {key} 里的 {name} 手册里没有（{kind}）")
