"""Lengths of time as operators write them: 2个半小时, 90分钟, 一刻钟, 3h."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.numerals import NUMBER, number, plain
from bot.errors import Refused

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
"""What a live session may last."""
_LONGEST_TEXT = 40


class LengthWrong(StrEnum):
    """Why a length was refused; `Refused.reason`."""

    NOT_UNDERSTOOD = "length_not_understood"
    TOO_SHORT = "length_too_short"
    TOO_LONG = "length_too_long"


_AMOUNT = rf"(?:[0-9]{{1,4}}\.[0-9]{{1,2}}|{NUMBER})"
_HOUR = r"(?:小时|钟头|hours?|hrs?|h)"
_MINUTE = r"(?:分钟?|minutes?|mins?|min|m)"
SPAN = (
    rf"(?:(?:半个?|half (?:an? )?){_HOUR}|an? {_HOUR}|[一1三3]刻钟?"
    rf"|{_AMOUNT} ?个?半?{_HOUR}(?: ?半| ?(?:零|and )?{_AMOUNT} ?{_MINUTE}?)?|{_AMOUNT} ?{_MINUTE})(?![a-z])"
)
"""A length of time in plain text, as a regular expression; `span` reads what it finds."""
_HALF_HOUR = re.compile(rf"(?:半个?|half (?:an? )?){_HOUR}")
_QUARTERS = re.compile(r"([一1三3])刻钟?")
_HOURS = re.compile(
    rf"(?:an? |(?P<hours>{_AMOUNT}) ?)个?(?P<half>半?){_HOUR}"
    rf"(?: ?(?P<and_half>半)| ?(?:零|and )?(?P<minutes>{_AMOUNT}) ?{_MINUTE}?)?"
)
_MINUTES = re.compile(rf"(?P<minutes>{_AMOUNT}) ?{_MINUTE}")


def read_length(text: str) -> timedelta:
    """How long a live session is to last, between `SHORTEST` and `LONGEST`. Raises `Refused` with a `LengthWrong`."""
    words = plain(text)
    found = re.fullmatch(SPAN, words) if len(words) <= _LONGEST_TEXT else None
    length = span(words) if found else None
    if length is None:
        raise Refused(LengthWrong.NOT_UNDERSTOOD)
    return sensible(length)


def sensible(length: timedelta) -> timedelta:
    """The same length, or `Refused` when no live session is that short or that long."""
    if length < SHORTEST:
        raise Refused(LengthWrong.TOO_SHORT, minutes=SHORTEST // timedelta(minutes=1))
    if length > LONGEST:
        raise Refused(LengthWrong.TOO_LONG, hours=LONGEST // timedelta(hours=1))
    return length


def span(words: str) -> timedelta | None:
    """What `SPAN` matched in plain text, to the second; None when its numbers mean nothing."""
    if _HALF_HOUR.fullmatch(words):
        return timedelta(minutes=30)
    if quarters := _QUARTERS.fullmatch(words):
        return timedelta(minutes=15 if quarters[1] in "一1" else 45)
    if whole := _HOURS.fullmatch(words):
        halves = bool(whole["half"]) + bool(whole["and_half"])
        return _sum(whole["hours"] or "1", whole["minutes"] or "0", halves)
    minutes = _MINUTES.fullmatch(words)
    return _sum("0", minutes["minutes"], 0) if minutes else None


def _sum(hours: str, minutes: str, halves: int) -> timedelta | None:
    h, m = _decimal(hours), _decimal(minutes)
    if h is None or m is None or halves > 1 or (halves and h != int(h)):
        return None
    return timedelta(seconds=int((h * 60 + m + 30 * halves) * 60))


def _decimal(text: str) -> Decimal | None:
    if "." in text:
        return Decimal(text)
    value = number(text)
    return None if value is None else Decimal(value)
