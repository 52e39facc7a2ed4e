"""Founding, inviting, joining, roles, leaving, handing over, blocking; and every odd way to try them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Membership, Right, Role
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound, Refused
from bot.flows.team import DAYS, LONGEST_NAME, USES, checked_name, new_id
from tests.office_desk import (
    LEAD,
    ONE,
    OPERATOR,
    OWNER,
    RIVAL,
    RIVAL_OPERATOR,
    STRANGER,
    TRAINEE,
    TWO,
    VIEWER,
    A,
    B,
    Desk,
    office,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened:
        yield opened


async def join(desk: Desk, person: str, code: str) -> str:
    """How it went: the role, or the reason of the refusal."""
    try:
        return (await desk.office.team.join(await desk.actor(person), code)).role.value
    except Refused as refused:
        return refused.reason


async def invite(desk: Desk, role: Role = Role.OPERATOR, merchant: str = A, *, by: str = LEAD, **how: int) -> str:
    return await desk.office.team.invite(await desk.actor(by), ONE, role, merchant, **how)


async def refusal(doing: object) -> str:
    with pytest.raises(Refused) as caught:
        await doing  # type: ignore[misc]
    return caught.value.reason


async def last(desk: Desk) -> Entry:
    return (await desk.trail.entries(access=await desk.people.access(OWNER), team=ONE, limit=1))[0]


async def test_a_code_lets_one_person_in_as_what_it_says(desk: Desk) -> None:
    code = await invite(desk, Role.TRAINEE)
    assert await join(desk, STRANGER, code) == "trainee"
    assert (await desk.people.access(STRANGER)).role(ONE, A) is Role.TRAINEE
    assert (await desk.people.access(STRANGER)).scope(desk.now()).merchants == {A}
    noted = await last(desk)
    assert (noted.person, noted.deed, noted.merchant) == (STRANGER, Deed.JOINED, A)
    assert code not in repr(noted)


@pytest.mark.parametrize("code", ["", " ", "x", "0" * 10_000, "\0", "\ud800", "'; DROP TABLE people; --", "00000001", "../code"])
async def test_a_forged_code_lets_nobody_in_and_is_noted(desk: Desk, code: str) -> None:
    assert await join(desk, STRANGER, code) == "code_unknown"
    assert not (await desk.people.access(STRANGER)).memberships


async def test_a_code_does_not_work_a_second_time(desk: Desk) -> None:
    code = await invite(desk)
    assert await join(desk, STRANGER, code) == "operator"
    assert await join(desk, STRANGER, code) == "already_in"
    assert await join(desk, RIVAL, code) == "code_used"


async def test_of_many_who_use_a_code_at_once_as_many_come_in_as_it_is_for(desk: Desk) -> None:
    code = await invite(desk, uses=2)
    came = await asyncio.gather(*(join(desk, f"telegram:{n}", code) for n in range(100, 108)))
    assert sorted(came) == ["code_used"] * 6 + ["operator"] * 2


async def test_a_code_does_not_work_when_it_has_expired_also_with_the_clock_set_back(desk: Desk) -> None:
    code = await invite(desk, days=1)
    desk.clock.advance(days=1)
    assert await join(desk, STRANGER, code) == "code_expired"
    desk.clock.advance(days=-1)
    assert await join(desk, STRANGER, code) == "code_expired"
    assert await desk.office.team.live_invitations(await desk.actor(OWNER), ONE) == ()


async def test_a_code_does_not_work_before_it_was_made(desk: Desk) -> None:
    code = await invite(desk)
    desk.now._latest = None
    desk.clock.advance(days=-2)
    assert await join(desk, STRANGER, code) == "code_expired"


async def test_a_revoked_code_does_not_work(desk: Desk) -> None:
    code = await invite(desk)
    owner = await desk.actor(OWNER)
    [live] = await desk.office.team.live_invitations(owner, ONE)
    await desk.office.team.revoke(owner, ONE, live.id)
    assert await join(desk, STRANGER, code) == "code_revoked"
    with pytest.raises(NotFound):
        await desk.office.team.revoke(owner, ONE, live.id)


async def test_whoever_was_removed_does_not_come_back_by_a_code_they_made(desk: Desk) -> None:
    code = await invite(desk, uses=50)
    await desk.office.team.remove(await desk.actor(OWNER), ONE, LEAD)
    assert await join(desk, LEAD, code) == "code_revoked"
    assert await join(desk, STRANGER, code) == "code_revoked"


async def test_a_blocked_person_comes_in_by_no_code(desk: Desk) -> None:
    code = await invite(desk)
    await desk.office.team.block(await desk.actor(LEAD), STRANGER, blocked=True)
    assert await join(desk, STRANGER, code) == "code_unknown"
    assert not (await desk.people.access(STRANGER)).memberships
    await desk.office.team.block(await desk.actor(LEAD), STRANGER, blocked=False)
    assert await join(desk, STRANGER, code) == "operator"


async def test_a_code_never_makes_anybody_less_than_they_are(desk: Desk) -> None:
    weak, strong = await invite(desk, Role.VIEWER, uses=5), await invite(desk, Role.OPERATOR, uses=5)
    assert await join(desk, OPERATOR, weak) == "already_in"
    assert await join(desk, OWNER, weak) == "already_in"
    assert await join(desk, VIEWER, strong) == "operator"
    assert (await desk.people.access(VIEWER)).role(ONE, A) is Role.OPERATOR


async def test_a_code_for_a_merchant_that_is_gone_lets_nobody_in(desk: Desk) -> None:
    code = await invite(desk)
    await desk.office.merchants.delete(await desk.actor(OWNER), A)
    assert await join(desk, STRANGER, code) == "code_unknown"


async def test_a_member_of_another_team_may_be_in_both(desk: Desk) -> None:
    assert await join(desk, RIVAL, await invite(desk)) == "operator"
    actor = await desk.actor(RIVAL)
    assert {team.id for team in await desk.office.team.teams(actor)} == {ONE, TWO}
    assert not actor.access.may(Right.MANAGE, ONE, A)
    assert await refusal(desk.office.team.invite(actor, ONE, Role.VIEWER, A)) == "not_allowed"
    await desk.office.team.leave(actor, ONE)
    assert {team.id for team in await desk.office.team.teams(await desk.actor(RIVAL))} == {TWO}


@pytest.mark.parametrize("role", [Role.OWNER, Role.LEAD])
async def test_a_lead_invites_nobody_above_an_operator(desk: Desk, role: Role) -> None:
    for merchant in ("", A):
        assert await refusal(invite(desk, role, merchant)) == "role_too_high"
    assert await invite(desk, role, "", by=OWNER)


async def test_a_merchant_has_leads_and_no_owner_of_its_own(desk: Desk) -> None:
    assert await refusal(invite(desk, Role.OWNER, A, by=OWNER)) == "owner_of_team"
    owner = await desk.actor(OWNER)
    assert await refusal(desk.office.team.give_role(owner, ONE, OPERATOR, Role.OWNER, A)) == "owner_of_team"
    # Somebody who was called one before leads the merchant, and is changed and removed like a lead.
    await desk.people.give(Membership(OPERATOR, ONE, Role.OWNER, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))
    assert await refusal(desk.office.merchants.delete(await desk.actor(OPERATOR), A)) == "owner_only"
    held = {one.person: one.role for one in await desk.office.team.members(owner, ONE, A)}
    assert held[OPERATOR] is Role.LEAD
    await desk.office.team.give_role(owner, ONE, OPERATOR, Role.VIEWER, A)
    assert (await desk.people.access(OPERATOR)).role(ONE, A) is Role.VIEWER


async def test_blocked_people_are_listed_for_managers_also_after_they_were_removed(desk: Desk) -> None:
    team, lead = desk.office.team, await desk.actor(LEAD)
    await desk.people.seen(OPERATOR, "小李", "zh", desk.now())
    for person in (OPERATOR, STRANGER):
        await team.block(lead, person, blocked=True)
    await team.remove(lead, ONE, OPERATOR)
    await team.block(await desk.actor(RIVAL), RIVAL_OPERATOR, blocked=True)
    assert await team.blocked(lead, ONE) == {OPERATOR: "小李", STRANGER: ""}
    assert list(await team.blocked(await desk.actor(RIVAL), TWO)) == [RIVAL_OPERATOR]
    await team.block(lead, OPERATOR, blocked=False)
    assert list(await team.blocked(lead, ONE)) == [STRANGER]


@pytest.mark.parametrize(
    "how,reason",
    [({"uses": n}, "uses_out_of_range") for n in (0, -1, USES + 1)]
    + [({"days": n}, "days_out_of_range") for n in (0, -1, DAYS + 1)],
)
async def test_an_invitation_is_for_so_many_and_lasts_so_long(desk: Desk, how: dict[str, int], reason: str) -> None:
    assert await refusal(invite(desk, **how)) == reason


async def test_the_first_owner_comes_in_by_a_code_of_whoever_runs_commands(desk: Desk) -> None:
    code = await desk.office.team.found_code(await desk.boss())
    assert await join(desk, STRANGER, code) == "owner"
    [team] = await desk.office.team.teams(await desk.actor(STRANGER))
    assert team.id not in (ONE, TWO)
    assert (await desk.people.access(STRANGER)).scope(desk.now()).merchants == set()
    late = await desk.office.team.found_code(await desk.boss())
    desk.clock.advance(hours=24)
    assert await join(desk, VIEWER, late) == "code_expired"


async def test_an_owner_founds_another_team_which_nobody_else_sees(desk: Desk) -> None:
    made = await desk.office.team.found(await desk.actor(OWNER), "三队")
    assert (await desk.office.team.team(await desk.actor(OWNER), made.id)).name == "三队"
    with pytest.raises(NotFound):
        await desk.office.team.team(await desk.actor(LEAD), made.id)
    assert await refusal(desk.office.team.found(await desk.actor(LEAD), "四队")) == "owner_only"


async def test_the_last_owner_does_not_leave_nor_is_made_less_nor_removed(desk: Desk) -> None:
    team, owner = desk.office.team, await desk.actor(OWNER)
    assert await refusal(team.leave(owner, ONE)) == "last_owner"
    assert await refusal(team.give_role(owner, ONE, OWNER, Role.LEAD)) == "last_owner"
    assert await refusal(team.remove(owner, ONE, OWNER)) == "last_owner"
    assert await refusal(team.remove(owner, ONE, OWNER, "")) == "last_owner"
    assert await refusal(team.remove(await desk.boss(), ONE, OWNER)) == "last_owner"
    assert (await desk.people.access(OWNER)).role(ONE) is Role.OWNER
    await team.hand_over(owner, ONE, LEAD)
    assert [(await desk.people.access(who)).role(ONE) for who in (OWNER, LEAD)] == [Role.LEAD, Role.OWNER]
    await team.leave(await desk.actor(OWNER), ONE)
    assert (await desk.people.access(OWNER)).teams == set()


async def test_a_team_is_handed_over_to_another_member_only(desk: Desk) -> None:
    team, owner = desk.office.team, await desk.actor(OWNER)
    assert await refusal(team.hand_over(owner, ONE, OWNER)) == "hand_over_to_other"
    for nobody in (STRANGER, RIVAL, OPERATOR):
        with pytest.raises(NotFound):
            await team.hand_over(owner, ONE, nobody)
    assert await refusal(team.hand_over(await desk.actor(LEAD), ONE, LEAD)) == "owner_only"


async def test_a_lead_neither_gives_nor_takes_what_an_owner_gave(desk: Desk) -> None:
    team, lead = desk.office.team, await desk.actor(LEAD)
    await team.give_role(lead, ONE, OPERATOR, Role.VIEWER, A)
    assert (await desk.people.access(OPERATOR)).role(ONE, A) is Role.VIEWER
    assert await refusal(team.give_role(lead, ONE, OPERATOR, Role.LEAD, A)) == "role_too_high"
    assert await refusal(team.give_role(lead, ONE, OWNER, Role.VIEWER)) == "role_too_high"
    assert await refusal(team.give_role(lead, ONE, LEAD, Role.OWNER)) == "role_too_high"
    assert await refusal(team.remove(lead, ONE, OWNER)) == "role_too_high"
    await team.remove(lead, ONE, OPERATOR, A)
    assert (await desk.people.access(OPERATOR)).teams == set()


async def test_a_role_is_given_and_taken_where_somebody_has_one(desk: Desk) -> None:
    team, owner = desk.office.team, await desk.actor(OWNER)
    for person, merchant in ((STRANGER, A), (RIVAL, ""), (OPERATOR, B), (OPERATOR, "")):
        with pytest.raises(NotFound):
            await team.give_role(owner, ONE, person, Role.VIEWER, merchant)
        with pytest.raises(NotFound):
            await team.remove(owner, ONE, person, merchant)
    with pytest.raises(NotFound):
        await team.remove(owner, ONE, STRANGER)


async def test_a_merchants_own_lead_manages_that_merchant_alone(desk: Desk) -> None:
    team = desk.office.team
    await team.give_role(await desk.actor(OWNER), ONE, OPERATOR, Role.LEAD, A)
    lead = await desk.actor(OPERATOR)
    assert await team.invite(lead, ONE, Role.VIEWER, A)
    with pytest.raises(NotFound):
        await team.invite(lead, ONE, Role.VIEWER, B)
    with pytest.raises(NotFound):
        await team.invite(lead, ONE, Role.VIEWER)
    with pytest.raises(NotFound):
        await team.remove(lead, ONE, TRAINEE)
    await team.remove(lead, ONE, TRAINEE, A)
    assert [one.merchant for one in await team.live_invitations(lead, ONE)] == [A]


async def test_managers_block_those_below_and_owners_and_leads_never(desk: Desk) -> None:
    team, lead = desk.office.team, await desk.actor(LEAD)
    assert await refusal(team.block(lead, OWNER, blocked=True)) == "role_too_high"
    with pytest.raises(NotFound, match="no_member"):
        await team.block(lead, RIVAL, blocked=True)
    assert await refusal(team.block(lead, LEAD, blocked=True)) == "not_allowed"
    await team.block(lead, STRANGER, blocked=True)
    assert (await desk.people.access(STRANGER)).blocked


@pytest.mark.parametrize(
    "written,kept",
    [
        ("一队\n二队", "一队 二队"),
        ("  一\t队\u2028\x00 ", "一 队"),
        ("<b>一队</b>", "<b>一队</b>"),
        ("a" * LONGEST_NAME, "a" * LONGEST_NAME),
    ],
)
def test_a_name_is_one_line(written: str, kept: str) -> None:
    assert checked_name(written) == kept


@pytest.mark.parametrize("written", ["", " \n", "\u200b\u200d", "\x00", "\ud800", "\u202e"])
async def test_a_name_without_anything_to_read_is_refused(desk: Desk, written: str) -> None:
    owner = await desk.actor(OWNER)
    assert await refusal(desk.office.team.rename(owner, ONE, written)) == "name_empty"
    assert await refusal(desk.office.merchants.add(owner, ONE, written)) == "name_empty"


async def test_a_name_of_ten_thousand_characters_is_refused(desk: Desk) -> None:
    owner = await desk.actor(OWNER)
    for doing in (
        desk.office.team.rename(owner, ONE, "长" * 10_000),
        desk.office.team.found(owner, "长" * (LONGEST_NAME + 1)),
        desk.office.merchants.rename(owner, A, "长" * 10_000),
    ):
        assert await refusal(doing) == "name_long"


async def test_a_renamed_team_has_its_new_name(desk: Desk) -> None:
    await desk.office.team.rename(await desk.actor(OWNER), ONE, "新\n队")
    assert (await desk.office.team.team(await desk.actor(LEAD), ONE)).name == "新 队"
    assert await refusal(desk.office.team.rename(await desk.actor(LEAD), ONE, "别名")) == "owner_only"


def test_new_ids_are_short_and_differ() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(id) for id in made} == {8}


async def test_what_somebody_did_is_noted_in_ids_alone(desk: Desk) -> None:
    await desk.office.team.give_role(await desk.actor(OWNER), ONE, OPERATOR, Role.VIEWER, A)
    noted = await last(desk)
    assert (noted.person, noted.deed, noted.subject, noted.detail) == (
        OWNER,
        Deed.ROLE_GIVEN,
        OPERATOR,
        {"role": "viewer", "before": "operator"},
    )
    assert noted.at == desk.now()
    desk.clock.advance(hours=1)
    await desk.office.team.leave(await desk.actor(OPERATOR), ONE)
    assert ((await last(desk)).deed, (await last(desk)).at - noted.at) == (Deed.LEFT, timedelta(hours=1))
