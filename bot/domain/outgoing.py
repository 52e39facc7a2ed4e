"""How each kind of message is sent: what goes first, how fast, when again, when no longer.

Pure decisions with `now` as an argument. Knows nothing about Telegram's API, rows or tasks; the limits are
Telegram's, because every platform that we send to is at least as generous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a message is to the person who gets it."""

    TIP = "tip"
    ANSWER = "answer"
    NOTICE = "notice"
    EDIT = "edit"
    REDRAW = "redraw"
    CHECKLIST = "checklist"
    DIGEST = "digest"
    CHART = "chart"


class Priority(IntEnum):
    """What goes first when not everything can go at once; the smallest number does."""

    LIVE = 0
    ASKED = 1
    DUE = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one kind is handled.

    `stale_after`: how long after it was written a message is still worth sending, unless the writer says so
    itself. `max_repeats`: how many times it is sent again when nobody knows whether it arrived. `coalesce`: the word under
    which those that wait for one chat go as one, unless the writer gives another; empty where each goes by itself.
    """

    priority: Priority
    stale_after: timedelta
    max_repeats: int
    coalesce: str = ""


# Twelve repeats with the waits of `repeat_at` bridge half an hour to an hour in which every reply is lost.
# A live tip is about the last minutes: late it misleads, and twice it is spam. A digest twice is spam as well.
CONDUCT: Mapping[Kind, Conduct] = MappingProxyType(
    {
        Kind.TIP: Conduct(Priority.LIVE, timedelta(minutes=3), 1),
        Kind.ANSWER: Conduct(Priority.ASKED, timedelta(hours=24), 12),
        Kind.NOTICE: Conduct(Priority.ASKED, timedelta(hours=24), 12),
        Kind.EDIT: Conduct(Priority.ASKED, timedelta(hours=24), 12),
        Kind.CHECKLIST: Conduct(Priority.DUE, timedelta(hours=24), 12),
        # A card that shows something old still lists the right things; whoever pressed was answered by a note on the screen.
        Kind.REDRAW: Conduct(Priority.LATER, timedelta(hours=24), 12),
        Kind.DIGEST: Conduct(Priority.LATER, timedelta(hours=12), 1, "digest"),
        # A picture beside a tip that says it all in words: late or twice it is worth nothing.
        Kind.CHART: Conduct(Priority.LATER, timedelta(minutes=2), 0),
    }
)


ROBOT = "robot"
"""The channel of group robots: a second way to a group's people, on another platform."""
MIRRORED = frozenset({Kind.TIP, Kind.CHECKLIST, Kind.DIGEST})
"""What a group's robots carry as well: pushes. An answer is for whoever asked, where they asked."""
COALESCED = frozenset({Kind.CHECKLIST, Kind.DIGEST})
"""What may go together with others of its kind; a tip or an answer always stands alone."""


def expiry(kind: Kind, written: datetime) -> datetime:
    """When a message of this kind is no longer worth sending, if its writer named no time."""
    return written + CONDUCT[kind].stale_after


def sent_again(kind: Kind, *, repeats: int, expires: datetime, at: datetime) -> bool:
    """Whether a message that may have arrived is sent again at `at`, after `repeats` repetitions so far."""
    return repeats < CONDUCT[kind].max_repeats and at < expires


BACKOFF_FIRST = timedelta(seconds=1)
# Nothing was sent, so trying again costs nothing; a minute is what a person still waits for after an outage.
BACKOFF_CAP = timedelta(minutes=1)
# Each repetition may be seen twice, so repetitions thin out.
REPEAT_CAP = timedelta(minutes=30)


def retry_at(now: datetime, attempts: int, *, asked: float | None, jitter: float) -> datetime:
    """When to try again after `attempts` (from 1) refusals.

    `asked` is the wait in seconds that the platform named, kept in full; `jitter` in 0..1 spreads the retries
    of many messages, over half the wait.
    """
    if asked is not None:
        return now + timedelta(seconds=max(asked, 0.0) + jitter)
    return now + _backoff(attempts, jitter, BACKOFF_CAP)


def repeat_at(now: datetime, repeats: int, *, jitter: float) -> datetime:
    """When to send again what may have arrived, after `repeats` repetitions so far; `jitter` in 0..1."""
    return now + _backoff(repeats + 1, jitter, REPEAT_CAP)


def _backoff(attempts: int, jitter: float, cap: timedelta) -> timedelta:
    doublings = min(max(attempts - 1, 0), 32)
    return min(BACKOFF_FIRST * (1 << doublings), cap) * (0.5 + jitter / 2)


def qualified(channel: str, chat: str) -> str:
    """The chat's name across channels, ``telegram:-100``; a name that is qualified already stays as it is."""
    return chat if chat.startswith(f"{channel}:") else f"{channel}:{chat}"


def own_id(chat: str) -> str:
    """The platform's own id of a qualified chat: ``-100`` of ``telegram:-100``."""
    return chat.partition(":")[2] or chat


def is_group(chat: str) -> bool:
    """Whether a qualified chat is a group; a group's own id is negative, and a robot always writes to one."""
    return chat.startswith(f"{ROBOT}:") or own_id(chat).startswith("-")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and one more each `interval`."""

    interval: timedelta
    burst: int


# Any span of a second (a minute for groups) holds at most burst + span / interval sends, so the platform's
# 30 a second for a bot is 5 + 25, and its 20 a minute for a group 5 + 15.
BOT_RATE = Rate(timedelta(milliseconds=40), 5)
GROUP_RATE = Rate(timedelta(seconds=4), 5)
CHAT_RATE = Rate(timedelta(seconds=1), 1)
# Without it a tip would wait its four seconds behind whatever else goes to its group, and a checklist behind redrawn cards.
RESERVE: Mapping[Priority, int] = MappingProxyType({Priority.LIVE: 0, Priority.ASKED: 1, Priority.DUE: 1, Priority.LATER: 2})
"""Sends to a group that a message leaves over for those that are more urgent."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket, kept as the moment when it is full again; that needs no refilling and no rounding."""

    rate: Rate
    full_at: datetime

    def ready_at(self, leaving: int = 0) -> datetime:
        """From when on one token is there, `leaving` so many over; of a bucket that is smaller, all that it holds."""
        return self.full_at - (self.rate.burst - min(1 + leaving, self.rate.burst)) * self.rate.interval

    def take(self, now: datetime, tokens: int = 1) -> Bucket:
        """The bucket after taking; more than it holds is a debt that the next sends wait for."""
        return replace(self, full_at=max(self.full_at, now) + tokens * self.rate.interval)


@dataclass(slots=True)
class Pacing:
    """The limits of one bot: its own, each chat's, each group's, and the waits that the platform asked for.

    `start` is any moment not in the future. Chats are qualified ids; a chat that may be sent to takes no memory.
    """

    start: datetime
    _bot: Bucket = field(init=False)
    _chats: dict[str, tuple[Bucket, ...]] = field(init=False, default_factory=dict)
    _holds: dict[str, datetime] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._bot = Bucket(BOT_RATE, self.start)

    def bot_ready_at(self) -> datetime:
        """From when on the bot may send at all."""
        return self._bot.ready_at()

    def take(self, chat: str, now: datetime, messages: int = 1) -> None:
        """Count `messages` that are sent to `chat` now."""
        self._bot = self._bot.take(now, messages)
        buckets = self._chats.get(chat) or _buckets(chat, now)
        self._chats[chat] = tuple(bucket.take(now, messages) for bucket in buckets)

    def hold(self, chat: str, until: datetime) -> None:
        """Send nothing to `chat` before `until`."""
        self._holds[chat] = max(until, self._holds.get(chat, until))

    def resting(self, now: datetime, priority: Priority = Priority.LIVE) -> dict[str, datetime]:
        """The chats that nothing of this priority may be sent to yet, each with the moment when that ends."""
        self._chats = {chat: buckets for chat, buckets in self._chats.items() if any(b.full_at > now for b in buckets)}
        self._holds = {chat: until for chat, until in self._holds.items() if until > now}
        ends = dict(self._holds)
        for chat, buckets in self._chats.items():
            ready = max(bucket.ready_at(RESERVE[priority]) for bucket in buckets)
            if ready > now:
                ends[chat] = max(ready, ends.get(chat, ready))
        return ends


def _buckets(chat: str, now: datetime) -> tuple[Bucket, ...]:
    rates = (CHAT_RATE, GROUP_RATE) if is_group(chat) else (CHAT_RATE,)
    return tuple(Bucket(rate, now) for rate in rates)
