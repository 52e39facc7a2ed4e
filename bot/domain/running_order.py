"""The running order of a live session: which product when, for how much, how many of it, and what is announced beside it.

Knows nothing about files; what is wrong with an order is said in `order_checks`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.nudges import Phase, Planned
from bot.domain.plans import EDGE, SETTLES, PlannedEvent, PlannedPhase, later

MOST_LINES = 300
"""Lines of one order; a room of three hours shows 20 to 30 products."""
MOST_MINUTES = 48 * 60
"""Minutes of one line, and from go-live to an event, at most."""
ENCORE = "返场"
"""Marks a line that brings a product back on purpose."""

LASTS = {
    Planned.GIVEAWAY: 6,
    Planned.HOST_CHANGE: 5,
    Planned.HOT_RELEASE: 10,
    Planned.BUDGET_RAISE: 30,
    Planned.BREAK: 5,
}
"""Minutes that an event lasts where the order does not say; our own, the change of host by section 11.14."""

_Run = tuple[Phase, Decimal, Decimal, tuple[int, ...]]
"""A phase, its start and end in minutes after go-live, and the positions of its lines."""


class Part(StrEnum):
    """What a product is there for: sections 04.1 and 08.1."""

    TRAFFIC = "traffic"
    BRIDGE = "bridge"
    PROFIT = "profit"
    UPGRADE = "upgrade"
    IMAGE = "image"
    WELFARE = "welfare"
    FAN = "fan"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something announced, in the order's own words: 福袋, 秒杀, 改价.

    It begins `minute` minutes after go-live or at the next `clock`; where both are None, with its line. `minutes` is how long
    it lasts. Raises ValueError for a figure that no session has.
    """

    kind: Planned
    text: str
    minute: int | None = None
    clock: time | None = None
    minutes: int | None = None

    def __post_init__(self) -> None:
        if self.minute is not None and not 0 <= self.minute <= MOST_MINUTES:
            raise ValueError(f"no minute of a session: {self.minute}")
        if self.minutes is not None and not 0 < self.minutes <= MOST_MINUTES:
            raise ValueError(f"no length of an event: {self.minutes}")

    @property
    def timed(self) -> bool:
        """Whether the order says when."""
        return self.minute is not None or self.clock is not None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product, once: `position` counts from 1, `price` and `list_price` (划线价) are yuan, `minutes` what it is shown for.

    None says that the order does not tell; it is never a zero. Raises ValueError for a figure that cannot be.
    """

    position: int
    name: str
    price: Decimal
    stock: int | None = None
    part: Part | None = None
    minutes: Decimal | None = None
    list_price: Decimal | None = None
    price_evidence: str | None = None
    event: OrderEvent | None = None

    def __post_init__(self) -> None:
        if self.position < 1 or not self.name.strip():
            raise ValueError(f"a line needs a position and a name: {self.position} {self.name!r}")
        for price in (self.price, self.list_price):
            if price is not None and not (price.is_finite() and price > 0):
                raise ValueError(f"no price: {price}")
        if self.stock is not None and self.stock < 0:
            raise ValueError(f"no stock: {self.stock}")
        _check_minutes(self.minutes)


@dataclass(frozen=True, slots=True)
class Interlude:
    """A row of the order without a product: a lucky bag, a change of host, a break. It stands after line `after`, 0 for first.

    With `minutes` it takes time of its own; without, it happens beside what is shown.
    """

    after: int
    event: OrderEvent
    minutes: Decimal | None = None

    def __post_init__(self) -> None:
        _check_minutes(self.minutes)


@dataclass(frozen=True, slots=True)
class RunningOrder:
    """The lines in the order in which they are shown, numbered from 1 without a gap. Raises ValueError otherwise."""

    lines: tuple[OrderLine, ...]
    interludes: tuple[Interlude, ...] = ()

    def __post_init__(self) -> None:
        if [line.position for line in self.lines] != list(range(1, len(self.lines) + 1)) or len(self.lines) > MOST_LINES:
            raise ValueError("lines are numbered from 1 without a gap")
        if any(not 0 <= pause.after <= len(self.lines) for pause in self.interludes):
            raise ValueError("an interlude stands after a line of the order")

    @property
    def known_minutes(self) -> Decimal:
        """Minutes of everything that says how long it takes."""
        taken = [line.minutes for line in self.lines] + [pause.minutes for pause in self.interludes]
        return sum((minutes for minutes in taken if minutes is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Timed:
    """An item with its `start` and `end` in minutes after go-live, as far as they are known.

    What takes no time of its own has no end; nothing behind a line without minutes has a start.
    """

    item: OrderLine | Interlude
    start: Decimal | None
    end: Decimal | None


def same_product(name: str) -> str:
    """What two lines of one product have in common: the name without case, width, spaces, punctuation and 返场."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace(ENCORE, "")
    return re.sub(r"[\W_]+", "", folded) or folded


def phases(order: RunningOrder, go_live: datetime) -> tuple[PlannedPhase, ...]:
    """The phases of the session, one after the other, from go-live to the last line whose length is known.

    A line without minutes ends them: nobody knows when what follows begins. The first traffic products are the opening; what
    comes before the first profit product, and every welfare or fan product, is welfare; the last ten minutes are the closing
    (sections 08.1, 08.7, 12.38). Raises ValueError for a naive datetime.
    """
    found: list[_Run] = []
    for phase, start, end, lines in _phased(order):
        if found and found[-1][0] is phase:
            found[-1] = (phase, found[-1][1], end, found[-1][3] + lines)
        else:
            found.append((phase, start, end, lines))
    complete = all(line.minutes is not None for line in order.lines)
    runs = _closed(found) if complete and found else found
    return tuple(PlannedPhase(phase, _at(go_live, start), _at(go_live, end), lines) for phase, start, end, lines in runs)


def events(order: RunningOrder, go_live: datetime) -> tuple[PlannedEvent, ...]:
    """What the order announces, by its start: giveaways, releases, and products that come back at another price.

    One whose start nobody can know, behind a line without minutes, is left out. Raises ValueError for a naive datetime.
    """
    changed = price_changes(order)
    found = []
    for timed in _timed(order):
        item, line = timed.item, timed.item if isinstance(timed.item, OrderLine) else None
        event = item.event
        if event is None and line and line.position in changed:
            event = OrderEvent(Planned.HOT_RELEASE, line.name)
        if event:
            found.append(_event(event, line, timed, go_live))
    return tuple(sorted((event for event in found if event), key=lambda event: (event.start, event.line or 0)))


def price_changes(order: RunningOrder) -> dict[int, int]:
    """Positions of lines that bring a product back at another price than the last time, each with the position of that one."""
    last: dict[str, OrderLine] = {}
    out = {}
    for line in order.lines:
        before = last.get(key := same_product(line.name))
        if before and before.price != line.price:
            out[line.position] = before.position
        last[key] = line
    return out


def starts_at(event: OrderEvent, go_live: datetime) -> datetime | None:
    """When an event with a time of its own begins: a clock time is the next one from go-live on. None without a time."""
    if event.minute is not None:
        return _at(go_live, Decimal(event.minute))
    if event.clock is None:
        return None
    there = datetime.combine(go_live.date(), event.clock, go_live.tzinfo)
    return there if there >= go_live else there + timedelta(days=1)


def _check_minutes(minutes: Decimal | None) -> None:
    if minutes is not None and not (minutes.is_finite() and 0 < minutes <= MOST_MINUTES):
        raise ValueError(f"no length of a line: {minutes}")


def _items(order: RunningOrder) -> Iterator[OrderLine | Interlude]:
    for position in range(len(order.lines) + 1):
        if position:
            yield order.lines[position - 1]
        yield from (pause for pause in order.interludes if pause.after == position)


def _timed(order: RunningOrder) -> Iterator[_Timed]:
    now: Decimal | None = Decimal(0)
    for item in _items(order):
        end = now + item.minutes if now is not None and item.minutes is not None else None
        yield _Timed(item, now, end)
        if end is not None:
            now = end
        elif isinstance(item, OrderLine):
            now = None


def _phased(order: RunningOrder) -> Iterator[_Run]:
    """What takes time, each with its phase; an interlude belongs to what is shown before it."""
    opened = sold = False
    last = Phase.OPENING
    for timed in _timed(order):
        if isinstance(timed.item, OrderLine):
            part = timed.item.part
            opened = opened or part is not Part.TRAFFIC
            sold = sold or part in (Part.PROFIT, Part.UPGRADE, Part.IMAGE)
            is_welfare = part in (Part.WELFARE, Part.FAN) or (not sold and part in (Part.BRIDGE, Part.TRAFFIC))
            last = Phase.OPENING if not opened else Phase.WELFARE if is_welfare else Phase.MAIN
        if timed.start is not None and timed.end is not None:
            yield last, timed.start, timed.end, (timed.item.position,) if isinstance(timed.item, OrderLine) else ()


def _closed(found: list[_Run]) -> list[_Run]:
    """The phases with the last ten minutes as the closing, unless the order is too short to have one."""
    edge = Decimal(int(EDGE.total_seconds() // 60))
    end, lines = found[-1][2], found[-1][3]
    if end <= 2 * edge:
        return found
    kept = [(phase, start, min(stop, end - edge), lines) for phase, start, stop, lines in found if start < end - edge]
    return [*kept, (Phase.CLOSING, end - edge, end, lines[-1:])]


def _event(event: OrderEvent, line: OrderLine | None, timed: _Timed, go_live: datetime) -> PlannedEvent | None:
    start = starts_at(event, go_live)
    if start is None and timed.start is not None:
        start = _at(go_live, timed.start)
    if start is None:
        return None
    # What begins with its row lasts as long as the row; only a lucky bag beside a product has a clock of its own.
    with_row = None if event.timed or (line and event.kind is not Planned.HOT_RELEASE) else timed.item.minutes
    end = _at(start, event.minutes or with_row or LASTS[event.kind])
    return PlannedEvent(event.kind, start, end, later(end, SETTLES[event.kind]), event.text, line.position if line else None)


def _at(start: datetime, minutes: Decimal | int) -> datetime:
    return later(start, timedelta(seconds=int(minutes * 60)))
