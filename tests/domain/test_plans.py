"""Plans as JSON: what is read of them, and where one is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.nudges import Phase, Planned
from bot.domain.plans import Plan, read_plan
from bot.errors import Refused

START, END = "2026-05-11T19:00:00+08:00", "2026-05-11T21:30:00+08:00"
AT = datetime.fromisoformat("2026-05-11T19:42:00+08:00")


def plan(*events: dict[str, Any], **values: object) -> Plan:
    return read_plan({"start": START, "end": END, "events": list(events), **values})


def event(**values: object) -> dict[str, Any]:
    return {"kind": "giveaway", "start": AT.isoformat(), "end": (AT + timedelta(minutes=6)).isoformat(), **values}


def test_an_event_settles_when_the_plan_says_so() -> None:
    settles = (AT + timedelta(minutes=20)).isoformat()
    (found,) = plan(event(role="planned", settle_end=settles, note="福袋")).events
    assert (found.kind, found.start, found.settled.isoformat(), found.text) == (Planned.GIVEAWAY, AT, settles, "福袋")


def test_an_event_that_does_not_say_settles_as_the_handbook_says() -> None:
    (found,) = plan(event()).events
    assert found.settled == AT + timedelta(minutes=21)


def test_opening_and_closing_are_phases() -> None:
    found = plan(event(kind="closing"), phases=[{"phase": "main", "start": START, "end": END}])
    assert [one.phase for one in found.phases] == [Phase.MAIN, Phase.CLOSING]
    assert found.events == ()


@pytest.mark.parametrize("role", ["incident", "data", "standing"])
def test_what_was_not_planned_is_no_part_of_the_plan(role: str) -> None:
    assert plan(event(role=role, kind="online_drop")).events == ()


def test_a_goal_is_yuan_and_may_be_missing() -> None:
    assert plan(goal=80000).goal == Decimal(80000)
    assert plan().goal is None


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"goal": 0}, "goal"),
        ({"goal": True}, "goal"),
        ({"goal": "八万"}, "goal"),
        ({"start": "2026-05-11T19:00:00"}, "start"),
        ({"end": "2026-05-11T18:00:00+08:00"}, "end"),
        ({"events": {}}, "events"),
        ({"events": ["福袋"]}, "events[0]"),
        ({"events": [event(), event(kind="party")]}, "events[1].kind"),
        ({"events": [event(settle_end=START)]}, "events[0].settle_end"),
        ({"phases": [{"phase": "lunch", "start": START, "end": END}]}, "phases[0].phase"),
        ({"phases": [{"phase": "main", "end": END}]}, "phases[0].start"),
    ],
)
def test_a_wrong_plan_is_refused_with_the_place(data: dict[str, object], place: str) -> None:
    with pytest.raises(Refused) as refused:
        read_plan({"start": START, "end": END, **data})
    assert (refused.value.reason, refused.value.values["place"]) == ("plan_wrong", place)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([START, END, "giveaway", "main"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "phase", "start", "end", "settle_end", "role"]), inner, max_size=5)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["start", "end", "goal", "phases", "events"]), JSON), st.booleans())
def test_any_json_is_a_plan_or_refused(data: dict[str, Any], sound: bool) -> None:
    try:
        read_plan({**data, **({"start": START, "end": END} if sound else {})})
    except Refused as refused:
        assert refused.reason == "plan_wrong"
