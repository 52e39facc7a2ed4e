"""Shares of few say little, a new team's rules weigh as ever, and only mild rules are drawn, alike in every process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deciding import Draw, Told, budget, weightiest, withheld
from bot.domain.decisions import Evidence, Look, Stage
from bot.domain.learning import LEAST_ARM, Feedback, Lift, Share, acting, by_attention, drawn, may_withhold
from bot.domain.nudges import Phase, Severity
from tests.channels.tip_paper import RULES

MILD = replace(RULES["N06"], severity=Severity.LOW, inhibits=())
LOOK = Look(MILD, 3600.0, 0.0, 60, True, Evidence(True, 9.0), 3, Phase.MAIN)


def test_a_share_of_few_is_wide_and_narrows_with_more() -> None:
    assert Share(0, 0).interval == (0.0, 1.0) and Share(0, 0).value is None
    # Wilson's own example, 10 of 10: the lower end at 95 % is .722.
    low, high = Share(10, 10).interval
    assert low == pytest.approx(0.7225, abs=0.001) and high == 1.0
    assert Share(300, 1000).interval[1] - Share(300, 1000).interval[0] < 0.06


def test_the_difference_of_two_shares_has_newcombes_interval_once_there_is_enough() -> None:
    assert Lift(Share(5, LEAST_ARM - 1), Share(5, 90)).difference is None
    found = Lift(Share(56, 70), Share(48, 80))
    # Newcombe 1998, table II, example (a), method 10.
    assert found.difference == pytest.approx(0.2) and found.interval == pytest.approx((0.0524, 0.3339), abs=0.0005)


def test_a_rule_that_nothing_is_known_of_weighs_as_ever_and_one_that_nobody_acts_on_less() -> None:
    assert acting(0, 0) == 1.0
    assert acting(20, 0) < acting(20, 10) == 1.0 < acting(20, 20) < 2
    told = [Told(at, MILD) for at in (100.0, 900.0, 1800.0, 2700.0)]
    assert budget(LOOK, told) == budget(replace(LOOK, acting=1.0), told)
    assert budget(replace(LOOK, acting=2.0), told) is None
    few = budget(replace(LOOK, acting=0.4), told)
    assert few is not None and few.stage is Stage.BUDGET


def test_the_law_is_never_weighed_down() -> None:
    law = replace(LOOK, rule=RULES["N43"], acting=0.01)
    assert budget(law, [Told(at, MILD) for at in range(3000, 3590, 10)]) is None
    assert weightiest([replace(LOOK, acting=2.0), law])[0] is law


def test_only_mild_rules_that_are_not_about_the_law_are_drawn() -> None:
    everything = Draw("seed", "s1", 1.0)
    for rule in RULES.values():
        kept = withheld(replace(LOOK, rule=rule), everything)
        assert (kept is not None) is may_withhold(rule)
        if kept:
            assert rule.severity in (Severity.LOW, Severity.INFO) and not rule.lawful and kept.stage is Stage.WITHHELD
    assert not may_withhold(replace(MILD, lawful="广告法第四条")) and may_withhold(MILD)
    assert withheld(LOOK, None) is None and withheld(LOOK, Draw("seed", "s1", 0.0)) is None


def test_the_draw_is_the_same_again_and_holds_its_share() -> None:
    moments = [float(at) for at in range(0, 20_000, 10)]
    once = [drawn("seed", "s1", "N06", at, 0.1) for at in moments]
    assert once == [drawn("seed", "s1", "N06", at, 0.1) for at in moments]
    assert once != [drawn("other", "s1", "N06", at, 0.1) for at in moments]
    assert 160 <= sum(once) <= 240


def test_what_is_surely_wrong_comes_first() -> None:
    bad, good = Feedback("N01", 40, 4, 30, 4, 10.0), Feedback("N02", 40, 30, 2, 30, 10.0)
    unknown = Feedback("N03", 2, 0, 1, 0, 10.0)
    assert [one.rule for one in by_attention([good, unknown, bad])] == ["N01", "N03", "N02"]
    assert bad.hourly == 4.0 and Feedback("N04", 1, 0, 0, 0, 0.0).hourly is None
