"""Looking up a metric, a rule or a checklist by what people call it. Pure: the content is read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from bot.domain.checklists import Checklist, Item, Stage, Variant, checklist
from bot.domain.limit_names import Called, figure_names
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Rule
from bot.domain.peers import PeerFigure
from bot.domain.sample_rows import Reading
from bot.domain.sources import TIMES, Source, reading_of
from knowledge.glossary import Term
from knowledge.lexical import fold

NEAREST = 4
"""Names that are offered where none was meant for certain."""
LIKELY = 70.0
"""From this likeness on (0..100) the best name is taken for the one that was meant, if it is alone."""
AHEAD = 10.0
"""By so much the best has to be ahead of the next."""
POSSIBLE = 45.0
"""A name less like what was typed is not even offered."""

VARIANTS: Mapping[Variant, tuple[str, ...]] = {
    Variant.DAILY: ("日播", "日常", "平播", "daily"),
    Variant.CAMPAIGN: ("大场", "大促", "专场", "大场直播", "campaign", "big"),
    Variant.BRAND: ("品牌自播", "品牌", "自播", "店播", "brand"),
    Variant.FIRST: ("第一场", "首场", "首播", "新号", "第一次开播", "first"),
}

T = TypeVar("T")
_RULE_ID = re.compile(r"([a-z]{0,2})0*([0-9]{1,3})")
_ASIDE = re.compile(r"[（(].*?[)）]")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What was meant, or if that is not certain, what may have been meant, best first."""

    found: tuple[T, ...] = ()
    near: tuple[T, ...] = ()


@dataclass(frozen=True)
class Reference:
    """One version of a handbook's metrics, rules and checklist items.

    `synonyms` maps metric ids to the glossary's words for them; `damaged` says that some of the content could not be read;
    `peers` are medians of comparable rooms, as a team or a merchant gave them. Where rules are shown to people, `own` are the ids
    of a team's or a merchant's own, `off` of those that are off and stand among `rules` all the same, and `before` has the
    handbook's rules whose limits were changed, by id.
    """

    metrics: tuple[Metric, ...] = ()
    inputs: tuple[Input, ...] = ()
    rules: tuple[Rule, ...] = ()
    items: tuple[Item, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    damaged: bool = False
    sources: tuple[Source, ...] = ()
    peers: Mapping[str, PeerFigure] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    before: Mapping[str, Rule] = field(default_factory=dict)

    def reading(self, source: str) -> Reading | None:
        """How rows of one of the sources are read, None when there is none of that id."""
        found = next((one for one in self.sources if one.id == source), None)
        return None if found is None else self._reading(found)

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """Every way to read a table by the names of its columns: each source's, and last that of the handbook's own names."""
        return {one.id: self._reading(one) for one in self.sources} | {"": self._reading(Source("", "", TIMES, {}))}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people call each metric and input, by id."""
        return {figure.id: figure.name for figure in self._figures}

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The unit of each metric and input, by id."""
        return {figure.id: figure.unit for figure in self._figures}

    def names_in(self, language: str) -> Mapping[str, str]:
        """What people call each metric and input in a language, by id; inputs have their Chinese names alone."""
        return self.names if language != "en" else {id: one.english for id, one in self.called.items()}

    @cached_property
    def called(self) -> Mapping[str, Called]:
        """The short names of each metric and input in both languages, by id."""
        return figure_names(self._figures)

    @cached_property
    def metric_groups(self) -> tuple[str, ...]:
        """The groups of metrics in the order of the list."""
        return tuple(dict.fromkeys(metric.group for metric in self.metrics))

    @cached_property
    def rule_groups(self) -> tuple[str, ...]:
        """The groups of the handbook's rules in the order of the list."""
        return tuple(dict.fromkeys(rule.group for rule in self.rules if rule.id not in self.own))

    def metric(self, id: str) -> Metric | None:
        """The metric with exactly this id."""
        return next((metric for metric in self.metrics if metric.id == id), None)

    def rule(self, id: str) -> Rule | None:
        """The rule with exactly this id."""
        return next((rule for rule in self.rules if rule.id == id), None)

    def watching(self, metric: Metric) -> tuple[Rule, ...]:
        """The rules that are on and whose condition reads this metric."""
        return tuple(rule for rule in self._about(metric) if rule.id not in self.off)

    def waiting_for(self, inputs: Collection[str]) -> tuple[Rule, ...]:
        """The rules that cannot be decided while these inputs are unknown."""
        return tuple(rule for rule in self.rules if rule.needs & set(inputs))

    def read_by(self, rule: Rule) -> tuple[Metric, ...]:
        """The metrics that a rule's condition reads."""
        return tuple(metric for metric in self.metrics if metric.id in rule.when.names)

    def find_metric(self, text: str) -> Match[Metric]:
        """A metric by id, Chinese or English name, glossary word, or nearly one of them."""
        return _match(text, self.metrics, self._words_of)

    def find_rules(self, text: str) -> Match[Rule]:
        """A rule by id (N01, n1) or name, all rules that watch the metric of that name, or those whose sign says the word."""
        wanted = _RULE_ID.fullmatch(_plain(text))
        if wanted and (numbered := [rule for rule in self.rules if _same_id(rule.id, wanted)]):
            return Match(tuple(numbered))
        by_name = _match(text, self.rules, lambda rule: (rule.name,))
        if by_name.found and _plain(by_name.found[0].name) == _plain(text):
            return by_name
        watching = [rule for metric in self.find_metric(text).found for rule in self._about(metric)]
        if watching or by_name.found:
            return Match(tuple(watching)) if watching else by_name
        said = _plain(text)
        signs = tuple(rule for rule in self.rules if len(said) > 1 and said in _plain(rule.sign))
        return Match(signs) if signs else by_name

    def find_variant(self, text: str) -> Match[Variant]:
        """A kind of live session by what people call it."""
        return _match(text, tuple(VARIANTS), lambda variant: VARIANTS[variant])

    def checklist(self, variant: Variant, stage: Stage) -> Checklist:
        """The list of one variant and stage, in the order in which its items are due."""
        return checklist(self.items, variant, stage)

    def _about(self, metric: Metric) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if metric.id in rule.when.names)

    def _reading(self, source: Source) -> Reading:
        also = {one.id: (one.name, *one.also) for one in self.metrics} | {one.id: (one.name,) for one in self.inputs}
        return reading_of(source, (*self.metrics, *self.inputs), also)

    @property
    def _figures(self) -> tuple[Metric | Input, ...]:
        return (*self.inputs, *self.metrics)

    def _words_of(self, metric: Metric) -> tuple[str, ...]:
        return (*own_words(metric), *self.synonyms.get(metric.id, ()))


def own_words(metric: Metric) -> tuple[str, ...]:
    """What the metric's own row calls it; a remark in brackets counts as another name."""
    asides = re.findall(r"[（(](.+?)[)）]", metric.name)
    names = (metric.id, metric.name, _ASIDE.sub("", metric.name), metric.english)
    return (*names, *asides, *metric.also)


def synonyms(metrics: Iterable[Metric], terms: Sequence[Term]) -> dict[str, tuple[str, ...]]:
    """The glossary's words for each metric: those of every term that its section explains, or that shares a name with it."""
    worded = [(term, {_plain(word) for word in (term.term, *term.also)}) for term in terms]
    found = {}
    for metric in metrics:
        own = {_plain(word) for word in own_words(metric)}
        terms_of = [term for term, words in worded if term.section == metric.section or own & words]
        found[metric.id] = tuple(word for term in terms_of for word in (term.term, *term.also, *term.en))
    return found


def _match(text: str, things: Sequence[T], words: Callable[[T], Collection[str]]) -> Match[T]:
    """The thing of that name; the only one that is very like it; otherwise the likest few."""
    wanted = _plain(text)
    if not wanted:
        return Match()
    folded = [(thing, {_plain(word) for word in words(thing)}) for thing in things]
    exact = tuple(thing for thing, names in folded if wanted in names)
    if len(exact) == 1:
        return Match(exact)
    scored = [(max((_likeness(wanted, name) for name in names if name), default=0.0), thing) for thing, names in folded]
    scored.sort(key=lambda pair: -pair[0])
    scored = [pair for pair in scored if pair[0] >= POSSIBLE]
    if scored and scored[0][0] >= LIKELY and (len(scored) == 1 or scored[0][0] - scored[1][0] >= AHEAD):
        return Match((scored[0][1],))
    return Match(near=tuple(thing for _, thing in scored[:NEAREST]))


def _likeness(wanted: str, name: str) -> float:
    """0..100; a part of a name, or a name in a longer text, is likely without being certain."""
    ratio = fuzz.ratio(wanted, name)
    shorter, longer = sorted((wanted, name), key=len)
    return max(ratio, LIKELY + ratio / 10) if len(shorter) > 1 and shorter in longer else ratio


def _plain(text: str) -> str:
    """Folded to compare: width, case, traditional characters, spaces and punctuation do not count."""
    return "".join(character for character in fold(text) if character.isalnum())


def _same_id(id: str, wanted: re.Match[str]) -> bool:
    own = _RULE_ID.fullmatch(_plain(id))
    return own is not None and own[2] == wanted[2] and wanted[1] in ("", own[1])
