"""Who may be shown what: a second reading of the rules in plain sets, which shares no line with the product's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.office_desk import ONE, OWNER, RIVAL, ROLES, TEAM_OF, TWO
from tests.stories.leaks.tokens import found_in, named_in

LEADING = ("owner", "lead")


class Leak(AssertionError):
    """Somebody was shown, or did, what is not theirs."""


@dataclass
class Code:
    """An invitation as it was made."""

    team: str
    merchant: str
    role: str
    by: str
    until: datetime
    uses: int
    revoked: bool = False


@dataclass
class Feed:
    """A feed as it was made: it may write to one session, or where that is empty to all of the team."""

    id: str
    team: str
    session: str
    merchant: str
    revoked: bool = False


@dataclass
class Oracle:
    """What is true at this moment. `roles` by (person, team, merchant); `times` by merchant; `bound` by (chat, topic)."""

    roles: dict[tuple[str, str, str], str] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    times: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    bound: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def filled(cls, now: datetime, until: datetime) -> Oracle:
        """As `office_desk` fills the database."""
        roles = {(person, team, merchant): role.value for person, team, role, merchant in ROLES}
        roles |= {(OWNER, ONE, ""): "owner", (RIVAL, TWO, ""): "owner"}
        return cls(roles, times={merchant: (now, until) for merchant in TEAM_OF})

    def knows(self, person: str, merchant: str) -> bool:
        """Whether the person may know that there is this merchant."""
        if person in self.blocked or merchant in self.gone:
            return False
        team = TEAM_OF[merchant]
        return (person, team, merchant) in self.roles or self.roles.get((person, team, "")) in LEADING

    def reads(self, person: str, owner: str, now: datetime) -> bool:
        """Whether the person may read this merchant, or this team's handbook."""
        if owner not in TEAM_OF:
            return person not in self.blocked and any(who == person and team == owner for who, team, _ in self.roles)
        return self.knows(person, owner) and self.open(owner, now)

    def shows(self, chat: str, topic: int | None, owner: str, now: datetime) -> bool:
        """Whether a group may be shown this merchant, or this team's handbook."""
        here = self.bound.get((chat, topic or 0)) or self.bound.get((chat, 0))
        if here is None:
            return False
        ceilings = [bound[2] for (where, at), bound in self.bound.items() if where == chat and at in (0, topic or 0)]
        if owner in TEAM_OF:
            return here[1] == owner and min(ceilings) == 2 and self.open(owner, now)
        return here[0] == owner and min(ceilings) >= 1

    def manages(self, person: str, team: str, merchant: str = "", *, owns: bool = False) -> bool:
        """Whether the person may change something there."""
        if person in self.blocked:
            return False
        held = {self.roles.get((person, team, "")), self.roles.get((person, team, merchant))}
        return bool(held & ({"owner"} if owns else set(LEADING)))

    def open(self, merchant: str, now: datetime) -> bool:
        """Whether the merchant is there and has authorised its team."""
        begins, ends = self.times[merchant]
        return merchant not in self.gone and begins <= now < ends

    def check(self, text: str, chat: str, topic: int | None, now: datetime, *, private: bool) -> None:
        """Raise Leak when a text that is shown now holds what its readers may not read."""
        for owner in found_in(text):
            allowed = self.reads(chat, owner, now) if private else self.shows(chat, topic, owner, now)
            if not allowed:
                raise Leak(f"{owner} in {chat}/{topic}: {text[:120]}")
        for owner in named_in(text):
            allowed = self.knows(chat, owner) if private else self.shows(chat, topic, owner, now)
            if not allowed:
                raise Leak(f"the name of {owner} in {chat}/{topic}: {text[:120]}")

    def require(self, allowed: bool, what: str) -> None:
        """Raise Leak when somebody has done what they may not."""
        if not allowed:
            raise Leak(f"not allowed, but done: {what}")
