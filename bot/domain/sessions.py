"""Live sessions: one broadcast, planned, live, ended or cancelled, and who holds which post in it. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.access import Scope, merchant_collection
from bot.domain.checklists import Variant
from bot.domain.plan_figures import PlanFigures

POSTS = ("操盘手", "主播", "助播", "中控", "场控", "投手", "客服", "货品专员", "数据员")
"""The nine posts, in the order of chapter 16; items of checklists name them."""
OPERATOR_POST = POSTS[0]


class Status(StrEnum):
    """Where a session stands. A DRAFT is nobody's business but its writer's; ENDED and CANCELLED are final."""

    DRAFT = "draft"
    PLANNED = "planned"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


SHOWN = tuple(status for status in Status if status is not Status.DRAFT)
"""What lists hold."""


@dataclass(frozen=True, slots=True)
class Post:
    """Who holds a post. `person` is a qualified id, empty for somebody who is only known by `name`."""

    role: str
    person: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A start although blocking items were open: who took it on, why, and which items (``B01``) they were."""

    by: str
    reason: str
    at: datetime
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One live session of one merchant.

    `starts_at` is when it shall go live, `length` how long it shall last, `zone` (IANA) the zone that both were said in.
    `operator` is the qualified id of the person who answers for it. `chat` and `topic` are the group that it is run in, empty
    for none. `goal` is the GMV aimed for, in yuan. `revision` counts changes, from 1; whatever was computed from an older one
    is stale. `series` is the id of the repetition that it comes from. `planned_at` is when it was planned, or begun as a draft.
    `figures` are what the plan sets besides the goal.
    """

    id: str
    team: str
    merchant: str
    host: str
    starts_at: datetime
    length: timedelta
    zone: str
    variant: Variant
    operator: str
    goal: int | None = None
    chat: str = ""
    topic: int | None = None
    posts: tuple[Post, ...] = ()
    status: Status = Status.PLANNED
    began_at: datetime | None = None
    ended_at: datetime | None = None
    series: str = ""
    revision: int = 1
    override: Override | None = None
    planned_at: datetime | None = field(default=None, compare=False)
    figures: PlanFigures = PlanFigures()

    @property
    def local_zone(self) -> ZoneInfo:
        """The session's time zone."""
        return ZoneInfo(self.zone)

    @property
    def go_live(self) -> datetime:
        """When it went live, or shall, in its own zone."""
        return (self.began_at or self.starts_at).astimezone(self.local_zone)

    @property
    def ends_at(self) -> datetime:
        """When it ended, or shall, in its own zone."""
        # In UTC: added to a local moment, the length would be that of the clock's hands, an hour off where they are moved.
        planned = (self.began_at or self.starts_at).astimezone(UTC) + self.length
        return (self.ended_at or planned).astimezone(self.local_zone)

    @property
    def over(self) -> bool:
        """Whether nothing can happen in it any more."""
        return self.status in (Status.ENDED, Status.CANCELLED)

    @property
    def collections(self) -> tuple[str, ...]:
        """What a message about the session is made from: only whoever may read the merchant may see it."""
        return (merchant_collection(self.merchant),)

    @property
    def people(self) -> tuple[str, ...]:
        """Qualified ids of the operator and everybody who holds a post, each once."""
        return tuple(dict.fromkeys((self.operator, *(post.person for post in self.posts if post.person))))

    def readable(self, scope: Scope) -> bool:
        """Whether the scope reaches it."""
        return self.merchant in scope.merchants

    def post(self, role: str) -> Post:
        """Who holds a post; the operator where nobody does, or where the holder is known by name only."""
        held = next((one for one in self.posts if one.role == role and one.person), None)
        return held or Post(role, self.operator)


def overlapping(sessions: tuple[LiveSession, ...], wanted: LiveSession) -> tuple[LiveSession, ...]:
    """Sessions of the same host, planned or live, whose time meets the wanted one's; itself left out, and none without a host."""
    return tuple(
        one
        for one in sessions
        if wanted.host
        and one.id != wanted.id
        and one.status in (Status.PLANNED, Status.LIVE)
        and one.merchant == wanted.merchant
        and one.host == wanted.host
        and one.go_live < wanted.ends_at
        and wanted.go_live < one.ends_at
    )
