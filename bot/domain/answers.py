"""What was asked and what is answered, before any platform's form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.access import HANDBOOK


class Verdict(StrEnum):
    """What the copilot decided about a question."""

    ANSWERED = "answered"
    NOT_IN_HANDBOOK = "not_in_handbook"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a part of the answer stands.

    `key` names the section in buttons and links; `document` is relative to the handbook folder;
    `quote` is the passage as shown, word for word; `page` counts from 1. `teaching` marks a made-up
    teaching case (教学示例), which every answer that cites it has to say. `collection` is where it comes from.
    """

    key: str
    document: str
    title: str
    section: str
    anchor: str
    page: int | None
    score: float
    quote: str
    case: bool = False
    teaching: bool = False
    collection: str = HANDBOOK


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one question.

    `text` is Markdown made of sentences that stand in the cited sections; when nothing was found it
    says so. `[n]` in it refers to `citations[n-1]`. `citations` are best first; for a question that is not
    answered they are the nearest sections. `cases` are the nearest past cases, apart from the answer.
    `notice` is a sentence about how the answer came about (vectors still filling, model unreachable). `about` are collections
    that it says something of beside what it cites: whose live figures stand in it.
    """

    question: str
    verdict: Verdict
    text: str
    citations: tuple[Citation, ...] = ()
    cases: tuple[Citation, ...] = ()
    notice: str = ""
    about: frozenset[str] = frozenset()

    @property
    def collections(self) -> frozenset[str]:
        """The collections that the answer draws on."""
        return self.about.union(one.collection for one in (*self.citations, *self.cases))

    @property
    def grounded(self) -> bool:
        """Whether the handbook answers the question."""
        return self.verdict is Verdict.ANSWERED


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that is being written: the sections it is written from, and what of it may be shown already.

    `text` is Markdown as in `Answer`; it holds whole sentences only, each checked against the sections it cites.
    """

    citations: tuple[Citation, ...]
    text: str = ""

    @property
    def collections(self) -> frozenset[str]:
        """The collections that the draft draws on."""
        return frozenset(one.collection for one in self.citations)
