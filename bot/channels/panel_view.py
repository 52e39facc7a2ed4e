"""What stands below pictures of a live session: the three metrics to look at first, or one metric in words. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.channels import panel_words as words
from bot.channels import tip_words
from bot.channels.board_view import formula_line
from bot.channels.figures import between, figure, growth, points
from bot.channels.panel_actions import made
from bot.channels.pictures import words as picture_words
from bot.channels.pictures.words import beyond, none_worst
from bot.channels.reference.view import together
from bot.channels.reference.words import PLANNED
from bot.channels.session_lines import short
from bot.channels.session_words import near
from bot.channels.tip_lines import rule_name, title, turned
from bot.domain.curves import Span, known
from bot.domain.decisions import Source
from bot.domain.expectation import COUNTERS
from bot.domain.gauging import BEFORE, Line, before
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.panel import Gauge, Off, off, worst
from bot.domain.plans import PlannedEvent
from bot.domain.tips import Basis, Tip, Turn
from bot.flows.panels import Panel, Reading

NAME, WHERE = 26, 40
MOST_LINES, MOST_RULES = 3, 4
_NONE = {
    picture_words.WORST_NONE: words.ALL_WELL,
    picture_words.TOO_EARLY: words.TOO_EARLY,
    picture_words.NOTHING_NOW: picture_words.NOTHING_NOW,
}
SAME = timedelta(minutes=1)
"""A picture that is no later than this shows the figure that its tip has."""
STALE = timedelta(minutes=3)
"""From this age on the newest figures are not those of now, and it is said."""


def board_caption(panel: Panel, language: str) -> Message:
    """Where and when, what was told and is not over, the worst three in words, how many metrics are known.

    Buttons lead to those three, and bring it up to date.
    """
    found = worst(panel.gauges)
    lines = [_worst(number, one, language) for number, one in enumerate(found, 1)]
    standing = together([rule_name(rule) for rule in panel.standing], language)
    if not lines:
        none = _NONE[none_worst(panel.gauges)]
        lines = [(words.REST_WELL if standing and none is words.ALL_WELL else none).to(language)]
    if standing:
        lines.insert(0, words.STANDING.to(language, rules=standing))
    count = sum(gauge.value is not None for gauge in panel.gauges)
    lines.append(words.KNOWN.to(language, known=count, all=len(panel.gauges)))
    lines += _stale(panel, language)
    head = words.BOARD.to(language, where=where(panel), time=_clock(panel, panel.at, language))
    metrics = tuple(
        (Button(words.B_METRIC.to(language, name=name(one.gauge, language)), made("reading", panel.session.id, one.gauge.id)),)
        for one in found
    )
    again = Button(words.B_AGAIN.to(language), made("board_again", panel.session.id))
    return _message(head, lines, (*metrics, (again,)))


def reading_caption(reading: Reading, names: Mapping[str, str], language: str) -> Message:
    """One metric: now and before, expected, thresholds, rules, formula; `names` are those of figures by id."""
    panel, gauge = reading.panel, reading.gauge
    told = {rule.id for rule in reading.rules} & {rule.id for rule in panel.standing}
    lines = [_now(reading, language), _expected(reading, language, stands=bool(told))]
    lines += [_line(line, gauge, language) for line in reading.lines[:MOST_LINES]]
    compared = {line.rule.id for line in reading.lines[:MOST_LINES]}
    others = [f"{rule.id} {rule_name(rule)}" for rule in reading.rules if rule.id not in compared]
    if others:
        rest = "…" if len(others) > MOST_RULES else ""
        lines.append(words.RULES.to(language, rules=tip_words.LIST.to(language).join(others[:MOST_RULES]) + rest))
    lines.append(formula_line(reading.metric, names, language))
    lines += _stale(panel, language)
    head = words.METRIC.to(language, name=name(gauge, language), where=where(panel))
    again = Button(words.B_AGAIN.to(language), made("reading_again", panel.session.id, reading.metric.id))
    return _message(head, lines, ((again,),))


def tip_caption(tip: Tip, reading: Reading, language: str) -> Message:
    """What stands below the chart of a tip: whose it is, what the tip said of the figure, what that is now, what is expected."""
    head = words.TIP.to(language, rule=rule_name(tip.rule), where=where(reading.panel))
    lines = _told(tip, reading, language)
    if not _made(tip.turn):  # of what is made of figures nobody has learnt what to expect
        lines.append(_expected(reading, language, stands=tip.recovered is None))
    return _message(head, [*lines, *_stale(reading.panel, language)])


def _told(tip: Tip, reading: Reading, language: str) -> list[str]:
    """The figure from where the tip has it, so that the two never differ; and what it is now, where that is later."""
    panel, turn, now = reading.panel, tip.turn, _now(reading, language)
    called = title(turn, language) if turn and _made(turn) else name(reading.gauge, language)
    if turn is None or turn.before is None or not (_made(turn) or called == title(turn, language)):
        return [f"{called}{tip_words.COLON.to(language)}{now}"]
    said = words.TOLD.to(language, time=_clock(panel, tip.told, language), turn=turned(turn, language))
    value = reading.gauge.value
    if value is not None and panel.at - tip.told < SAME:
        return [said]
    if value is None:
        return [said, now]
    time = _clock(panel, panel.at, language)
    return [said, words.NOW.to(language, time=time, value=figure(value, reading.gauge.curve.unit, language))]


def _made(turn: Turn | None) -> bool:
    """Whether the figure of a tip is made of metrics: a mean, a share, what one grew by."""
    return turn is not None and bool(turn.window or turn.whole[0])


def spans(events: Sequence[PlannedEvent], language: str) -> tuple[Span, ...]:
    """What was announced, as pictures shade it."""
    return tuple(Span(PLANNED[event.kind].to(language), event.start.timestamp(), event.settled.timestamp()) for event in events)


def where(panel: Panel) -> str:
    """The merchant and the host."""
    return short(" · ".join(filter(None, (panel.merchant, panel.session.host))), WHERE)


def name(gauge: Gauge, language: str) -> str:
    """What a metric is called, without the remark in brackets."""
    curve = gauge.curve
    return short(((curve.english or curve.name) if language == "en" else curve.name).partition("（")[0], NAME)


def _worst(number: int, found: Off, language: str) -> str:
    gauge = found.gauge
    wanted = _wanted(gauge)
    said = (
        words.EXPECTED.to(language, values=between(*wanted, gauge.curve.unit, language)) if wanted and gauge.since is None else ""
    )
    return words.WORST.to(
        language, n=number, name=name(gauge, language), value=figure(gauge.value, gauge.curve.unit, language),
        beyond=beyond(found, language), expected=said,
    )  # fmt: skip


def _now(reading: Reading, language: str) -> str:
    panel, gauge = reading.panel, reading.gauge
    time, unit, value = _clock(panel, panel.at, language), gauge.curve.unit, gauge.value
    if value is None:
        shown = known(gauge.curve)
        if not shown:
            return words.NEVER.to(language, time=time)
        last = _clock(panel, datetime.fromtimestamp(shown[-1][0], UTC), language)
        return words.LAST.to(language, time=time, last=last, value=figure(shown[-1][1], unit, language))
    said, minutes, earlier = (
        words.NOW.to(language, time=time, value=figure(value, unit, language)),
        round(BEFORE / 60),
        before(gauge),
    )
    if earlier is None:
        return said
    if reading.metric.aggregation in COUNTERS:
        return said + words.GROWN.to(language, minutes=minutes, value=figure(value - earlier, unit, language))
    change = points(value - earlier, language) if unit == "%" else growth(value / earlier - 1) if earlier > 0 else "—"
    return said + words.BEFORE.to(language, minutes=minutes, value=figure(earlier, unit, language), change=change)


def _expected(reading: Reading, language: str, *, stands: bool) -> str:
    """What is expected, and whether the figure is there; `stands` says that a tip about it is not over."""
    gauge, expected = reading.gauge, reading.gauge.curve.expected
    wanted = _wanted(gauge)
    if wanted is None or expected is None:
        if reading.metric.against_plan:
            return words.ON_PLAN.to(language)
        return words.UNKNOWN.to(language)
    found = off(gauge)
    if found is None and gauge.value is not None and wanted[1] - wanted[0] > abs(gauge.value - (gauge.since or 0.0)):
        whose = words.WIDE_SESSION if expected.source is Source.SESSION else words.WIDE_PASTS
        return words.WIDE.to(language, whose=whose.to(language))
    inside = words.NOT_NOW if gauge.value is None else words.STANDS if stands else words.INSIDE
    verdict = beyond(found, language) if found else inside.to(language)
    basis = words.BASES[expected.source.value].to(language)
    values = between(*wanted, gauge.curve.unit, language)
    if gauge.since is None:
        return words.WANTED.to(language, values=values, basis=basis, verdict=verdict)
    minutes = round(expected.span / 60)
    return words.WANTED_GROWTH.to(language, minutes=minutes, values=values, basis=basis, verdict=verdict)


def _wanted(gauge: Gauge) -> tuple[float, float] | None:
    """From where to where it should be; of a counter from how much to how much it should have grown."""
    found, since = gauge.expected, gauge.since or 0.0
    return None if found is None else (found[0] - since, found[1] - since)


def _line(line: Line, gauge: Gauge, language: str) -> str:
    threshold = line.threshold
    source = Basis(threshold.source.value)
    source = Basis.TEAM if line.ours and source is Basis.DEFAULT else source
    with_factor, bare = tip_words.BASES[source]
    scaled = threshold.usual is not None and threshold.usual > 0 and source not in (Basis.DEFAULT, Basis.TEAM)
    basis = with_factor.to(language, factor=round(threshold.value / (threshold.usual or 1), 2)) if scaled else bare.to(language)
    value = figure(threshold.value, gauge.curve.unit, language)
    return words.BAR.to(language, value=value, basis=basis, rule=f"{line.rule.id} {rule_name(line.rule)}")


def _stale(panel: Panel, language: str) -> list[str]:
    if panel.session.over or panel.at - panel.latest < STALE:
        return []
    return [words.STALE.to(language, time=_clock(panel, panel.latest, language))]


def _clock(panel: Panel, moment: datetime, language: str) -> str:
    return near(moment.astimezone(panel.session.local_zone), panel.at, language)


def _message(head: str, lines: Sequence[str] | Iterator[str], rows: tuple[tuple[Button, ...], ...] = ()) -> Message:
    return Message((Part(head, Style.BOLD), Part("".join(f"\n{line}" for line in lines))), rows)
