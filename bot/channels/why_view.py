"""The latest decisions of a live session in words: what was told, what kept silent and at which stage. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels import tip_words as words
from bot.channels.tip_lines import clock, numbered, quoted, thresholds, turned
from bot.channels.tip_view import silent
from bot.domain.decisions import Stage
from bot.domain.messages import Message, Part, Style, joined, text
from bot.domain.nudges import Rule
from bot.domain.tips import Tip, Withheld

MOST = 6
"""Reasons for silence that fit on a phone's screen with what was told."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Figures that the plan could set and did not, by name, and the rules that cannot speak without them."""

    names: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def why_list(
    decided: Sequence[Withheld], names: Mapping[str, str], now: datetime, language: str, lacking: Lacking | None = None,
    told: Sequence[Tip] = (),
) -> Message:  # fmt: skip
    """What was told, then what kept silent, newest first and the same for the same reason once; then what the plan lacks.

    `decided` are decisions, newest first, of which those to tell are in `told`; `names` are those of figures and rules by id.
    """
    said = [_told(one, now, language) for one in told]
    folded: dict[tuple[str, ...], list[Withheld]] = {}
    for one in decided:
        if one.stage != Stage.SENT.value:
            folded.setdefault((one.rule.id, one.rule.name, one.stage, one.key), []).append(one)
    said += [silent(same[0], names, now, language, len(same), same[-1].at) for same in list(folded.values())[:MOST]]
    said = said or [text(words.NOTHING_DECIDED.to(language))]
    if lacking and lacking.rules:
        said.append(_lacking(lacking, language))
    return joined(said)


def _lacking(lacking: Lacking, language: str) -> Message:
    comma = words.LIST.to(language)
    rules = comma.join(numbered(rule) for rule in lacking.rules)
    head = words.LACKING.to(language, figures=comma.join(lacking.names))
    return Message((Part(head, Style.BOLD), Part(f"\n{words.LACKING_HOW.to(language, rules=rules)}")))


def _told(tip: Tip, now: datetime, language: str) -> Message:
    """What a tip rested on when it was told: the rule's limits may be others by now."""
    head = words.TOLD.to(language, rule=numbered(tip.rule), time=clock(tip.session, tip.told, now, language))
    if tip.quoted:
        lines = list(quoted(tip, tip.quoted, now, language))[:1]
    else:
        head += "" if tip.recovered else words.STANDS.to(language)
        bars = thresholds(tip, language)
        then = [turned(tip.turn, language) if tip.turn else "", words.AT_THE_TIME.to(language, bars=bars) if bars else ""]
        lines = [words.COMMA.to(language).join(filter(None, then)) or tip.rule.sign]
    return Message((Part(head, Style.BOLD), Part("".join(f"\n{line}" for line in lines))))
