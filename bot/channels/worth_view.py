"""What a team's rules came to as one screen, what needs attention first; what it keeps back. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels import worth_words as words
from bot.channels.session_lines import NAME, short
from bot.channels.tip_lines import rule_name
from bot.channels.words import Phrase
from bot.domain.learning import LEAST_ARM, Feedback, Lift, Share
from bot.domain.messages import Message, Part, Style
from bot.domain.suggestions import LEAST_JUDGED
from bot.flows.effects import RuleWorth, Worth
from bot.storage.effects import Withholding

MOST = 7
"""Rules that fit on a phone's screen."""
LEAST_EFFECTS = 5
"""Effects of which the middle one says something."""


def worth_page(found: Worth, team: str, language: str) -> Message:
    """The page."""
    lines = [line for one in found.rules[:MOST] for line in _rule(one, language)] or [words.NONE.to(language)]
    if len(found.rules) > MOST:
        lines.append(words.MORE.to(language, count=len(found.rules) - MOST))
    if found.withholding:
        lines.append(words.WITHHOLDING.to(language, percent=found.withholding.percent))
    if found.withholding or found.lift.withheld.whole:
        lines.append(_lift(found.lift, language))
    head = words.HEAD.to(language, team=short(team, NAME))
    return Message((Part(head, Style.BOLD), Part("".join(f"\n{line}" for line in lines))))


def withholding(kept: Withholding | None, team: str, language: str) -> str:
    """What a team keeps back."""
    if kept is None:
        return words.OFF.to(language, team=team)
    return words.ON.to(language, team=team, percent=kept.percent)


def set_to(percent: int, team: str, language: str) -> str:
    """That it was set."""
    return words.SET.to(language, team=team, percent=percent) if percent else words.STOPPED.to(language, team=team)


def _rule(one: RuleWorth, language: str) -> Iterator[str]:
    feedback, precision = one.feedback, one.feedback.precision
    name = rule_name(one.rule) if one.rule else words.GONE.to(language)
    phrase = words.RULE_ONE if feedback.tips == 1 else words.RULE
    yield phrase.to(language, id=feedback.rule, rule=name, tips=feedback.tips) + _hourly(feedback.hourly, language)
    if not precision.whole:
        yield f"　{words.UNJUDGED.to(language)}"
        return
    said = words.JUDGED.to(language, judged=precision.whole, useless=feedback.useless)
    yield f"　{said}{_verdict(precision).to(language)}{_effect(feedback, language)}"


def _hourly(hourly: float | None, language: str) -> str:
    """How often it speaks, in whole tips or whole hours."""
    if not hourly:
        return ""
    if hourly >= 1:
        return words.HOURLY.to(language, count=round(hourly))
    return words.SELDOM.to(language, hours=max(1, round(1 / hourly)))


def _verdict(judged: Share) -> Phrase:
    low, high = judged.interval
    if judged.whole < LEAST_JUDGED:
        return words.FEW
    return words.GOOD if low > 0.5 else words.BAD if high < 0.5 else words.MIXED


def _effect(feedback: Feedback, language: str) -> str:
    effect, count = feedback.effect, len(feedback.effects)
    if effect is None:
        return ""
    if count < LEAST_EFFECTS:
        return words.EFFECT_FEW.to(language, count=count)
    return (words.WORSE if effect < 0 else words.BETTER).to(language, share=_percent(abs(effect)), count=count)


def _lift(lift: Lift, language: str) -> str:
    told, withheld, difference, interval = lift.told, lift.withheld, lift.difference, lift.interval
    if difference is None or interval is None or told.value is None or withheld.value is None:
        return words.NOT_ENOUGH.to(language, told=told.whole, withheld=withheld.whole, least=LEAST_ARM)
    return words.LIFT.to(
        language, told=_percent(told.value), withheld=_percent(withheld.value), difference=_signed(difference),
        low=_signed(interval[0]), high=_signed(interval[1]),
    )  # fmt: skip


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _signed(value: float) -> str:
    return f"{value:+.0%}".replace("-", "−")
