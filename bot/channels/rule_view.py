"""A change of own rules in words: what it is, what came of its trial, what versions there were. Knows no platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from bot.channels import rule_words as words
from bot.channels import tip_words
from bot.channels.figures import figure, percent
from bot.channels.reference.view import together
from bot.channels.rule_actions import made
from bot.channels.session_lines import NAME, short
from bot.channels.tip_lines import led, where
from bot.domain.deciding import BUDGET
from bot.domain.limit_names import limit_names
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.nudges import Rule
from bot.domain.own_rules import Change, Changed, Mistake, limit_in
from bot.domain.rule_trial import Example, Trial
from bot.flows.library import Place
from bot.flows.own_rules import Proposal, SheetWrong, Tried
from bot.flows.reference import Reference

MISTAKES = 6
"""Mistakes that are named; the others are counted."""
SHOWN = 4
"""Changes, signs and figures that are named."""
LINE = 120
"""Columns of a sign."""


def trial_message(proposal: Proposal, tried: Tried, names: Mapping[str, str], zone: tzinfo, language: str) -> Message:
    """What a change is and what came of its trial, with the two buttons. `names` are those of merchants by id."""
    lines = [*_signs(proposal, language), *_counts(tried.trial, proposal, language)]
    lines += _examples(tried, proposal.reference, names, zone, language)
    lines.append(words.NOT_YET.to(language))
    names_of = called(proposal.known, proposal.reference, language)
    head = words.TRIED.to(language, what=what(proposal.changed, names_of, proposal.reference, language))
    rows = (
        (
            Button(words.B_ADOPT.to(language), made("own_adopt", proposal.draft.id)),
            Button(words.B_DROP.to(language), made("own_drop", proposal.draft.id)),
        ),
    )
    return Message((Part(head, Style.BOLD), Part("".join(f"\n{line}" for line in lines))), rows)


def what(changed: Sequence[Changed], called: Mapping[str, str], reference: Reference, language: str) -> str:
    """The changes on one line; `called` names rules and limits as the function of that name does."""
    if not changed:
        return words.NO_DIFFERENCE.to(language)
    said = [_change(one, called, reference, language) for one in changed[:SHOWN]]
    more = [words.MORE_WRONG.to(language, count=len(changed) - SHOWN)] if len(changed) > SHOWN else []
    return together(said + more, language)


def wrong(error: SheetWrong, language: str) -> Message:
    """What is wrong, by its line; what is in force stays."""
    return Message((Part("\n".join(mistakes(error.mistakes, language))),))


def mistakes(found: Sequence[Mistake], language: str) -> list[str]:
    """What is wrong in lines, with what becomes of the rules above."""
    said = [f"• {short(one.to(language), 2 * LINE)}" for one in found[:MISTAKES]]
    if len(found) > MISTAKES:
        said.append(words.MORE_WRONG.to(language, count=len(found) - MISTAKES))
    return [words.WRONG.to(language), *said]


def place_name(place: Place, language: str) -> str:
    """A team, or a merchant."""
    return short(place.name, NAME)


def called(rules: Iterable[Rule], reference: Reference, language: str) -> dict[str, str]:
    """What people call rules, by id, and their limits, by ``N06.short``."""
    said: dict[str, str] = {}
    for rule in rules:
        said[rule.id] = rule.name
        said |= {f"{rule.id}.{id}": name.to(language) for id, name in limit_names(rule, reference.called).items()}
    return said


def rule_called(id: str, called: Mapping[str, str]) -> str:
    """A rule by number and name."""
    return f"{id} {short(called.get(id, ''), NAME)}".rstrip()


def moment(seconds: float, zone: tzinfo) -> str:
    """When something was in the past, to the minute."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%m-%d %H:%M}"


def an_hour(rate: float) -> str:
    """How often in an hour, so that what is rare is not never: 1.5, 0.24, 0.048, 0."""
    return f"{rate:.1f}" if rate >= 1 else f"{rate:.2g}"


def peers_said(metric: str, value: float, reference: Reference, language: str) -> str:
    """The median of comparable rooms: GPM ¥620."""
    return _named(metric, value, reference, language)


def _change(one: Changed, called: Mapping[str, str], reference: Reference, language: str) -> str:
    if one.change is Change.PEERS and one.peers is None:
        return words.PEERS_GONE.to(language, metric=short(reference.names_in(language).get(one.limit, one.limit), NAME))
    if one.change is Change.PEERS and one.peers is not None:
        return words.PEERS_SET.to(language, figure=peers_said(one.limit, one.peers.value, reference, language))
    limit = called.get(f"{one.rule}.{one.limit}", "")
    phrase = words.LIMIT_SET if one.said else words.LIMIT_BACK
    said = phrase.to(language, limit=limit, said=limit_in(one.said, language)).strip()
    return words.CHANGES[one.change].to(language, rule=rule_called(one.rule, called), said=said)


def _signs(proposal: Proposal, language: str) -> list[str]:
    """The conditions of rules that are new or read otherwise."""
    wanted = [one.rule for one in proposal.changed if one.change in (Change.ADDED, Change.EDITED, Change.LIMIT)]
    rules = [rule for id in dict.fromkeys(wanted) if (rule := proposal.reference.rule(id)) is not None]
    signs = [words.SIGN.to(language, sign=short(rule.sign, LINE)) for rule in rules[:SHOWN]]
    if any(one.change is Change.PEERS for one in proposal.changed):
        touched = [rule for rule in proposal.reference.rules if rule.id in proposal.touched]
        listed = together([rule_called(rule.id, {rule.id: rule.name}) for rule in touched], language)
        signs.append(words.PEERS_RULES.to(language, rules=listed))
    return signs


def _counts(trial: Trial, proposal: Proposal, language: str) -> list[str]:
    if not trial.sessions:
        return [words.NO_SESSIONS.to(language)]
    said = [words.OVER.to(language, sessions=trial.sessions, hours=f"{trial.hours:.1f}")]
    rate, was = an_hour(trial.an_hour), an_hour(trial.an_hour_before)
    if all(one.change is Change.ADDED for one in proposal.changed):
        said.append((words.TIPS if trial.tips else words.NEVER).to(language, count=trial.tips, rate=rate))
    elif not trial.before and not trial.tips:
        said.append(words.SAME_SILENCE.to(language))
    else:
        said.append(words.TIPS_BEFORE.to(language, before=trial.before, was=was, count=trial.tips, rate=rate))
    if trial.missing:
        figures = [short(proposal.reference.names_in(language).get(one, one), NAME) for one in trial.missing[:SHOWN]]
        said.append(words.MISSING.to(language, figures=tip_words.LIST.to(language).join(figures)))
    if not trial.tips and trial.silent:
        stages = [tip_words.STAGES[one].to(language) for one in trial.silent]
        said.append(words.STOPPED.to(language, stages=tip_words.LIST.to(language).join(stages)))
    if trial.an_hour > BUDGET:
        said.append(words.NOISY.to(language, most=BUDGET))
    return said


def _examples(tried: Tried, reference: Reference, names: Mapping[str, str], zone: tzinfo, language: str) -> list[str]:
    found = tried.trial.examples
    if not found:
        return []
    head = words.EXAMPLES if tried.trial.tips else words.EXAMPLES_GONE
    return [head.to(language), *(_example(one, tried, reference, names, zone, language) for one in found)]


def _example(one: Example, tried: Tried, reference: Reference, names: Mapping[str, str], zone: tzinfo, language: str) -> str:
    session = tried.sessions[one.session]
    if one.headline is not None and one.figure is not None:
        figures = led(one.headline, one.figure, reference.names_in(language), reference.units, language)
    else:
        shown = [name for name, value in one.values.items() if value is not None]
        figures = tip_words.LIST.to(language).join(_named(name, one.values[name], reference, language) for name in shown[:2])
    bar = next((_bar(one.rule, name, found.value, reference, language) for name, found in one.thresholds.items()), "")
    said = words.EXAMPLE_BAR.to(language, figures=figures, bar=bar) if bar else figures
    place = where(session, names.get(session.merchant, ""))
    return words.EXAMPLE.to(language, time=moment(one.at, zone), where=place, figures=said)


def _named(name: str, value: float | None, reference: Reference, language: str) -> str:
    named = short(reference.names_in(language).get(name, name).partition("（")[0], NAME)
    return f"{named} {figure(value, reference.units.get(name, ''), language)}"


def _bar(rule: Rule, name: str, value: float, reference: Reference, language: str) -> str:
    limit = rule.limits[name]
    if limit.ratio:
        return percent(value) if value < 1 else tip_words.TIMES.to(language, n=round(value, 2))
    return figure(value, reference.units.get(limit.of, ""), language)
