"""What a session is like right now, as Markdown: the figure asked about, the likely cause, the funnel, the rules, what to do.

One screen of a phone. Names and steps may be anybody's words, so they are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bot.channels import present_words as words
from bot.channels.figures import figure, growth, percent
from bot.channels.reason_view import reason_said
from bot.channels.session_words import near, post
from bot.channels.tip_lines import rule_name
from bot.channels.tip_words import LIST, MARKS
from bot.channels.words import Phrase
from bot.domain.metrics import Aggregation, Good, Metric
from bot.domain.nudges import Within
from bot.domain.present import METRIC_OF, WINDOW, Move, Present, RuleNow, Step, judges, remedy
from bot.domain.sessions import LiveSession
from bot.flows.reference import Reference

MINUTES = int(WINDOW // 60)
FIRST_STEPS = 2
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")
_ASIDE = re.compile(r"（.*?）")


def present_text(
    found: Present, session: LiveSession, numbers: Mapping[str, int], reference: Reference, now: datetime, language: str
) -> str:
    """The answer; `numbers` are those of the cited sections."""
    view = _View(found, session, numbers, reference, now, language)
    return "\n\n".join(block for block in view.blocks() if block)


class _View:
    def __init__(
        self, found: Present, session: LiveSession, numbers: Mapping[str, int], reference: Reference, now: datetime, language: str
    ) -> None:
        self.found, self.session, self.numbers, self.reference = found, session, numbers, reference
        self.now, self.language = now, language

    def blocks(self) -> Iterator[str]:
        """The paragraphs, in the order in which they are read."""
        headline = self._headline()
        yield f"**{headline[:1].upper()}{headline[1:]}**"
        if self.found.since is not None:
            return
        yield self._likely()
        yield self._funnel()
        yield self._rules()
        yield self._first()

    def _headline(self) -> str:
        found, asked, name = self.found, self.found.asked, self._name(self.found.metric)
        values = {"minutes": MINUTES, "name": name}
        if found.since is not None:
            return self._say(words.BLIND, time=self._clock(found.since), name=name, cited=self._cite("12.39"))
        if found.early:
            age = int((found.now - found.began) // 60)
            phrase = words.EARLY_UNKNOWN if asked.now is None else words.EARLY
            return self._say(phrase, minutes=age, name=name, now=self._figure(asked.now))
        if asked.now is None:
            return self._say(words.UNKNOWN, name=name)
        if asked.usual is None:
            return self._say(words.FEW, **values, now=self._figure(asked.now))
        if found.worse or found.better:
            phrase = words.WORSE if found.worse else words.BETTER
            usual, present = self._figure(asked.usual), self._figure(asked.now)
            return self._say(phrase, **values, usual=usual, now=present, change=growth(asked.growth or 0.0))
        steady = words.STEADY_EITHER if found.metric.good is Good.CONTEXT else words.STEADY
        return self._say(steady, **values, now=self._figure(asked.now), usual=self._figure(asked.usual))

    def _likely(self) -> str:
        if not self.found.likely:
            return self._no_step() if self.found.worse else ""
        step = self.found.likely[0]
        move = self.found.steps[step]
        phrase, cited = words.LIKELY if self.found.worse else words.BUT, self._cite(self._section_of(step))
        values, change = self._stepped(step, move), growth(move.growth or 0.0)
        return self._say(phrase, step=self._say(words.STEPS[step]), values=values, change=change, cited=cited)

    def _no_step(self) -> str:
        """Where no step fell: the weightiest rule that is true and about the figure."""
        true = (one.rule for one in self.found.rules if not one.near and judges(one.rule, self.found.metric.id))
        rule = next(true, None)
        if rule is not None:
            return self._say(words.LIKELY_RULE, rule=_plain(rule_name(rule)), cited=self._cite(rule.section))
        return self._say(words.LIKELY_NONE) if self.found.steps else ""

    def _funnel(self) -> str:
        lines = []
        for step, move in self.found.steps.items():
            mark = (words.FALLEN if (move.growth or 0) < 0 else words.RISEN) if move.moved else ""
            lines.append(f"- {self._say(words.STEPS[step])} {self._stepped(step, move)} {mark}".rstrip())
        gone = [self._say(words.STEPS[step]) for step in Step if step not in self.found.steps]
        if gone and lines:
            lines.append(f"- {self._say(words.NO_STEP, steps=self._say(LIST).join(gone))}")
        head = words.FUNNEL_EARLY if self.found.early else words.FUNNEL
        return "\n".join([self._say(head, minutes=MINUTES), *lines]) if lines else ""

    def _rules(self) -> str:
        if not self.found.rules:
            return self._say(words.NO_RULES)
        return "\n".join([self._say(words.RULES), *(f"- {self._rule(one)}" for one in self.found.rules)])

    def _rule(self, one: RuleNow) -> str:
        values = {
            "mark": MARKS[one.rule.severity], "rule": f"{one.rule.id} {_plain(rule_name(one.rule))}",
            "cited": self._cite(one.rule.section),
        }  # fmt: skip
        if one.told is not None:
            return self._say(words.TOLD, **values, time=self._clock(one.told))
        if one.near:
            return self._say(words.NEAR, **values)
        if one.reason is None:
            return self._say(words.TRUE, **values)
        names = dict(self.reference.names_in(self.language)) | {rule.id: rule.name for rule in self.reference.rules}
        reason = reason_said(one.reason.key, one.reason.values, self._at, names, self.language).rstrip("。.")
        return self._say(words.SILENT, **values, reason=_plain(reason))

    def _first(self) -> str:
        """What the rule about the likely cause says to do at once; where there is none, the section that says it."""
        metrics = {one.id: one for one in self.reference.metrics}
        rule = remedy(self.found, metrics, self.reference.rules)
        if rule is None:
            return self._see()
        steps = [step for step in rule.steps if step.within is Within.SECONDS_60] or list(rule.steps)
        colon = ": " if self.language == "en" else "："
        said = [f"- {post(step.who, self.language)}{colon}{_plain(step.do)}" for step in steps[:FIRST_STEPS]]
        return "\n".join([self._say(words.FIRST) + self._cite(rule.section), *said])

    def _see(self) -> str:
        if self.found.likely:
            cited = self._cite(self._section_of(self.found.likely[0]))
        else:
            cited = self._cite(self.found.metric.low_section)
        phrase = words.DO if self.found.likely or self.found.worse else words.SEE
        return self._say(phrase, cited=cited) if cited else ""

    def _section_of(self, step: Step) -> str:
        metric = self.reference.metric(METRIC_OF[step])
        return metric.low_section if metric else ""

    def _stepped(self, step: Step, move: Move) -> str:
        shown = [one for one in (move.usual, move.now) if one is not None]
        if step is Step.EXPOSURE:
            return self._say(words.A_MINUTE, value=" → ".join(f"{one:,.0f}" for one in shown))
        return " → ".join(map(percent, shown))

    def _figure(self, value: float | None) -> str:
        return figure(value, self.found.metric.unit, self.language)

    def _name(self, metric: Metric) -> str:
        name = metric.english if self.language == "en" else _ASIDE.sub("", metric.name)
        counter = metric.aggregation in (Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT)
        return _plain(f"{MINUTES} 分钟的{name}" if counter and self.language != "en" else name)

    def _cite(self, section: str) -> str:
        number = self.numbers.get(section)
        return self._say(words.CITED, number=number) if number else ""

    def _clock(self, seconds: float) -> str:
        return self._at(datetime.fromtimestamp(seconds, UTC))

    def _at(self, moment: datetime) -> str:
        return near(moment.astimezone(self.session.local_zone), self.now, self.language)

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase.to(self.language, **values)


def _plain(text: str) -> str:
    """Somebody's words as Markdown takes for text."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
