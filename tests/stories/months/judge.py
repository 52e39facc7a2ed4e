"""What came of a month: every push that was due against what arrived, by nothing but the plan, the handbook and the arrivals."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select

from bot.domain.checklists import Item, Stage
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import laid_out
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.session_tables import cards, session_items, sessions
from bot.storage.sessions import Sessions
from bot.storage.tables import outbox, sent_messages
from tests.benchmarks.figures import percentile
from tests.stories.months.life import url
from tests.stories.months.plan import Month, moment
from tests.stories.months.platform import Arrival, arrivals

LATEST = 20
"""How many of the latest pushes are named."""
JUST = 3.0
"""Seconds: what is due no longer than that before its stage is over may be overtaken by it."""


@dataclass(frozen=True, slots=True)
class Death:
    """When the process died and when it was back, in seconds after the start."""

    at: float
    back: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`late`: seconds after a push was due, while nothing stood in its way; `caught_up`: seconds after what did was over."""

    kills: int
    sessions: int
    pushes: int
    lost: list[str]
    early: int
    messages: int
    repeated_after_lost_replies: int
    repeated_after_kills: int
    repeated_for_nothing: int
    late_p50: float
    late_p99: float
    late_most: float
    latest: list[str]
    caught_up_p99: float
    caught_up_most: float
    disturbed: int
    states: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """For whoever started this."""
        return asdict(self)


async def judge(folder: Path, month: Month, handbook: Sequence[Item], deaths: Sequence[Death]) -> Verdict:
    """Compare."""
    database = await Database.open(url(folder))
    arrived = arrivals(folder / "arrivals.jsonl")
    async with database.read() as db:
        sent = {(row.chat, row.message_id) for row in await db.execute(select(sent_messages.c.chat, sent_messages.c.message_id))}
        theirs = (outbox.c.key == cards.c.key) & (sent_messages.c.chat == cards.c.chat)
        query = (
            select(cards, sent_messages.c.message_id)
            .join(outbox, outbox.c.key == cards.c.key)
            .join(sent_messages, (sent_messages.c.outbox_id == outbox.c.id) & theirs)
        )
        shown = (await db.execute(query.where(cards.c.kind == "items"))).all()
        made = {row.id: row.made_at for row in await db.execute(select(sessions.c.id, sessions.c.made_at))}
        unpushed = select(session_items).where(session_items.c.pushed_at.is_(None), session_items.c.at.is_not(None))
        settled = {(row.session, row.item, row.slot): row.at for row in await db.execute(unpushed)}
        states = {row[0]: row[1] for row in await db.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))}
    known = [one for id in made if (one := await Sessions(database).known(id)) is not None]
    await database.close()

    first = _first(shown, arrived)
    spans = sorted([*((one.at, one.back) for one in deaths), *month.outages, *((at, at) for at in month.turns)])
    lost, caught = [], []
    late: list[tuple[float, str]] = []
    pushes = early = 0
    for session in known:
        for name, due, over in _due(session, handbook, made[session.id], moment(month.end)):
            awake = _awake(month, deaths, due)
            # Before anybody could push it its stage was over, or somebody had dealt with it.
            if any(end is not None and (end - awake).total_seconds() <= JUST for end in (over, settled.get(name))):
                continue
            pushes += 1
            got = first.get(name)
            if got is None:
                lost.append(f"{session.host} {name[1]}/{name[2]} due {due:%d %H:%M:%S}")
                continue
            seconds = (month.wall(got.at) - due).total_seconds()
            early += seconds < -JUST
            free = _over(spans, got.at - max(seconds, 0.0), got.at)
            if free is None:
                late.append((max(seconds, 0.0), f"{session.host} {name[1]}/{name[2]} due {due:%d %H:%M:%S} in {got.chat}"))
            else:
                caught.append(max(got.at - free, 0.0))
    late.sort()
    waits = [seconds for seconds, _ in late]
    surplus = [one for one in arrived if one.place not in sent]
    kinds = Counter(_why(one, deaths) for one in surplus)
    return Verdict(
        kills=len(deaths), sessions=len(known), pushes=pushes, lost=sorted(lost), early=early, messages=len(arrived),
        repeated_after_lost_replies=kinds["lost"], repeated_after_kills=kinds["kill"], repeated_for_nothing=kinds["nothing"],
        late_p50=percentile(waits, 0.5), late_p99=percentile(waits, 0.99), late_most=waits[-1],
        latest=[f"{seconds:.1f} s: {what}" for seconds, what in late[:-LATEST:-1]],
        caught_up_p99=percentile(caught or [0.0], 0.99), caught_up_most=max(caught, default=0.0), disturbed=len(caught),
        states=states,
    )  # fmt: skip


def _first(shown: Sequence[Row[Any]], arrived: Sequence[Arrival]) -> dict[tuple[str, str, int], Arrival]:
    """The first message in which each item arrived."""
    by_id = {one.place: one for one in arrived}
    first: dict[tuple[str, str, int], Arrival] = {}
    for row in shown:
        got = by_id.get((row.chat, row.message_id))
        for id, slot in row.items:
            name = (row.session, str(id), int(slot))
            if got is not None and (name not in first or got.at < first[name].at):
                first[name] = got
    return first


def _due(
    session: LiveSession, handbook: Sequence[Item], made: datetime, end: datetime
) -> Iterator[tuple[tuple[str, str, int], datetime, datetime | None]]:
    """Everything that has to be pushed for the session, from when on (not before it was planned), and when its stage was over."""
    if session.status is Status.CANCELLED:
        return
    rhythm = Rhythm()
    stages = {
        Stage.BEFORE: (replace(session, status=Status.PLANNED, began_at=None, ended_at=None), session.began_at),
        Stage.DURING: (replace(session, status=Status.LIVE, ended_at=None), session.ended_at),
        Stage.AFTER: (session, None),
    }
    for stage, (at_the_time, over) in stages.items():
        for one in laid_out(at_the_time, handbook, rhythm):
            if one.stage is not stage or one.push_at is None:
                continue
            due = max(one.push_at, made)
            if due <= end:
                yield (session.id, one.id, one.slot), due, over


def _awake(month: Month, deaths: Sequence[Death], due: datetime) -> datetime:
    """From when on somebody was there who could push what was due: at once, or after the deaths that came before the next beat,
    and after those that came before the beat after that."""
    awake = due
    for one in deaths:
        if month.wall(one.at) <= awake + timedelta(seconds=JUST) and month.wall(one.back) > awake:
            awake = month.wall(one.back)
    return awake


def _over(spans: Sequence[tuple[float, float]], begin: float, end: float) -> float | None:
    """When the last thing that stood in the way between two moments was over; None when nothing did."""
    last = bisect_right(spans, (end, float("inf")))
    return max((span[1] for span in spans[:last] if span[1] >= begin), default=None)


def _why(one: Arrival, deaths: Sequence[Death]) -> str:
    if one.lost:
        return "lost"
    # A message that arrived in the moment of the kill: nobody was left to write it down.
    return "kill" if one.life < len(deaths) and deaths[one.life].at - one.at < JUST else "nothing"
