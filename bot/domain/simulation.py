"""A live session that never was, as a feed would have brought it: for trying rules, boards and imports without anybody's figures.

People come, click and buy by chance: every count is a Poisson draw around a rate that follows the phases of a session, the
product being sold and, if one is asked for, an incident. Pure: the same seed gives the same session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.random import Generator

from bot.domain.samples import Sample

STEP = 5
"""Seconds between two samples."""
SHORTEST, LONGEST = 10, 17 * 60
"""Minutes of a session."""
_CYCLE = 480.0
"""Seconds for which one product is sold: it is shown, pushed, and let go."""


class Incident(StrEnum):
    """What goes wrong in the middle of the session, for a tenth of it."""

    TRAFFIC_DROP = "traffic_drop"
    SOLD_OUT = "sold_out"
    STALE_HOST = "stale_host"
    AD_WASTE = "ad_waste"
    BLIND = "blind"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class _Phase:
    """`until` is a share of the session; impressions a second, share entering, stay in seconds, buying beside the main part."""

    until: float
    shown: float
    enters: float
    stays: float
    buys: float
    prices: tuple[float, ...]


_PHASES = (
    _Phase(0.08, 7.0, 0.09, 40.0, 0.3, (39.9, 59.0)),
    _Phase(0.25, 14.0, 0.14, 62.0, 2.2, (9.9, 19.9)),
    _Phase(0.88, 10.0, 0.11, 52.0, 1.0, (59.0, 79.9, 99.0, 129.0, 159.0)),
    _Phase(1.01, 6.0, 0.09, 46.0, 1.4, (49.9, 69.0)),
)
_COUNTED = (
    "watch_uv", "watch_pv", "impression_uv", "comment_cnt", "like_cnt", "share_cnt", "new_follow", "fans_club_join",
    "item_exp_uv", "item_clk_uv", "cart_add_uv", "create_order_cnt", "pay_order_cnt", "pay_uv",
)  # fmt: skip
FIGURES = ("online_now", "avg_watch_sec", *_COUNTED, "gmv", "ad_cost")
"""What the feed brings, in this order."""


def simulated(start: datetime, minutes: int, seed: int, incident: Incident | None = None) -> Iterator[Sample]:
    """The samples of a session of so many minutes, every `STEP` seconds. Counters are cumulative, money is in yuan."""
    chance = np.random.default_rng(seed)
    room = _Room(chance, minutes * 60.0)
    for second in range(0, minutes * 60 + 1, STEP):
        struck = incident if incident and 0.5 <= second / room.length < 0.6 else None
        room.step(float(second), struck)
        if struck is not Incident.BLIND:
            yield Sample(start + timedelta(seconds=second), room.figures(restarted=incident is Incident.RESET))


class _Room:
    """The room's state from step to step."""

    def __init__(self, chance: Generator, length: float) -> None:
        self._chance, self.length = chance, length
        self._counts = dict.fromkeys((*_COUNTED, "gmv", "ad_cost"), 0.0)
        self._before: dict[str, float] = {}
        self._online, self._stay = 0, 40.0
        self._size = float(chance.uniform(0.7, 1.4))

    def step(self, second: float, struck: Incident | None) -> None:
        """Let `STEP` seconds pass."""
        phase = next(one for one in _PHASES if second / self.length < one.until)
        place = (second % _CYCLE) / _CYCLE
        if struck is Incident.RESET and not self._before:
            self._before = dict(self._counts)
        self._come_and_go(phase, struck)
        self._talk(struck)
        self._buy(phase, place, int(second // _CYCLE), struck)
        wasted = 4.0 if struck is Incident.AD_WASTE else 1.0
        self._counts["ad_cost"] += round(float(self._chance.gamma(4.0, 0.05)) * STEP * wasted * self._size, 2)

    def figures(self, *, restarted: bool) -> dict[str, float]:
        """What a feed says now; one that started over says what was counted since."""
        since = self._before if restarted else {}
        counts = {name: round(value - since.get(name, 0.0), 2) for name, value in self._counts.items()}
        shown = {"online_now": float(self._online), "avg_watch_sec": round(self._stay, 1)}
        return {name: (shown | counts)[name] for name in FIGURES}

    def _come_and_go(self, phase: _Phase, struck: Incident | None) -> None:
        rate = phase.shown * self._size * (0.25 if struck is Incident.TRAFFIC_DROP else 1.0)
        stays = phase.stays * (0.45 if struck is Incident.STALE_HOST else 1.0)
        shown = self._drawn(rate * STEP)
        came = int(self._chance.binomial(shown, phase.enters))
        left = int(self._chance.binomial(self._online, 1.0 - np.exp(-STEP / (stays * 2.5))))
        self._online = max(0, self._online + came - left)
        # The board averages over everybody so far, so it follows slowly.
        self._stay += (stays * float(self._chance.normal(1.0, 0.04)) - self._stay) * 0.02
        self._count(impression_uv=shown, watch_uv=int(self._chance.binomial(came, 0.85)), watch_pv=came)

    def _talk(self, struck: Incident | None) -> None:
        lively = self._online * STEP * (0.4 if struck is Incident.STALE_HOST else 1.0)
        self._count(
            comment_cnt=self._drawn(lively * 0.004), like_cnt=self._drawn(lively * 0.03), share_cnt=self._drawn(lively * 0.0004),
            new_follow=self._drawn(lively * 0.0007), fans_club_join=self._drawn(lively * 0.0002),
        )  # fmt: skip

    def _buy(self, phase: _Phase, place: float, product: int, struck: Incident | None) -> None:
        """Little while a product is shown, most while it is pushed; nothing when it is sold out, though people still click."""
        pushed = 0.4 if place < 0.45 else 2.0 if place < 0.85 else 0.8
        seen = self._drawn(self._online * STEP * 0.006)
        clicked = int(self._chance.binomial(seen, min(0.9, 0.28 * pushed)))
        carted = int(self._chance.binomial(clicked, 0.5))
        share = 0.0 if struck is Incident.SOLD_OUT else min(0.9, 0.09 * phase.buys * pushed)
        ordered = int(self._chance.binomial(clicked, share))
        paid = int(self._chance.binomial(ordered, 0.86))
        price = phase.prices[product % len(phase.prices)]
        self._count(
            item_exp_uv=seen, item_clk_uv=clicked, cart_add_uv=carted, create_order_cnt=ordered, pay_order_cnt=paid,
            pay_uv=int(self._chance.binomial(paid, 0.92)),
        )  # fmt: skip
        self._counts["gmv"] += round(paid * price, 2)

    def _count(self, **more: int) -> None:
        for name, value in more.items():
            self._counts[name] += value

    def _drawn(self, rate: float) -> int:
        return int(self._chance.poisson(max(0.0, rate)))
