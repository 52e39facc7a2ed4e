"""Medians of comparable rooms as a lead types or pastes them, a line each. Knows no channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.expressions import ExpressionError
from bot.domain.metrics import Metric
from bot.domain.own_rules import Mistake, read_figure
from bot.domain.peers import PeerFigure, PeerLine, comparable, lines_of, read_by, sound
from bot.flows.reference import Reference

LONGEST = 4_000
"""Characters that are read: 42 lines are a quarter of that."""
NAMES = 8
"""Metrics that a sentence names."""


def read_peers(
    text: str, reference: Reference, before: Mapping[str, PeerFigure], now: datetime
) -> tuple[dict[str, PeerFigure], list[Mistake]]:
    """The figures with the lines applied, and what is wrong, by the line that was written; then nothing is to be changed."""
    if len(text) > LONGEST:
        said = f"太长了，最多 {LONGEST} 个字符，只写要填的指标和数"
        return dict(before), [Mistake(0, said, f"too long: {LONGEST} characters at most, just metrics and figures")]
    found, mistakes, wanted = dict(before), [], list(lines_of(text))
    if not wanted:
        mistakes.append(_unread(0))
    for line in wanted:
        read = _unread(line) if isinstance(line, int) else _line(line, reference, before)
        if isinstance(read, Mistake):
            mistakes.append(read)
        elif read[1] is None:
            found.pop(read[0].id, None)
        else:
            found[read[0].id] = PeerFigure(read[1], now)
    return found, mistakes


def _line(line: PeerLine, reference: Reference, before: Mapping[str, PeerFigure]) -> tuple[Metric, float | None] | Mistake:
    match = reference.find_metric(line.name)
    if len(match.found) != 1:
        near = match.found or match.near
        zh, en = (_listed(near, reference, language) for language in ("zh", "en"))
        asked = (f"，是不是{zh}？", f"; did you mean {en}?") if near else ("，/metrics 看全部", "; /metrics lists them all")
        name = line.name[:20]
        return Mistake(line.number, f"没有“{name}”这个指标{asked[0]}", f"there is no metric “{name}”{asked[1]}")
    metric = match.found[0]
    zh, en = reference.called[metric.id]
    if line.figure is None:
        gone = metric.id in before
        return (metric, None) if gone else Mistake(line.number, f"{zh} 没有填过，不用删", f"{en} was not set; nothing to remove")
    if not comparable(metric):
        english = f"{en} adds up over a session, so rooms cannot be compared at a minute: give a rate, GPM or a 5-minute figure"
        return Mistake(line.number, f"{zh} 是从开播累计的，不同时刻没法跟同行比。请填比率、GPM 或 5 分钟的数", english)
    if not read_by(reference.rules, metric.id):
        english = f"no rule compares {en} with comparable rooms, so the figure would have no use"
        return Mistake(line.number, f"没有规则拿 {zh} 跟同行比，填了用不上", english)
    try:
        value = read_figure(line.figure, metric.unit)
    except ExpressionError as error:
        return Mistake(line.number, f"{zh}：{error.message}", f"{en}: {error.english}")
    if value is None or not sound(value, metric.unit):
        share = metric.unit == "%"
        english = f"{en}: “{line.figure}” is no median; write " + ("a share up to 100%" if share else "a figure above 0")
        return Mistake(line.number, f"{zh}：“{line.figure}”不对，写{'100% 以内' if share else '大于 0'}的数", english)
    return metric, value


def _unread(number: int) -> Mistake:
    english = "write a metric and a figure in each line, such as GPM 620"
    return Mistake(number, "一行写一个指标和数，例如 GPM 620", english)


def _listed(metrics: Sequence[Metric], reference: Reference, language: str) -> str:
    names = [reference.called[one.id].to(language) for one in metrics[:NAMES]]
    return (", " if language == "en" else "、").join(names)
