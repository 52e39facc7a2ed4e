"""A team's own rules: YAML written like `handbook/rules/*.yaml`, or a short form in chat. What is wrong is said by its line.

The text comes from people. It is data: read by the schema and the formula language and by nothing else, and bounded in length,
number, and how far back it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from bot.content.metrics import Metrics
from bot.content.problem import Problem
from bot.content.rules import RuleRow, StepRow, Steps, read_rows
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.expressions import ExpressionError
from bot.domain.expressions.nodes import FUNCTIONS, Call, Node, children
from bot.domain.limit_names import figure_names, limit_names
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Rule
from bot.domain.own_rules import HOLD, MOST, SOURCE, Mistake, Own, Sheet, is_legal, read_hold, read_limit, sign_of
from bot.domain.rulebook import prepare

LONGEST = 64 * 1024
"""Characters of one sheet's rules."""
BACK = 65 * 60
"""Seconds that an own condition may look back: what a restart reads again, with the hour's step before it."""


class _OwnSteps(Steps):
    at_once: list[StepRow] = Field(default=[], alias="60s")
    soon: list[StepRow] = Field(default=[], alias="5min")
    later: list[StepRow] = Field(default=[], alias="15min")

    @model_validator(mode="after")
    def _some(self) -> _OwnSteps:
        if not (self.at_once or self.soon or self.later):
            raise ValueError("60s、5min、15min 至少写一步")
        return self


class _OwnRow(RuleRow):
    """Like the handbook's, with what a team need not write left to be made from the rest."""

    id: str = Field(pattern="^[TM][0-9]{2}$")
    sign: str = ""
    hold: int = Field(default=2, ge=1, le=60)
    min_samples: int = Field(default=6, ge=1, le=1000)
    steps: _OwnSteps
    section: str = Field(default="", pattern=r"^([0-9]{2}\.[0-9]{1,2})?$")
    source: str = SOURCE
    mark: Literal["P", "C", "P+C"] = "C"


def read_own(sheet: Sheet, letter: str, handbook: Sequence[Rule], metrics: Sequence[Metric], inputs: Sequence[Input]) -> Own:
    """A sheet over a handbook: its rules, and what is wrong. Never raises for anything that somebody wrote."""
    known = Metrics(tuple(metrics), tuple(inputs))
    rules, problems = _read(sheet.rules, letter, handbook, known) if sheet.rules.strip() else ((), [])
    mistakes = [Mistake(one.line, one.text, one.text) for one in problems]
    mistakes += _switches(sheet, {rule.id: rule for rule in (*handbook, *rules)}, known)
    return Own(sheet, rules, tuple(mistakes))


def _read(text: str, letter: str, handbook: Sequence[Rule], known: Metrics) -> tuple[tuple[Rule, ...], list[Problem]]:
    if len(text) > LONGEST:
        return (), [Problem("", 1, f"规则太长，最多 {LONGEST // 1024} KB，请删掉一些")]
    file = read_yaml("", text)
    if isinstance(file, Problem):
        return (), [file]
    if isinstance(file.data, list) and len(file.data) > MOST:
        return (), [file.problem(f"自己的规则最多 {MOST} 条，现在有 {len(file.data)} 条", MOST)]
    rules, problems = read_rows(_OwnRow, [file], known, handbook)
    finished = tuple(_finished(rule, known) for rule in rules)
    unfit = {rule.id: list(_unfit(rule, letter, handbook, file, known)) for rule in finished}
    problems += [problem for found in unfit.values() for problem in found]
    return tuple(rule for rule in finished if not unfit[rule.id]), sorted(problems)


def _finished(rule: Rule, known: Metrics) -> Rule:
    """With a sign and a section where none were written: the condition in words, and what explains its first metric."""
    names = {one.id: one.name for one in known.metrics} | {one.id: one.name for one in known.inputs}
    sign = rule.sign or sign_of(rule, known.units, names)
    explained = (one.section for one in known.metrics if one.id in rule.needs)
    return replace(rule, sign=sign, section=rule.section or next(explained, "12.35"))


def _unfit(rule: Rule, letter: str, handbook: Sequence[Rule], file: YamlFile, known: Metrics) -> Iterator[Problem]:
    """What the schema cannot see of one rule."""
    line = _line(file, rule)
    if not rule.id.startswith(letter):
        whose = "整个团队" if letter == "T" else "单个商家"
        yield Problem("", line, f"{rule.id}：{whose}的规则，编号用 {letter}01 到 {letter}99")
    for condition in filter(None, (rule.when, rule.recovered)):
        if _back(condition.root) > BACK:
            yield Problem("", line, f"{rule.id}：最多往前看 {BACK // 60} 分钟，请把时长改短")
    if legal := [one.id for one in handbook if is_legal(one) and one.id in rule.inhibits]:
        yield Problem("", line, f"{rule.id}：inhibits 不能压住合规规则 {'、'.join(legal)}")
    try:
        prepare([rule], known.metrics, known.inputs)
    except ExpressionError as error:
        yield Problem("", line, f"{rule.id}：{error}")


def _line(file: YamlFile, rule: Rule) -> int:
    number = next((n for n, row in enumerate(file.data) if isinstance(row, dict) and row.get("id") == rule.id), 0)
    return file.line(number)


def _switches(sheet: Sheet, rules: Mapping[str, Rule], known: Metrics) -> Iterator[Mistake]:
    """What is wrong with rules that are off and limits that were set."""
    for id in sorted(sheet.off):
        if id in rules and is_legal(rules[id]):
            said = f"{id} 是合规规则，不能停用"
            yield Mistake(0, said, f"{id} is about the law and cannot be switched off")
    for name, written in sorted(sheet.limits.items()):
        id, _, limit = name.partition(".")
        rule = rules.get(id)
        if rule is None or limit not in (*rule.limits, HOLD):
            said = f"{id} 里改过的一个限值，现在的规则里没有了，改的不起作用"
            yield Mistake(0, said, f"{id}: a limit that was changed is no longer in the rules, so the change has no effect")
        elif is_legal(rule):
            yield Mistake(0, f"{id} 是合规规则，限值是法定的，不能改", f"{id} is about the law; its limit cannot be changed")
        else:
            yield from _limit_mistake(written, rule, limit, known)
    for id in sorted(sheet.peers.keys() - {one.id for one in known.metrics}):
        said = f"同类直播间的 {id}：手册里没有这个指标了，这个数不起作用"
        yield Mistake(0, said, f"comparable rooms' {id}: there is no such metric any more, so the figure has no effect")


def _limit_mistake(written: str, rule: Rule, limit: str, known: Metrics) -> Iterator[Mistake]:
    try:
        if limit == HOLD:
            read_hold(written)
            return
        read_limit(written, rule.limits[limit], known.units.get(rule.limits[limit].of, ""))
    except ExpressionError as error:
        called = limit_names(rule, figure_names([*known.metrics, *known.inputs]))[limit]
        yield Mistake(
            0, f"{rule.id} {called.chinese}：{error.message}", f"{rule.id} {called.english}: {error.english}"
        )  # fmt: skip


def _back(node: Node) -> float:
    """How many seconds a condition looks back; what the whole session is read for is counted as it comes."""
    under = max(map(_back, children(node)), default=0.0)
    if not isinstance(node, Call) or not FUNCTIONS[node.function].window:
        return under
    return under + node.window * max(node.count, 1) + node.back


def appended(text: str, row: Mapping[str, Any]) -> str:
    """A sheet's rules with one more behind them; what was written stays as it was, comments and all."""
    added = yaml.safe_dump([dict(row)], allow_unicode=True, sort_keys=False, width=LONGEST)
    return f"{text.rstrip()}\n\n{added}" if text.strip() else added
