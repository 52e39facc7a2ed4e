"""Calendar files, read back by another library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import Event, calendar_text

STAMP = datetime(2026, 11, 27, tzinfo=UTC)
STARTS = datetime(2026, 11, 28, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


def _event(summary: str = "双十一专场", description: str = "", *, cancelled: bool = False) -> Event:
    return Event("session-7@copilot", 3, STARTS, STARTS + timedelta(hours=3), summary, description, cancelled)


def _read(*events: Event) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(calendar_text(events, stamp=STAMP))
    assert not calendar.errors
    return list(calendar.events)


def test_another_program_reads_what_was_written() -> None:
    (read,) = _read(_event(description="第一行\n第二行; 带逗号, 反斜杠 \\n"))
    assert (read["uid"], read["sequence"], read["summary"]) == ("session-7@copilot", 3, "双十一专场")
    assert read["description"] == "第一行\n第二行; 带逗号, 反斜杠 \\n"
    assert (read.start, read.end) == (STARTS, STARTS + timedelta(hours=3))
    assert (read["status"], read["dtstamp"].dt) == ("CONFIRMED", STAMP)


def test_moments_are_written_in_utc() -> None:
    text = calendar_text([_event()], stamp=STAMP)
    assert "\r\nDTSTART:20261128T120000Z\r\nDTEND:20261128T150000Z\r\n" in text


def test_a_cancelled_session_is_marked_and_the_others_stay() -> None:
    assert [event["status"] for event in _read(_event(cancelled=True), _event())] == ["CANCELLED", "CONFIRMED"]


def test_an_event_ends_after_it_starts_and_has_a_zone() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Event("a", 0, STARTS, STARTS, "x")
    with pytest.raises(ValueError, match="zone"):
        Event("a", 0, STARTS.replace(tzinfo=None), STARTS, "x")


@given(summary=st.text(), description=st.text())
def test_no_text_breaks_the_file(summary: str, description: str) -> None:
    text = calendar_text([_event(summary, description)], stamp=STAMP)
    lines = text.encode().split(b"\r\n")
    assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in lines)
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in lines) == 1
    assert len(_read(_event(summary, description))) == 1


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n"), min_size=1))
def test_readable_text_comes_back_unchanged(text: str) -> None:
    (read,) = _read(_event(summary="x" + text + "x"))
    assert read["summary"] == "x" + text + "x"
