"""Commands beside a running bot: they change the same database, and the bot goes by it at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.double import TelegramDouble
from tests.stories.harness import COMMAND, ROOT, Copilot, Survey, small_handbook, unfit_for_operators

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[TelegramDouble, Copilot]]:
    folder = tmp_path_factory.mktemp("beside")
    async with await TelegramDouble.start(TOKEN, seed=7) as double:
        copilot = Copilot.for_double(folder / "first", double, COPILOT_HANDBOOK=str(small_handbook(folder)))
        yield double, copilot
        copilot.kill()


async def _command(copilot: Copilot, *words: str) -> str:
    """What a command puts on stdout that runs over the bot's data."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("COPILOT_", "TELEGRAM_"))}
    environment = inherited | copilot.environment | {"COPILOT_DATA": str(copilot.folder / "data"), "PYTHONPATH": str(ROOT)}
    done = await asyncio.to_thread(
        subprocess.run, [str(COMMAND), *words], cwd=copilot.folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


async def test_bot_answers_while_commands_change_its_database(stage: tuple[TelegramDouble, Copilot]) -> None:
    double, copilot = stage
    await copilot.polls(double)
    person, survey = double.user("小李"), Survey(double)
    link, *_ = await asyncio.gather(
        _command(copilot, "invite", "--owner"),
        _command(copilot, "team", "add", "一队"),
        *(survey.ask(person, person.private(), "主题怎么定？") for _ in range(3)),
    )
    assert link.startswith(f"https://t.me/{double.world.bot.username}?start=i_")
    merchant = await _command(copilot, "merchants", "add", "好物", "--team", "一队")
    until = f"{datetime.now(UTC).date() + timedelta(days=30)}"
    await _command(copilot, "merchants", "authorise", merchant, "--until", until, "--by", "张三")
    await survey.ask(person, person.private(), "主题怎么定？")
    await survey.all_answered(30)
    assert survey.repeats == 0
    await _command(copilot, "merchants", "delete", merchant, "--confirm", "好物")
    assert unfit_for_operators(copilot.log, [TOKEN]) == []


async def test_blocked_person_is_not_listened_to_from_the_next_message_on(stage: tuple[TelegramDouble, Copilot]) -> None:
    double, copilot = stage
    await copilot.polls(double)
    person, other, survey = double.user("小王"), double.user("小赵"), Survey(double)
    await survey.ask(person, person.private(), "主题怎么定？")
    await survey.all_answered(30)
    await _command(copilot, "roles", "block", str(person.id))
    unheard = await Survey(double).ask(person, person.private(), "主题怎么定？")
    await survey.ask(other, other.private(), "主题怎么定？")
    await survey.all_answered(30)
    assert survey.answers(unheard) == []
    await _command(copilot, "roles", "unblock", str(person.id))
    await survey.ask(person, person.private(), "主题怎么定？")
    await survey.all_answered(30)
