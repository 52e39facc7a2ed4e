"""What was heard in the last minute, as the inputs that rules read, across sentences that a feed cuts in the middle.

The host is one thing and the viewers another: a comment never counts as something that the host said. Where the list says what
to answer, it counts as what was said in the room: who lures viewers away does it in comments. Nothing heard counts only while
there is something to hear: of a feed that fell silent nothing is known. Knows no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from bot.domain.heard.lexicon import Words
from bot.domain.heard.listen import listen, undecided
from bot.domain.heard.terms import Group, Heard, Silence, Source
from bot.domain.heard.window import Window

SPEECH_WINDOW, COMMENT_WINDOW = 60.0, 300.0
"""Seconds that the handbook's inputs look back: its definitions say 近 60 秒 and 近 5 分钟."""
JOIN = 4.0
"""Seconds within which what a speaker says goes on where the same one stopped: recognisers cut at pauses and by length."""
AHEAD = 4
"""Characters that decide whether a word is lawful: 第一 | 次来的家人."""
_CONTEXT = 60
"""Characters of what was said before that are looked at again."""
_SEAM = 24
"""Of these characters, those before it are not looked at for words that ended there; only words that go on may begin in them."""
_MOST_RECEIVED = 4096
"""Rows that are remembered before old ones are looked for, where nobody asks for inputs."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is listened for in speech and in comments; `viewers` are names under which a feed sends comments.

    `answered` are those of `speech` that the room has to answer where a comment says them.
    """

    speech: Words
    comments: Words
    answered: Words
    viewers: frozenset[str] = frozenset()

    def source(self, speaker: str) -> Source:
        """Whether somebody of that name is a viewer."""
        return Source.COMMENT if speaker.strip().lower() in self.viewers else Source.SPEECH


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where a speaker stopped: `context` was said before `last`; mentions in the two that counted, and that wait."""

    ts: float
    context: str
    last: str
    settled: tuple[Heard, ...] = ()
    waiting: tuple[Heard, ...] = ()

    @property
    def text(self) -> str:
        return self.context + self.last

    def shortened(self) -> _Tail:
        """The same, all of it context for what is said next: only its end is looked at again."""
        cut = max(0, len(self.text) - _CONTEXT)
        left = [tuple(one for one in ones if one.end > cut) for ones in (self.settled, self.waiting)]
        return _Tail(self.ts, self.text[cut:], "", _moved(left[0], -cut), _moved(left[1], -cut))


_Row = tuple[float, str, str]
"""When, who, what: what is known again when it is sent twice."""


@dataclass(slots=True)
class Listening:
    """A window over one room. Times are seconds on any one scale; memory is bounded by the window, and what a line costs does not
    grow with what the window holds."""

    lexicon: Lexicon
    window: float = SPEECH_WINDOW
    comment_window: float = COMMENT_WINDOW
    _tails: dict[str, _Tail] = field(default_factory=dict)
    _mentions: Window = field(init=False)
    _comments: Window = field(init=False)
    _spoken_of: tuple[Group, ...] = field(init=False)
    _written_of: tuple[Group, ...] = field(init=False)
    _spoke: float | None = None
    _received: set[_Row] = field(default_factory=set)
    _oldest: list[_Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        """What is the same at every line is made once."""
        self._mentions, self._comments = Window(self.window), Window(self.comment_window)
        self._spoken_of, self._written_of = _groups(self.lexicon.speech), _groups(self.lexicon.comments)

    def add(self, ts: float, text: str, speaker: str = "", source: Source | None = None) -> tuple[Heard, ...]:
        """Take one utterance or comment; returns what is heard in it for certain, counted once.

        A mention that began in the utterance before has a negative `start`. One at the very end that the next words may make
        lawful waits for them, `JOIN` seconds at most, and comes out of a later `add` or of `settle`. Of a comment only what
        has to be answered. The same row sent twice
        is one; an utterance that repeats the last one and goes on is taken as the recogniser's better version of it.
        """
        key = (ts, speaker, text)
        if key in self._received:
            return ()
        if len(self._received) >= _MOST_RECEIVED:
            self._forget(ts)
        self._received.add(key)
        heappush(self._oldest, key)
        if (source or self.lexicon.source(speaker)) is Source.COMMENT:
            self._comments.add(ts, {heard.group.id for heard in listen(text, self.lexicon.comments)})
            found = tuple(replace(heard, source=Source.COMMENT) for heard in listen(text, self.lexicon.answered))
            self._count(ts, found)
            return found
        self._spoke = ts if self._spoke is None else max(ts, self._spoke)
        late = self._flush(speaker, ts)
        return (*late, *self._spoken(ts, text, speaker))

    @property
    def waits(self) -> bool:
        """Whether a mention waits for words that would make it lawful."""
        return any(tail.waiting for tail in self._tails.values())

    def settle(self, now: float) -> tuple[Heard, ...]:
        """Mentions that waited long enough for words that would have made them lawful."""
        return tuple(heard for speaker in list(self._tails) for heard in self._flush(speaker, now))

    def inputs(self, now: float) -> dict[str, float]:
        """The rules' inputs at that moment, by name: counts, the largest prize in yuan, the share of comments as a fraction.

        What nothing is known about is missing.
        """
        self.settle(now)
        self._forget(now)
        return {**self._of_speech(now), **self._of_comments()}

    def _spoken(self, ts: float, text: str, speaker: str) -> tuple[Heard, ...]:
        tail = self._tails.get(speaker)
        if tail is None or not 0 <= ts - tail.ts <= JOIN:
            tail = _Tail(ts, "", "")
        if len(tail.last) > 1 and len(text) > len(tail.last) and text.startswith(tail.last):
            context, known = tail.context, len(tail.text)  # the recogniser's better version
        else:
            tail = tail.shortened()
            context, known = tail.context, len(tail.context)
        fresh: list[Heard] = []
        waiting: list[Heard] = []
        since = min((known - _SEAM, *(one.start for one in tail.waiting)))
        for heard in listen(context + text, self.lexicon.speech, since):
            waited = any(_same(heard, one) for one in tail.waiting)
            if (heard.end <= known and not waited) or any(_same(heard, one) for one in tail.settled):
                continue
            later = undecided(context + text, heard, self.lexicon.speech, AHEAD)
            (waiting if later else fresh).append(heard)
        self._count(ts, fresh)
        self._tails[speaker] = _Tail(ts, context, text, (*tail.settled, *fresh), tuple(waiting))
        return _moved(fresh, -len(context))

    def _flush(self, speaker: str, now: float) -> tuple[Heard, ...]:
        tail = self._tails.get(speaker)
        if tail is None or not tail.waiting or now - tail.ts <= JOIN:
            return ()
        self._count(tail.ts, tail.waiting)
        self._tails[speaker] = replace(tail, settled=(*tail.settled, *tail.waiting), waiting=())
        return _moved(tail.waiting, -len(tail.context))

    def _count(self, ts: float, heard: Iterable[Heard]) -> None:
        for one in heard:
            counted = (one.group.id,) if one.term.counts else ()
            amounts = ((one.group.id, one.amount),) if one.group.amount and one.amount is not None else ()
            if counted or amounts:
                self._mentions.add(ts, counted, amounts)

    def _forget(self, now: float) -> None:
        longest = max(self.window, self.comment_window)
        self._mentions.at(now)
        self._comments.at(now)
        while self._oldest and now - self._oldest[0][0] >= longest:
            self._received.discard(heappop(self._oldest))
        self._tails = {name: tail for name, tail in self._tails.items() if now - tail.ts < self.window}

    def _of_speech(self, now: float) -> dict[str, float]:
        live = self._spoke is not None and 0 <= now - self._spoke < self.window
        found: dict[str, float] = {}
        for group in self._spoken_of:
            many = self._mentions.counts[group.id]
            if many or (live and group.silence is Silence.ZERO):
                found[group.input] = float(many)
            if group.amount and (largest := self._mentions.largest(group.id)) is not None:
                found[group.amount] = largest
        return found

    def _of_comments(self) -> dict[str, float]:
        many, counts = self._comments.rows, self._comments.counts
        if not many:
            return {}
        return {group.input: counts[group.id] / many if group.share else float(counts[group.id]) for group in self._written_of}


def _groups(words: Words) -> tuple[Group, ...]:
    return tuple({term.group.id: term.group for term in words.terms}.values())


def _moved(heard: Iterable[Heard], by: int) -> tuple[Heard, ...]:
    return tuple(replace(one, start=one.start + by, end=one.end + by) for one in heard)


def _same(one: Heard, other: Heard) -> bool:
    """Whether two mentions of a group overlap: 全网最低 and, with what was said next, 全网最低价."""
    return one.group.id == other.group.id and one.start < other.end and other.start < one.end
