"""A running order as plain rows, to be stored as JSON, and back. Figures are text, so that none loses a digit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from bot.domain.nudges import Planned
from bot.domain.running_order import Interlude, OrderEvent, OrderLine, Part, RunningOrder

Row = dict[str, Any]


def rows_of(order: RunningOrder) -> list[Row]:
    """The lines, then the interludes."""
    lines = [
        {
            "position": one.position, "name": one.name, "price": str(one.price), "stock": one.stock,
            "part": one.part.value if one.part else None, "minutes": _text(one.minutes), "list_price": _text(one.list_price),
            "price_evidence": one.price_evidence, "event": _event(one.event) if one.event else None,
        }
        for one in order.lines
    ]  # fmt: skip
    pauses = [{"after": one.after, "minutes": _text(one.minutes), "event": _event(one.event)} for one in order.interludes]
    return [*lines, *pauses]


def order_of(rows: Iterable[Mapping[str, Any]]) -> RunningOrder:
    """What `rows_of` wrote down."""
    kept = list(rows)
    return RunningOrder(
        tuple(_line(row) for row in kept if "position" in row), tuple(_pause(row) for row in kept if "after" in row)
    )


def mark_of(order: RunningOrder) -> str:
    """Eight hexadecimal digits by which a button names the order that was shown above it."""
    return blake2b(repr(rows_of(order)).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _line(row: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        row["position"], row["name"], Decimal(row["price"]), row["stock"], Part(row["part"]) if row["part"] else None,
        _number(row["minutes"]), _number(row["list_price"]), row["price_evidence"],
        _event_of(row["event"]) if row["event"] else None,
    )  # fmt: skip


def _pause(row: Mapping[str, Any]) -> Interlude:
    return Interlude(row["after"], _event_of(row["event"]), _number(row["minutes"]))


def _event(event: OrderEvent) -> Row:
    clock = event.clock.isoformat("minutes") if event.clock else None
    return {"kind": event.kind.value, "text": event.text, "minute": event.minute, "clock": clock, "minutes": event.minutes}


def _event_of(row: Mapping[str, Any]) -> OrderEvent:
    clock = time.fromisoformat(row["clock"]) if row["clock"] else None
    return OrderEvent(Planned(row["kind"]), row["text"], row["minute"], clock, row["minutes"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
