"""The board as text, and what stands below the pictures of figures. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.channels.figures import NO_DATA, figure
from bot.channels.pictures import words
from bot.channels.pictures.words import beyond
from bot.channels.session_lines import short
from bot.domain.expressions.wording import describe
from bot.domain.messages import Message, Part, Style
from bot.domain.metrics import Metric
from bot.domain.panel import Gauge, grouped, worst

NAMED = 3
"""Figures that a group's line names."""
NAME = 26
DOT = " · "


def board_text(gauges: Sequence[Gauge], where: str, language: str) -> Message:
    """The worst three on one line, then a line for each group: six lines below the headline."""
    lines = [_worst(gauges, language)]
    for group, members in grouped(gauges):
        known = [gauge for gauge in members if gauge.value is not None]
        said = DOT.join(_value(gauge, language) for gauge in known[:NAMED]) or NO_DATA.to(language)
        count = words.COUNT.to(language, group=words.group(group, language), known=len(known), all=len(members))
        lines.append(f"{count}{words.COLON.to(language)}{said}")
    return Message((Part(words.BOARD.to(language, where=short(where, 44)), Style.BOLD), Part("\n" + "\n".join(lines))))


def formula_line(metric: Metric, names: Mapping[str, str], language: str) -> str:
    """How the figure is made, in words; `names` are those of figures by id."""
    made = describe(metric.formula, names, language) if metric.formula else words.BASE.to(language)
    return words.FORMULA.to(language, formula=" ".join(made.split()))


def caption(gauge: Gauge, metric: Metric, names: Mapping[str, str], language: str) -> Message:
    """What stands below the picture of one figure: its value and how it is made."""
    return Message((Part(_value(gauge, language), Style.BOLD), Part(f"\n{formula_line(metric, names, language)}")))


def _worst(gauges: Sequence[Gauge], language: str) -> str:
    found = [f"{_value(one.gauge, language)} {beyond(one, language)}" for one in worst(gauges)]
    said = words.SEPARATOR.to(language).join(found) or words.none_worst(gauges).to(language)
    return f"{words.WORST.to(language)}{words.COLON.to(language)}{said}"


def _value(gauge: Gauge, language: str) -> str:
    curve = gauge.curve
    name = (curve.english or curve.name) if language == "en" else curve.name
    return f"{short(name.partition('（')[0], NAME)} {figure(gauge.value, curve.unit, language)}"
