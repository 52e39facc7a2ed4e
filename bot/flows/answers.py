"""From a question to an answer with citations; knows no channel and no index."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain.access import Viewer
from bot.domain.answers import Answer, Citation, Draft, Verdict
from bot.errors import ModelError, NotFound
from bot.flows.grounding import Growing, unsupported
from bot.flows.ports import ChatModel, Found, Knowledge
from bot.flows.words import say
from knowledge.cases import short_title
from knowledge.confidence import Level
from knowledge.lexical import language as language_of
from knowledge.types import Kind, Passage

CITED = 5
NEAREST = 3
"""Sections named when the handbook does not answer."""
CASES = 2
CASE_FLOOR = 0.8
"""A case is shown beside the answer when it fits at least this share as well as the best section,"""
TAUGHT = 2
TAUGHT_FLOOR = 0.3
"""or this share when it names one of the best `TAUGHT` sections as what it teaches: its owner's word counts for more than shared
words. On 32 everyday questions the case that belongs beside the answer reached .33 and more, one that does not at most .28."""
LONG_TITLE = 12
"""Characters up to which a case's whole title stands before its part in a list; of a longer one what is before the colon."""
GAP = "……"
"""Stands where an answer leaves out a part of the section it quotes."""
QUOTE = 1200
"""Characters of a section that go with a citation."""

_SMALL_TALK = re.compile(
    r"(?:谢谢|多谢|感谢|好的?|好嘞|收到|明白|知道|懂|了解|嗯+|哦+|行|可以|ok|okay|thanks?|thank you|got it)"
    r"[了啦呢哈您你]*[\s。！!~～.]*",
    re.IGNORECASE,
)
Turns = Callable[[Viewer], Awaitable[Sequence[str]]]
Watch = Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """The first journey. `turns` gives a viewer's earlier questions in this chat, oldest first; `model` is optional."""

    knowledge: Knowledge
    turns: Turns | None = None
    model: ChatModel | None = None

    async def ask(self, viewer: Viewer, text: str, *, history: Sequence[str] | None = None, watch: Watch | None = None) -> Answer:
        """Answer one question within the viewer's scope.

        `history` holds earlier turns, oldest first; by default the stored ones. `watch` is called while a model writes, and
        never without one: that answer is there at once. Never raises for odd input: a text without a word in it is told so.
        """
        question = text.replace("\0", " ").strip()
        language = language_of(question) if any(c.isalpha() for c in question) else viewer.language
        if not any(c.isalnum() for c in question):
            return Answer(text, Verdict.OFF_TOPIC, say("empty", viewer.language))
        if is_small_talk(question):
            return Answer(question, Verdict.OFF_TOPIC, say("small_talk", language))
        if history is None:
            history = await self.turns(viewer) if self.turns else ()
        found = await self.knowledge.find(question, scope=viewer.scope.collections, history=history, top_k=CITED)
        notice = "" if found.complete else say("filling", language)
        level = found.confidence.level
        if level is Level.OFF_TOPIC or not found.passages:
            return Answer(question, Verdict.OFF_TOPIC, say("off_topic", language), notice=notice)
        if level is Level.NOT_FOUND:
            nearest = tuple(cite(passage) for passage in found.passages[:NEAREST])
            return Answer(question, Verdict.NOT_IN_HANDBOOK, say("not_in_handbook", language), nearest, notice=notice)
        return await self._answer(question, found, history, language, notice, watch)

    async def _answer(
        self, question: str, found: Found, history: Sequence[str], language: str, notice: str, watch: Watch | None
    ) -> Answer:
        citations = tuple(cite(passage) for passage in found.passages)
        cases = tuple(cite(case) for case in _near(found))
        if self.model is not None:
            heard = _show(citations, found.passages, watch) if watch else None
            written, problem = await self._written(self.model, question, found.passages, history, language, heard)
            if written:
                return Answer(question, Verdict.ANSWERED, marked(written, citations, language), citations, cases, notice)
            notice = f"{notice} {problem}".strip()
        return Answer(question, Verdict.ANSWERED, quoted(found.passages, language), citations, cases, notice)

    async def _written(
        self,
        model: ChatModel,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[str],
        language: str,
        heard: Callable[[str], None] | None,
    ) -> tuple[str, str]:
        """What the model wrote, if every sentence of it stands on the passages; else why it is not used."""
        try:
            text = await model.write(question, passages, history=history, heard=heard)
        except ModelError:
            return "", say("model_unreachable", language)
        return (text, "") if not unsupported(text, [p.text for p in passages]) else ("", say("model_unfaithful", language))

    async def open(self, viewer: Viewer, key: str) -> Passage:
        """One whole section; NotFound when it is not in the viewer's scope."""
        passage = await self.knowledge.section(key, scope=viewer.scope.collections)
        if passage is None:
            raise NotFound(say("section_gone", viewer.language))
        return passage

    async def locate(self, viewer: Viewer, anchor: str) -> str:
        """The key of the section with this number, e.g. ``12.1``; NotFound when it is not in the handbook."""
        key = await self.knowledge.anchored(anchor, scope=viewer.scope.collections)
        if key is None:
            raise NotFound(say("no_section", viewer.language).format(anchor=anchor))
        return key

    async def neighbours(self, viewer: Viewer, key: str) -> tuple[str | None, str | None]:
        """Keys of the sections before and after in the same document."""
        return await self.knowledge.neighbours(key, scope=viewer.scope.collections)

    async def suggest(self, viewer: Viewer, text: str, limit: int = 10) -> tuple[Passage, ...]:
        """Sections for a few words, best first, whether or not they answer anything."""
        if not any(c.isalnum() for c in text):
            return ()
        return (await self.knowledge.find(text, scope=viewer.scope.collections, top_k=limit)).passages


def is_small_talk(question: str) -> bool:
    """Whether somebody only said thanks, or that they understood."""
    return _SMALL_TALK.fullmatch(question) is not None


def _show(citations: tuple[Citation, ...], passages: Sequence[Passage], watch: Watch) -> Callable[[str], None]:
    """Tell `watch` what was found, and return what tells it what the model wrote.

    Every sentence that anybody sees is checked, also in a preview that is gone in a moment: an invented figure that was
    on the screen for three seconds has been read. So a preview grows by checked sentences, not by the model's words.
    """
    growing = Growing([passage.text for passage in passages])
    watch(Draft(citations))

    def heard(written: str) -> None:
        if growing.grow(written):
            watch(Draft(citations, growing.text))

    return heard


def cite(passage: Passage) -> Citation:
    """A passage as a citation; the quote is its best part, word for word. A part of a case is named with its case."""
    return Citation(
        key=passage.key, document=passage.document, title=passage.title, section=_named(passage), anchor=passage.anchor,
        page=passage.page, score=passage.score, quote=_excerpt(passage), case=passage.kind is Kind.CASE,
        teaching=passage.teaching, collection=passage.scope,
    )  # fmt: skip


def _named(passage: Passage) -> str:
    """The heading; for a case with the case's name, because 结果 alone names nothing: ``侯哥家纺 · 结果``."""
    if passage.kind is not Kind.CASE:
        return passage.heading
    short = short_title(passage.title)
    name = short if len(passage.title) > LONG_TITLE else passage.title
    return name if passage.heading in ("", short, passage.title) else f"{name} · {passage.heading}"


def marked(text: str, citations: Sequence[Citation], language: str) -> str:
    """What a model wrote, with a word behind each number of a made-up case."""
    for number, citation in enumerate(citations, 1):
        if citation.teaching:
            text = text.replace(f"[{number}]", f"[{number}]{say('teaching_cited', language)}")
    return text


def quoted(passages: Sequence[Passage], language: str = "zh") -> str:
    """The picked sentences of each passage, word for word, each block with its citation's number.

    What comes from a made-up case is said to before it begins.
    """
    blocks = []
    for number, passage in enumerate(passages, 1):
        picked = _with_gaps(passage)
        if picked.strip():
            # Behind a list, a table or a code block the mark needs a line of its own to stay out of it.
            last = picked.rstrip().splitlines()[-1].lstrip()
            apart = "\n\n" if last.startswith(("|", "```", "~~~")) else " "
            above = say("teaching_quoted", language).format(name=short_title(passage.title)) if passage.teaching else ""
            blocks.append(f"{above}{picked.rstrip()}{apart}[{number}]")
    return "\n\n".join(blocks)


def _with_gaps(passage: Passage) -> str:
    """What was picked, with …… where text is left out; a table's head stands right above its rows."""
    out, end = "", None
    for start, stop in passage.picked:
        piece = passage.text[start:stop].strip("\n")
        is_gap = end is not None and passage.text[end:start].strip() and not piece.startswith("|")
        out += f"\n\n{GAP}\n\n{piece}" if is_gap else f"\n{piece}" if out else piece
        end = stop
    left = passage.text[end:].strip() if end is not None else ""
    return f"{out.rstrip()}\n\n{GAP}" if left and out else out


def _excerpt(passage: Passage) -> str:
    """The passage, or the part of it around the sentences that answer."""
    if len(passage.text) <= QUOTE:
        return passage.text
    middle = passage.picked[-1] if passage.picked else (passage.spans[0].start, passage.spans[0].end) if passage.spans else (0, 0)
    start = max(0, min((middle[0] + middle[1] - QUOTE) // 2, len(passage.text) - QUOTE))
    return passage.text[start : start + QUOTE]


def _near(found: Found) -> list[Passage]:
    """Cases beside the answer: close enough to the best section or made to teach it, and not cited already; best first."""
    cited = {(passage.scope, passage.document) for passage in found.passages}
    best = found.passages[0].score
    answers = {passage.anchor for passage in found.passages[:TAUGHT] if passage.kind is not Kind.CASE}
    above = []
    for case in found.cases:
        teaches = not answers.isdisjoint(case.meta.get("sections", "").split(", "))
        floor = best * (TAUGHT_FLOOR if teaches else CASE_FLOOR)
        if (case.scope, case.document) not in cited and case.score >= floor:
            above.append((case.score / floor if floor else 0.0, case))
    return [case for _, case in sorted(above, key=lambda item: -item[0])][:CASES]
