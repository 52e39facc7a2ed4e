"""The stages one by one, and what joins rules that speak in the same moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deciding import BUDGET, HOUR, SAME_MOMENT, STAGES, Told, budget, decide, joined, weightiest
from bot.domain.decisions import Evidence, Look, Stage
from bot.domain.nudges import Phase, Planned, Severity
from tests.domain.rule_room import START, rule

NOW = START + 3600
PASSING = Look(
    rule("N01"), NOW, START, samples=60, holds=True, evidence=Evidence(True, 5.0, wanted=3.0), held=2, phase=Phase.MAIN
)


def test_what_is_beyond_its_limit_for_long_enough_passes() -> None:
    assert decide(PASSING) is None


@pytest.mark.parametrize(
    ("look", "stage", "key"),
    [
        (replace(PASSING, blind_since=NOW - 100), Stage.GAP, "blind"),
        (replace(PASSING, samples=5), Stage.SAMPLES, "few_samples"),
        (replace(PASSING, began=NOW - 599), Stage.SAMPLES, "too_early"),
        (replace(PASSING, began=None), Stage.SAMPLES, "no_start"),
        (replace(PASSING, holds=None, missing=("online_now",)), Stage.THRESHOLD, "missing"),
        (replace(PASSING, holds=False), Stage.THRESHOLD, "within"),
        (replace(PASSING, evidence=Evidence(True, 2.9, wanted=3.0)), Stage.CHANCE, "few_counts"),
        (replace(PASSING, evidence=Evidence(True, 9.0, 0.3, -0.2, 3.0)), Stage.CHANCE, "usual_swing"),
        (replace(PASSING, evidence=Evidence(True, 9.0, 0.1, 0.2, 3.0, undoes=True)), Stage.CHANCE, "undoes"),
        (replace(PASSING, evidence=Evidence(True, 9.0, float("inf"), 2.0, 3.0)), Stage.CHANCE, "no_usual"),
        (replace(PASSING, held=1), Stage.HOLD, "holding"),
        (replace(PASSING, phase=Phase.CLOSING), Stage.PHASE, "phase"),
        (replace(PASSING, planned=frozenset({Planned.GIVEAWAY})), Stage.PLANNED, "planned"),
        (replace(PASSING, silenced_by=("N03",)), Stage.INHIBITED, "inhibited"),
        (replace(PASSING, muted_until=NOW + 1), Stage.MUTED, "muted"),
        (replace(PASSING, said=NOW - 9000, standing=True), Stage.COOLDOWN, "standing"),
        (replace(PASSING, said=NOW - 599), Stage.COOLDOWN, "cooling"),
    ],
)  # fmt: skip
def test_each_stage_keeps_silent_with_its_reason(look: Look, stage: Stage, key: str) -> None:
    reason = decide(look)
    assert reason is not None and (reason.stage, reason.key) == (stage, key)


@pytest.mark.parametrize(
    "look",
    [
        replace(PASSING, samples=6),
        replace(PASSING, began=NOW - 600),
        replace(PASSING, evidence=Evidence(True, 3.0, 0.2, -0.2, 3.0)),
        replace(PASSING, planned=frozenset({Planned.BUDGET_RAISE})),
        replace(PASSING, muted_until=NOW),
        replace(PASSING, said=NOW - 600),
    ],
)
def test_each_stage_passes_just_beyond(look: Look) -> None:
    assert decide(look) is None


def test_the_stages_are_asked_in_their_order() -> None:
    everything = replace(
        PASSING, blind_since=NOW, samples=0, holds=False, evidence=Evidence(False), held=0, phase=Phase.CLOSING,
        planned=frozenset(Planned), silenced_by=("N03",), muted_until=NOW + 1, said=NOW, standing=True,
    )  # fmt: skip
    assert [reason.stage for stage in STAGES if (reason := stage(everything))] == list(Stage)[: len(STAGES)]


def test_nobody_can_mute_the_law() -> None:
    assert decide(replace(PASSING, rule=rule("N40"), muted_until=NOW + 1, held=1)) is None


def test_the_most_severe_comes_first_and_of_equals_the_surest() -> None:
    medium, sure = replace(PASSING, rule=rule("N03")), replace(PASSING, rule=rule("N22"), evidence=Evidence(True, 9.0))
    assert [look.rule.id for look in weightiest([medium, PASSING, sure])] == ["N22", "N01", "N03"]


@pytest.mark.parametrize(
    ("before", "id", "ago", "silent"),
    [
        ("N01", "N03", SAME_MOMENT, True),
        ("N01", "N03", SAME_MOMENT + 1, False),
        ("N03", "N01", 0, False),
        ("N22", "N03", 0, False),
        ("N40", "N41", 0, False),
    ],
)
def test_one_cause_is_one_tip(before: str, id: str, ago: float, silent: bool) -> None:
    reason = joined(replace(PASSING, rule=rule(id)), [Told(NOW - ago, rule(before))])
    assert (reason is not None and reason.stage is Stage.GROUPED) is silent


def tips(count: int, ago: float = 600) -> list[Told]:
    return [Told(NOW - ago, rule("N06"))] * count


@pytest.mark.parametrize(
    ("id", "evidence", "passes"),
    [
        ("N01", Evidence(True), 6),
        ("N03", Evidence(True), 6),
        ("N03", Evidence(True, 3.0), 5),
        ("N15", Evidence(True), 4),
        ("N04", Evidence(True), 3),
        ("N04", Evidence(True, 3.0), 3),
    ],
)
def test_the_weightier_may_use_up_more_of_the_hour(id: str, evidence: Evidence, passes: int) -> None:
    look = replace(PASSING, rule=rule(id), evidence=evidence)
    room = [budget(look, tips(count)) is None for count in range(BUDGET + 1)]
    assert room == [True] * passes + [False] * (BUDGET + 1 - passes)


def test_the_law_is_never_withheld_and_an_hour_is_an_hour() -> None:
    assert budget(replace(PASSING, rule=rule("N41")), tips(100)) is None
    assert rule("N41").severity is Severity.CRITICAL
    assert budget(PASSING, tips(100, ago=HOUR)) is None


def test_a_smaller_budget_can_be_wanted() -> None:
    assert budget(PASSING, tips(1), most=1) is not None and budget(PASSING, [], most=0) is not None
