"""What no rule names is told once, with what it was and is; not while a rule, the plan or the part of the session explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.decisions import Decision, Source
from bot.domain.lookout import Lookout, Over, Spoken
from bot.domain.nudges import Planned
from bot.domain.oddities import ANOMALY, HEADLINES
from bot.domain.pasts import Past, usual
from bot.domain.plans import Plan, PlannedEvent
from bot.domain.seats import Watched
from bot.domain.session_state import SessionState
from tests.domain.rule_room import START, Figure, Room, book, grows, handbook, rows
from tests.domain.test_pasts import kept

BEGAN = datetime.fromtimestamp(START, UTC)
# Seconds between rows do not matter to it: it looks once a minute.
BURST: Mapping[str, Figure] = {"comment_cnt": grows(20, 80, start=70, end=95)}


def plan(*events: PlannedEvent, minutes: int = 180) -> Plan:
    """A plan that announces these events and a break right after go-live, which is over long before anything happens."""
    early = PlannedEvent(Planned.BREAK, BEGAN, BEGAN + timedelta(minutes=1), BEGAN + timedelta(minutes=2))
    return Plan(BEGAN, BEGAN + timedelta(minutes=minutes), None, (), (early, *events))


def run(figures: Mapping[str, Figure], minutes: int = 130, *ids: str, watched: Watched | None = None) -> Room:
    return Room(book(*(ids or ("N32",))), watched or Watched("room", START, plan())).run(figures, minutes)


def told(room: Room) -> list[Decision]:
    return [one for _, one in room.decisions if one.sent and one.rule.id == ANOMALY]


def test_a_figure_that_no_rule_names_is_told_once_with_what_it_was_and_is() -> None:
    room = run(BURST)
    (tip,) = told(room)
    assert 72 <= (tip.at - START) / 60 <= 80
    assert tip.values["comment_cnt"] is not None and tip.values["comment_cnt"] > 150
    assert tip.thresholds["usual"].value == pytest.approx(100, rel=0.05)
    assert tip.rule.name == "近 5 分钟评论数和平时不一样" and tip.thresholds["usual"].source is Source.SESSION


def test_a_steady_room_and_its_usual_swings_are_not_odd() -> None:
    assert told(run({})) == []
    swinging: Mapping[str, Figure] = {"online_now": lambda m: 500 + 60 * ((m * 7919) % 13 - 6) / 6}
    assert told(run(swinging)) == []


def test_what_was_announced_is_not_odd_nor_what_comes_of_it() -> None:
    giveaway = PlannedEvent(Planned.GIVEAWAY, *(BEGAN + timedelta(minutes=m) for m in (69, 96, 111)))
    assert told(run(BURST, watched=Watched("room", START, plan(giveaway)))) == []


def test_neither_opening_nor_closing_is_looked_at() -> None:
    assert told(run(BURST, watched=Watched("room", START, plan(minutes=80)))) == []
    assert told(run({"comment_cnt": grows(20, 80, start=0, end=9)})) == []


def test_a_rule_that_reads_the_figure_explains_it() -> None:
    drop: Mapping[str, Figure] = {"online_now": lambda m: 500 if m < 70 else 250}
    assert [one.rule.id for one in told(run(drop))] == [ANOMALY]
    watched = run(drop, 130, "N01", "N32")
    assert "N01" in [rule for _, rule in watched.tips] and told(watched) == []


def test_what_only_goes_back_to_where_it_was_is_not_odd() -> None:
    dip: Mapping[str, Figure] = {"online_now": lambda m: 500 if m < 70 or m >= 100 else 250}
    assert len(told(run(dip, 160))) == 1


def test_what_earlier_sessions_were_like_at_that_minute_is_not_odd() -> None:
    surge: Mapping[str, Figure] = {"online_now": lambda m: 500 if m < 70 else 900}
    assert len(told(run(surge))) == 1
    summary = kept(130, surge)
    pasts = [Past(str(n), "小雅", BEGAN - timedelta(days=n), summary) for n in (1, 2, 3)]
    assert told(run(surge, watched=Watched("room", START, plan(), past=usual(pasts, "小雅", BEGAN)))) == []


def test_a_mute_keeps_it_silent_and_its_reason_is_on_record() -> None:
    room = Room(book("N32"), Watched("room", START, plan()))
    seat = room.watch.seats[room.column]
    assert seat is not None
    seat.muted[ANOMALY] = START + 10_000
    room.run(BURST, 130)
    assert told(room) == [] and room.silent(ANOMALY) == ["hold", "muted"]
    assert all(one.reason is None or one.reason.values["figure"] == "comment_cnt" for _, one in room.decisions)


def test_when_it_is_as_usual_again_that_is_said_also_by_another_process() -> None:
    def taken(lookout: Lookout, wanted: Iterable[tuple[float, dict[str, float]]]) -> list[object]:
        return [one for one in lookout.take({"room": list(wanted)})["room"] if isinstance(one, Spoken | Over)]

    everything = list(rows(BURST, 130))
    first, second = Lookout(book("N32")), Lookout(book("N32"))
    first.join(Watched("room", START, plan()))
    (spoken,) = taken(first, everything[:85])
    assert isinstance(spoken, Spoken) and spoken.before == pytest.approx(100, rel=0.05)
    state = SessionState(**first.state("room").as_json())
    assert f"{ANOMALY}:comment_cnt" in state.standing
    second.join(Watched("room", START, plan()), state)
    second.remember({"room": everything[25:85]})
    (over,) = taken(second, everything[85:])
    assert isinstance(over, Over) and over.rule.id == ANOMALY and over.value == pytest.approx(100, rel=0.2)


def test_the_headlines_are_metrics_and_a_handbook_without_them_is_watched_all_the_same() -> None:
    assert set(HEADLINES) <= {metric.id for metric in handbook().metrics.metrics}


def test_what_rises_is_not_odd_where_nobody_has_said_what_is_planned() -> None:
    silent = Watched("room", START, Plan(BEGAN, BEGAN + timedelta(minutes=180), None, (), ()))
    room = run(BURST, watched=silent)
    assert told(room) == [] and room.silent(ANOMALY) == []
