"""Tips with what became of them, decisions with their reasons, and how far each watched session was decided.

What a few samples came to is one transaction: tips, their messages, decisions and the state to go on from. So a kill at any
moment neither loses a tip nor tells one twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Scope
from bot.domain.nudges import Severity
from bot.domain.sessions import Status
from bot.storage.cards import CardKind, Said, card_of, write_down
from bot.storage.database import Database
from bot.storage.effect_trials import Trial, end_trial, put_trials
from bot.storage.nudge_tables import decisions, tips, watches
from bot.storage.session_tables import cards, sessions
from bot.storage.tables import outbox
from bot.storage.upsert import insert

_STATES = insert(watches)
_STATES = _STATES.on_conflict_do_update(
    index_elements=["session"], set_={"state": _STATES.excluded.state, "upto": _STATES.excluded.upto}
)
URGENT = (Severity.HIGH, Severity.CRITICAL)
"""What somebody has to take."""


@dataclass(frozen=True, slots=True)
class StoredTip:
    """One tip as it stands. `figures` is what was known when it was decided; people are qualified ids, empty for nobody."""

    id: str
    session: str
    rule: str
    severity: Severity
    figures: Mapping[str, Any]
    decided_at: datetime
    acked_by: str = ""
    acked_at: datetime | None = None
    muted_until: datetime | None = None
    useless_by: str = ""
    useless_at: datetime | None = None
    escalated_at: datetime | None = None
    recovered_at: datetime | None = None
    recovered_value: float | None = None
    mute_over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What was decided about a rule: `reason` is empty for a tip. `values` fill in the reason's sentence."""

    session: str
    at: datetime
    rule: str
    stage: str
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What samples of a session came to: its `state` after those up to `upto`, decisions, tips, and what is said.

    `over` are rules of which the latest tip is over, with the moment and the figure; `trials` are tips that were drawn to be told
    or withheld. `answers` are messages that are said only
    where the one with another key was: who never heard of a gap need not hear that it is over.
    """

    state: Mapping[str, Any]
    upto: datetime
    decisions: Sequence[StoredDecision] = ()
    tips: Sequence[StoredTip] = ()
    over: Sequence[tuple[str, datetime, float | None]] = ()
    said: Sequence[Said] = ()
    answers: Sequence[tuple[str, Said]] = ()
    trials: Sequence[Trial] = ()


class Nudges:
    """All tips. Reads take the scope of whoever will see them; only the clock's own reads do without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, session: str, kept: Kept, now: datetime) -> int | None:
        """Write down what samples came to; returns how many messages are new.

        None, and nothing is written, when the session is not live any more.
        """
        return (await self.keep_all({session: kept}, now))[session]

    async def keep_all(self, kept: Mapping[str, Kept], now: datetime) -> dict[str, int | None]:
        """The same of many sessions, by their ids, in one transaction."""
        async with self._database.write() as db:
            wanted = select(sessions.c.id).where(sessions.c.id.in_([*kept]), sessions.c.status == Status.LIVE.value)
            live = set((await db.scalars(wanted)).all())
            new: dict[str, int | None] = {id: 0 if id in live else None for id in kept}
            if live:
                rows = [{"session": id, "state": dict(one.state), "upto": one.upto} for id, one in kept.items() if id in live]
                await db.execute(_STATES, rows)
            decided = [_decision_values(decision) for id, one in kept.items() if id in live for decision in one.decisions]
            if decided:
                await db.execute(insert(decisions).on_conflict_do_nothing(), decided)
            for id, one in kept.items():
                if id in live:
                    new[id] = await _put(db, id, one, now)
            return new

    async def say(self, session: str, said: Sequence[Said], now: datetime) -> int:
        """Write messages of a session down, if it is live still; returns how many are new."""
        async with self._database.write() as db:
            if await db.scalar(select(sessions.c.status).where(sessions.c.id == session)) != Status.LIVE.value:
                return 0
            return await write_down(db, said, now)

    async def escalate(self, tip: StoredTip, said: Sequence[Said], now: datetime) -> int:
        """Write down that a tip that nobody took was passed on, once; returns how many messages are new."""
        waits = (tips.c.id == tip.id) & tips.c.escalated_at.is_(None) & tips.c.acked_at.is_(None)
        async with self._database.write() as db:
            if not (await db.execute(update(tips).where(waits).values(escalated_at=now))).rowcount:
                return 0
            await stale_tip(db, tip.id, tip.session)
            return await write_down(db, said, now)

    async def change(self, tip: StoredTip, column: str, values: Mapping[str, Any], now: datetime) -> bool:
        """Change a tip, and draw it again; False when `column` says that somebody was faster. A mute that ran out is none."""
        set_ = tips.c[column]
        free = set_.is_(None) if column != "muted_until" else (set_.is_(None) | (set_ <= now))
        async with self._database.write() as db:
            if not (await db.execute(update(tips).where(tips.c.id == tip.id, free).values(**values))).rowcount:
                return False
            await stale_tip(db, tip.id, tip.session)
        return True

    async def one(self, id: str, *, scope: Scope) -> StoredTip | None:
        """A tip, None when there is none that the scope reaches."""
        found = await self._found(tips.c.id == id, scope=scope)
        return found[0] if found else None

    async def of(self, session: str, *, scope: Scope) -> tuple[StoredTip, ...]:
        """The tips of a session, oldest first; none of one that the scope does not reach."""
        return await self._found(tips.c.session == session, scope=scope)

    async def decided(self, session: str, *, scope: Scope, limit: int) -> tuple[StoredDecision, ...]:
        """The latest decisions of a session, newest first; none of one that the scope does not reach."""
        ours = select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants)))
        wanted = (decisions.c.session == session) & decisions.c.session.in_(ours)
        query = select(decisions).where(wanted).order_by(decisions.c.at.desc(), decisions.c.rule).limit(limit)
        async with self._database.read() as db:
            return tuple(_decision_of(row) for row in await db.execute(query))

    async def watch(self, session: str) -> tuple[Mapping[str, Any], datetime] | None:
        """The state of a watched session, as `read_state` takes it, and up to when its samples were decided about; None before
        its first. For the clock, and for whoever asks about a session that they have been let in to.
        """
        async with self._database.read() as db:
            row = (await db.execute(select(watches).where(watches.c.session == session))).one_or_none()
        return None if row is None else (row.state, row.upto)

    async def muted(self, session: str, now: datetime) -> dict[str, datetime]:
        """For the clock: the rules of a session that are muted, each with until when."""
        query = select(tips.c.rule, func.max(tips.c.muted_until).label("until")).where(
            tips.c.session == session, tips.c.muted_until > now
        )
        async with self._database.read() as db:
            return {row.rule: row.until for row in await db.execute(query.group_by(tips.c.rule))}

    async def untaken(self, since: datetime, until: datetime) -> tuple[StoredTip, ...]:
        """For the clock: urgent tips of live sessions, decided in (since, until], that nobody took and nobody was told of."""
        span = (tips.c.decided_at > since) & (tips.c.decided_at <= until) & tips.c.severity.in_([*URGENT])
        waits = tips.c.acked_at.is_(None) & tips.c.escalated_at.is_(None) & tips.c.recovered_at.is_(None)
        unmuted = tips.c.muted_until.is_(None) | (tips.c.muted_until <= until)
        live = tips.c.session.in_(select(sessions.c.id).where(sessions.c.status == Status.LIVE.value))
        return await self._found(span & waits & unmuted & live, scope=None)

    async def end_mutes(self, now: datetime) -> int:
        """For the clock: have each mute that has run out, of a tip that still stands, shown as such once; returns how many."""
        shown = tips.c.mute_over_at.is_(None) | (tips.c.mute_over_at < tips.c.muted_until)
        stands = tips.c.acked_at.is_(None) & tips.c.recovered_at.is_(None)
        async with self._database.write() as db:
            query = select(tips.c.id, tips.c.session, tips.c.muted_until).where(tips.c.muted_until <= now, shown, stands)
            rows = (await db.execute(query)).all()
            for row in rows:
                await db.execute(update(tips).where(tips.c.id == row.id).values(mute_over_at=row.muted_until))
                await stale_tip(db, row.id, row.session)
        return len(rows)

    async def known(self, id: str) -> StoredTip | None:
        """For the clock: a tip. What it says goes to chats that are checked again when it is delivered."""
        found = await self._found(tips.c.id == id, scope=None)
        return found[0] if found else None

    async def prune(self, before: datetime) -> int:
        """Forget decisions that were made before that time; tips stay as long as their session. Returns how many."""
        async with self._database.write() as db:
            return (await db.execute(delete(decisions).where(decisions.c.at < before))).rowcount

    async def _found(self, wanted: ColumnElement[bool], *, scope: Scope | None) -> tuple[StoredTip, ...]:
        query = select(tips).where(wanted).order_by(tips.c.decided_at, tips.c.id)
        if scope is not None:
            ours = select(sessions.c.id).where(sessions.c.merchant.in_(sorted(scope.merchants)))
            query = query.where(tips.c.session.in_(ours))
        async with self._database.read() as db:
            return tuple(tip_of(row) for row in await db.execute(query))


async def put_nudges(db: AsyncConnection, told: Iterable[StoredTip], made: Iterable[StoredDecision]) -> None:
    """Inside a transaction: write down tips and decisions, each once."""
    for decision in made:
        await db.execute(insert(decisions).values(_decision_values(decision)).on_conflict_do_nothing())
    for tip in told:
        await db.execute(insert(tips).values(_values(tip)).on_conflict_do_nothing())


async def nudges_in(db: AsyncConnection, session: str) -> tuple[tuple[StoredTip, ...], tuple[StoredDecision, ...]]:
    """Inside a transaction that has asked for the right to it: all tips and decisions of a session, oldest first."""
    told = await db.execute(select(tips).where(tips.c.session == session).order_by(tips.c.decided_at, tips.c.id))
    made = select(decisions).where(decisions.c.session == session).order_by(decisions.c.at, decisions.c.rule)
    return tuple(map(tip_of, told)), tuple(map(_decision_of, await db.execute(made)))


def tip_of(row: Row[Any]) -> StoredTip:
    """A tip from its row."""
    return StoredTip(**{**row._mapping, "severity": Severity(row.severity)})


async def _put(db: AsyncConnection, session: str, kept: Kept, now: datetime) -> int:
    """Tips with their messages, and what is over; most samples come to none of that."""
    await put_nudges(db, kept.tips, ())
    await put_trials(db, kept.trials)
    new = await write_down(db, kept.said, now)
    new += await write_down(db, [said for key, said in kept.answers if await _is_written(db, key)], now)
    for rule, at, value in kept.over:
        await _recover(db, session, rule, at, value)
        await end_trial(db, session, rule, at)
    return new


async def _recover(db: AsyncConnection, session: str, rule: str, at: datetime, value: float | None) -> None:
    here = (tips.c.session == session) & (tips.c.rule == rule) & tips.c.recovered_at.is_(None) & (tips.c.decided_at <= at)
    ids: Collection[str] = (await db.scalars(select(tips.c.id).where(here))).all()
    for id in ids:
        await db.execute(update(tips).where(tips.c.id == id).values(recovered_at=at, recovered_value=value))
        await stale_tip(db, id, session)


async def stale_tip(db: AsyncConnection, tip: str, session: str) -> None:
    """Inside a transaction: every message that shows the tip has to be drawn again."""
    shown = select(cards).where(cards.c.session == session, cards.c.kind == CardKind.TIP.value)
    keys = [card.key for card in map(card_of, await db.execute(shown)) if (tip, 0) in card.items]
    if keys:
        await db.execute(update(cards).where(cards.c.key.in_(keys)).values(changes=cards.c.changes + 1))


async def _is_written(db: AsyncConnection, key: str) -> bool:
    return await db.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None


def _values(tip: StoredTip) -> dict[str, Any]:
    names = StoredTip.__dataclass_fields__
    return {name: getattr(tip, name) for name in names} | {"severity": tip.severity.value, "figures": dict(tip.figures)}


def _decision_values(one: StoredDecision) -> dict[str, Any]:
    return {
        "session": one.session, "at": one.at, "rule": one.rule, "stage": one.stage, "reason": one.reason,
        "values": dict(one.values),
    }  # fmt: skip


def _decision_of(row: Row[Any]) -> StoredDecision:
    # "values" is also the name of a method of rows.
    found = row._mapping
    return StoredDecision(row.session, row.at, row.rule, row.stage, row.reason, found["values"])


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Values of a reason as JSON has them."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: object) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value != value:
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
