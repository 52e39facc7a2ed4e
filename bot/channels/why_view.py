"""The latest decisions of a live session in words: what was told, what kept silent and at which stage. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.channels import tip_words as words
from bot.channels.tip_lines import clock, rule_name
from bot.channels.tip_view import silent
from bot.domain.decisions import Stage
from bot.domain.messages import Message, Part, Style, joined, text
from bot.domain.tips import Withheld


def why_list(decided: Sequence[Withheld], names: Mapping[str, str], now: datetime, language: str) -> Message:
    """The newest first; `names` are those of figures and rules by id."""
    if not decided:
        return text(words.NOTHING_DECIDED.to(language))
    return joined([_one(one, names, now, language) for one in decided])


def _one(one: Withheld, names: Mapping[str, str], now: datetime, language: str) -> Message:
    if one.stage != Stage.SENT.value:
        return silent(one, names, now, language)
    time = clock(one.session, one.at, now, language)
    head = words.TOLD.to(language, id=one.rule.id, rule=rule_name(one.rule), time=time)
    return Message((Part(head, Style.BOLD), Part(f"\n{words.TOLD_WHY.to(language, sign=one.rule.sign)}")))
