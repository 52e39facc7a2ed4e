"""Merchants taken in, authorised, renamed, deleted; groups bound and unbound; and every odd way to try it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Policy, Role
from bot.errors import NotFound, Refused
from tests.office_desk import LEAD, NAMES, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TWO, VIEWER, A, B, C, Desk, office

GROUP = "telegram:-100"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened:
        yield opened


async def refusal(doing: object) -> str:
    with pytest.raises(Refused) as caught:
        await doing  # type: ignore[misc]
    return caught.value.reason


async def shown(desk: Desk, person: str = OWNER) -> set[str]:
    return set((await desk.people.access(person)).scope(desk.now()).merchants)


async def test_a_new_merchant_is_closed_until_it_is_authorised(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    made = await desk.office.merchants.add(owner, ONE, "新 商\n家")
    assert made.name == "新 商 家"
    assert await shown(desk) == {A, B}
    opened = await desk.office.merchants.authorise(owner, made.id, desk.now() + timedelta(days=1), "李店长")
    assert opened.open(desk.now())
    assert await shown(desk) == {A, B, made.id}
    desk.clock.advance(days=1)
    assert await shown(desk) == {A, B}


async def test_two_merchants_of_a_team_have_different_names_and_another_teams_names_are_nobodys_business(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    assert await refusal(desk.office.merchants.add(owner, ONE, NAMES[A])) == "name_taken"
    assert (await desk.office.merchants.add(owner, ONE, NAMES[C])).name == NAMES[C]


@pytest.mark.parametrize("days", [0, -1, -400, 3 * 366 + 1, 10**5])
async def test_an_authorisation_ends_in_the_future_and_within_three_years(desk: Desk, days: int) -> None:
    owner, until = await desk.actor(OWNER), desk.now() + timedelta(days=days)
    assert await refusal(desk.office.merchants.authorise(owner, A, until, "店长")) == "date_out_of_range"
    assert await shown(desk) == {A, B}


@pytest.mark.parametrize("by", ["", " \n\t"])
async def test_somebody_on_the_merchants_side_has_to_have_agreed(desk: Desk, by: str) -> None:
    owner = await desk.actor(OWNER)
    until = desk.now() + timedelta(days=1)
    assert await refusal(desk.office.merchants.authorise(owner, A, until, by)) == "grantor_missing"


async def test_who_agreed_is_kept_in_one_short_line(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    await desk.office.merchants.authorise(owner, A, desk.now() + timedelta(days=1), "张\n三" * 10_000)
    newest = (await desk.office.merchants.authorisations(owner, A))[0]
    assert newest.granted_by.startswith("张 三张")
    assert len(newest.granted_by) == 80


async def test_an_ended_authorisation_stays_ended_with_the_clock_set_back_and_is_renewed(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    desk.clock.advance(days=5)
    await desk.office.merchants.end_authorisation(owner, A)
    assert await shown(desk) == {B}
    desk.clock.advance(days=-4)
    assert await shown(desk) == {B}
    await desk.office.merchants.authorise(await desk.actor(OWNER), A, desk.now() + timedelta(days=1), "店长")
    assert await shown(desk) == {A, B}


async def test_a_merchant_that_is_closed_is_managed_all_the_same(desk: Desk) -> None:
    await desk.office.merchants.end_authorisation(await desk.actor(OWNER), A)
    lead = await desk.actor(LEAD)
    assert (await desk.office.merchants.one(lead, A)).name == NAMES[A]
    await desk.office.merchants.rename(lead, A, "新名")
    await desk.office.merchants.authorise(lead, A, desk.now() + timedelta(days=1), "店长")
    assert A in await shown(desk)


async def test_merchants_are_listed_by_team(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    assert {one.id for one in await desk.office.merchants.all(owner, ONE)} == {A, B}
    assert await desk.office.merchants.all(owner, TWO) == ()


async def test_only_an_owner_deletes_a_merchant(desk: Desk) -> None:
    for person in (LEAD, OPERATOR, VIEWER):
        assert await refusal(desk.office.merchants.delete(await desk.actor(person), A)) == "owner_only"
    gone = await desk.office.merchants.delete(await desk.actor(OWNER), A)
    assert gone["merchants"] == 1
    assert desk.forgotten == [A]
    assert await shown(desk) == {B}
    assert await shown(desk, OPERATOR) == set()
    assert (await desk.actor(OPERATOR)).access.teams == set()
    for doing in (
        desk.office.merchants.delete(await desk.actor(OWNER), A),
        desk.office.merchants.one(await desk.actor(OWNER), A),
    ):
        with pytest.raises(NotFound):
            await doing


async def test_a_group_is_bound_by_those_who_manage_what_it_is_for(desk: Desk) -> None:
    desks = desk.office.merchants
    assert await refusal(desks.bind(await desk.actor(OPERATOR), GROUP, 0, ONE, A)) == "not_allowed"
    assert (await desks.bind(await desk.actor(LEAD), GROUP, 0, ONE, A)).merchant == A
    assert await desks.here(await desk.actor(VIEWER), GROUP, 0) is not None
    assert await desks.here(await desk.actor(RIVAL), GROUP, 0) is None


async def test_nobody_takes_a_group_from_somebody_else(desk: Desk) -> None:
    desks = desk.office.merchants
    await desks.bind(await desk.actor(LEAD), GROUP, 0, ONE, A)
    rival = await desk.actor(RIVAL)
    assert await refusal(desks.bind(rival, GROUP, 0, TWO, C)) == "group_taken"
    assert await refusal(desks.unbind(rival, GROUP, 0)) == "group_taken"
    assert await refusal(desks.unbind(await desk.actor(VIEWER), GROUP, 0)) == "not_allowed"  # it is their own group
    await desks.unbind(await desk.actor(OWNER), GROUP, 0)
    with pytest.raises(NotFound):
        await desks.unbind(await desk.actor(OWNER), GROUP, 0)
    await desks.bind(rival, GROUP, 0, TWO, C)
    assert (await desks.bound(rival, TWO))[0].binding.merchant == C


async def test_a_merchant_is_bound_for_its_own_team_alone(desk: Desk) -> None:
    await desk.office.team.join(
        await desk.actor(RIVAL), await desk.office.team.invite(await desk.actor(OWNER), ONE, Role.LEAD, A)
    )
    both = await desk.actor(RIVAL)
    for team, merchant in ((TWO, A), (ONE, C), (ONE, B), (ONE, ""), (ONE, "ffffffff"), (TWO, "ffffffff")):
        with pytest.raises(NotFound):
            await desk.office.merchants.bind(both, GROUP, 0, team, merchant)
    assert await desk.groups.here(GROUP) == ()
    assert (await desk.office.merchants.bind(both, GROUP, 0, ONE, A, Policy.TEAM)).policy is Policy.TEAM


async def test_a_topic_is_bound_beside_its_group(desk: Desk) -> None:
    desks = desk.office.merchants
    await desks.bind(await desk.actor(LEAD), GROUP, 0, ONE, A)
    await desks.bind(await desk.actor(LEAD), GROUP, 7, ONE, B)
    assert {(one.topic, one.merchant) for one in await desk.groups.here(GROUP)} == {(0, A), (7, B)}
    await desks.delete(await desk.actor(OWNER), B)
    assert {(one.topic, one.merchant) for one in await desk.groups.here(GROUP)} == {(0, A)}


async def test_a_stranger_finds_no_merchant_at_all(desk: Desk) -> None:
    stranger = await desk.actor(STRANGER)
    assert await desk.office.merchants.all(stranger) == ()
    for id in (A, B, C, "ffffffff"):
        with pytest.raises(NotFound):
            await desk.office.merchants.one(stranger, id)
