"""Pages of own rules: where, what is different from the handbook, a group, one rule, the versions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import rule_words as words
from bot.channels import suggestion_words
from bot.channels.reference.rules import changes_of
from bot.channels.reference.view import together
from bot.channels.rule_actions import made
from bot.channels.rule_view import called, peers_said, place_name, rule_called, what
from bot.channels.suggestion_view import named
from bot.channels.telegram.context import Context
from bot.channels.telegram.people.view import Page, page
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import Rows, short
from bot.channels.tip_words import LIST
from bot.domain.access import merchant_collection, team_collection
from bot.domain.limit_names import limit_names
from bot.domain.messages import Button, text
from bot.domain.nudges import Rule
from bot.domain.own_rules import HOLD, Sheet, is_legal, limit_said
from bot.domain.peers import useful
from bot.errors import NotFound
from bot.flows.library import Place
from bot.flows.own_rules import RuleDesk, Standing
from bot.flows.suggesting import Shown

LABEL = 34
"""Columns of a button that has its row to itself."""
SHOWN = 12
"""Rules that a line names, and versions that are listed."""


def desk_of(context: Context) -> RuleDesk:
    """What is done to own rules."""
    return context.parts.floor.rules


def key_of(place: Place) -> str:
    """A place on a button."""
    return f"m{place.merchant}" if place.merchant else f"t{place.team}"


async def place_at(key: str, context: Context) -> Place:
    """The place that a button names. Raises NotFound, Refused."""
    merchant = key[1:] if key[0] == "m" else ""
    team = key[1:] if not merchant else next((one.team for one in context.actor.access.merchants if one.id == merchant), "")
    return await desk_of(context).place(context.actor, team, merchant)


async def waiting_at(place: Place, context: Context) -> tuple[Shown, ...]:
    """The proposals that wait for a decision about a place's rules."""
    found = await context.parts.floor.suggestions.waiting(context.actor)
    return tuple(one for one in found if (one.suggestion.team, one.suggestion.merchant) == (place.team, place.merchant))


async def entry(context: Context) -> tuple[Button, ...]:
    """The button below the list of rules, for whoever may change any; it says how many proposals wait."""
    if not context.viewer.private or not await desk_of(context).places(context.actor):
        return ()
    language, waits = context.viewer.language, await context.parts.floor.suggestions.waiting(context.actor)
    label = suggestion_words.B_OWN_WAITING.to(language, count=len(waits)) if waits else words.B_OWN.to(language)
    return (Button(label, made("own_places")),)


async def places(press: Press, context: Context) -> str:
    """Choose whose rules; the only ones are shown at once."""
    found = await desk_of(context).places(context.actor)
    if len(found) == 1:
        return await show(press, context, await home_page(found[0], context))
    language = context.viewer.language
    if not found:
        return words.NOWHERE.to(language)
    rows = tuple(
        (Button(short((words.ONE_MERCHANT if one.merchant else words.WHOLE_TEAM).to(language, name=one.name), LABEL),
                made("own_home", key_of(one))),)
        for one in found[:40]
    )  # fmt: skip
    return await show(press, context, Page(text(words.WHICH.to(language), *rows)))


async def home(press: Press, context: Context) -> str:
    """What is different from the handbook."""
    return await show(press, context, await home_page(await place_at(press.action.fields["place"], context), context))


async def home_page(place: Place, context: Context) -> Page:
    """The same as a page."""
    standing, language = await desk_of(context).standing(context.actor, place.team, place.merchant), context.viewer.language
    lines = [words.VERSION.to(language, number=standing.number)] if standing.number else []
    lines += _different(standing, language) or [words.UNCHANGED.to(language)]
    key, waits = key_of(place), await waiting_at(place, context)
    if waits:
        lines.append(suggestion_words.WAITS.to(language, count=len(waits), rules=named(waits, language)))
    opening = Button(suggestion_words.B_OPEN.to(language, count=len(waits)), made("pr_open", key))
    rows = (
        *(((opening,),) if waits else ()),
        (Button(words.B_SWITCH.to(language), made("own_group", key, 0)), Button(words.B_ADD.to(language), made("own_add", key))),
        (
            Button(words.B_FILE.to(language), made("own_file", key)),
            Button(words.B_HISTORY.to(language), made("own_history", key)),
        ),
        (Button(words.B_PEERS.to(language), made("own_peers", key)),),
    )
    return page(words.HOME.to(language, name=place_name(place, language)), lines, rows, drawn(place))


async def group(press: Press, context: Context) -> str:
    """The rules of one group, each a button, with the other groups below."""
    place, language = await place_at(press.action.fields["place"], context), context.viewer.language
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    rules = (*standing.handbook.rules, *standing.own.rules)
    groups = [*standing.handbook.rule_groups, *([words.OWN_GROUP.to(language)] if standing.own.rules else [])]
    number = min(int(press.action.fields["group"]), len(groups) - 1)
    own = number >= len(standing.handbook.rule_groups)
    listed = [one for one in rules if (one in standing.own.rules) == own and (own or one.group == groups[number])]
    key = key_of(place)
    rows: list[tuple[Button, ...]] = [
        (Button(short(f"{_mark(one, standing)} {one.id} {one.name}", LABEL), made("own_rule", key, one.id)),) for one in listed
    ]
    others = [Button(f"· {name} ·" if n == number else name, made("own_group", key, n)) for n, name in enumerate(groups)]
    rows += [tuple(others[at : at + 4]) for at in range(0, len(others), 4)]
    rows.append((Button(words.B_BACK.to(language), made("own_home", key)),))
    legal = [words.LEGAL_STAY.to(language)] if any(map(is_legal, listed)) else []
    return await show(press, context, page(words.GROUP.to(language, group=groups[number]), legal, tuple(rows), drawn(place)))


async def rule(press: Press, context: Context) -> str:
    """One rule: its condition, its limits, what can be done to it."""
    place, language, id = (
        await place_at(press.action.fields["place"], context),
        context.viewer.language,
        press.action.fields["rule"],
    )
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    rules = (*standing.handbook.rules, *standing.own.rules)
    found = next((one for one in (*standing.rules, *rules) if one.id == id), None)
    if found is None:
        raise NotFound("no_rule")
    off = id in standing.own.sheet.off
    state = words.RULE_LEGAL if is_legal(found) else words.RULE_OFF if off else words.RULE_ON
    lines = [state.to(language), words.SIGN.to(language, sign=found.sign)]
    if (before := _before(found, standing)) is not None:
        lines += changes_of(found, before, standing.handbook, language)
    units, named = standing.handbook.units, limit_names(found, standing.handbook.called)
    lines += [
        words.LIMIT.to(language, name=named[name].to(language), said=limit_said(limit, units.get(limit.of, ""), language))
        for name, limit in found.limits.items()
    ]
    if not is_legal(found):
        lines.append(words.HOLD_NOW.to(language, n=found.hold))
    title = f"{id} {found.name}"
    return await show(press, context, page(title, lines, _rule_rows(found, place, standing, off, language), drawn(place)))


async def history(press: Press, context: Context) -> str:
    """The versions with what each changed; an older one can be brought back."""
    place, language, desk = await place_at(press.action.fields["place"], context), context.viewer.language, desk_of(context)
    versions = (await desk.history(context.actor, place.team, place.merchant))[: SHOWN + 1]
    standing = await desk.standing(context.actor, place.team, place.merchant)
    names_of = _called(standing, language)
    names = await context.parts.gate.people.names(*sorted({one.by for one in versions}))
    lines, rows = [], []
    for one, changed in zip(versions[:SHOWN], await desk.differences(place, versions), strict=False):
        now = one.number == standing.number
        at = f"{one.at.astimezone(context.parts.zone):%Y-%m-%d %H:%M}"
        said = what(changed, names_of, standing.handbook, language)
        who = short(names.get(one.by) or one.by, 20)
        lines.append(words.HISTORY_LINE.to(language, mark="▸ " if now else "", number=one.number, at=at, who=who, what=said))
        if not now:
            rows.append((Button(words.B_OLD.to(language, number=one.number), made("own_old", key_of(place), one.number)),))
    if standing.own.sheet != Sheet():
        label = words.B_TEAMS if place.merchant else words.B_HANDBOOK
        rows.append((Button(label.to(language), made("own_old", key_of(place), 0)),))
    rows.append((Button(words.B_BACK.to(language), made("own_home", key_of(place))),))
    title = words.HISTORY.to(language, name=place_name(place, language))
    return await show(press, context, page(title, lines or [words.NO_HISTORY.to(language)], tuple(rows), drawn(place)))


async def peers(press: Press, context: Context) -> str:
    """What comparable rooms do, as it was given, and until when it counts."""
    place, language = await place_at(press.action.fields["place"], context), context.viewer.language
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    reference, given = standing.reference, _peers(standing, context)
    used = [reference.called[one.id].to(language) for one in useful(reference.rules, reference.metrics)]
    lines = given or [words.PEERS_NONE.to(language)]
    lines.append(words.PEERS_HOW.to(language))
    lines.append(words.PEERS_FOR.to(language, metrics=LIST.to(language).join(used)) if used else words.PEERS_NO_RULE.to(language))
    key = key_of(place)
    setting = (Button(words.B_SET_PEERS.to(language), made("own_peers_set", key)),)
    rows = (*((setting,) if used else ()), (Button(words.B_BACK.to(language), made("own_home", key)),))
    title = words.PEERS_TITLE.to(language, name=place_name(place, language))
    return await show(press, context, page(title, lines, rows, drawn(place)))


async def show(press: Press, context: Context, shown: Page) -> str:
    """Put a page in the place of the one that was pressed."""
    await context.parts.channel.edit(press.chat, press.message_id, shown.message)
    return shown.toast


def drawn(place: Place) -> frozenset[str]:
    """The collections whose names stand on a page of a place."""
    return frozenset({team_collection(place.team), *([merchant_collection(place.merchant)] if place.merchant else [])})


def _called(standing: Standing, language: str) -> dict[str, str]:
    """The names of all rules, also those that are off, and of their limits."""
    return called((*standing.handbook.rules, *standing.own.rules), standing.handbook, language)


def _different(standing: Standing, language: str) -> list[str]:
    sheet, names, own = standing.own.sheet, _called(standing, language), standing.own.rules
    comma = LIST.to(language)
    lines = []
    if sheet.off:
        rules = together([rule_called(id, names) for id in sorted(sheet.off)[:SHOWN]], language)
        lines.append(words.OFF.to(language, count=len(sheet.off), rules=rules))
    if sheet.limits:
        set_to = sorted(sheet.limits.items())[:SHOWN]
        limits = comma.join(f"{id.partition('.')[0]} {names.get(id, '')} = {said}" for id, said in set_to)
        lines.append(words.LIMITS.to(language, count=len(sheet.limits), limits=limits))
    if sheet.peers:
        figures = comma.join(peers_said(id, one.value, standing.reference, language) for id, one in sorted(sheet.peers.items()))
        lines.append(words.PEERS.to(language, count=len(sheet.peers), figures=figures))
    if own:
        rules = together([f"{rule.id} {short(rule.name, 28)}" for rule in own[:SHOWN]], language)
        lines.append(words.OWN.to(language, count=len(own), rules=rules))
    if standing.own.mistakes:
        lines += [words.BROKEN.to(language), *(f"• {one.to(language)}" for one in standing.own.mistakes[:3])]
    return lines


def _peers(standing: Standing, context: Context) -> list[str]:
    """Each figure that counts at a place, those of its team included, with its day."""
    language, now, reference = context.viewer.language, context.parts.gate.now(), standing.reference
    lines = []
    for id, one in sorted(reference.peers.items()):
        phrase = words.PEERS_LINE if now < one.until else words.PEERS_OVER
        until = f"{one.until.astimezone(context.parts.zone):%m-%d}"
        lines.append("• " + phrase.to(language, figure=peers_said(id, one.value, reference, language), until=until))
    return lines


def _mark(rule: Rule, standing: Standing) -> str:
    if is_legal(rule):
        return words.LEGAL_MARK
    mark = words.OFF_MARK if rule.id in standing.own.sheet.off else words.ON_MARK
    return mark + (words.CHANGED_MARK if _before(rule, standing) else "")


def _before(rule: Rule, standing: Standing) -> Rule | None:
    """The rule as it was before the place's sheet set its limits; None where that has none of its."""
    set_here = any(name.partition(".")[0] == rule.id for name in standing.own.sheet.limits)
    return next((one for one in (*standing.handbook.rules, *standing.own.rules) if one.id == rule.id), None) if set_here else None


def _rule_rows(rule: Rule, place: Place, standing: Standing, off: bool, language: str) -> Rows:
    key, rows = key_of(place), []
    if not is_legal(rule):
        label = words.B_ON if off else words.B_OFF
        rows.append((Button(label.to(language), made("own_switch", key, rule.id, int(off))),))
        limits: Sequence[str] = () if off else tuple(rule.limits)
        limits_named = limit_names(rule, standing.handbook.called)
        labels = [(name, short(words.B_LIMIT.to(language, name=limits_named[name].to(language)), LABEL)) for name in limits]
        rows += [(Button(label, made("own_limit", key, rule.id, name)),) for name, label in labels]
        if not off:
            rows.append((Button(words.B_HOLD.to(language), made("own_limit", key, rule.id, HOLD)),))
    groups = standing.handbook.rule_groups
    number = groups.index(rule.group) if rule.id.startswith("N") and rule.group in groups else len(groups)
    rows.append((Button(words.B_BACK.to(language), made("own_group", key, number)),))
    return tuple(rows)
