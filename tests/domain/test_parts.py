"""A rule about several things is told of the ones that happened: its name, and the steps that are for them."""

from __future__ import annotations

import pytest

from bot.domain.nudges import Within
from bot.domain.parts import happened, heard_as, narrowed
from tests.domain.rule_room import handbook

RULES = {rule.id: rule for rule in handbook().rules}


def test_what_happened_is_what_is_beyond_its_limit() -> None:
    assert happened(RULES["N44"], {"heard_offsite": 1, "minor_on_camera": 0, "ai_unlabelled": None}, {}) == {"heard_offsite"}
    assert happened(RULES["N43"], {"raffle_unannounced": 0, "raffle_top_prize": 50_000}, {"top": 50_000}) == set()
    assert happened(RULES["N43"], {"raffle_top_prize": 50_001}, {"top": 50_000}) == {"raffle_top_prize"}
    assert happened(RULES["N43"], {"raffle_top_prize": 50_001}, {}) == {"raffle_top_prize"}
    assert happened(RULES["N01"], {"online_now": 5}, {}) == set()


@pytest.mark.parametrize("id", [rule.id for rule in RULES.values() if rule.parts])
def test_each_part_has_its_own_steps_and_says_nothing_of_the_others(id: str) -> None:
    rule = RULES[id]
    assert rule.parts.keys() <= rule.needs and len(rule.parts) > 1
    for part, name in rule.parts.items():
        told = narrowed(rule, {part})
        assert told.name == name
        assert any(step.about == part for step in told.steps if step.within is Within.SECONDS_60)
        assert {step.about for step in told.steps} <= {"", part}
        assert {step.within for step in told.steps} == set(Within)
    both = narrowed(rule, set(rule.parts))
    assert both.steps == rule.steps and both.name == "、".join(rule.parts.values())


def test_a_rule_without_parts_and_one_of_which_none_is_known_stay_whole() -> None:
    assert narrowed(RULES["N40"], {"heard_absolute"}) is RULES["N40"] and narrowed(RULES["N44"], ()) is RULES["N44"]


def test_of_words_the_host_says_what_is_listed_for_them() -> None:
    told = heard_as(RULES["N45"], {"heard_fake", "heard_pressure"}, {"heard_fake"}, "不做数")
    assert told.name == "数据造假、删评" and told.steps[0].do == "“不做数”"
    assert [step.do for step in told.steps if step.who == "主播" and step.within is Within.SECONDS_60] == ["“不做数”"]
    assert not any("几点上" in step.do for step in told.steps), "that was told of by itself"


def test_of_a_prize_beyond_the_limit_the_host_says_that_it_is_not_given() -> None:
    told = heard_as(RULES["N43"], {"raffle_top_prize"}, {"raffle_unannounced"}, "规则写在屏上，我念一遍")
    assert told.name == "奖品超过 5 万元" and "不发" in told.steps[0].do and "我念一遍" not in str(told.steps)
