"""Files of `sources/`: what they may say, and how the cells of an export are read by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.metrics import Metrics
from bot.content.read import read_content
from bot.content.sources import read_sources
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.sample_rows import Unreadable
from bot.domain.sources import Source, folded, said_moment, said_number
from tests.domain.live import SHANGHAI, at

METRICS: Metrics = read_content(BUILT_IN_HANDBOOK).metrics


def read(text: str) -> tuple[tuple[Source, ...], list[str]]:
    file = read_yaml("sources/x.yaml", text)
    assert isinstance(file, YamlFile)
    sources, problems = read_sources([file], METRICS)
    return sources, [f"{one.line} {one.text}" for one in problems]


def test_the_built_in_sources_are_right_and_need_no_name_that_the_handbook_knows_anyway() -> None:
    found = read_content(BUILT_IN_HANDBOOK)
    assert found.problems == () and [one.id for one in found.sources] == ["kuaishou-board"]
    known = {folded(name) for one in found.metrics.metrics for name in (one.name, *one.also)}
    assert not known & {folded(name) for name in found.sources[0].columns}


def test_a_source_says_names_conversions_and_what_is_left_out() -> None:
    sources, problems = read(
        "name: 中台\ntime: [时间]\ncolumns:\n  在线: online_now\n  进率: {metric: enter_rate, percent: true}\n"
        "  成交（分）: {metric: gmv, factor: 0.01}\nignore: [备注]\n"
    )
    assert problems == []
    assert sources == (
        Source("x", "中台", ("时间",), {"在线": "online_now", "进率": "enter_rate", "成交（分）": "gmv"}, frozenset({"备注"}),
               frozenset({"进率"}), {"成交（分）": 0.01}),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text,said",
    [
        ("time: [时间]\n", "1 name：缺这一项"),
        ("name: x\ntime: []\n", "2 time：至少要有 1 个"),
        ("name: x\ntime: [t]\ncolumns:\n  在线: onlin\n", "4 在线：没有「onlin」这个指标，请写 metrics.yaml 里的编号"),
        (
            "name: x\ntime: [t]\ncolumns:\n  在线: {metric: online_now, percent: true}\n",
            "4 在线：online_now 不是百分数，不写 percent",
        ),
        ("name: x\ntime: [t]\ncolumns:\n  Ａ: gmv\nignore: [a]\n", "5 「a」和「Ａ」是同一个列名，只留一个"),
        ("name: x\ntime: [t]\ncolums: {}\n", "3 colums：没有这一项，是不是写错了名字"),
        ("- 1\n", "1 要一行一个「名字: 值」"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    sources, problems = read(text)
    assert sources == () and problems == [said]


def test_a_broken_file_is_named_among_the_handbooks_problems(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "b.yaml").write_text("name: x\ntime: [t]\ncolumns: {在线: nothing}\n", encoding="utf-8")
    (tmp_path / "metrics.yaml").write_bytes((BUILT_IN_HANDBOOK / "metrics.yaml").read_bytes())
    assert [(one.path, one.line) for one in read_content(tmp_path).problems] == [("sources/b.yaml", 3)]


@pytest.mark.parametrize(
    "cell,unit,value",
    [
        ("160", "人", 160), ("1.2万", "人", 12_000), ("12.34万", "元", 123_400), ("1.2w", "人", 12_000), ("3亿", "元", 3e8),
        ("1,234", "人", 1234), ("1,234,567.5", "元", 1_234_567.5), ("¥99.5", "元", 99.5), ("99元", "元", 99),
        ("12人次", "次", 12),
        ("12.5%", "%", 0.125), ("0.125", "%", 0.125), ("5‰", "%", 0.005), ("00:45", "秒", 45), ("1:02:03", "秒", 3723),
        ("1分30秒", "秒", 90), ("45秒", "秒", 45), ("45", "秒", 45), ("１２３", "人", 123), (" 7 ", "人", 7), (7, "人", 7),
        ("-3", "人", -3), ("--", "人", None), ("-", "元", None), ("", "元", None), (None, "元", None), ("暂无数据", "元", None),
    ],
)  # fmt: skip
def test_cells_are_read_in_the_unit_of_their_figure(cell: object, unit: str, value: float | None) -> None:
    assert said_number(cell, unit) == value


@pytest.mark.parametrize(
    "cell,unit",
    [
        ("很多", "人"),
        ("1,2", "人"),
        ("12%", "人"),
        ("1.2.3", "元"),
        ("00:45", "人"),
        (True, "人"),
        ("12 34万x", "人"),
        ("万", "人"),
    ],
)
def test_what_is_no_number_is_none(cell: object, unit: str) -> None:
    with pytest.raises(Unreadable):
        said_number(cell, unit)


def test_a_bare_percentage_is_one_where_the_source_says_so() -> None:
    assert said_number("12.5", "%", percent=True) == said_number(12.5, "%", percent=True) == 0.125
    assert said_number("12.5%", "%", percent=True) == 0.125


@pytest.mark.parametrize(
    "text",
    [
        "2026/3/6 20:05",
        "2026-03-06 20:05:00",
        "2026年3月6日 20:05",
        "2026年3月6日20时05分",
        "2026.3.6 20:05:00",
        "2026-03-06T12:05:00Z",
    ],
)
def test_moments_are_read_as_exports_write_them(text: str) -> None:
    assert said_moment(text, SHANGHAI) == at(20, 5)


@pytest.mark.parametrize("text", ["20:05", "2026-02-30 20:05", "2026/3/6 25:00", "昨天", "", 5, "2026/3/6"])
def test_what_is_no_moment_is_none(text: object) -> None:
    with pytest.raises(Unreadable):
        said_moment(text, SHANGHAI)
