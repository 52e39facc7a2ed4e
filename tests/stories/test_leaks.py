"""One merchant's text never reaches another: what eight people in two teams do is held against a second reading of the rules.

`COPILOT_LEAK_STEPS` says how many steps the long walk takes, `COPILOT_LEAK_SEED` where it begins.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.domain import outgoing
from tests.double import TelegramDouble
from tests.running_clock import RunningClock
from tests.stories.leaks.mutants import MUTANTS
from tests.stories.leaks.oracle import Leak
from tests.stories.leaks.telegram import walk as telephoned
from tests.stories.leaks.walk import LIFE, walk
from tests.stories.leaks.world import ACTIONS, World

SHORT = 600
"""Steps of the walk in every run,"""
TELEPHONED = 40
"""and of the one through Telegram, where a step takes a tenth of a second and more."""
LONG = int(os.environ.get("COPILOT_LEAK_STEPS", "200000"))
SEED = int(os.environ.get("COPILOT_LEAK_SEED", "1000000"))
TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
ENOUGH = 200
"""Worlds in which the machine has to find a check that is missing."""


class Leaks(RuleBasedStateMachine):
    """The world with a rule for each action; Hypothesis chooses, and cuts down what leaks to what it takes."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.world = World()
        self.loop.run_until_complete(self.world.start())

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.loop.close()
            self.world.close()


def _rule(name: str) -> object:
    def act(self: Leaks, data: st.DataObject) -> None:
        self.loop.run_until_complete(self.world.step(name, lambda things: data.draw(st.sampled_from(list(things)))))

    act.__name__ = name
    return rule(data=st.data())(act)


for _name in ACTIONS:
    setattr(Leaks, _name, _rule(_name))

QUICK = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_people_do_no_merchants_text_reaches_another() -> None:
    run_state_machine_as_test(Leaks, settings=QUICK)


def test_nor_does_it_on_a_long_way() -> None:
    assert walk(1, SHORT) == SHORT


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_nor_does_it_on_a_very_long_way() -> None:
    assert walk(SEED, LONG) == LONG


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_nor_does_it_on_many_ways_that_are_chosen_to_differ() -> None:
    many = settings(QUICK, max_examples=max(100, LONG // 200), stateful_step_count=100, derandomize=False)
    run_state_machine_as_test(Leaks, settings=many)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("missing", MUTANTS)
def test_the_machine_finds_every_check_that_is_missing(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[missing](monkeypatch)
    with pytest.raises(Leak):
        walk(1, ENOUGH * LIFE)


FIRST = (
    "the gate shows everybody everything",
    "a group is shown what its asker may read",
    "what is sent is not checked",
    "every exchange is readable",
    "sections are opened without a scope",
    "sessions are read without a scope",
    "anybody in the scope presses a tip",
    "a feed writes to another team's sessions",
)


@pytest.mark.parametrize("missing", FIRST)
def test_the_machine_finds_the_first_checks_that_are_missing(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[missing](monkeypatch)
    with pytest.raises(Leak):
        walk(1, ENOUGH * LIFE)


def test_hypothesis_finds_a_gate_that_stands_open(monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS["the gate shows everybody everything"](monkeypatch)
    with pytest.raises(Leak):
        run_state_machine_as_test(Leaks, settings=settings(QUICK, phases=[Phase.generate], max_examples=50))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> RunningClock:
    """A clock that runs, for the desk as well, and no limits on how much is sent."""
    running = RunningClock()
    monkeypatch.setattr("tests.channels.telegram.desk.now", running)
    for name in ("BOT_RATE", "CHAT_RATE", "GROUP_RATE"):
        monkeypatch.setattr(outgoing, name, outgoing.Rate(timedelta(milliseconds=1), 1))
    return running


async def test_nor_does_it_through_telegram(tmp_path: Path, clock: RunningClock) -> None:
    async with await TelegramDouble.start(TOKEN, clock=RunningClock().seconds) as double:
        assert await telephoned(tmp_path, double, 1, TELEPHONED, clock) == TELEPHONED


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_nor_does_it_through_telegram_for_long(tmp_path: Path, clock: RunningClock) -> None:
    for seed in range(SEED, SEED + max(1, LONG // 20_000)):
        (tmp_path / str(seed)).mkdir()
        async with await TelegramDouble.start(TOKEN, clock=RunningClock().seconds) as double:
            await telephoned(tmp_path / str(seed), double, seed, 200, clock)


async def test_the_machine_finds_a_gate_that_stands_open_through_telegram(
    tmp_path: Path, clock: RunningClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS["the gate shows everybody everything"](monkeypatch)
    async with await TelegramDouble.start(TOKEN, clock=RunningClock().seconds) as double:
        with pytest.raises(Leak):
            await telephoned(tmp_path, double, 1, TELEPHONED, clock)
