"""What a replay says: one line of JSON a tip or gap, or some lines for an operator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from bot.channels.reason_view import reason_said
from bot.commands.common import clean_line
from bot.commands.replay_words import FAULTS, SEVERITIES, SOURCES, WITHIN, word
from bot.domain.decisions import BEYOND_THRESHOLD, Decision, Reason
from bot.domain.feeds import Gap, Return, Taken
from bot.domain.heard import How
from bot.domain.nudges import Rule, Severity
from bot.domain.parts import happened, narrowed, of_remark
from bot.domain.remarks import Remark
from bot.domain.rulebook import Rulebook
from bot.domain.watch import Event, Restart

DATA_GAP = "data_gap"
"""What is written for a rule where the feed itself is what there is to tell."""
GAP_SECTION = "12.39"
"""The handbook's section about figures that stop."""


@dataclass(slots=True)
class Lines:
    """The lines of one recording, and what its summary counts."""

    file: str
    zone: tzinfo
    language: str
    book: Rulebook
    as_json: bool
    explain: bool
    rows: int = 0
    tips: int = 0
    gaps: int = 0
    refused: int = 0
    first_refusal: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _called: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {one.id: one.name for one in self.book.known}
        self._called = self._names | {one.rule.id: one.rule.name for one in self.book.rules}

    def count(self, moment: datetime) -> float:
        """Count a row; its moment in seconds. Times are shown in the zone of the first row."""
        if self.rows == 0 and moment.tzinfo is not None:
            self.zone = moment.tzinfo
        self.rows += 1
        return moment.timestamp()

    def of(self, at: float, event: Event | Remark) -> Iterator[str]:
        """The lines of an event; none for what nobody asked to hear of."""
        if isinstance(event, Remark):
            yield from self._remark(at, event)
        elif isinstance(event, Taken):
            self._count_refusals(event)
            if self.explain and not self.as_json:
                yield from self._refusals(event)
        elif isinstance(event, Decision):
            yield from self._decision(event)
        else:
            self.gaps += isinstance(event, Gap)
            yield from self._feed(at, event)

    def summary(self) -> str:
        """One sentence about the recording, for stderr."""
        sentence = word(self.language, "summary", file=self.file, rows=self.rows, tips=self.tips, gaps=self.gaps)
        if self.refused:
            sentence += word(self.language, "refused", count=self.refused, first=self.first_refusal)
        return sentence

    def heard(self, listened: int, lines: int) -> str:
        """One sentence about what was said beside the recording."""
        sentence = word(self.language, "heard", count=listened)
        return sentence + (word(self.language, "unheard", count=lines - listened) if listened < lines else "")

    def without_plan(self, plans: Path) -> str:
        """That a plan file has no plan for this recording."""
        return word(self.language, "without_plan", file=self.file, plans=plans.name)

    # ---- decisions ----

    def _decision(self, decision: Decision) -> Iterator[str]:
        if decision.sent:
            self.tips += 1
            yield from [self._json(decision)] if self.as_json else self._tip(decision)
        elif self.explain and decision.stage in BEYOND_THRESHOLD:
            yield self._json(decision) if self.as_json else self._silent(decision)

    def _json(self, decision: Decision) -> str:
        rule = _told(decision)
        record: dict[str, Any] = {
            "file": self.file, "ts": self._ts(decision.at), "rule": rule.id, "severity": rule.severity, "title": rule.name,
            "advice": [f"{step.within} {step.who}：{step.do}" for step in rule.steps], "sections": self._sections(decision),
            "values": dict(decision.values),
            "limits": {name: {"value": one.value, "source": one.source} for name, one in decision.thresholds.items()},
            "together": [one.id for one in decision.together],
        }  # fmt: skip
        if decision.reason is not None:
            record |= {"silent": decision.stage, "reason": self._reason(decision), "advice": []}
        return json.dumps(record, ensure_ascii=False)

    def _tip(self, decision: Decision) -> Iterator[str]:
        rule = _told(decision)
        yield f"{self._clock(decision.at)} {SEVERITIES[rule.severity]} {rule.id} {rule.name}"
        yield f"    {rule.sign}"
        yield f"    {self._figures(decision)}"
        yield from self._steps(rule)
        sections = self._sections(decision)
        yield f"    {word(self.language, 'section', sections='、'.join(sections))}"
        if decision.together:
            yield f"    {word(self.language, 'together', rules='、'.join(f'{one.id} {one.name}' for one in decision.together))}"

    def _steps(self, rule: Rule) -> Iterator[str]:
        within = ""
        for step in rule.steps:
            head = "" if step.within == within else word(self.language, WITHIN[step.within])
            within = step.within
            yield f"    {head or '　' * 4}\t{step.who}：{step.do}"

    def _silent(self, decision: Decision) -> str:
        rule = decision.rule
        return f"{self._clock(decision.at)}    （{rule.id} {rule.name}：{self._reason(decision)}）"

    def _reason(self, decision: Decision) -> str:
        return "" if decision.reason is None else self._why(decision.reason)

    def _why(self, reason: Reason) -> str:
        said = reason_said(reason.key, reason.values, self._time, self._called, self.language)
        return said.rstrip("。.")

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime("%H:%M:%S")

    def _name(self, figure: str) -> str:
        return self._names.get(figure, figure)

    def _figures(self, decision: Decision) -> str:
        figures = [f"{self._name(name)} {value:g}" for name, value in decision.values.items() if value is not None]
        sources = {one.source for one in decision.thresholds.values()}
        limits = [word(self.language, SOURCES[source]) for source in sorted(sources)]
        return "，".join(figures + limits)

    def _sections(self, decision: Decision) -> list[str]:
        return list(dict.fromkeys([decision.rule.section, *(one.section for one in decision.together)]))

    # ---- words from the room ----

    def _remark(self, at: float, remark: Remark) -> Iterator[str]:
        if remark.reason is None:
            self.tips += 1
            yield from [self._said_json(at, remark)] if self.as_json else self._said(at, remark)
        elif self.explain:
            reason = self._why(remark.reason)
            line = f"{self._clock(at)}    （{remark.rule.id} {remark.rule.name}：{reason}）"
            yield self._said_json(at, remark) if self.as_json else line

    def _said_json(self, at: float, remark: Remark) -> str:
        rule, first = of_remark(remark), remark.mentions[0]
        record: dict[str, Any] = {
            "file": self.file, "ts": self._ts(at), "rule": rule.id, "severity": rule.severity, "title": rule.name,
            "advice": [f"{step.within} {step.who}：{step.do}" for step in rule.steps], "sections": [first.heard.group.section],
            "values": dict(remark.values), "limits": {}, "together": [],
            "said": {
                "at": self._ts(remark.at), "source": remark.source.value, "words": [one.heard.words for one in remark.mentions],
                "around": first.around, "sounded": _sounded(remark), "law": first.heard.term.article,
                "correction": first.heard.correction, "unproven": remark.unproven,
            },
        }  # fmt: skip
        if remark.reason is not None:
            record |= {"silent": remark.reason.stage, "reason": self._why(remark.reason), "advice": []}
        return json.dumps(record, ensure_ascii=False)

    def _said(self, at: float, remark: Remark) -> Iterator[str]:
        rule, first = of_remark(remark), remark.mentions[0]
        around = (
            word(self.language, "said.around", text=clean_line(first.around))
            if len(remark.mentions) == 1 and first.around
            else ""
        )
        yield f"{self._clock(at)} {SEVERITIES[rule.severity]} {rule.id} {rule.name}"
        quoted = "、".join(f"「{clean_line(one.heard.words)}」" for one in remark.mentions)
        yield f"    {word(self.language, f'said.{remark.source.value}', words=quoted, around=around)}"
        if sounded := _sounded(remark):
            yield f"    {word(self.language, 'said.sounded', words='、'.join(f'「{one}」' for one in sounded))}"
        if remark.unproven:
            yield f"    {word(self.language, 'said.unproven')}"
        yield f"    {word(self.language, 'said.law', law=first.heard.term.article)}"
        yield from self._steps(rule)
        yield f"    {word(self.language, 'section', sections=first.heard.group.section)}"

    # ---- the feed itself ----

    def _feed(self, at: float, event: Gap | Return | Restart) -> Iterator[str]:
        key, severity = "gap", Severity.HIGH
        values: dict[str, Any] = {}
        if isinstance(event, Gap):
            values = {"since": self._ts(event.begin), "seconds": round(at - event.begin)}
            if event.fields:
                key, severity = "gap_fields", Severity.LOW
        elif isinstance(event, Return):
            key, severity = "back", Severity.INFO
            values = {"since": self._ts(event.begin), "seconds": round(event.at - event.begin)}
        else:
            key, severity = "restart", Severity.INFO
        fields = event.fields
        title = word(self.language, f"{key}.title")
        advice = word(
            self.language, f"{key}.advice", fields="、".join(self._name(one) for one in fields), since=self._since(event)
        )
        if not self.as_json:
            yield f"{self._clock(at)} {SEVERITIES[severity]} {title}"
            yield f"    {advice}"
            return
        record = {
            "file": self.file, "ts": self._ts(at), "rule": DATA_GAP, "severity": severity, "title": title, "advice": [advice],
            "sections": [GAP_SECTION], "values": values | ({"fields": list(fields)} if fields else {}),
        }  # fmt: skip
        yield json.dumps(record, ensure_ascii=False)

    def _since(self, event: Gap | Return | Restart) -> str:
        return self._clock(event.at if isinstance(event, Restart) else event.begin)

    def _count_refusals(self, taken: Taken) -> None:
        if taken.refusals and not self.first_refusal:
            self.first_refusal = next(self._refusals(taken)).strip()
        self.refused += len(taken.refusals)

    def _refusals(self, taken: Taken) -> Iterator[str]:
        for one in taken.refusals:
            what = f"{one.field} {one.value:g} " if one.field and one.value is not None else ""
            yield f"{self._clock(one.at)}    {what}{word(self.language, FAULTS[one.fault])}"

    def _ts(self, at: float) -> str:
        return datetime.fromtimestamp(at, self.zone).isoformat(timespec="seconds")

    def _clock(self, at: float) -> str:
        return datetime.fromtimestamp(at, self.zone).strftime("%m-%d %H:%M:%S")


def _sounded(remark: Remark) -> list[str]:
    """What was meant, where only the sound is the same."""
    return [one.heard.pattern for one in remark.mentions if one.heard.how is How.HOMOPHONE]


def _told(decision: Decision) -> Rule:
    limits = {name: one.value for name, one in decision.thresholds.items()}
    return narrowed(decision.rule, happened(decision.rule, decision.values, limits))
