"""The same burst on the real clock, through the whole copilot and the Bot API double that counts. `make soak`."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.storage.database import Database
from bot.storage.outbox import Outbox, outgoing, put
from tests.double import TelegramDouble
from tests.stories.harness import Copilot, small_handbook, until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
GROUPS, EACH = 50, 20


async def test_a_thousand_messages_keep_the_limits_and_no_tip_waits_three_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with await TelegramDouble.start(TOKEN, seed=7) as double:
        copilot = Copilot.for_double(tmp_path, double, COPILOT_HANDBOOK=str(small_handbook(tmp_path)))
        owner = double.user("owner")
        groups = [double.group(f"群{number}", owner, kind="supergroup") for number in range(GROUPS)]
        written: dict[str, float] = {}
        try:
            await copilot.polls(double)
            # Each group is greeted first.
            assert await until(lambda: copilot.rows("SELECT count(*) FROM outbox WHERE state = 'ready'") == [(0,)], 60)
            await asyncio.sleep(65)
            double.limits.enforced = True
            database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/data/copilot.db", beside=True)
            async with database.write() as db:
                for number in range(EACH):
                    for group in groups:
                        row = outgoing(
                            f"burst:{group.id}:{number}", "telegram", str(group.id), text(f"{number}"), kind=Kind.CHECKLIST,
                            now=datetime.now(UTC),
                        )  # fmt: skip
                        await put(db, row)
            began = time.time()
            for number in range(12):
                group, said = groups[number * 7 % GROUPS], f"提示 {number}"
                written[said] = time.time()
                tip = text(said)
                await Outbox(database).add(said, "telegram", str(group.id), tip, kind=Kind.TIP, now=datetime.now(UTC))
                await asyncio.sleep(5)
            await database.close()
            left = "SELECT count(*) FROM outbox WHERE state <> 'sent'"
            assert await until(lambda: copilot.rows(left) == [(0,)], 180), copilot.rows(left)
            took = time.time() - began
        finally:
            copilot.kill()
        waits = {sent.message.text: sent.at - written[sent.message.text] for sent in double.sent if sent.message.text in written}
        longest = max(waits.values())
        refused = sum(call.method == "sendMessage" and call.sent is None for call in double.calls)
        with capsys.disabled():
            sys.stdout.write(f"\n{GROUPS * EACH} sent in {took:.0f} s, {refused} refused, longest tip {longest:.2f} s\n")
        assert refused == 0
        assert len(waits) == len(written) and longest <= 3, waits
