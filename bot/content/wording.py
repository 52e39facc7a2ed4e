"""What must hold in `wording.yaml`, and the graded list of words it holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.content.problem import Problem
from bot.content.yamlfile import Schema, YamlFile, rows
from bot.domain.wording import GAP, NUMBER, Level, Wording, WordKind

Written = Annotated[str, Field(min_length=1)]
Pattern = Annotated[str, Field(min_length=2)]


class _Row(Schema):
    id: str = Field(pattern="^W[0-9]{2}$")
    level: Level
    kind: WordKind
    patterns: list[Pattern] = Field(min_length=1)
    unless: list[Pattern] = []
    reason: Written
    instead: Written
    article: Written
    section: str = Field(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")


def read_wording(file: YamlFile) -> tuple[tuple[Wording, ...], list[Problem]]:
    """The entries in the order in which they are written, and what is wrong with the others."""
    wordings: list[Wording] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for number, row, wrong in rows(_Row, file):
        found = wrong if row is None else _wrong(file, number, row, seen)
        problems += found
        if row is not None and not found:
            wordings.append(_wording(row))
    return tuple(wordings), sorted(problems)


def _wrong(file: YamlFile, number: int, row: _Row, seen: dict[str, str]) -> list[Problem]:
    """What the schema cannot see: ids and patterns belong to one entry, and a pattern needs words of its own."""
    found = []
    for key, place in ((row.id, (number, "id")), *((p, (number, "patterns", at)) for at, p in enumerate(row.patterns))):
        here = f"{file.path}:{file.line(*place)}"
        if (first := seen.setdefault(key, here)) != here or list(row.patterns).count(key) > 1:
            found.append(file.problem(f"{row.id}：「{key}」已经在 {first} 写过，只留一个", *place))
    for at, pattern in enumerate(row.patterns):
        if len(pattern.replace(NUMBER, "").replace(GAP, "").strip()) < 2 or pattern.startswith(GAP) or pattern.endswith(GAP):
            found.append(file.problem(f"{row.id}：「{pattern}」太宽：至少写两个字，「{GAP}」只写在中间", number, "patterns", at))
    return found


def _wording(row: _Row) -> Wording:
    return Wording(
        row.id, row.level, row.kind, tuple(row.patterns), tuple(row.unless), row.reason, row.instead, row.article, row.section
    )
