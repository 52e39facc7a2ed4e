"""Why a rule kept silent, in words: what /why, `copilot replay` and the tips say of a reason. Knows no platform."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.channels import tip_words as words
from bot.channels.figures import length
from bot.channels.reference.words import PHASES, PLANNED
from bot.channels.session_lines import short
from bot.domain.nudges import Phase, Planned

LONGEST = 40
"""Columns of one name in a sentence; a Chinese character takes two."""
_RULE = re.compile(r"[NTM][0-9]{2}")
_LIMIT = re.compile(r"[NTM][0-9]{2}\.[a-z_]+")

Clock = Callable[[datetime], str]
"""How a moment is said."""


def reason_said(key: str, values: Mapping[str, object], clock: Clock, names: Mapping[str, str], language: str) -> str:
    """The sentence of a reason; `names` are those of figures and rules by id, `values` moments and lengths in seconds."""
    shown = {name: _said(name, value, clock, names, language) for name, value in values.items()}
    return words.REASONS.get(key, words.OTHER_REASON).to(language, **shown)


def _said(key: str, value: object, clock: Clock, names: Mapping[str, str], language: str) -> object:
    if key in ("since", "until"):
        moment = datetime.fromtimestamp(value, UTC) if isinstance(value, float | int) else value
        return clock(moment) if isinstance(moment, datetime) else value
    if isinstance(value, Phase):
        return PHASES[value].to(language)
    if isinstance(value, tuple | list):
        return words.LIST.to(language).join(dict.fromkeys(_named(one, names, language) for one in value))
    if isinstance(value, str):
        return _named(value, names, language)
    if isinstance(value, float | int):
        return length(timedelta(seconds=value), language) if key == "seconds" else f"{round(value, 1):g}"
    return value


def _named(one: object, names: Mapping[str, str], language: str) -> str:
    if isinstance(one, Planned):
        return PLANNED[one].to(language)
    if _LIMIT.fullmatch(str(one)):
        return words.NO_BAR.to(language)
    name = names.get(str(one), "")
    return f"{one} {name}" if _RULE.fullmatch(str(one)) and name else short(name or str(one), LONGEST)
