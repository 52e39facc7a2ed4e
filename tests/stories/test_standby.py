"""Two copilots over one database: the second waits, takes over when the first is killed, and nobody notices.

Both ask the same Bot API double, which answers the one that polls while another does as Telegram would: with a conflict.
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.double import TelegramDouble
from tests.storage.server import NoServer, Server, running_server
from tests.stories.harness import Copilot, Survey, events, free_port, small_handbook, unfit_for_operators, until

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(150)]

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
_NUMBERS = itertools.count()
TAKES_OVER = "standby.takes_over"


@dataclass
class Pair:
    """A double and how to make copilots that share their data, each with a log of its own."""

    folder: Path
    double: TelegramDouble
    shared: dict[str, str]

    def copilot(self, name: str, *arguments: str, **more: str) -> Copilot:
        made = Copilot.for_double(self.folder / name, self.double, **(self.shared | more))
        made.arguments = arguments
        return made


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = running_server()
    try:
        started = next(running)
    except NoServer as error:
        pytest.skip(str(error))
    yield started
    running.close()


@pytest_asyncio.fixture(loop_scope="module", params=["one data folder", "one PostgreSQL database"])
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    shared = {"COPILOT_HANDBOOK": str(small_handbook(tmp_path))}
    if request.param == "one data folder":
        shared["COPILOT_DATA"] = str(tmp_path / "data")
    else:
        server, name = request.getfixturevalue("server"), f"standby{next(_NUMBERS)}"
        server.psql(f"CREATE DATABASE {name} TEMPLATE template0")
        shared["COPILOT_DATABASE_URL"] = server.url(name)
    async with await TelegramDouble.start(TOKEN, seed=7) as double:
        yield Pair(tmp_path, double, shared)


def takeovers(copilot: Copilot) -> int:
    return sum(event["event"] == TAKES_OVER for event in events(copilot.log))


async def test_the_second_waits_says_so_once_and_takes_over_from_a_killed_first(pair: Pair) -> None:
    port = free_port()
    first, second = pair.copilot("first"), pair.copilot("second", "--standby", COPILOT_HTTP_PORT=str(port))
    survey, people = Survey(pair.double), [pair.double.user(f"operator {number}") for number in range(4)]
    try:
        await first.polls(pair.double)
        second.start()
        assert await until(lambda: "待命" in second.log, 60), second.log
        for person in people:
            await survey.ask(person, person.private(), "开播前要核对什么？")
        await survey.all_answered(30)
        assert second.alive and second.log.count("待命") == 1 and takeovers(second) == 0
        assert await until(lambda: _health(port) == {"ok": True, "role": "standby"})
        assert await until(lambda: "standby.ready" in second.log, 60)
        for person in people:
            await survey.ask(person, person.private(), "主播迟到怎么办？")
        survey.breaks.append(time.time())
        killed = time.monotonic()
        first.kill()
        assert await until(lambda: takeovers(second) == 1, 20), second.log
        seconds = time.monotonic() - killed
        await survey.all_answered(60)
        print(f"owner after {seconds:.2f} s, all answered after {time.monotonic() - killed:.2f} s")  # noqa: T201
        assert await until(lambda: _health(port).get("role") == "owner")
        assert await second.stop() == 0
    finally:
        first.kill()
        second.kill()
    assert not survey.needless_repeats
    for copilot in (first, second):
        assert not unfit_for_operators(copilot.log, [TOKEN])
        assert "两边会互相打断" not in copilot.log


@pytest.mark.soak
async def test_roles_change_hands_again_and_again_and_nothing_is_lost(pair: Pair) -> None:
    survey, people = Survey(pair.double), [pair.double.user(f"asker {number}") for number in range(3)]
    running = pair.copilot("0", "--standby")
    everyone = [running]
    try:
        await running.polls(pair.double)
        assert "待命" not in running.log
        for number in (1, 2):
            waiting = pair.copilot(str(number), "--standby")
            everyone.append(waiting)
            waiting.start()
            assert await until(lambda waiting=waiting: "待命" in waiting.log, 60)  # type: ignore[misc]
            for person in people:
                await survey.ask(person, person.private(), "库存挂错了怎么救？")
            survey.breaks.append(time.time())
            if number == 1:
                running.kill()
            else:
                assert await running.stop() == 0
            await survey.all_answered(60)
            running = waiting
    finally:
        for copilot in everyone:
            copilot.kill()
    assert [takeovers(copilot) for copilot in everyone] == [1, 1, 1]
    assert not survey.needless_repeats
    assert not any("两边会互相打断" in copilot.log for copilot in everyone)


def _health(port: int) -> dict[str, object]:
    """What /healthz says now, nothing when nobody answers; of the parts only the role and the whole."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            said = json.loads(answer.read())
    except OSError:
        return {}
    return {name: said[name] for name in ("ok", "role")}
