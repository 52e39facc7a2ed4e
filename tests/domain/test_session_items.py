"""When the items of a session are pushed, due and reminded of: late planning, night, changes, slots that come back, overruns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.content.read import read_content
from bot.domain.checklists import Item, Variant
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import (
    FAST,
    Level,
    SessionItem,
    State,
    gone_on,
    laid_out,
    moved,
    next_reminder,
    open_blocking,
    overtaken,
    retimed,
    timely,
)  # fmt: skip
from bot.domain.session_layout import laid_anew
from bot.domain.sessions import LiveSession, Status
from tests.domain.live import DAY, GO_LIVE, HOST, HOUR, MINUTE, OPERATOR, RHYTHM, SHANGHAI, at, item, session

BUILT_IN = read_content(Path(__file__).resolve().parents[2] / "handbook").items
LIVE = session(status=Status.LIVE, began_at=GO_LIVE)
ENDED = session(status=Status.ENDED, began_at=GO_LIVE, ended_at=GO_LIVE + timedelta(hours=3))


def laid(of: LiveSession, *items: Item, rhythm: Rhythm = RHYTHM) -> tuple[SessionItem, ...]:
    return laid_out(of, items, rhythm)


def pushed(of: LiveSession, one: Item) -> list[str]:
    """When each occurrence is pushed, as day, hour and minute."""
    return [_said(each.push_at) for each in laid(of, one)]


def _said(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%d %H:%M}" if moment else "-"


@pytest.mark.parametrize(
    "before,comes",
    [(3 * DAY, "03 10:00"), (DAY, "05 10:00"), (8 * HOUR, "06 11:00"), (6 * HOUR, "06 13:00"), (4 * HOUR, "06 15:00"),
     (2 * HOUR, "06 15:00"), (110 * MINUTE, "06 18:00"), (HOUR, "06 18:30"), (10 * MINUTE, "06 18:30"), (0, "06 18:30")],
)  # fmt: skip
def test_items_before_go_live_come_in_few_cards_and_ahead_of_time(before: int, comes: str) -> None:
    assert pushed(session(), item("B01", -before)) == [comes]


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_no_item_of_the_handbook_comes_after_it_is_due_and_cards_stay_few(variant: Variant, hour: int) -> None:
    start = GO_LIVE.replace(hour=hour)
    cards: set[datetime] = set()
    for one in laid_out(session(variant=variant, starts_at=start), BUILT_IN, RHYTHM):
        if one.push_at is not None:
            assert one.push_at < one.due_at, one
            cards.add(one.push_at)
    assert 3 <= len(cards) <= 15


def test_planned_late_nothing_is_reminded_of_before_there_was_time_for_it() -> None:
    items = [item("B01", -15 * DAY), item("B02", -6 * HOUR), item("B03", -HOUR)]
    (book, soon, later) = laid(session(planned_at=at(13, 30)), *items)
    assert [_said(one.remind_at) for one in (book, soon, later)] == ["06 14:30", "06 14:30", "06 19:00"]
    assert [_said(one.due_at) for one in (book, soon)] == ["19 20:00", "06 14:00"], "in the order of the book"
    assert {_said(one.remind_at) for one in laid(session(planned_at=at(19, 40)), *items)} == {"06 19:50"}
    night = laid(session(planned_at=at(23, 30, day=3)), *items)
    assert _said(night[0].remind_at) == "04 08:32", "quiet hours stay quiet"
    assert [one.push_at for one in laid(session(planned_at=at(19, 40)), *items)] == [
        one.push_at for one in laid(session(), *items)
    ]


def test_far_from_the_session_nothing_comes_by_night_and_close_to_it_everything_does() -> None:
    dawn = session(starts_at=at(6))
    assert pushed(session(starts_at=at(10)), item("B01", -2 * DAY)) == ["04 08:32"]
    assert pushed(dawn, item("B01", -8 * HOUR)) == ["05 21:00"]
    assert pushed(dawn, item("B02", -4 * HOUR)) == ["06 01:00"]


def test_later_stages_have_their_times_and_are_not_pushed_yet() -> None:
    found = laid(session(), item("B01", -HOUR), item("D01", MINUTE), item("A01", 600))
    assert [(one.id, _said(one.due_at), _said(one.push_at), _said(one.remind_at)) for one in found] == [
        ("B01", "06 19:00", "06 18:30", "06 19:00"), ("D01", "06 20:01", "-", "-"), ("A01", "06 23:10", "-", "-"),
    ]  # fmt: skip


def test_a_stage_that_is_over_is_not_pushed_any_more() -> None:
    assert pushed(LIVE, item("B01", -HOUR)) == ["-"]
    assert pushed(ENDED, item("D01", MINUTE)) == ["-"]
    assert pushed(session(status=Status.CANCELLED), item("B01", -HOUR)) == ["-"]
    assert timely(LIVE, laid(LIVE, item("D01", 60))[0]) and not timely(ENDED, laid(ENDED, item("D01", 60))[0])


def test_what_is_due_in_the_first_hour_comes_at_go_live_and_later_items_shortly_before() -> None:
    assert pushed(LIVE, item("D01", MINUTE)) == pushed(LIVE, item("D02", HOUR)) == ["06 20:00"]
    assert pushed(LIVE, item("D03", 2 * HOUR)) == ["06 21:50"]


def test_reports_come_each_half_hour_and_stop_half_an_hour_after_the_planned_end() -> None:
    comes = pushed(LIVE, item("D07", 30 * MINUTE, 30 * MINUTE))
    assert comes == ["06 20:30", "06 21:00", "06 21:30", "06 22:00", "06 22:30", "06 23:00"] + ["-"] * 11
    found = laid(LIVE, item("D06", 5 * MINUTE, 5 * MINUTE))
    assert {_said(one.push_at) for one in found if one.due_at > at(23, 30)} == {"-"}
    assert {one.remind_at for one in found if one.due_at > at(23, 30)} == {None}
    assert pushed(ENDED, item("D07", 30 * MINUTE, 30 * MINUTE)) == ["-"] * 5


def test_what_comes_back_every_five_minutes_is_pushed_by_the_half_hour() -> None:
    found = laid(LIVE, item("D06", 5 * MINUTE, 5 * MINUTE))[:13]
    assert [_said(one.push_at) for one in found] == ["06 20:00"] * 6 + ["06 20:30"] * 6 + ["06 21:00"]
    assert timedelta(minutes=5) < FAST and {one.remind_at for one in found} == {None}


def test_of_a_report_somebody_is_reminded_half_way_to_the_next_unless_that_has_come() -> None:
    found = laid(LIVE, item("D07", 30 * MINUTE, 30 * MINUTE))
    assert _said(found[0].remind_at) == "06 20:45"
    assert not overtaken(found[0], found, at(20, 59)) and overtaken(found[0], found, at(21))
    assert not overtaken(found[-1], found, at(23, day=7))


def test_shown_to_run_beyond_its_end_a_session_has_its_lists_for_two_more_hours() -> None:
    old = laid(LIVE, item("D07", 30 * MINUTE, 30 * MINUTE), item("D06", 5 * MINUTE, 5 * MINUTE), item("D08", 5 * HOUR))
    assert gone_on(LIVE, old, at(22, 59)) == old and gone_on(ENDED, old, at(23, 40)) == old
    new = {one.key: (_said(one.push_at), _said(one.remind_at)) for one in gone_on(LIVE, old, at(23, 41)) if one not in old}
    assert {key: times for key, times in new.items() if key[0] == "D07"} == {
        ("D07", 7): ("07 00:00", "07 00:15"), ("D07", 8): ("07 00:30", "07 00:45"),
        ("D07", 9): ("07 01:00", "07 01:15"), ("D07", 10): ("07 01:30", "07 01:45"),
    }  # fmt: skip
    assert new["D06", 44] == ("06 23:30", "-") and ("D06", 43) not in new  # 23:45 is still to come, 23:40 is not
    assert new["D08", 0] == ("07 00:50", "07 01:00")
    assert max(one.due_at for one in old if one.key in new) <= at(1, 41, day=7)


def test_what_goes_on_beyond_the_end_does_so_after_a_change_unless_the_end_is_another() -> None:
    handbook = [item("D07", 30 * MINUTE, 30 * MINUTE)]
    running = gone_on(LIVE, laid(LIVE, *handbook), at(23, 41))
    renamed = laid_anew(LIVE, replace(LIVE, host="小雨"), running, handbook, RHYTHM)
    assert [one.push_at for one in renamed] == [one.push_at for one in running]
    assert [one.remind_at for one in renamed] == [one.remind_at for one in running]
    shorter = laid_anew(LIVE, replace(LIVE, length=timedelta(hours=1)), running, handbook, RHYTHM)
    assert [_said(one.push_at) for one in shorter if one.push_at] == ["06 20:30", "06 21:00"]


def test_after_the_end_the_first_hour_comes_at_once_and_the_rest_by_day() -> None:
    assert pushed(ENDED, item("A01", 600)) == ["06 23:00"]
    assert pushed(ENDED, item("A02", 12 * HOUR)) == ["07 08:32"]
    assert pushed(ENDED, item("A03", 2 * DAY)) == ["08 13:00"]


def test_items_belong_to_who_holds_the_post_and_else_to_the_operator() -> None:
    found = laid(session(), item("B01", -HOUR, role="主播"), item("B02", -HOUR, role="投手"))
    assert [one.person for one in found] == [HOST, OPERATOR]


def test_after_rescheduling_what_happened_stays_and_times_follow() -> None:
    old = laid(session(), item("B01", -HOUR), item("B02", -30 * MINUTE), item("B03", -10 * MINUTE))
    done = replace(old[0], state=State.DONE, by=HOST, at=at(19), pushed_at=at(18, 30), remind_at=None)
    shown = replace(old[1], pushed_at=at(18, 30), reminded=Level.PERSON, person="telegram:9")
    later = session(starts_at=GO_LIVE + timedelta(hours=2), revision=2)
    new = moved((done, shown, old[2]), laid(later, item("B01", -HOUR), item("B02", -30 * MINUTE), item("B03", -10 * MINUTE)))
    assert [(one.id, one.state, one.pushed_at, one.person) for one in new] == [
        ("B01", State.DONE, at(18, 30), OPERATOR),
        ("B02", State.OPEN, at(18, 30), "telegram:9"),
        ("B03", State.OPEN, None, OPERATOR),
    ]  # fmt: skip
    assert new[0].remind_at is None and _said(new[1].remind_at) == "06 21:30" and new[1].reminded is Level.NOBODY
    assert _said(new[2].push_at) == "06 20:30"


def test_brought_forward_somebody_who_was_reminded_is_not_reminded_from_the_start_again() -> None:
    (old,) = laid(session(), item("B01", -HOUR))
    old = replace(old, reminded=Level.OPERATOR, remind_at=at(19, 40))
    (new,) = moved((old,), laid(session(starts_at=at(19)), item("B01", -HOUR)))
    assert (new.reminded, new.remind_at) == (Level.OPERATOR, at(19, 40))


def test_going_live_ends_reminders_of_what_was_to_be_done_before() -> None:
    (old,) = laid(session(), item("B01", -HOUR))
    old = replace(old, pushed_at=at(18, 30), reminded=Level.PERSON, remind_at=at(20, 10))
    (new,) = moved((old,), laid(LIVE, item("B01", -HOUR)))
    assert new.remind_at is None and new.state is State.OPEN


def test_at_the_end_open_slots_beyond_it_go_and_done_ones_stay() -> None:
    old = laid(LIVE, item("D07", 30 * MINUTE, 30 * MINUTE))
    ticked = tuple(replace(one, state=State.DONE) if one.slot == 9 else one for one in old)
    new = moved(ticked, laid(ENDED, item("D07", 30 * MINUTE, 30 * MINUTE)))
    assert [one.slot for one in new] == [0, 1, 2, 3, 4, 9]


def test_another_rhythm_moves_what_is_not_pushed_yet_and_nothing_else() -> None:
    first = laid(session(), item("B01", -2 * DAY), item("B02", -HOUR), item("D01", 60), item("B03", -3 * DAY))
    shown = tuple(replace(one, pushed_at=at(10, day=3)) if one.id == "B03" else one for one in first)
    new = retimed(session(), shown, Rhythm("Asia/Shanghai", time(20), time(11)))
    times = {one.id: _said(one.push_at) for one in new}
    assert times == {"B03": "03 10:00", "B01": "04 11:02", "B02": "06 18:30", "D01": "-"}


def test_reminders_come_sooner_the_closer_go_live_is_and_end_with_the_lead() -> None:
    (one,) = laid(session(), item("B01", -HOUR))
    again = [next_reminder(session(), one, moment, RHYTHM) for moment in (at(12), at(19), at(19, 50), at(20, 30))]
    assert [_said(moment) for moment in again] == ["06 14:00", "06 19:15", "06 19:55", "06 22:30"]
    assert next_reminder(session(), replace(one, reminded=Level.LEAD), at(19), RHYTHM) is None


def test_far_from_the_session_nobody_is_reminded_by_night() -> None:
    (one,) = laid(session(), item("B01", -2 * DAY))
    assert _said(next_reminder(session(), one, at(22, day=4), RHYTHM)) == "05 08:32"


def test_what_stands_against_going_live_is_blocking_and_not_settled() -> None:
    found: Iterable[SessionItem] = laid(
        session(), item("B01", -HOUR, blocking=True), item("B02", -2 * HOUR, blocking=True), item("B03", -HOUR),
        item("B04", -HOUR, blocking=True),
    )  # fmt: skip
    found = [replace(one, state=State.SKIPPED) if one.id == "B04" else one for one in found]
    unsure = [replace(one, state=State.UNCONFIRMED) if one.id == "B01" else one for one in found]
    assert [one.id for one in open_blocking(unsure)] == ["B02", "B01"]


def test_the_end_is_after_as_much_time_as_the_length_where_clocks_are_moved() -> None:
    new_york = ZoneInfo("America/New_York")
    start = datetime(2027, 3, 13, 23, 0, tzinfo=new_york)
    night = session(starts_at=start, length=timedelta(hours=5), zone="America/New_York")
    assert night.ends_at == datetime(2027, 3, 14, 5, 0, tzinfo=new_york)
    assert night.ends_at.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=5)
