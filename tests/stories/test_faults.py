"""The bot as a process of its own while things go wrong: what was asked is answered, and the log says what is the matter."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.double import TelegramDouble, faults
from tests.stories.harness import (
    Copilot,
    Network,
    Survey,
    events,
    free_port,
    small_handbook,
    unfit_for_operators,
    until,
    with_tls_in_front,
)
from tests.stories.storm import Storm

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
OTHER_TOKEN = "4200000042:AAxx-YYzz_EEff00112233445566778899bb"
TWO_BOTS = "另有程序用同一个机器人 token 在收消息，两边会互相打断。请关掉其中一个；这里会一直重试。"
NO_NETWORK = "连不上 Telegram，正在重试。请检查网络或 TELEGRAM_API_URL。"


@dataclass
class Scene:
    """A double and a bot that the tests of this module share, because a start takes seconds; each brings its own people."""

    folder: Path
    handbook: Path
    double: TelegramDouble
    copilot: Copilot

    def another(self, name: str, **environment: str) -> Copilot:
        """A second copilot with a data folder of its own."""
        return Copilot.for_double(self.folder / name, self.double, COPILOT_HANDBOOK=str(self.handbook), **environment)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("faults")
    handbook = small_handbook(folder)
    async with await TelegramDouble.start(TOKEN, seed=7) as double:
        copilot = Copilot.for_double(folder / "first", double, COPILOT_HANDBOOK=str(handbook))
        yield Scene(folder, handbook, double, copilot)
        copilot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def scene(stage: Scene) -> AsyncIterator[Scene]:
    """The bot runs, nothing goes wrong any more that an earlier test asked for, and nobody leaves the log in a mess."""
    await stage.copilot.polls(stage.double)
    yield stage
    stage.double.faults.clear()
    stage.double.limits.enforced = False
    assert not unfit_for_operators(stage.copilot.log, [TOKEN, OTHER_TOKEN])


async def test_every_question_is_answered_through_faults_and_kills(scene: Scene) -> None:
    storm = Storm(scene.double, scene.copilot, seed=7)
    await storm.run(questions=18, people=6, every=0.2, kills=2, patience=60)
    assert storm.kills.total() == 2
    assert len(storm.survey.questions) == 18
    assert not storm.survey.needless_repeats, storm.table()


async def test_a_stop_loses_nothing_and_what_was_asked_meanwhile_comes_oldest_first(scene: Scene) -> None:
    survey = Survey(scene.double)
    crowd = [scene.double.user(f"asker {number}") for number in range(4)]
    for person in crowd:
        await survey.ask(person, person.private(), "开播前要核对什么？")
    assert await scene.copilot.stop() == 0
    late = crowd[0]
    down = [
        await survey.ask(late, late.private(), text, ago=ago)
        for text, ago in (("断流了怎么办？", 7200), ("主播迟到怎么办？", 300))
    ]
    await scene.copilot.polls(scene.double)
    await survey.all_answered(30)
    older, newer = (survey.answers(asked)[0].message for asked in down)
    assert older.text.startswith("刚才不在线，让您久等了（2 小时前的问题）。")
    assert newer.text.startswith("刚才不在线，让您久等了（5 分钟前的问题）。")
    assert older.id < newer.id
    assert not survey.needless_repeats


async def test_a_second_copilot_on_the_data_folder_is_told_who_has_it(scene: Scene) -> None:
    second = scene.another("second on the folder", COPILOT_DATA=str(scene.copilot.folder / "data"))
    second.start()
    assert await second.ends() == 1
    assert scene.copilot.process is not None
    (line,) = second.log.splitlines()
    assert f"正被另一个 copilot 使用（进程 {scene.copilot.process.pid}：copilot run）" in line
    person = scene.double.user("still served")
    assert (await person.asks(person.private(), "断流了怎么办？")).text


async def test_two_bots_on_one_token_say_so_once_and_the_first_goes_on(scene: Scene) -> None:
    survey, person = Survey(scene.double), scene.double.user("asks two bots")
    second = scene.another("second on the token")
    seen = len(scene.copilot.log)
    try:
        second.start()
        assert await until(lambda: TWO_BOTS in scene.copilot.log[seen:] and TWO_BOTS in second.log, 30)
        await survey.ask(person, person.private(), "断流了怎么办？")
        await survey.all_answered(20)
    finally:
        second.kill()
    await survey.ask(person, person.private(), "主播迟到怎么办？")
    await survey.all_answered(30)
    for log in (scene.copilot.log[seen:], second.log):
        assert [event["event"] for event in events(log) if event["level"] != "info"] == [TWO_BOTS]


async def test_a_slow_telegram_gets_every_message_once(scene: Scene) -> None:
    scene.double.faults.often(faults.slow(2.0), probability=1)
    survey = Survey(scene.double)
    crowd = [scene.double.user(f"patient {number}") for number in range(6)]
    began = time.monotonic()
    for person in crowd:
        await survey.ask(person, person.private(), "断流了怎么办？")
    await survey.all_answered(15)
    assert time.monotonic() - began < 12, "one slow chat must not hold up the others"
    assert await until(lambda: scene.copilot.rows("SELECT count(*) FROM outbox WHERE state <> 'sent'") == [(0,)])
    assert survey.repeats == 0


async def test_a_wrong_token_is_one_line_and_not_shown(scene: Scene) -> None:
    wrong = scene.another("wrong token", TELEGRAM_BOT_TOKEN=OTHER_TOKEN)
    wrong.start()
    assert await wrong.ends() == 1
    said = [line for line in wrong.log.splitlines() if not line.startswith(("{", "读手册", "计算向量"))]
    assert said == ["Telegram 不认 TELEGRAM_BOT_TOKEN。请向 @BotFather 核对后改 .env；设过 TELEGRAM_API_URL 的话也核对一下。"]
    assert not unfit_for_operators(wrong.log, [OTHER_TOKEN])


async def test_without_a_network_it_waits_and_connects_by_itself(scene: Scene) -> None:
    double = await TelegramDouble.start(OTHER_TOKEN)
    network = Network(double)
    offline = Copilot.for_double(
        scene.folder / "offline", double, COPILOT_HANDBOOK=str(scene.handbook), TELEGRAM_API_URL=network.url
    )
    survey, person = Survey(double), double.user("patient")
    try:
        offline.start()
        assert await until(lambda: NO_NETWORK in offline.log, 30), offline.log
        await survey.ask(person, person.private(), "断流了怎么办？")
        await network.up()
        await survey.all_answered(30)
        survey.breaks.append(time.time())
        await network.down()
        await survey.ask(person, person.private(), "主播迟到怎么办？")
        await network.up()
        await survey.all_answered(30)
        survey.breaks.append(time.time())
        await network.down()
        assert await offline.stop() == 0
    finally:
        offline.kill()
        await network.down()
        await double.stop()
    assert not survey.needless_repeats
    assert not unfit_for_operators(offline.log, [OTHER_TOKEN])


async def test_a_webhook_takes_what_has_the_secret_and_loses_nothing_to_a_kill(scene: Scene) -> None:
    double, port, secret = await TelegramDouble.start(OTHER_TOKEN), free_port(), "a-secret_of-the-webhook"
    with_tls_in_front(double)
    hooked = Copilot.for_double(
        scene.folder / "hooked", double, COPILOT_HANDBOOK=str(scene.handbook), COPILOT_WEBHOOK_SECRET=secret,
        COPILOT_WEBHOOK_URL=f"https://127.0.0.1:{port}/hook", COPILOT_HTTP_PORT=str(port),
    )  # fmt: skip
    survey, person, stranger = Survey(double), double.user("hooked"), double.user("stranger", started=True)
    try:
        hooked.start()
        assert await until(lambda: bool(double.updates.webhook_url), 60), hooked.log
        await survey.ask(person, person.private(), "断流了怎么办？")
        await survey.all_answered(20)
        assert await _forged(port, stranger.id, [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}]) == [403, 403]
        for text in ("主播迟到怎么办？", "库存挂错了怎么救？", "开播前要核对什么？"):
            await survey.ask(person, person.private(), text)
        survey.breaks.append(time.time())
        hooked.kill()
        hooked.start()
        await survey.all_answered(60)
        assert not stranger.private().from_bot
        assert await hooked.stop() == 0
    finally:
        hooked.kill()
        await double.stop()
    assert not survey.needless_repeats
    assert not unfit_for_operators(hooked.log, [OTHER_TOKEN, secret])


async def _forged(port: int, person: int, headers: list[dict[str, str]]) -> list[int]:
    """Post an update that is not Telegram's, once with each of the headers; returns the status codes."""
    sender = {"id": person, "is_bot": False, "first_name": "stranger"}
    chat = {"id": person, "type": "private", "first_name": "stranger"}
    message = {"message_id": 9, "date": int(time.time()), "from": sender, "chat": chat, "text": "断流了怎么办？"}
    async with httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{port}/hook"
        update = {"update_id": 900_000_001, "message": message}
        return [(await client.post(address, json=update, headers=header)).status_code for header in headers]
