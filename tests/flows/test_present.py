"""“为什么转化掉了” while a session runs: answered from its own window, its rules and the handbook, and only where it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.present_view import present_text
from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer
from bot.domain.nudges import Within
from bot.domain.present import Move, RuleNow, Step, judges, present, remedy
from bot.domain.samples import Sample
from bot.errors import ModelError
from bot.flows.answers import Answers
from bot.flows.present import PresentDesk, asked_about
from bot.flows.reference import Reference
from knowledge.types import Kind, Passage
from tests.domain.live import at, session
from tests.domain.rule_room import START, STEADY, Figure, grows, rows
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import OPERATOR, RIVAL_OPERATOR, TRAINEE, B

UNPAID = {"pay_order_cnt": grows(5.5, 2.2, start=60), "pay_uv": grows(5, 2, start=60)}

REFERENCE_N20 = next(one for one in REFERENCE.rules if one.id == "N20")


class Paper:
    """A handbook of which every section is there."""

    async def anchored(self, anchor: str, *, scope: frozenset[str]) -> str | None:
        return f"key-{anchor}"

    async def section(self, key: str, *, scope: frozenset[str]) -> Passage | None:
        anchor = key.removeprefix("key-")
        text = "中控自己下一单，走到付款页。"
        return Passage(key, "handbook", "12.md", "12", Kind.HANDBOOK, f"{anchor} 节", (), anchor, None, text, "zh", 1.0)


class Writer:
    """A model that writes one thing, and keeps what it was given."""

    name = "writer"

    def __init__(self, said: str | None) -> None:
        self.said, self.given = said, ""

    async def write(self, question: str, passages: Sequence[Passage], **how: object) -> str:
        self.given = passages[-1].text
        if self.said is None:
            raise ModelError("gone")
        return self.said


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[NudgeRoom]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        yield NudgeRoom(desk, await desk.live())


async def brought(room: NudgeRoom, figures: Mapping[str, Figure], minutes: int = 76) -> None:
    """So many minutes of the room, decided about in one go."""
    everything = {**STEADY, **figures}
    samples = [
        Sample(room.at(minute), {name: float(figure(minute)) for name, figure in everything.items()}) for minute in range(minutes)
    ]
    room.desk.set(room.at(minutes - 1))
    await room.samples.add(room.session.id, samples, room.at(minutes - 1))
    await room.tips.desk.observe(room.session, samples[-1:])


async def ask(
    room: NudgeRoom, question: str, person: str = OPERATOR, chat: str = GROUP, scope: Scope = MINE, model: Writer | None = None,
    language: str = "zh",
) -> Answer | None:  # fmt: skip
    desk = PresentDesk(room.tips, room.samples, present_text)
    viewer = Viewer(person, chat, scope, private=chat == person, language=language)
    answers = Answers(Paper(), model=model)  # type: ignore[arg-type]
    return await desk.ask(await room.desk.actor(person, chat), viewer, question, answers)


async def test_the_likely_cause_comes_first_with_figures_rules_and_sections(room: NudgeRoom) -> None:
    await brought(room, UNPAID)
    found = await ask(room, "为什么转化掉了")
    assert found is not None
    lines = found.text.splitlines()
    assert lines[0] == "**点击成交转化率：本场平时 25%，最近 15 分钟 10%（↓60%）。**"
    assert lines[2] == "最可能：卡在“付款”，91.7% → 36.7%（↓60%） [1]。"
    assert "- 付款 91.7% → 36.7% 🔻" in lines and "- 下单 30% → 30%" in lines
    assert "- 🟡 N23 拍了不付：21:09 已提示，还没恢复 [1]" in lines
    assert any(line.startswith("- 🟠 N22 点击成交往下走：成立，没提：人数太少") for line in lines)
    assert lines[-2].startswith("- 中控：") and len(lines) <= 22
    assert [one.anchor for one in found.citations] == ["12.5", "12.21", "12.20"]
    assert found.collections == {"handbook", *room.session.collections}


FEWER_ORDERS = {
    "create_order_cnt": grows(6, 4, start=60), "pay_order_cnt": grows(5.5, 3.7, start=60), "pay_uv": grows(5, 3.4, start=60),
}  # fmt: skip


async def test_what_to_do_first_belongs_to_the_step_that_fell_whatever_else_stands(tmp_path: Path) -> None:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        room = NudgeRoom(desk, await desk.live(goal=900_000))
        await brought(room, FEWER_ORDERS, minutes=81)
        found = await ask(room, "为什么转化掉了")
    assert found is not None
    lines = found.text.splitlines()
    assert lines[2] == "最可能：卡在“下单”，29.2% → 20%（↓32%） [1]。" and found.citations[0].anchor == "12.20"
    standing = [line for line in lines if "N27 进度落后" in line]
    assert standing and "已提示" in standing[0], "a rule about something else stands"
    steps = [step for step in REFERENCE_N20.steps if step.within is Within.SECONDS_60]
    assert lines[-3:] == ["先做 [1]", *(f"- {step.who}：{step.do}" for step in steps)]


async def test_a_rule_that_stands_and_is_about_the_step_says_what_to_do(room: NudgeRoom) -> None:
    await brought(room, {"pay_uv": grows(5, 1, start=60), "create_order_cnt": grows(6, 1.2, start=60),
                         "pay_order_cnt": grows(5.5, 1.1, start=60)})  # fmt: skip
    found = await ask(room, "为什么转化掉了")
    assert found is not None
    lines = found.text.splitlines()
    assert any("N22 点击成交往下走" in line and "已提示" in line for line in lines)
    number = [one.anchor for one in found.citations].index("12.21") + 1
    assert lines[-3] == f"先做 [{number}]" and "换" in lines[-2]


async def test_a_standing_rule_that_only_counts_such_a_figure_is_not_about_it(room: NudgeRoom) -> None:
    metric, guarded = REFERENCE.metric("online_now"), next(one for one in REFERENCE.rules if one.id == "N32")
    assert "pay_order_cnt" in guarded.needs and not judges(guarded, "pay_order_cnt") and judges(guarded, "top3_gmv_share")
    assert metric is not None
    fallen = present(metric, REFERENCE.metrics, list(rows({}, 60)), START, START + 59 * 60, [])
    fallen = replace(fallen, asked=Move(80, 100, True), rules=(RuleNow(guarded, 1.0, False, None),))
    helps = remedy(fallen, {one.id: one for one in REFERENCE.metrics}, REFERENCE.rules)
    assert helps is not None and helps.id == "N01", "the section for when viewers leave"


async def test_nothing_that_moved_is_said_to_have_moved(room: NudgeRoom) -> None:
    await brought(room, {})
    found = await ask(room, "转化怎么掉了？")
    assert found is not None
    assert found.text.startswith("**最近 15 分钟点击成交转化率没有掉：25%，本场平时 25%。**")
    assert "没有规则成立" in found.text and "🔻" not in found.text and "最可能" not in found.text


def test_minutes_before_the_feed_began_are_none_in_which_nobody_came() -> None:
    counts = [(START + 60.0 * minute, {"impression_uv": 700.0 * minute}) for minute in range(30, 76)]
    gmv = next(one for one in REFERENCE.metrics if one.id == "gmv")
    found = present(gmv, REFERENCE.metrics, counts, START, START + 75 * 60.0, ())
    exposure = found.steps[Step.EXPOSURE]
    assert (exposure.now, exposure.usual, exposure.moved) == (700.0, 700.0, False)


async def test_few_people_prove_nothing(room: NudgeRoom) -> None:
    few = {name: grows(0.8, 0.6, start=60) for name in ("item_clk_uv",)} | {"pay_uv": grows(0.1, 0, start=60)}
    await brought(room, few)
    found = await ask(room, "为什么转化掉了")
    assert found is not None and found.text.startswith("**最近 15 分钟人太少，点击成交转化率说不准")


async def test_a_young_session_has_no_usual(room: NudgeRoom) -> None:
    await brought(room, {}, 12)
    found = await ask(room, "why did conversion drop?", language="en")
    assert found is not None and found.text.startswith("**Live for only 11 min")


async def test_without_figures_it_says_that_it_is_blind(room: NudgeRoom) -> None:
    await brought(room, {})
    room.desk.set(room.at(85))
    found = await ask(room, "在线为什么掉了")
    assert found is not None
    assert found.text == "**⚫ 21:15 起收不到数，现在说不了实时在线人数掉没掉。请先人工看大屏 [1]。**"
    assert [one.anchor for one in found.citations] == ["12.39"]


async def test_other_figures_are_held_against_their_own_swing(room: NudgeRoom) -> None:
    await brought(room, {"avg_watch_sec": lambda m: 60 + m % 3 if m < 62 else 28})
    found = await ask(room, "停留怎么掉了")
    assert found is not None and found.text.startswith("**人均停留时长：本场平时 61 秒，最近 15 分钟 28 秒（↓54%）。**")
    assert "最可能：停留不上不下" in found.text


async def test_only_where_the_session_runs_and_in_private_its_operator(room: NudgeRoom) -> None:
    await brought(room, UNPAID)
    question = "为什么转化掉了"
    assert await ask(room, question, chat=OPERATOR) is not None
    assert await ask(room, question, person=TRAINEE, chat=TRAINEE) is None, "has a post, does not answer for it"
    assert await ask(room, question, chat="telegram:-200") is None, "another group"
    assert await ask(room, question, scope=Scope(frozenset({B}))) is None, "the group is bound to another merchant"
    assert await ask(room, question, person=RIVAL_OPERATOR, chat=RIVAL_OPERATOR, scope=Scope()) is None
    assert await ask(room, "转化率怎么算") is None and await ask(room, "福袋怎么设置") is None


async def test_a_model_gets_the_same_facts_and_is_held_to_them(room: NudgeRoom) -> None:
    await brought(room, UNPAID)
    plain = await ask(room, "为什么转化掉了")
    model = Writer("付款 91.7% → 36.7%，卡在付款。[4] 中控自己下一单，走到付款页。[1]")
    found = await ask(room, "为什么转化掉了", model=model)
    assert found is not None and plain is not None
    assert "付款 91.7% → 36.7%" in model.given and "[4]" not in found.text and found.text.endswith("走到付款页。[1]")
    invented = await ask(room, "为什么转化掉了", model=Writer("付款 91.7% → 12.3%，卡在付款。[4]"))
    assert invented is not None and invented.text == plain.text and "没有采用" in invented.notice
    gone = await ask(room, "为什么转化掉了", model=Writer(None))
    assert gone is not None and gone.text == plain.text and "连不上" in gone.notice


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("为什么转化掉了", "clk_pay_rate"), ("在线怎么掉这么多", "online_now"), ("GPM 跌了怎么回事", "gpm"),
        ("停留涨了为什么", "avg_watch_sec"), ("支付率怎么低了", "pay_rate"), ("why is traffic down", "enter_5m"),
        ("转化率一般多少", None), ("昨天转化为什么掉了", None), ("停留是什么意思", None), ("福袋怎么设", None),
        ("为什么要复盘", None),
    ],
)  # fmt: skip
def test_a_question_about_right_now_names_a_figure_and_a_move(question: str, metric: str | None) -> None:
    found = asked_about(question, REFERENCE)
    assert (found.id if found else None) == metric


def test_steps_without_figures_are_left_out() -> None:
    gone = {"impression_uv": lambda m: float("nan"), "create_order_cnt": lambda m: float("nan")}
    metric = REFERENCE.metric("clk_pay_rate")
    assert metric is not None
    found = present(metric, REFERENCE.metrics, list(rows(gone, 60)), START, START + 59 * 60, [])
    assert set(found.steps) == {Step.SHOWN, Step.CLICK}


def test_names_that_leads_wrote_are_text() -> None:
    rule = replace(REFERENCE.rules[0], name="**坏** [点我](http://x)")
    metric = REFERENCE.metric("clk_pay_rate")
    assert metric is not None
    found = present(metric, REFERENCE.metrics, list(rows({}, 60)), START, START + 59 * 60, [])
    found = replace(found, rules=(RuleNow(rule, None, True, None),))
    said = present_text(found, session(), {}, Reference(), at(20), "zh")
    assert r"\*\*坏\*\* \[点我\]" in said
