"""Invitations: codes that let somebody in, kept as hashes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Access, Membership, Right, Role, Team
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.people import give, make_team
from bot.storage.tables import invitations, memberships, merchants
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code gives: a role in a team or for one merchant. Without a team it makes one, with its owner."""

    id: str
    team: str
    merchant: str
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime
    uses_left: int
    revoked_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether somebody can still come in by it."""
        return self.revoked_at is None and self.uses_left > 0 and self.made_at <= now < self.expires_at


class Invitations:
    """Every invitation by its id; the code itself is known only to who made it and whom it was sent to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, invitation: Invitation, code: str, entry: Entry) -> None:
        """Keep an invitation under the hash of its code. Raises NotFound when the team has no such merchant."""
        values = {
            "id": invitation.id, "code_hash": hashed(code), "team": invitation.team, "merchant": invitation.merchant,
            "role": invitation.role.value, "made_by": invitation.made_by, "made_at": invitation.made_at,
            "expires_at": invitation.expires_at, "uses_left": invitation.uses_left,
        }  # fmt: skip
        async with self._database.write() as db:
            if await _merchant_gone(db, invitation):
                raise NotFound("no_merchant")
            await db.execute(insert(invitations).values(values))
            await note(db, entry)

    async def by_code(self, code: str) -> Invitation | None:
        """The invitation that somebody holding this code has; None when there is none."""
        async with self._database.read() as db:
            row = (await db.execute(select(invitations).where(invitations.c.code_hash == hashed(code)))).first()
        return None if row is None else _invitation(row)

    async def live(self, team: str, *, access: Access, now: datetime) -> tuple[Invitation, ...]:
        """Invitations of a team that still let somebody in, newest first, as far as the person manages what they are for."""
        query = select(invitations).where(invitations.c.team == team).order_by(invitations.c.made_at.desc(), invitations.c.id)
        async with self._database.read() as db:
            found = [_invitation(row) for row in await db.execute(query)]
        return tuple(one for one in found if one.live(now) and access.may(Right.MANAGE, team, one.merchant))

    async def revoke(self, id: str, entry: Entry) -> None:
        """Let nobody in by it any more."""
        async with self._database.write() as db:
            await db.execute(update(invitations).where(invitations.c.id == id).values(revoked_at=entry.at))
            await note(db, entry)

    async def use(self, invitation: Invitation, person: str, new_team: Team, *, now: datetime) -> str:
        """Let the person in, and return the team's id; empty when somebody else was faster or the merchant is gone.

        `new_team` is made when the invitation is for none.
        """
        async with self._database.write() as db:
            still = (invitations.c.id == invitation.id) & (invitations.c.uses_left > 0) & invitations.c.revoked_at.is_(None)
            taken = update(invitations).where(still).values(uses_left=invitations.c.uses_left - 1)
            if await _merchant_gone(db, invitation) or (await db.execute(taken)).rowcount == 0:
                return ""
            team = invitation.team or new_team.id
            entry = Entry(now, person, Deed.JOINED, person, team, invitation.merchant, invitation.id, {"role": invitation.role})
            if not invitation.team:
                await make_team(db, new_team, person, entry)
                await note(db, Entry(now, person, Deed.TEAM_MADE, person, team, subject=team))
            else:
                await give(db, Membership(person, team, invitation.role, invitation.merchant), invitation.made_by, entry)
            return team

    async def owner_exists(self) -> bool:
        """Whether any team has an owner: until then there is nobody who could invite."""
        async with self._database.read() as db:
            return (
                await db.scalar(select(memberships.c.person).where(memberships.c.role == Role.OWNER.value).limit(1)) is not None
            )


def hashed(code: str) -> str:
    """What is kept of a code. Its 128 random bits need no salt and no slow hash."""
    return sha256(code.encode("utf-8", "replace")).hexdigest()


async def _merchant_gone(db: AsyncConnection, invitation: Invitation) -> bool:
    if not invitation.merchant:
        return False
    here = (merchants.c.id == invitation.merchant) & (merchants.c.team == invitation.team)
    return await db.scalar(select(merchants.c.id).where(here)) is None


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.id, row.team, row.merchant, Role(row.role), row.made_by, row.made_at, row.expires_at, row.uses_left, row.revoked_at
    )
