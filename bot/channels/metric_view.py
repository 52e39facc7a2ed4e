"""A table of live metrics as a message: what of it is understood, what is left out and why, the buttons. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from bot.channels import metric_words as words
from bot.channels.metric_actions import made
from bot.channels.session_lines import short
from bot.channels.words import Phrase
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.sample_rows import Reason
from bot.domain.sessions import LiveSession
from bot.flows.metric_imports import Preview
from bot.flows.samples import Report

NAME, CELL = 24, 20
COLUMNS, KINDS, ROWS = 8, 6, 3
"""Columns, kinds of refusals and rows of each that are named: a message fits on a phone."""


def preview(found: Preview, title: str, names: Mapping[str, str], language: str) -> Message:
    """What the table would come to; `names` are what metrics are called, by id."""
    lines = [_head(found, language), *_columns(found, names, language), *_refused(found, language)]
    rows: list[tuple[Button, ...]] = []
    again = [Button(words.B_WHERE.to(language), made("metrics_where", found.draft.id))] if found.others else []
    drop = Button(words.B_DROP.to(language), made("metrics_drop", found.draft.id))
    if not found.samples:
        lines += ["", words.MEND.to(language)]
    elif not found.fresh:
        lines += ["", words.ALL_SAME.to(language)]
    else:
        lines += ["", words.SURE.to(language)]
        label = words.B_KEEP_NOW if found.draft.table.at else words.B_KEEP
        rows.append((Button(label.to(language, n=found.fresh), made("metrics_keep", found.draft.id)),))
    return _message(title, lines, (*rows, (*again, drop)))


def where(draft: str, titles: Sequence[tuple[LiveSession, str]], language: str) -> Message:
    """Ask which session the table is of."""
    rows = [(Button(short(title, 40), made("metrics_move", draft, session.id)),) for session, title in titles]
    back = (Button(words.B_BACK.to(language), made("metrics_show", draft)),)
    return Message((Part(words.WHICH.to(language)),), (*rows, back))


def unsure(draft: str, language: str) -> Message:
    """Ask whether it is figures or a question."""
    as_metrics = Button(words.B_AS_METRICS.to(language), made("metrics_show", draft))
    as_question = Button(words.B_AS_QUESTION.to(language), made("metrics_ask", draft))
    return Message((Part(words.UNSURE.to(language)),), ((as_metrics, as_question),))


def kept(found: Preview, report: Report, title: str, name: str, language: str) -> Message:
    """That it was put in, and by whom."""
    if report.accepted:
        lines = [words.KEPT.to(language, n=report.accepted, span=_span(found), name=short(name, NAME))]
        lines += [words.KEPT_SAME.to(language, n=report.duplicates)] if report.duplicates else []
    else:
        lines = [words.KEPT_NOTHING.to(language, name=short(name, NAME))]
    return _message(title, [*lines, *_refused(found, language)], ())


def _head(found: Preview, language: str) -> str:
    if not found.samples:
        return words.READ_NONE.to(language)
    if at := found.draft.table.at:
        count = len(found.samples[0].values)
        return words.READ_NOW.to(language, n=count, time=f"{at.astimezone(found.session.local_zone):%H:%M}")
    return words.READ.to(language, n=len(found.samples), span=_span(found))


def _span(found: Preview) -> str:
    """From when to when, in the session's zone: with the day, and with the second day where it is another."""
    span = found.span
    if span is None:
        return ""
    first, last = (one.astimezone(found.session.local_zone) for one in span)
    return f"{first:%m-%d %H:%M}" + (f"–{_until(first, last)}" if last != first else "")


def _until(first: datetime, last: datetime) -> str:
    return f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}"


def _columns(found: Preview, names: Mapping[str, str], language: str) -> list[str]:
    columns = found.columns
    pairs = []
    for name, figure in (columns.figures or {}).items():
        called = names.get(figure, figure)
        said = words.COLUMN.to(language, name=short(name, NAME), figure=short(called, NAME))
        pairs.append(short(name, NAME) if name == called else said)
    lines = [words.COLUMNS.to(language, n=len(pairs), columns=_listed(pairs, language))]
    for phrase, left in ((words.UNKNOWN, columns.unknown), (words.DOUBLED, columns.doubled), (words.SKIPPED, columns.skipped)):
        lines += [phrase.to(language, columns=_listed([short(one, NAME) for one in left], language))] if left else []
    same = len(found.samples) - found.fresh
    lines += [words.SAME.to(language, n=same)] if same and found.fresh else []
    lines += [words.DIFFERING.to(language, n=found.differing)] if found.differing else []
    return lines


def _listed(names: Sequence[str], language: str) -> str:
    listed = words.LIST.to(language).join(names[:COLUMNS])
    return listed if len(names) <= COLUMNS else words.AND_MORE.to(language, listed=listed, n=len(names) - COLUMNS)


def _refused(found: Preview, language: str) -> list[str]:
    """Each kind of refusal with its first rows."""
    kinds: dict[tuple[str, StrEnum], list[int]] = {}
    for one in found.refused:
        kinds.setdefault((one.field, one.reason), []).append(one.row)
    said = [_refusal(found, field, reason, rows, language) for (field, reason), rows in kinds.items()]
    if found.uneven:
        said.append(_line("", words.UNEVEN, found.uneven, language))
    if not said:
        return []
    more = [words.REFUSED_MORE.to(language, n=len(said) - KINDS)] if len(said) > KINDS else []
    return ["", words.REFUSED.to(language), *said[:KINDS], *more]


def _refusal(found: Preview, field: str, reason: StrEnum, rows: Sequence[int], language: str) -> str:
    value = found.cells.get((rows[0], field), "")
    what = words.REFUSED_FIELD.to(language, field=short(field, NAME), value=short(value, CELL)) if value else short(field, NAME)
    if reason in (Reason.EMPTY, Reason.NO_TIME, Reason.TOO_MANY_FIELDS):
        what = ""
    numbers = () if found.draft.table.at else rows
    return _line(what, words.REASONS[Reason(reason)], numbers, language)


def _line(what: str, why: Phrase, rows: Iterable[int], language: str) -> str:
    numbers = list(rows)
    first = words.LIST.to(language).join(str(one) for one in numbers[:ROWS])
    place = words.ROWS.to(language, rows=first) if numbers else ""
    if len(numbers) > ROWS:
        place = words.ROWS_MORE.to(language, rows=first, n=len(numbers))
    said = f"{what}{words.COLON.to(language)}" if what else ""
    return words.REFUSED_LINE.to(language, what=said, why=why.to(language), where=place)


def _message(title: str, lines: Sequence[str], rows: tuple[tuple[Button, ...], ...]) -> Message:
    return Message((Part(title, Style.BOLD), Part("\n" + "\n".join(lines))), rows)
