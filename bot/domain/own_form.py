"""An own rule as somebody writes it in chat: a few fields, and a condition in words that are near the formula language. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.expressions import CONDITION, ExpressionError, parse, unit_of
from bot.domain.nudges import Severity, Step
from bot.domain.own_rules import OWN, PEERS, SOURCE, Mistake, read_figure, signs

LONGEST = 300
"""Characters of a condition in chat."""
_WORDS = (
    ("≤", "<="), ("≥", ">="), ("不低于", ">="), ("不小于", ">="), ("大于等于", ">="), ("大于或等于", ">="),
    ("高于或等于", ">="), ("低于或等于", "<="),
    ("不高于", "<="), ("不大于", "<="), ("不超过", "<="), ("小于等于", "<="), ("小于或等于", "<="),
    ("低于", "<"), ("高于", ">"), ("小于", "<"), ("大于", ">"), ("超过", ">"),
    ("并且", " and "), ("而且", " and "), ("或者", " or "), ("自己平时", OWN), ("自己", OWN), ("平时", OWN), ("同行", PEERS),
)  # fmt: skip
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_TEN_THOUSANDS = re.compile(rf"({_NUMBER})\s*万")
_SPANS = (("分钟", "min"), ("小时", "h"), ("秒", "s"))
# What follows would change the figure: then it is no limit, and the whole condition is read as it stands.
_FACTOR = re.compile(
    rf"\b(?P<of>[a-z][a-z0-9_]*)\s*(?P<sign><=|>=|<|>)\s*(?:(?P<before>{_NUMBER})\s*(?:(?P<share_before>%)\s*\*?|\*)\s*)?"
    rf"(?P<what>{OWN}|{PEERS})(?![a-z0-9_])(?:\s*(?:\*|的)\s*(?P<after>{_NUMBER})\s*(?P<share_after>%)?\s*倍?)?(?!\s*[*/%+.0-9的-])"
)
_PLAIN = re.compile(
    rf"\b(?P<of>[a-z][a-z0-9_]*)\s*(?P<sign><=|>=|<|>)\s*"
    rf"(?P<figure>{_NUMBER}(?:\s*(?:%|(?:min|s|h)\b|[^\x00-\x7f][^\s()]*))?)(?!\s*[*/+.0-9-]|[A-Za-z_])"
)
_BELOW = ("<", "<=")
_KEY = re.compile(r"(?P<key>name|when|limits|severity|steps|who)\b[^：]*：")
_FIELDS = {"name": "title", "severity": "severity", "steps": "steps", "who": "steps"}
"""Which field of a form a key of a rules file is made from; all other keys are made from the condition."""
_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Form:
    """What was written: `condition` as it was typed; `lines` are the lines of the message (from 1) at which `title`, `condition`,
    `severity` and `steps` begin.
    """

    title: str
    condition: str
    severity: Severity
    steps: tuple[Step, ...]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition in the formula language, and its limits as rows of YAML have them."""

    when: str
    limits: Mapping[str, Mapping[str, Any]]


def condition_of(typed: str, units: Mapping[str, str], names: Mapping[str, Sequence[str]]) -> Condition:
    """Read a condition: full-width signs, metrics by their Chinese names, ``gpm < 0.6 * own``, ``gpm < 600``.

    `units` are those of metrics and inputs, `names` what people call them, by id. What compares a metric with its usual or with
    a figure becomes a limit, so that it can be changed later. Raises ExpressionError for a figure in a wrong unit.
    """
    if len(typed) > LONGEST:
        raise ExpressionError(f"条件太长，最多 {LONGEST} 个字符", LONGEST, f"a condition has {LONGEST} characters at most")
    text = _named(signs(typed), {id: [signs(name) for name in all] for id, all in names.items()})
    text = _TEN_THOUSANDS.sub(lambda found: _written(float(found[1]) * 10_000), text)
    for word, unit in _SPANS:
        text = re.sub(rf"(?<=[0-9])\s*{word}", unit, text)
    for word, sign in _WORDS:
        text = text.replace(word, f" {sign} ")
    limits: dict[str, dict[str, Any]] = {}

    def factor(found: re.Match[str]) -> str:
        number = _factor(found["before"], found["share_before"]) * _factor(found["after"], found["share_after"])
        if not number:
            raise ExpressionError("倍数要大于 0，例如 0.6 * own", 1, "the factor has to be above 0, as in 0.6 * own")
        row: dict[str, Any] = {"of": found["of"], found["what"]: number}
        if found["sign"] in _BELOW:
            row["session"] = number
        return f"{found['of']} {found['sign']} {_kept(limits, row | {'source': SOURCE}, found['sign'])}"

    def plain(found: re.Match[str]) -> str:
        unit = units.get(found["of"])
        if unit is None:
            return found[0]
        value = read_figure(found["figure"], unit)
        if value is None:
            return found[0]
        shown = f"{_written(value * 100)}%" if unit == "%" else f"{_written(value)}{'s' if unit == '秒' else unit}"
        row = {"of": found["of"], "default": shown, "source": SOURCE}
        return f"{found['of']} {found['sign']} {_kept(limits, row, found['sign'])}"

    text = _PLAIN.sub(plain, _FACTOR.sub(factor, text))
    return _checked(Condition(" ".join(text.split()), limits), units)


def row_of(id: str, form: Form, condition: Condition, group: str) -> dict[str, Any]:
    """The form as a row of a rules file."""
    steps: dict[str, list[dict[str, str]]] = {}
    for step in form.steps:
        steps.setdefault(step.within.value, []).append({"who": step.who, "do": step.do})
    row: dict[str, Any] = {
        "id": id, "name": form.title, "group": group, "severity": form.severity.value, "when": condition.when,
        "limits": {name: dict(limit) for name, limit in condition.limits.items()}, "who": form.steps[0].who, "steps": steps,
    }  # fmt: skip
    return {key: value for key, value in row.items() if value}


def in_form(found: Mistake, id: str, form: Form) -> Mistake:
    """A mistake of a sheet that has the form as its rule `id`, by the line of the form and without the words of the file.

    What is wrong with another rule of the sheet stands in no line of the form, and names that rule.
    """
    head = f"{id}："
    if not found.chinese.startswith(head):
        return replace(found, line=0)
    said = [text.removeprefix(head) for text in (found.chinese, found.english)]
    key = _KEY.match(said[0])
    about = _FIELDS.get(key["key"], "condition") if key else "condition"
    return Mistake(form.lines.get(about, 0), *(_KEY.sub("", text, count=1) if key else text for text in said))


def _checked(condition: Condition, units: Mapping[str, str]) -> Condition:
    """The condition, if it is one that can be decided. Raises ExpressionError."""
    expression = parse(condition.when)
    of_limits = {name: units.get(str(limit["of"]), "") for name, limit in condition.limits.items()}
    if {OWN, PEERS} & expression.names:
        said = "own 和 peers 要跟指标直接比，例如 GPM < 0.6 * own"
        raise ExpressionError(said, 1, "own and peers stand beside a metric, as in gpm < 0.6 * own")
    for name in sorted(expression.names - units.keys() - of_limits.keys()):
        raise ExpressionError(f"没有 {name} 这个指标，/metrics 看全部", 1, f"there is no metric {name}; /metrics lists them")
    if not expression.names or unit_of(expression, {**units, **of_limits}) != CONDITION:
        raise ExpressionError("要写成一个判断，例如 实时在线人数 < 30人", 1, "write a condition, such as online_now < 30人")
    return condition


def as_typed(message: str, typed: str, called: Mapping[str, str]) -> str:
    """What is wrong with a condition, in the words that it was typed in: an id that somebody did not type gets its name.

    `called` are names in one language, by id.
    """
    there = set(_WORD.findall(typed.lower()))
    return _WORD.sub(lambda word: word[0] if word[0] in there else called.get(word[0], word[0]), message)


def _named(text: str, names: Mapping[str, Sequence[str]]) -> str:
    """With Chinese names of metrics replaced by their ids, the longest first; ids in any case."""
    known = sorted(((name, id) for id, all in names.items() for name in all if not name.isascii()), key=lambda one: -len(one[0]))
    for name, id in known:
        text = text.replace(name, f" {id} ")
    return re.sub(r"[A-Za-z][A-Za-z0-9_]*", lambda word: word[0].lower(), text)


def _factor(number: str | None, share: str | None) -> float:
    return float(number or 1) / (100 if share else 1)


def _written(value: float) -> str:
    """A figure without an exponent, which the formula language has not."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _kept(limits: dict[str, dict[str, Any]], row: dict[str, Any], sign: str) -> str:
    """The name of a new limit: low or high, with a letter behind where there are several."""
    word = "low" if sign in _BELOW else "high"
    name = next(one for one in (word, *(f"{word}_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")) if one not in limits)
    limits[name] = row
    return name
