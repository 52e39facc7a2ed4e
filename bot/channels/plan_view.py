"""Live sessions as messages: the plan, what changed, the gate, what the operator is asked. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.channels import plan_words as words
from bot.channels.plan_actions import made
from bot.channels.words import Phrase
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.session_items import SessionItem
from bot.domain.sessions import OPERATOR_POST, LiveSession, Status
from bot.domain.when import spoken_when
from bot.flows.ports import Names

Rows = tuple[tuple[Button, ...], ...]
LISTED = 30
"""Open items of a gate that are named: more than any list of the built-in handbook has, and still one message."""


class PlanView:
    """The port `SessionWords`."""

    def planned(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """The plan of a session, with what can be done to it."""
        return card(session, names, now, language)

    def repeated(self, sessions: Sequence[LiveSession], names: Names, now: datetime, language: str) -> Message:
        """That these occurrences of a weekly session are planned."""
        lines = [f"• {title_of(one, names, now, language)}" for one in sessions]
        lines += [words.HOST.to(language, host=sessions[0].host or words.NO_HOST.to(language)), words.REPEATED_HOW.to(language)]
        return _message(words.REPEATED.to(language, n=len(sessions)), lines, ())

    def changed(self, before: LiveSession, after: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """What was changed, from what to what."""
        title = words.CHANGED.to(language, title=title_of(before, names, now, language))
        lines = [_from_to(*one, language) for one in _differences(before, after, names, now, language)]
        if (before.chat, before.topic) != (after.chat, after.topic):
            lines.append(words.MOVED_GROUP.to(language))
        return _message(title, lines, (_row(language, (words.B_CHECKLIST, made("plan_checklist", after.id))),))

    def cancelled(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """That it will not take place."""
        return Message((Part(words.CALLED_OFF.to(language, title=title_of(session, names, now, language))),))

    def gate(
        self, session: LiveSession, missing: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        """What stands against going live, with the buttons to do so."""
        title = title_of(session, names, now, language)
        if session.status is not Status.PLANNED:
            phrase = words.GATE_LIVE if session.status is Status.LIVE else words.GATE_OVER
            return Message((Part(phrase.to(language, title=title)),))
        begin, listed = (words.B_BEGIN, made("plan_begin", session.id)), (words.B_CHECKLIST, made("plan_checklist", session.id))
        if not missing:
            return _message(words.GATE_CLEAR.to(language, title=title), (), (_row(language, begin, listed),))
        reason = (words.B_REASON, made("plan_reason", session.id))
        rows = (_row(language, begin, reason), _row(language, listed))
        return _message(words.GATE.to(language, title=title), gate_lines(missing, numbers, names, language), rows)

    def overridden(
        self, session: LiveSession, items: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, now: datetime,
        language: str,
    ) -> Message:  # fmt: skip
        """That it went live although these items were open."""
        override = session.override
        who = _name(override.by if override else "", names, language)
        head = words.OVERRIDDEN.to(
            language, title=title_of(session, names, now, language), who=who, reason=override.reason if override else ""
        )
        return _message(
            head,
            gate_lines(items, numbers, names, language),
            (_row(language, (words.B_CHECKLIST, made("plan_checklist", session.id))),),
        )

    def not_begun(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """Ask whether it is live."""
        id = session.id
        row = _row(
            language, (words.B_BEGUN, made("plan_begin", id)), (words.B_MOVE, made("plan_ask", id, "starts")),
            (words.B_CALL_OFF, made("plan_cancel", id, 0)),
        )  # fmt: skip
        return _message(words.NOT_BEGUN.to(language, title=title_of(session, names, now, language)), (), (row,))

    def not_ended(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """Ask whether it is over."""
        title = title_of(session, names, now, language)
        row = _row(
            language, (words.B_ENDED, made("plan_end", session.id, 1)), (words.B_GOES_ON, made("plan_goes_on", session.id))
        )
        return _message(words.NOT_ENDED.to(language, title=title, end=f"{session.ends_at:%H:%M}"), (), (row,))

    def ended_late(self, session: LiveSession, names: Names, now: datetime, language: str) -> Message:
        """That the clock has ended it."""
        return Message((Part(words.ENDED_LATE.to(language, title=title_of(session, names, now, language))),))


def card(session: LiveSession, names: Names, now: datetime, language: str, notes: Sequence[str] = ()) -> Message:
    """A session with its buttons; `notes` stand below it."""
    rows = {
        Status.DRAFT: _draft_rows, Status.PLANNED: _planned_rows, Status.LIVE: _live_rows, Status.ENDED: _ended_rows
    }.get(session.status)  # fmt: skip
    lines = [*_lines(session, names, language), *([""] if notes else []), *notes]
    title = title_of(session, names, now, language)
    return _message(title, lines, rows(session, language) if rows else ())


def calendar_entry(session: LiveSession, merchant: str, *, language: str) -> tuple[str, str]:
    """What a session is called in a calendar, and what stands below it."""
    host = session.host or words.NO_HOST.to(language)
    title = words.CALENDAR_TITLE.to(language, merchant=merchant)
    return title, f"{words.HOST.to(language, host=host)}\n{words.GOAL.to(language, goal=words.money(session.goal, language))}"


def edit_page(session: LiveSession, names: Names, now: datetime, language: str) -> Message:
    """The same with a button for each thing that can be changed."""
    title = title_of(session, names, now, language)
    rows = (*field_rows(session, language), _row(language, (words.B_BACK, made("plan_card", session.id))))
    return _message(title, list(_lines(session, names, language)), rows)


def field_rows(session: LiveSession, language: str) -> Rows:
    """A button for each thing that can be changed at this stage."""
    id = session.id
    people = ((words.B_POSTS, made("plan_posts", id)), (words.B_OPERATOR, made("plan_operators", id)))
    aims = ((words.B_GOAL, made("plan_ask", id, "goal")), (words.B_FIGURES, made("plan_ask", id, "figures")))
    span = ((words.B_LENGTH, made("plan_lengths", id)), (words.B_HOST, made("plan_ask", id, "host")))
    if session.status is Status.LIVE:
        return _row(language, *span), _row(language, *aims), _row(language, *people)
    weekly = (words.B_WEEKLY, made("plan_weekly", id, 0))
    variant = words.B_VARIANT.to(language, variant=words.VARIANTS[session.variant].to(language))
    last = (Button(variant, made("plan_variants", id)), *_row(language, (words.B_GROUP, made("plan_groups", id))))
    repeat = _row(language, weekly) if session.status is Status.PLANNED else ()
    when = _row(language, (words.B_STARTS, made("plan_ask", id, "starts")), *span)
    return when, _row(language, *aims), _row(language, *people), (*last, *repeat)


def title_of(session: LiveSession, names: Names, now: datetime, language: str) -> str:
    """The merchant and when it is, from when to when."""
    start, end = session.go_live, session.ends_at
    spoken = spoken_when(start, now=now, zone=session.local_zone, language=language)
    until = f"{end:%H:%M}" if end.date() == start.date() else words.NEXT_DAY.to(language, time=f"{end:%H:%M}")
    return words.TITLE.to(language, merchant=names.merchant, when=words.UNTIL.to(language, start=spoken, end=until))


def _lines(session: LiveSession, names: Names, language: str) -> Iterator[str]:
    yield words.KIND.to(
        language, variant=words.VARIANTS[session.variant].to(language), length=words.length(session.length, language)
    )
    yield words.HOST.to(language, host=session.host or words.NO_HOST.to(language))
    yield words.OPERATOR.to(language, name=_name(session.operator, names, language))
    yield words.GOAL.to(language, goal=words.money(session.goal, language))
    if session.figures.known:
        yield words.FIGURES.to(language, figures=words.figures(session.figures, language))
    if session.posts:
        yield words.POSTS_LINE.to(language, posts=_posts(session, names, language))
    yield words.GROUP.to(language, group=names.group if session.chat else words.NO_GROUP.to(language))
    if session.series:
        yield words.WEEKLY.to(language)
    yield ""
    yield _state(session, language)
    if session.override:
        # How many, not which: an item's id says nothing to people, and the leads are told the items in words.
        who, missing = _name(session.override.by, names, language), len(session.override.items)
        yield words.OVERRIDE.to(language, n=missing, who=who, reason=session.override.reason)


def _state(session: LiveSession, language: str) -> str:
    began, ended = session.go_live, session.ends_at
    if session.status is Status.LIVE:
        return words.LIVE.to(language, time=f"{began:%H:%M}")
    if session.status is Status.ENDED:
        # As long as the two clock times say, which leave seconds out.
        span = words.length(ended.replace(second=0, microsecond=0) - began.replace(second=0, microsecond=0), language)
        return words.ENDED.to(language, begin=f"{began:%H:%M}", end=f"{ended:%H:%M}", length=span)
    phrases = {Status.DRAFT: words.DRAFT, Status.CANCELLED: words.CANCELLED}
    return phrases.get(session.status, words.PLANNED).to(language)


def _posts(session: LiveSession, names: Names, language: str) -> str:
    held = [(post.role, post.name or _name(post.person, names, language)) for post in session.posts]
    found = [words.POST.to(language, role=words.post(role, language), name=name) for role, name in held]
    return words.LIST.to(language).join(found) or words.NOBODY.to(language)


def _name(person: str, names: Names, language: str) -> str:
    return names.people.get(person) or words.SOMEBODY.to(language)


def gate_lines(items: Sequence[SessionItem], numbers: Mapping[str, int], names: Names, language: str) -> list[str]:
    """Items that stand against going live, a line each with its number and who has to do it; of a great many only the numbers."""
    lines, items = [], sorted(items, key=lambda one: numbers[one.id])
    for one in items[:LISTED]:
        role = one.role if one.role == OPERATOR_POST else words.post(one.role, language)
        who = names.people.get(one.person, "")
        lines.append(
            words.GATE_ITEM.to(language, number=numbers[one.id], text=one.text, who=f"{words.post(role, language)} {who}".strip())
        )
    left = " ".join(str(numbers[one.id]) for one in items[LISTED:])
    return lines + ([words.MORE.to(language, numbers=left)] if left else [])


def _differences(
    before: LiveSession, after: LiveSession, names: Names, now: datetime, language: str
) -> Iterator[tuple[Phrase, str, str]]:
    def spoken(session: LiveSession) -> str:
        return spoken_when(session.starts_at, now=now, zone=session.local_zone, language=language)

    shown = (
        (words.W_TIME, spoken),
        (words.W_LENGTH, lambda one: words.length(one.length, language)),
        (words.W_HOST, lambda one: one.host or words.NO_HOST.to(language)),
        (words.W_VARIANT, lambda one: words.VARIANTS[one.variant].to(language)),
        (words.W_GOAL, lambda one: words.money(one.goal, language)),
        (words.W_FIGURES, lambda one: words.figures(one.figures, language)),
        (words.W_OPERATOR, lambda one: _name(one.operator, names, language)),
        (words.W_POSTS, lambda one: _posts(one, names, language)),
    )
    for phrase, say in shown:
        was, becomes = say(before), say(after)
        if was != becomes:
            yield phrase, was, becomes


def _from_to(what: Phrase, before: str, after: str, language: str) -> str:
    return words.FROM_TO.to(language, what=what.to(language), before=before, after=after)


def _draft_rows(session: LiveSession, language: str) -> Rows:
    id = session.id
    head = _row(language, (words.B_CONFIRM, made("plan_confirm", id, 0, session.revision)), (words.B_LAST, made("plan_last", id)))
    return head, *field_rows(session, language), _row(language, (words.B_DROP, made("plan_cancel", id, 1)))


def _planned_rows(session: LiveSession, language: str) -> Rows:
    id = session.id
    return (
        _row(language, (words.B_BEGIN, made("plan_begin", id)), (words.B_EDIT, made("plan_edit", id))),
        _row(language, (words.B_CHECKLIST, made("plan_checklist", id)), (words.B_ORDER, made("plan_order", id))),
        _row(language, (words.B_CANCEL, made("plan_cancel", id, 0))),
    )


def _live_rows(session: LiveSession, language: str) -> Rows:
    id = session.id
    return (
        _row(language, (words.B_END, made("plan_end", id, 0)), (words.B_EDIT, made("plan_edit", id))),
        _row(language, (words.B_CHECKLIST, made("plan_checklist", id)), (words.B_ORDER, made("plan_order", id))),
    )


def _ended_rows(session: LiveSession, language: str) -> Rows:
    return (_row(language, (words.B_CHECKLIST, made("plan_checklist", session.id))),)


def _row(language: str, *buttons: tuple[Phrase, str]) -> tuple[Button, ...]:
    return tuple(Button(phrase.to(language), action) for phrase, action in buttons)


def _message(title: str, lines: Sequence[str], rows: Rows) -> Message:
    return Message((Part(title, Style.BOLD), *([Part("\n" + "\n".join(lines))] if lines else [])), rows)
