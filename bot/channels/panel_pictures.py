"""Boards and metrics of a live session as messages with a picture. Knows no platform; drawing takes place in `pictures`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels.board_view import formula_line
from bot.channels.panel_view import board_caption, reading_caption, spans, tip_caption, where
from bot.channels.pictures.artist import Artist
from bot.channels.tip_lines import title
from bot.domain.curves import Curve
from bot.domain.expressions.nodes import Name
from bot.domain.gauging import LEAST, SHOWN, about, compared
from bot.domain.messages import Message, Part, Picture
from bot.domain.metrics import Aggregation
from bot.domain.tips import Tip
from bot.errors import PictureFailed
from bot.flows.panels import Panel, Reading

REMEMBERED = 30
"""Pictures that are kept for whoever asks for the same again."""
LEAD = timedelta(minutes=30)
"""How long before a tip its chart begins."""


class PanelViews:
    """Draws one picture at a time, beside the event loop, and each picture of one panel once."""

    def __init__(self) -> None:
        self._artist = Artist()
        self._drawn: OrderedDict[tuple[str, ...], tuple[Panel, Picture]] = OrderedDict()

    async def board(self, panel: Panel, language: str) -> Message:
        """All metrics as one picture, with the worst three in words below it."""

        def draw() -> Awaitable[Picture]:
            return self._artist.board(panel.gauges, where(panel), panel.at.timestamp(), panel.session.zone, language)

        return await _with(board_caption(panel, language), self._once(panel, draw, "", language), language)

    async def reading(self, reading: Reading, names: Mapping[str, str], language: str) -> Message:
        """One metric as a chart, and in words below it; `names` are those of figures by id."""
        threshold = reading.lines[0].threshold.value if reading.lines else None
        curve = reading.gauge.curve
        gauge = about(reading.gauge, start=curve.start, end=curve.end, moment=curve.end, threshold=threshold)

        def draw() -> Awaitable[Picture]:
            drawn = replace(gauge.curve, events=spans(reading.panel.events, language))
            return self._artist.chart(drawn, language, formula_line(reading.metric, names, language))

        picture = self._once(reading.panel, draw, reading.metric.id, language)
        return await _with(reading_caption(reading, names, language), picture, language)

    async def tip(self, tip: Tip, reading: Reading, language: str) -> Message:
        """What a tip is about as a chart: from half an hour before it on, the moment marked."""
        reading = as_compared(tip, reading, language)
        picture = self._artist.chart(tip_curve(tip, reading, language), language)
        return await _with(tip_caption(tip, reading, language), picture, language)

    def close(self) -> None:
        """Draw no more."""
        self._artist.close()

    async def _once(self, panel: Panel, draw: Callable[[], Awaitable[Picture]], *name: str) -> Picture:
        key = (panel.session.id, *name)
        kept = self._drawn.get(key)
        if kept is None or kept[0] is not panel:
            kept = self._drawn[key] = (panel, await draw())
            while len(self._drawn) > REMEMBERED:
                self._drawn.popitem(last=False)
        return kept[1]


def as_compared(tip: Tip, reading: Reading, language: str) -> Reading:
    """The reading with the figure as the tip's rule compares it: of counters their quotient, or what they grew by."""
    led, turn = tip.headline, tip.turn
    if led is None or turn is None or isinstance(led.node, Name):
        return reading
    gauge = compared(reading.gauge, led.node, reading.panel.gauges, bool(led.whole))
    called = title(turn, language)
    gauge = replace(gauge, curve=replace(gauge.curve, name=called, english=called))
    return replace(reading, metric=replace(reading.metric, aggregation=Aggregation.RATIO), gauge=gauge)


async def _with(words: Message, picture: Awaitable[Picture], language: str) -> Message:
    """The words with their picture; without it, and why, where it cannot be drawn."""
    try:
        return replace(words, picture=await picture)
    except PictureFailed as error:
        return replace(words, parts=(*words.parts, Part(f"\n⚠️ {error.to(language)}")))


def tip_curve(tip: Tip, reading: Reading, language: str) -> Curve:
    """The figure that a tip is about, around the moment at which it was told."""
    told, end = tip.told.timestamp(), reading.gauge.curve.end
    start = (tip.told - LEAD).timestamp()
    # Pressed an hour later, the chart is still about what the tip told of.
    end = min(max(end, told), start + SHOWN)
    gauge = about(reading.gauge, start=min(start, end - LEAST), end=end, moment=told, threshold=_threshold(tip))
    return replace(gauge.curve, events=spans(reading.panel.events, language))


def _threshold(tip: Tip) -> float | None:
    """The limit on the figure's own scale: as it is, or as a share of what the figure was before."""
    turn = tip.turn
    bar = next((bar for bar in tip.bars if turn and bar.name == turn.name), None)
    if turn is None or bar is None:
        return None
    if not bar.ratio or turn.whole[0]:
        return bar.value
    if turn.before is None or turn.now is None or bar.value >= 1:
        return None
    return turn.before * (1 - bar.value if turn.now < turn.before else 1 + bar.value)
