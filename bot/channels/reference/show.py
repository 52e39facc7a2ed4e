"""From a command or a link to what is shown. Every channel asks here; the words are the same everywhere."""

from __future__ import annotations

from bot.channels.reference import checklists, metrics, rules, words
from bot.channels.reference.view import Goal, Link, Target, View, in_rows, quoted, sentence
from bot.channels.words import Phrase
from bot.domain.checklists import Stage
from bot.domain.messages import Part
from bot.errors import NotFound
from bot.flows.reference import Reference

COMMANDS = ("metrics", "rules", "checklists")

_MISSING = {"metrics": words.NO_METRICS, "rules": words.NO_RULES, "checklists": words.NO_CHECKLISTS}


def asked(
    reference: Reference, command: str, text: str, language: str, *, page: int = checklists.PAGE, place: str = "",
    others: bool = False,
) -> View:  # fmt: skip
    """What is shown for one of COMMANDS with whatever was typed behind it; `page` is how many items a page of a list has.

    `place` names whose rules they are where they are not the handbook's alone; `others` says that merchants have rules that are
    not among them.
    """
    contents = {"metrics": reference.metrics, "rules": reference.rules, "checklists": reference.items}
    if not contents[command]:
        return sentence(words.DAMAGED if reference.damaged else _MISSING[command], language)
    if command == "checklists":
        return _checklists(reference, text.strip(), language, page)
    if command == "metrics":
        return _metrics(reference, text.strip(), language, page)
    return _rules(reference, text.strip(), language, page, place, others=others)


def shown(reference: Reference, target: Target, language: str, *, page: int = checklists.PAGE, place: str = "") -> View:
    """What a link leads to, sections excepted; NotFound when it is not in the handbook any more. `place` as in `asked`."""
    view = _listed(reference, target, language, page, place) or _one(reference, target, language, page)
    if view is None:
        raise NotFound(words.GONE.to(language))
    return view


def _listed(reference: Reference, target: Target, language: str, page: int, place: str) -> View | None:
    number = target.number
    if target.goal is Goal.METRICS and reference.metrics and number <= len(reference.metric_groups):
        return metrics.group(reference, number, language) if number else metrics.listed(reference, language, page)
    if target.goal is Goal.RULES and reference.rules:
        return rules.group(reference, number, language) if number else rules.listed(reference, language, page, place)
    if target.goal is Goal.VARIANTS and reference.items:
        return checklists.variants(language)
    return None


def _one(reference: Reference, target: Target, language: str, page: int) -> View | None:
    if target.goal is Goal.METRIC and (metric := reference.metric(target.key)):
        return metrics.card(reference, metric, language)
    if target.goal is Goal.RULE and (rule := reference.rule(target.key)):
        return rules.card(reference, rule, language)
    if target.goal is Goal.CHECKLIST and reference.items:
        return checklists.page(reference, target, language, page)
    return None


def _metrics(reference: Reference, text: str, language: str, page: int) -> View:
    if not text:
        return metrics.listed(reference, language, page)
    match = reference.find_metric(text)
    if len(match.found) == 1:
        return metrics.card(reference, match.found[0], language)
    return _nearest(words.NO_METRIC, words.NO_METRIC_AT_ALL, text, [metrics.link(m) for m in match.near], language)


def _rules(reference: Reference, text: str, language: str, page: int, place: str, *, others: bool) -> View:
    if not text:
        return rules.listed(reference, language, page, place)
    match = reference.find_rules(text)
    if len(match.found) == 1:
        return rules.card(reference, match.found[0], language)
    if match.found:
        return rules.about(reference, text, match.found, language)
    none = words.NO_RULE_HERE if others else words.NO_RULE_AT_ALL
    return _nearest(words.NO_RULE_OF, none, text, [rules.link(r) for r in match.near], language)


def _checklists(reference: Reference, text: str, language: str, page: int) -> View:
    if not text:
        return checklists.variants(language)
    match = reference.find_variant(text)
    if len(match.found) == 1:
        return shown(reference, checklists.target_of(match.found[0], Stage.BEFORE), language, page=page)
    return checklists.variants(language, words.NO_VARIANT.to(language, text=quoted(text)))


def _nearest(some: Phrase, none: Phrase, text: str, links: list[Link], language: str) -> View:
    phrase = some if links else none
    return View((Part(phrase.to(language, text=quoted(text))),), in_rows(links, 1))
