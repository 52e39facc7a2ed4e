"""From what is heard in the room to a tip: the rule that a word is about, judged by what was said. Pure; the lines' own time is
the clock.

It stands beside `deciding`: a word is no figure that swings. Neither a gap of the metrics nor an hour's budget nor a mute keeps a
breach of the law silent; only the same words said again soon after do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bot.domain.decisions import Reason, Stage
from bot.domain.decisions import Source as Whose
from bot.domain.expressions import evaluate
from bot.domain.expressions.values import Series
from bot.domain.heard import Heard, Lexicon, Listening, Source
from bot.domain.nudges import Rule
from bot.domain.thresholds import threshold

COMMENTS_COOLDOWN = 3600.0
"""Seconds between two tips about what viewers write: many write the same, and the host can only answer it."""
FIGURES_HOLD = 600.0
"""For so many seconds a figure that a feed brought says something about what is said now."""
AROUND = 10
"""Characters of a long line that are quoted on either side of the words, and up to half as many more, to the next pause."""
WHOLE = 32
"""A line of so many characters is quoted whole."""
PAUSES = frozenset("，。！？、；,.!?; \n")
"""Where a quotation may end."""
_LAST_ONES = 400
"""Phrases of a session that are remembered."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words heard in a line, when (seconds), the line around them, and the rules' inputs at that moment."""

    at: float
    heard: Heard
    line: str
    inputs: Mapping[str, float]

    @property
    def around(self) -> str:
        """The words with a little of what was said around them; empty for a comment: the rest is its writer's."""
        start, end = max(self.heard.start, 0), max(self.heard.end, 0)
        if self.heard.source is Source.COMMENT:
            return ""
        before, after = self.line[:start], self.line[end:]
        if len(self.line) > WHOLE:
            before, after = _near(before[::-1])[::-1], _near(after)
        cut = "…" if self.heard.start < 0 or len(before) < start else ""
        return cut + before + self.heard.words + after + ("…" if end + len(after) < len(self.line) else "")


def _near(text: str) -> str:
    """What follows the words, up to a pause: cut within a word it would read as another."""
    if len(text) <= AROUND:
        return text
    pauses = (at for at in range(AROUND * 3 // 2, 1, -1) if text[at : at + 1] in PAUSES)
    pause = next(pauses, None)
    return text[: AROUND if pause is None else pause]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of which people were told: of which rule, said by whom, when (seconds).

    `unproven` says that nobody had told whether there is evidence; `part` is the rule's input that the words count for.
    """

    rule: str
    source: Source
    words: str
    at: float
    unproven: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was decided about the words of one rule in one line: to be told when `reason` is None.

    `mentions` has each phrase once. `unproven`: it is only forbidden without evidence, and nobody has told whether there is any.
    `again`: of other words of the same kind people were told a short while ago, so what is to be done stands above.
    """

    rule: Rule
    at: float
    mentions: tuple[Mention, ...]
    values: Mapping[str, float] = field(default_factory=dict)
    unproven: bool = False
    reason: Reason | None = None
    again: bool = False

    @property
    def source(self) -> Source:
        """Who said it."""
        return self.mentions[0].heard.source

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """What people are told of."""
        return tuple(
            Phrase(self.rule.id, self.source, one.heard.pattern, self.at, self.unproven, one.heard.group.input)
            for one in self.mentions
        )


class Ear:
    """Listens to one room. `told` are phrases of which people were told before."""

    def __init__(self, lexicon: Lexicon, told: Iterable[Phrase] = ()) -> None:
        self._listening = Listening(lexicon)
        self._told = list(told)
        self._answered = {one.rule: one.at for one in self._told if one.source is Source.COMMENT}
        self._last = ""

    @property
    def waits(self) -> bool:
        """Whether `settle` may have something to say."""
        return self._listening.waits

    def hear(self, at: float, text: str, source: Source) -> list[Mention]:
        """What counts of a line. Lines come in any order; what is cut between two is joined where they follow each other."""
        found = self.settle(at)
        heard = self._listening.add(at, text, source=source)
        if source is Source.COMMENT:
            return found + self._counted(at, [one for one in heard if self._answers(one.rule, at)], text)
        self._last = text
        return found + self._counted(at, heard, text)

    def settle(self, at: float) -> list[Mention]:
        """What waited for words that would have made it lawful, which did not come."""
        return self._counted(at, self._listening.settle(at), self._last)

    def judge(self, mentions: Sequence[Mention], rules: Mapping[str, Rule], figures: Mapping[str, float]) -> list[Remark]:
        """What comes of mentions: one remark for the words of a rule in one line. `figures` are those that a feed brought."""
        found: list[Remark] = []
        keyed = sorted(mentions, key=_line_of)
        for (at, rule, _), group in groupby(keyed, key=_line_of):
            remark = self._judged(at, rules[rule], list(group), figures) if rule in rules else None
            if remark is not None:
                found.append(remark)
        return found

    def _answers(self, rule: str, at: float) -> bool:
        """Whether a comment is to be answered: in a flood of them one."""
        before = self._answered.get(rule)
        if before is not None and abs(at - before) < COMMENTS_COOLDOWN:
            return False
        self._answered[rule] = at
        return True

    def _counted(self, at: float, heard: Sequence[Heard], line: str) -> list[Mention]:
        wanted = [one for one in heard if one.term.counts or one.amount is not None]
        inputs = self._listening.inputs(at) if wanted else {}
        return [Mention(at, one, line, inputs) for one in wanted]

    def _judged(self, at: float, rule: Rule, mentions: Sequence[Mention], figures: Mapping[str, float]) -> Remark | None:
        group = mentions[0].heard.group
        values = {**figures, **mentions[0].inputs}
        if group.amount:
            # Of prizes only those that are named here: one of a minute ago was told of by itself.
            amounts = [one.heard.amount for one in mentions if one.heard.amount is not None]
            values = {name: value for name, value in values.items() if name != group.amount}
            values |= {group.amount: max(amounts)} if amounts else {}
        unproven = bool(group.evidence) and group.evidence not in values
        if not _holds(rule, values | ({group.evidence: 0.0} if unproven else {}), at):
            return None
        known = {name: value for name, value in values.items() if name in rule.needs}
        fresh, left = self._fresh(mentions, rule, at, unproven=unproven)
        if not fresh:
            return Remark(rule, at, tuple(mentions), known, unproven, _again(left))
        parts = {one.heard.group.input for one in fresh}
        before = (one for one in self._told if one.rule == rule.id and one.source is fresh[0].heard.source and not one.unproven)
        lately = {one.part for one in before if 0 <= at - one.at < rule.cooldown}
        amount = group.amount and values.get(group.amount)  # what is to be done depends on the prize
        remark = Remark(rule, at, tuple(fresh), known, unproven, again=not unproven and not amount and parts <= lately)
        self._told = [*self._told, *remark.phrases][-_LAST_ONES:]
        return remark

    def _fresh(self, mentions: Sequence[Mention], rule: Rule, at: float, *, unproven: bool) -> tuple[list[Mention], float]:
        """Each phrase of which people were not told lately, once; else for how many seconds more it is not told again."""
        before = [one for one in self._told if one.rule == rule.id and one.source is mentions[0].heard.source]
        fresh: dict[str, Mention] = {}
        left = 0.0
        for mention in mentions:
            words = mention.heard.pattern
            if unproven:
                same, span = [one for one in before if one.unproven], float("inf")
            else:
                same, span = [one for one in before if _alike(one.words, words)], float(rule.cooldown)
            rest = max((span - abs(at - one.at) for one in same), default=0.0)
            if rest > 0:
                left = max(left, rest)
            elif not any(_alike(one, words) for one in fresh):
                fresh[words] = mention
        return list(fresh.values())[: 1 if unproven else None], left


def _again(left: float) -> Reason:
    if left == float("inf"):
        return Reason(Stage.COOLDOWN, "told_once")
    return Reason(Stage.COOLDOWN, "cooling", {"seconds": left})


def _line_of(mention: Mention) -> tuple[float, str, str]:
    return mention.at, mention.heard.rule, mention.heard.source.value


def _alike(one: str, other: str) -> bool:
    """Whether two phrases are the same words: 全网最低 and 全网最低价."""
    return one in other or other in one


def _holds(rule: Rule, values: Mapping[str, float], at: float) -> bool:
    limits = {name: threshold(limit, ({}, Whose.OWN), (), lambda of, factor: None) for name, limit in rule.limits.items()}
    named = dict(values) | {name: found.value for name, found in limits.items() if found is not None}
    return evaluate(rule.when, Series({name: [(at, value)] for name, value in named.items()}, at)) is True
