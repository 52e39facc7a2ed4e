"""Documents beside a running copilot: put in from the command line, found in chat, and gone with their merchant."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.build_office import open_office
from bot.config import load_settings
from bot.domain.access import Membership, Role
from bot.domain.audit import Deed, Entry
from bot.flows.access import Actor
from bot.shelves import library_left
from tests.double import TelegramDouble
from tests.stories.harness import Copilot, small_handbook, until

DOCUMENT = "# 货盘\n\n## 1 定价\n\n香皂的毛利是三十七个点，到手价二十九元九角。\n"
QUESTION = "香皂的毛利是几个点"


async def served(data: Path, person: str) -> tuple[str, str]:
    """A team with `person` as its lead and an authorised merchant; returns both ids."""
    async with open_office(load_settings(data=data)) as office:
        owner = Actor(await office.gate.people.everything("terminal:local"), "terminal:local")
        team = await office.team.found(owner, "直播一组")
        at = datetime.now(UTC)
        lead = Membership(person, team.id, Role.LEAD)
        await office.gate.people.give(lead, "terminal:local", Entry(at, "terminal:local", Deed.ROLE_GIVEN))
        owner = Actor(await office.gate.people.everything("terminal:local"), "terminal:local")
        merchant = await office.merchants.add(owner, team.id, "香皂铺")
        owner = Actor(await office.gate.people.everything("terminal:local"), "terminal:local")
        await office.merchants.authorise(owner, merchant.id, at + timedelta(days=9), "店长")
        return team.id, merchant.id


async def deleted(data: Path, merchant: str) -> None:
    """The merchant deleted as a command does it, in a process of its own."""
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from bot.build_office import open_office; from bot.config import load_settings\n"
        "from bot.flows.access import Actor\n"
        "async def main():\n"
        "    async with open_office(load_settings(data=Path(sys.argv[1]))) as office:\n"
        "        actor = Actor(await office.gate.people.everything('terminal:local'), 'terminal:local')\n"
        "        await office.merchants.delete(actor, sys.argv[2])\n"
        "asyncio.run(main())\n"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script, str(data), merchant], check=True, capture_output=True)


async def test_a_document_put_in_beside_a_running_copilot_is_found_and_goes_with_its_merchant(tmp_path: Path) -> None:
    file = tmp_path / "货盘.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    async with await TelegramDouble.start(validate=False) as double:
        lead, stranger = double.user("阿芳", started=True), double.user("路人", started=True)
        copilot = Copilot.for_double(tmp_path, double, COPILOT_HANDBOOK=str(small_handbook(tmp_path)))
        data = tmp_path / "data"
        try:
            await copilot.polls(double)
            _, merchant = await served(data, f"telegram:{lead.id}")
            command = [sys.executable, "-m", "bot", "library", "add", str(file), "--merchant", merchant, "--data", str(data)]
            done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, text=True, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert await until(lambda: "collections.changed" in copilot.log, 60), copilot.log
            answer = await lead.asks(lead.private(), QUESTION)
            assert "三十七个点" in answer.text
            await lead.presses(answer, "〔1〕")
            assert answer.text.startswith("1 定价\n《货盘》") and "到手价二十九元九角" in answer.text
            assert "三十七" not in (await stranger.asks(stranger.private(), QUESTION)).text
            await deleted(data, merchant)
            assert await until(lambda: "collections.removed" in copilot.log, 60), copilot.log
            assert set((await library_left(data, merchant)).values()) == {0}
            assert "三十七" not in (await lead.asks(lead.private(), QUESTION)).text
        finally:
            await copilot.stop()
