"""An answer as a message: text, numbered sources, cases, buttons. Pure; knows nothing about sending."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels import words
from bot.channels.telegram import actions, texts
from bot.channels.telegram.render import Rows, short
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.messages import Button, Message, Part, Style

LABEL = 34
"""Columns of a button that has its row to itself, so that a phone shows the whole label."""

HALF_LABEL = 16
"""Columns of a button that shares its row."""

SINGLE_ROWS = 3
"""Up to so many citations have a row each; more of them share rows, or the answer scrolls off the screen."""

_NUMBER = re.compile(r"\[(\d{1,2})\]")


def answer_message(answer: Answer, exchange: str, language: str, *, lead_in: str = "") -> Message:
    """The whole answer; `exchange` goes into the buttons, `lead_in` is a line above the text."""
    parts = [Part(f"{lead_in}\n\n", Style.ITALIC)] if lead_in else []
    parts.append(Part(_numbered(answer.text, len(answer.citations)), Style.MARKDOWN))
    if answer.citations:
        title = words.SOURCES if answer.grounded else words.NEAREST
        parts += _listed(title.to(language), [f"{_mark(n)}{source(c, language)}" for n, c in enumerate(answer.citations, 1)])
    if answer.cases:
        parts += _listed(words.CASES.to(language), [f"• {source(case, language)}" for case in answer.cases])
    if answer.notice:
        parts.append(Part(f"\n\n{answer.notice}", Style.ITALIC))
    return Message(tuple(parts), answer_buttons(answer, exchange, language))


def answer_buttons(answer: Answer, exchange: str, language: str) -> Rows:
    """One button a citation and a case; below them what one can say about the answer."""
    rows = _citation_rows(answer.citations, exchange)
    for number, case in enumerate(answer.cases, 1):
        label = short(texts.CASE_LABEL.to(language, name=case.title), LABEL)
        rows.append((Button(label, actions.case(exchange, number)),))
    if answer.verdict is not Verdict.OFF_TOPIC:
        rows.append(
            (
                Button(texts.UP.to(language), actions.feedback(exchange, good=True)),
                Button(texts.DOWN.to(language), actions.feedback(exchange, good=False)),
                Button(texts.ASK_LEAD.to(language), actions.lead(exchange)),
            )
        )
    return tuple(rows)


def source(citation: Citation, language: str) -> str:
    """Where it stands, on one line: section, document, page, and whether the case is made up for teaching."""
    places = [citation.section]
    if citation.title != citation.section:
        places.append(f"《{citation.title}》")
    if citation.page is not None:
        places.append(words.PAGE.to(language, page=citation.page))
    if citation.teaching:
        places.append(words.TEACHING.to(language))
    return " · ".join(" ".join(place.split()) for place in places)


def _citation_rows(citations: Sequence[Citation], exchange: str) -> list[tuple[Button, ...]]:
    alone = len(citations) <= SINGLE_ROWS
    width = LABEL if alone else HALF_LABEL
    buttons = [
        Button(f"{_mark(number)}{short(citation.section, width)}", actions.citation(exchange, number))
        for number, citation in enumerate(citations, 1)
    ]
    step = 1 if alone else 2
    return [tuple(buttons[at : at + step]) for at in range(0, len(buttons), step)]


def _listed(title: str, lines: Sequence[str]) -> list[Part]:
    return [Part("\n\n"), Part(title, Style.BOLD), Part("\n" + "\n".join(lines))]


def _mark(number: int) -> str:
    return f"〔{number}〕"


def _numbered(text: str, citations: int) -> str:
    """`[1]` as 〔1〕, the way the sources are listed; other brackets stay."""
    return _NUMBER.sub(lambda found: _mark(int(found[1])) if 1 <= int(found[1]) <= citations else found[0], text)
