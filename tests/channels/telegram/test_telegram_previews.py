"""While a model writes: drafts in a private chat, one edited message in a group, and never an unchecked sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from bot.channels.telegram import previews, updates
from bot.channels.telegram.splitting import LIMIT
from bot.domain import outgoing
from knowledge.types import Passage
from tests.channels.telegram.desk import Desk
from tests.double import ChatView, faults

pytestmark = pytest.mark.alone

CHECKED = "停留时长＝观看总时长 ÷ 观看人次 [1]。"
PATIENT = 60
"""Seconds that a test waits at most for what has to come."""
INVENTED = "停留每涨 1 秒，平台奖励 500 元 [1]。"


class SlowModel:
    """Writes its pieces with `wait` seconds before each; `gate`, if there is one, must be open before the last."""

    name = "slow"

    def __init__(self, *pieces: str, wait: float = 0.15) -> None:
        self.pieces = pieces
        self.wait = wait
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        written = ""
        for number, piece in enumerate(self.pieces, 1):
            await asyncio.sleep(self.wait)
            if number == len(self.pieces):
                await self.gate.wait()
            written += piece
            if heard:
                heard(written)
        return written


class Talkative(SlowModel):
    """Goes on with its last piece until the gate is open."""

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        written = "".join(self.pieces)
        while not self.gate.is_set():
            await asyncio.sleep(self.wait)
            written += self.pieces[-1]
            if heard:
                heard(written)
        return written


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "PATIENCE", 0.05)
    monkeypatch.setattr(previews, "DRAFT_EVERY", 0.02)
    monkeypatch.setattr(previews, "EDIT_EVERY", 0.1)
    monkeypatch.setattr(previews, "LOOK_EVERY", 0.02)
    # However slow the machine is, a preview that a test waits for is not given up.
    monkeypatch.setattr(previews, "LOOKS", PATIENT * 50)
    monkeypatch.setattr(previews, "PLACED_WITHIN", timedelta(seconds=PATIENT))


@pytest.fixture
async def slow(idle_desk: Desk, brisk: None) -> tuple[Desk, SlowModel]:
    model = SlowModel("停留时长＝观看总时长 ", "÷ 观看人次 [1]。", "低于 40 秒先看开场 [1]。")
    idle_desk.model = model
    await idle_desk.start()
    return idle_desk, model


def drafts_of(desk: Desk) -> list[str]:
    return [call.text("text") for call in desk.double.calls if call.method == "sendMessageDraft"]


async def test_a_private_chat_sees_drafts_with_the_sections_and_then_checked_sentences(slow: tuple[Desk, SlowModel]):
    desk, _ = slow
    alice = desk.double.user("小李")
    chat = alice.private()
    answer = await alice.asks(chat, "停留低怎么办")
    assert answer.text.startswith("停留时长＝观看总时长 ÷ 观看人次 〔1〕。低于 40 秒先看开场 〔1〕。")
    drafts = drafts_of(desk)
    assert drafts[0].startswith("正在组织回答…找到这几节：\n\n〔1〕12.2 停留低")
    assert drafts[-1] == "正在组织回答…已对照手册的先给您看：\n\n停留时长＝观看总时长 ÷ 观看人次 〔1〕。"
    assert len({call.text("draft_id") for call in desk.double.calls if call.method == "sendMessageDraft"}) == 1
    assert len(chat.from_bot) == 1
    assert chat.drafts == []


async def test_an_invented_sentence_is_never_on_the_screen(idle_desk: Desk, brisk: None):
    idle_desk.model = SlowModel(CHECKED, INVENTED, CHECKED, CHECKED)
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    group = idle_desk.double.group("晨会", alice)
    private = await alice.asks(alice.private(), "停留低怎么办")
    asked = await alice.say(group, "/ask 停留低怎么办")
    shared = await group.answer_to(asked)
    await idle_desk.settled()
    assert "没有采用" in private.text
    assert "没有采用" in shared.text
    shown = [*drafts_of(idle_desk), *(call.text("text") for call in idle_desk.double.calls)]
    assert any("观看总时长" in text for text in drafts_of(idle_desk))
    assert not [text for text in shown if "500" in text]


async def test_without_a_model_nothing_is_streamed(desk: Desk, brisk: None):
    alice = desk.double.user("小李")
    group = desk.double.group("晨会", alice)
    await alice.asks(alice.private(), "停留低怎么办")
    await group.answer_to(await alice.say(group, "/ask 停留低怎么办"))
    await desk.settled()
    assert drafts_of(desk) == []
    assert [sent.method for sent in desk.double.sent] == ["sendMessage", "sendMessage"]


@pytest.mark.parametrize(
    "fault", [faults.too_many(30), faults.refused(404, "Not Found"), faults.bad_gateway(), faults.drop_after()]
)
async def test_an_answer_comes_where_drafts_are_refused(slow: tuple[Desk, SlowModel], fault: faults.Fault):
    desk, _ = slow
    desk.double.faults.often(fault, probability=1, method="sendMessageDraft")
    alice = desk.double.user("小李")
    assert (await alice.asks(alice.private(), "停留低怎么办")).text.startswith("停留时长")
    assert sum(desk.double.faults.happened.values()) == 1


async def asked(desk: Desk, text: str = "停留低怎么办") -> tuple[ChatView, int]:
    """A group in which somebody asked, and the id of the preview that stands there."""
    alice = desk.double.user("小李")
    group = desk.double.group("晨会", alice)
    preview = await group.answer_to(await alice.say(group, f"/ask {text}"))
    assert preview.text.startswith("正在组织回答…")
    return group, preview.id


async def test_in_a_group_one_message_is_edited_until_it_is_the_answer(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.pieces = (*model.pieces, "")
    model.gate.clear()
    group, number = await asked(desk)
    assert await desk.double.world.until(lambda: "已对照手册" in group.last.text, 5)
    model.gate.set()
    assert await desk.double.world.until(lambda: "低于 40 秒" in group.last.text, 5)
    await desk.settled()
    assert [message.id for message in group.from_bot] == [number]
    assert "[👍]" in group.last.as_seen()
    assert "正在组织" not in group.last.text


async def test_a_group_is_spared_the_preview_of_an_answer_that_is_there_at_once(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.wait = 0
    group = desk.double.group("晨会", alice := desk.double.user("小李"))
    await group.answer_to(await alice.say(group, "/ask 停留低怎么办"))
    await desk.settled()
    assert [sent.method for sent in desk.double.sent] == ["sendMessage"]


async def test_an_answer_too_long_for_one_message_comes_below_its_preview(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.pieces = ("", "开播前把要说的话从头到尾念一遍 [1]。" * 300)
    desk.handbook.sections = (desk.handbook.sections[3],)
    model.gate.clear()
    group, number = await asked(desk, "开播前把要说的话念一遍")
    model.gate.set()
    whole = lambda: len(group.from_bot) > 2 and "[👍]" in group.last.as_seen() and "见下面" in group.from_bot[0].text  # noqa: E731
    assert await desk.double.world.until(whole, PATIENT)
    assert group.from_bot[0].id == number
    assert group.from_bot[0].text == "回答比较长，见下面。"
    assert len(group.from_bot[1].text) > LIMIT // 2
    assert "[👍]" in group.last.as_seen()


async def test_an_answer_whose_preview_was_deleted_comes_as_a_new_message(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.gate.clear()
    group, number = await asked(desk)
    group.chat.messages[number].deleted = True
    model.gate.set()
    assert await desk.double.world.until(lambda: "低于 40 秒" in group.last.text, 5)
    assert group.last.id != number


async def test_a_restart_goes_on_in_the_same_message(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.gate.clear()
    group, number = await asked(desk)
    assert desk.bot is not None
    await desk.bot._worker.stop(patience=0.05)
    await desk.stop()
    model.gate.set()
    await desk.start()
    assert await desk.double.world.until(lambda: "低于 40 秒" in group.last.text, 5)
    await desk.settled()
    assert [message.id for message in group.from_bot] == [number]


async def test_an_edited_question_changes_the_answer_that_took_the_place_of_its_preview(slow: tuple[Desk, SlowModel]):
    desk, model = slow
    model.gate.clear()
    group = desk.double.group("晨会", alice := desk.double.user("小李"))
    question = await alice.say(group, "/ask 停留低怎么")
    number = (await group.answer_to(question)).id
    model.gate.set()
    assert await desk.double.world.until(lambda: "低于 40 秒" in group.last.text, 5)
    await desk.settled()
    model.pieces = ("低于 40 秒先看开场 [1]。",)
    await alice.edits(question, "/ask 停留低怎么办")
    assert await desk.double.world.until(lambda: group.last.text.startswith("低于 40 秒"), 5)
    assert [message.id for message in group.from_bot] == [number]


async def test_an_answer_that_never_comes_leaves_no_preview_behind(slow: tuple[Desk, SlowModel], monkeypatch: pytest.MonkeyPatch):
    desk, model = slow
    monkeypatch.setattr(updates, "RETRY_AFTER", (0.01, 0.01))

    async def breaks(*_: object, **__: object) -> str:
        raise RuntimeError("坏了")

    model.gate.clear()
    group, number = await asked(desk)
    monkeypatch.setattr(desk.exchanges, "record", breaks)
    model.gate.set()
    assert await desk.double.world.until(lambda: group.last.text.startswith("抱歉"), 5)
    assert [message.id for message in group.from_bot] == [number]


async def test_a_busy_group_stays_within_telegrams_limits_and_gets_all_its_answers(
    idle_desk: Desk, brisk: None, monkeypatch: pytest.MonkeyPatch
):
    """A minute is three seconds here: ten messages of a group in it, and the outbox paces for that."""
    quick = outgoing.Rate(timedelta(milliseconds=400), 5)
    monkeypatch.setattr(outgoing, "GROUP_RATE", quick)
    monkeypatch.setattr(previews, "EDIT_EVERY", 0.05)
    limits = idle_desk.double.limits
    limits.enforced, limits.group_per_minute = True, 10
    monkeypatch.setattr(limits, "clock", lambda: asyncio.get_running_loop().time() * 20)
    idle_desk.model = model = Talkative(CHECKED, wait=0.1)
    model.gate.clear()
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    group = idle_desk.double.group("晨会", alice)
    questions = [await alice.say(group, f"/ask 停留低怎么办{'？' * n}") for n in range(4)]

    def edits() -> int:
        return sum(sent.method == "editMessageText" for sent in idle_desk.double.sent)

    assert await idle_desk.double.world.until(lambda: edits() > 20, PATIENT), "more than fits into a minute"
    model.gate.set()
    answered = lambda: sum("[👍]" in message.as_seen() for message in group.from_bot) == len(questions)  # noqa: E731
    assert await idle_desk.double.world.until(answered, PATIENT)
    await idle_desk.settled(PATIENT)
    written = [call for call in idle_desk.double.calls if call.method in ("sendMessage", "editMessageText")]
    assert all(call.sent is not None for call in written)  # what Telegram refuses as too much leaves nothing
