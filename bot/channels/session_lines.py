"""One item on one line: its mark and number, what it says, whose it is, until when, and who dealt with it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.channels import session_words as words
from bot.channels.reference.words import EVIDENCE
from bot.domain.checklists import Evidence
from bot.domain.evidence import asked
from bot.domain.session_items import SessionItem, State, due_by
from bot.domain.sessions import OPERATOR_POST, LiveSession

NAME, SAID, REASON = 16, 60, 40
"""Columns of a name, a note, a reason; a Chinese character takes two."""
MARKS = {State.OPEN: "☐", State.UNCONFIRMED: "⏳", State.DONE: "✅", State.SKIPPED: "➖"}

Round = Sequence[SessionItem]
"""The occurrences of one item that a card holds."""


@dataclass(frozen=True, slots=True)
class Teller:
    """How things of one session are said to one reader at one moment."""

    session: LiveSession
    names: Mapping[str, str]
    now: datetime
    language: str

    def who(self, person: str) -> str:
        """Somebody's name."""
        return short(self.names.get(person, ""), NAME) or words.SOMEBODY.to(self.language)

    def when(self, moment: datetime) -> str:
        """A moment in the session's own zone."""
        return words.near(moment.astimezone(self.session.local_zone), self.now, self.language)

    def whose(self, item: SessionItem) -> str:
        """The post, with the name of whoever has to do it; behind an arrow where that is somebody who stands in."""
        name = short(self.names.get(item.person, ""), NAME)
        post = words.post(item.role, self.language)
        held = next((one for one in self.session.posts if one.role == item.role and (one.person or one.name)), None)
        if item.role == OPERATOR_POST or (held and held.person) or not name:
            return f"{post} {name}".rstrip()
        return f"{post} {short(held.name, NAME)}→{name}" if held else f"{post}→{name}"

    def line(self, number: int | str, line: Round, width: int) -> str:
        """One line of a card; `width` is how many columns the item's own words may take."""
        current = next_open(line) or line[-1]
        head = f"{MARKS[current.state]} {number}. {'❗' if current.blocking and not current.settled else ''}"
        text = f"{head}{short(current.text, width)}"
        if len(line) > 1:
            return f"{text}{words.WHOSE.to(self.language, who=self.whose(current))}\n     {self._times(line)}"
        return f"{text}{words.DOT}{self.about(current)}"

    def about(self, item: SessionItem) -> str:
        """Who and until when, or who did it and when."""
        if item.state is State.OPEN:
            mark = EVIDENCE[item.evidence][0] if item.evidence in EVIDENCE else ""
            return words.DOT.join(filter(None, (self.whose(item), self.due(item), mark)))
        return self.settled(item)

    def due(self, item: SessionItem) -> str:
        """Until when, marked when that is past."""
        due = due_by(self.session, item.due_at)
        phrase = words.LATE if due <= self.now else words.DUE
        return phrase.to(self.language, time=self.when(due))

    def settled(self, item: SessionItem) -> str:
        """Who set the state, when, and what they brought along."""
        who, time = self.who(item.by), self.when(item.at) if item.at else ""
        if item.state is State.UNCONFIRMED:
            return words.WAITING.to(self.language, who=who, time=time)
        said = [f"{who} {time}"]
        if item.state is State.SKIPPED:
            said.append(words.SKIPPED.to(self.language, reason=short(item.reason, REASON)))
        elif proof := self.proof(item):
            said.append(proof)
        return words.DOT.join(said)

    def proof(self, item: SessionItem) -> str:
        """What was brought along, in words."""
        if not item.proof:
            return ""
        if item.evidence is Evidence.SECOND_PERSON:
            return words.CONFIRMED.to(self.language, who=self.who(item.proof))
        if item.evidence is Evidence.PHOTO:
            return words.PHOTO.to(self.language)
        wanted = asked(item.number)
        said = f"{item.proof} {wanted.unit}".rstrip()
        return f"{said} {words.BEYOND.to(self.language)}" if _beyond(item) else said

    def _times(self, line: Round) -> str:
        done = [self.when(one.due_at) for one in line if one.state is not State.OPEN]
        waiting = [self.when(one.due_at) for one in line if one.state is State.OPEN]
        said = [words.TICKED_TIMES.to(self.language, times=" ".join(done))] if done else []
        said += [words.OPEN_TIMES.to(self.language, times=" ".join(waiting))] if waiting else []
        return words.DOT.join(said)


def next_open(line: Round) -> SessionItem | None:
    """What a press on the line's number is about: the first that is not settled."""
    return next((one for one in line if not one.settled), None)


def short(text: str, width: int) -> str:
    """The text on one line, without what cannot be seen, cut to `width` columns with … where it was cut."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    taken = 0
    for index, character in enumerate(plain):
        taken += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken > width:
            return plain[:index].rstrip() + "…"
    return plain


def _beyond(item: SessionItem) -> bool:
    try:
        return asked(item.number).beyond(Decimal(item.proof))
    except InvalidOperation:
        return False
