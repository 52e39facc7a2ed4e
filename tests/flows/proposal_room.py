"""Sessions of the past with tips that people judged: a comment rate that dips, a little or far, and what was tapped then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.config import BUILT_IN_HANDBOOK
from bot.domain.audit import Deed, Entry
from bot.domain.decisions import Decision
from bot.domain.lookout import Spoken, watched_of
from bot.domain.nudges import Rule
from bot.domain.rule_trial import Past, told
from bot.domain.running_order import RunningOrder
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.flows.tip_facts import stored_tip
from bot.following import read_reference
from bot.storage.database import Database
from bot.storage.nudges import Kept, Nudges, StoredTip
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from tests.domain.live import SHANGHAI, session
from tests.domain.rule_room import STEADY

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
FIGURES = [*REFERENCE.metrics, *REFERENCE.inputs]
MINUTE = timedelta(minutes=1)
DIP = 6
"""Minutes that a dip lasts."""


@dataclass(frozen=True, slots=True)
class Dip:
    """From a minute on the rate is another; of the tip that comes of it somebody says that it is useful, useless, or nothing."""

    minute: int
    rate: float
    said: str = ""
    over: int = 10
    """Minutes after the tip at which its sign is over."""
    lead: int = 0
    """So many minutes before it the rate is a little above the limit already."""


MILD = (Dip(30, 0.0046, "useless"), Dip(60, 0.0047, "useless"), Dip(90, 0.002, "useful"), Dip(120, 0.0046, "useless"))
"""A limit of 0.5 % is too high: what lies just below it helps nobody, and what lies far below it does."""


def samples(begin: datetime, dips: Sequence[Dip], minutes: int = 160) -> Iterator[Sample]:
    """The room of `rule_room`, with so many viewers that chance explains nothing."""
    for minute in range(minutes):
        values = {name: float(figure(minute)) for name, figure in STEADY.items()} | {"watch_uv": 100_000.0 * minute}
        for dip in dips:
            if dip.minute - dip.lead <= minute < dip.minute:
                values["comment_rate"] = 0.0053
            if dip.minute <= minute < dip.minute + DIP:
                values["comment_rate"] = dip.rate
        yield Sample(begin + minute * MINUTE, values)


def planned(id: str, begin: datetime, team: str, merchant: str, **changes: object) -> LiveSession:
    """A session that goes live then."""
    return session(
        id=id, team=team, merchant=merchant, starts_at=begin, began_at=begin, status=Status.LIVE, posts=(), **changes
    )  # fmt: skip


async def held(
    database: Database, one: LiveSession, dips: Sequence[Dip] = MILD, rule: str = "N10", rules: Sequence[Rule] = REFERENCE.rules
) -> tuple[StoredTip, ...]:
    """Let a session have been: its samples, the tips that the rule tells in it, what was tapped, its end."""
    sessions, begin = Sessions(database), one.go_live
    entry = Entry(begin, "telegram:9", Deed.REFUSED, "telegram:9", one.team, one.merchant, one.id)
    assert await sessions.add(one, [], entry)
    rows = list(samples(begin, dips))
    assert await Samples(database).add(one.id, rows, begin) is not None
    past = Past(watched_of(one, RunningOrder(())), [(row.at.timestamp(), row.values) for row in rows])
    found = []
    for example in told({rule}, rules, FIGURES, [past]):
        dip = min(dips, key=lambda dip, at=example.at: abs(begin.timestamp() + dip.minute * 60 - at))  # type: ignore[misc]
        decision = Decision(example.rule, example.at, None, example.values, example.thresholds)
        tip = stored_tip(one, Spoken(decision, example.at))
        said, at = {"useful": ("acked_by", "acked_at"), "useless": ("useless_by", "useless_at")}, tip.decided_at
        if dip.said:
            by, when = said[dip.said]
            tip = replace(tip, **{by: "telegram:3", when: at + MINUTE}, recovered_at=at + dip.over * MINUTE)
        found.append(tip)
    assert len(found) == len(dips)
    await Nudges(database).keep(one.id, Kept({}, rows[-1].at, tips=found), rows[-1].at)
    ended = replace(one, status=Status.ENDED, ended_at=begin + 160 * MINUTE, revision=one.revision + 1)
    assert await sessions.save(ended, None, entry)
    return tuple(found)


def monday(now: datetime) -> datetime:
    """The last Monday, at eleven in Shanghai, that is not after a moment."""
    local = now.astimezone(SHANGHAI)
    at = datetime.combine(local.date() - timedelta(days=local.weekday()), datetime.min.time(), SHANGHAI).replace(hour=11)
    return at if at <= local else at - timedelta(days=7)
