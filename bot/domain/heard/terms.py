"""What is listened for: groups of words with the rule they belong to, the law, and what to say at once; and what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Not to be said, or only with written evidence."""

    BLOCK = "block"
    EVIDENCE = "evidence"


class How(StrEnum):
    """How a word was recognised: as listed, with something between its characters, by a listed variant, by its sound."""

    EXACT = "exact"
    SPACED = "spaced"
    VARIANT = "variant"
    HOMOPHONE = "homophone"


class Source(StrEnum):
    """Where words come from: a host's speech, or a viewer's comment."""

    SPEECH = "speech"
    COMMENT = "comment"


class Silence(StrEnum):
    """What it means that nothing of a group was heard: none of it happened, or nothing is known."""

    ZERO = "zero"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of thing that must not be said, or one kind of comment.

    `input` is what its count is called in rules, `amount` what the largest amount that was named is called (empty: none).
    `evidence` is the input that says whether there is evidence: then words that need evidence count, too, and the rule judges.
    `share`: the input is the share of comments that have one, otherwise how many have.
    `answer` is what the host says where a comment says it (empty: in comments it does not count).
    `rule`, `who` (acts first) and `section` are empty for comments.
    """

    id: str
    name: str
    input: str
    rule: str = ""
    evidence: str = ""
    amount: str = ""
    silence: Silence = Silence.ZERO
    share: bool = False
    who: str = ""
    section: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that belong together: their law (`article`; `mark` P where a public source says so, C where it is this project's
    own reading), and the `correction` to say at once. `sounds`: whether words that sound the same count."""

    id: str
    group: Group
    level: Level = Level.BLOCK
    correction: str = ""
    article: str = ""
    mark: str = ""
    sounds: bool = True

    @property
    def counts(self) -> bool:
        """Whether hearing it counts in the group's input."""
        return self.level is Level.BLOCK or bool(self.group.evidence)


@dataclass(frozen=True, slots=True)
class Heard:
    """One mention: characters `start` to `end` (exclusive) of the text, which read `words`, for the listed word `pattern`.

    `certainty` is 0..1; `amount` yuan, where the words name a prize.
    """

    term: Term
    pattern: str
    words: str
    start: int
    end: int
    how: How
    certainty: float
    amount: float | None = None
    source: Source = Source.SPEECH

    @property
    def correction(self) -> str:
        """What the host says at once: to correct themselves, or to answer a comment."""
        return self.group.answer if self.source is Source.COMMENT else self.term.correction

    @property
    def group(self) -> Group:
        """The group that the term belongs to."""
        return self.term.group

    @property
    def rule(self) -> str:
        """The id of the rule that it is about."""
        return self.term.group.rule
