"""The latest decisions of a live session in words: what was told, what kept silent and at which stage. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels import tip_words as words
from bot.channels.tip_lines import clock, numbered
from bot.channels.tip_view import silent
from bot.domain.decisions import Stage
from bot.domain.messages import Message, Part, Style, joined, text
from bot.domain.nudges import Rule
from bot.domain.tips import Withheld


@dataclass(frozen=True, slots=True)
class Lacking:
    """Figures that the plan could set and did not, by name, and the rules that cannot speak without them."""

    names: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def why_list(
    decided: Sequence[Withheld], names: Mapping[str, str], now: datetime, language: str, lacking: Lacking | None = None
) -> Message:
    """The newest first, then what the plan lacks; `names` are those of figures and rules by id."""
    said = [_one(one, names, now, language) for one in decided] or [text(words.NOTHING_DECIDED.to(language))]
    if lacking and lacking.rules:
        said.append(_lacking(lacking, language))
    return joined(said)


def _lacking(lacking: Lacking, language: str) -> Message:
    comma = words.LIST.to(language)
    rules = comma.join(numbered(rule) for rule in lacking.rules)
    head = words.LACKING.to(language, figures=comma.join(lacking.names))
    return Message((Part(head, Style.BOLD), Part(f"\n{words.LACKING_HOW.to(language, rules=rules)}")))


def _one(one: Withheld, names: Mapping[str, str], now: datetime, language: str) -> Message:
    if one.stage != Stage.SENT.value:
        return silent(one, names, now, language)
    time = clock(one.session, one.at, now, language)
    head = words.TOLD.to(language, rule=numbered(one.rule), time=time)
    return Message((Part(head, Style.BOLD), Part(f"\n{words.TOLD_WHY.to(language, sign=one.rule.sign)}")))
