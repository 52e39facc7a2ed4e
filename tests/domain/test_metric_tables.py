"""Tables that people send: which are live metrics and which are not, and to which moments their times belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.metric_words import REASONS
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.cells import Kind
from bot.domain.checklists import Variant
from bot.domain.metric_tables import Line, Table, Verdict, best_of, columns_of, judged, rows_of, within
from bot.domain.sample_rows import Bounds, Reason, Rejected, Unreadable, read_rows
from bot.domain.sessions import LiveSession
from bot.following import read_reference
from bot.metric_files import Said, read_said

READINGS = read_reference(BUILT_IN_HANDBOOK)[0].readings
NOW = datetime(2026, 3, 6, 14, tzinfo=UTC)
SESSION = LiveSession(
    "5e551011", "t", "m", "小雨", datetime(2026, 3, 6, 12, tzinfo=UTC), timedelta(hours=3), "Asia/Shanghai", Variant.DAILY, "o"
)


def table(*rows: str) -> Table:
    lines = [tuple(row.split(",")) for row in rows]
    return Table(lines[0], tuple(Line(number, cells) for number, cells in enumerate(lines[1:], 2)))


def verdict(*rows: str) -> Verdict:
    found = table(*rows)
    return judged(found, best_of(found.head, READINGS)[1])


@pytest.mark.parametrize(
    "rows,expected",
    [
        (("时间,在线观众,支付金额", "20:05,120,1.2万"), Verdict.METRICS),
        (("ts,online_now", "2026-03-06T20:05:00+08:00,12"), Verdict.METRICS),
        (("统计时间,主播,gmv,备注", "2026/3/6 20:05,小雨,99,好"), Verdict.METRICS),
        (("在线观众,支付金额", "120,99"), Verdict.NO_TIME),
        (("时间,在线观众,支付金额", "2026-03-06,120,99"), Verdict.NO_CLOCK),
        (("时间,商品,价格,库存", "20:05,雨伞,19.9,500"), Verdict.OTHER),
        (("时间,商品名称,支付金额,商品点击量", "20:05,雨伞,19.9,500"), Verdict.OTHER),
        (("时间,事项,负责人", "20:05,上福袋,中控"), Verdict.OTHER),
        (("时间,环节,话术,gmv,负责人", "20:05,开场,欢迎,99,中控"), Verdict.OTHER),
        (("姓名,岗位", "小雨,主播"), Verdict.OTHER),
        (("时间,在线观众,支付金额",), Verdict.OTHER),
    ],
)
def test_only_what_says_figures_and_when_is_taken_for_metrics(rows: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(*rows) is expected


def test_each_column_is_accounted_for() -> None:
    head = ("时间", "在线观众", "实时在线人数", "在线观众", "主播", "心情", "")
    found = columns_of(head, READINGS["kuaishou-board"])
    assert (found.time, found.figures) == ("时间", {"在线观众": "online_now", "实时在线人数": "online_now"})
    assert (found.skipped, found.unknown, found.doubled) == (("主播",), ("心情",), ("在线观众",))


@pytest.mark.parametrize(
    "cell,expected",
    [
        ("20:05", "2026-03-06T20:05:00"),
        ("20:05:30", "2026-03-06T20:05:30"),
        ("２０：０５", "2026-03-06T20:05:00"),
        ("19:30", "2026-03-06T19:30:00"),
        ("0:15", "2026-03-07T00:15:00"),
        ("03-06 20:05", "2026-03-06T20:05:00"),
        ("3月7日 00:15", "2026-03-07T00:15:00"),
        ("2026-03-06 20:05:00", "2026-03-06T20:05:00"),
        ("2026-03-06T12:05:00Z", "2026-03-06T20:05:00"),
    ],
)
def test_a_time_without_its_date_is_of_the_sessions_night(cell: str, expected: str) -> None:
    reading = within(READINGS["kuaishou-board"], SESSION)
    found = reading.moment(cell, SESSION.local_zone)
    assert found.astimezone(SESSION.local_zone).replace(tzinfo=None).isoformat() == expected


def test_a_session_of_a_whole_day_and_one_at_new_year_know_their_times() -> None:
    whole = replace(SESSION, length=timedelta(hours=24))
    moment = within(READINGS[""], whole).moment
    assert moment("19:59", SESSION.local_zone) - moment("20:00", SESSION.local_zone) == timedelta(hours=23, minutes=59)
    eve = replace(SESSION, starts_at=datetime(2026, 12, 31, 14, tzinfo=UTC))
    assert within(READINGS[""], eve).moment("01-01 00:10", eve.local_zone).year == 2026  # 16:10 on the day before, in UTC


@pytest.mark.parametrize("cell", ["25:00", "20:61", "13-45 20:05", "02-30 20:05", "下午", "", "20"])
def test_what_is_no_time_is_not_guessed(cell: str) -> None:
    with pytest.raises(Unreadable):
        within(READINGS[""], SESSION).moment(cell, SESSION.local_zone)


def test_a_day_beside_its_clock_is_one_moment_and_a_row_that_is_too_long_is_named() -> None:
    found = table("日期,时间,gmv", "2026/3/6,20:05,1", "2026/3/6,20:06,2,3", "2026/3/6,20:07,4,")
    rows, uneven = rows_of(found, best_of(found.head, READINGS)[1])
    assert rows == [(2, {"时间": "2026/3/6 20:05", "gmv": "1"}), (4, {"时间": "2026/3/6 20:07", "gmv": "4"})]
    assert uneven == (3,)


@pytest.mark.parametrize(
    "text,expected",
    [
        ("时间\t在线观众\t支付金额\n20:05\t120\t1.2万\n20:06\t130\t1.3万", Said.FIGURES),
        ("时间    在线观众    支付金额\n20:05   120        99", Said.FIGURES),
        ("| 时间 | gmv |\n|---|---|\n| 20:05 | 99 |", Said.FIGURES),
        ("ts,online_now,gmv\n2026-03-06T20:05:00+08:00,1,2", Said.FIGURES),
        ("在线观众 1200\n支付金额：1.2万", Said.FIGURES),
        ("时间 在线观众 支付金额\n20:05 120 1.2万\n20:06  1.3万", Said.FIGURES),
        ("统计时间 gmv\n2026-03-06 20:05 99\n2026-03-06 20:06 120", Said.FIGURES),
        ("时间 gmv\n20:05 开场", Said.OTHER),
        ("时间 gmv\n20:05 99 开场", Said.UNSURE),
        ("在线观众 1200", Said.UNSURE),
        ("在线观众 1200\n支付金额 3万\n怎么提升？", Said.UNSURE),
        ("时间\t在线观众\n20:05\t120\t3\n20:06\t1", Said.UNSURE),
        ("在线观众掉了怎么办", Said.OTHER),
        ("在线观众 怎么看", Said.OTHER),
        ("GMV 目标怎么定，昨天 8 万", Said.OTHER),
        ("今晚两件事\n在线观众 1200 以下要投流吗\n支付金额怎么算", Said.OTHER),
        ("品名\t价格\t库存\n雨伞\t19.9\t500", Said.OTHER),
        ("20:05 开场\n20:30 上福袋", Said.OTHER),
        ("你好", Said.OTHER),
    ],
)
def test_a_question_is_no_table_and_a_table_no_question(text: str, expected: Said) -> None:
    said, found = read_said(text, READINGS, NOW)
    assert said is expected
    assert (found is None) == (expected is Said.OTHER)


@pytest.mark.parametrize(
    "cell,reason",
    [
        ("1e13", Reason.NOT_A_NUMBER),
        ("10000000000001", Reason.TOO_LARGE),
        ("10001亿", Reason.TOO_LARGE),
        ("9" * 5000, Reason.NOT_FINITE),
    ],
)
def test_a_figure_beyond_reason_is_left_out_and_the_rest_of_its_row_taken(cell: str, reason: Reason) -> None:
    found = table("时间,在线观众,支付金额", f"20:05,120,{cell}")
    columns = best_of(found.head, READINGS)[1]
    rows = [row for _, row in rows_of(found, columns)[0]]
    kinds = {"online_now": Kind(calm=True, people=True), "gmv": Kind(counter=True)}
    bounds = Bounds(SESSION.local_zone, NOW - timedelta(days=1), NOW)
    read = read_rows(rows, kinds, bounds, within(READINGS["kuaishou-board"], SESSION))
    assert [dict(one.values) for _, one in read.samples] == [{"online_now": 120}]
    assert read.rejected == (Rejected(1, "支付金额", reason, "gmv"),)
    assert REASONS[reason].zh and REASONS[reason].en


def test_every_reason_has_words_in_the_chat() -> None:
    assert set(REASONS) == set(Reason)
