"""Words from the room: lines in, tips out to the session's group at once. What metrics come to is in nudges.py.

Lines and what comes of them are written down together, so that neither a kill nor a repeated request loses or doubles a tip. What
is in memory is made again from the rows. Of comments no text is kept; what hosts said stays for an hour.

Many lines at once are heard and written down piece by piece, and between two pieces whoever waits for the room has a turn: a
flood takes neither its room nor the event loop for longer than a piece, and no other room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.access import Scope
from bot.domain.heard import Lexicon, Source
from bot.domain.lines import KEPT, Line, Lines, read_lines
from bot.domain.remarks import FIGURES_HOLD, Ear, Mention, Remark
from bot.domain.sample_rows import Bounds
from bot.domain.sessions import LiveSession, Status
from bot.errors import Refused, StorageError
from bot.flows.heard_facts import remark_decision, remark_tip, told_of
from bot.flows.nudge_news import NudgeNews
from bot.flows.reference import Reference
from bot.flows.samples import AHEAD, Report, log_rejected
from bot.storage.lines import Hearing
from bot.storage.lines import Lines as LineStore
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

MOST = 200
"""Rooms that are in memory at once."""
PIECE_LINES, PIECE_CHARACTERS = 250, 10_000
"""How much is heard and written down at a time: of the densest slips about half a second's work."""
_REMADE = timedelta(minutes=2)
"""How much of what was said last a room is made again from: only at its end is anything that was not finished with, and rules
count the last minute."""
_AT_ONCE = 2
"""Pieces that are heard at the same time. Each takes a thread, of which there are few, and others need them, too."""


@dataclass(slots=True)
class _Room:
    """One session's ear, made with that list of words; `late` is by how much (seconds) lines come after they were said."""

    ear: Ear
    lexicon: Lexicon
    late: float = 0.0


@dataclass(slots=True)
class ListeningDesk:
    """Takes lines. `lexicon` is what is listened for, None while there is no list; it may take a second."""

    lines: LineStore
    samples: Samples
    sessions: Sessions
    news: NudgeNews
    reference: Callable[[], Reference]
    lexicon: Callable[[], Lexicon | None]
    _rooms: OrderedDict[str, _Room] = field(default_factory=OrderedDict)
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _ears: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _started: bool = False

    def read(self, session: LiveSession, rows: Sequence[object]) -> Lines:
        """Rows as they came -> lines of this session; stores nothing, so it may run beside the event loop."""
        now = self.news.now()
        return read_lines(rows, Bounds(session.local_zone, now - KEPT, now + AHEAD))

    async def take(self, session: LiveSession, lines: Lines, *, feed: str = "") -> Report:
        """Listen to what was read, and store it. Raises Refused when the session is over meanwhile, StorageError.

        Lines that were there already change nothing. Before a session is live its lines are taken and nothing comes of them.
        Where it raises, the first pieces may have been stored; the same lines again change nothing of them.
        """
        await log_rejected("lines.rejected", session, feed, lines.rejected)
        unique = {line.key: line for line in reversed(lines.lines)}
        accepted = 0
        for piece in _pieces(sorted(unique.values(), key=lambda line: line.at)):
            async with self._turn(session.id):
                accepted += await self._taken(session, piece, feed)
        return Report(accepted, len(lines.lines) - accepted, lines.rejected)

    async def _taken(self, session: LiveSession, piece: Sequence[Line], feed: str) -> int:
        """How many lines of a piece are new."""
        known = await self.lines.known(session.id, {line.key for line in piece})
        new = [line for line in piece if line.key not in known]
        found = await self.sessions.known(session.id)
        remarks = await self._heard(found, new) if found and found.status is Status.LIVE else []
        if await self._keep(session, new, remarks, feed) is None:
            raise Refused("session_over")
        return len(new)

    async def tick(self, now: datetime) -> int:
        """What waited for the next words and heard none; returns how many messages were written down.

        A room that just hears something is passed over: it settles what waits by itself, or is looked at the next second.
        """
        written = 0
        for id in await self._waiting(now):
            if self._turns[id].locked():
                continue
            async with self._turn(id):
                found = await self.sessions.known(id)
                if found is None or found.status is not Status.LIVE:
                    self._rooms.pop(id, None)
                    continue
                room, remarks = await self._room(found)
                if room is not None:
                    mentions = room.ear.settle(now.timestamp() - room.late)
                    remarks += await self._judged(found, room, mentions)
                if remarks:
                    written += await self._keep(found, [], remarks, "") or 0
        return written

    async def prune(self, now: datetime) -> int:
        """Forget lines that are too old to be sent again; returns how many."""
        return await self.lines.prune(now - KEPT)

    @asynccontextmanager
    async def _turn(self, id: str) -> AsyncIterator[None]:
        """One after the other in a room. What is heard and not written down is forgotten: next time it is made from the rows."""
        async with self._turns[id]:
            try:
                yield
            except (StorageError, asyncio.CancelledError):
                self._rooms.pop(id, None)
                raise

    async def _waiting(self, now: datetime) -> Iterable[str]:
        """Rooms that have something to settle; in a new process also those that another one listened to."""
        if not self._started:
            self._started = True
            return await self.lines.lately(now - KEPT)
        return [id for id, room in self._rooms.items() if room.ear.waits]

    async def _heard(self, session: LiveSession, new: Sequence[Line]) -> list[Remark]:
        room, remarks = await self._room(session)
        if room is None or not new:
            return remarks
        spoken = [line.at for line in new if line.source is Source.SPEECH]
        if spoken:
            room.late = max(0.0, (self.news.now() - spoken[-1]).total_seconds())
        return remarks + await self._judged(session, room, await self._listened(room, new))

    async def _listened(self, room: _Room, lines: Sequence[Line]) -> list[Mention]:
        async with self._ears:
            return await asyncio.to_thread(_hear, room.ear, lines)

    async def _room(self, session: LiveSession) -> tuple[_Room | None, list[Remark]]:
        """The room, and what comes of lines that another process had not finished with."""
        lexicon = await asyncio.to_thread(self.lexicon)
        room = self._rooms.get(session.id)
        if room is not None and room.lexicon is lexicon:
            self._rooms.move_to_end(session.id)
            return room, []
        self._rooms.pop(session.id, None)
        if lexicon is None:
            log.warning("lines.nothing_to_listen_for", session=session.id)
            return None, []
        scope = Scope(frozenset({session.merchant}))
        room = _Room(Ear(lexicon, told_of(await self.news.nudges.of(session.id, scope=scope))), lexicon)
        since = max(session.go_live, self.news.now() - KEPT)
        said = await self.lines.spoken(session.id, since, scope=scope)
        before = [Line(one.at, Source.SPEECH, one.text, "") for one in said if one.at > said[-1].at - _REMADE]
        remarks: list[Remark] = []
        for piece in _pieces(before):
            remarks += await self._judged(session, room, await self._listened(room, piece))
        self._rooms[session.id] = room
        while len(self._rooms) > MOST:
            self._rooms.popitem(last=False)
        return room, remarks

    async def _judged(self, session: LiveSession, room: _Room, mentions: Sequence[Mention]) -> list[Remark]:
        if not mentions:
            return []
        rules = {rule.id: rule for rule in self.reference().rules}
        needs = {name for one in mentions if (rule := rules.get(one.heard.rule)) for name in rule.needs}
        figures = await self._figures(session, needs) if needs else {}
        return await asyncio.to_thread(room.ear.judge, mentions, rules, figures)

    async def _figures(self, session: LiveSession, names: Iterable[str]) -> dict[str, float]:
        """The latest of these figures that a feed brought."""
        now, scope = self.news.now(), Scope(frozenset({session.merchant}))
        found: dict[str, float] = {}
        for sample in await self.samples.between(session.id, now - timedelta(seconds=FIGURES_HOLD), now + AHEAD, scope=scope):
            found |= {name: value for name, value in sample.values.items() if name in names}
        return found

    async def _keep(self, session: LiveSession, new: Sequence[Line], remarks: Sequence[Remark], feed: str) -> int | None:
        now = self.news.now()
        told = [remark_tip(session, one) for one in remarks if one.reason is None]
        said = [one for tip in told for one in await self.news.tip(session, tip, now)]
        hearing = Hearing(told, [remark_decision(session, one) for one in remarks], said)
        written = await self.lines.keep(session.id, new, hearing, now, feed=feed)
        if written is None:
            self._rooms.pop(session.id, None)
        elif written:
            self.news.notify()
        return written


def _hear(ear: Ear, lines: Iterable[Line]) -> list[Mention]:
    return [one for line in lines for one in ear.hear(line.at.timestamp(), line.text, line.source)]


def _pieces(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines in pieces of a bounded length; one empty piece of none."""
    piece: list[Line] = []
    characters = 0
    for line in lines:
        if len(piece) == PIECE_LINES or (piece and characters + len(line.text) > PIECE_CHARACTERS):
            yield piece
            piece, characters = [], 0
        piece.append(line)
        characters += len(line.text)
    yield piece
