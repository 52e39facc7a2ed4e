"""What must hold in the files of `sources/`, and the foreign exports that they describe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from bot.content.metrics import Metrics
from bot.content.problem import Problem
from bot.content.yamlfile import Schema, YamlFile, checked
from bot.domain.sources import Source, folded

Written = Annotated[str, Field(min_length=1)]


class _Column(Schema):
    metric: Written
    percent: bool = False
    factor: float = Field(1.0, gt=0)


class _File(Schema):
    name: Written
    time: list[Written] = Field(min_length=1)
    columns: dict[str, Written | _Column] = {}
    ignore: list[Written] = []


def read_sources(files: Sequence[YamlFile], metrics: Metrics) -> tuple[tuple[Source, ...], list[Problem]]:
    """Each file's source, and what is wrong with the others. A file's name is the source's id."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for file in files:
        row, wrong = checked(_File, file, file.data)
        found = wrong if row is None else list(_wrong(file, row, metrics))
        problems += found
        if row is not None and not found:
            sources.append(_source(file, row))
    return tuple(sources), problems


def _wrong(file: YamlFile, row: _File, metrics: Metrics) -> Iterator[Problem]:
    """What the schema cannot see: a name means one thing, and every figure is one of `metrics.yaml`."""
    units = {one.id: one.unit for one in metrics.metrics} | {one.id: one.unit for one in metrics.inputs}
    seen: dict[str, str] = {}
    for name, place in _names(row):
        if folded(name) in seen:
            yield file.problem(f"「{name}」和「{seen[folded(name)]}」是同一个列名，只留一个", *place)
        seen.setdefault(folded(name), name)
    for name, said in row.columns.items():
        column = _column(said)
        if column.metric not in units:
            yield file.problem(f"{name}：没有「{column.metric}」这个指标，请写 metrics.yaml 里的编号", "columns", name)
        elif column.percent and units[column.metric] != "%":
            yield file.problem(f"{name}：{column.metric} 不是百分数，不写 percent", "columns", name)


def _names(row: _File) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield from ((name, ("time", at)) for at, name in enumerate(row.time))
    yield from ((name, ("columns", name)) for name in row.columns)
    yield from ((name, ("ignore", at)) for at, name in enumerate(row.ignore))


def _column(said: str | _Column) -> _Column:
    return _Column(metric=said) if isinstance(said, str) else said


def _source(file: YamlFile, row: _File) -> Source:
    columns = {name: _column(said) for name, said in row.columns.items()}
    return Source(
        PurePosixPath(file.path).stem, row.name, tuple(row.time), {name: one.metric for name, one in columns.items()},
        frozenset(row.ignore), frozenset(name for name, one in columns.items() if one.percent),
        {name: one.factor for name, one in columns.items() if one.factor != 1.0},
    )  # fmt: skip
