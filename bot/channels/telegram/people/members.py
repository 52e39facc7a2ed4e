"""A member's page: their roles, and changing, taking and handing over, each after a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels.people_words import ROLES
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.roster import Person, member, roster
from bot.channels.telegram.people.telling import tell
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page
from bot.channels.telegram.render import short
from bot.channels.words import Phrase
from bot.domain.access import Merchant, Right, Role, Team
from bot.domain.messages import Button
from bot.domain.outgoing import own_id

ON_A_PAGE = 8

Fields = Mapping[str, str]


async def members(desk: Desk, fields: Fields) -> Page:
    """Everybody as a button, page by page."""
    team = await desk.team.team(desk.actor, fields["team"])
    await desk.listed("members", team.id)
    people = await roster(desk, team.id)
    number = min(int(fields["page"]), max(0, (len(people) - 1) // ON_A_PAGE))
    here = people[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
    rows = [[_opens(desk, team, person)] for person in here]
    turning = [desk.button(words.PREVIOUS, "members", team.id, number - 1)] if number else []
    turning += [desk.button(words.NEXT, "members", team.id, number + 1)] if (number + 1) * ON_A_PAGE < len(people) else []
    rows += [turning, [desk.button(words.BACK, "team", team.id)]]
    counted = words.MEMBERS if desk.actor.access.may(Right.MANAGE, team.id) else words.MEMBERS_SEEN
    title = desk.say(counted, team=name_of(team.name), n=len(people))
    return page(title, (), tuple(map(tuple, rows)), desk.drawn(team.id, _merchants(here)))


async def one(desk: Desk, fields: Fields) -> Page:
    """One member with what the reader may do."""
    team = await desk.team.team(desk.actor, fields["team"])
    person = await member(desk, team.id, qualified(fields["person"]))
    blocked = (await desk.context.parts.gate.people.access(person.id)).blocked
    lines = [desk.say(words.IN_TEAM, role=desk.role(person.role))] if person.role else []
    lines += [desk.say(words.FOR_MERCHANT, merchant=name_of(m.name), role=desk.role(role)) for m, role in person.merchants]
    lines += [desk.say(words.BLOCKED_MARK)] if blocked else []
    rows = [*_role_rows(desk, team, person), *_person_rows(desk, team, person, blocked)]
    rows.append([desk.button(words.BACK, "members", team.id, 0)])
    return page(person.label(desk), lines, tuple(map(tuple, rows)), desk.drawn(team.id, _merchants((person,))))


async def roles(desk: Desk, fields: Fields) -> Page:
    """Choose another role for somebody, in the team or for one merchant."""
    team, merchant = fields["team"], fields["merchant"]
    person = await member(desk, team, qualified(fields["person"]))
    where, had = await _where(desk, team, merchant), person.role_at(merchant)
    offered = [role for role in desk.actor.access.gives(team, merchant) if role is not had]
    number = fields["person"]
    rows = [(Button(desk.role(role), made("give_role", team, merchant, number, role.value, 0)),) for role in offered]
    rows.append((desk.button(words.BACK, "member", team, number),))
    question = desk.say(words.CHOOSE_ROLE, name=person.label(desk), where=where, role=desk.role(had) if had else "—")
    return page(question, (), tuple(rows))


async def give_role(desk: Desk, fields: Fields) -> Page:
    """Give the role, after a question."""
    team, merchant, number, role = fields["team"], fields["merchant"], fields["person"], Role(fields["role"])
    person = await member(desk, team, qualified(number))
    where = await _where(desk, team, merchant)
    if fields["sure"] == "0":
        question = desk.say(words.SURE_ROLE, name=person.label(desk), where=where, role=desk.role(role))
        sure, no = made("give_role", team, merchant, number, role.value, 1), made("member", team, number)
        return confirm(desk, question, words.YES_ROLE, sure, no)
    await desk.team.give_role(desk.actor, team, person.id, role, merchant)
    told = f"role:{desk.update_id}"
    await tell(desk.context, told, [person.id], words.TOLD_ROLE, {"where": where, "role": ROLES[role].to}, desk.drawn(team))
    return await _after(desk, team, number, words.ROLE_DONE)


async def remove(desk: Desk, fields: Fields) -> Page:
    """Take somebody off one merchant, or out of the team with all that they have there, after a question."""
    team, merchant, number = fields["team"], fields["merchant"], fields["person"]
    person = await member(desk, team, qualified(number))
    if fields["sure"] == "0":
        question = desk.say(words.SURE_REMOVE, name=person.label(desk), where=await _where(desk, team, merchant))
        sure, no = made("remove", team, merchant, number, 1), made("member", team, number)
        return confirm(desk, question, words.YES_REMOVE, sure, no)
    where = await _where(desk, team, merchant)
    await desk.team.remove(desk.actor, team, person.id, merchant or None)
    await desk.context.parts.floor.leaving.tell(desk.actor, person.id, where, team, merchant or None)
    return replace(await members(desk, {"team": team, "page": "0"}), toast=desk.say(words.REMOVED))


async def hand_over(desk: Desk, fields: Fields) -> Page:
    """Make somebody the owner in the reader's place, after a question."""
    team, number = await desk.team.team(desk.actor, fields["team"]), fields["person"]
    person = await member(desk, team.id, qualified(number))
    if fields["sure"] == "0":
        question = desk.say(words.SURE_HAND_OVER, team=name_of(team.name), name=person.label(desk))
        sure, no = made("hand_over", team.id, number, 1), made("member", team.id, number)
        return confirm(desk, question, words.YES_HAND_OVER, sure, no)
    await desk.team.hand_over(desk.actor, team.id, person.id)
    names = await desk.context.parts.gate.people.names(desk.actor.person)
    said = {"name": name_of(names.get(desk.actor.person, "")), "team": name_of(team.name)}
    told = f"handed-over:{desk.update_id}"
    await tell(desk.context, told, [person.id], words.TOLD_HANDED_OVER, said, desk.drawn(team.id))
    return await _after(desk, team.id, number, words.HANDED_OVER)


async def block(desk: Desk, fields: Fields) -> Page:
    """Take no notice of somebody any more, or again, after a question."""
    team, number, on = fields["team"], fields["person"], fields["on"] == "1"
    person = await member(desk, team, qualified(number))
    if fields["sure"] == "0":
        question = desk.say(words.SURE_BLOCK if on else words.SURE_UNBLOCK, name=person.label(desk))
        sure, no = made("block", team, number, fields["on"], 1), made("member", team, number)
        return confirm(desk, question, words.B_BLOCK if on else words.B_UNBLOCK, sure, no)
    await desk.team.block(desk.actor, person.id, blocked=on)
    return await _after(desk, team, number, words.BLOCKED if on else words.UNBLOCKED)


async def _after(desk: Desk, team: str, number: str, done: Phrase) -> Page:
    """The member's page as it is now: what the reader is may have changed with it."""
    await desk.context.identify()
    return replace(await one(desk, {"team": team, "person": number}), toast=desk.say(done))


async def _where(desk: Desk, team: str, merchant: str) -> str:
    """The name of the team, or of its merchant."""
    if merchant:
        return name_of((await desk.merchants.one(desk.actor, merchant)).name)
    return name_of((await desk.team.team(desk.actor, team)).name)


def _opens(desk: Desk, team: Team, person: Person) -> Button:
    label = desk.say(words.MEMBER_LINE, name=person.label(desk), roles=person.roles(desk))
    return Button(short(label, LABEL), made("member", team.id, own_id(person.id)))


def _role_rows(desk: Desk, team: Team, person: Person) -> list[list[Button]]:
    """Changing a role where the reader gives both it and others."""
    access, number = desk.actor.access, own_id(person.id)
    rows = []
    if person.role in access.gives(team.id):
        rows.append([desk.button(words.B_ROLE, "roles", team.id, "", number, where=desk.say(words.THE_TEAM))])
    for merchant, role in person.merchants:
        if role in access.gives(team.id, merchant.id):
            named = name_of(merchant.name)
            rows.append([
                desk.button(words.B_ROLE, "roles", team.id, merchant.id, number, where=named),
                desk.button(words.B_REMOVE_FROM, "remove", team.id, merchant.id, number, 0, merchant=named),
            ])  # fmt: skip
    return rows


def _person_rows(desk: Desk, team: Team, person: Person, blocked: bool) -> list[list[Button]]:
    """What concerns the whole person; of oneself only leaving, which is on the team's page."""
    access, number = desk.actor.access, own_id(person.id)
    if person.id == desk.actor.person or not access.may(Right.MANAGE, team.id):
        return []
    held = {role for role in (person.role, *(role for _, role in person.merchants)) if role}
    rows = []
    if person.role and access.may(Right.OWN, team.id):
        rows.append([desk.button(words.B_HAND_OVER, "hand_over", team.id, number, 0)])
    last = [desk.button(words.B_REMOVE, "remove", team.id, "", number, 0)] if held <= set(access.gives(team.id)) else []
    if not held & {Role.OWNER, Role.LEAD}:
        last.append(desk.button(words.B_UNBLOCK if blocked else words.B_BLOCK, "block", team.id, number, int(not blocked), 0))
    return [*rows, last]


def _merchants(people: tuple[Person, ...]) -> list[Merchant]:
    return [merchant for person in people for merchant, _ in person.merchants]
