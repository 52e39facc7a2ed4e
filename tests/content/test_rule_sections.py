"""That what the handbook's sections say of a threshold is what the rules go by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.domain.expressions.nodes import Binary, Name, Number, walk
from bot.domain.nudges import Rule
from tests.domain.rule_room import handbook, rule

HANDBOOK = Path(__file__).parents[2] / "handbook"
_LEAST = frozenset({"watch_uv", "watch_pv", "item_clk_uv", "item_exp_uv", "pay_uv", "pay_order_cnt", "create_order_cnt"})


@cache
def section(number: str) -> str:
    """The text of a section, without the spaces and the thousands' separators."""
    for path in sorted((HANDBOOK / "chapters").glob(f"{int(number.partition('.')[0]):02}-*.md")):
        if found := re.search(rf"^## {re.escape(number)} .*?(?=^## |\Z)", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            return found[0].replace(" ", "")
    raise AssertionError(f"no section {number}")


def limits(one: Rule) -> Iterator[str]:
    """The factors, defaults and least counts of a rule's condition, as people write them."""
    for name, limit in one.limits.items():
        if name not in one.when.names:
            continue
        factors = [f"{factor:g}倍" for factor in (limit.own, limit.session) if factor is not None]
        yield from factors
        if limit.default is not None and not (limit.ratio and limit.default >= 1):
            times = limit.of in ("aov", "gmv")
            yield f"{limit.default:g}" if times or limit.default >= 1 else f"{limit.default * 100:g}%"
    for node in walk(one.when.root):
        least = isinstance(node, Binary) and node.operator == ">=" and isinstance(node.left, Name) and node.left.id in _LEAST
        if least and isinstance(node.right, Number):
            yield f"{node.right.value:g}"


@pytest.mark.parametrize("id", [one.id for one in handbook().rules if one.group != "合规"])
def test_a_section_names_the_limits_of_its_rules(id: str) -> None:
    said = section(rule(id).section).replace("万", "0000")
    assert [limit for limit in limits(rule(id)) if limit not in said] == []


def test_falling_sales_are_worded_as_their_rule_decides() -> None:
    said = section("12.21")
    assert "近5分钟或近10分钟" in said and "连续3个采样" in said and "开播30分钟以后" in said
