"""What `copilot check` says about the checklists, and that the built-in ones can be worked with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.checklists import read_items, read_time
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.checklists import Due, Evidence, Item, Stage, Variant, checklist

BUILT_IN = Path(__file__).parents[2] / "handbook" / "checklists"
BEFORE = """\
- id: B01
  text: 在直播位上测过上行带宽
  role: 中控
  why: 人一多画面就卡住
  section: "17.2"
  evidence: number
  number: 上行带宽（Mbps），不低于 5
  blocking: true
  due: {daily: T-1h, campaign: T-2h}
"""
DURING = """\
- id: D01
  text: 六个数看过，记了一行
  role: 数据员
  why: 掉的人已经走远了
  section: "12.35"
  evidence: none
  due: {daily: T+5min every 5min}
"""
AFTER = DURING.replace("D01", "A01").replace("T+5min every 5min", "E+1d")


def _file(text: str, name: str = "before") -> YamlFile:
    file = read_yaml(f"checklists/{name}.yaml", text)
    assert isinstance(file, YamlFile)
    return file


def _said(text: str, name: str = "before") -> list[str]:
    return [str(problem) for problem in read_items([_file(text, name)])[1]]


def _built_in() -> tuple[Item, ...]:
    items, problems = read_items([_file(path.read_text("utf-8"), path.stem) for path in sorted(BUILT_IN.glob("*.yaml"))])
    assert problems == []
    return items


def test_a_row_becomes_an_item() -> None:
    items, problems = read_items([_file(BEFORE)])
    assert problems == []
    due = {Variant.DAILY: Due(-3600), Variant.CAMPAIGN: Due(-7200)}
    number = "上行带宽（Mbps），不低于 5"
    assert items == (
        Item(
            "B01", Stage.BEFORE, "在直播位上测过上行带宽", "中控", "人一多画面就卡住", Evidence.NUMBER, number, True, "17.2", due
        ),
    )


def test_the_name_of_a_file_is_the_stage_of_its_items() -> None:
    items, problems = read_items([_file(BEFORE), _file(DURING, "during"), _file(AFTER, "after")])
    assert problems == []
    assert [item.stage for item in items] == [Stage.BEFORE, Stage.DURING, Stage.AFTER]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("T-15d", Due(-15 * 86400)),
        ("T-4h", Due(-4 * 3600)),
        ("T-30min", Due(-1800)),
        ("T+0", Due(0)),
        ("T+10min", Due(600)),
        ("E+0", Due(0, from_end=True)),
        ("E+1d", Due(86400, from_end=True)),
        ("E-10min", Due(-600, from_end=True)),
        ("T+5min every 5min", Due(300, every=300)),
        ("T+2h every 2h", Due(7200, every=7200)),
    ],
)
def test_times_are_read(text: str, due: Due) -> None:
    assert read_time(text) == due


@pytest.mark.parametrize(
    "text",
    [
        *("", "T", "T-", "T-0", "T+5", "T-0min", "T-1w", "T-1.5h", "t-1h", "T -1h", "T-1h ", "T-１h", "开播前一小时", "T-366d"),
        *("T-99999999999d", "T+5min every", "T+5min every 0min", "T+5min every 1d", "T+5min  every 5min", "every 5min"),
    ],
)
def test_a_time_written_another_way_is_none(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: B01", "id: X1", "checklists/before.yaml:1：id：写法不对"),
        ("id: B01", "id: D01", "checklists/before.yaml:1：D01：这个文件里的编号要以 B 开头"),
        ("在直播位上测过上行带宽", "长" * 41, "checklists/before.yaml:2：text：写了 41 个字，最长 40 个"),
        ("  text: 在直播位上测过上行带宽\n", "", "checklists/before.yaml:1：text：缺这一项"),
        ("role: 中控", "role: 运营", "checklists/before.yaml:3：role：只能写 '操盘手'"),
        ("人一多画面就卡住", "长" * 41, "checklists/before.yaml:4：why：写了 41 个字"),
        ("人一多画面就卡住", '""', "checklists/before.yaml:4：why：不能为空"),
        ('"17.2"', "17.2", "checklists/before.yaml:5：section：要写成文字"),
        ('"17.2"', '"应急"', "checklists/before.yaml:5：section：写法不对"),
        ("evidence: number", "evidence: video", "checklists/before.yaml:6：evidence：只能写"),
        ("evidence: number", "evidence: none", "checklists/before.yaml:7：B01：evidence 不是 number，就不写 number"),
        ("  number: 上行带宽（Mbps），不低于 5\n", "", "checklists/before.yaml:1：B01：number 要写名字、单位和界线"),
        ("上行带宽（Mbps），不低于 5", "上行带宽要够", "checklists/before.yaml:7：B01：number 要写名字、单位和界线"),
        ("不低于 5", "不低于五", "checklists/before.yaml:7：B01：number 要写名字、单位和界线"),
        ("  blocking: true\n", "", "checklists/before.yaml:1：B01：播前的项要写 blocking"),
        ("blocking: true", "blocking: 要", "checklists/before.yaml:8：blocking：要写 true 或 false"),
        ("{daily: T-1h, campaign: T-2h}", "{}", "checklists/before.yaml:9：B01：due 里至少写一种场次"),
        ("daily: T-1h", "weekly: T-1h", "checklists/before.yaml:9：due．weekly：没有这一项"),
        ("daily: T-1h", "daily: 前一小时", "checklists/before.yaml:9：B01：前一小时：时间写法不对"),
        ("daily: T-1h", "daily:", "checklists/before.yaml:9：due．daily：要写成文字"),
        ("daily: T-1h", "daily: T+10min", "checklists/before.yaml:9：B01：T+10min：播前的项要在开播之前到期"),
        ("daily: T-1h", "daily: E-10min", "checklists/before.yaml:9：B01：E-10min：播前的项要在开播之前到期"),
        ("daily: T-1h", "daily: T-1h every 5min", "checklists/before.yaml:9：B01：T-1h every 5min：只有播中从开播算起的项"),
    ],
)
def test_each_mistake_before_go_live_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert old in BEFORE
    (line,) = _said(BEFORE.replace(old, new))
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("T-10min", "T-10min：播中的项写成 T+10min"),
        ("E+10min", "E+10min：播中的项写成 T+10min"),
        ("E-30min every 5min", "E-30min every 5min：只有播中从开播算起的项"),
    ],
)
def test_an_item_while_live_is_due_between_go_live_and_the_end(time: str, said: str) -> None:
    (line,) = _said(DURING.replace("T+5min every 5min", time), "during")
    assert line.startswith(f"checklists/during.yaml:7：D01：{said}")


@pytest.mark.parametrize("time", ["T+10min", "E-10min", "T-1d"])
def test_an_item_after_the_end_counts_from_the_end(time: str) -> None:
    (line,) = _said(AFTER.replace("E+1d", time), "after")
    assert line.startswith(f"checklists/after.yaml:7：A01：{time}：播后的项从下播算起")


def test_an_item_after_the_end_does_not_come_back() -> None:
    (line,) = _said(AFTER.replace("E+1d", "E+1d every 1h"), "after")
    assert line.startswith("checklists/after.yaml:7：A01：E+1d every 1h：只有播中从开播算起的项")


@pytest.mark.parametrize(("text", "name"), [(DURING, "during"), (AFTER, "after")])
@pytest.mark.parametrize("value", ["true", "false"])
def test_only_an_item_before_go_live_can_block(text: str, name: str, value: str) -> None:
    (line,) = _said(f"{text}  blocking: {value}\n", name)
    assert line.startswith(f"checklists/{name}.yaml:8：") and "blocking 只用在播前的项上" in line


def test_an_id_is_used_once_over_all_files() -> None:
    items, problems = read_items([_file(BEFORE + BEFORE)])
    assert [str(problem) for problem in problems] == [
        "checklists/before.yaml:10：编号 B01 已经在 checklists/before.yaml:1 用过",
    ]
    assert len(items) == 1


def test_a_file_that_is_no_stage_is_named() -> None:
    assert _said(BEFORE, "rehearsal") == [
        "checklists/rehearsal.yaml:1：清单文件只能叫 before.yaml（播前）、during.yaml（播中）、after.yaml（播后）",
    ]


def test_a_file_that_is_no_list_is_named() -> None:
    assert _said("id: B01") == ["checklists/before.yaml:1：这个文件要写成列表，每行以「- 」开头"]


def test_a_row_in_order_is_kept_beside_one_that_is_not() -> None:
    items, problems = read_items([_file(BEFORE + BEFORE.replace("B01", "B02").replace("T-1h", "T-1w"))])
    assert [item.id for item in items] == ["B01"]
    assert [problem.line for problem in problems] == [18]


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("variant", Variant)
def test_every_kind_of_session_has_a_list_for_every_stage(variant: Variant, stage: Stage) -> None:
    items = checklist(_built_in(), variant, stage).items
    dues = [(item.due[variant].from_end, item.due[variant].seconds) for item in items]
    assert items and dues == sorted(dues)


def test_a_daily_session_is_prepared_on_the_day_before_and_the_day_itself() -> None:
    first = checklist(_built_in(), Variant.DAILY, Stage.BEFORE).items[0]
    assert first.due[Variant.DAILY].seconds >= -86400


def test_a_first_session_has_items_that_no_daily_session_has() -> None:
    only = [item for item in _built_in() if Variant.FIRST in item.due and Variant.DAILY not in item.due]
    assert any("实名" in item.text for item in only) and any("试播" in item.text for item in only)


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize(
    "word", ["止损线", "资质", "7 天最低成交价", "极限词", "实名", "16 周岁", "监护人", "实际经营者", "AI", "开奖时间"]
)
def test_no_session_goes_live_without_what_the_law_and_the_handbook_demand(variant: Variant, word: str) -> None:
    assert any(item.blocking and word in item.text for item in checklist(_built_in(), variant, Stage.BEFORE).items)


def test_prices_and_stock_are_confirmed_by_a_second_person() -> None:
    changes = [item for item in _built_in() if "价" in item.text and "库存" in item.text and "第二个人" in item.text]
    listed = [item for item in _built_in() if "两个人核过" in item.text]
    assert changes and listed
    assert {item.evidence for item in (*changes, *listed)} == {Evidence.SECOND_PERSON}
