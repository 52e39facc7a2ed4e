"""Whether few counts carry what a condition says: the tests behind "a fall must exceed the counting noise".

People come, click and buy one by one, so a count of n wavers by about the square root of n (Poisson). How many counts stand
behind a figure is its *exposure*: the figure times its exposure is a count. Of viewers it is 1, of paid/clicked it is the
number of clicks, of yuan it is the orders per yuan. An exposure is a formula itself, found from the figure's own formula.

Two tests, both on the null hypothesis that nothing is wrong, at DEVIATIONS standard deviations:
- *level*: a figure beside what is usual, or beside its limit where that is not known. Were that the true rate, the count would be
  rate x exposure; the score test (Wilson, 1927) asks whether the count lies further from it than chance takes it, with the
  binomial variance where the figure is a share.
- *change*: a figure now beside the same one then, or beside a multiple of it. Were nothing different, both would waver around
  their common mean; the pooled two-sample test asks whether they lie further apart. Figures without counts behind them, such as
  the stay time, and plain facts such as 3 complaints, are not tested.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.domain.expressions.nodes import COMPARING, Binary, Call, Expression, Name, Node, Number, renamed, walk
from bot.domain.nudges import Limit

DEVIATIONS = 3.0
"""Standard deviations that a figure must lie away, for samples in a row: two would be passed by chance every few minutes."""
CLEARLY = 1.5
"""Standard deviations that a figure must lie beyond its limit too, where the test itself is against what is usual."""
ORDERS = "pay_order_cnt"
"""What the counts behind money are."""
SHARES_OF: Mapping[str, str] = MappingProxyType(
    {
        "comment_rate": "watch_uv",
        "interact_rate": "watch_uv",
        "watch_60s_rate": "watch_uv",
        "fans_watch_share": "watch_uv",
        "new_buyer_share": "pay_uv",
        "refund_rate": "pay_order_cnt",
    }
)
"""Shares that feeds bring whole, and whose number they are shares of: metrics.yaml defines them so."""
_MONEY = frozenset({"gmv"})
_COUNTED = frozenset("人次条单件")
_FIVE_MINUTES = 300.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition with a limit, and the figures that its test needs; exposures are None where none are known.

    `figure` is compared `above` or below `against`. `null` is what it would be if nothing were wrong: of a level what is usual,
    of a change the figure then. `relative` says that `against` is a growth, as for ``change(x, w) >= limit``.
    """

    node: Binary
    figure: Node
    null: Node
    exposure: Node | None
    null_exposure: Node | None
    change: bool
    above: bool
    against: Node
    relative: bool = False


def comparisons(condition: Expression, limits: Mapping[str, Limit], facts: Facts) -> tuple[Comparison, ...]:
    """The comparisons of a condition that have a limit in them, in the order of its text."""
    found = (_comparison(node, limits, facts) for node in walk(condition.root) if _with_limit(node, limits))
    return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of figures: the `units` of all, the `formulas` of derived ones."""

    units: Mapping[str, str]
    formulas: Mapping[str, Expression]


def usual_name(limit: str) -> str:
    """What the figure that a limit is a factor of is called."""
    return f"{limit}.usual"


def level(figure: float, null: float, exposure: float) -> float:
    """How many standard deviations a figure lies from its null; 0 where it cannot be told."""
    variance = null * (1 - null) if figure <= 1 and 0 < null < 1 else null
    if not (exposure > 0 and variance > 0):
        return 0.0
    return abs(figure - null) * math.sqrt(exposure / variance)


def change(now: float, then: float, exposure: float, exposure_then: float) -> float:
    """How many standard deviations a figure lies from what it was; 0 where it cannot be told."""
    if not (exposure > 0 and exposure_then > 0):
        return 0.0
    mean = (now * exposure + then * exposure_then) / (exposure + exposure_then)
    if mean <= 0:
        return 0.0
    return abs(now - then) / math.sqrt(mean / exposure + mean / exposure_then)


def exposure(node: Node, facts: Facts) -> Node | None:
    """The formula of a figure's exposure; None where no counts are known behind it."""
    if isinstance(node, Name):
        return _of_name(node, facts)
    if isinstance(node, Binary) and node.operator == "/":
        return _divided(node, facts)
    if isinstance(node, Binary) and node.operator == "*":
        return _scaled(node, facts)
    return _of_call(node, facts) if isinstance(node, Call) else None


def _of_name(node: Name, facts: Facts) -> Node | None:
    if node.id in facts.formulas:
        return exposure(facts.formulas[node.id].root, facts)
    if node.id in SHARES_OF:
        return Name(SHARES_OF[node.id], 0)
    if node.id in _MONEY:
        return Binary("/", Name(ORDERS, 0), node, 0)
    return Number(1.0, "", 0) if facts.units.get(node.id, "") in _COUNTED else None


def _divided(node: Binary, facts: Facts) -> Node | None:
    """Of A / B: what A is made of counts, and B is taken as it is."""
    above = exposure(node.left, facts)
    return None if above is None else _times(above, node.right)


def _scaled(node: Binary, facts: Facts) -> Node | None:
    for figure, factor in ((node.left, node.right), (node.right, node.left)):
        if isinstance(factor, Number) and factor.value and (found := exposure(figure, facts)) is not None:
            return Binary("/", found, factor, 0)
    return None


def _of_call(node: Call, facts: Facts) -> Node | None:
    inner = exposure(node.x, facts)
    if inner is None:
        return None
    if node.function in ("delta", "rate"):
        found = _grown(node, inner)
        return _times(found, Number(node.window / 60, "", 0)) if node.function == "rate" else found
    if node.function == "mean":
        return _averaged(node, inner, facts)
    if node.function == "ago":
        return inner if isinstance(inner, Number) else replace(node, x=inner)
    return inner if node.function in ("highest", "lowest") else None


def _grown(node: Call, inner: Node) -> Node:
    """Of growth over a window: of counts one each, of money the orders in the window for each yuan in it."""
    if isinstance(inner, Number):
        return inner
    plain = replace(node, function="delta")
    return Binary("/", replace(plain, x=Name(ORDERS, 0)), plain, 0)


def _averaged(node: Call, inner: Node, facts: Facts) -> Node:
    """Of a mean of growths: so many of their windows as fit into it. Levels of neighbouring moments tell nothing new."""
    root = facts.formulas[node.x.id].root if isinstance(node.x, Name) and node.x.id in facts.formulas else node.x
    if not isinstance(root, Call) or root.function != "delta":
        return inner
    over = replace(root, window=node.window, back=0.0)
    whole = inner if isinstance(inner, Number) else _grown(over, inner)
    return _times(whole, Number(max(1.0, node.window / root.window), "", 0))


def _times(one: Node, other: Node) -> Node:
    return other if one == Number(1.0, "", 0) else Binary("*", one, other, 0)


def _with_limit(node: Node, limits: Mapping[str, Limit]) -> bool:
    return isinstance(node, Binary) and node.operator in COMPARING and bool(_names(node) & limits.keys())


def _names(node: Node) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, Name)}


def _comparison(node: Node, limits: Mapping[str, Limit], facts: Facts) -> Comparison | None:
    if not isinstance(node, Binary):
        return None
    above = node.operator in (">", ">=")
    figure, against = node.left, node.right
    if _names(figure) & limits.keys():
        figure, against, above = against, figure, not above
    if isinstance(figure, Call) and figure.function == "change":
        then = Call("ago", figure.x, figure.window, 0.0, 0, 0)
        return replace(_changed(node, figure.x, then, above, against, facts), relative=True)
    beside = _multiple(against, limits)
    if beside is not None and any(isinstance(part, Call) for part in walk(beside)):
        return _changed(node, figure, beside, above, against, facts)
    counts = exposure(figure, facts) if _is_rate(figure, facts) else None
    null = beside or renamed(against, {name: usual_name(name) for name in limits})
    return Comparison(node, figure, null, counts, None, False, above, against)


def _changed(node: Binary, figure: Node, then: Node, above: bool, against: Node, facts: Facts) -> Comparison:
    return Comparison(node, figure, then, exposure(figure, facts), exposure(then, facts), True, above, against)


def _multiple(node: Node, limits: Mapping[str, Limit]) -> Node | None:
    """The figure that a ratio limit multiplies, as in ``surge * mean(gmv_5m, 1h)``."""
    parts = list(_factors(node))
    if not any(isinstance(part, Name) and part.id in limits and limits[part.id].ratio for part in parts):
        return None
    rest = [part for part in parts if not (isinstance(part, Name) and part.id in limits)]
    return rest[0] if len(rest) == 1 and not isinstance(rest[0], Number) else None


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Binary) and node.operator == "*":
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _is_rate(node: Node, facts: Facts) -> bool:
    """Whether a figure is so many of so many; a plain number of people or orders is a fact."""
    if isinstance(node, Name):
        formula = facts.formulas.get(node.id)
        return node.id in SHARES_OF or (formula is not None and _is_rate(formula.root, facts))
    if isinstance(node, Binary):
        return node.operator == "/" or (node.operator == "*" and (_is_rate(node.left, facts) or _is_rate(node.right, facts)))
    return isinstance(node, Call) and node.function in ("mean", "highest", "lowest", "ago") and _is_rate(node.x, facts)
