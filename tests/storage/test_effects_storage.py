"""Effects, feedback, trials and mutes on both databases: due once, within their scope, counted as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.effects import Effect
from bot.domain.learning import Share
from bot.domain.nudges import Severity
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.effect_trials import Trial
from bot.storage.effects import Effects, Withholding
from bot.storage.nudges import Kept, Nudges, StoredTip
from bot.storage.sessions import Sessions
from tests.domain.live import at, session
from tests.office_desk import ONE, TWO, A, B, Desk

MINE, THEIRS = Scope(frozenset({A})), Scope(frozenset({B}))
START = at(20)
MINUTE = timedelta(minutes=1)
TIP = StoredTip("t1", "s1", "N01", Severity.LOW, {"values": {}}, START, "p", START + MINUTE)


def live(id: str, merchant: str, team: str) -> LiveSession:
    return replace(session(team=team, merchant=merchant), id=id, status=Status.LIVE, began_at=START - 60 * MINUTE)


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    for one in (live("s1", A, ONE), live("s2", B, TWO)):
        assert await Sessions(database).add(one, [], made.entry(Deed.LISTED, one.team, one.merchant))
    return made


async def test_a_tip_is_due_until_its_effect_is_written_and_never_twice(desk: Desk) -> None:
    effects = Effects(desk.database)
    await Nudges(desk.database).keep("s1", Kept({}, START, tips=(TIP, replace(TIP, id="t2", acked_by="", acked_at=None))), START)
    assert await effects.due(START + 5 * MINUTE, 5, MINUTE, 9) == ()
    assert await effects.due(START + 7 * MINUTE, 5, MINUTE, 9) == (TIP,)
    found = Effect(5, "online_now", 400.0, 480.5, -120.0, -41.0)
    await effects.keep(TIP, found, START, redraw=True)
    await effects.keep(TIP, Effect(5, "online_now", reason="gap"), START, redraw=True)
    assert await effects.of("t1", scope=MINE) == (found,) and await effects.of("t1", scope=THEIRS) == ()
    assert await effects.due(START + 7 * MINUTE, 5, MINUTE, 9) == ()
    assert await effects.due(START + 17 * MINUTE, 15, MINUTE, 9) == (TIP,)
    assert await effects.due(START + timedelta(days=2), 15, MINUTE, 9) == ()


async def test_presses_are_counted_by_rule_within_team_and_scope(desk: Desk) -> None:
    effects, both = Effects(desk.database), replace(TIP, id="t2", useless_by="q", useless_at=START)
    told = (TIP, both, replace(TIP, id="t3", acked_by="", acked_at=None))
    await Nudges(desk.database).keep("s1", Kept({}, START, tips=told), START)
    await Nudges(desk.database).keep("s2", Kept({}, START, tips=(replace(TIP, id="t4", session="s2"),)), START)
    (one,) = await effects.pressed(ONE, START, 15, scope=MINE)
    assert (one.rule, one.tips, one.acted, one.useless, one.right) == ("N01", 3, 2, 1, 1)
    assert await effects.pressed(ONE, START, 15, scope=THEIRS) == () == await effects.pressed(ONE, START + MINUTE, 15, scope=MINE)
    assert await effects.acting(ONE, START) == {"N01": (3, 2)} and await effects.acting(TWO, START) == {"N01": (1, 1)}
    assert await effects.hours(ONE, START - 90 * MINUTE, START + 30 * MINUTE, scope=MINE) == 1.5
    assert await effects.hours(ONE, START - 90 * MINUTE, START, scope=THEIRS) == 0


async def test_a_trial_counts_once_it_could_have_shown_and_as_over_only_in_time(desk: Desk) -> None:
    effects, nudges = Effects(desk.database), Nudges(desk.database)
    moments = [START + minute * MINUTE for minute in (0, 30, 60, 118)]
    for moment, told in zip(moments, (True, False, True, True), strict=True):
        await nudges.keep("s1", Kept({}, moment, trials=(Trial("s1", "N01", moment, told),)), moment)
        if moment != moments[-1]:
            late = 20 * MINUTE if moment == moments[2] else 5 * MINUTE
            await nudges.keep("s1", Kept({}, moment, over=(("N01", moment + late, None),)), moment)
    found = await effects.lift(ONE, START + 120 * MINUTE, scope=MINE)
    assert (found.told, found.withheld) == (Share(1, 2), Share(1, 1))
    assert (await effects.lift(ONE, START + 120 * MINUTE, scope=THEIRS)).told.whole == 0


async def test_what_is_withheld_is_the_teams_own_and_on_the_trail(desk: Desk) -> None:
    effects = Effects(desk.database)
    ours, theirs = Scope(teams=frozenset({ONE})), Scope(teams=frozenset({TWO}))
    assert await effects.withholding(ONE, scope=ours) is None
    await effects.withhold(ONE, Withholding(10, "a"), desk.entry(Deed.WITHHOLDING_SET, ONE))
    await effects.withhold(ONE, Withholding(5, "b"), desk.entry(Deed.WITHHOLDING_SET, ONE))
    assert await effects.withholding(ONE, scope=ours) == Withholding(5, "b")
    assert await effects.withholding(ONE, scope=theirs) is None and await effects.withholding(TWO, scope=theirs) is None
    await effects.withhold(ONE, Withholding(0, "c"), desk.entry(Deed.WITHHOLDING_SET, ONE))
    assert await effects.withholding(ONE, scope=ours) is None


async def test_a_mute_ends_once_and_only_for_a_tip_that_stands(desk: Desk) -> None:
    nudges, open_ = Nudges(desk.database), replace(TIP, acked_by="", acked_at=None, muted_until=START + 10 * MINUTE)
    over = replace(open_, id="t2", recovered_at=START + MINUTE)
    await nudges.keep("s1", Kept({}, START, tips=(open_, over, replace(TIP, id="t3", muted_until=START))), START)
    assert await nudges.end_mutes(START + 9 * MINUTE) == 0
    assert [await nudges.end_mutes(START + 10 * MINUTE) for _ in range(2)] == [1, 0]
    assert await nudges.change(open_, "muted_until", {"muted_until": START + 20 * MINUTE}, START + 11 * MINUTE)
    assert [await nudges.end_mutes(START + 20 * MINUTE) for _ in range(2)] == [1, 0]
