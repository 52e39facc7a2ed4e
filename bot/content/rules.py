"""What must hold in `rules/*.yaml`, and the rules they hold: a group a file, one row a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.content.checklists import Role, Text
from bot.content.metrics import Metrics
from bot.content.problem import Problem
from bot.content.rule_limits import LimitRow, limits_of, units_with
from bot.content.rule_signs import Sign
from bot.content.yamlfile import Schema, YamlFile, rows
from bot.domain.expressions import CONDITION, Expression, ExpressionError, parse, unit_of
from bot.domain.nudges import Limit, Phase, Planned, Rule, Severity, Step, Within

OWN = "本项目自定"
"""The source of a figure that is this project's own."""

_SECONDS = {"s": 1, "min": 60, "h": 3600}
# A cooldown shorter than the samples that a rule waits for would let it speak again for the same stretch.
_SAMPLE = 60


def _duration(text: object) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,4})(s|min|h)", str(text))
    if not match:
        raise ValueError("要写一段时长，例如 30s、10min、1h")
    return int(match[1]) * _SECONDS[match[2]]


Duration = Annotated[int, BeforeValidator(_duration)]
Written = Annotated[str, Field(min_length=1)]


class StepRow(Schema):
    """One step as it is written."""

    who: Role
    do: Text
    about: str = Field(default="", alias="for")


class Steps(Schema):
    """Steps by how soon they are due."""

    at_once: list[StepRow] = Field(alias="60s", min_length=1)
    soon: list[StepRow] = Field(alias="5min", min_length=1)
    later: list[StepRow] = Field(alias="15min", min_length=1)


class RuleRow(Schema):
    """One rule as it is written."""

    id: str = Field(pattern="^N[0-9]{2}$")
    name: Text
    group: Literal["流量", "互动", "商品", "成交", "投放", "合规"]
    severity: Severity
    sign: Written
    when: Written
    limits: dict[str, LimitRow] = {}
    hold: int = Field(default=2, ge=1)
    min_samples: int = Field(default=1, ge=1)
    cooldown: Duration = 600
    not_before: Duration = 0
    phases: list[Phase] = []
    quiet_during: list[Planned] = []
    inhibits: list[str] = []
    recovered: Written | None = None
    who: Role
    steps: Steps
    section: str = Field(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")
    source: Written
    mark: Literal["P", "C", "P+C"]
    lawful: str = ""
    parts: dict[str, Text] = {}


@dataclass
class _Reading:
    """One row on its way to a rule, with what is wrong with it."""

    file: YamlFile
    number: int
    row: RuleRow
    problems: list[Problem] = field(default_factory=list)

    def say(self, text: str, *place: str | int) -> None:
        self.problems.append(self.file.problem(f"{self.row.id}：{text}", self.number, *place))


def read_rules(files: Sequence[YamlFile], metrics: Metrics) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The rules of all files by number, and what is wrong with the others."""
    return read_rows(RuleRow, files, metrics)


def read_rows(
    schema: type[RuleRow], files: Sequence[YamlFile], metrics: Metrics, beside: Sequence[Rule] = ()
) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The same with rows of a schema; `beside` are rules of elsewhere, which theirs may silence."""
    problems: list[Problem] = []
    readings: list[_Reading] = []
    rules: list[Rule] = []
    for file in files:
        for number, row, wrong in rows(schema, file):
            problems += wrong
            if row is not None:
                readings.append(_Reading(file, number, row))
    _check_ids(readings)
    _check_inhibits(readings, beside)
    for reading in readings:
        rule = _rule(reading, metrics)
        problems += reading.problems
        if rule and not reading.problems:
            rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: rule.id)), sorted(problems)


def _rule(reading: _Reading, metrics: Metrics) -> Rule | None:
    row = reading.row
    _check_row(reading)
    limits = limits_of(row.limits, metrics.units, reading.say)
    if reading.problems:
        return None
    units = units_with(limits, metrics.units)
    when = _condition(reading, "when", row.when, units)
    recovered = _condition(reading, "recovered", row.recovered, units) if row.recovered else None
    if when is None or reading.problems:
        return None
    names = when.names | (recovered.names if recovered else frozenset())
    for name in limits.keys() - names:
        reading.say(f"限值 {name} 没有用到，请在 when 里用它，或者删掉", "limits", name)
    for name in row.parts.keys() - names:
        reading.say(f"parts：{name} 不在 when 里，写 when 读的指标或输入", "parts", name)
    for step in (*row.steps.at_once, *row.steps.soon, *row.steps.later):
        if step.about and step.about not in row.parts:
            reading.say(f"steps 的 for：{step.about} 不在 parts 里", "steps")
    if row.sign:
        _check_sign(reading, Sign(row.sign, when, limits, units, row.hold, row.not_before, _names(metrics)))
    return _built(row, when, recovered, limits, names - limits.keys())


def _built(
    row: RuleRow, when: Expression, recovered: Expression | None, limits: Mapping[str, Limit], needs: frozenset[str]
) -> Rule:
    return Rule(
        id=row.id, name=row.name, group=row.group, severity=row.severity, sign=row.sign, when=when, recovered=recovered,
        limits=limits, hold=row.hold, min_samples=row.min_samples, cooldown=row.cooldown, not_before=row.not_before,
        phases=frozenset(row.phases), quiet_during=frozenset(row.quiet_during), inhibits=tuple(row.inhibits), who=row.who,
        steps=tuple(_steps(row.steps)), section=row.section, source=row.source, mark=row.mark, lawful=row.lawful, needs=needs,
        parts=dict(row.parts),
    )  # fmt: skip


def _steps(written: Steps) -> Iterator[Step]:
    due = {Within.SECONDS_60: written.at_once, Within.MINUTES_5: written.soon, Within.MINUTES_15: written.later}
    for within, steps in due.items():
        yield from (Step(within, step.who, step.do, step.about) for step in steps)


def _names(metrics: Metrics) -> Iterator[str]:
    """What people call metrics and inputs."""
    for metric in metrics.metrics:
        yield from (metric.name, *metric.also)
    yield from (figure.name for figure in metrics.inputs)


def _condition(reading: _Reading, place: str, text: str, units: Mapping[str, str]) -> Expression | None:
    try:
        expression = parse(text)
        if strange := sorted(expression.names - units.keys()):
            reading.say(f"{place}：没有 {'、'.join(strange)} 这个指标、输入或限值", place)
        elif unit_of(expression, units) != CONDITION:
            reading.say(f"{place} 要是一个判断，例如 online_now < 30人", place)
        return expression
    except ExpressionError as error:
        reading.say(f"{place} {error}", place)
    return None


def _check_sign(reading: _Reading, sign: Sign) -> None:
    for shown in sign.unfounded():
        reading.say(f"sign 里的「{shown}」在 when、limits、hold、not_before 里都没有", "sign")
    for name in sign.unsaid():
        reading.say(f"sign 没有说出限值 {name} 的数", "sign")


def _check_row(reading: _Reading) -> None:
    """What the schema cannot see: how the values of one row fit together."""
    row = reading.row
    if row.cooldown < row.hold * _SAMPLE:
        reading.say(f"cooldown 不能短于 hold：{row.hold} 个采样按 1 分钟一个算要 {row.hold}min", "cooldown")
    if row.mark != "C" and row.source == OWN:
        reading.say(f"mark 是 {row.mark}，source 要写公开出处", "source")
    if (row.group == "合规") != (row.severity is Severity.CRITICAL):
        reading.say("合规的规则 severity 写 critical，别的规则不写 critical", "severity")
    if row.severity is Severity.CRITICAL and not row.lawful:
        reading.say("合规的规则要写 lawful：依据哪部法、哪一条")


def _check_ids(readings: Sequence[_Reading]) -> None:
    seen: dict[str, str] = {}
    for reading in readings:
        name = reading.row.id
        if name in seen:
            reading.say(f"编号已经在 {seen[name]} 用过", "id")
        else:
            seen[name] = f"{reading.file.path}:{reading.file.line(reading.number, 'id')}"


def _check_inhibits(readings: Sequence[_Reading], beside: Sequence[Rule]) -> None:
    inhibits: dict[str, Sequence[str]] = {rule.id: rule.inhibits for rule in beside}
    inhibits |= {reading.row.id: reading.row.inhibits for reading in readings}
    for reading in readings:
        for name in reading.row.inhibits:
            if name not in inhibits:
                reading.say(f"inhibits：没有 {name} 这条规则", "inhibits")
        if reading.row.id in _reached(reading.row.id, inhibits):
            reading.say("inhibits 绕了一圈又回到自己，两条规则会互相压住", "inhibits")


def _reached(name: str, inhibits: Mapping[str, Sequence[str]]) -> set[str]:
    """Every rule that a rule silences, itself or by way of others."""
    found: set[str] = set()
    ahead = list(inhibits.get(name, ()))
    while ahead:
        following = ahead.pop()
        if following not in found:
            found.add(following)
            ahead += inhibits.get(following, ())
    return found
