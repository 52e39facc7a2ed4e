"""A running order is the same after it was stored."""

from __future__ import annotations

import json
from datetime import time
from decimal import Decimal

from bot.domain.nudges import Planned
from bot.domain.order_rows import order_of, rows_of
from bot.domain.running_order import Interlude, OrderEvent, OrderLine, Part, RunningOrder


def test_a_running_order_comes_back_from_json_as_it_was():
    lines = (
        OrderLine(1, "雨伞", Decimal("19.90")),
        OrderLine(
            2, "风衣", Decimal("299"), 0, Part.PROFIT, Decimal("12.5"), Decimal("599"), "近 7 天最低 299",
            OrderEvent(Planned.GIVEAWAY, "福袋", clock=time(20, 30), minutes=6),
        ),
    )  # fmt: skip
    order = RunningOrder(lines, (Interlude(1, OrderEvent(Planned.BREAK, "休息", minute=60), Decimal(5)),))
    assert order_of(json.loads(json.dumps(rows_of(order)))) == order
    assert order_of(rows_of(RunningOrder(()))) == RunningOrder(())
