"""Who may be shown what, where, at this moment; and a clock that never goes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.domain.access import Binding, Policy, Scope, Viewer, merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.flows.access import SteadyClock
from bot.storage.tables import audit
from tests.delivery_desk import NOW, Clock
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TWO, VIEWER, A, B, C, Desk, office

GROUP = "telegram:-100"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened:
        yield opened


async def bind(desk: Desk, merchant: str = "", topic: int = 0, team: str = ONE, ceiling: Policy = Policy.MERCHANT) -> None:
    bound = Binding(GROUP, team, merchant, topic, ceiling)
    await desk.groups.bind(bound, desk.entry(Deed.BOUND, team, merchant))


async def private(desk: Desk, person: str) -> Scope:
    """The scope in somebody's private chat, which what may be sent there has to equal."""
    gate = desk.office.gate
    asked = await gate.scope((await gate.actor(person, person)).access, person, None, private=True)
    assert await gate.audience(person, None, private=True) == asked
    return asked


async def group(desk: Desk, topic: int | None = None) -> Scope:
    """The scope in the group, the same for everybody in it."""
    gate = desk.office.gate
    found = {
        await gate.scope((await gate.actor(who, GROUP)).access, GROUP, topic, private=False) for who in (OWNER, STRANGER, RIVAL)
    }
    assert found == {await gate.audience(GROUP, topic, private=False)}
    return found.pop()


async def test_each_person_reads_their_own_alone(desk: Desk) -> None:
    assert await private(desk, OWNER) == await private(desk, LEAD) == Scope(frozenset({A, B}), frozenset({ONE}))
    assert await private(desk, OPERATOR) == await private(desk, VIEWER) == Scope(frozenset({A}), frozenset({ONE}))
    assert await private(desk, RIVAL) == Scope(frozenset({C}), frozenset({TWO}))
    assert await private(desk, STRANGER) == Scope()


async def test_a_group_reads_what_it_is_bound_to_whoever_asks(desk: Desk) -> None:
    assert await group(desk) == Scope()
    await bind(desk, A)
    assert await group(desk) == Scope(frozenset({A}), frozenset({ONE}))
    await bind(desk, C, team=TWO)
    assert await group(desk) == Scope(frozenset({C}), frozenset({TWO}))
    await bind(desk, B, topic=7, ceiling=Policy.TEAM)
    assert await group(desk, 7) == Scope(frozenset(), frozenset({ONE}))
    assert await group(desk, 8) == await group(desk)


async def test_where_the_topic_is_not_known_a_group_reads_what_all_of_its_topics_may(desk: Desk) -> None:
    everywhere = desk.office.gate.everywhere
    assert await everywhere(GROUP) == Scope()
    await bind(desk, A)
    assert await everywhere(GROUP) == Scope(frozenset({A}), frozenset({ONE}))
    await bind(desk, B, topic=7)
    assert await everywhere(GROUP) == Scope(frozenset(), frozenset({ONE}))
    await bind(desk, C, topic=8, team=TWO)
    assert await everywhere(GROUP) == Scope()


async def test_what_ends_is_shown_no_more_neither_to_people_nor_in_groups(desk: Desk) -> None:
    await bind(desk, A)
    await desk.merchants.close(A, desk.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    assert (await private(desk, OWNER)).merchants == {B}
    assert (await group(desk)).merchants == set()
    desk.clock.advance(days=366)
    assert (await private(desk, OWNER)).merchants == set()


async def test_a_blocked_person_reads_the_handbook_alone_and_the_group_goes_on(desk: Desk) -> None:
    await bind(desk, A)
    await desk.people.block(OPERATOR, True, desk.entry(Deed.BLOCKED, ONE))
    assert await private(desk, OPERATOR) == Scope()
    assert (await group(desk)).merchants == {A}


async def test_a_clock_that_is_set_back_revives_no_authorisation(desk: Desk) -> None:
    desk.clock.advance(days=364)
    assert (await private(desk, OWNER)).merchants == {A, B}
    desk.clock.advance(days=2)
    assert (await private(desk, OWNER)).merchants == set()
    desk.clock.advance(days=-300)
    assert (await private(desk, OWNER)).merchants == set()
    desk.clock.advance(days=-300)
    assert (await private(desk, OWNER)).merchants == set()


async def test_a_clock_that_was_set_back_before_the_start_is_told_by_the_trail(desk: Desk) -> None:
    desk.clock.advance(days=366)
    await desk.trail.add(desk.entry(Deed.LISTED))
    again = Clock(NOW)
    steady = SteadyClock(again, await desk.trail.latest(), lambda: 0.0)
    assert steady() == NOW + timedelta(days=366)


def test_a_steady_clock_goes_half_as_fast_until_time_has_caught_up() -> None:
    clock, ticks = Clock(NOW), Clock(NOW)
    steady = SteadyClock(clock, NOW - timedelta(days=1), lambda: (ticks() - NOW).total_seconds())

    def pass_time(**parts: float) -> None:
        clock.advance(**parts)
        ticks.advance(**parts)

    assert steady() == NOW
    clock.advance(hours=-2)
    assert steady() == NOW
    pass_time(hours=1)
    assert steady() == NOW + timedelta(minutes=30)
    pass_time(hours=3)
    assert steady() == NOW + timedelta(hours=2)
    pass_time(hours=1)
    assert steady() == NOW + timedelta(hours=3) == clock()


def test_a_machine_clock_that_is_far_behind_is_logged_once() -> None:
    clock = Clock(NOW)
    steady = SteadyClock(clock, monotonic=lambda: 0.0)
    with capture_logs() as logs:
        for back in (0, 30, 3600, 0):
            clock.advance(seconds=-back)
            steady()
    assert [(one["event"], one["seconds"]) for one in logs] == [("machine_clock_behind", 3630)]


async def test_who_read_something_of_a_merchant_stands_in_its_teams_trail(desk: Desk) -> None:
    viewer = Viewer(OPERATOR, GROUP, Scope())
    drawn = frozenset({merchant_collection(A), team_collection(ONE), "handbook"})
    await desk.office.gate.saw(viewer, Deed.ASKED, "exchange", drawn)
    owner = await desk.people.access(OWNER)
    found = await desk.trail.entries(access=owner, team=ONE, limit=2)
    assert [(one.person, one.chat, one.deed, one.merchant, one.subject) for one in found] == [
        (OPERATOR, GROUP, Deed.ASKED, "", "exchange"),
        (OPERATOR, GROUP, Deed.ASKED, A, "exchange"),
    ]
    assert [one.subject for one in await desk.trail.entries(access=owner, team=ONE, merchant=A, limit=1)] == ["exchange"]


async def test_a_question_is_noted_also_when_only_the_handbook_answered_and_an_opened_section_is_not(desk: Desk) -> None:
    before = await entries(desk)
    viewer = Viewer(STRANGER, STRANGER, Scope())
    await desk.office.gate.saw(viewer, Deed.ASKED, "exchange", frozenset({"handbook"}))
    await desk.office.gate.saw(viewer, Deed.OPENED, "section", frozenset({"handbook"}))
    assert await entries(desk) == before + 1


async def entries(desk: Desk) -> int:
    async with desk.database.read() as db:
        return int(await db.scalar(select(func.count()).select_from(audit)) or 0)
