"""Who is asking, what they may read and do: people, roles, merchants, groups. No storage, no clock: `now` is an argument."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

HANDBOOK = "handbook"
GONE = "gone"
"""Stands for merchants that have been deleted, whose ids are to be found nowhere: it is no merchant's id, so nobody reads it."""


class Role(StrEnum):
    """What somebody is in a team or for one merchant, most powerful first."""

    OWNER = "owner"
    LEAD = "lead"
    OPERATOR = "operator"
    TRAINEE = "trainee"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a role lets somebody do."""

    READ = "read"
    """Read what is stored about it."""
    TICK = "tick"
    """Tick items of a checklist."""
    RUN = "run"
    """Plan, start and end live sessions."""
    CURATE = "curate"
    """Put documents in and take them out, approve cases, answer what was passed on."""
    MANAGE = "manage"
    """Invite and remove people, give roles, bind groups, record authorisations, read the audit trail."""
    OWN = "own"
    """Delete a merchant, export what is stored, make owners. Comes from a role in the team only."""


_LADDER = (Right.READ, Right.TICK, Right.RUN, Right.CURATE, Right.MANAGE, Right.OWN)
_STEPS = {Role.VIEWER: 1, Role.TRAINEE: 2, Role.OPERATOR: 3, Role.LEAD: 5, Role.OWNER: 6}
RIGHTS: Mapping[Role, frozenset[Right]] = {role: frozenset(_LADDER[:steps]) for role, steps in _STEPS.items()}
REACHES_ALL = frozenset({Role.OWNER, Role.LEAD})
"""Roles in a team that hold for each of its merchants; the others need a role for the merchant itself."""


class Policy(IntEnum):
    """The most that a group may be shown, least first."""

    HANDBOOK = 0
    TEAM = 1
    MERCHANT = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """The merchants and teams whose stored knowledge a viewer may read; the handbook is always part of it."""

    merchants: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    @property
    def collections(self) -> frozenset[str]:
        """Names of the knowledge collections that this scope opens."""
        return frozenset({HANDBOOK, *map(merchant_collection, self.merchants), *map(team_collection, self.teams)})

    def holds(self, other: Scope) -> bool:
        """Whether everything of the other scope may be read here."""
        return other.merchants <= self.merchants and other.teams <= self.teams


def merchant_collection(merchant: str) -> str:
    """The collection of a merchant's documents and cases."""
    return f"merchant-{merchant}"


def team_collection(team: str) -> str:
    """The collection of a team's own handbook documents."""
    return f"team-{team}"


def scope_of_collections(names: Iterable[str]) -> Scope:
    """The scope that exactly these collections stand for."""
    kinds: dict[str, set[str]] = {"merchant": set(), "team": set()}
    for kind, _, id in (name.partition("-") for name in names):
        if kind in kinds and id:
            kinds[kind].add(id)
    return Scope(frozenset(kinds["merchant"]), frozenset(kinds["team"]))


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person in one chat. `person` and `chat` are channel-qualified, e.g. ``telegram:42``.

    `topic` is the forum topic within the chat, if any; `private` says that nobody else reads along.
    `language` is ``zh`` or ``en``: the language of buttons and notices.
    """

    person: str
    chat: str
    scope: Scope
    topic: int | None = None
    private: bool = True
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Team:
    """People who work together, and the merchants that they serve."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Whose goods are sold; the unit of confidentiality. Served while an authorisation holds (`authorised_until`)."""

    id: str
    team: str
    name: str
    authorised_from: datetime | None = None
    authorised_until: datetime | None = None

    def open(self, now: datetime) -> bool:
        """Whether the merchant has authorised the team at this moment; without that nothing of it is shown."""
        if self.authorised_from is None or self.authorised_until is None:
            return False
        return self.authorised_from <= now < self.authorised_until

    def ended(self, now: datetime) -> bool:
        """Whether there was an authorisation and it is over."""
        return self.authorised_until is not None and self.authorised_until <= now


@dataclass(frozen=True, slots=True)
class Membership:
    """One role of one person: in a team, or for one of its merchants when `merchant` is set."""

    person: str
    team: str
    role: Role
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """All that one person is, at one moment. `merchants` are those of the person's teams."""

    person: str
    memberships: tuple[Membership, ...] = ()
    merchants: tuple[Merchant, ...] = ()
    blocked: bool = False
    everything: bool = False
    """Whoever runs commands beside the database owns all that is in it."""
    _roles: Mapping[tuple[str, str], Role] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        roles = {(one.team, one.merchant): counted(one.role, one.merchant) for one in self.memberships}
        object.__setattr__(self, "_roles", {} if self.blocked else roles)

    @property
    def teams(self) -> frozenset[str]:
        """Teams in which the person has any role, their own or for one merchant."""
        return frozenset(team for team, _ in self._roles)

    def role(self, team: str, merchant: str = "") -> Role | None:
        """The stronger of the role in the team, where that reaches its merchants, and the one for the merchant."""
        if self.everything:
            return Role.OWNER
        in_team = self._roles.get((team, ""))
        if not merchant:
            return in_team
        own = self._roles.get((team, merchant))
        return _stronger(own, in_team if in_team in REACHES_ALL else None)

    def may(self, right: Right, team: str, merchant: str = "") -> bool:
        """Whether the person may do this in the team, or for the merchant of the team."""
        role = self.role(team, merchant)
        return role is not None and right in RIGHTS[role]

    def knows(self, merchant: Merchant) -> bool:
        """Whether the person may know that there is such a merchant; it may be closed to reading all the same."""
        return self.role(merchant.team, merchant.id) is not None

    def gives(self, team: str, merchant: str = "") -> tuple[Role, ...]:
        """Roles that the person may give or take there: a lead's are below lead, an owner's are all that there are."""
        if self.may(Right.OWN, team, merchant):
            return tuple(role for role in Role if counted(role, merchant) is role)
        return (Role.OPERATOR, Role.TRAINEE, Role.VIEWER) if self.may(Right.MANAGE, team, merchant) else ()

    def scope(self, now: datetime) -> Scope:
        """What the person may read alone."""
        seen = (one for one in self.merchants if one.open(now) and self.may(Right.READ, one.team, one.id))
        return Scope(frozenset(one.id for one in seen), self.teams)


def counted(role: Role, merchant: str = "") -> Role:
    """The role as it counts there: owners own a whole team, and whoever is called one of a single merchant is its lead."""
    return Role.LEAD if merchant and role is Role.OWNER else role


def _stronger(one: Role | None, other: Role | None) -> Role | None:
    found = [role for role in Role if role in (one, other)]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Binding:
    """What a group, or one topic of it, is for. `ceiling` is the policy set for it: it narrows, and never widens."""

    chat: str
    team: str
    merchant: str = ""
    topic: int = 0
    """0 is the whole group."""
    ceiling: Policy = Policy.MERCHANT

    @property
    def policy(self) -> Policy:
        """The most that this binding by itself lets the group see."""
        return min(self.ceiling, Policy.MERCHANT if self.merchant else Policy.TEAM)


def group_scope(bindings: Collection[Binding], topic: int | None, open_merchants: Collection[str]) -> Scope:
    """What a group may be shown in a topic: its own binding or else the group's, never more than any policy set for either.

    `open_merchants` are those whose authorisation holds. A group that is not bound reads the handbook alone.
    """
    here = {one.topic: one for one in bindings if one.topic in (0, topic or 0)}
    bound = here.get(topic or 0, here.get(0))
    if bound is None:
        return Scope()
    policy = min(bound.policy, *(one.ceiling for one in here.values()))
    merchants = {bound.merchant} if policy >= Policy.MERCHANT else set()
    teams = {bound.team} if policy >= Policy.TEAM else set()
    return Scope(frozenset(merchants.intersection(open_merchants)), frozenset(teams))
