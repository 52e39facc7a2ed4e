"""The limits of a rule in `rules/*.yaml`: where a threshold comes from, in which unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.content.yamlfile import Schema
from bot.domain.expressions import ExpressionError, parse, same_unit
from bot.domain.expressions.nodes import FUNCTIONS, Number
from bot.domain.nudges import Limit
from bot.domain.own_rules import HOLD

Say = Callable[..., None]
"""Takes a complaint and the place in the row that it is about."""

_NAME = re.compile(r"[a-z][a-z_]*")
_KEYWORDS = frozenset({"and", "or", "not", HOLD})
Factor = Annotated[float, Field(gt=0)]


class LimitRow(Schema):
    """One limit as it is written."""

    of: str
    ratio: Literal["ratio"] | None = Field(default=None, alias="as")
    own: Factor | None = None
    peers: Factor | None = None
    default: str | None = None
    session: Factor | None = None
    source: Annotated[str, Field(min_length=1)]


def limits_of(written: Mapping[str, LimitRow], units: Mapping[str, str], say: Say) -> dict[str, Limit]:
    """The limits by name; `units` maps metrics and inputs to theirs, what is wrong goes to `say`."""
    return {name: _limit(name, row, units, say) for name, row in written.items()}


def units_with(limits: Mapping[str, Limit], units: Mapping[str, str]) -> dict[str, str]:
    """The units of all names that a condition may read: each limit has that of its metric, or none where it is a ratio."""
    return {**{name: "" if limit.ratio else units.get(limit.of, "") for name, limit in limits.items()}, **units}


def _limit(name: str, row: LimitRow, units: Mapping[str, str], say: Say) -> Limit:
    _check_name(name, units, say)
    if row.of not in units:
        say(f"限值 {name}：没有 {row.of} 这个指标或输入", "limits", name, "of")
    if row.own is None and row.peers is None and row.default is None:
        say(f"限值 {name}：own、peers、default 至少写一个", "limits", name)
    if row.ratio and not (row.own is None and row.peers is None and row.session is None):
        say(f"限值 {name}：as: ratio 是涨跌或倍数，不能再乘中位数，请删掉 own、peers 和 session", "limits", name)
    default = _default(name, row, units, say) if row.default is not None else None
    return Limit(row.of, row.own, row.peers, default, row.source, row.ratio is not None, row.session)


def _check_name(name: str, units: Mapping[str, str], say: Say) -> None:
    if not _NAME.fullmatch(name) or name in _KEYWORDS or name in FUNCTIONS:
        say(f"限值名 {name} 要用小写英文词，不能是函数名或 and、or、not、hold", "limits", name)
    elif name in units:
        say(f"限值名 {name} 已经是指标或输入，请换一个", "limits", name)


def _default(name: str, row: LimitRow, units: Mapping[str, str], say: Say) -> float | None:
    """The figure of a default such as 15%, 20s or 600元/千次, in the unit of the limit."""
    whole = units.get(row.of, "")
    if (
        "/" in whole
        and not row.ratio
        and (bare := re.fullmatch(rf"([0-9]+(?:\.[0-9]+)?)\s*{re.escape(whole)}", row.default or ""))
    ):
        return float(bare[1])
    try:
        root = parse(row.default or "").root
    except ExpressionError:
        root = None
    if not isinstance(root, Number):
        say(f"限值 {name}：default 写成一个带单位的数，例如 15%、20s、30人、1.5倍", "limits", name, "default")
        return None
    unit = "" if row.ratio else units.get(row.of, root.unit)
    if not same_unit(root.unit, unit):
        say(f"限值 {name}：default 的单位要和 {row.of} 一样（{unit or '比例，用 % 或 倍'}）", "limits", name, "default")
    return root.value
