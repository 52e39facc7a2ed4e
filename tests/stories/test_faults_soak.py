"""The long run: 200 questions in private chats, groups and topics, everything going wrong, a dozen kills. `make soak`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.double import TelegramDouble
from tests.stories.harness import COMMAND, Copilot, unfit_for_operators
from tests.stories.storm import Storm

pytestmark = pytest.mark.soak

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
SEED = int(os.environ.get("SOAK_SEED", "1"))


def _indexed(folder: Path) -> None:
    """The built-in handbook with all its vectors."""
    subprocess.run([str(COMMAND), "index", "--data", str(folder / "data")], cwd=folder, check=True, capture_output=True)


async def test_200_questions_through_faults_and_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _indexed(tmp_path)
    async with await TelegramDouble.start(TOKEN, seed=SEED) as double:
        copilot = Copilot.for_double(tmp_path, double)
        storm = Storm(double, copilot, SEED)
        try:
            await storm.run(questions=200, people=14, every=0.6, kills=12, patience=180)
            assert await copilot.stop() == 0
        finally:
            copilot.kill()
            with capsys.disabled():
                sys.stdout.write(f"\nseed {SEED}\n{storm.table()}")
        assert not storm.survey.unanswered
        assert not storm.survey.needless_repeats
        assert not unfit_for_operators(copilot.log, [TOKEN])
        parked = copilot.rows("SELECT update_id, error FROM inbox WHERE state = 'parked'")
        lost = copilot.rows("SELECT key, state, error FROM outbox WHERE state <> 'sent'")
        assert (parked, lost) == ([], [])
