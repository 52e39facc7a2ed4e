"""Rules: the list by group, one group, the rules about something, one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.channels.reference import words
from bot.channels.reference.view import Goal, Link, Target, View, bold, brief, field, in_rows, line, quoted
from bot.domain.expressions import Expression
from bot.domain.expressions.wording import describe
from bot.domain.limit_names import limit_names
from bot.domain.messages import Part, Style
from bot.domain.nudges import Limit, Rule
from bot.domain.own_rules import limit_in
from bot.flows.reference import Reference

_MARKS = "①②③④⑤⑥⑦⑧⑨"


def listed(reference: Reference, language: str, page: int) -> View:
    """All rules by group with their severity, with a link to each group; of more than `page` a few names a group."""
    parts, few = [bold(words.RULES.to(language, count=len(reference.rules)))], len(reference.rules) <= page
    parts += [] if few else [Part("\n" + words.TAP_GROUP.to(language))]
    for group in reference.rule_groups:
        members = [rule for rule in reference.rules if rule.group == group]
        if few:
            parts += [Part("\n\n"), bold(group), *(Part(f"\n{_in_list(rule, language)}") for rule in members)]
        else:
            names = brief([rule.name for rule in members], language)
            parts.append(Part("\n" + words.IN_GROUP.to(language, group=line(group), count=len(members), names=names)))
    parts.append(Part("\n\n" + words.RULES_HOW.to(language, id=reference.rules[0].id), Style.ITALIC))
    links = [Link(group, Target(Goal.RULES, number=n)) for n, group in enumerate(reference.rule_groups, 1)]
    return View(tuple(parts), in_rows(links, 3), Target(Goal.RULES))


def group(reference: Reference, number: int, language: str) -> View:
    """One group with a link to each of its rules; `number` counts from 1."""
    name = reference.rule_groups[number - 1]
    members = [rule for rule in reference.rules if rule.group == name]
    return _some(words.RULES_GROUP.to(language, group=name, count=len(members)), members, number, language)


def about(text: str, rules: Sequence[Rule], language: str) -> View:
    """The rules that watch what somebody typed."""
    return _some(words.RULES_OF.to(language, text=quoted(text), count=len(rules)), rules, 0, language)


def card(reference: Reference, rule: Rule, language: str) -> View:
    """Everything about one rule."""
    names = {**reference.names_in(language), **_limit_names(rule, language)}
    parts = [
        bold(f"{rule.id} {rule.name}"),
        Part(f"\n{words.SEVERITIES[rule.severity].to(language)} · {rule.group}"),
        *field(words.SIGN, rule.sign, language),
        *field(words.FIRST, rule.who, language),
        *_steps(rule, language),
        Part("\n"),
        *field(words.CONDITION, describe(rule.when, names, language), language),
        *_limits(reference, rule, language),
        *field(words.WHEN_SAID, _timing(rule, language), language),
        *field(words.QUIET, _quiet(rule, language), language),
        *field(words.INHIBITS, _inhibits(reference, rule, language), language),
        *field(words.RECOVERED, _recovered(rule.recovered, names, language), language),
        *field(words.LAWFUL, rule.lawful, language),
        *field(words.SOURCE, rule.source or words.OWN_FIGURE.to(language), language),
    ]  # fmt: skip
    metrics = [Link(line(metric.name), Target(Goal.METRIC, metric.id)) for metric in reference.read_by(rule)]
    section = Link(words.WHAT_TO_DO.to(language, section=rule.section), Target(Goal.SECTION, rule.section))
    number = reference.rule_groups.index(rule.group) + 1
    back = Link(words.GROUP_BACK.to(language, group=rule.group), Target(Goal.RULES, number=number))
    return View(tuple(parts), ((section,), *in_rows(metrics, 2), (back,)), Target(Goal.RULE, rule.id))


def link(rule: Rule) -> Link:
    """The rule by number and name."""
    return Link(f"{rule.id} {line(rule.name)}", Target(Goal.RULE, rule.id))


def _some(title: str, rules: Sequence[Rule], number: int, language: str) -> View:
    parts = [bold(title), Part("\n"), *(Part(f"\n{_in_list(rule, language)}") for rule in rules)]
    back = Link(words.ALL_RULES.to(language), Target(Goal.RULES))
    return View(tuple(parts), (*in_rows(map(link, rules), 2), (back,)), Target(Goal.RULES, number=number))


def _in_list(rule: Rule, language: str) -> str:
    return f"{rule.id} {line(rule.name)}  {words.SEVERITIES[rule.severity].to(language)}"


def _limit_names(rule: Rule, language: str) -> Mapping[str, str]:
    """What the limits are called in the condition: 限值, or 限值①, 限值② where there are several."""
    marks = ("",) if len(rule.limits) == 1 else _MARKS
    return {name: words.LIMIT.to(language) + mark for name, mark in zip(rule.limits, marks, strict=False)}


def _limits(reference: Reference, rule: Rule, language: str) -> list[Part]:
    if not rule.limits:
        return []
    names, called = _limit_names(rule, language), limit_names(rule, reference.called)
    parts = [Part("\n"), bold(words.LIMITS_ORDER.to(language))]
    for name, limit in rule.limits.items():
        said = line(_limit(reference, limit, language))
        parts.append(Part(f"\n• {names.get(name, '')} {line(called[name].to(language))}{words.COLON.to(language)}{said}"))
    return parts


def _limit(reference: Reference, limit: Limit, language: str) -> str:
    steps = []
    if limit.own is not None:
        steps.append(words.OWN.to(language, factor=limit.own))
    if limit.peers is not None:
        steps.append(words.PEERS.to(language, factor=limit.peers))
    if limit.default is not None:
        value = _ratio(limit.default) if limit.ratio else _value(limit.default, reference.units.get(limit.of, ""))
        source = limit.source or words.OWN_FIGURE.to(language)
        steps.append(words.DEFAULT.to(language, value=limit_in(value, language), source=source))
    else:
        steps.append(words.NO_DEFAULT.to(language))
    return " → ".join(steps)


def _ratio(value: float) -> str:
    """A growth such as 15%, a multiple such as 3 倍."""
    return f"{value:g} 倍" if value > 1 else f"{value * 100:g}%"


def _value(value: float, unit: str) -> str:
    return f"{value * 100:g}%" if unit == "%" else f"{value:g} {unit}".rstrip()


def _timing(rule: Rule, language: str) -> str:
    said = [words.HOLD.to(language, n=rule.hold) if rule.hold > 1 else words.HOLD_ONE.to(language)]
    if rule.min_samples > 1:
        said.append(words.MIN_SAMPLES.to(language, n=rule.min_samples))
    if rule.not_before:
        said.append(words.NOT_BEFORE.to(language, span=words.span(rule.not_before, language)))
    if rule.cooldown:
        said.append(words.COOLDOWN.to(language, span=words.span(rule.cooldown, language)))
    phases = [name.to(language) for phase, name in words.PHASES.items() if phase in rule.phases]
    said.append(words.IN_PHASES.to(language, phases=_and(phases, language)) if phases else words.ALL_PHASES.to(language))
    return ("; " if language == "en" else "；").join(said)


def _recovered(recovered: Expression | None, names: Mapping[str, str], language: str) -> str:
    return words.RECOVERED_ITSELF.to(language) if recovered is None else describe(recovered, names, language)


def _quiet(rule: Rule, language: str) -> str:
    events = [name.to(language) for event, name in words.PLANNED.items() if event in rule.quiet_during]
    return words.QUIET_DURING.to(language, events=_and(events, language)) if events else ""


def _inhibits(reference: Reference, rule: Rule, language: str) -> str:
    named = [f"{id} {other.name}" if (other := reference.rule(id)) else id for id in rule.inhibits]
    return words.INHIBITS_WHICH.to(language, rules=_and(named, language)) if named else ""


def _steps(rule: Rule, language: str) -> list[Part]:
    parts, colon = [], words.COLON.to(language)
    for within, steps in groupby(rule.steps, key=lambda step: step.within):
        about = (f"{rule.parts[step.about]}{colon}" if step.about else "" for step in rule.steps if step.within == within)
        said = [f"{line(step.who)}{colon}{line(head)}{line(step.do)}" for step, head in zip(steps, about, strict=True)]
        parts += [Part("\n▪ "), bold(words.STEPS[within].to(language)), Part("　" + "\n　　".join(said))]
    return parts


def _and(names: Sequence[str], language: str) -> str:
    return (", " if language == "en" else "、").join(names)
