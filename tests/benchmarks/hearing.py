"""How well the ear hears what must not be said, set by set and kind by kind, and how long it takes: `tests/data/heard/`.

Heard is a line in which a word of the right group is heard; told, one in which it counts, so that a live session is told of it;
taken wrongly is a lawful line in which a word counts. A line may be right in more than one group (`price|absolute`).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.config import BUILT_IN_HANDBOOK
from bot.content.heard import read_heard
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.heard import Lexicon, listen
from tests.benchmarks.figures import Figure
from tests.benchmarks.plan import Bench

DATA = Path(__file__).parents[1] / "data" / "heard"
SETS = {
    "tuned by": ("spoken/tuned_caught.tsv", "spoken/tuned_lawful.txt"),
    "held out": ("spoken/held_caught.tsv", "spoken/held_lawful.txt"),
    "blind": ("blind_caught.txt", "blind_lawful.txt"),
    "contexts": ("contexts/held_caught.tsv", "contexts/held_lawful.txt"),
}
PIECE = 200
"""Characters that are listened to at once."""
PASSES = 7
MOST_MS = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """What must be heard: the groups that are right, its kind (empty where its set has none), and the text."""

    groups: frozenset[str]
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """Lines heard and told of all, lawful ones taken wrongly of all; by kind (heard, told, all)."""

    heard: int
    told: int
    lines: int
    wrong: int
    lawful: int
    kinds: dict[str, tuple[int, int, int]]

    @property
    def recall(self) -> float:
        """The share of the lines that is heard."""
        return self.heard / self.lines

    @property
    def precision(self) -> float:
        """Of what is heard, the share that is right; 0 when nothing is."""
        return self.heard / max(1, self.heard + self.wrong)


def hearing(_: Bench) -> list[Figure]:
    """Recall and precision of each set, the kinds of those that have them, and the time for lawful talk and for slips."""
    lexicon = built_in()
    figures: list[Figure] = []
    for name, (caught, lawful) in SETS.items():
        found = score(lexicon, read_lines(DATA / caught), (DATA / lawful).read_text("utf-8").splitlines())
        counted = f"{found.heard} of {found.lines}, {found.told} told; {found.wrong} of {found.lawful} lawful taken wrongly"
        figures += [
            Figure("heard", f"{name}: recall", found.recall, "", 0.75, less_is_better=False, note=counted),
            Figure("heard", f"{name}: precision", found.precision, "", 0.95, less_is_better=False),
            *(Figure("heard", f"{name}: {kind}", heard / lines, "", note=f"{heard} of {lines}, {told} told")
              for kind, (heard, told, lines) in sorted(found.kinds.items())),
        ]  # fmt: skip
    lawful = [line for _, file in SETS.values() for line in (DATA / file).read_text("utf-8").splitlines()]
    slips = [line.text for file, _ in SETS.values() for line in read_lines(DATA / file)]
    for name, texts, most in (("lawful talk", lawful, MOST_MS), ("every sentence a slip", slips, None)):
        note = f"processor time, {PIECE} characters at once, best of {PASSES} passes"
        figures.append(Figure("heard", name, milliseconds(lexicon, "，".join(texts)), "ms", most, note=note))
    return figures


def built_in() -> Lexicon:
    """What the built-in handbook listens for."""
    file = read_yaml("heard.yaml", (BUILT_IN_HANDBOOK / "heard.yaml").read_text("utf-8"))
    if not isinstance(file, YamlFile):
        raise TypeError(file)
    return read_heard(file)[0].lexicon()


def read_lines(path: Path) -> list[Line]:
    """A set's lines: groups, in some sets the kind, and the text, with tabs between."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    return [Line(frozenset(row[0].split("|")), row[1] if len(row) > 2 else "", row[-1]) for row in rows]


def score(lexicon: Lexicon, lines: Sequence[Line], lawful: Sequence[str]) -> Score:
    """What of the lines is heard and told, and what of the lawful ones is taken wrongly."""
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        right = [one for one in listen(line.text, lexicon.speech) if one.group.id in line.groups]
        for kind in {"", line.kind}:
            for at, true in enumerate((bool(right), any(one.term.counts for one in right), True)):
                kinds[kind][at] += true
    heard, told, count = kinds.pop("")
    wrong = sum(any(one.term.counts for one in listen(text, lexicon.speech)) for text in lawful)
    by_kind = {kind: (found[0], found[1], found[2]) for kind, found in kinds.items()}
    return Score(heard, told, count, wrong, len(lawful), by_kind)


def milliseconds(lexicon: Lexicon, text: str) -> float:
    """Processor time for a piece of the text, in the best pass of several."""
    pieces = [text[at : at + PIECE] for at in range(0, len(text) - PIECE + 1, PIECE)]
    took: list[float] = []
    for _ in range(PASSES):
        began = time.process_time()
        for piece in pieces:
            listen(piece, lexicon.speech)
        took.append(time.process_time() - began)
    return min(took) / len(pieces) * 1000
