"""Tips, gaps and reasons for silence as messages. Knows no platform, and nothing of how it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from bot.channels import tip_words as words
from bot.channels.effect_lines import effect_line
from bot.channels.figures import figure, moved
from bot.channels.reason_view import reason_said
from bot.channels.session_lines import NAME, short
from bot.channels.tip_actions import made
from bot.channels.tip_lines import (
    FIGURES,
    SOURCE,
    bar_name,
    bar_value,
    basis,
    clock,
    figures,
    lasted,
    name,
    numbered,
    quoted,
    rule_name,
    steps,
    thresholds,
    title,
    turned,
    usually,
    where,
)
from bot.channels.words import Phrase
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.nudges import Severity, Within
from bot.domain.pace import LEAST_PATIENCE
from bot.domain.tips import Basis, Blind, Missed, Sighted, State, Tip, Withheld

MUTE_MINUTES = 10
CASE = 34
"""Columns of a name in a reason."""
BESIDE = 14
"""Columns of a case's name on a button that shares its row."""
_JUST_NOW = timedelta(minutes=1)
Rows = tuple[tuple[Button, ...], ...]


def tip_message(tip: Tip, now: datetime, language: str, missed: Missed | None = None) -> Message:
    """A tip as it stands: told, taken, muted or over. The same tip redrawn is the same message.

    `missed` says whom it did not reach, that it stands here instead.
    """
    lines = _recovered(tip, now, language) if tip.recovered else (*_instead(missed, language), *_standing(tip, now, language))
    head = _over(tip) if tip.recovered else words.HEAD
    return _message(_headline(head, tip, language), lines, _buttons(tip, now, language))


def escalation(tip: Tip, now: datetime, language: str, missed: Missed | None = None, *, stood: bool = True) -> Message:
    """What the operator, or a lead where the operator is not reached, is told in private when nobody has taken a tip.

    `stood` says that it is known to stand in the group.
    """
    session = tip.session
    waited = lasted(tip.told, now, language)
    since = words.URGENT_SINCE if stood else words.URGENT_SINCE_UNSEEN
    lines = [
        *_instead(missed, language),
        since.to(language, time=clock(session, tip.told, now, language), span=waited),
        *([turned(tip.turn, language)] if tip.turn else []),
        *(quoted(tip, tip.quoted, now, language) if tip.quoted else ()),
        words.URGENT_FIRST.to(language),
        *steps(tip, language, (Within.SECONDS_60,)),
        words.URGENT_END.to(language),
    ]
    row = (
        _button(words.B_DONE, made("tip_done", tip.id), language),
        _button(words.B_WHY, made("tip_why", tip.id), language),
        *_chart(tip, language),
    )
    return _message(_headline(words.URGENT, tip, language), lines, (row, _section(tip, language)))


def blind(gap: Blind, now: datetime, language: str, missed: Missed | None = None) -> Message:
    """That nothing is seen, since when, and what to check; `missed` says whom that did not reach."""
    since = clock(gap.session, gap.since, now, language)
    feed = short(gap.feed, NAME * 2)
    if gap.missing:
        listed = words.LIST.to(language).join(name(one, language) for one in gap.missing[:FIGURES])
        rest = words.AND_OTHERS.to(language, count=len(gap.missing)) if len(gap.missing) > FIGURES else ""
        first = words.BLIND_SOME.to(language, time=since, feed=feed, figures=listed + rest)
    else:
        first = words.BLIND_ALL.to(language, time=since, feed=feed)
    so_far = words.LASTS.to(language, span=lasted(gap.since, now, language))
    wanted = words.CHECKS_COLUMN if gap.missing else words.CHECKS
    checks = [f"· {check.to(language)}" for check in wanted[gap.kind]]
    quiet = words.BLIND_PARTLY if gap.missing else words.BLIND_QUIET
    lines = [*_instead(missed, language), first + so_far, quiet.to(language), words.BLIND_CHECK.to(language), *checks]
    return _message(words.BLIND.to(language, where=where(gap.session, gap.merchant)), lines)


def sighted(back: Sighted, now: datetime, language: str) -> Message:
    """That figures are back: how long nothing was seen, and what was missed."""
    gap = back.blind
    if (back.back - gap.since).total_seconds() < LEAST_PATIENCE:
        # By their own times the rows have no gap between them: nothing was missed, they were on their way.
        late = [words.SIGHTED_LATE.to(language)]
        return _message(words.SIGHTED.to(language, where=where(gap.session, gap.merchant)), late)
    since, until = (clock(gap.session, moment, now, language) for moment in (gap.since, back.back))
    span = lasted(gap.since, back.back, language)
    lines = [words.SIGHTED_SPAN.to(language, since=since, until=until, span=span)]
    missed = [(words.SIGHTED_SAMPLES, back.samples), (words.SIGHTED_RULES, back.rules)]
    if said := words.COMMA.to(language).join(phrase.to(language, count=count) for phrase, count in missed if count):
        lines.append(said)
    if back.turns:
        lines.append(words.SIGHTED_TURNS.to(language))
        lines += [f"· {turned(turn, language)}" for turn in back.turns[:FIGURES]]
    lines.append(words.SIGHTED_END.to(language))
    return _message(words.SIGHTED.to(language, where=where(gap.session, gap.merchant)), lines)


def why(tip: Tip, now: datetime, language: str) -> Message:
    """What a tip rests on: the sign, the figures, the thresholds with their sources."""
    colon, rule = words.COLON.to(language), tip.rule
    lines = [words.WHY_SIGN.to(language) + colon + rule.sign]
    then = [turned(tip.turn, language)] if tip.turn else []
    then += list(quoted(tip, tip.quoted, now, language))[:1] if tip.quoted else []
    then += [f"{name(one, language)} {figure(one.value, one.unit, language)}" for one in tip.evidence]
    if then:
        lines.append(words.WHY_THEN.to(language) + colon + words.LIST.to(language).join(then))
    if tip.usual:
        lines.append(usually(tip.usual, language))
    for bar in tip.bars:
        source = (
            words.WHY_SOURCE.to(language, source=short(bar.source, SOURCE)) if bar.source and bar.basis is not Basis.TEAM else ""
        )
        of = words.COMMA.to(language).join(filter(None, (basis(bar, language), source)))
        said = words.BAR_OF.to(language, name=bar_name(bar, tip, language), value=bar_value(bar, language), basis=of)
        lines.append(words.WHY_BARS.to(language) + colon + said)
    if law := tip.quoted.law if tip.quoted else rule.lawful:
        lines.append(words.LAW.to(language, law=law))
    if tip.quoted:
        lines.append(words.WHY_HEARD.to(language, time=clock(tip.session, tip.told, now, language)))
        return _message(words.WHY.to(language, rule=numbered(rule)), lines)
    held = words.WHY_HOLD if rule.hold > 1 else words.WHY_ONCE
    lines.append(held.to(language, n=rule.hold, time=clock(tip.session, tip.told, now, language)))
    lines += [effect_line(tip, effect, language) for effect in tip.effects]
    return _message(words.WHY.to(language, rule=numbered(rule)), lines)


def silent(
    kept: Withheld, names: Mapping[str, str], now: datetime, language: str, count: int = 1, first: datetime | None = None
) -> Message:
    """Why a rule stayed silent; `names` are those of figures and rules by id. It was `count` times for the same reason, the first
    time at `first`.
    """
    stage = words.STAGES.get(kept.stage, words.OTHER_STAGE).to(language)
    reason = reason_said(kept.key, kept.values, lambda at: clock(kept.session, at, now, language), names, language)
    time = clock(kept.session, kept.at, now, language)
    if first is not None and count > 1:
        time = words.REPEATED.to(language, first=clock(kept.session, first, now, language), last=time, count=count)
    head = words.SILENT.to(language, rule=numbered(kept.rule), time=time)
    return _message(head, [words.STUCK.to(language, stage=stage, reason=reason)])


def _instead(missed: Missed | None, language: str) -> tuple[str, ...]:
    return (words.MISSED[missed].to(language),) if missed else ()


def _headline(phrase: Phrase, tip: Tip, language: str) -> str:
    mark = words.MARKS[tip.severity]
    return phrase.to(language, mark=mark, rule=rule_name(tip.rule), where=where(tip.session, tip.merchant))


def _over(tip: Tip) -> Phrase:
    """What is true of a tip that is over: its figure is back, or it only goes no further."""
    turn = tip.turn
    if tip.is_back or turn is None:
        return words.RECOVERED
    falling = turn.before is None or turn.now is None or turn.now < turn.before
    return words.FALLS_NO_MORE if falling else words.RISES_NO_MORE


def _standing(tip: Tip, now: datetime, language: str) -> Iterator[str]:
    if tip.quoted:
        yield from quoted(tip, tip.quoted, now, language)
        if tip.quoted.again:  # many slips in a row must not bury the group
            yield words.SAY_NOW.to(language, do=tip.rule.steps[0].do)
        else:
            yield from steps(tip, language)
        yield from _marks(tip, now, language)
        return
    since = words.SINCE.to(language, time=clock(tip.session, tip.since, now, language))
    if tip.told - tip.since >= _JUST_NOW:
        since += words.LASTS.to(language, span=lasted(tip.since, tip.told, language))
    if tip.turn:
        yield turned(tip.turn, language)
    yield since
    if bars := thresholds(tip, language):
        yield bars
    if tip.usual and tip.usual.sessions:
        yield usually(tip.usual, language)
    if tip.evidence:
        yield words.EVIDENCE.to(language, figures=figures(tip.evidence, language))
    if tip.together:
        rules = words.LIST.to(language).join(rule_name(rule) for rule in tip.together[:FIGURES])
        yield words.TOGETHER.to(language, rules=rules)
    yield from steps(tip, language)
    yield from _marks(tip, now, language)


def _marks(tip: Tip, now: datetime, language: str) -> Iterator[str]:
    """What people have done about it."""
    state = tip.state(now)
    if tip.acknowledged:
        time = clock(tip.session, tip.acknowledged.at, now, language)
        yield words.ACKNOWLEDGED.to(language, name=short(tip.acknowledged.name, NAME), time=time)
    elif state is State.MUTED and tip.muted_until and not tip.session.over:
        yield words.MUTED.to(language, time=clock(tip.session, tip.muted_until, now, language))
    elif state is State.ESCALATED and tip.escalated:
        yield words.ESCALATED.to(language, time=clock(tip.session, tip.escalated, now, language))
    if not tip.acknowledged and state in (State.FRESH, State.ESCALATED) and tip.muted_until and not tip.session.over:
        yield words.MUTE_OVER.to(language, time=clock(tip.session, tip.muted_until, now, language))
    if tip.effects and not tip.effects[-1].reason:
        yield effect_line(tip, tip.effects[-1], language)
    if tip.not_useful:
        yield words.NOT_USEFUL.to(language, name=short(tip.not_useful.name, NAME))
    if tip.session.over and tip.session.ended_at and not tip.recovered and not (tip.quoted and tip.acknowledged):
        # A word that was said is never over by itself: of that there is only whether somebody saw to it.
        phrase = words.ENDED_UNTAKEN if tip.quoted else words.ENDED_STANDING
        yield phrase.to(language, time=clock(tip.session, tip.session.ended_at, now, language))


def _recovered(tip: Tip, now: datetime, language: str) -> Iterator[str]:
    over = tip.recovered
    if over is None:
        return
    if tip.turn and over.value is not None:
        before = () if tip.turn.before is None else (tip.turn.before,)
        values = moved((*before, tip.turn.now, over.value), tip.turn.unit, language)
        yield words.TURN.to(language, name=title(tip.turn, language), values=values)
    since, until = (clock(tip.session, moment, now, language) for moment in (tip.since, over.at))
    yield words.RECOVERED_SPAN.to(language, since=since, until=until, span=lasted(tip.since, over.at, language))
    yield words.STEPS_FOLDED.to(language, count=len(tip.rule.steps), section=tip.rule.section)
    yield from _marks(tip, now, language)


def _buttons(tip: Tip, now: datetime, language: str) -> Rows:
    done = _button(words.B_DONE, made("tip_done", tip.id), language)
    mute = Button(words.B_MUTE.to(language, minutes=MUTE_MINUTES), made("tip_mute", tip.id, MUTE_MINUTES))
    useless = _button(words.B_USELESS, made("tip_useless", tip.id), language)
    asked = _button(words.B_WHY, made("tip_why", tip.id), language)
    state = tip.state(now)
    first = [] if tip.acknowledged or state is State.RECOVERED or tip.session.over else [done]
    if first and state is not State.MUTED and tip.severity is not Severity.CRITICAL:  # the law is not muted
        first.append(mute)
    second = [asked] if tip.not_useful else [useless, asked]
    case = (Button(words.B_CASE.to(language, case=short(tip.case, BESIDE)), made("tip_case", tip.id)),) if tip.case else ()
    return tuple(row for row in (tuple(first), (*second, *_chart(tip, language)), (*_section(tip, language), *case)) if row)


def _chart(tip: Tip, language: str) -> tuple[Button, ...]:
    """Where the tip is about a figure that can be drawn."""
    return (_button(words.B_CHART, made("tip_chart", tip.id), language),) if tip.metric else ()


def _section(tip: Tip, language: str) -> tuple[Button, ...]:
    return (Button(words.B_SECTION.to(language, section=tip.rule.section), made("tip_section", tip.id)),)


def _button(phrase: Phrase, action: str, language: str) -> Button:
    return Button(phrase.to(language), action)


def _message(head: str, lines: Iterable[str], rows: Rows = ()) -> Message:
    return Message((Part(head, Style.BOLD), Part("".join(f"\n{line}" for line in lines))), rows)
