"""Which past case stands beside a tip: by rule, section and metrics, the merchant's own first, the same every time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.domain.access import HANDBOOK, merchant_collection
from bot.domain.nudges import Rule
from bot.errors import StorageError
from bot.flows.near_cases import NearCases, best, case_name
from knowledge.formats import markdown
from knowledge.types import Kind, Passage, Scope
from tests.domain.live import session
from tests.domain.rule_room import handbook, rule

CASES = Path(__file__).resolve().parents[2] / "handbook" / "cases"
OWN = merchant_collection(session().merchant)


def case(
    name: str, rules: str = "", sections: str = "", metrics: str = "", scope: str = HANDBOOK, *, made_up: bool = True
) -> Passage:
    meta = {"rules": rules, "sections": sections, "metrics": metrics, "teaching": str(made_up).lower()}
    return Passage(
        name, scope, f"cases/{name}.md", f"{name}：后面的话", Kind.CASE, "情况", (), "情况", None, "……", "zh", 0.0, meta=meta
    )


@cache
def built_in() -> tuple[Passage, ...]:
    found = []
    for path in sorted(CASES.glob("*.md")):
        meta = markdown.read(path.read_bytes()).meta
        found.append(
            Passage(
                path.stem, HANDBOOK, f"cases/{path.name}", meta["title"], Kind.CASE, "", (), "", None, "", "zh", 0.0, meta=meta
            )
        )
    return tuple(found)


def chosen(cases: list[Passage], of: Rule, *together: Rule) -> str:
    found = best(cases, of, together)
    return found.key if found else ""


def test_a_case_that_names_the_rule_comes_before_one_that_teaches_its_section() -> None:
    taught, named = case("乙", sections="12.1"), case("甲", rules="N01, N02")
    assert chosen([taught, named], rule("N01")) == "甲"
    assert chosen([taught], rule("N01")) == "乙"


def test_metrics_alone_make_no_case_fit() -> None:
    assert chosen([case("甲", rules="N19", sections="08.4", metrics="online_now, gmv")], rule("N01")) == ""
    assert chosen([], rule("N01")) == ""


def test_among_equals_more_in_common_then_what_happened_then_what_is_about_less() -> None:
    both = case("甲", rules="N01", sections="12.1")
    assert chosen([case("乙", rules="N01"), both], rule("N01")) == "甲"
    assert chosen([case("乙", rules="N01"), case("甲", rules="N01, N06")], rule("N01"), rule("N06")) == "甲"
    assert chosen([case("乙", rules="N01"), case("甲", rules="N01", metrics="online_now")], rule("N01")) == "甲"
    assert chosen([case("乙", rules="N01"), case("甲", rules="N01", made_up=False)], rule("N01")) == "甲"
    assert chosen([case("乙", rules="N01, N19, N20"), case("丙", rules="N01")], rule("N01")) == "丙"


def test_the_merchants_own_case_comes_before_a_better_one_of_the_handbook() -> None:
    better = case("书里的", rules="N01", sections="12.1", metrics="online_now")
    assert chosen([better, case("自家的", sections="12.1", scope=OWN)], rule("N01")) == "自家的"


def test_the_order_in_which_they_come_does_not_count() -> None:
    cases = list(built_in())
    for of in handbook().rules:
        assert chosen(cases, of) == chosen(cases[::-1], of)


@pytest.mark.parametrize(
    ("id", "wanted"),
    [("N01", "xiaohe-snacks"), ("N02", "xiaohe-snacks"), ("N05", "fangjie-appliances"), ("N16", "shanjiao-tea"),
     ("N20", "laokang-shoes"), ("N24", "aqin-women-wear"), ("N35", "xiaoman-skincare"), ("N44", "")],
)  # fmt: skip
def test_the_built_in_cases_stand_where_a_colleague_would_put_them(id: str, wanted: str) -> None:
    assert chosen(list(built_in()), rule(id)) == wanted


async def test_nobody_elses_collection_is_asked_for() -> None:
    asked: list[set[str]] = []

    async def shelf(scope: Scope) -> list[Passage]:
        asked.append(set(scope))
        return [case("小禾零食", rules="N01")]

    found = await NearCases(shelf).nearest(session(), rule("N01"))
    assert asked == [{HANDBOOK, OWN}] and found is not None and case_name(found) == "小禾零食"
    assert await NearCases().nearest(session(), rule("N01")) is None


async def test_an_index_that_cannot_be_read_costs_the_button_and_not_the_tip() -> None:
    async def broken(scope: Scope) -> list[Passage]:
        raise StorageError("索引打不开")

    assert await NearCases(broken).nearest(session(), rule("N01")) is None


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("侯哥家纺：老客固守，补低中客单把新客打开", "侯哥家纺"),
        ("2026-03-05_云栖茶行_停留掉到 12 秒.md", "云栖茶行_停留掉到 12 秒"),
        ("复盘 20260305：停留掉到 12 秒", "停留掉到 12 秒"),
        ("C-012 云栖茶行：停留掉了", "云栖茶行"),
        ("案例 12：侯哥家纺老客固守", "侯哥家纺老客固守"),
        ("商家/云栖茶行/2026-03/停留掉到 12 秒.docx", "停留掉到 12 秒"),
        ("12.1 在线掉得快", "在线掉得快"),
        ("N07 5e551001 停留不上不下", "停留不上不下"),
        ("618 大促返场：价格贴错", "618 大促返场"),
        ("A4 纸巾店：断流", "A4 纸巾店"),
        ("2026-03-05", "2026-03-05"),
        ("C-012", "C-012"),
        ("Case 3: a stream that broke", "a stream that broke"),
    ],
)
def test_a_button_begins_with_what_tells_cases_apart_and_not_with_a_number_or_a_folder(title: str, label: str) -> None:
    assert case_name(replace(case("甲"), title=title)) == label


def test_the_built_in_cases_are_called_by_their_names() -> None:
    assert all(case_name(one) == one.title.partition("：")[0] for one in built_in())
