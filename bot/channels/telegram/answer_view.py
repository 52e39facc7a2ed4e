"""An answer as a message: text, numbered sources, cases, buttons. Pure; knows nothing about sending."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels import words
from bot.channels.telegram import actions, texts
from bot.channels.telegram.render import Rows, short
from bot.domain.answers import Answer, Citation, Draft, Verdict
from bot.domain.messages import Button, Message, Part, Style

LABEL = 34
"""Columns of a button that has its row to itself, so that a phone shows the whole label."""

NAMED = 3
"""Up to so many citations that the text stands on have a row with their name each; the others share one row of numbers."""

_NUMBER = re.compile(r"\[(\d{1,2})\]")


def answer_message(answer: Answer, exchange: str, language: str, *, lead_in: str = "", below: str = "") -> Message:
    """The whole answer; `exchange` goes into the buttons, `lead_in` is a line above the text, `below` one at its end."""
    above = [Part(f"{lead_in}\n\n", Style.ITALIC)] if lead_in else []
    last = [Part(f"\n\n{below}", Style.ITALIC)] if below else []
    return Message((*above, *answer_parts(answer, language), *last), answer_buttons(answer, exchange, language))


def draft_message(draft: Draft, language: str) -> Message:
    """An answer that is being written: what of it may be shown, the sections found while there is nothing yet."""
    if draft.text:
        above, below = texts.WRITTEN_SO_FAR, Part(_numbered(draft.text, len(draft.citations)), Style.MARKDOWN)
    else:
        lines = [f"{_mark(number)}{source(c, language)}" for number, c in enumerate(draft.citations, 1)]
        above, below = texts.WRITING, Part("\n".join(lines))
    return Message((Part(f"{above.to(language)}\n\n", Style.ITALIC), below))


def answer_parts(answer: Answer, language: str) -> list[Part]:
    """Text, sources, cases and notice, without buttons."""
    parts = [Part(_numbered(answer.text, len(answer.citations)), Style.MARKDOWN), *_citations(answer, language)]
    if answer.cases:
        parts += _listed(words.CASES.to(language), [f"• {source(case, language)}" for case in answer.cases])
    if answer.notice:
        parts.append(Part(f"\n\n{answer.notice}", Style.ITALIC))
    return parts


def answer_buttons(answer: Answer, exchange: str, language: str) -> Rows:
    """One button a citation and a case; below them what one can say about the answer."""
    rows = _citation_rows(answer, exchange)
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
    """Where it stands, on one line: section, document (a case's section names it), page, whether it is made up for teaching."""
    places = [citation.section, f"《{citation.title}》"]
    if citation.case or citation.title == citation.section:
        places = [citation.section]
    if citation.page is not None:
        places.append(words.PAGE.to(language, page=citation.page))
    if citation.teaching:
        places.append(words.TEACHING.to(language))
    return " · ".join(" ".join(place.split()) for place in places)


def _quoted(answer: Answer) -> set[int]:
    """Numbers of the citations that the text names; all of them where it names none."""
    numbers = set(range(1, len(answer.citations) + 1))
    return {int(number) for number in _NUMBER.findall(answer.text)} & numbers or numbers


def _citation_rows(answer: Answer, exchange: str) -> list[tuple[Button, ...]]:
    quoted = _quoted(answer)
    rows: list[tuple[Button, ...]] = []
    rest: list[Button] = []
    for number, citation in enumerate(answer.citations, 1):
        action = actions.citation(exchange, number)
        if number in quoted and len(quoted) <= NAMED:
            rows.append((Button(_mark(number) + short(citation.section, LABEL), action),))
        else:
            rest.append(Button(_mark(number), action))
    return [*rows, tuple(rest)] if rest else rows


def _citations(answer: Answer, language: str) -> list[Part]:
    """The sections that the text stands on, then those that are merely near; all nearest ones where there is no answer."""
    lines = {number: f"{_mark(number)}{source(c, language)}" for number, c in enumerate(answer.citations, 1)}
    if not answer.grounded:
        return [Part("\n\n" + "\n".join(lines.values()))] if lines else []
    quoted = _quoted(answer)
    parts: list[Part] = []
    for title, wanted in ((words.SOURCES, quoted), (words.ALSO, lines.keys() - quoted)):
        if wanted:
            parts += _listed(title.to(language), [lines[number] for number in sorted(wanted)])
    return parts


def _listed(title: str, lines: Sequence[str]) -> list[Part]:
    return [Part("\n\n"), Part(title, Style.BOLD), Part("\n" + "\n".join(lines))]


def _mark(number: int) -> str:
    return f"〔{number}〕"


def _numbered(text: str, citations: int) -> str:
    """`[1]` as 〔1〕, the way the sources are listed; other brackets stay."""
    return _NUMBER.sub(lambda found: _mark(int(found[1])) if 1 <= int(found[1]) <= citations else found[0], text)
