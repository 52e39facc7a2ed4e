"""What is wrong with a running order, as data: a code, the line, the figures. Each channel words it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.nudges import Planned
from bot.domain.running_order import (
    ENCORE,
    OrderEvent,
    OrderLine,
    Part,
    RunningOrder,
    price_changes,
    same_product,
    starts_at,
)
from bot.domain.wording import Found, Level, Wording, WordKind, find

SLACK = Decimal("0.1")
"""Share of the session that an order leaves free: section 08.8."""
SHORT = Decimal("0.8")
"""An order that fills less of the session than this leaves more than twice the slack; our own."""
LONGEST_OPENING = 30
"""Minutes of traffic products at the start: section 08.1."""
PRICE_FRAUD = "《明码标价和禁止价格欺诈规定》"


class Weight(StrEnum):
    """How much a remark counts: the law, the plan, or a matter of craft."""

    LAW = "law"
    PLAN = "plan"
    HINT = "hint"


class Code(StrEnum):
    """Everything that can be wrong with an order."""

    EMPTY = "empty"
    LIST_PRICE_UNPROVEN = "list_price_unproven"
    LIST_PRICE_TOO_HIGH = "list_price_too_high"
    CLAIM_UNPROVEN = "claim_unproven"
    ABOVE_LIST_PRICE = "above_list_price"
    FORBIDDEN_WORD = "forbidden_word"
    WORD_NEEDS_PROOF = "word_needs_proof"
    WORD_HINT = "word_hint"
    SCARCITY_UNTRUE = "scarcity_untrue"
    BAIT_SOLD_OUT = "bait_sold_out"
    BAIT_STOCK_UNKNOWN = "bait_stock_unknown"
    GIVEAWAY_UNTIMED = "giveaway_untimed"
    EVENT_OUTSIDE = "event_outside"
    NO_STOCK = "no_stock"
    STOCK_UNKNOWN = "stock_unknown"
    STOCK_BELOW_GOAL = "stock_below_goal"
    MINUTES_MISSING = "minutes_missing"
    MINUTES_OVER = "minutes_over"
    MINUTES_TIGHT = "minutes_tight"
    MINUTES_SHORT = "minutes_short"
    NO_BRIDGE = "no_bridge"
    NO_PROFIT = "no_profit"
    OPENING_LONG = "opening_long"
    PART_MISSING = "part_missing"
    SAME_PRODUCT = "same_product"
    PRICE_CHANGES = "price_changes"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a remark rests on: its weight, the section of the handbook, and the law as chapter 14 names it, if any."""

    weight: Weight
    section: str
    article: str = ""


GROUNDS: Mapping[Code, Ground] = {
    Code.EMPTY: Ground(Weight.PLAN, "08.8"),
    Code.LIST_PRICE_UNPROVEN: Ground(Weight.LAW, "14.4", f"{PRICE_FRAUD}第十六条、第十七条"),
    Code.LIST_PRICE_TOO_HIGH: Ground(Weight.LAW, "14.4", f"{PRICE_FRAUD}第十六条"),
    Code.CLAIM_UNPROVEN: Ground(Weight.LAW, "14.4", f"{PRICE_FRAUD}第十六条、第十七条"),
    Code.ABOVE_LIST_PRICE: Ground(Weight.PLAN, "14.4"),
    Code.FORBIDDEN_WORD: Ground(Weight.LAW, "14.2"),
    Code.WORD_NEEDS_PROOF: Ground(Weight.LAW, "14.2"),
    Code.WORD_HINT: Ground(Weight.HINT, "14.2"),
    Code.SCARCITY_UNTRUE: Ground(Weight.LAW, "14.9", "《广告法》第二十八条"),
    Code.BAIT_SOLD_OUT: Ground(Weight.LAW, "14.7", f"{PRICE_FRAUD}第十九条"),
    Code.BAIT_STOCK_UNKNOWN: Ground(Weight.LAW, "14.7", f"{PRICE_FRAUD}第十九条"),
    Code.GIVEAWAY_UNTIMED: Ground(Weight.LAW, "14.5", "《规范促销行为暂行规定》"),
    Code.EVENT_OUTSIDE: Ground(Weight.PLAN, "12.38"),
    Code.NO_STOCK: Ground(Weight.LAW, "14.9", "《广告法》第二十八条"),
    Code.STOCK_UNKNOWN: Ground(Weight.PLAN, "04.5"),
    Code.STOCK_BELOW_GOAL: Ground(Weight.PLAN, "04.5"),
    Code.MINUTES_MISSING: Ground(Weight.PLAN, "08.8"),
    Code.MINUTES_OVER: Ground(Weight.PLAN, "08.8"),
    Code.MINUTES_TIGHT: Ground(Weight.HINT, "08.8"),
    Code.MINUTES_SHORT: Ground(Weight.HINT, "08.8"),
    Code.NO_BRIDGE: Ground(Weight.PLAN, "08.1"),
    Code.NO_PROFIT: Ground(Weight.PLAN, "08.1"),
    Code.OPENING_LONG: Ground(Weight.HINT, "08.1"),
    Code.PART_MISSING: Ground(Weight.HINT, "08.1"),
    Code.SAME_PRODUCT: Ground(Weight.HINT, "08.9"),
    Code.PRICE_CHANGES: Ground(Weight.PLAN, "04.6"),
}

_BAIT = (Part.TRAFFIC, Part.WELFARE, Part.FAN)
_LOWEST = re.compile(r"(?:最低价|最低成交价|底价)")
_PROVEN = re.compile(r"(?:最低成交价|成交价|最低价)\D{0,6}?[¥￥]?\s?(\d{1,7}(?:\.\d{1,2})?)\s?[元块]")
_WORDS = {Level.BLOCK: Code.FORBIDDEN_WORD, Level.EVIDENCE: Code.WORD_NEEDS_PROOF, Level.HINT: Code.WORD_HINT}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to put right: `line` is its position, None for the whole order; `values` are what the sentence names.

    `section` and `article` are those of the wording for a word, else those of the code.
    """

    code: Code
    line: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    section: str = ""
    article: str = ""

    @property
    def weight(self) -> Weight:
        """How much it counts."""
        return GROUNDS[self.code].weight


def check(
    order: RunningOrder,
    *,
    length: timedelta,
    wordings: Iterable[Wording],
    goal: Decimal | None = None,
    go_live: datetime | None = None,
) -> tuple[Remark, ...]:
    """Everything to put right before the session, the whole order first, then line by line. Pure.

    `length` is the session's, `goal` its GMV in yuan, paid; without `go_live` clock times cannot be held against the length.
    """
    if not order.lines:
        return (_remark(Code.EMPTY),)
    words = tuple(wordings)
    found = [*_minutes(order, length), *_goal(order, goal), *_parts(order), *_repeated(order)]
    for line in order.lines:
        found += [*_price(line, words), *_stock(line), *_words(line, words)]
    found += _events(order, length, go_live)
    return tuple(sorted(found, key=lambda remark: remark.line or 0))


def value_of(order: RunningOrder) -> Decimal:
    """Yuan that the order can sell at most: known stock at the shown price, a product that comes back counted once."""
    return sum((line.price * line.stock for line in _once(order) if line.stock is not None), Decimal(0))


def _remark(code: Code, line: int | None = None, **values: object) -> Remark:
    return Remark(code, line, values, GROUNDS[code].section, GROUNDS[code].article)


def _minutes(order: RunningOrder, length: timedelta) -> Iterator[Remark]:
    missing = [line.position for line in order.lines if line.minutes is None]
    yield from (_remark(Code.MINUTES_MISSING, position) for position in missing)
    total, whole = order.known_minutes, Decimal(int(length.total_seconds())) / 60
    values = {"total": total, "length": whole, "free": whole - total, "over": total - whole}
    if total > whole:
        yield _remark(Code.MINUTES_OVER, None, **values)
    elif missing:
        return
    elif total > whole * (1 - SLACK):
        yield _remark(Code.MINUTES_TIGHT, None, **values)
    elif total < whole * SHORT:
        yield _remark(Code.MINUTES_SHORT, None, **values)


def _goal(order: RunningOrder, goal: Decimal | None) -> Iterator[Remark]:
    unknown = tuple(line.position for line in _once(order) if line.stock is None)
    worth = value_of(order)
    if unknown:
        yield _remark(Code.STOCK_UNKNOWN, lines=unknown)
    elif goal is not None and worth < goal:
        yield _remark(Code.STOCK_BELOW_GOAL, worth=worth, goal=goal, lacking=goal - worth)


def _once(order: RunningOrder) -> list[OrderLine]:
    """One line a product: the one with the most stock, and of those the cheapest, for what sells there is sold once."""
    best: dict[str, OrderLine] = {}
    for line in order.lines:
        held = best.setdefault(same_product(line.name), line)
        if (line.stock if line.stock is not None else -1, -line.price) > (
            held.stock if held.stock is not None else -1,
            -held.price,
        ):
            best[same_product(line.name)] = line
    return list(best.values())


def _parts(order: RunningOrder) -> Iterator[Remark]:
    named = {line.part for line in order.lines}
    if None in named:
        yield _remark(Code.PART_MISSING, lines=tuple(line.position for line in order.lines if line.part is None))
    if named != {None}:
        if Part.BRIDGE not in named:
            yield _remark(Code.NO_BRIDGE)
        if Part.PROFIT not in named:
            yield _remark(Code.NO_PROFIT)
    opening = Decimal(0)
    for line in order.lines:
        if line.part is not Part.TRAFFIC:
            break
        opening += line.minutes or 0
    if opening > LONGEST_OPENING:
        yield _remark(Code.OPENING_LONG, minutes=opening, most=LONGEST_OPENING)


def _repeated(order: RunningOrder) -> Iterator[Remark]:
    changed = price_changes(order)
    first: dict[str, OrderLine] = {}
    for line in order.lines:
        before = first.setdefault(same_product(line.name), line)
        if line.position in changed:
            other = order.lines[changed[line.position] - 1]
            yield _remark(
                Code.PRICE_CHANGES, line.position, name=line.name, price=line.price, first=other.position, before=other.price
            )
        elif before is not line and ENCORE not in line.name:
            yield _remark(Code.SAME_PRODUCT, line.position, name=line.name, first=before.position)


def _price(line: OrderLine, wordings: tuple[Wording, ...]) -> Iterator[Remark]:
    if line.list_price is not None:
        values = {"price": line.price, "list_price": line.list_price}
        if line.price > line.list_price:
            yield _remark(Code.ABOVE_LIST_PRICE, line.position, **values)
        proven = _PROVEN.search(line.price_evidence or "")
        if not _has_evidence(line):
            yield _remark(Code.LIST_PRICE_UNPROVEN, line.position, **values)
        elif proven and Decimal(proven[1]) < line.list_price:
            yield _remark(Code.LIST_PRICE_TOO_HIGH, line.position, proven=Decimal(proven[1]), **values)
    if not _has_evidence(line):
        claims = [one.word for one in find(wordings, _said(line)) if _is_price_claim(one)]
        blocked = any(
            one.wording.level is Level.BLOCK and one.wording.kind is WordKind.PRICE for one in find(wordings, _said(line))
        )
        lowest = None if blocked else _LOWEST.search(_said(line))
        for word in dict.fromkeys([*claims, *([lowest[0]] if lowest else [])]):
            yield _remark(Code.CLAIM_UNPROVEN, line.position, word=word)


def _stock(line: OrderLine) -> Iterator[Remark]:
    if line.part in _BAIT and line.stock is None:
        yield _remark(Code.BAIT_STOCK_UNKNOWN, line.position, name=line.name)
    elif line.part in _BAIT and line.stock == 0:
        yield _remark(Code.BAIT_SOLD_OUT, line.position, name=line.name)
    elif line.stock == 0:
        yield _remark(Code.NO_STOCK, line.position, name=line.name)


def _words(line: OrderLine, wordings: tuple[Wording, ...]) -> Iterator[Remark]:
    """Words in what is shown, each once; a price claim is judged by its evidence, a number left by the stock."""
    seen = set()
    for found in find(wordings, _said(line)):
        one = found.wording
        left = re.search(r"\d{1,9}", found.word) if one.kind is WordKind.SCARCITY and one.level is Level.EVIDENCE else None
        if _is_price_claim(found) or (one.id, found.word) in seen:
            continue
        seen.add((one.id, found.word))
        if left and line.stock is not None:
            if int(left[0]) != line.stock:
                yield _remark(Code.SCARCITY_UNTRUE, line.position, word=found.word, stock=line.stock)
            continue
        values = {"word": found.word, "id": one.id, "reason": one.reason, "instead": one.instead}
        yield Remark(_WORDS[one.level], line.position, values, one.section, one.article)


def _events(order: RunningOrder, length: timedelta, go_live: datetime | None) -> Iterator[Remark]:
    rows: list[tuple[OrderEvent, int | None]] = [(line.event, line.position) for line in order.lines if line.event]
    rows += [(pause.event, pause.after or None) for pause in order.interludes]
    for event, position in rows:
        if event.kind is Planned.GIVEAWAY and not event.timed:
            yield _remark(Code.GIVEAWAY_UNTIMED, position, event=event.text)
        elif _is_outside(event, length, go_live):
            yield _remark(Code.EVENT_OUTSIDE, position, event=event.text)


def _is_outside(event: OrderEvent, length: timedelta, go_live: datetime | None) -> bool:
    if event.minute is not None:
        return timedelta(minutes=event.minute) >= length
    start = starts_at(event, go_live) if go_live else None
    return start is not None and go_live is not None and start - go_live >= length


def _said(line: OrderLine) -> str:
    """What viewers may get to see of a line."""
    return f"{line.name}\n{line.event.text}" if line.event else line.name


def _has_evidence(line: OrderLine) -> bool:
    return bool(line.price_evidence and line.price_evidence.strip())


def _is_price_claim(found: Found) -> bool:
    return found.wording.kind is WordKind.PRICE and found.wording.level is Level.EVIDENCE
