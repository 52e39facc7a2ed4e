"""What a tip came to after somebody acted, in one line. Pure."""

from __future__ import annotations

from bot.channels import tip_words as words
from bot.channels.figures import figure
from bot.domain.effects import Effect
from bot.domain.metrics import Good
from bot.domain.tips import Tip


def effect_line(tip: Tip, effect: Effect, language: str) -> str:
    """Expected and seen with the interval of the difference, or why it cannot be told."""
    turn, minutes = tip.turn, effect.minutes
    difference = effect.difference
    if turn is None or difference is None or effect.low is None or effect.high is None:
        reason = words.UNTOLD.get(effect.reason, words.UNTOLD["no_figure"]).to(language)
        return words.EFFECT_UNTOLD.to(language, minutes=minutes, reason=reason)
    helped = effect.helped(turn.good)
    off = turn.good is Good.CONTEXT and not effect.low <= 0 <= effect.high
    phrase = words.EFFECT_OFF if off else {True: words.EFFECT_GOOD, False: words.EFFECT_BAD, None: words.EFFECT_EVEN}[helped]
    expected, observed = figure(effect.expected, turn.unit, language), figure(effect.observed, turn.unit, language)
    values = words.EFFECT_VALUES.to(language, expected=expected, observed=observed)
    low, high = (_signed(one, turn.unit, language) for one in (effect.low, effect.high))
    return phrase.to(language, minutes=minutes, values=values, low=low, high=high)


def _signed(value: float, unit: str, language: str) -> str:
    said = figure(abs(value), unit, language)
    return f"{'−' if value < 0 else '+'}{said}"
