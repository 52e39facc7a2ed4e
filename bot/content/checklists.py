"""What must hold in `checklists/*.yaml`, and the items they hold: one file a stage, one row an item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.content.problem import Problem
from bot.content.yamlfile import Schema, YamlFile, rows
from bot.domain.checklists import Due, Evidence, Item, Stage, Variant

# Read on a phone in the last minutes before go-live: two short lines.
_LONGEST = 40
# Longer ago or ahead is a slip of the pen, and would leave the calendar.
_FARTHEST_DAYS = 365

_LETTER = {Stage.BEFORE: "B", Stage.DURING: "D", Stage.AFTER: "A"}
_SECONDS = {"min": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"(?P<start>[TE])(?:\+0|(?P<sign>[+-])(?P<count>[1-9][0-9]{0,5})(?P<unit>min|h|d))")
_EVERY = re.compile(r"(?P<count>[1-9][0-9]{0,5})(?P<unit>min|h)")
_NUMBER = re.compile(r"[^（），]+（[^（）]+）(，(不低于|不超过) -?[0-9]+(\.[0-9]+)?)?")

_GRAMMAR = "时间写法不对，例如 T-15d、T-4h、T-30min、T+0、E+30min，播中重复的写 T+5min every 5min"
_WHEN = {
    Stage.BEFORE: "播前的项要在开播之前到期，写成 T-30min 这样，最晚 T+0",
    Stage.DURING: "播中的项写成 T+10min，或者下播之前的 E-10min",
    Stage.AFTER: "播后的项从下播算起，写成 E+30min 这样",
}


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"写了 {len(text)} 个字，最长 {_LONGEST} 个")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_short)]
Role = Literal["操盘手", "主播", "助播", "中控", "场控", "投手", "客服", "货品专员", "数据员"]
Written = Annotated[str, Field(min_length=1)]


class _Times(Schema):
    """When an item is due, by variant; what is not written stays empty."""

    daily: Written = ""
    campaign: Written = ""
    brand: Written = ""
    first: Written = ""


class _Row(Schema):
    id: str = Field(pattern="^[BDA][0-9]{2}$")
    text: Text
    role: Role
    why: Text
    section: str = Field(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")
    evidence: Evidence
    number: Text = ""
    blocking: bool = False
    due: _Times


def read_items(files: Sequence[YamlFile]) -> tuple[tuple[Item, ...], list[Problem]]:
    """The items of all files, in the order in which they are written, and what is wrong with the others."""
    items: list[Item] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for file in files:
        stage = _stage(file)
        if stage is None:
            problems.append(file.problem("清单文件只能叫 before.yaml（播前）、during.yaml（播中）、after.yaml（播后）"))
            continue
        for number, row, wrong in rows(_Row, file):
            found = wrong if row is None else [*_wrong(file, number, row, stage), *_repeated(file, number, row.id, seen)]
            problems += found
            if row is not None and not found:
                items.append(_item(row, stage))
    return tuple(items), sorted(problems)


def read_time(text: str) -> Due | None:
    """A time such as `T-4h`, `E+30min` or `T+5min every 5min`; None when it is not written that way."""
    time, repeats, every = text.partition(" every ")
    first, again = _TIME.fullmatch(time), _EVERY.fullmatch(every)
    if not first or (repeats and not again):
        return None
    seconds = int(f"{first['sign']}{_length(first)}") if first["sign"] else 0
    if abs(seconds) > _FARTHEST_DAYS * _SECONDS["d"]:
        return None
    return Due(seconds, first["start"] == "E", _length(again) if again else None)


def _length(match: re.Match[str]) -> int:
    return int(match["count"]) * _SECONDS[match["unit"]]


def _stage(file: YamlFile) -> Stage | None:
    name = PurePosixPath(file.path).stem
    return next((stage for stage in Stage if stage.value == name), None)


def _times(row: _Row) -> dict[Variant, str]:
    """What is written of each variant that has the item."""
    return {variant: text for variant in Variant if (text := getattr(row.due, variant.value))}


def _wrong(file: YamlFile, number: int, row: _Row, stage: Stage) -> Iterator[Problem]:
    """What the schema cannot see: how the values of one row fit together, and the stage."""
    if not row.id.startswith(_LETTER[stage]):
        yield file.problem(f"{row.id}：这个文件里的编号要以 {_LETTER[stage]} 开头", number, "id")
    if stage is Stage.BEFORE and "blocking" not in row.model_fields_set:
        yield file.problem(f"{row.id}：播前的项要写 blocking: true（没勾不能开播）或 false", number)
    elif stage is not Stage.BEFORE and "blocking" in row.model_fields_set:
        yield file.problem(f"{row.id}：blocking 只用在播前的项上，请删掉这一行", number, "blocking")
    if row.evidence is Evidence.NUMBER and not _NUMBER.fullmatch(row.number):
        yield file.problem(f"{row.id}：number 要写名字、单位和界线，例如「上行带宽（Mbps），不低于 5」", number, "number")
    elif row.evidence is not Evidence.NUMBER and row.number:
        yield file.problem(f"{row.id}：evidence 不是 number，就不写 number", number, "number")
    times = _times(row)
    if not times:
        yield file.problem(f"{row.id}：due 里至少写一种场次（daily、campaign、brand、first）", number, "due")
    for variant, text in times.items():
        if said := _bad_time(text, stage):
            yield file.problem(f"{row.id}：{text}：{said}", number, "due", variant.value)


def _bad_time(text: str, stage: Stage) -> str:
    """Why an item of this stage cannot be due then, or nothing."""
    due = read_time(text)
    if due is None:
        return _GRAMMAR
    if due.every and (stage is not Stage.DURING or due.from_end):
        return "只有播中从开播算起的项才能重复（every）"
    fits = {
        Stage.BEFORE: not due.from_end and due.seconds <= 0,
        Stage.DURING: due.seconds <= 0 if due.from_end else due.seconds >= 0,
        Stage.AFTER: due.from_end and due.seconds >= 0,
    }
    return "" if fits[stage] else _WHEN[stage]


def _repeated(file: YamlFile, number: int, name: str, seen: dict[str, str]) -> Iterator[Problem]:
    if name in seen:
        yield file.problem(f"编号 {name} 已经在 {seen[name]} 用过", number, "id")
    else:
        seen[name] = f"{file.path}:{file.line(number, 'id')}"


def _item(row: _Row, stage: Stage) -> Item:
    due = {variant: time for variant, text in _times(row).items() if (time := read_time(text))}
    return Item(row.id, stage, row.text, row.role, row.why, row.evidence, row.number, row.blocking, row.section, due)
