"""Words on pictures, in Chinese and English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.channels.figures import percent, points
from bot.channels.panel_words import BASES
from bot.channels.words import Phrase
from bot.domain.panel import Gauge, Off

TITLE = Phrase("{name}  {value}", "{name}  {value}")
THRESHOLD = Phrase("警戒线 {value}", "threshold {value}")
EXPECTED = Phrase("预期", "expected")
PLANNED = Phrase("计划内", "planned")
NO_DATA = Phrase("无数据", "no data")
NO_DATA_AT_ALL = Phrase("这段时间没有数据", "No data in this time")
COLON = Phrase("：", ": ")
SEPARATOR = Phrase("；", "; ")
BOARD = Phrase("看板｜{where}", "Board | {where}")
WORST = Phrase("最要看的", "Look here first")
WORST_NONE = Phrase("没有比平时差的指标", "Nothing is worse than usual")
BETTER = Phrase("比预期好", "better")
WORSE = Phrase("比预期差", "worse")
BAND_OF = Phrase("预期（{basis}）", "expected ({basis})")
BELOW = Phrase("低于预期 {by}", "{by} below expected")
ABOVE = Phrase("高于预期 {by}", "{by} above expected")
TOO_EARLY = Phrase("还说不出哪些偏离平常，再播一会儿", "Too early to tell what is unusual")
NOTHING_NOW = Phrase("现在没有数，比不出来", "No data now, so nothing can be compared")
GROWN_LESS = Phrase("近 {minutes} 分钟比预期少 {by}", "{by} short in {minutes} min")
GROWN_MORE = Phrase("近 {minutes} 分钟比预期多 {by}", "{by} over in {minutes} min")
COUNT = Phrase("{group}（{known}/{all} 有数）", "{group} ({known}/{all} with data)")
FORMULA = Phrase("怎么算：{formula}", "Formula: {formula}")
BASE = Phrase("数据源直接给的数", "comes from the feed as it is")
GROUPS = {"流量": "Traffic", "互动": "Engagement", "商品": "Products", "成交": "Sales", "投放": "Ads", "合规": "Compliance"}


def group(name: str, language: str) -> str:
    """What a group of figures is called; one of somebody's own handbook as it is written there."""
    return GROUPS.get(name, name) if language == "en" else name


def beyond(found: Off, language: str) -> str:
    """How far a figure is off: 低于预期 20%; of a counter its growth: 近 10 分钟比预期少 20%."""
    size, expected = abs(found.by), found.gauge.curve.expected
    if found.gauge.since is not None and expected is not None:
        grown = GROWN_MORE if found.by > 0 else GROWN_LESS
        return grown.to(language, minutes=round(expected.span / 60), by=percent(size))
    by = points(size, language).lstrip("↑→") if found.gauge.curve.unit == "%" else percent(size)
    return (ABOVE if found.by > 0 else BELOW).to(language, by=by)


def basis(gauges: Iterable[Gauge], language: str) -> str:
    """What most of the gauges' expectations come from; of counters it is always the session itself, so they say nothing."""
    found = [gauge.curve.expected for gauge in gauges if gauge.curve.expected is not None]
    sources = Counter(one.source for one in found if not one.span) or Counter(one.source for one in found)
    return BASES[sources.most_common(1)[0][0].value].to(language) if sources else ""


def none_worst(gauges: Iterable[Gauge]) -> Phrase:
    """What is said where nothing is off: that all is well, that nothing is expected yet, or that nothing is known."""
    known = [gauge for gauge in gauges if gauge.value is not None]
    if not known:
        return NOTHING_NOW
    return WORST_NONE if any(gauge.expected is not None for gauge in known) else TOO_EARLY
