"""What is done to people, merchants and groups by anybody: most of it is refused, and the oracle says whether it should be."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.access import Policy, Role
from bot.errors import CopilotError
from bot.flows.access import Actor
from tests.office_desk import PEOPLE, TEAM_OF
from tests.stories.leaks.oracle import Code
from tests.stories.leaks.tokens import NAME_OF
from tests.stories.leaks.world import ACTIONS, ROLES, TEAMS, Pick, Town

LOW = ("operator", "trainee", "viewer")


def somebody_to(world: Town, pick: Pick) -> str:
    """A person; more often one who may do something."""
    leading = [person for (person, _, _), role in world.oracle.roles.items() if role in ("owner", "lead")]
    return pick((*PEOPLE, *leading, *leading))


async def invite(world: Town, pick: Pick) -> None:
    """Make a code for a team or a merchant."""
    person, team = somebody_to(world, pick), pick(TEAMS)
    merchant, role = pick(("", "", *TEAM_OF)), pick((*LOW, *ROLES))
    uses, days = pick((1, 1, 3)), pick((1, 7, 30))
    actor = await world.gate.actor(person, person)
    doing = world.office.team.invite(actor, team, Role(role), merchant, uses=uses, days=days)
    code = await world.tries(actor, doing)
    world.say("invite", person, team, merchant, role, bool(code))
    if code is None:
        return
    oracle = world.oracle
    oracle.require(not merchant or TEAM_OF[merchant] == team and merchant not in oracle.gone, "invited for a foreign merchant")
    oracle.require(_gives(world, person, team, merchant, role), f"{person} invited {role} for {team} {merchant}")
    oracle.codes[code] = Code(team, merchant, role, person, world.now() + timedelta(days=days), uses)


def _gives(world: Town, person: str, team: str, merchant: str, role: str) -> bool:
    oracle = world.oracle
    if role == "owner" and merchant:
        return False
    return oracle.manages(person, team, merchant) and (role in LOW or oracle.manages(person, team, merchant, owns=True))


async def join(world: Town, pick: Pick) -> None:
    """Use a code, one's own or anybody else's, or one that was never made."""
    actor = await world.actor(pick)
    code = pick((*list(world.oracle.codes)[-8:], "forged"))
    joined = await world.tries(actor, world.office.team.join(actor, code))
    world.say("join", actor.person, code[:4], joined and (joined.team.id, joined.merchant, joined.role.value))
    if joined is None:
        return
    oracle, person = world.oracle, actor.person
    made = oracle.codes.get(code)
    oracle.require(made is not None, "came in by a code that was never made")
    assert made is not None
    oracle.require(made.uses > 0 and world.now() < made.until and not made.revoked, "came in by a code that is no good any more")
    oracle.require(person not in oracle.blocked and made.merchant not in oracle.gone, "came in blocked, or for what is gone")
    oracle.require(_gives(world, made.by, made.team, made.merchant, made.role), "came in by a code of somebody without a say")
    made.uses -= 1
    oracle.roles[person, made.team, made.merchant] = made.role


async def revoke(world: Town, pick: Pick) -> None:
    """Look at the live invitations, and revoke one."""
    actor, team = await world.actor(pick), pick(TEAMS)
    live = await world.office.team.live_invitations(actor, team)
    for one in live:
        world.oracle.require(world.oracle.manages(actor.person, team, one.merchant), "saw somebody else's invitations")
    if live:
        one = pick(live)
        await world.tries(actor, world.office.team.revoke(actor, team, one.id))
        for code in world.oracle.codes.values():
            same = (code.team, code.merchant, code.role, code.by) == (one.team, one.merchant, one.role.value, one.made_by)
            code.revoked = code.revoked or (same and code.until == one.expires_at)


async def give_role(world: Town, pick: Pick) -> None:
    """Change somebody's role."""
    person, team = somebody_to(world, pick), pick(TEAMS)
    target, merchant, role = pick(PEOPLE), pick(("", *TEAM_OF)), pick(ROLES)
    actor, oracle = await world.gate.actor(person, person), world.oracle
    if await _done(world, actor, world.office.team.give_role(actor, team, target, Role(role), merchant)):
        world.say("role", person, target, team, merchant, role)
        oracle.require(_gives(world, person, team, merchant, role), "gave a role without a say")
        oracle.require(_gives(world, person, team, merchant, oracle.roles.get((target, team, merchant), "owner")), "took a role")
        oracle.roles[target, team, merchant] = role


async def remove(world: Town, pick: Pick) -> None:
    """Take somebody's roles, or leave."""
    person, team = somebody_to(world, pick), pick(TEAMS)
    target, merchant = pick(PEOPLE), pick((None, "", *TEAM_OF))
    actor, oracle = await world.gate.actor(person, person), world.oracle
    leaves = pick((True, False))
    doing = world.office.team.leave(actor, team) if leaves else world.office.team.remove(actor, team, target, merchant)
    if await _done(world, actor, doing):
        target, merchant = (person, None) if leaves else (target, merchant)
        world.say("remove", person, target, team, merchant)
        oracle.require(leaves or oracle.manages(person, team, merchant or ""), "removed somebody without a say")
        gone = [key for key in oracle.roles if key[:2] == (target, team) and merchant in (None, key[2])]
        for key in gone:
            del oracle.roles[key]
        owners = [key for key, role in oracle.roles.items() if key[1:] == (team, "") and role == "owner"]
        oracle.require(bool(owners), "a team is left without an owner")


async def hand_over(world: Town, pick: Pick) -> None:
    """Make somebody else the owner."""
    person, team, target = somebody_to(world, pick), pick(TEAMS), pick(PEOPLE)
    actor, oracle = await world.gate.actor(person, person), world.oracle
    if await _done(world, actor, world.office.team.hand_over(actor, team, target)):
        oracle.require(
            oracle.manages(person, team, owns=True) and (target, team, "") in oracle.roles, "handed over without a say"
        )
        oracle.roles |= {(target, team, ""): "owner", (person, team, ""): "lead"}


async def block(world: Town, pick: Pick) -> None:
    """Block somebody, or let them in again."""
    person, target, blocked = somebody_to(world, pick), pick(PEOPLE), pick((True, False))
    actor, oracle = await world.gate.actor(person, person), world.oracle
    if await _done(world, actor, world.office.team.block(actor, target, blocked=blocked)):
        world.say("block", person, target, blocked)
        oracle.require(any(oracle.manages(person, team) for team in TEAMS), "blocked without a say")
        (oracle.blocked.add if blocked else oracle.blocked.discard)(target)


async def authorise(world: Town, pick: Pick) -> None:
    """Record an authorisation, or end it."""
    person, merchant, days = somebody_to(world, pick), pick(tuple(TEAM_OF)), pick((0, -3, 1, 9, 400))
    actor, oracle, now = await world.gate.actor(person, person), world.oracle, world.now()
    desk, until = world.office.merchants, world.now() + timedelta(days=days)
    ends = days == 0
    doing = desk.end_authorisation(actor, merchant) if ends else desk.authorise(actor, merchant, until, "店长")
    if await _done(world, actor, doing):
        world.say("authorise", person, merchant, days)
        oracle.require(oracle.manages(person, TEAM_OF[merchant], merchant) and days >= 0, "authorised without a say")
        begins, before = oracle.times[merchant]
        oracle.times[merchant] = (begins, min(before, now)) if ends else (now, until)


async def delete(world: Town, pick: Pick) -> None:
    """Delete a merchant."""
    merchant = pick(tuple(TEAM_OF))
    owners = [who for (who, team, of), role in world.oracle.roles.items() if (team, of, role) == (TEAM_OF[merchant], "", "owner")]
    person, other = pick((*owners, somebody_to(world, pick))), somebody_to(world, pick)
    actor, oracle = await world.gate.actor(person, person), world.oracle
    busy = await world.gate.actor(other, other)
    if await _done(world, actor, world.office.merchants.delete(actor, merchant)):
        world.say("delete", person, merchant)
        oracle.require(oracle.manages(person, TEAM_OF[merchant], merchant, owns=True), "deleted without a say")
        world.knowledge.sections.pop(f"merchant-{merchant}", None)
        oracle.gone.add(merchant)
        oracle.roles = {key: role for key, role in oracle.roles.items() if key[2] != merchant}
        oracle.bound = {key: bound for key, bound in oracle.bound.items() if bound[1] != merchant}
        await _overtaken(world, busy, merchant)
        left = await world.erasure.left(merchant)
        oracle.require(not any(left.values()), f"rows are left of a deleted merchant: {left}")


async def _overtaken(world: Town, actor: Actor, merchant: str) -> None:
    """What somebody was about when the merchant was deleted: who they are was read before that, as it is with every update."""
    team, desk, until = TEAM_OF[merchant], world.office, world.now() + timedelta(days=9)
    await world.tries(actor, desk.team.invite(actor, team, Role.VIEWER, merchant))
    await world.tries(actor, desk.merchants.bind(actor, world.groups[0], 0, team, merchant, Policy.MERCHANT))
    await world.tries(actor, desk.merchants.authorise(actor, merchant, until, "店长"))
    await world.tries(actor, desk.merchants.rename(actor, merchant, NAME_OF[merchant]))


async def rename(world: Town, pick: Pick) -> None:
    """Give a team or a merchant another name, which still tells whose it is."""
    person, team, merchant = somebody_to(world, pick), pick(TEAMS), pick(("", *TEAM_OF))
    actor, oracle, desk = await world.gate.actor(person, person), world.oracle, world.office
    name = f"{NAME_OF[merchant]}{world.steps}" if merchant else f"队{world.steps}"
    doing = desk.merchants.rename(actor, merchant, name) if merchant else desk.team.rename(actor, team, name)
    if await _done(world, actor, doing):
        allowed = oracle.manages(person, TEAM_OF[merchant], merchant) if merchant else oracle.manages(person, team, owns=True)
        oracle.require(allowed, "gave another name without a say")


async def bind(world: Town, pick: Pick) -> None:
    """Bind a group or topic, or take its binding away."""
    person, chat, topic = somebody_to(world, pick), pick(world.groups), pick(world.topics) or 0
    team, merchant, ceiling = pick(TEAMS), pick(("", *TEAM_OF)), pick((2, 2, 2, 1, 0))
    actor, oracle, desk = await world.gate.actor(person, person), world.oracle, world.office.merchants
    had = oracle.bound.get((chat, topic))
    free = had is None or oracle.manages(person, had[0], had[1])
    if pick((True, True, False)):
        if await _done(world, actor, desk.bind(actor, chat, topic, team, merchant, Policy(ceiling))):
            world.say("bind", person, chat, topic, team, merchant, ceiling)
            oracle.require(oracle.manages(person, team, merchant) and free, "bound a group without a say")
            oracle.require(
                not merchant or TEAM_OF[merchant] == team and merchant not in oracle.gone, "bound to a foreign merchant"
            )
            oracle.bound[chat, topic] = (team, merchant, ceiling)
    elif await _done(world, actor, desk.unbind(actor, chat, topic)):
        world.say("unbind", person, chat, topic)
        oracle.require(free and had is not None, "unbound a group without a say, or what was not bound any more")
        del oracle.bound[chat, topic]


async def lists(world: Town, pick: Pick) -> None:
    """Look at every list there is, and at the trail."""
    actor, team, oracle = await world.actor(pick), pick(TEAMS), world.oracle
    person, desk = actor.person, world.office
    seen = [await desk.merchants.all(actor), await desk.merchants.bound(actor, team), await desk.team.teams(actor)]
    for merchant in TEAM_OF:
        seen.append(await world.tries(actor, desk.merchants.one(actor, merchant)))
        seen.append(await world.tries(actor, desk.merchants.authorisations(actor, merchant)))
        members = await world.tries(actor, desk.team.members(actor, team, merchant))
        oracle.require(not members or oracle.knows(person, merchant) or oracle.manages(person, team), "saw the members")
    oracle.check(repr(seen), person, None, world.now(), private=True)
    for bound in await desk.merchants.bound(actor, team):
        mine = oracle.knows(person, bound.binding.merchant) if bound.binding.merchant else (person, team, "") in oracle.roles
        oracle.require(mine, "saw another merchant's group")
    for merchant in ("", *TEAM_OF):
        found = await desk.gate.trail.entries(access=actor.access, team=team, merchant=merchant, limit=50)
        world.nothing_in(repr(found), "the trail")
        for one in found:
            oracle.require(one.team == team and oracle.manages(person, team, one.merchant), "read somebody else's trail")


async def _done(world: Town, actor: object, doing: object) -> bool:
    """Whether it was done; what went wrong is told to who tried."""
    try:
        await doing  # type: ignore[misc]
    except CopilotError as error:
        told = f"{error!r} {getattr(error, 'values', '')}"
        world.oracle.check(told, actor.person, None, world.now(), private=True)  # type: ignore[attr-defined]
        return False
    return True


OFFICE = {
    "invite": invite, "join": join, "revoke": revoke, "give_role": give_role, "remove": remove, "hand_over": hand_over,
    "block": block, "authorise": authorise, "delete": delete, "rename": rename, "bind": bind, "lists": lists,
}  # fmt: skip
ACTIONS.update(OFFICE)
