"""Documents as messages with buttons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from bot.channels.people_words import format_name
from bot.channels.telegram import actions
from bot.channels.telegram.library import words
from bot.channels.telegram.render import Rows, short
from bot.channels.words import Phrase
from bot.domain.access import Merchant
from bot.domain.documents import Document, Kept, Outcome, Version, Waiting
from bot.domain.messages import Button, Message, Part, Style
from bot.flows.library import History, Offer, Place
from knowledge.intake import MEGABYTE, MOST_BYTES

A_PAGE = 8
"""Buttons below each other that a phone shows at once."""
LABEL = 40
LONGEST_NAME = 80
VERSIONS = 12
"""Newest versions that are listed, with a button each."""
LONG = 3000
"""Characters from which on a document should have headings."""
SHORT = 40
LEFT_OUT = 5
"""Merchants that are named as left out."""


def preview(waiting: Waiting, places: Sequence[Place], closed: Sequence[Merchant], page: int, language: str) -> Message:
    """What was sent, what stands in it, where it can go, and where it could if an authorisation held."""
    seen = waiting.seen
    pages = [words.PAGES.to(language, pages=seen.pages)] if seen.pages else []
    size = words.KIND.to(language, kind=format_name(seen.kind, language), size=readable(waiting.size))
    counted = words.SECTIONS.to(language, sections=seen.sections, characters=f"{seen.characters:,}")
    lines = [" · ".join([size, *pages, counted]), words.TITLED.to(language, title=short(seen.title, LONGEST_NAME))]
    lines += ["", words.CONTENTS.to(language), *(f"• {short(heading, LONGEST_NAME)}" for heading in seen.headings)]
    if seen.sections > len(seen.headings):
        lines.append(words.MORE.to(language, sections=seen.sections))
    if seen.sections == 1 and seen.characters > LONG:
        lines += ["", words.ONE_SECTION.to(language)]
    if seen.characters < SHORT:
        lines += ["", words.FEW_WORDS.to(language, characters=seen.characters)]
    lines += ["", words.WHERE.to(language), *left_out(closed, language)]
    head = words.RECEIVED.to(language, name=short(seen.name, LONGEST_NAME))
    buttons = [(label_of(one, language), actions.put_ask(waiting.id, key_of(one))) for one in places]
    turning = paged(buttons, page, lambda at: actions.put_where(waiting.id, at))
    drop = (Button(words.DROP.to(language), actions.put_drop(waiting.id)),)
    return Message((Part(head, Style.BOLD), Part("\n" + "\n".join(lines))), (*turning, drop))


def left_out(closed: Sequence[Merchant], language: str) -> list[str]:
    """Why some merchants are not offered, in one line; none when all are."""
    named = [short(one.name, LABEL) for one in closed[:LEFT_OUT]] + ["…"] * (len(closed) > LEFT_OUT)
    names = words.LIST.to(language).join(named)
    return [words.CLOSED.to(language, names=names)] if named else []


def offer(found: Offer, language: str) -> Message:
    """What confirming would do."""
    name = short(found.waiting.seen.name, LONGEST_NAME)
    kinds = {Outcome.ADDED: words.NEXT, Outcome.RESTORED: words.BACK_AGAIN, Outcome.SAME: words.SAME}
    is_new = found.outcome is Outcome.ADDED and found.number == 1
    said = words.FIRST.to(language) if is_new else kinds[found.outcome].to(language, name=name, number=found.number)
    seen_by = (words.SEEN_BY_MERCHANT if found.place.merchant else words.SEEN_BY_TEAM).to(language)
    id, key = found.waiting.id, key_of(found.place)
    yes = () if found.outcome is Outcome.SAME else (Button(words.YES.to(language), actions.put(id, key)),)
    other = Button(words.ELSEWHERE.to(language), actions.put_where(id, 0))
    drop = Button(words.DROP.to(language), actions.put_drop(id))
    head = words.INTO.to(language, name=name, place=found.place.name)
    return _message(head, f"{said}\n{seen_by}", *((yes,) if yes else ()), (other, drop))


def done(kept: Kept, place: Place, language: str) -> Message:
    """What confirming did, with the way to the document."""
    name = short(kept.document.name, LONGEST_NAME)
    phrase = words.DONE_SAME if kept.outcome is Outcome.SAME else words.DONE
    said = phrase.to(language, place=place.name, name=name, number=kept.number)
    return Message((Part(said),), ((Button(words.OPEN.to(language), actions.document(kept.document.id)),),))


def libraries(places: Sequence[Place], page: int, language: str) -> Message:
    """The places to choose from."""
    if not places:
        return Message((Part(words.NO_LIBRARY.to(language)),))
    buttons = [(label_of(one, language), actions.documents(key_of(one))) for one in places]
    return Message((Part(words.LIBRARIES.to(language)),), paged(buttons, page, actions.libraries))


def documents(place: Place, found: Sequence[Document], page: int, may_add: bool, language: str) -> Message:
    """The documents of one place; those that are taken out come last."""
    known = sorted(found, key=lambda one: (one.current == 0, one.name))
    head = words.DOCUMENTS if found else words.EMPTY
    how = words.HOW.to(language, most=MOST_BYTES // MEGABYTE) if may_add else ""
    buttons = [(_label(one, language), actions.document(one.id)) for one in known]
    rows = paged(buttons, page, lambda at: actions.documents(key_of(place), at))
    back = (Button(words.BACK.to(language), actions.libraries(0)),)
    return _message(head.to(language, place=place.name, count=len(found)), how, *rows, back)


def history(found: History, language: str, zone: tzinfo) -> Message:
    """A document with its versions, and what may be done to it."""
    document = found.document
    listed = found.versions[:VERSIONS]
    lines = [] if document.current else [words.IS_OUT.to(language)]
    lines += [_version(one, found, language, zone) for one in listed]
    rows: list[tuple[Button, ...]] = []
    if found.may_change:
        older = [one.number for one in listed if one.number != document.current]
        rows += [(Button(words.RESTORE.to(language, number=n), actions.restore_ask(document.id, n)),) for n in older]
        if document.current:
            rows.append((Button(words.TAKE_OUT.to(language), actions.take_out_ask(document.id)),))
    rows.append((Button(words.BACK.to(language), actions.documents(key_of(found.place))),))
    head = words.HEAD.to(language, name=short(document.name, LONGEST_NAME), place=found.place.name)
    return _message(head, "\n".join(lines), *rows)


def sure(question: Phrase, action: str, document: Document, language: str, **values: object) -> Message:
    """Ask before something is changed."""
    asked = question.to(language, name=short(document.name, LONGEST_NAME), **values)
    yes, no = Button(words.SURE.to(language), action), Button(words.BACK.to(language), actions.document(document.id))
    return Message((Part(asked),), ((yes, no),))


def paged(buttons: Sequence[tuple[str, str]], page: int, turn: Callable[[int], str]) -> Rows:
    """One page of buttons, each in a row of its own, with a row to turn where there are more."""
    last = max(0, (len(buttons) - 1) // A_PAGE)
    page = min(page, last)
    shown = buttons[page * A_PAGE : (page + 1) * A_PAGE]
    rows = [(Button(short(label, LABEL), action),) for label, action in shown]
    if not last:
        return tuple(rows)
    turning = (
        Button("◀" if page else "·", turn(page - 1) if page else actions.NOTHING),
        Button(f"{page + 1}/{last + 1}", actions.NOTHING),
        Button("▶" if page < last else "·", turn(page + 1) if page < last else actions.NOTHING),
    )
    return (*rows, turning)


def key_of(place: Place) -> str:
    """What a place is called in buttons."""
    return f"m{place.merchant}" if place.merchant else f"t{place.team}"


def label_of(place: Place, language: str) -> str:
    """What a place is called for people."""
    return (words.MERCHANT if place.merchant else words.TEAM).to(language, name=place.name)


def readable(size: int) -> str:
    """A size in KB or MB."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(1, round(size / 1024))} KB"


def _label(document: Document, language: str) -> str:
    name = short(document.name, LABEL - 12)
    return (words.DOCUMENT if document.current else words.DOCUMENT_OUT).to(language, name=name, number=document.current)


def _version(version: Version, found: History, language: str, zone: tzinfo) -> str:
    author = found.authors.get(version.added_by) or version.added_by
    at = f"{version.added_at.astimezone(zone):%Y-%m-%d %H:%M}"
    line = words.VERSION.to(
        language,
        number=version.number,
        at=at,
        author=short(author, LABEL),
        sections=version.sections,
        size=readable(version.size),
    )
    return f"{line} {words.COUNTS.to(language)}" if version.number == found.document.current else line


def _message(head: str, body: str, *rows: tuple[Button, ...]) -> Message:
    return Message((Part(head, Style.BOLD), Part(f"\n{body}" if body else "")), rows)
