"""What sessions are watched by in the leak stories: one metric, of which each merchant has its own figure, and three rules."""

from __future__ import annotations

from bot.domain.metrics import Aggregation
from bot.domain.nudges import Limit, Severity
from bot.flows.reference import Reference
from tests.paper_reference import metric, rule
from tests.stories.leaks.tokens import TOKENS

FIGURE = "gmv"
_RULES = (("N01", "成交", Severity.HIGH), ("N02", "商品", Severity.MEDIUM), ("N03", "流量", Severity.LOW))
_LINE = Limit(FIGURE, None, None, 50.0, "")
WATCHED = Reference(
    metrics=(metric(FIGURE, "成交金额", aggregation=Aggregation.GAUGE),),
    rules=tuple(
        rule(
            id, f"{group}不对", f"{FIGURE} > line", group, severity=severity, limits={"line": _LINE}, hold=1, cooldown=60,
            needs=frozenset({FIGURE}),
        )
        for id, group, severity in _RULES
    ),
)  # fmt: skip
"""A merchant's own figure is beyond the line, so that tips come of it; 0 says that they are over."""


def figure_of(merchant: str) -> float:
    """The figure that only this merchant has."""
    return float(TOKENS[merchant][1])
