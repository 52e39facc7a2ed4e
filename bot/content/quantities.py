"""Figures in Chinese sentences, such as 20 秒, 15% or 5 万元, so that a sentence can be held to a formula.

A figure is (value, unit): seconds for times, fractions for %, ``""`` for what has no unit (%, 倍, 个).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

Quantity = tuple[float, str]

SAMPLES = "采样"
"""The unit of how many samples in a row."""

_SECONDS = {"s": 1, "秒": 1, "min": 60, "分钟": 60, "h": 3600, "小时": 3600, "天": 86400}
_PLAIN = frozenset({"", "%", "倍", "个"})
_FIGURE = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<many>万)?(?P<unit>个采样|小时|分钟|天|秒|%|倍|个|[人次条单元件])?"
)


def quantity(value: float, unit: str) -> Quantity:
    """A figure that is already in seconds or a fraction, under the unit that `quantities` gives it."""
    return value, "秒" if unit in _SECONDS else "" if unit in _PLAIN else unit


def quantities(text: str) -> dict[str, Quantity]:
    """Every figure of a sentence, by how it is written there without spaces: ``{"15%": (0.15, "")}``."""
    return {match[0]: _read(match) for match in _FIGURE.finditer(re.sub(r"\s", "", text))}


def among(figure: Quantity, figures: Iterable[Quantity]) -> bool:
    """Whether a figure is one of several, but for rounding."""
    return any(figure[1] == unit and math.isclose(figure[0], value) for value, unit in figures)


def _read(match: re.Match[str]) -> Quantity:
    value, unit = float(match["number"]) * (10_000 if match["many"] else 1), match["unit"] or ""
    if unit == "个采样":
        return value, SAMPLES
    return quantity(value / 100 if unit == "%" else value * _SECONDS.get(unit, 1), unit)
