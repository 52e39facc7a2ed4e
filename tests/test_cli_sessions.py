"""`copilot sessions` from the command line: listed, planned in words, cancelled; and what was written wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli_office import Terminal, founded, settled_day, team, terminal

__all__ = ["founded", "team", "terminal"]
NEXT_YEAR = f"{datetime.now(UTC) + timedelta(days=300):%Y-%m-%d}"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def merchant(terminal: Terminal, team: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COPILOT_HANDBOOK", str(Path(__file__).parent.parent / "handbook"))
    made = terminal.does("merchants", "add", "好物")
    terminal.does("merchants", "authorise", "好物", "--until", NEXT_YEAR, "--by", "张三")
    return made


def test_a_session_is_planned_listed_and_cancelled(terminal: Terminal, merchant: str) -> None:
    assert terminal.lists("sessions") == []
    tomorrow = (settled_day(SHANGHAI) + timedelta(days=1)).replace(hour=20, minute=0, second=0, microsecond=0)
    id = terminal.does("sessions", "plan", "好物", "明晚8点", "3小时", "8万", "主播小雨", "--variant", "daily")
    (one,) = terminal.lists("sessions")
    assert (one["id"], one["merchant"], one["name"], one["host"], one["goal"]) == (id, merchant, "好物", "小雨", 80_000)
    assert one["starts_at"] == tomorrow.isoformat(timespec="seconds")
    assert (one["status"], one["variant"], one["operator"]) == ("planned", "daily", "telegram:1")
    assert terminal.lists("sessions", "list", "--today") == []
    assert "好物\t小雨\t80000\t已排好" in terminal.does("sessions", "--week")
    terminal.does("sessions", "cancel", id)
    assert terminal.lists("sessions", "list", "--week")[0]["status"] == "cancelled"
    assert terminal.fails("sessions", "cancel", id) == "这一场已经取消了。"


def test_what_cannot_be_says_so_in_one_line(terminal: Terminal, merchant: str) -> None:
    plan = ("sessions", "plan", "好物")
    assert terminal.fails(*plan, "2月31日 20:00") == "没有这一天。请核对日期。"
    assert terminal.fails(*plan, "昨晚8点").startswith("这个时间已经过了（")
    assert terminal.fails("sessions", "plan", "没有的商家", "明晚8点").startswith("没有商家“没有的商家”")
    assert terminal.fails("sessions", "cancel", "ffffffff") == "没有找到这一场。"
    assert "没有“weekly”这种场次" in terminal.fails(*plan, "明晚8点", "--variant", "weekly", code=2)
    assert "只写一个" in terminal.fails("sessions", "--today", "--week", code=2)
    terminal.does(*plan, "明晚8点 3小时 主播小雨")
    assert "请加 --overlap" in terminal.fails(*plan, "明晚9点 3小时 主播小雨")
    terminal.does(*plan, "明晚9点 3小时 主播小雨", "--overlap")


def test_a_closed_merchant_has_no_sessions(terminal: Terminal, merchant: str) -> None:
    terminal.does("sessions", "plan", "好物", "明晚8点")
    terminal.does("merchants", "end", "好物")
    assert terminal.lists("sessions") == []
    assert "授权" in terminal.fails("sessions", "plan", "好物", "明晚8点")
