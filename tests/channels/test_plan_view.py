"""The card of a session."""

from __future__ import annotations

from bot.channels.plan_view import card
from bot.domain.sessions import Status
from bot.flows.ports import Names
from tests.domain.live import at, session


def test_a_session_that_is_over_lasted_as_long_as_its_two_clock_times_say() -> None:
    ended = session(status=Status.ENDED, began_at=at(20, 0, second=50), ended_at=at(22, 30, second=10))
    shown = card(ended, Names("云栖茶行", {}), at(23), "zh")
    assert "⏹ 已下播，20:00–22:30，播了 2 小时 30 分钟" in shown.plain
