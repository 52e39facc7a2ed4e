"""What the flows ask of the outside, each with two real implementations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.messages import Message
from bot.domain.samples import Sample
from bot.domain.session_cards import HandOver, ItemCard, Reminder
from bot.domain.session_items import SessionItem
from bot.domain.sessions import LiveSession
from bot.domain.tips import Blind, Missed, Sighted, Tip
from knowledge.confidence import Confidence
from knowledge.types import Passage, Scope

Observe = Callable[[LiveSession, Sequence[Sample]], Awaitable[None]]
"""Hears of samples of a session that were stored and are new, by their time; some may be older than what was heard before."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message went: the ids of its pieces in the chat, first to last."""

    message_ids: tuple[int, ...]


class Apart(Protocol):
    """Does work that is due for several, each by itself."""

    async def each(self, due: Mapping[str, Callable[[], Awaitable[int]]]) -> int:
        """Do what is due; an error of one holds up no other, and is tried again later. Returns the sum of what was returned."""
        ...


class NudgeViews(Protocol):
    """How tips, gaps and reasons are said. `language` is ``zh`` or ``en``."""

    def tip(self, tip: Tip, now: datetime, language: str, missed: Missed | None = None) -> Message:
        """A tip as it stands, with its buttons; `missed` says whom it did not reach, that it stands here instead."""
        ...

    def escalation(self, tip: Tip, now: datetime, language: str, missed: Missed | None = None, *, stood: bool = True) -> Message:
        """What somebody is told in private of a tip that nobody took; `stood` says that it is known to stand in the group."""
        ...

    def blind(self, gap: Blind, now: datetime, language: str, missed: Missed | None = None) -> Message:
        """That nothing is seen any more."""
        ...

    def sighted(self, back: Sighted, now: datetime, language: str) -> Message:
        """That figures are back."""
        ...


class Channel(Protocol):
    """A platform that messages go out to. Raises the ChannelError family and nothing else."""

    name: str

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        """Send one message; `chat` is the platform's own id without the channel's prefix."""
        ...

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        """Replace a message that was sent before; the same content again is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: passages best first, how sure it is, and whether the vectors took part.

    `complete` is False while vectors are still being filled in and the search was lexical only.
    """

    passages: tuple[Passage, ...]
    cases: tuple[Passage, ...]
    confidence: Confidence
    complete: bool = True


class Knowledge(Protocol):
    """The handbook and the cases, searchable. `scope` is never optional."""

    async def find(self, question: str, *, scope: Scope, history: Sequence[str] = (), top_k: int = 5) -> Found:
        """Sections that may answer `question`; `history` holds the same person's earlier turns, oldest first."""
        ...

    async def section(self, key: str, *, scope: Scope) -> Passage | None:
        """One whole section by its key, or None when the scope does not hold it."""
        ...

    async def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        """Keys of the section before and after in the same document, None at its ends."""
        ...

    async def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        """The key of the handbook's section with this anchor, e.g. ``12.1``; None when the scope does not hold it."""
        ...


class SessionViews(Protocol):
    """How lists of a session's items are said."""

    def card(self, shown: ItemCard) -> Message:
        """A list of items with the buttons to tick them."""
        ...

    def reminder(self, shown: Reminder) -> Message:
        """What is open, for one person, of all their sessions."""
        ...

    def handover(self, shown: HandOver) -> Message:
        """What the next shift has to know."""
        ...


class ChatModel(Protocol):
    """A language model that words an answer from passages it is given."""

    name: str

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        """Markdown with `[n]` behind every sentence, n counting the passages from 1. Raises ModelError.

        `heard` is called with all that is written so far, each time that there is more; a model may also never call it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Names:
    """What a message about a session calls things: its merchant, people by qualified id, the group that it is run in."""

    merchant: str
    people: Mapping[str, str]
    group: str = ""


class SessionWords(Protocol):
    """What is said about live sessions without anybody having asked. `language` is ``zh`` or ``en``."""

    def planned(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """The plan of a session, with what can be done to it."""
        ...

    def repeated(self, sessions: Sequence[LiveSession], names: Names, now: datetime, language: str) -> Message:
        """That these occurrences of a weekly session are planned."""
        ...

    def changed(self, before: LiveSession, after: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """What was changed, from what to what."""
        ...

    def cancelled(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """That it will not take place."""
        ...

    def gate(
        self, session: LiveSession, missing: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        """What stands against going live, by the numbers that items have on every list, with the buttons to do so."""
        ...

    def overridden(
        self, session: LiveSession, items: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        """That it went live although these items were open."""
        ...

    def not_begun(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """Ask whether it is live."""
        ...

    def not_ended(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """Ask whether it is over."""
        ...

    def ended_late(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """That the clock has ended it."""
        ...
