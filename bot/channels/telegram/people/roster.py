"""Who is in a team: everybody once, with their role in it and for each of its merchants that the reader knows."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.telegram.people import words
from bot.channels.telegram.people.view import Desk, name_of, person_name
from bot.domain.access import Merchant, Right, Role
from bot.errors import NotFound
from bot.storage.people import Member


@dataclass(frozen=True, slots=True)
class Person:
    """One member."""

    id: str
    name: str
    role: Role | None
    merchants: tuple[tuple[Merchant, Role], ...]

    def label(self, desk: Desk) -> str:
        """The name, and whether it is the reader."""
        you = desk.say(words.YOU) if self.id == desk.actor.person else ""
        return person_name(self.name, self.id, desk) + you

    def roles(self, desk: Desk) -> str:
        """All roles in one line."""
        said = [desk.role(self.role)] if self.role else []
        said += [desk.say(words.FOR_MERCHANT, merchant=name_of(one.name), role=desk.role(role)) for one, role in self.merchants]
        return desk.say(words.LIST).join(said)

    def role_at(self, merchant: str) -> Role | None:
        """The role in the team, or for one merchant."""
        return next((role for one, role in self.merchants if one.id == merchant), None) if merchant else self.role


async def roster(desk: Desk, team: str) -> tuple[Person, ...]:
    """Everybody whom the reader may know of, the strongest in the team first; at least the reader."""
    actor = desk.actor
    own = await desk.team.members(actor, team) if actor.access.may(Right.READ, team) else ()
    merchants = await desk.merchants.all(actor, team)
    served = [(one, member) for one in merchants for member in await desk.team.members(actor, team, one.id)]
    names = {member.person: member.name for member in (*own, *(member for _, member in served))}
    return tuple(Person(id, name, _role(own, id), _of(served, id)) for id, name in names.items())


async def member(desk: Desk, team: str, person: str) -> Person:
    """One of them. Raises NotFound."""
    await desk.team.team(desk.actor, team)
    for one in await roster(desk, team):
        if one.id == person:
            return one
    raise NotFound("no_member")


def _role(members: tuple[Member, ...], person: str) -> Role | None:
    return next((one.role for one in members if one.person == person), None)


def _of(served: list[tuple[Merchant, Member]], person: str) -> tuple[tuple[Merchant, Role], ...]:
    return tuple((merchant, one.role) for merchant, one in served if one.person == person)
