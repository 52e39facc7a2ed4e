"""Figures that items ask for, and what people write when they are asked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.content.read import read_content
from bot.domain.checklists import Evidence
from bot.domain.evidence import Asked, asked, figure, written


def test_a_figure_is_asked_for_by_name_unit_and_limit() -> None:
    assert asked("上行带宽（Mbps），不低于 5") == Asked("上行带宽", "Mbps", least=Decimal(5))
    assert asked("GMV 目标进度偏差（%），不低于 -20") == Asked("GMV 目标进度偏差", "%", least=Decimal(-20))
    assert asked("断流恢复（秒），不超过 60") == Asked("断流恢复", "秒", most=Decimal(60))
    assert asked("在线（人）") == Asked("在线", "人")
    assert asked("随便写的") == Asked("随便写的", "")


def test_the_limit_itself_is_not_beyond_it() -> None:
    low, high = asked("安全系数（倍），不低于 1.1"), asked("动作（条），不超过 3")
    assert [low.beyond(Decimal(value)) for value in ("1.09", "1.1", "1.2")] == [True, False, False]
    assert [high.beyond(Decimal(value)) for value in ("2", "3", "3.01")] == [False, False, True]
    assert not asked("在线（人）").beyond(Decimal(-1))


@pytest.mark.parametrize(
    "said,value",
    [("8.5", "8.5"), ("8.5 Mbps", "8.5"), ("１２．５", "12.5"), ("上行 6", "6"), ("1,200", "1200"), ("1，200 单", "1200"),
     ("1.2万", "12000"), ("-20%", "-20"), ("+3", "3"), ("0", "0"), ("6.0", "6"), ("100", "100")],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(said: str, value: str) -> None:
    found = figure(said)
    assert found is not None and written(found) == value


@pytest.mark.parametrize("said", ["", "没测", "5 到 8", "8:30", "1" * 13, "五"])
def test_what_holds_no_single_number_is_none(said: str) -> None:
    assert figure(said) is None


def test_every_figure_of_the_built_in_handbook_has_name_and_unit() -> None:
    items = read_content(Path(__file__).resolve().parents[2] / "handbook").items
    figures = [asked(one.number) for one in items if one.evidence is Evidence.NUMBER]
    assert len(figures) > 10 and all(one.name and one.unit for one in figures)
