"""One figure over time as a picture for a phone: what it did, what was expected, where the line is, and what was planned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from bot.channels.figures import figure
from bot.channels.pictures import words
from bot.channels.pictures.canvas import BAND, BLANK, EVENT, FAINT, INK, LIMIT, LINE, PAPER, SOFT, Canvas
from bot.channels.session_lines import short
from bot.domain.curves import Curve, extent, gaps, known, round_steps, runs

WIDTH, HEIGHT = 900, 540
LEFT, RIGHT, BOTTOM, TOP = 96, 34, 56, 124
"""Pixels around the plot."""
NOTE = 34
BIG, SMALL, TINY = 34, 22, 20
"""Heights of text in pixels; a phone shows the picture at about two fifths."""
_TIMES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_LABELS = 6
_COLUMN = 11
"""Pixels of one column of small text; a Chinese character takes two."""
_PLACES = 16
"""Steps from left to right in which a place is looked for."""
_NAMED = 90
"""Pixels that a stretch needs to have its name in it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where times and values lie on the picture."""

    curve: Curve
    low: float
    high: float
    top: int = HEIGHT - TOP

    def x(self, time: float) -> float:
        share = (time - self.curve.start) / (self.curve.end - self.curve.start)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return BOTTOM + (value - self.low) / (self.high - self.low) * (self.top - BOTTOM)


def chart(curve: Curve, language: str, note: str = "") -> bytes:
    """A PNG of 900 by 540 pixels; `note` stands below the title, such as how the figure is made.

    Takes a tenth of a second or two: not for the event loop. `start` must lie before `end`.
    """
    canvas, place = Canvas(WIDTH, HEIGHT), _Place(curve, *extent(curve), HEIGHT - TOP - (NOTE if note else 0))
    for draw in (_events, _expected, _gaps, _grid, _event_names, _threshold, _line, _threshold_name, _moment):
        draw(canvas, place, language)
    _head(canvas, curve, language)
    canvas.text(LEFT / 3, HEIGHT - 80 - NOTE, short(note, (WIDTH - LEFT) // _COLUMN), TINY, SOFT)
    return canvas.png()


def _head(canvas: Canvas, curve: Curve, language: str) -> None:
    name = short((curve.english or curve.name) if language == "en" else curve.name, 36)
    title = words.TITLE.to(language, name=name, value=figure(curve.current, curve.unit, language))
    canvas.text(LEFT / 3, HEIGHT - 36, title, BIG)
    when = f"{_clock(curve)(curve.start)}–{_clock(curve)(curve.end)}"
    canvas.text(LEFT / 3, HEIGHT - 80, "  ".join(filter(None, (short(curve.where, 40), when))), SMALL, SOFT)
    x = float(WIDTH - RIGHT)
    for label, colour, shown in (
        (words.PLANNED, EVENT, bool(curve.events)), (words.EXPECTED, BAND, curve.expected is not None),
    ):  # fmt: skip
        if shown:
            said = label.to(language)
            canvas.text(x, HEIGHT - 80, said, TINY, SOFT, align="right")
            x -= TINY * (len(said) if language != "en" else len(said) * 0.55) + 30
            canvas.box(x, HEIGHT - 88, 22, 16, colour)
            x -= 18


def _events(canvas: Canvas, place: _Place, language: str) -> None:
    """Planned events as light bands over the whole height."""
    height = place.top - BOTTOM
    for event in place.curve.events:
        left, right = place.x(event.start), place.x(event.end)
        if right <= left:
            continue
        canvas.box(left, BOTTOM, right - left, height, EVENT, clear=0.75)


def _event_names(canvas: Canvas, place: _Place, language: str) -> None:
    """What they are called, above the band of what was expected."""
    for event in place.curve.events:
        left, right = place.x(event.start), place.x(event.end)
        if right - left >= _NAMED:
            name = short(event.name, int((right - left) / _COLUMN))
            canvas.text((left + right) / 2, place.top - 16, name, TINY, SOFT, align="center")


def _gaps(canvas: Canvas, place: _Place, language: str) -> None:
    """Where nothing is known nothing is drawn, and that is said."""
    height = place.top - BOTTOM
    said = (words.NO_DATA if known(place.curve) else words.NO_DATA_AT_ALL).to(language)
    for start, end in gaps(place.curve):
        left, right = place.x(start), place.x(end)
        canvas.box(left, BOTTOM, right - left, height, BLANK)
        if right - left >= _NAMED:
            canvas.text((left + right) / 2, BOTTOM + height / 2, said, SMALL, SOFT, align="center")


def _grid(canvas: Canvas, place: _Place, language: str) -> None:
    right = WIDTH - RIGHT
    if known(place.curve) or place.curve.threshold is not None:
        for value in round_steps(place.low, place.high):
            y = place.y(value)
            canvas.line((LEFT, right), (y, y), FAINT)
            canvas.text(LEFT - 10, y, figure(value, place.curve.unit, language), TINY, SOFT, align="right")
    canvas.line((LEFT, right), (BOTTOM, BOTTOM), SOFT)
    said = _clock(place.curve)
    for time in _round_times(place.curve):
        x = place.x(time)
        canvas.line((x, x), (BOTTOM, BOTTOM - 6), SOFT)
        canvas.text(x, BOTTOM - 24, said(time), TINY, SOFT, align="center")


def _expected(canvas: Canvas, place: _Place, language: str) -> None:
    expected = place.curve.expected
    if expected is None:
        return
    rows = zip(expected.times, expected.low, expected.high, strict=True)
    xs, lows, highs = [], [], []
    for time, low, high in [*rows, (float("inf"), float("nan"), float("nan"))]:
        # A row without a number ends the area; another one may begin behind it.
        if low == low and high == high and place.curve.start <= time <= place.curve.end:
            xs.append(place.x(time))
            lows.append(place.y(low))
            highs.append(place.y(high))
        elif xs and not place.curve.start <= time <= place.curve.end or low != low or high != high:
            if len(xs) > 1:
                canvas.area(xs, lows, highs, BAND)
            xs, lows, highs = [], [], []


def _threshold(canvas: Canvas, place: _Place, language: str) -> None:
    value = place.curve.threshold
    if value is None or value != value:
        return
    y = place.y(value)
    canvas.line((LEFT, WIDTH - RIGHT), (y, y), LIMIT, 2, dashed=True)


def _threshold_name(canvas: Canvas, place: _Place, language: str) -> None:
    """What the limit is, where the curve does not run through it; else upon a paper of its own."""
    value = place.curve.threshold
    if value is None or value != value:
        return
    said = words.THRESHOLD.to(language, value=figure(value, place.curve.unit, language))
    width = sum(1 + (east_asian_width(character) in "WF") for character in said) * TINY * 0.54
    x, y, crossed = limit_place(place.curve, (place.x, place.y), width, place.top)
    if crossed:
        canvas.box(x - 4, y - TINY / 2 - 3, width + 8, TINY + 6, PAPER, clear=0.85)
    canvas.text(x, y, said, TINY, LIMIT)


def limit_place(
    curve: Curve, at: tuple[Callable[[float], float], Callable[[float], float]], width: float, top: float
) -> tuple[float, float, int]:
    """Where the name of the limit stands, its left and its middle, and in how many columns of pixels the curve crosses it there.

    `at` gives the pixel of a time and of a value. Left, right or between, above or below the line: where the curve is away.
    """
    assert curve.threshold is not None
    x_of, y_of = at
    line, found = y_of(curve.threshold), []
    first, last = LEFT + 8.0, WIDTH - RIGHT - 8.0 - width
    between = [first + step * (last - first) / _PLACES for step in range(1, _PLACES)]
    for x in (first, last, *between):
        for y in (line + 15, line - 15):
            if BOTTOM + TINY / 2 <= y <= top - TINY / 2:
                found.append((_crossed(curve, x_of, y_of, (x - 6, y - TINY * 0.75, x + width + 6, y + TINY * 0.75)), x, y))
    crossed, x, y = min(found, key=lambda one: one[0]) if found else (1, LEFT + 8.0, line)
    return x, y, crossed


def _crossed(
    curve: Curve, x_of: Callable[[float], float], y_of: Callable[[float], float], box: tuple[float, float, float, float]
) -> int:
    """In how many columns of a box (left, bottom, right, top) there is some of the curve."""
    left, bottom, right, top = box
    count = 0
    for times, values in runs(curve):
        xs, ys = [x_of(time) for time in times], [y_of(value) for value in values]
        for (x, y), (next_x, next_y) in pairwise(zip(xs, ys, strict=True)):
            for column in range(math.ceil(max(x, left)), math.floor(min(next_x, right)) + 1):
                height = y + (next_y - y) * (column - x) / (next_x - x) if next_x > x else y
                count += bottom <= height <= top
    return count


def _line(canvas: Canvas, place: _Place, language: str) -> None:
    for times, values in runs(place.curve):
        xs, ys = [place.x(time) for time in times], [place.y(value) for value in values]
        if len(xs) > 1:
            canvas.line(xs, ys, LINE, 3)
        else:
            canvas.dot(xs[0], ys[0], 4, LINE)


def _moment(canvas: Canvas, place: _Place, language: str) -> None:
    """The moment that the picture is about: a line through it, a dot on the figure, both named."""
    curve = place.curve
    if curve.moment is None or not curve.start <= curve.moment <= curve.end:
        return
    x = place.x(curve.moment)
    canvas.line((x, x), (BOTTOM, place.top), INK, 1.5, dashed=True)
    near = [(time, value) for time, value in known(curve) if abs(time - curve.moment) <= curve.step]
    said = _clock(curve)(curve.moment)
    if near:
        time, value = min(near, key=lambda pair: abs(pair[0] - (curve.moment or 0.0)))
        canvas.dot(place.x(time), place.y(value), 8, LIMIT)
        said = f"{said}  {figure(value, curve.unit, language)}"
    side = "left" if x < LEFT + _NAMED else "right" if x > WIDTH - RIGHT - _NAMED else "center"
    canvas.text(x, place.top + 14, said, TINY, INK, align=side)


def _round_times(curve: Curve) -> list[float]:
    """A handful of round times on local clocks; zones differ from UTC by quarters of an hour, so smaller steps fit all."""
    step = next((step for step in _TIMES if (curve.end - curve.start) / step <= _LABELS), _TIMES[-1])
    offset = datetime.fromtimestamp(curve.start, ZoneInfo(curve.zone)).utcoffset()
    shift = offset.total_seconds() if offset else 0.0
    first = -(-(curve.start + shift) // step) * step - shift
    return [first + number * step for number in range(_LABELS + 1) if first + number * step <= curve.end]


def _clock(curve: Curve) -> Callable[[float], str]:
    zone = ZoneInfo(curve.zone)
    return lambda time: f"{datetime.fromtimestamp(time, UTC).astimezone(zone):%H:%M}"
