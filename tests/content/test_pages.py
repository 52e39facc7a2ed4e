"""What `copilot check` finds in a handbook, by file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.cases import HEADINGS
from bot.content.pages import check

LISTS = "category: 家纺\nproblem: [老客固守]\nmetrics: []\nrules: []\nsections: []"
PARTS = "".join(f"## {name}\n正文\n" for name in HEADINGS)
CASE = f"---\nkind: case\ntitle: 侯哥家纺\nteaching: false\nsource: 2021 年峰会\n{LISTS}\n---\n{PARTS}"


def _found(texts: dict[str, str], **more: object) -> list[str]:
    return [str(problem) for problem in check(texts, anchors=more.pop("anchors", {}), **more)]  # type: ignore[arg-type]


def _chapter(body: str, number: int = 12) -> dict[str, str]:
    return {f"chapters/{number}-monitoring.md": f"---\ntitle: {number} 盯盘\n---\n# {number} 盯盘\n{body}"}


def test_sound_handbook_has_nothing_to_put_right() -> None:
    texts = _chapter("## 12.1 在线掉了\n先看进人，见 12.2、12.02 和 17 章，[细节](#12.2)。\n## 12.2 停留低\n60 秒内\n")
    texts |= _chapter("## 17.1 断流\n[回去](12-monitoring.md#12.1)", 17) | {"cases/a.md": CASE}
    assert _found(texts) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("## 12.1 甲\n## 12.1 乙", "chapters/12-monitoring.md:6：小节编号 12.1 已经在 chapters/12-monitoring.md:5 用过"),
        ("## 13.1 甲", "chapters/12-monitoring.md:5：小节编号 13.1 不属于第 12 章（看文件名）"),
        ("## 12.1 甲\n见 12.9 节", "chapters/12-monitoring.md:6：「见 12.9」指向的小节不存在"),
        ("## 12.1 甲\n（见第 31 章）", "chapters/12-monitoring.md:6：「见 31 章」指向的章不存在"),
        ("[甲](#12.9)", "chapters/12-monitoring.md:5：链接 #12.9 指向的小节不存在"),
        ("[甲](gone.md)", "chapters/12-monitoring.md:5：链接 gone.md 指向的文件不在手册里"),
        ("[甲](../../etc/passwd.md#x)", "chapters/12-monitoring.md:5：链接 ../../etc/passwd.md#x 指向的文件不在手册里"),
        ("甲{#one}\n乙{#one}", "chapters/12-monitoring.md:6：标识 one 在本文件里用了 2 次"),
    ],
)
def test_fault_is_named_with_file_and_line(body: str, said: str) -> None:
    assert said in _found(_chapter(body))


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("title: 甲\nsource: 乙\nteaching: false", "cases/a.md:1：案例的文件头要写 kind: case"),
        ("kind: case\ntitle: 甲\nteaching: false", "cases/a.md:1：文件头缺 source（出处，不能为空）"),
        ("kind: case\nsource: 教学示例\nteaching: true\ntitle: ''", "cases/a.md:5：文件头缺 title（标题，不能为空）"),
        (
            "kind: case\ntitle: 甲\nsource: 乙\nteaching: 也许",
            "cases/a.md:5：案例的文件头要写 teaching: true（教学示例）或 false（真实公开）",
        ),
    ],
)
def test_case_without_its_schema_is_named(head: str, said: str) -> None:
    assert _found({"cases/a.md": f"---\n{head}\n{LISTS}\n---\n{PARTS}"}) == [said]


def test_broken_front_matter_is_named_with_its_line() -> None:
    (said,) = _found({"notes/a.md": "---\ntitle: [\nb: c\n---\n正文"})
    assert said.startswith("notes/a.md:3：文件头不是合法的 YAML")
    assert "要一行一个" in _found({"notes/a.md": "---\n- a\n---\n"})[0]
    assert "值写错了" in _found({"notes/a.md": "---\nperiod: 2021-13-45\n---\n"})[0]


def test_any_other_folder_need_not_follow_our_schema() -> None:
    assert _found({"a.md": "## 1.1 甲\n## 1.1 乙\n见 9.9\n", "README.md": "---\nno closing line\n"}) == []


def test_code_is_not_read_for_headings_and_links() -> None:
    assert _found(_chapter("```\n## 13.1 甲\n[x](#nowhere)\n~~~\n```\n## 12.1 甲\n`````\n```\n[x](#no)\n`````\n")) == []


def test_links_use_what_the_reader_found() -> None:
    texts = {"a.md": "[甲](b.pdf#第-2-页) [乙](b.pdf#没有) [丙](#一级) [丁](https://x.example/#y) ![图](no.md)"}
    assert _found(texts, anchors={"a.md": {"一级"}, "b.pdf": {"第-2-页"}}, others=["b.pdf"]) == [
        "a.md:1：链接 b.pdf#没有 指向的小节不存在"
    ]


def test_percent_encoded_link_is_understood() -> None:
    assert _found({"a.md": "[甲](%E4%B9%99.md)", "乙.md": "文"}) == []


@given(st.text(alphabet=st.sampled_from("[]()#{}见0123.、-`~\n :\"'<>ab\t"), max_size=400))
def test_no_text_is_too_odd(text: str) -> None:
    check({"chapters/12-a.md": text, "cases/b.md": f"---\n{text}"}, anchors={})


@pytest.mark.parametrize(
    "text",
    ["[](" + "a" * 300_000, "[" * 300_000, "[](a " * 60_000, "见" + "1.1" * 100_000, "# " + " " * 300_000 + "x", "{#" * 150_000],
)
@pytest.mark.timeout(30)
def test_long_lines_cost_no_time(text: str) -> None:
    check({"chapters/12-a.md": text, "cases/a.md": f"---\n{text}"}, anchors={})
