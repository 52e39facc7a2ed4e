"""What a rule's tip leads with: the figure that its condition compares, as it is compared. Pure.

A condition may compare a quotient of counters, or what a counter grew by. The counter itself can only rise: beside a limit for
the quotient it would say the opposite of what the rule found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.expressions.nodes import COMPARING, Binary, Call, Name, Node, Number, Unary, walk
from bot.domain.nudges import Rule

CLOCK = frozenset({"elapsed", "length", "planned_progress"})
"""Figures of the clock and the plan: a condition names them to say when it counts, and no tip is about them."""
_EARLIER = frozenset({"ago", "highest", "lowest"})
_GROWTH = frozenset({"delta", "rate"})


@dataclass(frozen=True, slots=True)
class Headline:
    """What is compared: the value of `node`, which goes by the name and the unit of the figure `of`.

    It is of `window` seconds, 0 for the figure as it stands; `averaged` says that it is their mean. With `whole` it is a plain
    share of that figure. `then` compares it with earlier. `when` is the part of the condition that it stands in: those that
    ``or`` joins may hold without each other.
    """

    of: str
    node: Node
    when: Node
    window: float = 0.0
    averaged: bool = False
    whole: str = ""
    then: Call | None = None

    @property
    def plain(self) -> bool:
        """Whether it is the figure itself or its mean: what earlier sessions say of the figure holds for it."""
        return isinstance(self.node, Name) or self.averaged


_Found = tuple[Headline, bool]
"""A headline, and whether it is compared with a limit."""


def headlines(rule: Rule) -> tuple[Headline, ...]:
    """What a rule's tip may lead with, all by one figure: one for each part of its condition that may hold alone.

    Of what is compared there, first what shows that the sign is over, then what has a limit, then what is named first.
    """
    end = next(_names(rule.recovered.root, rule), "") if rule.recovered else ""

    def rank(found: _Found) -> tuple[bool, bool]:
        headline, limited = found
        return end not in (headline.of, next(_names(headline.node, rule), "")), not limited

    parts = [min(compared, key=rank) for part in _parts(rule.when.root) if (compared := list(_compared(part, rule)))]
    if not parts:
        of = end or next((limit.of for limit in rule.limits.values()), "") or next(_names(rule.when.root, rule), "")
        return (Headline(of, Name(of, 0), rule.when.root),) if of else ()
    best, _ = first = min(parts, key=rank)
    others = (one for one, _ in (found for found in parts if found is not first))
    return best, *(one for one in others if (one.of, one.whole) == (best.of, best.whole))


def leading(rule: Rule) -> str:
    """The id of the figure by whose name and unit a rule's tip leads; empty where its condition names none."""
    return next((one.of for one in headlines(rule)), "")


def sign_of(condition: Node, limit: str) -> int:
    """-1 where a condition compares a figure with a limit below zero, as in ``goal_progress < -behind``, else 1.

    A fall by a limit, as in ``change(online_now, 10min) <= -drop``, is no figure below zero.
    """
    below = Unary("-", Name(limit, 0), 0)
    for one in walk(condition):
        if isinstance(one, Binary) and one.operator in COMPARING and below in (one.left, one.right):
            other = one.left if one.right == below else one.right
            return 1 if isinstance(other, Call) and other.function == "change" else -1
    return 1


def _parts(node: Node) -> Iterator[Node]:
    """What ``or`` joins."""
    if isinstance(node, Binary) and node.operator == "or":
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _compared(part: Node, rule: Rule) -> Iterator[_Found]:
    for one in walk(part):
        if isinstance(one, Binary) and one.operator in COMPARING:
            left, right = one.left, one.right
            if not isinstance(right, Number) and any(isinstance(at, Name) and at.id in rule.limits for at in walk(left)):
                left, right = right, left
            limits = [at.id for at in walk(right) if isinstance(at, Name) and at.id in rule.limits]
            if (found := _headline(left, limits, part, rule)) is not None:
                yield found, bool(limits)


def _headline(node: Node, limits: list[str], part: Node, rule: Rule) -> Headline | None:
    """What one side of a comparison is called; None where nothing has its name, as for the difference of two counters."""
    then = node if isinstance(node, Call) and node.function == "change" else None
    while isinstance(node, Call) and node.function in _EARLIER | {"change"}:
        node = node.x
    if isinstance(node, Name):
        return Headline(node.id, node, part, then=then) if _is_figure(node, rule) else None
    if isinstance(node, Call) and isinstance(node.x, Name) and _is_figure(node.x, rule) and not node.back:
        if node.function in _GROWTH:
            return Headline(node.x.id, replace(node, function="delta"), part, node.window)
        return (
            Headline(node.x.id, node, part, node.window, node.function == "mean", then=then) if node.function == "mean" else None
        )
    if not (isinstance(node, Binary) and node.operator == "/"):
        return None
    window = max((at.window for at in walk(node) if isinstance(at, Call)), default=0.0)
    if of := next((rule.limits[name].of for name in limits if not rule.limits[name].ratio), ""):
        return Headline(of, node, part, window)
    above, below = (next(_names(side, rule), "") for side in (node.left, node.right))
    return Headline(above, node, part, window, whole=below) if above and below else None


def _is_figure(name: Name, rule: Rule) -> bool:
    return name.id in rule.needs and name.id not in CLOCK


def _names(node: Node, rule: Rule) -> Iterator[str]:
    """The figures under a node in the order of its text."""
    return (at.id for at in walk(node) if isinstance(at, Name) and _is_figure(at, rule))
