"""Questions in, answers out, one a line: the machine-readable form of `copilot ask`."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.commands.words import say

if TYPE_CHECKING:
    from bot.domain.access import Viewer
    from bot.domain.answers import Answer, Citation
    from bot.flows.answers import Answers


TEACHING = "教学示例"
"""Marks a made-up case in what programs read, whatever the language of the question."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a batch. `id` is given back as it came; `history` holds the person's earlier turns, oldest first."""

    id: Any
    text: str
    history: tuple[str, ...] = ()


class BadRow(ValueError):
    """A row that is no question; the message says why."""


def read_row(raw: bytes, number: int, language: str) -> Question | None:
    """The question in one line: a JSON object, or plain text. None for an empty line. Raises BadRow.

    A row without an id has its line number (from 1) for one.
    """
    try:
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        raise BadRow(say(language, "not_utf8")) from None
    if not line:
        return None
    return _from_json(line, number, language) if line.startswith("{") else Question(number, line)


def _from_json(line: str, number: int, language: str) -> Question:
    try:
        row = json.loads(line, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise BadRow(say(language, "not_json")) from None
    question, history = row.get("question"), row.get("history") or []
    if not isinstance(question, str) or not question.strip():
        raise BadRow(say(language, "no_question"))
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise BadRow(say(language, "bad_history"))
    given = row.get("id")
    return Question(number if given is None else given, question, tuple(history))


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON, and would come out as none


def _finite(number: str) -> float:
    """A number that can be written again: 1e999 is JSON, but is infinite when read, and would come out as Infinity."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


async def answer_row(answers: Answers, viewer: Viewer, question: Question) -> str:
    """Ask one question and give the answer as a JSON line."""
    began = time.perf_counter()
    answer = await answers.ask(viewer, question.text, history=question.history)
    elapsed_ms = round((time.perf_counter() - began) * 1000, 1)
    return json.dumps(to_json(question, answer, elapsed_ms), ensure_ascii=False)


def to_json(question: Question, answer: Answer, elapsed_ms: float) -> dict[str, Any]:
    """The contract's fields, in its order; the cases beside the answer follow what it cites, numbered on as at the terminal."""
    return {
        "id": question.id,
        "question": question.text,
        "answer": answer.text,
        "grounded": answer.grounded,
        "citations": [_citation(citation) for citation in (*answer.citations, *answer.cases)],
        "elapsed_ms": elapsed_ms,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document,
        "section": f"{citation.section} · {TEACHING}" if citation.teaching else citation.section,
        "anchor": citation.anchor,
        "score": round(citation.score, 4),
        "quote": citation.quote,
    }
