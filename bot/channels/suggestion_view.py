"""Proposals to change rules in words: the week's message, one trial, a line in a list. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from bot.channels import suggestion_words as words
from bot.channels.figures import figure, length
from bot.channels.reference.view import together
from bot.channels.rule_actions import made
from bot.channels.rule_view import an_hour
from bot.channels.session_lines import NAME, short
from bot.channels.tip_lines import RULE, led, where
from bot.channels.words import Phrase
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.own_rules import HOLD, ends_comparison, limit_in, read_hold
from bot.domain.suggestions import Outcome, State, Suggestion
from bot.flows.reference import Reference
from bot.flows.suggesting import Shown, Weekly
from bot.flows.suggestions import Evidence
from bot.flows.tip_facts import led_by
from bot.storage.nudges import StoredTip

LIMIT = 80
"""Columns of a limit, before or after."""


def weekly_message(weekly: Weekly, now: datetime, language: str) -> Message:
    """What a lead gets on Monday, and what it becomes as proposals are settled."""
    return suggestion_page(words.HEAD.to(language, team=short(weekly.team, NAME)), weekly.shown, now, language)


def suggestion_page(title: str, shown: Sequence[Shown], now: datetime, language: str) -> Message:
    """Proposals one below the other; those that wait have their buttons."""
    these = (words.ONE_RULE if len(shown) == 1 else words.SOME_RULES).to(language)
    lines = [words.INTRO.to(language, these=these)] if shown else [words.NONE.to(language)]
    rows = []
    for number, one in enumerate(shown, 1):
        lines += ["", *_block(number, one, now, language)]
        if one.waits(now):
            rows.append((*_deciding(one.suggestion, language), _button(words.B_SHOW.to(language), "pr_show", one.suggestion)))
    return _page(title, lines, tuple(rows))


def trial_page(found: Evidence, now: datetime, zone: tzinfo, language: str) -> Message:
    """What a replay came to, with tips that were told."""
    one = found.shown.suggestion
    title = words.TRIAL.to(language, rule=_rule(found.shown), place=_only(found.shown, language))
    lines = [
        change(found.shown, language),
        *flat(found.shown, language),
        *_counts(one, language),
        *_examples(found, zone, language),
    ]
    if not found.shown.waits(now):
        return _page(
            title, [*lines, _settled(found.shown, now, language)], ((_button(words.B_BACK.to(language), "pr_week", one),),)
        )
    rows = (_deciding(one, language), (_button(words.B_BACK.to(language), "pr_week", one),))
    return _page(title, [*lines, words.NOT_YET.to(language)], rows)


def change(shown: Shown, language: str) -> str:
    """The limit before and after."""
    one = shown.suggestion
    if one.limit == HOLD:
        return words.CHANGE_HOLD.to(language, was=read_hold(one.was), becomes=read_hold(one.becomes))
    was, becomes = (short(limit_in(said, language), LIMIT) for said in (one.was, one.becomes))
    return words.CHANGE.to(language, limit=shown.limit.to(language), was=was, becomes=becomes)


def flat(shown: Shown, language: str) -> list[str]:
    """That the own median counts no more, where it did before and taking the proposal ends that."""
    one = shown.suggestion
    if one.limit == HOLD or not ends_comparison(one.was, one.becomes):
        return []
    return [words.FLAT.to(language, becomes=short(limit_in(one.becomes, language), LIMIT))]


def state(one: Shown, now: datetime, language: str) -> str:
    """How a proposal stands, empty while it waits."""
    return "" if one.waits(now) else _settled(one, now, language)


def _block(number: int, one: Shown, now: datetime, language: str) -> Iterator[str]:
    found, came = one.suggestion, one.suggestion.outcome
    yield words.ONE.to(language, n=number, rule=_rule(one), why=words.WHY[found.way].to(language)) + _only(one, language)
    yield change(one, language)
    yield from flat(one, language)
    judged = found.right + found.wrong
    yield words.JUDGED[found.way].to(language, judged=judged, right=found.right, wrong=found.wrong)
    said = words.REPLAY.to(
        language, sessions=found.sessions, hours=f"{found.hours:.1f}", before=came.before, after=came.after
    )  # fmt: skip
    kept = words.NONE_USEFUL if not came.useful else words.KEPT if came.lost else words.KEPT_ALL
    said += kept.to(language, useful=came.useful, kept=came.kept)
    if came.sooner:
        yield said + words.SOONER.to(language, sooner=came.sooner, span=length(timedelta(seconds=came.earlier), language))
    else:
        yield said + _gone(came).to(language, useless=came.useless, gone=came.gone)
    if not one.waits(now):
        yield _settled(one, now, language)


def _gone(came: Outcome) -> Phrase:
    if not came.useless:
        return words.END
    return words.GONE_ALL if came.gone == came.useless else words.GONE if came.gone else words.GONE_NONE


def _counts(one: Suggestion, language: str) -> Iterator[str]:
    came, hours = one.outcome, max(one.hours, 0.1)
    yield words.OVER.to(language, sessions=one.sessions, hours=f"{one.hours:.1f}")
    yield words.TIPS.to(
        language, before=came.before, after=came.after, was=an_hour(came.before / hours), rate=an_hour(came.after / hours)
    )  # fmt: skip
    if came.useful:
        yield words.USEFUL.to(language, useful=came.useful, kept=came.kept, lost=came.lost)
    if came.useless:
        yield words.USELESS.to(language, useless=came.useless, gone=came.gone, left=came.useless - came.gone)
    if came.sooner:
        yield words.EARLIER.to(language, sooner=came.sooner, span=length(timedelta(seconds=came.earlier), language))
    if missed := one.right + one.wrong - came.useful - came.useless:
        yield words.MISSED.to(language, count=missed)


def _examples(found: Evidence, zone: tzinfo, language: str) -> Iterator[str]:
    for kind, phrase in words.EXAMPLES.items():
        theirs = [one for one in found.tips if one[0] == kind]
        if theirs:
            yield phrase.to(language)
        for _, tip, session, merchant in theirs:
            time = f"{tip.decided_at.astimezone(zone):%m-%d %H:%M}"
            said = _figure(tip, found.reference, language)
            yield words.EXAMPLE.to(language, time=time, where=where(session, merchant), figure=said)


def _figure(tip: StoredTip, reference: Reference, language: str) -> str:
    rule = reference.rule(tip.rule)
    values = tip.figures.get("values", {})
    if rule is not None:
        headline, value = led_by(tip, rule)
        if headline is not None:
            return led(headline, value, reference.names_in(language), reference.units, language)
    name = next(iter(values), "")
    called = short(reference.names_in(language).get(name, name).partition("（")[0], NAME)
    return f"{called} {figure(values.get(name), reference.units.get(name, ''), language)}"


def _deciding(one: Suggestion, language: str) -> tuple[Button, ...]:
    return (
        _button(words.B_ADOPT.to(language, rule=one.rule), "pr_adopt", one),
        _button(words.B_DECLINE.to(language), "pr_decline", one),
    )


def _button(label: str, action: str, one: Suggestion) -> Button:
    return Button(label, made(action, one.id))


def _rule(one: Shown) -> str:
    return f"{one.suggestion.rule} {short(one.rule, RULE)}".rstrip()


def _only(one: Shown, language: str) -> str:
    return words.ONLY.to(language, place=short(one.place, NAME)) if one.place else ""


def _settled(one: Shown, now: datetime, language: str) -> str:
    if one.suggestion.state is not State.OPEN:
        said = words.BY if one.by else words.STATES
        return said[one.suggestion.state].to(language, who=short(one.by, NAME))
    return (words.CHANGED if one.suggestion.waits(now) else words.LAPSED).to(language)


def _page(title: str, lines: Sequence[str], rows: tuple[tuple[Button, ...], ...]) -> Message:
    return Message((Part(title, Style.BOLD), Part("".join(f"\n{line}" for line in lines))), rows)


def named(shown: Sequence[Shown], language: str) -> str:
    """The rules on one line."""
    return together([_rule(one) for one in shown], language)
