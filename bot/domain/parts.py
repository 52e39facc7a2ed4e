"""A rule that is about several things, cut down to the ones that happened: its name, and the steps that are for them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.domain.nudges import Rule, Step, Within
from bot.domain.remarks import Remark

_HOST = "主播"


def happened(rule: Rule, values: Mapping[str, float | None], limits: Mapping[str, float]) -> frozenset[str]:
    """The parts of a rule, by the figure of each, that are beyond their limit; `limits` are those in force, by name,
    else the defaults count."""
    bounds = {limit.of: limits.get(name, limit.default or 0.0) for name, limit in rule.limits.items()}
    return frozenset(id for id in rule.parts if (values.get(id) or 0.0) > bounds.get(id, 0.0))


def narrowed(rule: Rule, parts: Collection[str]) -> Rule:
    """The rule as it is told when these of its parts happened; as it is where none did, or it has none."""
    named = [name for id, name in rule.parts.items() if id in parts]
    if not named:
        return rule
    return replace(rule, name="、".join(named), steps=tuple(one for one in rule.steps if one.about in ("", *parts)))


def heard_as(rule: Rule, parts: Collection[str], heard: Collection[str], correction: str) -> Rule:
    """The rule as it is told of words, with what the host says to these in place of what its host says at once to any.

    `parts` are those that happened, `heard` those that the words are of: what else was heard in the same minute has been told of
    by itself. A figure that the words name is another matter: of a prize that is too large the host says what the rule has.
    """
    named = {one.of for one in rule.limits.values()}
    rule = narrowed(rule, {id for id in parts if id in heard or id in named})
    said = [one for one in rule.steps if one.who == _HOST and one.within is Within.SECONDS_60]
    first = [one for one in said if one.about in named] or [Step(Within.SECONDS_60, _HOST, f"“{correction}”")]
    return replace(rule, steps=(*first, *(one for one in rule.steps if one not in said)))


def of_remark(remark: Remark) -> Rule:
    """The rule of a remark as it is told."""
    heard = {one.heard.group.input for one in remark.mentions}
    return heard_as(remark.rule, happened(remark.rule, remark.values, {}), heard, remark.mentions[0].heard.correction)
