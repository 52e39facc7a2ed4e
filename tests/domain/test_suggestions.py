"""Which changes of a rule are tried, on what evidence, and which of them is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candidates import Candidate, Terms, Way, candidates, signed
from bot.domain.decisions import Source
from bot.domain.learning import Share
from bot.domain.nudges import Severity
from bot.domain.own_rules import HOLD, Own, Sheet, in_force, read_hold
from bot.domain.rhythm import Rhythm
from bot.domain.strictness import stricter_way
from bot.domain.suggestions import (
    GOES,
    LEAST_JUDGED,
    WRONG,
    Judged,
    Outcome,
    chosen,
    due_week,
    fingerprint,
    may_change,
    outcome,
    over_in_time,
    sources_of,
    way_of,
)
from tests.domain.live import SHANGHAI, at
from tests.domain.rule_room import handbook, rule

CONTENT = handbook()
FIGURES = [*CONTENT.metrics.metrics, *CONTENT.metrics.inputs]
UNITS, NAMES = {one.id: one.unit for one in FIGURES}, {one.id: one.name for one in FIGURES}
TERMS = Terms(UNITS, NAMES, signed(CONTENT.metrics.metrics))
MILD = [one for one in CONTENT.rules if may_change(one)]


def judged(useful: int, useless: int, sessions: int = 4, **changes: object) -> list[Judged]:
    """So many of each, turn about over the sessions, an hour apart."""
    said = [True] * useful + [False] * useless
    return [
        replace(Judged(f"t{n}", f"s{n % sessions}", 3600.0 * n, good), **changes)  # type: ignore[arg-type]
        for n, good in enumerate(said)
    ]


# ---- which rules, and what is tried ----


def test_rules_about_the_law_and_urgent_ones_are_never_changed() -> None:
    left = {one.id for one in CONTENT.rules} - {one.id for one in MILD}
    assert {"N40", "N41", "N42", "N43", "N44"} <= left
    assert left == {one.id for one in CONTENT.rules if one.severity in (Severity.HIGH, Severity.CRITICAL)}


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("source", Source)
def test_what_is_tried_can_be_written_in_a_sheet_and_is_stricter_or_looser(way: Way, source: Source) -> None:
    tried = 0
    for one in MILD:
        for found in candidates(one, one, dict.fromkeys(one.limits, source), way, TERMS):
            sheet = Sheet(limits={f"{one.id}.{found.limit}": found.written})
            (written,) = in_force([one], [Own(sheet)], UNITS, NAMES)
            assert (written.limits, written.hold) == (found.rule.limits, found.rule.hold), (one.id, found.written)
            assert written.sign == found.rule.sign and fingerprint(written) != fingerprint(one)
            up = 1 if way is Way.STRICTER else -1
            if found.limit == HOLD:
                assert (found.rule.hold - one.hold) * up > 0
            else:
                before, after = one.limits[found.limit], found.rule.limits[found.limit]
                up *= stricter_way(one.when.root, found.limit, TERMS.signed)
                kinds = ("own", "peers", "session", "default")
                moved = [(getattr(before, kind), getattr(after, kind)) for kind in kinds if getattr(after, kind) is not None]
                assert all(was is None or (now - was) * up >= 0 for was, now in moved) and found.size > 0
            tried += 1
    assert tried >= len(MILD)


def test_the_figure_that_was_in_force_is_the_one_that_moves() -> None:
    found = {
        source: [one.written for one in candidates(rule("N10"), rule("N10"), {"quiet": source}, Way.STRICTER, TERMS)]
        for source in (Source.DEFAULT, Source.ROOM)
    }
    assert found[Source.DEFAULT] == ["0.45%", "0.4%", "3 个采样", "0.33%", "4 个采样"]
    assert found[Source.ROOM] == ["0.55 * own", "0.48 * own", "0.4 * own", "3 个采样", "4 个采样"]


def test_a_rule_whose_end_has_a_limit_of_its_own_is_not_widened_towards_it() -> None:
    for id, widened in (("N30", False), ("N10", True)):
        found = candidates(rule(id), rule(id), {}, Way.LOOSER, TERMS)
        limits = {one.limit for one in found if one.limit != HOLD}
        assert bool(limits) is widened, id


def test_samples_in_a_row_are_read_as_people_write_them() -> None:
    assert [read_hold(said) for said in ("4", "4个采样", " 4 个 ", "4 samples", "60")] == [4, 4, 4, 4, 60]
    for wrong in ("0", "61", "四", "4.5", "", "-2", "4 分钟"):
        with pytest.raises(ValueError, match="连续几个采样"):
            read_hold(wrong)


# ---- the evidence ----


def test_the_evidence_is_an_interval_over_enough_tips_of_enough_sessions() -> None:
    assert way_of(judged(1, 9)) is Way.STRICTER
    assert way_of(judged(0, LEAST_JUDGED - 1)) is None
    assert way_of(judged(1, 9, sessions=2)) is None
    assert way_of(judged(3, 5)) is None, "three of eight is below one half, but not surely"
    assert Share(3, 8).interval[1] > WRONG


@given(st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_called_wrong_whose_share_may_be_a_half(useful: int, useless: int) -> None:
    way = way_of(judged(useful, useless))
    sure = useful + useless >= LEAST_JUDGED and Share(useful, useful + useless).interval[1] < WRONG
    assert (way is Way.STRICTER) is sure


def test_what_is_acted_on_nearly_always_is_told_too_late_only_where_its_signs_stay() -> None:
    assert way_of(judged(14, 0, over=False)) is Way.LOOSER
    assert way_of(judged(14, 0, over=True)) is None
    assert way_of(judged(14, 0, over=None)) is None, "sessions that ended say nothing"
    assert way_of(judged(10, 4, over=False)) is None


def test_a_sign_is_over_in_time_or_not_or_nobody_can_tell() -> None:
    start = at(20)
    assert over_in_time(start, start + timedelta(minutes=15), None) is True
    assert over_in_time(start, start + timedelta(minutes=16), None) is False
    assert over_in_time(start, None, start + timedelta(minutes=14)) is None
    assert over_in_time(start, None, start + timedelta(minutes=30)) is False


def test_limits_come_from_where_they_mostly_came_from() -> None:
    told = judged(1, 2, sources={"quiet": Source.OWN}) + judged(1, 0, sources={"quiet": Source.DEFAULT})
    assert sources_of(told) == {"quiet": Source.OWN}


# ---- the replay ----


def test_a_tip_is_the_same_one_a_little_later_or_well_before_and_only_once() -> None:
    told = [Judged("a", "s", 1000.0, True), Judged("b", "s", 5000.0, False), Judged("c", "other", 1000.0, False)]
    before = [("s", 1100.0), ("s", 5000.0), ("s", 9000.0)]
    found = outcome(told, before, [("s", 1100.0 - 600), ("s", 9000.0)])
    assert (found.before, found.after) == (3, 2)
    assert (found.useful, found.kept, found.useless, found.gone) == (1, 1, 1, 1), "the third is not found again"
    assert (found.sooner, found.earlier) == (1, 600.0)
    assert found.examples == {"gone": ("b",), "lost": (), "kept": ("a",)}
    twice = [Judged("a", "s", 1000.0, True), Judged("b", "s", 1010.0, False)]
    assert outcome(twice, [("s", 1005.0)], []).useful + outcome(twice, [("s", 1005.0)], []).useless == 1


MOMENTS = st.lists(st.tuples(st.sampled_from(["s0", "s1", "s2"]), st.floats(0, 40_000)), max_size=20)


@given(st.integers(0, 15), st.integers(0, 15), MOMENTS, MOMENTS)
def test_counts_are_of_what_there_is(
    useful: int, useless: int, before: list[tuple[str, float]], after: list[tuple[str, float]]
) -> None:
    found = outcome(judged(useful, useless, sessions=3), before, after)
    assert 0 <= found.kept <= found.useful <= useful and 0 <= found.gone <= found.useless <= useless
    assert found.useful + found.useless <= len(before) and found.kept + found.useless - found.gone <= len(after)
    same = outcome(judged(useful, useless, sessions=3), before, before)
    assert (same.lost, same.gone, same.sooner) == (0, 0, 0)


def tried(*found: tuple[str, float, Outcome]) -> list[tuple[Candidate, Outcome]]:
    return [(Candidate("quiet", written, rule("N10"), size), came) for written, size, came in found]


def test_the_mildest_of_those_that_do_nearly_as_much_is_proposed() -> None:
    base = Outcome(20, 12, 4, 4, 12, 8)
    found = chosen(
        Way.STRICTER,
        tried(("a", 0.1, replace(base, gone=5)), ("b", 0.2, replace(base, gone=9)), ("c", 0.4, replace(base, gone=10))),
    )
    assert found is not None and found[0].written == "b"


@pytest.mark.parametrize(
    "came",
    [
        Outcome(20, 12, 4, 3, 12, 12),  # a tip that was taken would be lost
        Outcome(20, 20, 4, 4, 12, 12),  # no fewer tips
        Outcome(20, 18, 4, 4, 12, 4),  # a third, and surely less than that
        Outcome(20, 12, 1, 1, 6, 6),  # the replay finds too few again
    ],
)
def test_what_does_too_little_or_loses_a_useful_tip_is_not_proposed(came: Outcome) -> None:
    assert chosen(Way.STRICTER, tried(("a", 0.1, came))) is None
    assert Share(4, 12).interval[0] < GOES


def test_of_many_useful_tips_one_in_ten_may_go() -> None:
    assert chosen(Way.STRICTER, tried(("a", 0.1, Outcome(60, 20, 10, 9, 30, 28)))) is not None
    assert chosen(Way.STRICTER, tried(("a", 0.1, Outcome(60, 20, 10, 8, 30, 28)))) is None


def test_a_looser_rule_has_to_tell_of_half_sooner_and_of_hardly_more() -> None:
    good = Outcome(14, 16, 14, 14, 0, 0, 8, 240.0)
    assert chosen(Way.LOOSER, tried(("a", 0.1, good))) is not None
    for came in (replace(good, sooner=6), replace(good, after=18), replace(good, kept=12)):
        assert chosen(Way.LOOSER, tried(("a", 0.1, came))) is None


# ---- when ----


def test_a_week_is_due_from_monday_at_ten_for_five_days_and_not_in_quiet_hours() -> None:
    rhythm, monday = Rhythm("Asia/Shanghai"), date(2026, 3, 9)
    cases = [
        (datetime(2026, 3, 9, 9, 59, tzinfo=SHANGHAI), None), (datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI), monday),
        (datetime(2026, 3, 11, 22, 59, tzinfo=SHANGHAI), monday), (datetime(2026, 3, 11, 23, 30, tzinfo=SHANGHAI), None),
        (datetime(2026, 3, 14, 9, 59, tzinfo=SHANGHAI), monday), (datetime(2026, 3, 14, 10, 0, tzinfo=SHANGHAI), None),
        (datetime(2026, 3, 15, 12, 0, tzinfo=SHANGHAI), None),
    ]  # fmt: skip
    for moment, wanted in cases:
        assert due_week(moment.astimezone(UTC), rhythm) == wanted, moment
    late = Rhythm("Asia/Shanghai", time(2), time(11))
    assert due_week(datetime(2026, 3, 9, 10, 30, tzinfo=SHANGHAI), late) is None
    assert due_week(datetime(2026, 3, 9, 11, 30, tzinfo=SHANGHAI), late) == monday


def test_it_is_the_teams_own_monday() -> None:
    moment = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)
    assert due_week(moment, Rhythm("Asia/Shanghai")) == date(2026, 3, 9)
    assert due_week(moment, Rhythm("America/Los_Angeles")) is None


def test_a_fingerprint_changes_with_whatever_decides_when_a_rule_speaks() -> None:
    one = rule("N10")
    other = replace(one, limits={"quiet": replace(one.limits["quiet"], default=0.004)})
    assert len({fingerprint(each) for each in (one, other, replace(one, hold=3), replace(one, cooldown=1))}) == 4
    assert fingerprint(replace(one, name="别的", steps=())) == fingerprint(one)
