"""Tables of live metrics in the chat: as a file, as text, recognised, shown, put in once, or left to others."""

from __future__ import annotations

import io
from datetime import datetime, time, timedelta

import openpyxl  # type: ignore[import-untyped]
import pytest

from bot.channels.metric_actions import made
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Merchant, Role, Scope, Team
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession
from bot.following import read_reference
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, member
from tests.channels.telegram.session_kit import bound, done, operator, planned, shop, team
from tests.double import ChatView, MessageView, Person
from tests.running_clock import SHANGHAI

__all__ = ["operator", "shop", "team"]


@pytest.fixture(autouse=True)
def handbook(idle_desk: Desk) -> None:
    idle_desk.reference = read_reference(BUILT_IN_HANDBOOK)[0]


async def live(desk: Desk, operator: Person, shop: Merchant, **what: object) -> LiveSession:
    session = await planned(desk, operator, shop, timedelta(minutes=5), **what)
    await done(desk, session)
    scope = Scope(frozenset({shop.id}))
    return await desk.floor.running.begin(await actor(desk, operator), session.id, scope=scope, override_reason="试")


def clocks(*ago: int) -> list[str]:
    """Clock times so many minutes ago, as a board in Shanghai shows them."""
    return [f"{(now() - timedelta(minutes=one)).astimezone(SHANGHAI):%H:%M}" for one in ago]


async def kept(desk: Desk, session: LiveSession) -> list[Sample]:
    return list(await desk.floor.samples.all(session.id, scope=Scope(frozenset({session.merchant}))))


async def dropped(chat: ChatView, person: Person, name: str, content: bytes) -> MessageView:
    return await chat.answer_to(await person.sends_document(chat, name, content), 30)


async def test_an_export_in_gbk_is_shown_with_what_is_left_out_and_put_in_once(desk: Desk, operator: Person, shop: Merchant):
    session = await live(desk, operator, shop)
    a, b, c, d = clocks(4, 3, 2, 1)
    rows = [
        "时间,在线观众,支付金额,曝光进房率,主播,心情",
        f'{a},"1,204",1.2万,12.5%,小雨,好',
        f"{b},约一千人,¥13000,0.13,小雨,好",
        f"{c},1300,,35,小雨,好",
        "下午,1300,1,1%,小雨,好",
        f"{d},1310,2万,13%,小雨,好,多了一格",
    ]
    content = "\r\n".join(rows).encode("gb18030")
    shown = await dropped(operator.private(), operator, "大屏导出.csv", content)
    day = f"{now().astimezone(SHANGHAI):%m-%d}"
    assert "好物严选" in shown.text.splitlines()[0]
    assert "📥 是实时数据：3 行，" in shown.text and f"{a}–" in shown.text and day in shown.text
    assert "认得 3 列：在线观众→实时在线人数、支付金额→" in shown.text
    assert "不认得、不录：心情" in shown.text and "用不上、不录：主播" in shown.text
    assert "• 在线观众“约一千人”：不是数（第 3 行）" in shown.text
    assert "• 曝光进房率“35”：像百分数，但没写 %（第 4 行）" in shown.text
    assert "• 时间“下午”：时间看不懂（第 5 行）" in shown.text
    assert "• 格数比表头多（第 6 行）" in shown.text
    assert await kept(desk, session) == []
    assert await operator.presses(shown, "录入 3 行") == "录好了。"
    assert "✅ 录入了 3 行" in shown.text and "阿芳" in shown.text
    assert [dict(one.values) for one in await kept(desk, session)] == [
        {"online_now": 1204, "gmv": 12000, "enter_rate": 0.125}, {"gmv": 13000, "enter_rate": 0.13}, {"online_now": 1300}
    ]  # fmt: skip
    again = await dropped(operator.private(), operator, "大屏导出.csv", content)
    assert "这些数之前都录过了，不用再录。" in again.text
    assert [button["text"] for button in again.buttons] == ["不录"]


async def test_of_many_columns_the_first_are_named_and_the_rest_counted(desk: Desk, operator: Person, shop: Merchant):
    await live(desk, operator, shop)
    (a,) = clocks(1)
    names = [one.name for one in desk.reference.metrics if one.unit == "人"][:11]
    shown = await dropped(operator.private(), operator, "大屏.csv", f"时间,{','.join(names)}\n{a},{','.join('9' * 11)}".encode())
    line = next(line for line in shown.text.splitlines() if line.startswith("认得"))
    assert line.startswith("认得 11 列：") and line.endswith("，还有 3 列") and line.count("列") == 2


async def test_what_came_first_stays_and_a_second_press_puts_nothing_in(desk: Desk, operator: Person, shop: Merchant):
    session = await live(desk, operator, shop)
    a, b = clocks(2, 1)
    chat = operator.private()
    first = await operator.asks(chat, f"时间\t在线观众\n{a}\t100")
    await operator.presses(first, "录入 1 行")
    second = await operator.asks(chat, f"时间\t在线观众\n{a}\t999\n{b}\t120")
    assert "其中 1 行之前录过，不重复录" in second.text and "有 1 个数和先录的不一样，以先录的为准" in second.text
    await operator.presses(second, "录入 1 行")
    assert [dict(one.values) for one in await kept(desk, session)] == [{"online_now": 100}, {"online_now": 120}]
    assert "1 行之前就有" in second.text


async def test_figures_of_this_moment_are_one_sample(desk: Desk, operator: Person, shop: Merchant):
    session = await live(desk, operator, shop)
    shown = await operator.asks(operator.private(), "在线观众 1200\n支付金额：3.5万")
    assert "📥 是实时数据：2 个指标，记在" in shown.text
    await operator.presses(shown, "录入")
    (sample,) = await kept(desk, session)
    assert dict(sample.values) == {"online_now": 1200, "gmv": 35000} and now() - sample.at < timedelta(minutes=1)


async def test_what_may_be_either_is_asked_about_and_a_question_stays_a_question(desk: Desk, operator: Person, shop: Merchant):
    session = await live(desk, operator, shop)
    chat = operator.private()
    either = await operator.asks(chat, "在线观众 1200")
    assert either.text == "这几行像实时数据，也像提问。要怎么处理？"
    await operator.presses(either, "当作提问")
    await desk.settled()
    assert either.text == "好，当作提问。" and "在线观众 1200" in chat.last.text
    assert await operator.forges(either, made("metrics_keep", "0" * 8))
    other = await operator.asks(chat, "在线观众 1200\n支付金额 3万\n怎么提升？")
    await operator.presses(other, "按指标录入")
    assert "2 个指标" in other.text
    await operator.presses(other, "不录")
    assert other.text == "没有录，表已丢弃。" and await kept(desk, session) == []
    answer = await operator.asks(chat, "在线掉了怎么办")
    assert "📥" not in answer.text


async def test_a_group_hears_of_its_sessions_tables_only(desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant):
    watcher = await member(desk, "小看", *team, Role.VIEWER, shop.id)
    group = await bound(desk, team, shop.id, operator, watcher, bot="administrator")
    session = await live(desk, operator, shop, place=(f"telegram:{group.id}", None))
    (a,) = clocks(1)
    before = len(group.messages)
    await watcher.say(group, f"时间\t在线观众\n{a}\t100")
    await operator.say(group, "今天在线不错，支付金额 3万了")
    await operator.sends_document(group, "排期.csv", "姓名,岗位\n小雨,主播".encode())
    await desk.settled()
    assert len(group.messages) == before + 3
    shown = await group.answer_to(await operator.say(group, f"时间\t在线观众\n{a}\t100"), 30)
    assert await watcher.presses(shown, "录入 1 行") == "您的角色不能做这件事，请找负责人或组长。"
    assert await operator.presses(shown, "录入 1 行") == "录好了。"
    assert len(await kept(desk, session)) == 1
    name = "copilot_test_bot"
    more = await group.answer_to(await operator.say(group, f"@{name}\n时间\t在线观众\n{clocks(2)[0]}\t90"), 30)
    assert "📥 是实时数据：1 行" in more.text


async def test_a_workbook_is_read_as_its_reader_sees_it(desk: Desk, operator: Person, shop: Merchant):
    session = await live(desk, operator, shop)
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["导出说明"])
    sheet = book.create_sheet("明细")
    sheet.append(["直播数据"])
    sheet.append(["统计时间", "在线观众", "曝光进房率", "平均观看时长", "累计成交金额（万元）"])
    at = (now() - timedelta(minutes=2)).astimezone(SHANGHAI).replace(tzinfo=None, second=0, microsecond=0)
    sheet.append([at, 1300, 0.125, time(0, 45), 1.5])
    sheet.cell(3, 3).number_format = "0.0%"
    held = io.BytesIO()
    book.save(held)
    shown = await dropped(operator.private(), operator, "导出.xlsx", held.getvalue())
    await operator.presses(shown, "录入 1 行")
    (sample,) = await kept(desk, session)
    assert dict(sample.values) == {"online_now": 1300, "enter_rate": 0.125, "avg_watch_sec": 45, "gmv": 15000}
    assert sample.at == datetime.combine(at.date(), at.time(), SHANGHAI)


@pytest.mark.parametrize(
    "name,content,said",
    [
        ("a.csv", "在线观众,支付金额\n1,2".encode(), "没有时间列"),
        ("a.csv", "时间,在线观众,支付金额\n2026-03-06,1,2".encode(), "时间列只有日期"),
        ("a.csv", b"\x81\x00\xff\x02" * 50, "文字认不出"),
        ("a.csv", "姓名,岗位\n小雨,主播".encode(), "没看出是实时数据"),
        ("a.xlsx", b"PK\x03\x04broken", "文件"),
        ("a.csv", ("时间,在线观众\n" + "20:05,1\n" * 20_001).encode(), "表太长，一次最多 20000 行"),
        ("a.csv", b"x" * 2_000_001, "表太大，一次最多 2 MB"),
    ],
)
async def test_each_file_that_is_no_table_of_metrics_says_why(
    desk: Desk, operator: Person, shop: Merchant, name: str, content: bytes, said: str
):
    await live(desk, operator, shop)
    shown = await dropped(operator.private(), operator, name, content)
    assert said in shown.text and "📥" not in shown.text


async def test_without_a_session_it_is_said_and_another_session_can_be_chosen(desk: Desk, operator: Person, shop: Merchant):
    (a,) = clocks(1)
    text = f"时间\t在线观众\n{a}\t100"
    chat = operator.private()
    assert "前后三天没有您能录数的场次" in (await operator.asks(chat, text)).text
    await live(desk, operator, shop)
    other = await planned(desk, operator, shop, timedelta(hours=6), host="小雪")
    shown = await operator.asks(chat, text)
    await operator.presses(shown, "换一场")
    assert shown.text == "是哪一场的数？"
    await operator.forges(shown, made("metrics_move", next(iter(await waiting(desk))), other.id))
    assert "小雪" not in shown.text and "📥" in shown.text


async def waiting(desk: Desk) -> list[str]:
    async with desk.database.read() as db:
        return [row.id for row in await db.exec_driver_sql("SELECT id FROM metric_drafts")]


async def test_a_lead_drops_a_document_and_it_is_one(desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant):
    await live(desk, operator, shop)
    lead, _ = team
    shown = await dropped(lead.private(), lead, "指标.txt", "# 指标\n在线观众,支付金额\n1,2\n".encode())
    assert "没有时间列" in shown.text and "下面当作资料处理" in shown.text and "指标.txt" in shown.text
    plain = await dropped(lead.private(), lead, "规则.txt", "# 直播规则\n不许说最低价。\n".encode())
    assert "没有时间列" not in plain.text and "规则.txt" in plain.text


async def test_who_may_enter_no_figures_is_told_who_may_and_what_to_do_instead(
    desk: Desk, operator: Person, shop: Merchant, team: tuple[Person, Team]
):
    session = await live(desk, operator, shop)
    viewer, stranger = await member(desk, "阿看", *team, Role.VIEWER, shop.id), desk.double.user("路人")
    a, b = clocks(2, 1)
    table = f"时间\t在线人数\t成交金额\n{a}\t500\t1200\n{b}\t400\t1300"
    said = await viewer.asks(viewer.private(), table)
    assert said.text == "这张表要操盘手或组长来录。请他们发在这一场的群里，或者私聊发给我。"
    assert (await viewer.asks(viewer.private(), "在线人数 500\n成交金额 1200")).text.startswith("这些数要操盘手或组长来录。")
    file = await dropped(viewer.private(), viewer, "大屏.csv", table.replace("\t", ",").encode())
    assert file.text == said.text
    other = await dropped(viewer.private(), viewer, "话术.csv", "开场,欢迎\n结尾,再见".encode())
    assert other.text.startswith("文件我在聊天里读不了")
    assert (await stranger.asks(stranger.private(), "在线人数 500\n成交金额 1200")).text.startswith(
        "看着是实时数据，但录数要先进团队：请向组长要一个邀请链接。"
    )
    assert not said.buttons and await kept(desk, session) == []
    question = await viewer.asks(viewer.private(), "停留时长怎么算？")
    assert "看着是实时数据" not in question.text


async def test_a_host_who_sends_a_table_to_the_sessions_group_is_told_who_may_enter_it(
    desk: Desk, operator: Person, shop: Merchant, team: tuple[Person, Team]
):
    host, stranger = await member(desk, "小雅", *team, Role.TRAINEE, shop.id), desk.double.user("路人")
    group = await bound(desk, team, shop.id, operator, host, stranger, bot="administrator")
    session = await live(desk, operator, shop, chat=f"telegram:{group.id}")
    a, b = clocks(2, 1)
    table = f"时间\t在线人数\t成交金额\n{a}\t500\t1200\n{b}\t400\t1300"
    told = "这张表要操盘手或组长来录。请他们发在这一场的群里，或者私聊发给我。"
    assert (await dropped(group, host, "大屏.csv", table.replace("\t", ",").encode())).text == told
    assert (await group.answer_to(await host.say(group, table), 30)).text == told
    said = len(group.messages)
    await stranger.say(group, table)
    await stranger.sends_document(group, "大屏.csv", table.replace("\t", ",").encode())
    await host.say(group, "在线人数 500\n成交金额 1200")
    await host.sends_document(group, "话术.csv", "开场,欢迎\n结尾,再见".encode())
    await desk.settled()
    assert len(group.messages) == said + 4, "what is nobody's business, and what is only said to colleagues, is left alone"
    assert await kept(desk, session) == []


async def test_whoever_runs_sessions_elsewhere_or_no_more_is_not_sent_to_an_operator(
    desk: Desk, operator: Person, shop: Merchant, team: tuple[Person, Team]
):
    await live(desk, operator, shop)
    (a,) = clocks(1)
    loose = desk.double.group("闲聊群", operator)
    said = await loose.answer_to(await operator.say(loose, f"@copilot_test_bot\n时间\t在线观众\n{a}\t100"), 30)
    assert said.text.startswith("看着是实时数据，但您在这个群里没有能录数的场次。请到那一场的群里发")
    await desk.office.merchants.end_authorisation(await actor(desk, team[0]), shop.id)
    said = await operator.asks(operator.private(), f"时间\t在线观众\n{a}\t100")
    assert "授权不在期内" in said.text and "/merchants" in said.text and not said.buttons
