"""All figures of a session on one picture: the worst three large, then every group with small curves, nothing known in grey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from bot.channels.figures import figure
from bot.channels.pictures import words
from bot.channels.pictures.canvas import BAD, BAND, FAINT, GOOD, INK, LINE, PAPER, SOFT, Canvas
from bot.channels.pictures.words import beyond
from bot.channels.session_lines import short
from bot.channels.words import Phrase
from bot.domain.curves import Curve, extent, runs
from bot.domain.panel import Gauge, Off, grouped, off, worst

WIDTH = 1080
MARGIN = 32
HEAD, TALL, TITLE, ROW = 84, 108, 52, 46
"""Heights in pixels: the headline, one of the worst, a group's title, a metric."""
BIG, MIDDLE, SMALL = 36, 28, 24
TINY = 20
LEAST = 17
"""Sizes of text: a name that is long is set smaller, down to the last of them, before it is cut."""
_COLUMN = 13
"""Pixels of one column of SMALL text; a Chinese character takes two."""
_WIDTHS = {"zh": (224, 112), "en": (280, 64)}
"""Widths of a metric's name and its curve; its value has the rest. Two metrics stand side by side."""
Box = tuple[float, float, float, float]
"""Left, bottom, width, height."""


def board(gauges: Sequence[Gauge], where: str, now: float, zone: str, language: str) -> bytes:
    """A PNG, 1080 pixels wide. Takes up to a second: not for the event loop.

    `where` says whose figures these are, `now` (seconds of the epoch) when, in `zone` (IANA).
    """
    first, groups = worst(gauges), grouped(gauges)
    rows = sum(-(-len(members) // 2) for _, members in groups)
    height = HEAD + TITLE + TALL * len(first) + (0 if first else ROW) + TITLE * len(groups) + ROW * rows + MARGIN
    canvas = Canvas(WIDTH, height)
    time = f"{datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)):%H:%M}"
    canvas.text(MARGIN, height - HEAD / 2, words.BOARD.to(language, where=short(where, 44)), BIG)
    canvas.text(WIDTH - MARGIN, height - HEAD / 2, time, BIG, SOFT, align="right")
    top = _worst(canvas, first, words.none_worst(gauges), height - HEAD, language)
    _legend(canvas, gauges, height - HEAD - TITLE / 2, language)
    for group, members in groups:
        top = _group(canvas, group, members, top, language)
    return canvas.png()


def _worst(canvas: Canvas, found: Sequence[Off], none: Phrase, top: float, language: str) -> float:
    """The worst, a wide row each; returns where to go on."""
    _title(canvas, words.WORST.to(language), top)
    top -= TITLE
    if not found:
        canvas.text(MARGIN, top - ROW / 2, none.to(language), MIDDLE, SOFT)
        return top - ROW
    for one in found:
        curve, middle = one.gauge.curve, top - TALL / 2
        canvas.text(MARGIN, middle + 20, name(curve, language, 30), MIDDLE)
        canvas.text(MARGIN, middle - 20, beyond(one, language), MIDDLE, BAD)
        _spark(canvas, curve, (MARGIN + 400, middle - 38, 380, 76), BAD)
        canvas.text(WIDTH - MARGIN, middle, figure(curve.current, curve.unit, language), BIG, BAD, align="right")
        top -= TALL
    return top


def _group(canvas: Canvas, group: str, members: Sequence[Gauge], top: float, language: str) -> float:
    known = sum(gauge.value is not None for gauge in members)
    _title(canvas, words.COUNT.to(language, group=words.group(group, language), known=known, all=len(members)), top)
    top -= TITLE
    half = (WIDTH - 3 * MARGIN) / 2
    for number, gauge in enumerate(members):
        left, middle = MARGIN + (number % 2) * (half + MARGIN), top - (number // 2 + 0.5) * ROW
        _metric(canvas, gauge, left, middle, half, language)
    return top - -(-len(members) // 2) * ROW


def _metric(canvas: Canvas, gauge: Gauge, left: float, middle: float, width: float, language: str) -> None:
    """Name, curve and value; what is not known is grey and says so."""
    curve, found = gauge.curve, off(gauge)
    missing = gauge.value is None
    tint = SOFT if missing else BAD if found and found.bad else GOOD if found else INK
    named, spark = _WIDTHS.get(language, _WIDTHS["zh"])
    said, size = fitted(curve, language, named)
    canvas.text(left, middle, said, size, SOFT if missing else INK)
    _spark(canvas, curve, (left + named + 12, middle - 15, spark, 30), SOFT if missing else LINE)
    canvas.text(left + width, middle, figure(gauge.value, curve.unit, language), SMALL, tint, align="right")


def _legend(canvas: Canvas, gauges: Sequence[Gauge], middle: float, language: str) -> None:
    """What the colours mean and whose expectation it is, from the right; nothing where nothing is expected."""
    whose = words.basis(gauges, language)
    if not whose:
        return
    right = float(WIDTH - MARGIN)
    for label, colour in ((words.WORSE, BAD), (words.BETTER, GOOD), (words.BAND_OF, BAND)):
        said = label.to(language, basis=whose)
        canvas.text(right, middle, said, TINY, SOFT, align="right")
        right -= columns(said) * TINY * 0.5 + 30
        canvas.box(right, middle - 8, 22, 16, colour)
        right -= 20


def _spark(canvas: Canvas, curve: Curve, box: Box, colour: str) -> None:
    """A curve without axes, over what is expected."""
    left, bottom, width, height = box
    low, high = extent(curve)
    span = curve.end - curve.start
    if curve.expected and curve.current is not None:
        rows = zip(curve.expected.times, curve.expected.low, curve.expected.high, strict=True)
        shown = [row for row in rows if curve.start <= row[0] <= curve.end and row[1] == row[1] and row[2] == row[2]]
        if len(shown) > 1:
            xs = [left + (row[0] - curve.start) / span * width for row in shown]
            lows, highs = ([bottom + (row[n] - low) / (high - low) * height for row in shown] for n in (1, 2))
            canvas.area(xs, lows, highs, BAND)
    found = runs(curve)
    if not found:
        canvas.line((left, left + width), (bottom + height / 2,) * 2, FAINT, 2, dashed=True)
    for times, values in found:
        xs = [left + (time - curve.start) / span * width for time in times]
        ys = [bottom + (value - low) / (high - low) * height for value in values]
        if len(xs) > 1:
            canvas.line(xs, ys, colour, 2)
        else:
            canvas.dot(xs[0], ys[0], 3, colour)


def _title(canvas: Canvas, text: str, top: float) -> None:
    canvas.box(0, top - TITLE, WIDTH, TITLE - 6, PAPER)
    canvas.text(MARGIN, top - TITLE / 2, text, MIDDLE, SOFT)
    canvas.line((MARGIN, WIDTH - MARGIN), (top - TITLE + 2,) * 2, FAINT, 2)


def name(curve: Curve, language: str, columns: int) -> str:
    """What the figure is called, without the remark in brackets."""
    return short(_called(curve, language), columns)


def fitted(curve: Curve, language: str, width: float) -> tuple[str, float]:
    """The same, and the size in which it has room; cut only where it would be smaller than `LEAST`."""
    said = _called(curve, language)
    size = min(float(SMALL), width / max(columns(said), 1) * SMALL / _COLUMN)
    return (said, size) if size >= LEAST else (short(said, int(width * SMALL / _COLUMN / LEAST)), LEAST)


def columns(text: str) -> int:
    """Columns of a text; a Chinese character takes two."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)


def _called(curve: Curve, language: str) -> str:
    said = (curve.english or curve.name) if language == "en" else curve.name
    return said.partition("（")[0]
