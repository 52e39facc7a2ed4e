"""People, merchants, invitations and groups: what is written down, all or nothing, and who is let see it; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.access import Access, Binding, Membership, Merchant, Policy, Role, Team
from bot.domain.audit import Deed
from bot.errors import CopilotError, NotFound, StorageError
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.invitations import Invitation, hashed
from bot.storage.merchants import Authorisation
from bot.storage.people import LastOwner
from bot.storage.tables import audit, invitations, memberships, merchants, people, teams
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TWO, VIEWER, YEAR, A, B, C, Desk

GROUP = "telegram:-100"


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    return made


async def rows(desk: Desk, *tables: object) -> list[int]:
    async with desk.database.read() as db:
        return [int(await db.scalar(select(func.count()).select_from(table)) or 0) for table in tables]  # type: ignore[arg-type]


def invitation(desk: Desk, **changes: object) -> Invitation:
    now = desk.now()
    made = Invitation("00000001", ONE, A, Role.OPERATOR, LEAD, now, now + timedelta(days=7), 1)
    return replace(made, **changes)


async def invited(desk: Desk, code: str = "code", **changes: object) -> Invitation:
    made = invitation(desk, **changes)
    await desk.invitations.add(made, code, desk.entry(Deed.INVITED, made.team, made.merchant, made.id))
    return made


async def broken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no line can be added to the trail, so no change of which it speaks may stay."""
    monkeypatch.setattr("bot.storage.audit._values", lambda entry: {"at": entry.at, "person": None})


async def test_seeing_somebody_notes_name_and_language_and_never_lifts_a_block(desk: Desk) -> None:
    await desk.people.seen(STRANGER, "王\n五", "zh", desk.now())
    await desk.people.block(STRANGER, True, desk.entry(Deed.BLOCKED, ONE))
    await desk.people.seen(STRANGER, "王五", "en", desk.now() + timedelta(hours=2))
    assert await desk.people.names(STRANGER, OWNER) == {STRANGER: "王五"}
    assert (await desk.people.access(STRANGER)).blocked


async def test_a_name_that_no_database_takes_is_kept_with_a_question_mark(desk: Desk) -> None:
    await desk.people.seen(STRANGER, "王\ud800五" * 2000, "zh", desk.now())
    assert (await desk.people.names(STRANGER))[STRANGER].startswith("王?五")


async def test_a_blocked_person_loses_everything_and_has_it_back_afterwards(desk: Desk) -> None:
    before = await desk.people.access(OPERATOR)
    await desk.people.block(OPERATOR, True, desk.entry(Deed.BLOCKED, ONE))
    assert (await desk.people.access(OPERATOR)).scope(desk.now()).merchants == set()
    await desk.people.block(OPERATOR, False, desk.entry(Deed.UNBLOCKED, ONE))
    assert await desk.people.access(OPERATOR) == before


async def test_access_holds_the_merchants_of_the_persons_own_teams_only(desk: Desk) -> None:
    assert {one.id for one in (await desk.people.access(VIEWER)).merchants} == {A, B}
    assert {one.id for one in (await desk.people.access(RIVAL)).merchants} == {C}
    assert await desk.people.access(STRANGER) == Access(STRANGER)


async def test_whoever_runs_commands_owns_all_teams(desk: Desk) -> None:
    everything = await desk.people.everything("terminal")
    assert everything.scope(desk.now()).merchants == {A, B, C}
    assert [team.id for team in await desk.people.teams(access=everything)] == [ONE, TWO]


async def test_members_are_shown_to_those_who_read_there(desk: Desk) -> None:
    async def shown(person: str, merchant: str = "") -> list[str]:
        access = await desk.people.access(person)
        return [one.person for one in await desk.people.members(ONE, merchant, access=access)]

    assert await shown(OWNER) == [OWNER, LEAD]
    assert await shown(VIEWER) == []
    assert set(await shown(VIEWER, A)) == {OPERATOR, VIEWER, "telegram:4"}
    assert await shown(VIEWER, B) == []
    assert [await shown(person, merchant) for person in (RIVAL, STRANGER) for merchant in ("", A, B)] == [[]] * 6


async def test_managers_of_a_merchant_are_its_own_leads_or_else_the_teams(desk: Desk) -> None:
    assert await desk.people.managers(ONE, A) == (OWNER, LEAD)
    await desk.people.give(Membership(OPERATOR, ONE, Role.LEAD, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))
    assert await desk.people.managers(ONE, A) == (OPERATOR,)
    assert await desk.people.managers(ONE, B) == (OWNER, LEAD)


async def test_the_last_owner_is_neither_taken_nor_made_something_else(desk: Desk) -> None:
    for merchant in ("", None):
        with pytest.raises(LastOwner):
            await desk.people.take(OWNER, ONE, merchant, desk.entry(Deed.LEFT, ONE))
    for role in (Role.LEAD, Role.VIEWER):
        with pytest.raises(LastOwner):
            await desk.people.give(Membership(OWNER, ONE, role), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE))
    assert (await desk.people.access(OWNER)).role(ONE) is Role.OWNER
    told = await desk.trail.entries(access=await desk.people.access(OWNER), team=ONE, limit=100)
    assert len(told) == 9  # none for what was not done


async def test_of_two_owners_who_leave_at_once_one_stays(desk: Desk) -> None:
    await desk.people.give(Membership(LEAD, ONE, Role.OWNER), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE))
    leaving = [desk.people.take(person, ONE, None, desk.entry(Deed.LEFT, ONE)) for person in (OWNER, LEAD)]
    outcomes = await asyncio.gather(*leaving, return_exceptions=True)
    assert sorted(map(str, map(type, outcomes))) == sorted(map(str, (bool, LastOwner)))


async def test_handing_over_makes_one_owner_and_one_lead(desk: Desk) -> None:
    await desk.people.hand_over(ONE, OWNER, LEAD, desk.entry(Deed.HANDED_OVER, ONE))
    assert (await desk.people.access(LEAD)).role(ONE) is Role.OWNER
    assert (await desk.people.access(OWNER)).role(ONE) is Role.LEAD


async def test_taking_what_nobody_had_changes_nothing(desk: Desk) -> None:
    before = await rows(desk, audit, memberships)
    assert not await desk.people.take(STRANGER, ONE, None, desk.entry(Deed.REMOVED, ONE))
    assert not await desk.people.take(OPERATOR, ONE, B, desk.entry(Deed.REMOVED, ONE))
    assert await rows(desk, audit, memberships) == before


async def test_a_change_that_cannot_be_noted_is_not_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = (teams, merchants, people, memberships, invitations, audit)
    before, made = await rows(desk, *tables), await invited(desk)
    before = [count + (table in (invitations, audit)) for count, table in zip(before, tables, strict=True)]
    access = await desk.people.access(OWNER)
    await broken(desk, monkeypatch)
    note, now = desk.entry(Deed.JOINED, ONE), desk.now()
    attempts = (
        desk.people.make_team(Team("0000cccc", "三队"), STRANGER, note),
        desk.people.rename_team(ONE, "别的名字", note),
        desk.people.give(Membership(STRANGER, ONE, Role.VIEWER), OWNER, note),
        desk.people.take(OPERATOR, ONE, A, note),
        desk.people.hand_over(ONE, OWNER, LEAD, note),
        desk.people.block(STRANGER, True, note),
        desk.merchants.add(Merchant("000000d1", ONE, "丁"), note),
        desk.merchants.rename(A, "别的名字", note),
        desk.merchants.authorise(A, Authorisation("店长", OWNER, now, now + 2 * YEAR, now), note),
        desk.merchants.close(A, note),
        desk.invitations.add(invitation(desk, id="00000002"), "other", note),
        desk.invitations.revoke(made.id, note),
        desk.invitations.use(made, STRANGER, Team("0000dddd", "四队"), now=now),
        desk.groups.bind(Binding(GROUP, ONE, A), note),
        desk.erasure.erase(A, note),
    )
    for attempt in attempts:
        with pytest.raises(StorageError):
            await attempt
    monkeypatch.undo()
    assert await rows(desk, *tables) == before
    assert await desk.people.access(OWNER) == access
    assert [team.name for team in await desk.people.teams(access=access)] == ["一队"]
    assert await desk.groups.here(GROUP) == ()
    found = await desk.invitations.by_code("code")
    assert found == made


async def test_a_merchant_is_closed_until_authorised_and_again_when_closed(desk: Desk) -> None:
    await desk.merchants.add(Merchant("000000d1", ONE, "丁"), desk.entry(Deed.MERCHANT_ADDED, ONE, "000000d1"))
    assert await desk.merchants.open_ids(desk.now()) == {A, B, C}
    await desk.merchants.close(A, desk.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    assert await desk.merchants.open_ids(desk.now()) == {B, C}
    desk.clock.advance(days=366)
    assert await desk.merchants.open_ids(desk.now()) == set()
    assert await desk.merchants.ids() == {A, B, C, "000000d1"}


async def test_the_newest_authorisation_counts_even_when_it_is_shorter(desk: Desk) -> None:
    now = desk.now()
    shorter = Authorisation("店长", LEAD, now, now + timedelta(hours=1), now)
    await desk.merchants.authorise(A, shorter, desk.entry(Deed.AUTHORISED, ONE, A))
    desk.clock.advance(hours=2)
    assert A not in await desk.merchants.open_ids(desk.now())
    owner = await desk.people.access(OWNER)
    listed = next(one for one in await desk.merchants.all(access=owner) if one.id == A)
    assert [one.recorded_by for one in await desk.merchants.authorisations(listed, access=owner)] == [LEAD, OWNER]


async def test_closing_twice_keeps_the_first_end(desk: Desk) -> None:
    await desk.merchants.close(A, desk.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    first = desk.now()
    desk.clock.advance(days=1)
    await desk.merchants.close(A, desk.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    owner = await desk.people.access(OWNER)
    assert next(one for one in owner.merchants if one.id == A).authorised_until == first


async def test_merchants_and_authorisations_are_shown_to_those_who_may_know(desk: Desk) -> None:
    async def known(person: str) -> set[str]:
        return {one.id for one in await desk.merchants.all(access=await desk.people.access(person))}

    assert await known(OWNER) == {A, B}
    assert await known(VIEWER) == {A}
    assert await known(RIVAL) == {C}
    assert await known(STRANGER) == set()
    one = (await desk.people.access(OWNER)).merchants[0]
    for person in (VIEWER, OPERATOR, RIVAL, STRANGER):
        assert await desk.merchants.authorisations(one, access=await desk.people.access(person)) == ()


async def test_a_code_is_kept_as_its_hash_alone(desk: Desk) -> None:
    await invited(desk, "the-code-itself")
    async with desk.database.read() as db:
        row = (await db.execute(select(invitations))).one()
    assert row.code_hash == hashed("the-code-itself")
    assert "the-code-itself" not in repr(tuple(row))
    assert await desk.invitations.by_code("the-code-itsel") is None
    assert await desk.invitations.by_code("\ud800") is None


async def test_only_so_many_people_come_in_as_an_invitation_is_for(desk: Desk) -> None:
    made = await invited(desk, uses_left=3)
    newcomers = [f"telegram:{n}" for n in range(100, 112)]
    team = Team("0000dddd", "四队")
    came = await asyncio.gather(*(desk.invitations.use(made, person, team, now=desk.now()) for person in newcomers))
    assert sorted(came) == [""] * 9 + [ONE] * 3
    inside = [(await desk.people.access(person)).role(ONE, A) for person in newcomers]
    assert inside.count(Role.OPERATOR) == 3
    assert inside.count(None) == 9


async def test_nobody_comes_in_by_a_revoked_invitation_or_for_a_merchant_that_is_gone(desk: Desk) -> None:
    revoked = await invited(desk, "one", id="00000001")
    await desk.invitations.revoke(revoked.id, desk.entry(Deed.INVITATION_REVOKED, ONE, A, revoked.id))
    gone = await invited(desk, "two", id="00000002")
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    for made in (revoked, gone):
        assert await desk.invitations.use(made, STRANGER, Team("0000dddd", "四队"), now=desk.now()) == ""
    assert await desk.people.access(STRANGER) == Access(STRANGER)


async def test_what_was_under_way_when_a_merchant_was_deleted_leaves_nothing_of_it(desk: Desk) -> None:
    await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    entry, now = desk.entry(Deed.BOUND, ONE, A), desk.now()
    for late in (
        desk.groups.bind(Binding(GROUP, ONE, A), entry),
        desk.merchants.authorise(A, Authorisation("店长", OWNER, now, now + YEAR, now), entry),
        desk.people.give(Membership(STRANGER, ONE, Role.VIEWER, A), OWNER, entry),
        desk.invitations.add(invitation(desk), "code", entry),
    ):
        with pytest.raises(NotFound, match="no_merchant"):
            await late
    assert not any((await desk.erasure.left(A)).values())
    await desk.groups.bind(Binding(GROUP, ONE), entry)


async def test_an_invitation_for_no_team_makes_one_with_its_owner(desk: Desk) -> None:
    made = await invited(desk, team="", merchant="", role=Role.OWNER)
    assert await desk.invitations.use(made, STRANGER, Team("0000dddd", "四队"), now=desk.now()) == "0000dddd"
    access = await desk.people.access(STRANGER)
    assert (access.role("0000dddd"), access.role(ONE)) == (Role.OWNER, None)


async def test_live_invitations_are_shown_to_those_who_manage_what_they_are_for(desk: Desk) -> None:
    await invited(desk, "a", id="00000001", merchant=A)
    await invited(desk, "b", id="00000002", merchant=B)
    await invited(desk, "t", id="00000003", merchant="")
    await invited(desk, "x", id="00000004", expires_at=desk.now())
    await invited(desk, "u", id="00000005", uses_left=0)
    await desk.people.give(Membership(OPERATOR, ONE, Role.LEAD, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))

    async def seen(person: str) -> set[str]:
        access = await desk.people.access(person)
        return {one.id[-1] for one in await desk.invitations.live(ONE, access=access, now=desk.now())}

    assert await seen(OWNER) == {"1", "2", "3"}
    assert await seen(OPERATOR) == {"1"}
    assert [await seen(person) for person in (VIEWER, RIVAL, STRANGER)] == [set()] * 3


async def test_an_owner_exists_or_not(desk: Desk) -> None:
    assert await desk.invitations.owner_exists()


async def test_a_group_is_bound_anew_in_place_of_what_it_was(desk: Desk) -> None:
    await desk.groups.bind(Binding(GROUP, ONE, A), desk.entry(Deed.BOUND, ONE, A))
    await desk.groups.bind(Binding(GROUP, TWO, C, ceiling=Policy.TEAM), desk.entry(Deed.BOUND, TWO, C))
    await desk.groups.bind(Binding(GROUP, ONE, B, topic=7), desk.entry(Deed.BOUND, ONE, B))
    assert set(await desk.groups.here(GROUP)) == {Binding(GROUP, TWO, C, 0, Policy.TEAM), Binding(GROUP, ONE, B, 7)}
    assert await desk.groups.unbind(GROUP, 0, desk.entry(Deed.UNBOUND, TWO, C))
    assert not await desk.groups.unbind(GROUP, 0, desk.entry(Deed.UNBOUND, TWO, C))
    assert await desk.groups.here(GROUP) == (Binding(GROUP, ONE, B, 7),)


async def test_bound_groups_are_shown_to_those_who_read_what_they_are_bound_to(desk: Desk) -> None:
    await Chats(desk.database).seen(GROUP, "茶行晨会", "supergroup", desk.now())
    await desk.groups.bind(Binding(GROUP, ONE, A), desk.entry(Deed.BOUND, ONE, A))
    await desk.groups.bind(Binding(GROUP, ONE, B, topic=7), desk.entry(Deed.BOUND, ONE, B))

    async def titles(person: str) -> list[tuple[str, int]]:
        found = await desk.groups.all(ONE, access=await desk.people.access(person))
        return [(one.title, one.binding.topic) for one in found]

    assert sorted(await titles(OWNER)) == [("茶行晨会", 0), ("茶行晨会", 7)]
    assert await titles(VIEWER) == [("茶行晨会", 0)]
    assert await titles(RIVAL) == await titles(STRANGER) == []


async def test_a_group_that_moves_takes_its_bindings_along_unless_the_new_one_has_its_own(desk: Desk) -> None:
    chats, new = Chats(desk.database), "telegram:-200"
    await desk.groups.bind(Binding(GROUP, ONE, A), desk.entry(Deed.BOUND, ONE, A))
    await chats.migrate(GROUP, new)
    assert await desk.groups.here(new) == (Binding(new, ONE, A),)
    assert await desk.groups.here(GROUP) == ()
    await desk.groups.bind(Binding(GROUP, TWO, C), desk.entry(Deed.BOUND, TWO, C))
    await chats.migrate(GROUP, new)
    assert await desk.groups.here(new) == (Binding(new, ONE, A),)


async def refused(attempts: Iterable[object], kind: type[CopilotError]) -> None:
    for attempt in attempts:
        with pytest.raises(kind):
            await attempt  # type: ignore[misc]


async def test_nobody_is_invited_for_a_merchant_that_the_team_does_not_have(desk: Desk) -> None:
    await refused((invited(desk, one, id=f"0000000{n}", merchant=one) for n, one in enumerate((C, "ffffffff"))), NotFound)
    assert (await rows(desk, invitations)) == [0]


async def test_whoever_may_not_invite_any_more_has_invited_nobody(desk: Desk) -> None:
    async def revoked() -> list[str]:
        async with desk.database.read() as db:
            found = await db.scalars(
                select(invitations.c.id).where(invitations.c.revoked_at.is_not(None)).order_by(invitations.c.id)
            )
            return [id[-1] for id in found]

    for number, (by, merchant, role) in enumerate(
        ((LEAD, "", Role.OPERATOR), (LEAD, A, Role.VIEWER), (OWNER, "", Role.LEAD), (OPERATOR, A, Role.VIEWER)), 1
    ):
        await invited(desk, str(number), id=f"0000000{number}", made_by=by, merchant=merchant, role=role)
    await desk.people.give(Membership(OPERATOR, ONE, Role.LEAD, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))
    assert await revoked() == []
    await desk.people.give(Membership(LEAD, ONE, Role.LEAD, A), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE, A))
    await desk.people.take(LEAD, ONE, "", desk.entry(Deed.REMOVED, ONE))
    assert await revoked() == ["1"]  # a lead of the merchant still invites for it
    await desk.people.take(LEAD, ONE, None, desk.entry(Deed.REMOVED, ONE))
    assert await revoked() == ["1", "2"]
    await desk.people.block(OPERATOR, True, desk.entry(Deed.BLOCKED, ONE))
    assert await revoked() == ["1", "2", "4"]
    await desk.people.give(Membership(LEAD, ONE, Role.OWNER), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE))
    await desk.people.give(Membership(OWNER, ONE, Role.LEAD), OWNER, desk.entry(Deed.ROLE_GIVEN, ONE))
    assert await revoked() == ["1", "2", "3", "4"]
