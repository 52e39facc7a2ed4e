"""Every public method of the gate and the two desks, called by those who have no business there.

The tables below have to name every method: one that is added without saying what a stranger meets fails here.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.access import Binding, Role, Scope, Viewer
from bot.domain.audit import Deed
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Gate
from bot.flows.merchants import MerchantDesk
from bot.flows.team import TeamDesk
from bot.storage.tables import metadata
from tests.office_desk import NAMES, ONE, OPERATOR, OWNER, RIVAL, STRANGER, VIEWER, A, B, Desk, office

GROUP = "telegram:-100"
Call = Callable[[Desk, Actor], Awaitable[object]]


def same(*, stranger: object, viewer: object) -> dict[str, object]:
    """What a stranger and a member of another team meet alike, and what a viewer of the merchant does."""
    return {STRANGER: stranger, RIVAL: stranger, VIEWER: viewer}


GONE, NO = NotFound, Refused
HANDBOOK = Scope()

TEAM: dict[str, tuple[Call, dict[str, object]]] = {
    "teams": (lambda d, a: d.office.team.teams(a), {STRANGER: "", RIVAL: "二队", VIEWER: "一队"}),
    "team": (lambda d, a: d.office.team.team(a, ONE), same(stranger=GONE, viewer="一队")),
    "members": (lambda d, a: d.office.team.members(a, ONE), same(stranger=GONE, viewer=GONE)),
    "found": (lambda d, a: d.office.team.found(a, "新队"), {STRANGER: NO, VIEWER: NO}),
    "rename": (lambda d, a: d.office.team.rename(a, ONE, "新名"), same(stranger=GONE, viewer=GONE)),
    "found_code": (lambda d, a: d.office.team.found_code(a), same(stranger=NO, viewer=NO)),
    "invite": (lambda d, a: d.office.team.invite(a, ONE, Role.VIEWER, A), same(stranger=GONE, viewer=NO)),
    "live_invitations": (lambda d, a: d.office.team.live_invitations(a, ONE), same(stranger="", viewer="")),
    "revoke": (lambda d, a: d.office.team.revoke(a, ONE, "00000001"), same(stranger=GONE, viewer=GONE)),
    "join": (lambda d, a: d.office.team.join(a, "no-such-code"), same(stranger=NO, viewer=NO)),
    "give_role": (lambda d, a: d.office.team.give_role(a, ONE, OPERATOR, Role.LEAD, A), same(stranger=GONE, viewer=NO)),
    "remove": (lambda d, a: d.office.team.remove(a, ONE, OPERATOR, A), same(stranger=GONE, viewer=NO)),
    "leave": (lambda d, a: d.office.team.leave(a, ONE), same(stranger=GONE, viewer=None)),
    "hand_over": (lambda d, a: d.office.team.hand_over(a, ONE, a.person), same(stranger=GONE, viewer=GONE)),
    "blocked": (lambda d, a: d.office.team.blocked(a, ONE), same(stranger=GONE, viewer=GONE)),
    "block": (lambda d, a: d.office.team.block(a, OWNER, blocked=True), {STRANGER: NO, RIVAL: GONE, VIEWER: NO}),
}


async def ended_by_hand(desk: Desk, actor: Actor) -> bool:
    await desk.trail.add(desk.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    merchant = next(one for one in (await desk.boss()).access.merchants if one.id == A)
    return await desk.office.merchants.ended_by_hand(actor, merchant)


MERCHANTS: dict[str, tuple[Call, dict[str, object]]] = {
    "all": (lambda d, a: d.office.merchants.all(a), {STRANGER: "", RIVAL: "青禾童装", VIEWER: "云栖茶行"}),
    "one": (lambda d, a: d.office.merchants.one(a, A), same(stranger=GONE, viewer="云栖茶行")),
    "add": (lambda d, a: d.office.merchants.add(a, ONE, "新商家"), same(stranger=GONE, viewer=NO)),
    "rename": (lambda d, a: d.office.merchants.rename(a, A, "新名"), same(stranger=GONE, viewer=NO)),
    "authorise": (
        lambda d, a: d.office.merchants.authorise(a, A, d.now() + timedelta(days=9), "店长"),
        same(stranger=GONE, viewer=NO),
    ),
    "end_authorisation": (lambda d, a: d.office.merchants.end_authorisation(a, A), same(stranger=GONE, viewer=NO)),
    "ended_by_hand": (ended_by_hand, same(stranger="", viewer=True)),
    "authorisations": (lambda d, a: d.office.merchants.authorisations(a, A), same(stranger=GONE, viewer=NO)),
    "delete": (lambda d, a: d.office.merchants.delete(a, A), same(stranger=GONE, viewer=NO)),
    "bind": (lambda d, a: d.office.merchants.bind(a, "telegram:-5", 0, ONE, A), same(stranger=GONE, viewer=NO)),
    "unbind": (lambda d, a: d.office.merchants.unbind(a, GROUP, 0), same(stranger=NO, viewer=NO)),
    "bound": (lambda d, a: d.office.merchants.bound(a, ONE), same(stranger="", viewer=GROUP)),
    "here": (lambda d, a: d.office.merchants.here(a, GROUP, 0), same(stranger="", viewer=GROUP)),
}


async def noted(desk: Desk, actor: Actor) -> None:
    viewer = Viewer(actor.person, actor.chat, Scope())
    await desk.office.gate.saw(viewer, Deed.OPENED, "subject", frozenset({"handbook"}))


async def ended(desk: Desk, actor: Actor) -> list[str]:
    desk.clock.advance(days=400)
    return [one.id for one in await desk.office.gate.ended(actor.access, actor.chat, None, private=True)]


GATE: dict[str, tuple[Call, dict[str, object]]] = {
    "actor": (lambda d, a: d.office.gate.actor(a.person, a.chat), {STRANGER: "", RIVAL: "青禾童装", VIEWER: None}),
    "scope": (
        lambda d, a: d.office.gate.scope(a.access, a.chat, None, private=True),
        {STRANGER: HANDBOOK, RIVAL: "000000c1", VIEWER: A},
    ),
    "everywhere": (lambda d, a: d.office.gate.everywhere("telegram:-999"), same(stranger=HANDBOOK, viewer=HANDBOOK)),
    "audience": (
        lambda d, a: d.office.gate.audience(a.person, None, private=True),
        {STRANGER: HANDBOOK, RIVAL: "000000c1", VIEWER: A},
    ),
    "ended": (ended, {STRANGER: "", RIVAL: "000000c1", VIEWER: A}),
    "saw": (noted, same(stranger=None, viewer=None)),
}
FLOWS: tuple[tuple[type, dict[str, tuple[Call, dict[str, object]]]], ...] = (
    (TeamDesk, TEAM),
    (MerchantDesk, MERCHANTS),
    (Gate, GATE),
)
CASES = [
    pytest.param(call, person, met, id=f"{flow.__name__}.{name}-{who}")
    for flow, table in FLOWS
    for name, (call, outcomes) in table.items()
    for person, met in outcomes.items()
    for who in ({STRANGER: "stranger", RIVAL: "member of another team", VIEWER: "viewer"}[person],)
]
CHANGES_BY_RIGHT = {"leave"}
"""What a viewer does to themselves."""
OF_THE_FIRST_TEAM = (ONE, A, B, NAMES[A], NAMES[B], "一队", OPERATOR, GROUP)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened:
        await opened.groups.bind(Binding(GROUP, ONE, A), opened.entry(Deed.BOUND, ONE, A))
        yield opened


async def state(desk: Desk) -> dict[str, str]:
    """Everything but the trail, which says that somebody was refused."""
    async with desk.database.read() as db:
        return {t.name: repr((await db.execute(select(t))).all()) for t in metadata.sorted_tables if t.name != "audit"}


@pytest.mark.parametrize("flow,table", FLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: dict[str, object]) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public == set(table)


@pytest.mark.parametrize("call,person,met", CASES)
async def test_nobody_sees_or_changes_what_is_not_theirs(desk: Desk, call: Call, person: str, met: object) -> None:
    before = await state(desk)
    actor = await desk.actor(person)
    if isinstance(met, type) and issubclass(met, Exception):
        with pytest.raises(met) as caught:
            await call(desk, actor)
        said = f"{caught.value!r} {getattr(caught.value, 'values', '')}"
    else:
        result = await call(desk, actor)
        said = repr(result)
        if isinstance(met, Scope):
            assert result == met
        elif met == "":
            assert not result or result == await desk.actor(person)
        elif met is not None:
            assert str(met) in said
    if person != VIEWER:
        assert not [secret for secret in OF_THE_FIRST_TEAM if secret in said]
    assert B not in said or person == VIEWER and isinstance(met, type(None))
    if met is not None:
        assert await state(desk) == before


@pytest.mark.parametrize("id", ["ffffffff", "", "0000000'", "../a", "%", "a" * 10_000])
async def test_a_foreign_thing_looks_like_one_that_does_not_exist(desk: Desk, id: str) -> None:
    rival, desks = await desk.actor(RIVAL), desk.office
    for of_theirs, of_nobody in (
        (desks.merchants.one(rival, A), desks.merchants.one(rival, id)),
        (desks.merchants.rename(rival, A, "新名"), desks.merchants.rename(rival, id, "新名")),
        (desks.merchants.delete(rival, A), desks.merchants.delete(rival, id)),
        (desks.team.team(rival, ONE), desks.team.team(rival, id)),
        (desks.team.members(rival, ONE), desks.team.members(rival, id)),
        (desks.team.invite(rival, ONE, Role.VIEWER), desks.team.invite(rival, id, Role.VIEWER)),
        (desks.team.invite(rival, "0000bbbb", Role.VIEWER, A), desks.team.invite(rival, "0000bbbb", Role.VIEWER, id or "x")),
        (
            desks.merchants.bind(rival, "telegram:-9", 0, ONE, A),
            desks.merchants.bind(rival, "telegram:-9", 0, id or "x", id or "x"),
        ),
    ):
        with pytest.raises(NotFound) as theirs:
            await of_theirs
        with pytest.raises(NotFound) as nobodys:
            await of_nobody
        assert (type(theirs.value), str(theirs.value)) == (type(nobodys.value), str(nobodys.value))
