"""What `copilot check` says about a case page, and that the built-in cases keep to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.cases import HEADINGS, check_case, sections
from bot.content.pages import check, read_page

HANDBOOK = Path(__file__).parents[2] / "handbook"
BUILT_IN = sorted(HANDBOOK.glob("cases/*.md"))
HEAD = """\
kind: case
title: 阿琴女装：断单
teaching: true
category: 服饰
problem: [断单]
metrics: [gmv_5m]
rules: [N24]
sections: ["08.4"]
source: 教学示例：编的
"""
BODY = "# 阿琴女装\n" + "".join(f"## {name}\n正文\n" for name in HEADINGS)


def _said(head: str = HEAD, body: str = BODY) -> list[str]:
    return [str(problem) for problem in check_case(read_page("cases/a.md", f"---\n{head}---\n{body}"))]


def test_a_sound_case_has_nothing_to_put_right() -> None:
    assert _said() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: case", "kind: note", "cases/a.md:2：案例的文件头要写 kind: case"),
        ("teaching: true", "teaching: 是", "cases/a.md:4：案例的文件头要写 teaching: true（教学示例）或 false（真实公开）"),
        (
            "source: 教学示例：编的",
            "source: 店主口述",
            "cases/a.md:10：教学案例的 source 要以「教学示例」开头，写明人物和数字是编的",
        ),
        ("category: 服饰", "category: ''", "cases/a.md:5：文件头缺 category（品类，像 服饰；不清楚写 未公开）"),
        ("category: 服饰\n", "", "cases/a.md:1：文件头缺 category（品类，像 服饰；不清楚写 未公开）"),
        ("problem: [断单]", "problem: []", "cases/a.md:6：文件头的 problem 至少写一个问题，大家按它找案例"),
        (
            "problem: [断单]",
            "problem: [断单, '']",
            "cases/a.md:6：文件头的 problem 里「」写法不对（案例对应的问题，像 [断单, 断流]）",
        ),
        ("[gmv_5m]", "gmv_5m", "cases/a.md:7：文件头的 metrics 要写成列表（指标编号，像 [online_now, gmv]；没有写 []）"),
        ("[gmv_5m]", "[5 分钟成交]", "cases/a.md:7：文件头的 metrics 里「5 分钟成交」写法不对（指标编号，像 [online_now, gmv]）"),
        ("[N24]", "[24]", "cases/a.md:8：文件头的 rules 里「24」写法不对（规则编号，像 [N01]）"),
        ('["08.4"]', "[12.1]", 'cases/a.md:9：文件头的 sections 里「12.1」写法不对（小节编号，要加引号，像 ["12.1"]）'),
    ],
)
def test_what_is_wrong_in_the_head_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert _said(HEAD.replace(old, new)) == [said]


def test_a_real_case_may_have_any_source() -> None:
    assert _said(HEAD.replace("true", "false").replace("教学示例：编的", "2021 年峰会公开报道")) == []


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("## 诊断", "## 分析"),
        BODY.replace("## 不适用\n正文\n", ""),
        BODY + "## 附录\n正文\n",
        "# 甲\n## 诊断\n正文\n## 情况\n正文\n" + "".join(f"## {name}\n正文\n" for name in HEADINGS[2:]),
        "正文\n",
    ],
)
def test_headings_are_these_six_in_this_order(body: str) -> None:
    (said,) = _said(body=body)
    assert said.endswith("案例要有这六段，次序不变：情况、诊断、动作、结果、学到什么、不适用")


def test_a_part_without_text_is_named_with_its_line() -> None:
    assert _said(body=BODY.replace("## 结果\n正文", "## 结果\n")) == ["cases/a.md:19：案例的「结果」下面没有内容"]
    assert _said(body=BODY.replace("## 不适用\n正文", "## 不适用")) == ["cases/a.md:23：案例的「不适用」下面没有内容"]


def test_a_section_that_a_case_names_has_to_be_in_the_handbook() -> None:
    texts = {"chapters/08-a.md": "---\ntitle: 排品\n---\n## 08.4 断单\n", "cases/a.md": f"---\n{HEAD}---\n{BODY}"}
    assert check(texts, anchors={}) == []
    texts["cases/a.md"] = texts["cases/a.md"].replace("08.4", "08.5")
    assert [str(p) for p in check(texts, anchors={})] == ["cases/a.md:9：文件头 sections 里的 08.5 指向的小节不存在"]


def test_only_section_numbers_are_taken_from_the_head() -> None:
    assert sections(read_page("cases/a.md", "---\nsections: ['12.1', 12.2, N01]\n---\n")) == ("12.1",)
    assert sections(read_page("cases/a.md", "---\nsections: 12.1\n---\n")) == ()


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
def test_a_built_in_case_keeps_to_its_schema_and_names_metrics_of_the_dictionary(path: Path) -> None:
    page = read_page(f"cases/{path.name}", path.read_text("utf-8"))
    known = set(re.findall(r"^## 19\.\d+ .* (\w+)$", (HANDBOOK / "chapters/19-metrics.md").read_text("utf-8"), re.MULTILINE))
    assert list(check_case(page)) == []
    assert set(page.meta["metrics"]) <= known
    assert all(number in path.read_text("utf-8").split("---", 2)[2] for number in sections(page))


def test_there_are_teaching_cases_for_many_categories_and_none_has_the_name_of_another() -> None:
    pages = [read_page(f"cases/{path.name}", path.read_text("utf-8")) for path in BUILT_IN]
    teaching = [page for page in pages if page.meta["teaching"]]
    assert len(teaching) >= 14
    assert len({page.meta["category"] for page in teaching}) >= 12
    assert len({str(page.meta["title"]).split("：")[0] for page in pages}) == len(pages)
