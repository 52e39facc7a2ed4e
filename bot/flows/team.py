"""Teams and their people: founding, inviting, joining, roles, leaving, handing over, blocking.

What somebody may not know of is not found; what they know but may not do is refused with its reason.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access import Membership, Right, Role, Team
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock, lacks
from bot.storage.audit import Trail
from bot.storage.invitations import Invitation, Invitations
from bot.storage.people import LastOwner, Member, People

CODE_BYTES = 16
"""Random bytes of a code: 22 characters, and more than anybody can try."""
USES = 100
"""People whom one invitation lets in at most."""
DAYS = 30
"""Days that an invitation lasts at most."""
FOUNDING_HOURS = 24
"""Hours in which the first owner has to come in; `copilot setup` makes a new code at any time."""
LONGEST_NAME = 40
FIRST_TEAM = "直播团队"


@dataclass(frozen=True, slots=True)
class Joined:
    """Where somebody has come in, as what."""

    team: Team
    merchant: str
    role: Role
    founded: bool


@dataclass(frozen=True, slots=True)
class TeamDesk:
    """All that is done to teams and people. `now` never goes back."""

    people: People
    invitations: Invitations
    trail: Trail
    now: Clock

    async def teams(self, actor: Actor) -> tuple[Team, ...]:
        """The teams that the actor is in."""
        return await self.people.teams(access=actor.access)

    async def team(self, actor: Actor, id: str, right: Right | None = None) -> Team:
        """One of them, in which the actor has a right where one is named. Raises NotFound, Refused."""
        for team in await self.teams(actor):
            if team.id == id:
                if right is not None and not actor.access.may(right, team.id):
                    raise lacks(right)
                return team
        raise NotFound("no_team")

    async def members(self, actor: Actor, team: str, merchant: str = "") -> tuple[Member, ...]:
        """Who has a role in the team, or for the merchant itself. Raises NotFound."""
        _require_known(actor, team, merchant)
        return await self.people.members(team, merchant, access=actor.access)

    async def found(self, actor: Actor, name: str) -> Team:
        """Make another team, of which the actor is the owner. Only owners of a team may.

        Whoever runs commands beside the database is nobody in it: that team waits for an owner who is invited.
        """
        if not any(actor.access.may(Right.OWN, team) for team in actor.access.teams) and not actor.access.everything:
            raise lacks(Right.OWN)
        team = Team(new_id(), checked_name(name))
        owner = "" if actor.access.everything else actor.person
        await self.people.make_team(team, owner, self._entry(actor, Deed.TEAM_MADE, team.id, subject=team.id))
        return team

    async def rename(self, actor: Actor, team: str, name: str) -> None:
        """Give the team another name. Raises NotFound, Refused."""
        _require(actor, Right.OWN, team)
        await self.people.rename_team(team, checked_name(name), self._entry(actor, Deed.TEAM_MADE, team, subject=team))

    async def found_code(self, actor: Actor) -> str:
        """A code that makes whoever uses it the owner of a new team; for whoever runs commands beside the database."""
        if not actor.access.everything:
            raise Refused("not_allowed")
        return await self._invitation(actor, "", "", Role.OWNER, 1, timedelta(hours=FOUNDING_HOURS))

    async def invite(self, actor: Actor, team: str, role: Role, merchant: str = "", *, uses: int = 1, days: int = 7) -> str:
        """A code for a link that gives a role in the team, or for one merchant. Raises NotFound, Refused.

        `uses` people may come in by it (1..USES) within `days` (1..DAYS).
        """
        _require(actor, Right.MANAGE, team, merchant)
        _require_given(actor, role, team, merchant)
        if not 1 <= uses <= USES:
            raise Refused("uses_out_of_range", most=USES)
        if not 1 <= days <= DAYS:
            raise Refused("days_out_of_range", most=DAYS)
        return await self._invitation(actor, team, merchant, role, uses, timedelta(days=days))

    async def live_invitations(self, actor: Actor, team: str) -> tuple[Invitation, ...]:
        """What still lets somebody in, newest first; only what the actor may revoke."""
        return await self.invitations.live(team, access=actor.access, now=self.now())

    async def revoke(self, actor: Actor, team: str, id: str) -> None:
        """Let nobody in by an invitation any more. Raises NotFound."""
        found = next((one for one in await self.live_invitations(actor, team) if one.id == id), None)
        if found is None:
            raise NotFound("no_invitation")
        await self.invitations.revoke(id, self._entry(actor, Deed.INVITATION_REVOKED, team, found.merchant, id))

    async def join(self, actor: Actor, code: str) -> Joined:
        """Let the actor in by a code. Raises Refused: unknown, expired, used up, revoked, or in already."""
        found = await self.invitations.by_code(code)
        if found is None or actor.access.blocked:
            await self.trail.add(self._entry(actor, Deed.REFUSED, subject="code"))
            raise Refused("code_unknown")
        had = actor.access.role(found.team, found.merchant) if found.team else None
        # Before all else: whoever presses START twice is not to be told that the invitation is used up.
        if had is not None and not _stronger(found.role, had):
            raise Refused("already_in", role=had)
        if problem := self._problem(found):
            await self.trail.add(self._entry(actor, Deed.REFUSED, found.team, found.merchant, found.id, cause=problem))
            raise Refused(problem)
        team = await self.invitations.use(found, actor.person, Team(new_id(), FIRST_TEAM), now=self.now())
        if not team:
            raise Refused("code_used")
        joined = await self.people.access(actor.person)
        known = next(one for one in await self.people.teams(access=joined) if one.id == team)
        return Joined(known, found.merchant, found.role, founded=not found.team)

    async def give_role(self, actor: Actor, team: str, person: str, role: Role, merchant: str = "") -> None:
        """Give somebody who has one another role. Raises NotFound, Refused."""
        _require(actor, Right.MANAGE, team, merchant)
        had = await self._role_of(actor, team, person, merchant)
        _require_given(actor, role, team, merchant)
        if had not in actor.access.gives(team, merchant):
            raise Refused("role_too_high")
        entry = self._entry(actor, Deed.ROLE_GIVEN, team, merchant, person, role=role.value, before=had.value)
        try:
            await self.people.give(Membership(person, team, role, merchant), actor.person, entry)
        except LastOwner:
            raise Refused("last_owner") from None

    async def remove(self, actor: Actor, team: str, person: str, merchant: str | None = None) -> None:
        """Take somebody's role for a merchant, or with None all that they have in the team. Raises NotFound, Refused."""
        _require(actor, Right.MANAGE, team, merchant or "")
        gives = actor.access.gives(team, merchant or "")
        roles = [one.role for one in (await self.people.access(person)).memberships if one.team == team]
        if merchant is not None:
            roles = [await self._role_of(actor, team, person, merchant)]
        if not roles:
            raise NotFound("no_member")
        if not set(roles) <= set(gives):
            raise Refused("role_too_high")
        await self._take(person, team, merchant, self._entry(actor, Deed.REMOVED, team, merchant or "", person))

    async def leave(self, actor: Actor, team: str) -> None:
        """Give up all that the actor has in a team. Raises NotFound, Refused when they are its last owner."""
        if team not in actor.access.teams:
            raise NotFound("no_team")
        await self._take(actor.person, team, None, self._entry(actor, Deed.LEFT, team, subject=actor.person))

    async def hand_over(self, actor: Actor, team: str, person: str, giver: str = "") -> None:
        """Make a member the owner in the actor's place, who becomes a lead. Raises NotFound, Refused.

        Whoever runs commands beside the database is no owner: they name the `giver`, and nobody else can name one.
        """
        _require(actor, Right.OWN, team)
        await self._role_of(actor, team, person, "")
        giver = giver if actor.access.everything else actor.person
        if person == giver or not giver:
            raise Refused("hand_over_to_other")
        if await self._role_of(actor, team, giver, "") is not Role.OWNER:
            raise Refused("not_owner")
        entry = self._entry(actor, Deed.HANDED_OVER, team, subject=person, giver=giver)
        await self.people.hand_over(team, giver, person, entry)

    async def block(self, actor: Actor, person: str, *, blocked: bool) -> None:
        """Take no notice of a person any more, or again; managers of any team may, but not of owners and leads.

        It holds everywhere, so nobody does it to somebody of a team that is not theirs to manage. Raises NotFound, Refused.
        """
        managed = sorted(team for team in actor.access.teams if actor.access.may(Right.MANAGE, team))
        if (not managed and not actor.access.everything) or person == actor.person:
            raise Refused("not_allowed")
        theirs = (await self.people.access(person)).memberships
        if theirs and not any(one.team in managed for one in theirs):
            raise NotFound("no_member")
        if not all(one.team in managed for one in theirs):
            raise Refused("not_allowed")
        if any(one.role in (Role.OWNER, Role.LEAD) for one in theirs) and not actor.access.everything:
            raise Refused("role_too_high")
        deed = Deed.BLOCKED if blocked else Deed.UNBLOCKED
        theirs_first = next((one.team for one in theirs if one.team in managed), managed[0] if managed else "")
        await self.people.block(person, blocked, self._entry(actor, deed, theirs_first, subject=person))

    async def blocked(self, actor: Actor, team: str) -> dict[str, str]:
        """Whom the team has blocked: names by qualified id, empty where nobody knows one. Raises NotFound, Refused."""
        _require(actor, Right.MANAGE, team)
        return await self.people.blocked(team)

    async def _invitation(self, actor: Actor, team: str, merchant: str, role: Role, uses: int, lasts: timedelta) -> str:
        now, code = self.now(), secrets.token_urlsafe(CODE_BYTES)
        made = Invitation(new_id(), team, merchant, role, actor.person, now, now + lasts, uses)
        entry = self._entry(actor, Deed.INVITED, team, merchant, made.id, role=role.value, uses=str(uses))
        await self.invitations.add(made, code, entry)
        return code

    def _problem(self, found: Invitation) -> str:
        """Why nobody comes in by this invitation; empty when somebody does."""
        if found.revoked_at is not None:
            return "code_revoked"
        if not found.made_at <= self.now() < found.expires_at:
            return "code_expired"
        return "" if found.uses_left else "code_used"

    async def _role_of(self, actor: Actor, team: str, person: str, merchant: str) -> Role:
        for one in await self.people.members(team, merchant, access=actor.access):
            if one.person == person:
                return one.role
        raise NotFound("no_member")

    async def _take(self, person: str, team: str, merchant: str | None, entry: Entry) -> None:
        try:
            await self.people.take(person, team, merchant, entry)
        except LastOwner:
            raise Refused("last_owner") from None

    def _entry(self, actor: Actor, deed: Deed, team: str = "", merchant: str = "", subject: str = "", **detail: str) -> Entry:
        return Entry(self.now(), actor.person, deed, actor.chat, team, merchant, subject, detail)


def new_id() -> str:
    """A short id for a team, a merchant, an invitation: eight hexadecimal digits, so that it fits buttons and file names."""
    return secrets.token_hex(4)


def checked_name(name: str) -> str:
    """A name as people write it, in one line. Raises Refused."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not kept:
        raise Refused("name_empty")
    if len(kept) > LONGEST_NAME:
        raise Refused("name_long", most=LONGEST_NAME)
    return kept


def _require_known(actor: Actor, team: str, merchant: str = "") -> None:
    # A lead's role reaches every merchant of the team: another team's id is not one of them.
    foreign = merchant and not any((one.id, one.team) == (merchant, team) for one in actor.access.merchants)
    if foreign or not actor.access.may(Right.READ, team, merchant):
        raise NotFound("no_merchant" if merchant else "no_team")


def _require(actor: Actor, right: Right, team: str, merchant: str = "") -> None:
    """The actor may do this; what they have no part in is not found rather than forbidden."""
    _require_known(actor, team, merchant)
    if not actor.access.may(right, team, merchant):
        raise lacks(right)


def _require_given(actor: Actor, role: Role, team: str, merchant: str) -> None:
    """The actor may give this role there."""
    if role not in actor.access.gives(team, merchant):
        owns = actor.access.may(Right.OWN, team, merchant)
        raise Refused("owner_of_team" if owns else "role_too_high")


def _stronger(one: Role, other: Role) -> bool:
    order = list(Role)
    return order.index(one) < order.index(other)
