"""People and what they are: blocked or not, members of teams, members for single merchants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Access, Membership, Merchant, Right, Role, Team, counted
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound
from bot.storage.audit import deleted, note
from bot.storage.database import Database
from bot.storage.merchants import all_merchants
from bot.storage.tables import audit, invitations, memberships, people, teams
from bot.storage.upsert import insert

# `seen` comes with every update; writing it down each time would double the writes for nothing.
SEEN_EVERY = timedelta(hours=1)


class LastOwner(Exception):
    """The change would leave a team without an owner."""


@dataclass(frozen=True, slots=True)
class Member:
    """One role with the name of who has it."""

    person: str
    name: str
    role: Role
    merchant: str
    since: datetime


class People:
    """Everybody by their qualified id, e.g. ``telegram:42``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, person: str, name: str, language: str, now: datetime) -> None:
        """The person has written: their name and language as the platform gives them now."""
        fresh = {"name": name, "language": language, "seen_at": now}
        statement = insert(people).values(person=person, **fresh)
        new = statement.excluded
        changed = or_(people.c.name != new.name, people.c.language != new.language, people.c.seen_at < now - SEEN_EVERY)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=[people.c.person], set_=fresh, where=changed))

    async def access(self, person: str) -> Access:
        """All that the person is. Somebody whom nobody has invited is nothing."""
        async with self._database.read() as db:
            return await _access(db, person)

    async def everything(self, person: str) -> Access:
        """What `person` is who runs commands beside the database: owner of all that is in it."""
        async with self._database.read() as db:
            ids = (await db.scalars(select(teams.c.id).order_by(teams.c.made_at))).all()
            owned = tuple(Membership(person, team, Role.OWNER) for team in ids)
            return Access(person, owned, await all_merchants(db), everything=True)

    async def names(self, *ids: str) -> dict[str, str]:
        """The names of these people, as far as they have ever written; for lines that already show who it was."""
        async with self._database.read() as db:
            rows = await db.execute(select(people.c.person, people.c.name).where(people.c.person.in_(ids)))
            return {row.person: row.name for row in rows}

    async def languages(self, *ids: str) -> dict[str, str]:
        """``zh`` or ``en`` for each of these people who has ever written."""
        async with self._database.read() as db:
            rows = await db.execute(select(people.c.person, people.c.language).where(people.c.person.in_(ids)))
            return {row.person: row.language for row in rows}

    async def teams(self, *, access: Access) -> tuple[Team, ...]:
        """The person's teams, oldest first."""
        query = select(teams).where(teams.c.id.in_(access.teams)).order_by(teams.c.made_at, teams.c.id)
        async with self._database.read() as db:
            return tuple(Team(row.id, row.name) for row in await db.execute(query))

    async def members(self, team: str, merchant: str = "", *, access: Access) -> tuple[Member, ...]:
        """Who has a role in the team, or for the merchant itself, strongest first; nobody for somebody who has none there."""
        if not access.may(Right.READ, team, merchant):
            return ()
        where = (memberships.c.team == team) & (memberships.c.merchant == merchant)
        joined = memberships.outerjoin(people, people.c.person == memberships.c.person)
        query = select(memberships, people.c.name).select_from(joined).where(where)
        async with self._database.read() as db:
            found = [_member(row) for row in await db.execute(query)]
        order = list(Role)
        return tuple(sorted(found, key=lambda one: (order.index(one.role), one.since, one.person)))

    async def managers(self, team: str, merchant: str = "") -> tuple[str, ...]:
        """Who is told what concerns a team or a merchant: the merchant's own leads, else the team's leads and owners."""
        query = select(memberships.c.person, memberships.c.merchant).where(
            memberships.c.team == team, memberships.c.merchant.in_({"", merchant}), memberships.c.role.in_(["owner", "lead"])
        )
        async with self._database.read() as db:
            rows = (await db.execute(query.order_by(memberships.c.since))).all()
        own = [row.person for row in rows if row.merchant == merchant]
        return tuple(own or (row.person for row in rows))

    async def all_managers(self) -> tuple[str, ...]:
        """Who owns or leads any team, each once: who is told what concerns all teams alike."""
        query = select(memberships.c.person, func.min(memberships.c.since).label("since")).where(
            memberships.c.merchant == "", memberships.c.role.in_(["owner", "lead"])
        )
        async with self._database.read() as db:
            rows = await db.execute(query.group_by(memberships.c.person).order_by("since", memberships.c.person))
            return tuple(row.person for row in rows)

    async def make_team(self, team: Team, owner: str, entry: Entry) -> None:
        """Add a team with its first owner; with an empty `owner` it waits for one to come in."""
        async with self._database.write() as db:
            await make_team(db, team, owner, entry)

    async def rename_team(self, team: str, name: str, entry: Entry) -> None:
        """Give a team another name."""
        async with self._database.write() as db:
            await db.execute(update(teams).where(teams.c.id == team).values(name=name))
            await note(db, entry)

    async def give(self, membership: Membership, by: str, entry: Entry) -> None:
        """Set a role, in place of the one that the person had there.

        Raises LastOwner, and NotFound when the merchant that it is for has been deleted meanwhile.
        """
        async with self._database.write() as db:
            if membership.merchant and await deleted(db, [membership.merchant]):
                raise NotFound("no_merchant")
            await give(db, membership, by, entry)

    async def take(self, person: str, team: str, merchant: str | None, entry: Entry) -> bool:
        """Take a person's role in a team, or for one merchant; with None all of them. False when there was none.

        Raises LastOwner.
        """
        where = (memberships.c.person == person) & (memberships.c.team == team)
        if merchant is not None:
            where &= memberships.c.merchant == merchant
        async with self._database.write() as db:
            had_owner = await _owners(db, team)
            gone = (await db.execute(delete(memberships).where(where))).rowcount
            if had_owner and not await _owners(db, team):
                raise LastOwner
            if gone:
                await note(db, entry)
                await _void_invitations(db, person, entry.at)
            return bool(gone)

    async def hand_over(self, team: str, giver: str, taker: str, entry: Entry) -> None:
        """Make `taker` an owner and `giver` a lead, both at once."""
        async with self._database.write() as db:
            await give(db, Membership(taker, team, Role.OWNER), giver, entry)
            await give(db, Membership(giver, team, Role.LEAD), taker, entry, noted=True)

    async def blocked(self, team: str) -> dict[str, str]:
        """Who is blocked of the team's people, and of those in no team whom it blocked itself; names by id, in their order."""
        query = select(people.c.person, people.c.name, memberships.c.team).where(people.c.blocked_at.is_not(None))
        query = query.outerjoin(memberships, memberships.c.person == people.c.person).order_by(people.c.name, people.c.person)
        async with self._database.read() as db:
            rows = (await db.execute(query)).all()
            alone = [row.person for row in rows if row.team is None]
            told = (audit.c.team == team) & (audit.c.deed == Deed.BLOCKED.value) & audit.c.subject.in_(alone)
            by_it = set(await db.scalars(select(audit.c.subject).where(told))) if alone else set()
        return {row.person: row.name for row in rows if row.team == team or row.person in by_it}

    async def block(self, person: str, blocked: bool, entry: Entry) -> None:
        """Take no notice of a person any more, or again."""
        at = entry.at if blocked else None
        statement = insert(people).values(person=person, name="", language="zh", seen_at=entry.at, blocked_at=at)
        async with self._database.write() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=[people.c.person], set_={"blocked_at": at}))
            await note(db, entry)
            await _void_invitations(db, person, entry.at)


async def make_team(db: AsyncConnection, team: Team, owner: str, entry: Entry) -> None:
    """Inside a transaction: a team with its first owner, or with none yet when `owner` is empty."""
    await db.execute(insert(teams).values(id=team.id, name=team.name, made_at=entry.at))
    if not owner:
        await note(db, entry)
        return
    await give(db, Membership(owner, team.id, Role.OWNER), owner, entry)


async def give(db: AsyncConnection, membership: Membership, by: str, entry: Entry, *, noted: bool = False) -> None:
    """Inside a transaction: set a role. Raises LastOwner, upon which nothing of the transaction stays.

    `noted` says that the entry is in the trail already.
    """
    values = {"role": membership.role.value, "given_by": by, "since": entry.at}
    key = {"person": membership.person, "team": membership.team, "merchant": membership.merchant}
    had_owner = await _owners(db, membership.team)
    statement = insert(memberships).values(**key, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["person", "team", "merchant"], set_=values))
    if had_owner and not await _owners(db, membership.team):
        raise LastOwner
    if not noted:
        await note(db, entry)
    await _void_invitations(db, membership.person, entry.at)


async def _void_invitations(db: AsyncConnection, person: str, at: datetime) -> None:
    """Revoke what the person may not give any more, or whoever is removed comes back by a code that they made before."""
    made = (invitations.c.made_by == person) & (invitations.c.team != "") & invitations.c.revoked_at.is_(None)
    found = (await db.execute(select(invitations).where(made, invitations.c.uses_left > 0, invitations.c.expires_at > at))).all()
    if not found:
        return
    access = await _access(db, person)
    void = [row.id for row in found if Role(row.role) not in access.gives(row.team, row.merchant)]
    await db.execute(update(invitations).where(invitations.c.id.in_(void)).values(revoked_at=at))


async def _owners(db: AsyncConnection, team: str) -> int:
    mine = (memberships.c.team == team) & (memberships.c.merchant == "") & (memberships.c.role == Role.OWNER.value)
    return int(await db.scalar(select(func.count()).select_from(memberships).where(mine)) or 0)


async def _access(db: AsyncConnection, person: str) -> Access:
    rows = (await db.execute(select(memberships).where(memberships.c.person == person))).all()
    blocked = await db.scalar(select(people.c.blocked_at).where(people.c.person == person)) is not None
    found = tuple(Membership(row.person, row.team, Role(row.role), row.merchant) for row in rows)
    served: tuple[Merchant, ...] = await all_merchants(db, {one.team for one in found}) if found else ()
    return Access(person, found, served, blocked)


def _member(row: Row[Any]) -> Member:
    return Member(row.person, row.name or "", counted(Role(row.role), row.merchant), row.merchant, row.since)
