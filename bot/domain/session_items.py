"""The items of one live session: when each is pushed, due and reminded of, and what may happen to it. No clock, no I/O.

A card is one message that lists items; they are pushed in few cards, because a group that is written to ten times before every
session stops reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

from bot.domain.checklists import Evidence, Item, Stage, occurrences
from bot.domain.rhythm import NEAR_GO_LIVE, Rhythm
from bot.domain.sessions import LiveSession, Status

DAY = timedelta(days=1)
DAY_LEAD = timedelta(hours=10)
"""What is due in days comes on the morning of its day."""
AFTERNOON = timedelta(hours=2)
AFTERNOON_CARD = timedelta(hours=5)
"""What is due on the day itself, but more than two hours before go-live, comes in one card five hours before;"""
LAST_CARD = timedelta(minutes=90)
"""and the rest in one card ninety minutes before;"""
AHEAD = timedelta(hours=1)
"""each of them earlier where it would else come after it is due, or in the same moment."""
FIRST_HOUR = timedelta(hours=1)
"""What is due once in the first hour after go-live, or after the end, comes in one card at that moment."""
SHORT_LEAD = timedelta(minutes=10)
NEXT_DAY_LEAD = timedelta(hours=4)
HALF_HOUR = timedelta(minutes=30)
FAST = timedelta(minutes=15)
"""What comes back more often than that is pushed half an hour's worth at a time, or the group gets a card every five minutes;
nobody is reminded of it: by then the next one is due."""
OVERRUN = timedelta(hours=6)
"""Items that come back are laid out so far beyond the planned end: sessions run over; the end takes away what is left."""
OVERDUE = timedelta(minutes=30)
"""So long after the planned end nothing is pushed any more by itself: most of such sessions are over, and people asleep."""
BELIEVED = timedelta(hours=2)
"""So far ahead lists go on once somebody has shown that the session still runs."""
REMIND_AGAIN = timedelta(hours=2)
"""An item that is still open so long after the first reminder goes to the operator, and so long after that to a lead;"""
TIME_TO_DO = timedelta(hours=1)
"""Nothing is overdue sooner after planning than that, or than half the time to go-live: whoever plans late has had no chance."""
REMIND_SHARE = 4
REMIND_SOONEST = timedelta(minutes=5)
"""before go-live after a quarter of the time that is left, at least five minutes."""


_STAGE_ORDER = tuple(Stage)
_STAGES = {Status.PLANNED: Stage.BEFORE, Status.LIVE: Stage.DURING, Status.ENDED: Stage.AFTER}


class State(StrEnum):
    """Where an item stands. UNCONFIRMED: done, says one person, and a second has to nod."""

    OPEN = "open"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"
    SKIPPED = "skipped"


class Level(IntEnum):
    """Who has been reminded so far."""

    NOBODY = 0
    PERSON = 1
    OPERATOR = 2
    LEAD = 3


@dataclass(frozen=True, slots=True)
class SessionItem:
    """One occurrence of one item in one session; a copy, so that a handbook changed meanwhile changes no session under way.

    `slot` counts the occurrences of an item that comes back, from 0. `push_at` is None while it cannot be pushed (what belongs
    to a stage that has not begun). `person` is who has to do it. `by` and `at` say who set the state and when; `proof` holds
    the number, the photo's file id or the confirming person; `reason` why it does not apply. `remind_at` is None where nobody
    is to be reminded any more.
    """

    session: str
    id: str
    slot: int
    stage: Stage
    text: str
    why: str
    role: str
    evidence: Evidence
    number: str
    blocking: bool
    section: str
    due_at: datetime
    push_at: datetime | None
    person: str
    state: State = State.OPEN
    by: str = ""
    at: datetime | None = None
    proof: str = ""
    reason: str = ""
    pushed_at: datetime | None = None
    remind_at: datetime | None = None
    reminded: Level = Level.NOBODY

    @property
    def settled(self) -> bool:
        """Done, or not applicable."""
        return self.state in (State.DONE, State.SKIPPED)

    @property
    def key(self) -> tuple[str, int]:
        """What tells it apart within its session."""
        return self.id, self.slot


def laid_out(session: LiveSession, items: Iterable[Item], rhythm: Rhythm) -> tuple[SessionItem, ...]:
    """Every occurrence of every item of the session's variant, by when it is due.

    Before go-live the items of the later stages have their expected times and no `push_at`. Times follow the actual go-live
    and end as soon as there are such.
    """
    found = [one for item in items for one in _occurrences(session, item, rhythm)]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.id, one.slot)))


def numbers(items: Iterable[SessionItem]) -> dict[str, int]:
    """The number of each item of a session, by id, given all of its items: the same on every card, so that people can say it.

    Items count from 1 through before, during and after, each by when it is due first.
    """
    first: dict[str, tuple[int, datetime, str]] = {}
    for one in items:
        place = (_STAGE_ORDER.index(one.stage), one.due_at, one.id)
        first[one.id] = min(first.get(one.id, place), place)
    return {id: number for number, id in enumerate(sorted(first, key=first.__getitem__), 1)}


def retimed(session: LiveSession, items: Iterable[SessionItem], rhythm: Rhythm) -> tuple[SessionItem, ...]:
    """The items of a planned session in another rhythm: when those before go-live are pushed, as far as they have not been."""
    return tuple(_retimed(session, item, rhythm) for item in items)


def _retimed(session: LiveSession, item: SessionItem, rhythm: Rhythm) -> SessionItem:
    if item.stage is not Stage.BEFORE or item.push_at is None or item.pushed_at is not None:
        return item
    remind_at = item.remind_at and first_reminder(session, item.due_at, rhythm)
    return replace(item, push_at=_before(session, item.due_at, rhythm), remind_at=remind_at)


def moved(old: Iterable[SessionItem], new: Iterable[SessionItem]) -> tuple[SessionItem, ...]:
    """The items as laid out anew, with what has happened to them; what is settled and has no place any more stays as it was.

    An item that was pushed is not pushed again; one that is not due any more is reminded of again when it is.
    """
    before = {one.key: one for one in old}
    merged = [_carried(before.pop(one.key, None), one) for one in new]
    return (*merged, *(one for one in before.values() if one.state is not State.OPEN))


def _carried(old: SessionItem | None, new: SessionItem) -> SessionItem:
    if old is None:
        return new
    again = new.due_at > old.due_at or not old.reminded
    over = old.settled or new.remind_at is None
    return replace(
        new, person=old.person or new.person, state=old.state, by=old.by, at=old.at, proof=old.proof, reason=old.reason,
        pushed_at=old.pushed_at, reminded=Level.NOBODY if again else old.reminded,
        remind_at=None if over else new.remind_at if again else old.remind_at,
    )  # fmt: skip


def _occurrences(session: LiveSession, item: Item, rhythm: Rhythm) -> Iterator[SessionItem]:
    end = session.ends_at
    if item.stage is Stage.DURING and session.ended_at is None and session.variant in item.due:
        end = end + OVERRUN if item.due[session.variant].every else end
    for slot, due in enumerate(occurrences(item, session.variant, session.go_live, end)):
        at = due.astimezone(UTC)
        push_at = push_time(session, item, at, rhythm)
        if push_at and item.stage is Stage.DURING and push_at >= session.ends_at + OVERDUE:
            push_at = None  # until `gone_on`
        # What is not to be pushed yet, or not any more, nobody has seen or has to see to.
        remind_at = None if push_at is None else _reminder(session, item, at, rhythm)
        yield SessionItem(
            session.id, item.id, slot, item.stage, item.text, item.why, item.role, item.evidence, item.number, item.blocking,
            item.section, at, push_at, session.post(item.role).person, remind_at=remind_at,
        )  # fmt: skip


def gone_on(session: LiveSession, items: Iterable[SessionItem], now: datetime) -> tuple[SessionItem, ...]:
    """The items once somebody has shown at `now` that a session beyond its planned end still runs: lists go on for a while.

    What was due before that stays unsaid.
    """
    items = tuple(items)
    if session.status is not Status.LIVE or now < session.ends_at:
        return items
    first = {one.id: one.due_at for one in items if one.slot == 0}
    every = {one.id: one.due_at - first[one.id] for one in items if one.slot == 1 and one.id in first}
    return tuple(_gone_on(session, one, every.get(one.id), now) for one in items)


def _gone_on(session: LiveSession, item: SessionItem, every: timedelta | None, now: datetime) -> SessionItem:
    held = item.stage is Stage.DURING and item.state is State.OPEN and item.push_at is None
    if not held or not now < item.due_at <= now + BELIEVED:
        return item
    if every is None:
        return replace(item, push_at=_once(session, item.due_at), remind_at=item.due_at)
    return replace(item, push_at=_repeated(session, item.due_at, every), remind_at=_between(item.due_at, every))


def _reminder(session: LiveSession, item: Item, due: datetime, rhythm: Rhythm) -> datetime | None:
    every = _every(session, item)
    return first_reminder(session, due, rhythm) if every is None else _between(due, every)


def _between(due: datetime, every: timedelta) -> datetime | None:
    return None if every < FAST else due + every / 2  # it is pushed when it is due, and not reminded of in the same breath


def _every(session: LiveSession, item: Item) -> timedelta | None:
    every = item.due[session.variant].every
    return None if every is None else timedelta(seconds=every)


def push_time(session: LiveSession, item: Item, due: datetime, rhythm: Rhythm) -> datetime | None:
    """When the item is pushed, in UTC; None while its stage has not begun, and when it is over."""
    if item.stage is Stage.DURING:
        return _during(session, item, due) if session.status is Status.LIVE else None
    if item.stage is Stage.AFTER:
        return _after(session, due, rhythm) if session.status is Status.ENDED else None
    return _before(session, due, rhythm) if session.status is Status.PLANNED else None


def _before(session: LiveSession, due: datetime, rhythm: Rhythm) -> datetime:
    go_live = session.go_live.astimezone(UTC)
    before = go_live - due
    if before >= DAY:
        return rhythm.shifted(due - DAY_LEAD, due=due, whose=session.id)
    if before < AFTERNOON:
        return min(go_live - LAST_CARD, due - SHORT_LEAD)
    card = go_live - AFTERNOON_CARD
    return card if due - AHEAD >= card else rhythm.shifted(due - AHEAD, due=due, whose=session.id)


def _during(session: LiveSession, item: Item, due: datetime) -> datetime:
    every = _every(session, item)
    if every is not None:
        return _repeated(session, due, every)
    return _once(session, due)


def _once(session: LiveSession, due: datetime) -> datetime:
    go_live = session.go_live.astimezone(UTC)
    return go_live if go_live <= due <= go_live + FIRST_HOUR else max(due - SHORT_LEAD, go_live)


def _repeated(session: LiveSession, due: datetime, every: timedelta) -> datetime:
    go_live = session.go_live.astimezone(UTC)
    # The half hour that it belongs to ends with the moment itself: 20:05 to 20:30 come at 20:00.
    return due if every >= FAST else max(go_live, go_live + (-(-(due - go_live) // HALF_HOUR) - 1) * HALF_HOUR)


def _after(session: LiveSession, due: datetime, rhythm: Rhythm) -> datetime:
    end = session.ends_at.astimezone(UTC)
    if due - end <= FIRST_HOUR:
        return end
    return max(end, rhythm.shifted(due - (DAY_LEAD if due - end >= DAY else NEXT_DAY_LEAD), due=due, whose=session.id))


def overtaken(item: SessionItem, items: Iterable[SessionItem], now: datetime) -> bool:
    """Whether it is one of those that come back, and the next one is due by now."""
    return any(one.id == item.id and one.slot == item.slot + 1 and one.due_at <= now for one in items)


def alongside(item: SessionItem, items: Iterable[SessionItem], now: datetime) -> tuple[SessionItem, ...]:
    """What one deed on an item that comes back is about as well: of an open one all that is past, else what was set with it."""
    others = [one for one in items if one.id == item.id and one.slot != item.slot and one.state is item.state]
    if item.state is State.OPEN:
        return tuple(one for one in others if one.due_at <= now and one.push_at is not None)
    return tuple(one for one in others if (one.by, one.at) == (item.by, item.at))


def timely(session: LiveSession, item: SessionItem) -> bool:
    """Whether the item belongs to what the session is at: before, during, after; never when it was cancelled."""
    return _STAGES.get(session.status) is item.stage


def due_by(session: LiveSession, due: datetime) -> datetime:
    """Until when what is due then by the handbook is to be done in a session that may have been planned late."""
    if session.planned_at is None or session.planned_at >= session.go_live:
        return due
    return max(due, session.planned_at + min(TIME_TO_DO, (session.go_live - session.planned_at) / 2))


def first_reminder(session: LiveSession, due: datetime, rhythm: Rhythm) -> datetime:
    """When whoever has to do it is reminded: when it is due; in quiet hours far from the session, at their end."""
    due = due_by(session, due)
    return due if _at_work(session, due) else rhythm.shifted(due, due=datetime.max.replace(tzinfo=UTC), whose=session.id)


def next_reminder(session: LiveSession, item: SessionItem, now: datetime, rhythm: Rhythm) -> datetime | None:
    """After somebody was reminded at `now`: when the next one is, or None when a lead has been."""
    if item.reminded >= Level.LEAD:
        return None
    left = session.go_live - now
    wait = min(REMIND_AGAIN, max(left / REMIND_SHARE, REMIND_SOONEST)) if left > timedelta(0) else REMIND_AGAIN
    at = now + wait
    return at if _at_work(session, at) else rhythm.shifted(at, due=datetime.max.replace(tzinfo=UTC), whose=session.id)


def _at_work(session: LiveSession, moment: datetime) -> bool:
    return session.go_live - NEAR_GO_LIVE <= moment <= session.ends_at


def open_blocking(items: Iterable[SessionItem]) -> tuple[SessionItem, ...]:
    """What still stands against going live, by when it is due."""
    standing = (one for one in items if one.blocking and not one.settled)
    return tuple(sorted(standing, key=lambda one: (one.due_at, one.id)))
