"""Published ids: `ids.lock` lists them, one `kind id` a line, and what is listed stays. Pure.

People write ids down, in reviews and in other handbooks, and a session's record names rules by theirs. An id may move, once
and for good: `section 12.1 -> 12.50`. Then it is never used for something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.content.links import rows_of
from bot.content.pages import Page
from bot.content.problem import Problem
from bot.content.yamlfile import YamlFile

FILE = "ids.lock"
KINDS = ("section", "metric", "input", "rule", "item", "case")

Id = tuple[str, str]
"""Kind and name, such as ("section", "12.1")."""

_HEAD = "# 发布过的编号，不删、不改号、不挪作他用。由 copilot check --publish 登记。"
_SHOWN = {"section": "小节", "metric": "指标", "input": "输入", "rule": "规则", "item": "清单项", "case": "案例"}
_KIND_OF = {"metrics.yaml#metrics": "metric", "metrics.yaml#inputs": "input", "rules": "rule", "checklists": "item"}
_LINE = re.compile(r"(?P<kind>[a-z]+) (?P<name>[^\s#>]+)(?: -> (?P<moved>[^\s#>]+))?")


@dataclass(frozen=True, slots=True)
class Lock:
    """What is listed: the line of each id, and where it moved (empty where it stayed)."""

    lines: Mapping[Id, int]
    moved: Mapping[Id, str]
    problems: tuple[Problem, ...]


def ids_of(pages: Iterable[Page], files: Mapping[str, YamlFile]) -> dict[Id, Problem]:
    """Every id that the handbook uses; the value complains about it, where it stands, in case it is not listed yet."""
    found: dict[Id, Problem] = {}
    for path, line, kind, name in (*_in_pages(pages), *_in_files(files)):
        said = f"{_SHOWN[kind]} {name} 还没登记：先运行 copilot check --publish 登记"
        found.setdefault((kind, name), Problem(path, line, said))
    return found


def read_lock(text: str) -> Lock:
    """The listed ids; lines that are none become problems."""
    lines: dict[Id, int] = {}
    moved: dict[Id, str] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match or match["kind"] not in KINDS:
            problems.append(Problem(FILE, number, "一行写一个「类别 编号」，像 section 12.1；搬走的写 section 12.1 -> 12.50"))
            continue
        id = (match["kind"], match["name"])
        if id in lines:
            problems.append(Problem(FILE, number, f"{_SHOWN[id[0]]} {id[1]} 已经在第 {lines[id]} 行登记过，只留一行"))
        lines.setdefault(id, number)
        moved[id] = match["moved"] or ""
    return Lock(lines, moved, tuple(problems))


def check_lock(lock: Lock, used: Mapping[Id, Problem]) -> Iterator[Problem]:
    """What is wrong with the list, and listed ids that are gone or came back as something else."""
    yield from lock.problems
    for (kind, name), line in lock.lines.items():
        new = lock.moved[kind, name]
        if new and (kind, name) in used:
            yield Problem(FILE, line, f"{_SHOWN[kind]} {name} 已经搬去 {new}，这个编号不能再用：给它换一个新编号")
        elif new and (kind, new) not in used and not lock.moved.get((kind, new)):
            yield Problem(FILE, line, f"{_SHOWN[kind]} {name} 写着搬去 {new}，手册里没有 {new}")
        elif not new and (kind, name) not in used:
            how = f"恢复它，或写上它搬去哪了（{kind} {name} -> 新编号）"
            yield Problem(FILE, line, f"{_SHOWN[kind]} {name} 已经发布过，不能删除或改号：{how}")


def unlisted(lock: Lock, used: Mapping[Id, Problem]) -> list[Problem]:
    """A complaint for every id that is used and not listed."""
    return [problem for id, problem in used.items() if id not in lock.lines]


def published(lock: Lock, used: Iterable[Id]) -> str:
    """The text of the list with every used id on it; nothing that was listed is lost."""
    rows = sorted({*lock.lines, *used}, key=_order)
    lines = (f"{kind} {name}" + (f" -> {new}" if (new := lock.moved.get((kind, name))) else "") for kind, name in rows)
    return "\n".join((_HEAD, *lines, ""))


def _in_pages(pages: Iterable[Page]) -> Iterator[tuple[str, int, str, str]]:
    for page in pages:
        if page.path.startswith("chapters/"):
            for line, number in page.numbers:
                if len(number) > 1:
                    yield page.path, line, "section", f"{number[0]:02d}." + ".".join(map(str, number[1:]))
        elif page.path.startswith("cases/"):
            yield page.path, 1, "case", PurePosixPath(page.path).stem.replace(" ", "_")


def _in_files(files: Mapping[str, YamlFile]) -> Iterator[tuple[str, int, str, str]]:
    for path, file in files.items():
        for place, row in rows_of(file):
            kind = _KIND_OF.get(f"{path}#{place[0]}") or _KIND_OF.get(path.partition("/")[0])
            if kind and isinstance(row.get("id"), str) and row["id"].strip():
                yield path, file.line(*place, "id"), kind, row["id"].replace(" ", "_")


def _order(id: Id) -> tuple[int, list[tuple[int, str]]]:
    """By kind as listed above, numbers in a name by value: 12.2 before 12.10."""
    return KINDS.index(id[0]), [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", id[1])]
