"""Metrics: the list by group, one group, one metric."""

from __future__ import annotations

import re

from bot.channels.reference import words
from bot.channels.reference.view import Goal, Link, Target, View, bold, brief, field, in_rows, line
from bot.domain.expressions.wording import describe
from bot.domain.messages import Part, Style
from bot.domain.metrics import Metric
from bot.flows.reference import Reference


def listed(reference: Reference, language: str, page: int) -> View:
    """All metrics by group, one line each, with a link to each group; of more than `page` a few names a group."""
    parts, few = [bold(words.METRICS.to(language, count=len(reference.metrics)))], len(reference.metrics) <= page
    parts += [] if few else [Part("\n" + words.TAP_GROUP.to(language))]
    for group in reference.metric_groups:
        members = [metric for metric in reference.metrics if metric.group == group]
        if few:
            parts += [Part("\n\n"), bold(group), *(Part(f"\n{_in_list(metric)}") for metric in members)]
        else:
            names = brief([metric.english if language == "en" else metric.name for metric in members], language)
            parts.append(Part("\n" + words.IN_GROUP.to(language, group=line(group), count=len(members), names=names)))
    parts.append(Part("\n\n" + words.METRICS_HOW.to(language, name=line(reference.metrics[0].name)), Style.ITALIC))
    links = [Link(group, Target(Goal.METRICS, number=n)) for n, group in enumerate(reference.metric_groups, 1)]
    return View(tuple(parts), in_rows(links, 3), Target(Goal.METRICS))


def group(reference: Reference, number: int, language: str) -> View:
    """One group with a link to each of its metrics; `number` counts from 1."""
    name = reference.metric_groups[number - 1]
    members = [metric for metric in reference.metrics if metric.group == name]
    parts = [bold(words.METRICS_GROUP.to(language, group=name, count=len(members))), Part("\n")]
    parts += [Part(f"\n{_in_list(metric)}{words.COLON.to(language)}{_first_sentence(metric.definition)}") for metric in members]
    back = Link(words.ALL_METRICS.to(language), Target(Goal.METRICS))
    return View(tuple(parts), (*in_rows(map(link, members), 2), (back,)), Target(Goal.METRICS, number=number))


def card(reference: Reference, metric: Metric, language: str) -> View:
    """Everything about one metric."""
    parts = [
        bold(metric.name), Part("  "), Part(metric.id, Style.CODE),
        *field(words.ENGLISH, metric.english, language),
        *field(words.ALSO, "、".join(metric.also), language),
        Part("\n"),
        *field(words.DEFINITION, metric.definition, language),
        *_formula(reference, metric, language),
        *field(words.EXAMPLE, metric.example.shown, language),
        *field(words.CHOICE, metric.choice, language),
        Part("\n"),
        *field(words.UNIT, metric.unit, language),
        *field(words.GOOD, words.DIRECTIONS[metric.good].to(language), language),
        *field(words.CADENCE, words.cadence(metric.cadence, language), language),
        *field(words.WHERE, metric.where, language),
        *field(words.WATCHED_BY, _watching(reference, metric) or words.NO_RULE.to(language), language),
        *field(words.SOURCE, metric.source, language),
    ]  # fmt: skip
    return View(tuple(parts), _rows(reference, metric, language), Target(Goal.METRIC, metric.id))


def link(metric: Metric) -> Link:
    """The metric by its name."""
    return Link(line(metric.name), Target(Goal.METRIC, metric.id))


def _in_list(metric: Metric) -> str:
    unit = f"（{metric.unit}）" if metric.unit else ""
    return f"• {line(metric.name)} {metric.id}{unit}"


def _first_sentence(definition: str) -> str:
    return re.split("[。；]", line(definition), maxsplit=1)[0]


def _formula(reference: Reference, metric: Metric, language: str) -> tuple[Part, ...]:
    if metric.formula is None:
        return field(words.FORMULA, words.BASE.to(language), language)
    said = field(words.FORMULA, describe(metric.formula, reference.names_in(language), language), language)
    return (*said, Part("\n"), Part(metric.formula.text, Style.CODE))


def _watching(reference: Reference, metric: Metric) -> str:
    return "、".join(f"{rule.id} {line(rule.name)}" for rule in reference.watching(metric))


def _rows(reference: Reference, metric: Metric, language: str) -> tuple[tuple[Link, ...], ...]:
    sections = [Link(words.EXPLAINED.to(language, section=metric.section), Target(Goal.SECTION, metric.section))]
    if metric.low_section:
        label = words.WHEN_LOW[metric.good].to(language, section=metric.low_section)
        sections.append(Link(label, Target(Goal.SECTION, metric.low_section)))
    rules = [Link(rule.id, Target(Goal.RULE, rule.id)) for rule in reference.watching(metric)]
    number = reference.metric_groups.index(metric.group) + 1
    back = Link(words.GROUP_BACK.to(language, group=metric.group), Target(Goal.METRICS, number=number))
    return (*in_rows(sections, 1), *in_rows(rules, 4), (back,))
