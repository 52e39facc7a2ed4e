"""A room that runs as it should, minute by minute, and ways to let something happen in it: for tests of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from bot.content.read import Content, read_content
from bot.domain.decisions import Decision
from bot.domain.nudges import Rule
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.seats import Watched
from bot.domain.watch import Event, Watch

START = 1_800_000_000.0
"""Go-live, in seconds; a whole minute."""
Figure = Callable[[float], float]
"""Minutes after go-live to a value; nan where there is none."""

STEADY: Mapping[str, Figure] = {
    "online_now": lambda m: 500,
    "watch_uv": lambda m: 100 * m,
    "watch_pv": lambda m: 120 * m,
    "impression_uv": lambda m: 700 * m,
    "comment_cnt": lambda m: 20 * m,
    "like_cnt": lambda m: 150 * m,
    "share_cnt": lambda m: 2 * m,
    "new_follow": lambda m: 3 * m,
    "fans_club_join": lambda m: m // 5,
    "item_exp_uv": lambda m: 60 * m,
    "item_clk_uv": lambda m: 20 * m,
    "cart_add_uv": lambda m: 25 * m,
    "create_order_cnt": lambda m: 6 * m,
    "pay_order_cnt": lambda m: 5.5 * m,
    "pay_uv": lambda m: 5 * m,
    "gmv": lambda m: 500 * m,
    "ad_cost": lambda m: 10 * m,
    "avg_watch_sec": lambda m: 60,
    "watch_60s_rate": lambda m: 0.25,
    "public_share": lambda m: 0.5,
    "paid_share": lambda m: 0.3,
    "comment_rate": lambda m: 0.02,
    "interact_rate": lambda m: 0.08,
    "fans_watch_share": lambda m: 0.3,
    "new_buyer_share": lambda m: 0.4,
    "refund_rate": lambda m: 0.05,
    "ad_roi": lambda m: 3,
    "ad_follow_cost": lambda m: 5,
}


@cache
def handbook() -> Content:
    """The built-in handbook."""
    content = read_content(Path(__file__).parents[2] / "handbook")
    assert not content.problems
    return content


@cache
def book(*ids: str) -> Rulebook:
    """Some rules of the handbook by themselves, or all of them."""
    content = handbook()
    rules = [rule for rule in content.rules if not ids or rule.id in ids]
    return prepare(rules, content.metrics.metrics, content.metrics.inputs)


def rule(id: str) -> Rule:
    return next(one for one in handbook().rules if one.id == id)


def at(value: float, *, start: float = 0, end: float = 10_000, otherwise: float | None = None, name: str = "") -> Figure:
    """A value from one minute to another; before and after, what the steady room has."""
    usual = STEADY.get(name)
    return lambda m: value if start <= m < end else (otherwise if otherwise is not None else usual(m) if usual else value)


def grows(usual: float, by: float, *, start: float, end: float = 10_000) -> Figure:
    """A counter that grows by `usual` a minute, and by `by` from one minute to another."""
    return lambda m: usual * min(m, start) + by * max(0, min(m, end) - start) + usual * max(0, m - end)


def rows(figures: Mapping[str, Figure], minutes: int, *, every: float = 1.0) -> Iterator[tuple[float, dict[str, float]]]:
    """The room's rows, with other figures in place of some; a figure that is nan is a blank cell."""
    everything = {**STEADY, **figures}
    for number in range(int(minutes / every)):
        values = {name: float(figure(number * every)) for name, figure in everything.items()}
        yield START + number * every * 60, {name: value for name, value in values.items() if value == value}


class Room:
    """A watched room; `events` is everything that came of it, with the minute."""

    def __init__(self, rules: Rulebook, watched: Watched | None = None) -> None:
        self.watch = Watch(rules, 1)
        self.column = self.watch.join(watched or Watched("room"))
        self.events: list[tuple[float, Event]] = []

    def run(self, figures: Mapping[str, Figure], minutes: int, *, start: int = 0, every: float = 1.0) -> Room:
        for moment, values in rows(figures, minutes, every=every):
            if moment >= START + start * 60:
                minute = (moment - START) / 60
                self.events += [(minute, event) for _, event in self.watch.step([(self.column, moment, values)])]
        return self

    @property
    def decisions(self) -> list[tuple[float, Decision]]:
        return [(minute, event) for minute, event in self.events if isinstance(event, Decision)]

    @property
    def tips(self) -> list[tuple[float, str]]:
        """(minute, rule) of every tip."""
        return [(minute, one.rule.id) for minute, one in self.decisions if one.sent]

    def silent(self, id: str) -> list[str]:
        """The stages that kept a rule silent, each once, in order."""
        return list(dict.fromkeys(str(one.stage) for _, one in self.decisions if one.rule.id == id and not one.sent))

    def standing(self, id: str) -> bool:
        """Whether the rule's tip is not over."""
        return id in self.watch.state(self.column).standing
