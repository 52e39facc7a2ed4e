"""Whether what a language model wrote stands in the passages it was given.

A check of words and numbers, not of logic: it catches invented figures, sources and topics, and says which sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.lexical import comparable, words
from knowledge.question import content

SHARE = 0.6
"""Share of a sentence's content words that must stand in the passages it cites."""
_MARK = re.compile(r"\[(\d{1,2})\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LABEL = re.compile(r"^[ \t]*(?:(?:\d{1,2}(?:[、)）]|\.(?=\s))|[-*•#>]+(?=\s))[ \t]*)+", re.MULTILINE)
"""The number of a step, a bullet: counted by the writer, not taken from anywhere."""
_ENGLISH_STOP = r"(?<=[a-z\])\"”])\.(?=\s+[A-Z\[“\"(]|\s*$)"
_SENTENCE = re.compile(rf"[^。！？!?\n]+?(?:[。！？!?]+|{_ENGLISH_STOP}|$)(?:[ \t]*\[\d{{1,2}}\])*", re.MULTILINE)
_HALF_MARK = re.compile(r"[ \t]*(?:\[\d{0,2})?$")


def unsupported(text: str, passages: Sequence[str]) -> list[str]:
    """Sentences of `text` that cite nothing, cite a passage that is not there, or say what the cited ones do not."""
    return _unsupported(text, _held(passages))


class Growing:
    """The part of a text in the making that may be shown: whole sentences up to the first that is not supported.

    Nothing that follows an unsupported sentence is let through: the whole text will be dropped.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        self._held = _held(passages)
        self._stopped = False
        self.text = ""

    def grow(self, written: str) -> bool:
        """Take all that is written so far; whether there is more to show now."""
        before = len(self.text)
        # The last sentence may go on, or its mark may still come, so it waits for the one behind it.
        for end in [match.end() for match in _SENTENCE.finditer(_HALF_MARK.sub("", written))][:-1]:
            if self._stopped or end <= len(self.text):
                continue
            self._stopped = bool(_unsupported(written[:end], self._held))
            if not self._stopped:
                self.text = written[:end]
        return len(self.text) > before


Held = Sequence[tuple[set[str], set[str]]]
"""The words and the numbers of each passage."""


def _held(passages: Sequence[str]) -> Held:
    compared = [comparable(passage) for passage in passages]
    return [(set(words(passage)), set(_NUMBER.findall(passage))) for passage in compared]


def _unsupported(text: str, held: Held) -> list[str]:
    found = [match[0].strip() for match in _SENTENCE.finditer(_LABEL.sub("", text))]
    bad = [sentence for sentence in found if sentence and not _stands(sentence, held)]
    return bad if any(words(_bare(sentence)) for sentence in found) else [text]


def _stands(sentence: str, held: Held) -> bool:
    bare = _bare(sentence)
    if not words(bare):
        return True
    cited = {int(number) for number in _MARK.findall(sentence)}
    if not cited and sentence.rstrip("*_ ").endswith((":", "：")):
        cited = set(range(1, len(held) + 1))  # it announces what follows: the marks stand behind that
    if not cited or not all(1 <= number <= len(held) for number in cited):
        return False
    known = set().union(*(held[number - 1][0] for number in cited))
    numbers = set().union(*(held[number - 1][1] for number in cited))
    said = set(words(content(bare)))
    return set(_NUMBER.findall(bare)) <= numbers and len(said & known) >= SHARE * len(said)


def _bare(sentence: str) -> str:
    return comparable(_MARK.sub("", sentence))
