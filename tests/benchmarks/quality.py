"""How well it answers: the development sets through `Answers.ask`, and finding beside the stock recipe."""

from __future__ import annotations

import asyncio
import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.answers import Answer
from tests.benchmarks import sets, stock
from tests.benchmarks.corpus import Asked, write_sections
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, opened
from tests.benchmarks.plan import Bench, fresh
from tests.benchmarks.speed import VIEWER

DROPPED = frozenset("*_`~|#>\\\"'“”‘’「」『』")
PROBE = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question with what came back."""

    asked: Asked
    answer: Answer

    def hit(self, depth: int) -> bool:
        """Whether an expected file is among the first `depth` citations."""
        return any(citation.document in self.asked.files for citation in self.answer.citations[:depth])

    @property
    def holds(self) -> bool:
        """Whether the answer's own text holds one wording of every group."""
        text = folded(self.answer.text)
        return all(any(folded(wording) in text for wording in group) for group in self.asked.groups)

    @property
    def declined(self) -> bool:
        """Whether it was told that the handbook does not say."""
        return not self.answer.grounded


def folded(text: str) -> str:
    """Text as it is compared: NFKC, lower case, no white space, no marks."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if not c.isspace() and c not in DROPPED)


def share(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> float:
    """Percent of the outcomes that pass; of none, 0."""
    return 100 * sum(map(test, outcomes)) / len(outcomes) if outcomes else 0.0


def outcomes(home: Home, *questions: Sequence[Asked]) -> list[list[Outcome]]:
    """Every list of questions asked over one handbook."""

    async def ask_all() -> list[list[Outcome]]:
        return [[Outcome(q, await parts.answers.ask(VIEWER, q.text, history=q.history)) for q in asked] for asked in questions]

    with opened(home) as parts:
        return asyncio.run(ask_all())


def quality(bench: Bench) -> list[Figure]:
    """Every development set at the product's one setting; empty without the sets."""
    if bench.data is None:
        return []
    return [*_passages(bench, bench.data), *_mixed(bench, bench.data), *_built_in(bench, bench.data)]


def _percent(name: str, value: float, target: float | None = None, note: str = "") -> Figure:
    return Figure("quality", name, value, "%", target, less_is_better=False, note=note)


def _passages(bench: Bench, data: Path) -> list[Figure]:
    questions = sets.passage_questions(data)
    probe = random.Random(3).sample(questions, PROBE)
    converted = [replace(q, text=traditional(q.text)) for q in probe]
    found, as_is, other = outcomes(sets.home(data, bench.out, "cmrc"), questions, probe, converted)
    lost = share(as_is, lambda o: o.hit(1)) - share(other, lambda o: o.hit(1))
    return [
        _percent("cmrc-dev, right file first", share(found, lambda o: o.hit(1)), 98.5, f"{len(found)} questions"),
        _percent("cmrc-dev, right file in first three", share(found, lambda o: o.hit(3)), 99.5),
        _percent("cmrc-dev, answer holds the gold answer", share(found, lambda o: o.holds), 85),
        _percent("cmrc-dev, answered at all", share(found, lambda o: not o.declined)),
        Figure("quality", "traditional characters, first place lost", lost, "points", 1.5, note=f"{PROBE} questions"),
    ]


def traditional(text: str) -> str:
    """The text in traditional characters."""
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(text))


def _mixed(bench: Bench, data: Path) -> list[Figure]:
    unanswerable = sets.plain(data / "mixed-dev" / "unanswerable.jsonl")
    found, none = outcomes(sets.home(data, bench.out, "mixed"), sets.mixed_questions(data), unanswerable)
    across = [o for o in found if o.asked.kind == "cross-lingual"]
    within = [o for o in found if o.asked.kind != "cross-lingual"]
    return [
        _percent("mixed-dev, right file first", share(found, lambda o: o.hit(1)), 80, f"{len(found)} questions"),
        _percent("mixed-dev, right file in first three", share(found, lambda o: o.hit(3)), 92),
        _percent("mixed-dev, across languages, first", share(across, lambda o: o.hit(1)), 55, f"{len(across)} questions"),
        _percent("mixed-dev, within a language, first", share(within, lambda o: o.hit(1))),
        _percent("mixed-dev, answer holds the evidence", share(found, lambda o: o.holds)),
        _percent("mixed-dev, answered at all", share(found, lambda o: not o.declined)),
        _percent("mixed-dev, unanswerable declined", share(none, lambda o: o.declined), 85, f"{len(none)} questions"),
    ]


def _built_in(bench: Bench, data: Path) -> list[Figure]:
    asked, unanswerable = sets.plain(data / "questions-dev.jsonl"), sets.plain(data / "unanswerable-dev.jsonl")
    found, none = outcomes(sets.home(data, bench.out, "built-in"), asked, unanswerable)
    wrongly = [o.asked.id for o in found if o.declined]
    rightly = share(none, lambda o: o.declined)
    return [
        Figure("quality", "questions-dev, wrongly declined", share(found, lambda o: o.declined), "%", 5, note=" ".join(wrongly)),
        _percent("unanswerable-dev, declined", rightly, 90, " ".join(o.asked.id for o in none if not o.declined)),
        *(
            _percent(f"unanswerable-dev, {kind} declined", share([o for o in none if o.asked.kind == kind], lambda o: o.declined))
            for kind in sorted({q.kind for q in unanswerable})
        ),
    ]


def compared(bench: Bench) -> list[Figure]:
    """The right file first, ours and the stock recipe's: over cmrc-dev, or over the built-in handbook without the sets."""
    if bench.data is None:
        home = Home(bench.out / "sections" / "handbook", bench.out / "sections" / "data")
        questions = write_sections(home.handbook)
        name = "built-in handbook, damaged sentences"
    else:
        home, questions = sets.home(bench.data, bench.out, "cmrc"), sets.passage_questions(bench.data)
        name = "cmrc-dev"
    (found,) = outcomes(home, questions)
    ours = share(found, lambda o: o.hit(1))
    note = f"{len(questions)} questions"
    if not bench.with_stock:
        return [Figure("stock", f"hit@1, {name}", ours, "%", None, False, None, note)]
    return [
        Figure("stock", f"hit@1, {name}", ours, "%", None, False, _stock_first(bench, home, questions, size),
               f"{note}; stock with chunk_size={size[0]}, chunk_overlap={size[1]}")
        for size in (stock.TUTORIAL, stock.SMALL)
    ]  # fmt: skip


def _stock_first(bench: Bench, home: Home, questions: Sequence[Asked], size: tuple[int, int]) -> float:
    store = fresh(home.data.with_name(f"stock-{size[0]}"))
    stock.run("index", handbook=home.handbook, store=store, model=bench.stock_weights(), size=size)
    sources = stock.run("ask", store=store, model=bench.stock_weights(), questions=[q.text for q in questions])["sources"]
    return 100 * sum(found[0] in q.files for q, found in zip(questions, sources, strict=True)) / len(questions)
