"""Cards of a session as messages: what is to be done, by whom, until when, and what has been done. Knows nothing about Telegram.

However many items there are, one card is one message: first what is settled is folded, then what is open is shortened, and
only then is some of it left for later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from string import ascii_uppercase

from bot.channels import session_words as words
from bot.channels.session_actions import made
from bot.channels.session_lines import MARKS, NAME, SAID, Round, Teller, next_open, short
from bot.domain.checklists import Evidence
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.session_cards import HandOver, ItemCard, Reminder, alike, rounds
from bot.domain.session_items import SessionItem, State
from bot.domain.sessions import LiveSession, Status

LONGEST = 4000
"""UTF-16 units of a card, below the 4096 that one message may hold."""
WIDE, NARROW = 80, 36
"""Columns of an item's own words: whole as far as checklists allow, and cut where a card would be too long."""
UNFOLDED = 14
"""So many lines are read at a glance; on a longer card what is settled is folded."""
SHOWN, LISTED = 40, 20
"""Open lines of a card, and of each part of a hand-over, at most."""
ROW = 5
BAR = 10
Numbered = Sequence[tuple[int, Round]]


class SessionCards:
    """The port `SessionViews` in words."""

    def card(self, shown: ItemCard) -> Message:
        """A list of items with the buttons to tick them."""
        lines = rounds(shown.items, shown.numbers)
        opened = [(number, line) for number, line in lines if next_open(line)]
        title = _title(shown.session, shown.merchant, _teller(shown))
        parts = (Part(title, Style.BOLD), Part(f"\n{_progress(shown)}\n"))
        if shown.session.status is Status.CANCELLED:
            return Message((*parts, Part(f"\n{words.CANCELLED.to(shown.language)}")))
        body = _body(shown, lines, opened, LONGEST - sum(_units(part.text) for part in parts))
        return Message((*parts, Part(body)), _buttons(shown, opened[:SHOWN]))

    def reminder(self, shown: Reminder) -> Message:
        """What is open, for one person, of all their sessions."""
        theirs = all(one.item.person == shown.reader for one in shown.items)
        phrase = words.REMINDER if theirs else words.REMINDER_TO_OTHERS
        parts = [Part(phrase.to(shown.language, count=len(shown.items)), Style.BOLD)]
        buttons: list[Button] = []
        groups = [list(items) for _, items in groupby(shown.items[:SHOWN], key=lambda one: one.session)]
        for letter, listed in zip(_letters(len(groups)), groups, strict=True):
            teller = Teller(listed[0].session, shown.names, shown.now, shown.language)
            title = _title(listed[0].session, listed[0].merchant, teller)
            parts.append(Part(f"\n\n{f'{letter} ' if letter else ''}{title}", Style.BOLD))
            for one in listed:
                number = f"{letter}{one.number}"
                parts.append(Part(f"\n{teller.line(number, (one.item,), NARROW)}"))
                buttons.append(_button(number, one.item, shown.language))
        if rest := len(shown.items) - len(buttons):
            parts.append(Part(f"\n\n{words.HANDOVER_REST.to(shown.language, count=rest)}"))
        return Message(tuple(parts), _in_rows(buttons))

    def handover(self, shown: HandOver) -> Message:
        """What the next shift has to know."""
        teller = Teller(shown.session, shown.names, shown.now, shown.language)
        head = words.HANDOVER.to(shown.language, time=teller.when(shown.now))
        parts = [Part(f"{head}\n{_title(shown.session, shown.merchant, teller)}", Style.BOLD)]
        for section in HANDOVER_SECTIONS:
            title, lines = section(shown, teller)
            listed = lines[:LISTED] or [words.HANDOVER_NONE.to(shown.language)]
            if rest := len(lines) - LISTED if len(lines) > LISTED else 0:
                listed = [*listed, words.HANDOVER_REST.to(shown.language, count=rest)]
            parts += [Part(f"\n\n{title}", Style.BOLD), Part("".join(f"\n{line}" for line in listed))]
        return Message(tuple(parts))


def _open(shown: HandOver, teller: Teller) -> tuple[str, list[str]]:
    lines = [
        f"☐ {'❗' if line[0].blocking else ''}{_repeated(line, teller)}{words.DOT}{teller.about(line[0])}"
        for line in alike(shown.still_open)
    ]
    return words.HANDOVER_OPEN.to(shown.language, count=len(lines)), lines


def _done(shown: HandOver, teller: Teller) -> tuple[str, list[str]]:
    lines = [
        f"{MARKS[line[0].state]} {_repeated(line, teller)}{words.DOT}{teller.settled(line[0])}"
        for line in alike(tuple(reversed(shown.done)))
    ]
    return words.HANDOVER_DONE.to(shown.language, since=teller.when(shown.since), count=len(lines)), lines


def _repeated(line: Sequence[SessionItem], teller: Teller) -> str:
    """The item's words, with how often and from when to when it was due."""
    said, due = short(line[0].text, NARROW), sorted(one.due_at for one in line)
    span = words.REPEATED.to(teller.language, n=len(line), first=teller.when(due[0]), last=teller.when(due[-1]))
    return said if len(line) == 1 else f"{said} {span}"


def _notes(shown: HandOver, teller: Teller) -> tuple[str, list[str]]:
    said = [
        f"{short(item.text, NARROW)}{words.DOT}"
        f"{words.NOTE.to(shown.language, who=teller.who(note.person), said=short(note.said, SAID))}"
        for item, note in shown.notes
    ]
    return words.HANDOVER_NOTES.to(shown.language), said


HANDOVER_SECTIONS = (_open, _done, _notes)
"""What a hand-over says, in this order. Open nudges have their place before what is still open."""


def _teller(shown: ItemCard) -> Teller:
    return Teller(shown.session, shown.names, shown.now, shown.language)


def _title(session: LiveSession, merchant: str, teller: Teller) -> str:
    starts = session.go_live
    day = words.day(starts, teller.now, teller.language)
    return words.DOT.join(filter(None, (f"{day} {starts:%H:%M}", short(merchant, NAME * 2), short(session.host, NAME))))


def _progress(shown: ItemCard) -> str:
    stages = {one.stage for one in shown.items}
    name = words.STAGES[stages.pop()] if len(stages) == 1 else words.MIXED
    done, all_ = sum(one.settled for one in shown.items), len(shown.items)
    filled = done * BAR // all_ if all_ else BAR
    return f"{name.to(shown.language)} {done}/{all_} {'▓' * filled}{'░' * (BAR - filled)}"


def _body(shown: ItemCard, lines: Numbered, opened: Numbered, room: int) -> str:
    """The fullest way to say it that has room."""
    ways = [(False, WIDE, SHOWN)] if len(lines) <= UNFOLDED else []
    ways += [(True, WIDE, SHOWN), (True, NARROW, SHOWN), (True, NARROW, LISTED), (True, NARROW, ROW)]
    body = ""
    for folded, width, most in ways:
        body = "\n".join(_lines(shown, lines, opened, folded=folded, width=width, most=most))
        if _units(body) <= room:
            break
    return body


def _lines(shown: ItemCard, lines: Numbered, opened: Numbered, *, folded: bool, width: int, most: int) -> Iterator[str]:
    teller = _teller(shown)
    for number, line in opened[:most] if folded else lines:
        yield teller.line(number, line, width)
        yield from _said(shown, line, teller)
    if len(opened) > most:
        yield f"\n{words.MORE_ITEMS.to(shown.language, count=len(opened) - most)}"
    settled = [(number, line) for number, line in lines if not next_open(line)]
    if folded and settled:
        done = [f"{number} {teller.who(line[-1].by)} {teller.when(line[-1].at or shown.now)}" for number, line in settled]
        yield "\n" + words.FOLDED.to(shown.language, count=len(settled), list=words.DOT.join(done))
    yield "\n" + _legend(opened, shown.language)


def _said(shown: ItemCard, line: Round, teller: Teller) -> Iterator[str]:
    notes = [note for one in line for note in shown.notes.get(one.key, ())]
    if notes:
        said = words.NOTE.to(shown.language, who=teller.who(notes[-1].person), said=short(notes[-1].said, SAID))
        more = words.NOTES_BEFORE.to(shown.language, count=len(notes) - 1) if len(notes) > 1 else ""
        yield f"     {said}{more}"


def _legend(opened: Numbered, language: str) -> str:
    if not opened:
        return words.ALL_DONE.to(language)
    blocking = any(one.blocking and not one.settled for _, line in opened for one in line)
    said = " ".join([words.TAP.to(language), *([words.LEGEND_BLOCKING.to(language)] if blocking else [])])
    photos = sum(one.evidence is Evidence.PHOTO for _, line in opened if (one := next_open(line)))
    phrase = words.LEGEND_PHOTOS if photos > 1 else words.LEGEND_PHOTO
    return f"{said}\n{phrase.to(language)}" if photos else said


def _buttons(shown: ItemCard, opened: Numbered) -> tuple[tuple[Button, ...], ...]:
    numbers = [_button(number, one, shown.language) for number, line in opened if (one := next_open(line))]
    more = (Button(words.MORE.to(shown.language), made("items_more", shown.session.id, 0)),)
    return (*_in_rows(numbers), more)


def _letters(sessions: int) -> Sequence[str]:
    """What tells the numbers of several sessions apart: A to Z, then AA."""
    if sessions == 1:
        return ("",)
    return [f"{ascii_uppercase[n // 26 - 1] if n >= 26 else ''}{ascii_uppercase[n % 26]}" for n in range(sessions)]


def _button(number: int | str, item: SessionItem, language: str) -> Button:
    label = words.CONFIRM.to(language, number=number) if item.state is State.UNCONFIRMED else str(number)
    return Button(label, made("item_tick", item.session, item.id, item.slot))


def _in_rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[start : start + ROW]) for start in range(0, len(buttons), ROW))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
