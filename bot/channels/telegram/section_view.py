"""A section as it is read in the chat: heading, where it stands, one page of text, buttons to move on. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels import words
from bot.channels.telegram import actions, markdown, texts
from bot.channels.telegram.render import NOTHING, Rows, short
from bot.channels.telegram.rich import Look, Rich, joined, plain, styled
from bot.channels.telegram.splitting import PAGE, pieces
from bot.domain.messages import Button
from knowledge.types import Kind, Passage

LONGEST_HEADING = 240
"""Columns of a heading that are shown; some documents make whole paragraphs into headings."""


@dataclass(frozen=True, slots=True)
class Around:
    """Where a section can be left to: its neighbours' keys, and the answer or card it was opened from, or NO_EXCHANGE."""

    previous: str | None
    next: str | None
    exchange: str = actions.NO_EXCHANGE


def section_view(passage: Passage, page: int, around: Around, language: str) -> tuple[Rich, Rows]:
    """One page (from 0; the last one if there are fewer) with its buttons."""
    pages = pieces(markdown.rich(passage.text), PAGE) or (NOTHING,)
    page = min(page, len(pages) - 1)
    head, below = (_case_head if passage.kind is Kind.CASE else _head)(passage, language)
    content = joined([head, plain("\n"), below, plain("\n\n"), pages[page]])
    return content.strip().legal(), _buttons(passage.key, page, len(pages), around, language)


def heading(passage: Passage) -> Rich:
    """The section's heading in bold."""
    return styled(short(passage.heading or passage.title, LONGEST_HEADING), Look.BOLD)


def place(passage: Passage, language: str) -> str:
    """The document and the page, and whether the case is made up for teaching."""
    return " · ".join([f"《{short(passage.title, LONGEST_HEADING)}》", *_remarks(passage, language)])


def _remarks(passage: Passage, language: str) -> list[str]:
    places = []
    if passage.page is not None:
        places.append(words.PAGE.to(language, page=passage.page))
    if passage.teaching:
        places.append(words.TEACHING.to(language))
    return places


def _head(passage: Passage, language: str) -> tuple[Rich, Rich]:
    """What the section says first, then whose it is."""
    return heading(passage), styled(place(passage, language), Look.ITALIC)


def _case_head(passage: Passage, language: str) -> tuple[Rich, Rich]:
    """Whose story it is and what came of it, then which part: “Background” alone says nothing of a case."""
    title = styled(short(passage.title, LONGEST_HEADING), Look.BOLD)
    part = short(passage.heading or passage.title, LONGEST_HEADING)
    return title, styled(" · ".join([part, *_remarks(passage, language)]), Look.ITALIC)


def _buttons(key: str, page: int, pages: int, around: Around, language: str) -> Rows:
    def to(label: str, section: str, number: int = 0) -> Button:
        return Button(label, actions.section(around.exchange, section, number))

    turning = []
    if pages > 1:
        turning = [
            to("◀", key, page - 1) if page > 0 else Button("·", actions.NOTHING),
            Button(f"{page + 1}/{pages}", actions.NOTHING),
            to("▶", key, page + 1) if page + 1 < pages else Button("·", actions.NOTHING),
        ]
    moving = []
    if around.previous:
        moving.append(to(texts.PREVIOUS.to(language), around.previous))
    if around.next:
        moving.append(to(texts.NEXT.to(language), around.next))
    back = []
    if card := actions.card(around.exchange):
        back = [Button(texts.BACK_TO_CARD.to(language, name=card.partition(":")[2]), card)]
    elif around.exchange != actions.NO_EXCHANGE:
        back = [Button(texts.BACK.to(language), actions.back(around.exchange))]
    return tuple(tuple(row) for row in (turning, moving, back) if row)
