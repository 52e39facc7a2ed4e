"""How people ask for a section: wordings that the handbook's owner collects in `asked.yaml`, beside the chapters.

A question is compared with them as one question with another, which finds what shares no word with the section's text
(人往外跑咋整 → 在线人数掉了). So it is with the section's heading, which names in the owner's words what the wordings ask for.
The text of an answer never comes from here. Vectors are few and kept in memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import yamls
from knowledge.question import asks

FILE = "asked.yaml"
_HEADING = "heading"
LONGEST = 200
"""Characters of a wording: nobody's everyday question is longer."""

Floats = NDArray[np.float32]


_NUMBER = re.compile(r"^[0-9]+(\.[0-9]+)*[.、\s]\s*")


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to ask for the section `target`: an anchor, or ``path#anchor`` where an anchor stands in several documents.

    With `heading` it is the section's own heading, without its number.
    """

    target: str
    question: str
    heading: bool = False


def parse_asked(raw: Any) -> tuple[Wording, ...]:
    """From loaded YAML, a mapping of targets to lists of questions; whatever does not fit is passed over."""
    rows = raw.items() if isinstance(raw, Mapping) else ()
    listed = ((str(target), questions) for target, questions in rows if isinstance(questions, list))
    found = ((target, q.strip()) for target, questions in listed for q in questions if isinstance(q, str))
    return tuple(dict.fromkeys(Wording(target, q[:LONGEST]) for target, q in found if q))


def read_asked(folder: Path) -> tuple[Wording, ...]:
    """The wordings of a handbook folder; none when the file is missing or cannot be read (`copilot check` says why)."""
    return parse_asked(yamls.read(folder / FILE))


def with_headings(wordings: Sequence[Wording], sections: Sequence[tuple[str, str, str]]) -> tuple[Wording, ...]:
    """The wordings, and the heading of each section that has some; `sections` gives (path, anchor, heading) of all."""
    places = targets([(path, anchor) for path, anchor, _ in sections])
    asked_for = dict.fromkeys(wording.target for wording in wordings if wording.target in places)
    bare = ((target, _NUMBER.sub("", sections[places[target]][2])[:LONGEST]) for target in asked_for)
    return (*wordings, *(Wording(target, heading, heading=True) for target, heading in bare if heading))


@dataclass(frozen=True, slots=True)
class Asked:
    """The wordings of one shelf: unit `vectors` of shape (wordings, dimensions), and of each the section row, and the form.

    A form is what `knowledge.question.asks` says of the wording: whether it is after a definition or after what to do.
    A heading's form is ``heading``.
    """

    rows: NDArray[np.int64]
    vectors: Floats
    forms: NDArray[np.str_]

    @classmethod
    def none(cls) -> Asked:
        """A shelf without wordings."""
        return cls(np.zeros(0, np.int64), np.zeros((0, 0), np.float32), np.zeros(0, np.str_))

    @classmethod
    def build(cls, wordings: Sequence[tuple[Wording, Floats]], places: Mapping[str, int]) -> Asked:
        """From wordings with their vectors; `places` gives the row of every target that names one section."""
        known = [(wording, vector) for wording, vector in wordings if wording.target in places]
        if not known:
            return cls.none()
        return cls(
            np.array([places[wording.target] for wording, _ in known], np.int64),
            np.stack([vector for _, vector in known]),
            np.array([_HEADING if wording.heading else asks(wording.question) for wording, _ in known], np.str_),
        )

    def near(self, question: Floats | None, form: str, sections: int) -> tuple[Floats, Floats]:
        """Each section's best cosine with the question's vector over its wordings, and that of its heading.

        Both of shape (sections,), -1 where there is nothing, or no vector. A wording of the other form does not count:
        停留低了怎么办 and 停留怎么算 differ in a word, and lead to two sections.
        """
        wordings, headings = np.full((2, sections), -1.0, np.float32)
        if question is not None and len(self.rows):
            cosines, are_headings = self.vectors @ question, self.forms == _HEADING
            fitting = (self.forms == form) | (self.forms == "") if form else ~are_headings
            np.maximum.at(wordings, self.rows[fitting], cosines[fitting])
            np.maximum.at(headings, self.rows[are_headings], cosines[are_headings])
        return wordings, headings


def targets(sections: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Row by target, from the (path, anchor) of each section; an anchor in several documents needs its path in front."""
    out: dict[str, int] = {}
    twice = set()
    for row, (path, anchor) in enumerate(sections):
        out[f"{path}#{anchor}"] = row
        if anchor in out:
            twice.add(anchor)
        out[anchor] = row
    return {target: row for target, row in out.items() if target not in twice}
