"""What another process acknowledged is still there after it was killed."""

from __future__ import annotations

import subprocess
import sys

from bot.domain.outgoing import Kind
from bot.storage.database import Database
from bot.storage.outbox import Outbox, Recovered
from tests.storage.helpers import NOW, ROOT, inbox_of

PUTS = """
import asyncio, sys
from bot.storage.database import Database
from tests.storage.helpers import NOW, inbox_of
async def main():
    inbox = inbox_of(await Database.open(sys.argv[1]))
    for number in range(100_000):
        await inbox.put("telegram", number, "42", {"text": "停留" * 200}, now=NOW)
        print(number, flush=True)
asyncio.run(main())
"""

SENDS = """
import asyncio, os, sys
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from tests.storage.helpers import NOW
async def main():
    outbox = Outbox(await Database.open(sys.argv[1]))
    for kind in (Kind.ANSWER, Kind.CHECKLIST, Kind.DIGEST):
        await outbox.add(kind.value, "telegram", "42", text("好"), kind=kind, now=NOW)
    for item in await outbox.due(now=NOW, limit=2):
        await outbox.claim(item.id, now=NOW)
    os._exit(9)
asyncio.run(main())
"""


def _kill_while_writing(url: str) -> int:
    """Returns how many updates the other process had acknowledged."""
    with subprocess.Popen([sys.executable, "-c", PUTS, url], cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == 60:
                break
        writer.kill()
        return 61 + len([line for line in writer.stdout if line.endswith("\n")])


def _exit_with_messages_in_hand(url: str) -> int:
    return subprocess.run([sys.executable, "-c", SENDS, url], cwd=ROOT, check=False).returncode


async def test_no_acknowledged_update_is_lost_by_a_kill(url: str) -> None:
    acknowledged = _kill_while_writing(url)
    database = await Database.open(url)
    stored = [item.update_id for item in await inbox_of(database).pending(limit=100_000)]
    await database.close()
    assert stored == list(range(len(stored)))
    assert len(stored) >= acknowledged > 60


async def test_what_a_killed_process_had_in_hand_is_sent_again(url: str) -> None:
    assert _exit_with_messages_in_hand(url) == 9
    database = await Database.open(url)
    outbox = Outbox(database)
    assert await outbox.counts() == {"ready": 1, "sending": 2}
    assert await outbox.recover(now=NOW) == Recovered(repeated=2, dropped=0)
    assert [item.kind for item in await outbox.due(now=NOW, limit=9)] == [Kind.ANSWER, Kind.CHECKLIST, Kind.DIGEST]
    await database.close()
