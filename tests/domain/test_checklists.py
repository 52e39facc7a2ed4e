"""When items are due, over changes of the clocks and past midnight, and the order in which a list shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checklists import Due, Evidence, Item, Stage, Variant, checklist, due_at, occurrences

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86400
GO_LIVE = datetime(2026, 3, 6, 22, 30, tzinfo=SHANGHAI)
END = datetime(2026, 3, 7, 1, 30, tzinfo=SHANGHAI)


def _item(*due: Due, name: str = "D01", stage: Stage = Stage.DURING, variants: tuple[Variant, ...] = (Variant.DAILY,)) -> Item:
    times = dict(zip(variants, due, strict=True))
    return Item(name, stage, "六个数看过", "数据员", "掉的人走远了", Evidence.NONE, "", False, "12.35", times)


def _due(item: Item, go_live: datetime = GO_LIVE, end: datetime | None = END) -> datetime | None:
    return due_at(item, Variant.DAILY, go_live, end)


def test_an_item_counts_from_go_live_or_from_the_end() -> None:
    assert _due(_item(Due(-4 * HOUR))) == datetime(2026, 3, 6, 18, 30, tzinfo=SHANGHAI)
    assert _due(_item(Due(30 * MINUTE, from_end=True))) == datetime(2026, 3, 7, 2, 0, tzinfo=SHANGHAI)


def test_a_session_across_midnight_carries_its_items_into_the_next_day() -> None:
    assert str(_due(_item(Due(2 * HOUR)))) == "2026-03-07 00:30:00+08:00"
    assert str(_due(_item(Due(DAY, from_end=True)))) == "2026-03-08 01:30:00+08:00"
    hourly = occurrences(_item(Due(HOUR, every=HOUR)), Variant.DAILY, GO_LIVE, END)
    assert [f"{moment:%d %H:%M}" for moment in hourly] == ["06 23:30", "07 00:30"]


def test_four_hours_stay_four_hours_over_the_clocks_going_forward() -> None:
    go_live = datetime(2026, 3, 29, 5, 0, tzinfo=BERLIN)
    due = _due(_item(Due(-4 * HOUR)), go_live)
    assert str(due) == "2026-03-29 00:00:00+01:00"
    assert due is not None and go_live.astimezone(UTC) - due.astimezone(UTC) == timedelta(hours=4)


def test_four_hours_stay_four_hours_over_the_clocks_going_back() -> None:
    due = _due(_item(Due(-4 * HOUR)), datetime(2026, 10, 25, 5, 0, tzinfo=BERLIN))
    assert str(due) == "2026-10-25 02:00:00+02:00"


def test_an_item_comes_back_at_even_distances_over_the_clocks_going_back() -> None:
    go_live, end = datetime(2026, 10, 25, 1, 0, tzinfo=BERLIN), datetime(2026, 10, 25, 4, 0, tzinfo=BERLIN)
    moments = occurrences(_item(Due(0, every=HOUR)), Variant.DAILY, go_live, end)
    assert [f"{moment:%H:%M%z}" for moment in moments] == ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]


def test_due_times_are_in_the_time_zone_of_go_live() -> None:
    due = _due(_item(Due(0, from_end=True)), end=END.astimezone(UTC))
    assert str(due) == "2026-03-07 01:30:00+08:00"


def test_an_item_of_another_variant_is_never_due() -> None:
    item = _item(Due(0, every=HOUR), variants=(Variant.FIRST,))
    assert _due(item) is None
    assert occurrences(item, Variant.DAILY, GO_LIVE, END) == ()


def test_what_counts_from_the_end_waits_until_the_end_is_known() -> None:
    assert _due(_item(Due(0, from_end=True)), end=None) is None
    assert _due(_item(Due(0)), end=None) == GO_LIVE


def test_an_item_that_does_not_come_back_is_due_once() -> None:
    assert occurrences(_item(Due(-HOUR)), Variant.DAILY, GO_LIVE, END) == (GO_LIVE - timedelta(hours=1),)


@pytest.mark.parametrize(("minutes", "times"), [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2)])
def test_an_item_comes_back_before_the_end_and_not_at_it(minutes: int, times: int) -> None:
    item = _item(Due(30 * MINUTE, every=30 * MINUTE))
    assert len(occurrences(item, Variant.DAILY, GO_LIVE, GO_LIVE + timedelta(minutes=minutes))) == times


@pytest.mark.parametrize(("go_live", "end"), [(GO_LIVE.replace(tzinfo=None), END), (GO_LIVE, END.replace(tzinfo=None))])
def test_a_naive_moment_is_refused(go_live: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="time zone"):
        _due(_item(Due(0)), go_live, end)
    with pytest.raises(ValueError, match="time zone"):
        occurrences(_item(Due(0, every=HOUR)), Variant.DAILY, go_live, end)


def test_a_list_holds_the_items_of_its_variant_and_stage() -> None:
    mine = _item(Due(-HOUR), name="B01", stage=Stage.BEFORE)
    others = [_item(Due(0)), _item(Due(0), name="B02", stage=Stage.BEFORE, variants=(Variant.BRAND,))]
    shown = checklist([*others, mine], Variant.DAILY, Stage.BEFORE)
    assert (shown.variant, shown.stage, shown.items) == (Variant.DAILY, Stage.BEFORE, (mine,))


def test_a_list_is_ordered_by_the_times_of_its_own_variant() -> None:
    both = (Variant.DAILY, Variant.CAMPAIGN)
    early = _item(Due(-HOUR), Due(-DAY), name="B01", stage=Stage.BEFORE, variants=both)
    late = _item(Due(-2 * HOUR), Due(-HOUR), name="B02", stage=Stage.BEFORE, variants=both)
    assert checklist([early, late], Variant.DAILY, Stage.BEFORE).items == (late, early)
    assert checklist([early, late], Variant.CAMPAIGN, Stage.BEFORE).items == (early, late)


def test_what_is_due_before_the_end_comes_after_what_counts_from_go_live() -> None:
    closing, rolling = _item(Due(-600, from_end=True), name="D01"), _item(Due(HOUR, every=HOUR), name="D02")
    assert checklist([closing, rolling], Variant.DAILY, Stage.DURING).items == (rolling, closing)


@given(st.permutations([("B01", -3), ("B02", -3), ("B03", -9), ("B04", 0)]))
def test_the_order_does_not_depend_on_how_the_file_is_written(written: list[tuple[str, int]]) -> None:
    items = [_item(Due(seconds), name=name, stage=Stage.BEFORE) for name, seconds in written]
    assert [item.id for item in checklist(items, Variant.DAILY, Stage.BEFORE).items] == ["B03", "B01", "B02", "B04"]
