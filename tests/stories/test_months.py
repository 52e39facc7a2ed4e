"""A month of a team, with kills, a failing network and a clock that is set: nothing due is lost, nothing comes twice for nothing.

Small here, whole in `make soak`; `python -m tests.stories.months FOLDER` runs one by hand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def run(folder: Path, **size: int) -> dict[str, Any]:
    """A month, in a process of its own that gives birth to the ones that are killed; what came of it."""
    asked = [f"--{name}={value}" for name, value in size.items()]
    command = [sys.executable, "-m", "tests.stories.months", str(folder), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr[-3000:]
    print(done.stdout)  # noqa: T201  shown with -s and when something fails
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def holds(verdict: dict[str, Any]) -> None:
    """What has to be true of any month."""
    assert verdict["lost"] == []
    assert verdict["repeated_for_nothing"] == 0
    assert verdict["late_p50"] <= 1 and verdict["caught_up_p99"] <= 30
    assert set(verdict["states"]) <= {"sent", "ready", "expired"}, verdict["states"]


@pytest.mark.timeout(400)
def test_a_day_with_kills_loses_no_push_and_repeats_none_for_nothing(tmp_path: Path) -> None:
    verdict = run(tmp_path, days=1, sessions=2, kills=10, seed=3)
    holds(verdict)
    assert verdict["kills"] == 10 and verdict["pushes"] > 20


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_a_month_with_five_hundred_kills_does_neither(tmp_path: Path) -> None:
    verdict = run(tmp_path, days=30, sessions=30, kills=500, seed=1)
    holds(verdict)
    assert verdict["late_p99"] <= 2  # of few pushes that is the latest, which one refusal by the platform can make later
    assert verdict["kills"] == 500 and verdict["pushes"] > 20_000
