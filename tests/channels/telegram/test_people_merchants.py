"""Merchants in the chat: taken in, authorised, renamed, deleted; the trail; opened sections are noted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.people.dates import end_of_day, split_day
from bot.domain.access import Role, merchant_collection
from bot.domain.audit import Deed, Entry
from knowledge.types import section_key
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.handbook import SECTIONS, passage
from tests.channels.telegram.kit import actor, forges, founded, member, presses, prompted, qualified, served, trail

ZONE = ZoneInfo("Asia/Shanghai")


def labels(page) -> list[str]:
    return [button["text"] for button in page.buttons]


async def test_a_merchant_is_added_authorised_renamed_and_ended(desk: Desk):
    owner, _ = await founded(desk, "王姐")
    chat = owner.private()
    page = await owner.asks(chat, "/merchants")
    assert "还没有您能看到的商家" in page.text
    await owner.presses(page, "新增商家")
    added = await owner.asks(chat, "侯哥家纺", reply_to=await prompted(desk, chat))
    assert added.text.startswith("已新增商家「侯哥家纺」")
    await owner.presses(added, "登记授权")
    wrong = await owner.asks(chat, "下个月底 张三", reply_to=await prompted(desk, chat))
    assert wrong.text == "到期日要在今天之后、三年之内，写成 2027-03-31。"
    day = (now() + timedelta(days=60)).astimezone(ZONE).date()
    nobody = await owner.asks(chat, day.isoformat(), reply_to=wrong)
    assert nobody.text.startswith("请写明商家那边是谁同意的")
    card = await owner.asks(chat, f"{day.isoformat()} 张三（店长）", reply_to=nobody)
    assert card.text.splitlines()[:2] == ["侯哥家纺", f"授权到 {day.isoformat()}"]
    assert "最近一次授权：张三（店长）" in card.text
    (merchant,) = await desk.office.merchants.all(await actor(desk, owner))
    assert merchant.authorised_until == end_of_day(day, ZONE)
    await owner.presses(card, "改名")
    renamed = await owner.asks(chat, "侯哥家居", reply_to=await prompted(desk, chat))
    assert renamed.text.startswith("侯哥家居")
    assert await presses(owner, renamed, "终止授权", "终止") == "已终止。"
    assert "现在谁都看不到它的资料" in renamed.text
    assert not (await desk.people.access(qualified(owner))).scope(now()).merchants


async def test_deleting_takes_the_exact_name_and_says_what_went(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    await member(desk, "小赵", owner, team, Role.TRAINEE, merchant.id)
    chat = owner.private()
    page = await owner.asks(chat, "/merchants")
    await presses(owner, page, "侯哥家纺", "删除商家")
    wrong = await owner.asks(chat, "侯哥", reply_to=await prompted(desk, chat))
    assert wrong.text.startswith("名字对不上，什么都没删")
    assert desk.forgotten == []
    gone = await owner.asks(chat, "侯哥家纺", reply_to=wrong)
    assert gone.text.startswith("商家「侯哥家纺」已删除。删掉了：")
    assert "成员角色 1 个" in gone.text and "邀请 1 个" in gone.text
    assert desk.forgotten == [merchant.id]
    assert "没有找到这个商家" in await forges(owner, page, "merchant", merchant.id)


async def test_only_an_owner_deletes_also_by_a_reply_to_an_old_prompt(desk: Desk):
    owner, team = await founded(desk, "王姐")
    await served(desk, owner, team, "侯哥家纺")
    second = await member(desk, "小李", owner, team, Role.OWNER)
    page = await second.asks(second.private(), "/merchants")
    await presses(second, page, "侯哥家纺", "删除商家")
    prompt = await prompted(desk, second.private())
    await desk.office.team.give_role(await actor(desk, owner), team.id, qualified(second), Role.LEAD)
    refused = await second.asks(second.private(), "侯哥家纺", reply_to=prompt)
    assert refused.text == "这件事只有负责人能做，请找负责人。"
    assert len(await desk.office.merchants.all(await actor(desk, owner))) == 1


async def test_somebody_for_one_merchant_sees_that_one_alone(desk: Desk):
    owner, team = await founded(desk, "王姐")
    mine = await served(desk, owner, team, "侯哥家纺")
    other = await served(desk, owner, team, "云南鲜花", open=False)
    trainee = await member(desk, "小赵", owner, team, Role.TRAINEE, mine.id)
    page = await trainee.asks(trainee.private(), "/merchants")
    assert [label.split("：")[0] for label in labels(page)] == ["侯哥家纺", "‹ 返回"]
    await trainee.presses(page, "侯哥家纺")
    assert labels(page) == ["资料", "‹ 返回"]
    assert "没有找到这个商家" in await forges(trainee, page, "merchant", other.id)
    listed = [entry for entry in await trail(desk, owner, team) if entry.deed is Deed.LISTED and entry.merchant == mine.id]
    assert [entry.person for entry in listed] == [qualified(trainee)]
    owners = await owner.asks(owner.private(), "/merchants")
    assert labels(owners)[:2] == ["云南鲜花：未授权", labels(owners)[1]]


async def test_the_trail_is_read_by_managers_page_by_page_in_words(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    lead = await member(desk, "小赵", owner, team, Role.LEAD, merchant.id)
    await member(desk, "小李", owner, team, Role.OPERATOR)
    for role in (Role.TRAINEE, Role.OPERATOR) * 5:
        (person,) = [
            one.person for one in await desk.office.team.members(await actor(desk, owner), team.id) if one.name == "小李"
        ]
        await desk.office.team.give_role(await actor(desk, owner), team.id, person, role)
    page = await owner.asks(owner.private(), "/audit")
    lines = page.text.splitlines()
    assert lines[0] == "「直播团队」的操作记录，新的在前"
    assert lines[1].endswith("王姐 改了角色：小李 学员 → 操盘手")
    moment = datetime.strptime(lines[1][2:18], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert abs(moment - now()) < timedelta(minutes=5)
    newest = page.text
    await owner.presses(page, "下一页")
    assert "登记授权：侯哥家纺 到 " in newest + page.text
    assert page.text.endswith("王姐 加入：负责人")
    await presses(owner, page, "按商家看", "侯哥家纺")
    assert page.text.startswith("「侯哥家纺」的操作记录")
    assert "小李" not in page.text
    theirs = await lead.asks(lead.private(), "/audit")
    assert "侯哥家纺" in theirs.text and "改了角色" not in theirs.text


async def looks(desk: Desk, person, team, *what: tuple[str, str]) -> None:
    """Somebody looked at lists, each named and of a merchant or the team itself."""
    for list_, merchant in what:
        entry = Entry(now(), qualified(person), Deed.LISTED, qualified(person), team.id, merchant, "", {"list": list_})
        await desk.trail.add(entry)


async def test_what_somebody_looked_at_in_a_row_is_one_line_and_the_trail_itself_none(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    lead = await member(desk, "小赵", owner, team, Role.LEAD)
    await looks(
        desk, lead, team, ("members", ""), ("merchant", merchant.id), ("library", merchant.id), ("audit", ""), ("members", "")
    )
    await looks(desk, owner, team, ("library", ""))
    await owner.asks(owner.private(), "/audit")
    page = await owner.asks(owner.private(), "/audit")
    first, second, third = page.text.splitlines()[1:4]
    assert first.endswith("王姐 查看：资料")
    assert second.endswith("小赵 查看 4 次：成员、侯哥家纺的资料、侯哥家纺的商家页")
    assert "小赵 加入" in third
    listed = [entry for entry in await trail(desk, owner, team) if entry.detail.get("list") == "audit"]
    assert len(listed) == 3, "it is noted all the same"


async def test_an_old_look_at_documents_says_so_and_the_group_follows_without_a_gap(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    group = desk.double.group("好物群", owner, kind="supergroup")
    await owner.asks(group, "/help@copilot_test_bot")
    place = f"telegram:{group.id}"
    await desk.trail.add(Entry(now(), qualified(owner), Deed.LISTED, qualified(owner), team.id, merchant.id))
    await desk.trail.add(Entry(now(), qualified(owner), Deed.ASKED, place, team.id, merchant.id))
    await desk.trail.add(Entry(now(), qualified(owner), Deed.ASKED, place, team.id))
    lines = (await owner.asks(owner.private(), "/audit")).text.splitlines()
    assert [line[19:] for line in lines[1:4]] == [
        "王姐 提问（在「好物群」）", "王姐 提问：侯哥家纺（在「好物群」）", "王姐 查看：侯哥家纺的资料",
    ]  # fmt: skip


async def test_the_trails_pages_stay_where_they_are_while_new_entries_come_in(desk: Desk):
    owner, team = await founded(desk, "王姐")
    for number in range(40):
        await desk.trail.add(Entry(now(), qualified(owner), Deed.INVITED, "", team.id, "", "", {"uses": str(number + 1)}))

    def shown() -> list[int]:
        return [int(line.split("：")[1].split(" ")[0]) for line in page.text.splitlines()[1:] if "发出邀请：" in line]

    page = await owner.asks(owner.private(), "/audit")
    assert shown() == [*range(40, 25, -1)]
    assert "‹ 上一页" not in labels(page)
    for _ in range(20):
        await desk.trail.add(Entry(now(), qualified(owner), Deed.MERCHANT_ADDED, "", team.id))
    await owner.presses(page, "下一页")
    assert shown() == [*range(25, 10, -1)]
    await owner.presses(page, "下一页")
    assert shown() == [*range(10, 0, -1)]
    assert "下一页 ›" not in labels(page)
    await owner.presses(page, "上一页")
    assert shown() == [*range(25, 10, -1)]
    await owner.presses(page, "上一页")
    assert shown() == [*range(40, 25, -1)]
    await owner.presses(page, "上一页")
    assert shown() == [] and page.text.count("新增商家") == 15
    await owner.presses(page, "上一页")
    assert page.text.count("新增商家") == 15 and "‹ 上一页" not in labels(page), "the newest page is filled"


async def test_an_opened_section_of_a_merchant_is_noted(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    collection = merchant_collection(merchant.id)
    document = "库存说明.md"
    own = passage(
        "1 库存", "侯哥家纺的四件套库存放在义乌仓。", scope=collection, document=document, title="库存说明",
        key=section_key(collection, document, "1"),
    )  # fmt: skip
    desk.handbook.sections = (*SECTIONS, own)
    answer = await owner.asks(owner.private(), "四件套库存放在哪里")
    await owner.presses(answer, next(label for label in labels(answer) if "库存" in label))
    assert "义乌仓" in answer.text
    opened = [entry for entry in await trail(desk, owner, team) if entry.deed is Deed.OPENED]
    assert [(entry.person, entry.subject) for entry in opened] == [(qualified(owner), own.key)]
    page = await owner.asks(owner.private(), "/audit")
    assert "王姐 打开了资料：侯哥家纺" in page.text


@pytest.mark.parametrize(
    ("said", "day", "rest"),
    [
        ("2027-03-31 张三（店长）", date(2027, 3, 31), "张三（店长）"),
        ("2027/3/1，张三", date(2027, 3, 1), "张三"),
        (" 2027年3月31日张三", date(2027, 3, 31), "张三"),
        ("2027.03.31", date(2027, 3, 31), ""),
        ("2027-02-30 张三", None, "2027-02-30 张三"),
        ("2027-03-311 张三", None, "2027-03-311 张三"),
        ("张三 2027-03-31", None, "张三 2027-03-31"),
    ],
)
def test_days_are_read_as_people_write_them(said: str, day: date | None, rest: str):
    assert split_day(said) == (day, rest)


def test_an_authorisation_lasts_to_the_end_of_its_day_where_the_team_is():
    assert end_of_day(date(2027, 3, 31), ZONE).astimezone(UTC) == datetime(2027, 3, 31, 16, tzinfo=UTC)
    assert end_of_day(date(9999, 12, 31), ZONE)
