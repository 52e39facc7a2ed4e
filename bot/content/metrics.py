"""What must hold in `metrics.yaml`, and the metrics and inputs it holds: two lists, one row a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, FiniteFloat

from bot.content.problem import Problem
from bot.content.yamlfile import Schema, YamlFile, checked
from bot.domain.expressions import Expression, ExpressionError, Series, evaluate, parse, same_unit, unit_of
from bot.domain.expressions.units import dimension
from bot.domain.metrics import Aggregation, Example, Good, Input, Metric

# A worked number is written with two decimals, a percentage with two decimals of a percent; half of the last one may be off.
_ROUNDING = 0.0051


def _usable(id: str) -> str:
    try:
        parse(id)
    except ExpressionError as error:
        raise ValueError(f"{id} 在公式里另有意思，换一个标识") from error
    return id


def _known(unit: str) -> str:
    dimension(unit)
    return unit


Id = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,40}$"), AfterValidator(_usable)]
Unit = Annotated[str, Field(min_length=1), AfterValidator(_known)]
Section = Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")]
Written = Annotated[str, Field(min_length=1)]
Group = Literal["流量", "互动", "商品", "成交", "投放"]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of a handbook in the order in which they are written."""

    metrics: tuple[Metric, ...] = ()
    inputs: tuple[Input, ...] = ()

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every metric and input by id."""
        return {metric.id: metric.unit for metric in self.metrics} | {row.id: row.unit for row in self.inputs}

    @property
    def formulas(self) -> Mapping[str, Expression]:
        """The formula of every derived metric by id."""
        return {metric.id: metric.formula for metric in self.metrics if metric.formula is not None}


class _ExampleRow(Schema):
    given: dict[str, FiniteFloat] = {}
    by: str = ""
    result: FiniteFloat
    shown: Written


class _Row(Schema):
    id: Id
    name: Written
    english: Written
    also: list[Written] = []
    group: Group
    unit: Unit
    aggregation: Aggregation
    good: Good
    cadence: str = Field(pattern="^(derived|[1-9][0-9]{0,2}(-[1-9][0-9]{0,2})?(s|min|h))$")
    definition: Written
    formula: Written | None = None
    choice: str = ""
    where: Written
    section: Section
    low_section: Section
    example: _ExampleRow
    source: Written
    mark: Literal["P", "C", "P+C"]


class _InputRow(Schema):
    id: Id
    name: Written
    unit: Unit
    definition: Written


class _File(Schema):
    metrics: list[Any] = Field(min_length=1)
    inputs: list[Any] = []


def read_metrics(file: YamlFile) -> tuple[Metrics, list[Problem]]:
    """The metrics and inputs of the file, and what is wrong with it; rows that are not sound are left out.

    How figures hang together (formulas, their units, worked numbers) is looked at once every row by itself is sound.
    """
    whole, problems = checked(_File, file, file.data)
    if whole is None:
        return Metrics(), problems
    metrics: dict[int, Metric] = {}
    rows: dict[int, _Row] = {}
    for number, data in enumerate(whole.metrics):
        row, wrong = checked(_Row, file, data, "metrics", number)
        formula, unread = _formula(file, number, row)
        problems += [*wrong, *unread]
        if row is not None and not unread:
            rows[number], metrics[number] = row, _metric(row, formula)
    inputs, wrong = _inputs(file, whole.inputs)
    found = Metrics(tuple(metrics.values()), tuple(inputs.values()))
    problems += [*wrong, *_repeated(file, metrics, inputs)]
    if not problems:
        problems = [problem for number in metrics for problem in _together(file, number, rows[number], found)]
    return found, problems


def _formula(file: YamlFile, number: int, row: _Row | None) -> tuple[Expression | None, list[Problem]]:
    if row is None or row.formula is None:
        return None, []
    try:
        return parse(row.formula), []
    except ExpressionError as error:
        return None, [file.problem(f"公式{error}", "metrics", number, "formula")]


def _metric(row: _Row, formula: Expression | None) -> Metric:
    example = Example(row.example.given, row.example.result, row.example.shown)
    values = row.model_dump() | {"formula": formula, "also": tuple(row.also), "example": example}
    return Metric(**values)


def _inputs(file: YamlFile, rows: Sequence[object]) -> tuple[dict[int, Input], list[Problem]]:
    found: dict[int, Input] = {}
    problems: list[Problem] = []
    for number, data in enumerate(rows):
        row, wrong = checked(_InputRow, file, data, "inputs", number)
        problems += wrong
        if row is not None:
            found[number] = Input(row.id, row.name, row.unit, row.definition)
    return found, problems


def _repeated(file: YamlFile, metrics: Mapping[int, Metric], inputs: Mapping[int, Input]) -> Iterator[Problem]:
    """Ids and names stand for one figure each."""
    figures: list[tuple[str, int, Metric | Input]] = [("metrics", number, metric) for number, metric in metrics.items()]
    figures += [("inputs", number, row) for number, row in inputs.items()]
    ids: set[str] = set()
    names: dict[str, str] = {}
    for part, number, figure in figures:
        if figure.id in ids:
            yield file.problem(f"标识 {figure.id} 已经用过，一个指标或输入只写一行", part, number, "id")
        ids.add(figure.id)
        for name in (figure.name, *(figure.also if isinstance(figure, Metric) else ())):
            owner = names.setdefault(name.casefold(), figure.id)
            if owner != figure.id:
                yield file.problem(f"叫法「{name}」已经是 {owner} 的，一个叫法只指一个指标", part, number, "name")


def _together(file: YamlFile, number: int, row: _Row, metrics: Metrics) -> Iterator[Problem]:
    """What only shows beside the other figures: the unit, the formula, the worked number."""
    formula = metrics.formulas.get(row.id)
    if (row.cadence == "derived") != (formula is not None):
        yield file.problem("有公式的刷新写 derived，没有公式的写多久来一次，例如 1min、10-60s", "metrics", number, "cadence")
    if row.example.by and formula is not None:
        yield file.problem("有公式的指标按公式算例子，不写 by", "metrics", number, "example", "by")
    if formula is not None:
        wrong = _wrong_formula(row, formula, metrics)
        yield from (file.problem(text, "metrics", number, "formula") for text in wrong)
        if wrong:
            return
    yield from (file.problem(text, "metrics", number, "example") for text in _wrong_example(row, formula))


def _wrong_formula(row: _Row, formula: Expression, metrics: Metrics) -> list[str]:
    try:
        unit = unit_of(formula, metrics.units)
    except ExpressionError as error:
        return [f"公式{error}"]
    if _leads_back(row.id, metrics.formulas):
        return [f"公式绕了一圈又用到 {row.id} 自己"]
    if formula.condition or not same_unit(unit, row.unit):
        return [f"公式算出来的单位是 {unit or '比例'}，写的单位却是 {row.unit}"]
    return []


def _leads_back(id: str, formulas: Mapping[str, Expression]) -> bool:
    """Whether a metric's formula needs the metric itself, directly or through others."""
    seen: set[str] = set()
    waiting = set(formulas[id].names)
    while waiting:
        name = waiting.pop()
        if name not in seen and name in formulas:
            waiting |= formulas[name].names
        seen.add(name)
    return id in seen


def _wrong_example(row: _Row, formula: Expression | None) -> Iterator[str]:
    """The worked number comes out of the formula, or out of `by`, whose names need not be figures of the handbook."""
    try:
        formula = formula or (parse(row.example.by) if row.example.by else None)
        samples = _samples(row.example.given)
    except ExpressionError as error:
        yield f"例子{error}"
        return
    if formula is None:
        if samples:
            yield "例子给了数，就用 by 写出怎么从它们算出来，例如 by: watched_sec / watch_uv"
        return
    if formula.names != samples.keys():
        yield f"例子要正好给出 {'、'.join(sorted(formula.names))}"
        return
    value = evaluate(formula, Series(samples, now=0.0))
    rounding = _ROUNDING / 100 if row.unit == "%" else _ROUNDING
    if value is None or abs(value - row.example.result) > rounding:
        shown = "算不出来" if value is None else f"算出来是 {value:.10g}"
        yield f"例子写的是 {row.example.result:.10g}，按公式{shown}"


def _samples(given: Mapping[str, float]) -> dict[str, list[tuple[float, float]]]:
    """``watch_uv: 20000`` is a figure at the moment of the example, ``watch_uv@5min: 19200`` one from 5 minutes before."""
    samples: dict[str, list[tuple[float, float]]] = {}
    for key, value in given.items():
        name, _, before = key.partition("@")
        # As in a formula, so that durations are written one way only.
        looked_back = parse(f"ago({name}, {before})" if before else name)
        if looked_back.names != {name}:
            said = f"「{key}」要写成指标名，或者指标名@多久之前，例如 watch_uv@5min"
            raise ExpressionError(said, 1, f"write {key} as a metric, or as one with how long ago, such as watch_uv@5min")
        samples.setdefault(name, []).append((-looked_back.windows, value))
    return samples
