"""YAML of the handbook: read with the line of every value, held to a schema, complaints in Chinese.

Anchors, aliases and custom tags are refused: content needs none, and a few nested aliases can fill the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.content.problem import Problem
from knowledge import yamls

Place = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top, e.g. ``(3, "advice", 0, "do")``."""

M = TypeVar("M", bound=BaseModel)

_SAID = {
    "missing": "缺这一项",
    "extra_forbidden": "没有这一项，是不是写错了名字",
    "string_type": "要写成文字（数字和 yes/no 请加引号）",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "写法不对，要符合 {pattern}",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "float_type": "要写成数字",
    "float_parsing": "要写成数字",
    "bool_type": "要写 true 或 false",
    "bool_parsing": "要写 true 或 false",
    "list_type": "要写成列表，每行以「- 」开头",
    "dict_type": "要一行一个「名字: 值」",
    "model_type": "要一行一个「名字: 值」",
    "enum": "只能写 {expected}",
    "literal_error": "只能写 {expected}",
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "too_short": "至少要有 {min_length} 个",
    "too_long": "最多 {max_length} 个",
}


class Schema(BaseModel):
    """Base of every row's schema: unknown names are refused, and text is not guessed from numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """One file as plain data (dict, list, str, int, float, bool, None) with the line of every value."""

    path: str
    data: Any
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of a value, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, text: str, *place: str | int) -> Problem:
        """A complaint about the value at a place."""
        return Problem(self.path, self.line(*place), text)


def read_yaml(path: str, text: str) -> YamlFile | Problem:
    """Read one file; what cannot be read becomes a problem with its line, never an exception."""
    found = _read(path, text, yamls.FAST)
    # What the quick reader refuses the exact one may take, and it says better what is wrong.
    return found if isinstance(found, YamlFile) else _read(path, text, yamls.EXACT)


def _read(path: str, text: str, loader: Any) -> YamlFile | Problem:
    try:
        for event in yamls.events(text, loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or _custom(event):
                return Problem(path, yamls.line_of(event), "不支持 YAML 的锚点、引用和自定义标签，请直接写出内容")
        data = yamls.load(text, loader)
        node = yaml.compose(text, Loader=loader)
        return YamlFile(path, data, dict(_lines(node, ())) if node else {})
    except (_Name, yamls.Unfit) as error:
        return Problem(path, error.line, str(error))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return Problem(path, mark.line + 1 if mark else 1, f"不是合法的 YAML：{getattr(error, 'problem', None) or '值写错了'}")


def checked(model: type[M], file: YamlFile, data: Any, *place: str | int) -> tuple[M | None, list[Problem]]:
    """One part of a file, at `place`, held to a schema: the row, or what is wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_complaint(file, place, detail) for detail in error.errors(include_url=False)]


def rows(model: type[M], file: YamlFile) -> Iterator[tuple[int, M | None, list[Problem]]]:
    """A file that is one list: (position, row or None, what is wrong with it) for every entry."""
    if not isinstance(file.data, list):
        yield 0, None, [file.problem("这个文件要写成列表，每行以「- 」开头")]
        return
    for number, data in enumerate(file.data):
        row, problems = checked(model, file, data, number)
        yield number, row, problems


class _Name(Exception):
    """A name that cannot be taken; the message is the complaint."""

    def __init__(self, complaint: str, line: int) -> None:
        super().__init__(complaint)
        self.line = line


def _custom(event: yaml.Event) -> bool:
    tag = getattr(event, "tag", None)
    return isinstance(tag, str) and not tag.startswith("tag:yaml.org,2002:")


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*place, number))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Name("名字只能是一个词，不能是列表或嵌套", key.start_mark.line + 1)
            if key.value in seen:
                raise _Name(f"「{key.value}」写了两次，只留一个", key.start_mark.line + 1)
            seen.add(key.value)
            # A value may begin on the line below its name; people look for the name.
            yield from _lines(value, (*place, key.value))
            yield (*place, key.value), key.start_mark.line + 1


def _complaint(file: YamlFile, place: Place, detail: ErrorDetails) -> Problem:
    where = (*place, *detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    said = str(context.get("error", "")) if kind == "value_error" else _SAID.get(kind, "写法不对").format_map(_Missing(context))
    name = "．".join(str(part) if isinstance(part, str) else f"第 {part + 1} 个" for part in detail["loc"])
    return file.problem(f"{name}：{said}" if name else said, *where)


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"
