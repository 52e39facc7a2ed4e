"""Whether a rule should be another one: what people did with its tips, what a replay comes to, and which change is proposed.

Nothing here changes a rule. Evidence is an interval, never a raw share: of eight tips six may be wrong by chance. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from statistics import median
from zoneinfo import ZoneInfo

from bot.domain.candidates import Candidate, Way
from bot.domain.decisions import Source
from bot.domain.learning import WITHIN, Share
from bot.domain.nudges import Rule, Severity
from bot.domain.rhythm import Rhythm

BACK = timedelta(days=28)
"""How old the tips are at most that speak for a change, how long a proposal waits, and how long its rule then rests."""
LEAST_JUDGED = 8
"""Judged tips that a proposal needs, and of them that the replay finds again."""
LEAST_SESSIONS = 3
"""Sessions that they come from: one bad evening is no pattern."""
WRONG = 0.5
"""A rule whose share of right tips is surely below this is wrong more often than right."""
RIGHT = 0.7
"""One whose share is surely above this is nearly always acted on."""
IN_TIME = 0.5
"""... and known too late, where surely fewer of their signs than this were over within `WITHIN`."""
GOES = 0.25
"""So large a share of the tips that were of no use has surely to go."""
LOST = 0.1
"""Of the tips that were taken at most so many may go: none of fewer than ten."""
NEARLY = 0.8
"""The mildest change is taken that does so much of what the best one does."""
SOONER = 120.0
"""Seconds that a tip has to come earlier in order to count as earlier."""
MORE = 0.25
"""A looser rule may tell so much more, as a share of before."""
EARLIER, LATER = 900.0, 300.0
"""Seconds by which a replayed tip may come before or after one that was told and still be the same."""
KEPT_IDS = 3
MOST = 3
"""Proposals of one week."""
AT = time(10)
"""When on Monday they are made: before the noon sessions, with the week behind."""
CATCH_UP = timedelta(days=5)
"""How long after that it is still worth doing when nothing ran; later the next week's is near."""

Moment = tuple[str, float]
"""A session, and seconds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A tip that somebody judged: `useful` was taken and not called useless. `over` says whether its sign was over within
    `WITHIN`, None where the session ended before that. `sources` are where its limits came from.
    """

    id: str
    session: str
    at: float
    useful: bool
    over: bool | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change comes to: tips `before` and `after`; of those that people judged and the replay finds again, how many were
    `useful` and of these `kept`, how many `useless` and of these `gone`. `sooner` of the useful ones come earlier, by `earlier`
    seconds in the middle. `examples` are ids of tips by what becomes of them: gone, lost, kept.
    """

    before: int = 0
    after: int = 0
    useful: int = 0
    kept: int = 0
    useless: int = 0
    gone: int = 0
    sooner: int = 0
    earlier: float = 0.0
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Useful tips that would not come any more."""
        return self.useful - self.kept


class State(StrEnum):
    """How a proposal stands."""

    OPEN = "open"
    ADOPTED = "adopted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposal. `merchant` is empty where it is about the rules of the whole team; `merchants` are all those whose figures
    are in it. `was` and `becomes` say the limit before and after, `written` is what the sheet gets, `fingerprint` that of the
    rule which it was made for. `right` and `wrong` are judged tips of `BACK`; the replay was over `sessions` and `hours`.
    """

    id: str
    team: str
    merchant: str
    merchants: tuple[str, ...]
    week: date
    rule: str
    way: Way
    limit: str
    was: str
    becomes: str
    written: str
    fingerprint: str
    right: int
    wrong: int
    sessions: int
    hours: float
    outcome: Outcome
    made_at: datetime
    state: State = State.OPEN
    by: str = ""
    at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether somebody may still decide about it."""
        return self.state is State.OPEN and now - self.made_at < BACK


def may_change(rule: Rule) -> bool:
    """Whether changes of a rule are ever proposed: not where missing one tip costs more than many needless ones."""
    return rule.severity not in (Severity.HIGH, Severity.CRITICAL) and not rule.lawful


def precision(judged: Sequence[Judged]) -> Share:
    """How many were right."""
    return Share(sum(one.useful for one in judged), len(judged))


def way_of(judged: Sequence[Judged]) -> Way | None:
    """In which way the evidence says that a rule should be changed, None where it does not say."""
    if len(judged) < LEAST_JUDGED or len({one.session for one in judged}) < LEAST_SESSIONS:
        return None
    low, high = precision(judged).interval
    if high < WRONG:
        return Way.STRICTER
    seen = [one.over for one in judged if one.useful and one.over is not None]
    in_time = Share(sum(seen), len(seen)).interval[1]
    return Way.LOOSER if low > RIGHT and in_time < IN_TIME else None


def sources_of(judged: Sequence[Judged]) -> dict[str, Source]:
    """By limit where its figure came from most often."""
    counts: dict[str, Counter[Source]] = {}
    for one in judged:
        for name, source in one.sources.items():
            counts.setdefault(name, Counter())[source] += 1
    return {name: found.most_common(1)[0][0] for name, found in counts.items()}


def outcome(judged: Sequence[Judged], before: Sequence[Moment], after: Sequence[Moment]) -> Outcome:
    """Hold what people judged against two replays of the same sessions."""
    was = _matched({one.id: (one.session, one.at) for one in judged}, before)
    still = _matched(was, after)
    again = [one for one in judged if one.id in was]
    useful, useless = [one.id for one in again if one.useful], [one.id for one in again if not one.useful]
    kept, lost, gone = (
        [id for id in useful if id in still], [id for id in useful if id not in still], [id for id in useless if id not in still],
    )  # fmt: skip
    leads = [lead for id in kept if (lead := was[id][1] - still[id][1]) >= SOONER]
    examples = {name: tuple(ids[:KEPT_IDS]) for name, ids in (("gone", gone), ("lost", lost), ("kept", kept))}
    return Outcome(
        len(before), len(after), len(useful), len(kept), len(useless), len(gone), len(leads), median(leads) if leads else 0.0,
        examples,
    )  # fmt: skip


def chosen(way: Way, tried: Sequence[tuple[Candidate, Outcome]]) -> tuple[Candidate, Outcome] | None:
    """The mildest change that does nearly as much as any; None where none does enough."""
    fit = [one for one in tried if _fits(way, one[1])]
    if not fit:
        return None
    most = max(_gain(way, one) for _, one in fit)
    enough = [one for one in fit if _gain(way, one[1]) >= NEARLY * most]
    return min(enough, key=lambda one: (one[1].lost, one[0].size, one[0].limit))


def fingerprint(rule: Rule) -> str:
    """What tells a rule from itself after a change of when it speaks."""
    recovered = rule.recovered.text if rule.recovered else ""
    limits = sorted((name, repr(limit)) for name, limit in rule.limits.items())
    said = [rule.id, rule.when.text, recovered, rule.hold, rule.min_samples, rule.cooldown, rule.not_before, limits]
    said += [sorted(rule.phases), sorted(rule.quiet_during), rule.severity.value]
    return blake2b(repr(said).encode(), digest_size=8).hexdigest()


def due_week(now: datetime, rhythm: Rhythm) -> date | None:
    """The Monday whose proposals are to be made now if they were not yet; None in quiet hours and when it is too late."""
    zone = ZoneInfo(rhythm.zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    wanted = datetime.combine(monday, AT, zone)
    start = rhythm.shifted(wanted, due=wanted + timedelta(days=1))
    return monday if start <= now < start + CATCH_UP and not rhythm.quiet(now) else None


def over_in_time(decided: datetime, recovered: datetime | None, ended: datetime | None) -> bool | None:
    """Whether a sign was over within `WITHIN`; None where the session had ended before that could show."""
    if recovered is not None:
        return recovered - decided <= WITHIN
    return None if ended is not None and ended - decided < WITHIN else False


def _matched(wanted: Mapping[str, Moment], told: Sequence[Moment]) -> dict[str, Moment]:
    """By id the replayed tip that is the same one, each for one at most: the nearest that is not taken yet."""
    left = list(told)
    found: dict[str, Moment] = {}
    for id, (session, at) in sorted(wanted.items(), key=lambda one: one[1]):
        near = [one for one in left if one[0] == session and -EARLIER <= one[1] - at <= LATER]
        if near:
            found[id] = min(near, key=lambda one: abs(one[1] - at))
            left.remove(found[id])
    return found


def _fits(way: Way, one: Outcome) -> bool:
    if one.useful + one.useless < LEAST_JUDGED or one.lost > LOST * one.useful:
        return False
    if way is Way.STRICTER:
        return one.after < one.before and Share(one.gone, one.useless).interval[0] >= GOES
    return 2 * one.sooner >= one.useful and one.after <= one.before * (1 + MORE)


def _gain(way: Way, one: Outcome) -> int:
    return one.gone if way is Way.STRICTER else one.sooner
