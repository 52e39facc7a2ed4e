"""The changes of a rule that are tried in order to propose one: each limit, and the samples in a row, moved some steps. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.decisions import Source
from bot.domain.expressions import ExpressionError
from bot.domain.expressions.nodes import Binary, Call, Node, Unary, walk
from bot.domain.metrics import Metric
from bot.domain.nudges import Limit, Rule
from bot.domain.own_rules import HOLD, MOST_HOLD, OWN, PEERS, SESSION, hold_said, read_limit, with_limits
from bot.domain.strictness import stricter_way

TIGHTER = (1.1, 1.25, 1.5)
"""How many times as high a limit becomes, or as low: a tenth is what a person would try first, and half as much again is about
as far as the same rule can be said to be."""
WIDER = (1.1, 1.25)
MORE_SAMPLES = (1, 2)
_COUNTED = frozenset("人次条单件粉")
_FACTORS: Mapping[Source, str] = {
    Source.OWN: OWN, Source.ROOM: OWN, Source.MATES: PEERS, Source.PEERS: PEERS, Source.SESSION: SESSION,
}  # fmt: skip


class Way(StrEnum):
    """Whether a rule shall speak less often, or sooner."""

    STRICTER = "stricter"
    LOOSER = "looser"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule with one thing moved. `limit` is its name (``hold`` for samples in a row), `written` what a sheet has for it, `size`
    by how much it moved, as the logarithm of the quotient.
    """

    limit: str
    written: str
    rule: Rule
    size: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What is needed to change a rule: `units` and `names` of metrics and inputs, and which of them may be below zero."""

    units: Mapping[str, str]
    names: Mapping[str, str]
    signed: Collection[str] = ()


def signed(metrics: Iterable[Metric]) -> frozenset[str]:
    """Those of the metrics that may be below zero: something is taken from something in their formula."""
    return frozenset(one.id for one in metrics if one.formula is not None and any(map(_takes, walk(one.formula.root))))


def candidates(rule: Rule, base: Rule, sources: Mapping[str, Source], way: Way, terms: Terms) -> tuple[Candidate, ...]:
    """The steps of a rule in one way, mildest first.

    `base` is the rule as it was before its sheet set limits: what is written is read against that. `sources` say by limit where
    its figure mostly came from; what was in force is what is moved.
    """
    found = [one for name in rule.limits for one in _limits(rule, base, name, sources.get(name, Source.DEFAULT), way, terms)]
    return tuple(sorted([*found, *_holds(rule, way, terms)], key=lambda one: (one.size, one.limit)))


def _takes(node: Node) -> bool:
    if isinstance(node, Unary | Binary):
        return node.operator == "-"
    return isinstance(node, Call) and node.function == "change"


def _limits(rule: Rule, base: Rule, name: str, source: Source, way: Way, terms: Terms) -> list[Candidate]:
    up = stricter_way(rule.when.root, name, terms.signed) * (1 if way is Way.STRICTER else -1)
    if not up or name not in base.limits or (way is Way.LOOSER and _tied(rule)):
        return []
    limit, unit = rule.limits[name], "" if rule.limits[name].ratio else terms.units.get(rule.limits[name].of, "")
    kind = _FACTORS.get(source, "default")
    old = getattr(limit, kind)
    found: dict[str, Candidate] = {}
    for step in TIGHTER if way is Way.STRICTER else WIDER:
        written = "" if old is None else _written(old * step**up, kind, limit, unit)
        try:
            moved = read_limit(written, base.limits[name], unit) if written else None
        except (ExpressionError, ValueError):
            continue
        new = None if moved is None else getattr(moved, kind)
        if moved is None or new is None or (new - old) * up <= 0 or not _alone(moved, limit, kind):
            continue
        changed = with_limits(rule, {**rule.limits, name: moved}, rule.hold, terms.units, terms.names)
        found.setdefault(written, Candidate(name, written, changed, abs(math.log(new / old))))
    return list(found.values())


def _holds(rule: Rule, way: Way, terms: Terms) -> list[Candidate]:
    steps = MORE_SAMPLES if way is Way.STRICTER else (-1,)
    wanted = [rule.hold + step for step in steps if 1 <= rule.hold + step <= MOST_HOLD]
    return [
        Candidate(HOLD, hold_said(hold), with_limits(rule, rule.limits, hold, terms.units, terms.names),
                  abs(math.log(hold / rule.hold)))
        for hold in wanted
    ]  # fmt: skip


def _tied(rule: Rule) -> bool:
    """Whether its end has a limit of its own: moved towards that, the rule would begin and end at every other sample."""
    ends = rule.recovered.names if rule.recovered else frozenset()
    return bool(ends & rule.limits.keys() - rule.when.names)


def _alone(moved: Limit, before: Limit, kind: str) -> bool:
    """Whether nothing but this one figure of a limit is another one than now. A plain figure counts whatever was usual."""
    kept = {name: getattr(before, name) for name in (kind, "source")}
    return kind == "default" or replace(moved, **kept) == before


def _written(value: float, kind: str, limit: Limit, unit: str) -> str:
    """A limit as somebody would write it, to two figures; empty where there is no such limit."""
    rounded = float(f"{value:.2g}")
    base = unit.partition("/")[0]
    if rounded <= 0:
        return ""
    if kind != "default":
        return f"{rounded:g} * {kind}"
    if limit.ratio:
        return f"{rounded * 100:.10g}%" if rounded <= 1 else f"{rounded:.10g}倍"
    if unit == "%":
        return f"{rounded * 100:.10g}%" if rounded < 1 else ""
    if base in _COUNTED:
        return f"{max(1, round(rounded))}{base}"
    return f"{rounded:.10g}{'s' if base == '秒' else base}"
