"""The card of a session."""

from __future__ import annotations

from bot.channels.plan_view import card, gate_lines
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import laid_out, numbers
from bot.domain.sessions import Status
from bot.flows.ports import Names
from tests.domain.live import ZONE, at, item, session


def test_a_session_that_is_over_lasted_as_long_as_its_two_clock_times_say() -> None:
    ended = session(status=Status.ENDED, began_at=at(20, 0, second=50), ended_at=at(22, 30, second=10))
    shown = card(ended, Names("云栖茶行", {}), at(23), "zh")
    assert "⏹ 已下播，20:00–22:30，播了 2 小时 30 分钟" in shown.plain


def test_what_stands_against_going_live_is_listed_whole_by_the_numbers_of_the_lists() -> None:
    items = laid_out(session(), [item(f"B{n:02}", -n * 60, blocking=True) for n in range(1, 15)], Rhythm(ZONE))
    called = numbers(items)
    missing = [one for one in reversed(items) if called[one.id] not in (2, 5)]
    lines = gate_lines(missing, called, Names("云栖茶行", {}), "zh")
    wanted = [one for one in range(1, 15) if one not in (2, 5)]
    assert [line.split(".")[0] for line in lines] == [f"❗ {number}" for number in wanted]
    assert not any("还有" in line for line in lines)


def test_of_a_great_many_the_last_are_named_by_their_numbers() -> None:
    items = laid_out(session(), [item(f"B{n:02}", -n * 60, blocking=True) for n in range(1, 34)], Rhythm(ZONE))
    lines = gate_lines(items, numbers(items), Names("云栖茶行", {}), "zh")
    assert len(lines) == 31 and lines[-1] == "❗ 还有：31 32 33"
