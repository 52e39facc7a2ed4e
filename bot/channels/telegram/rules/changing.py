"""Presses that change own rules: a switch, a limit, one more, a file; the trial; taking it or giving it up."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import rule_words as words
from bot.channels.people_words import worded
from bot.channels.rule_view import called, place_name, trial_message, what, wrong
from bot.channels.telegram.context import Context
from bot.channels.telegram.library.pressing import privately
from bot.channels.telegram.people.view import Page
from bot.channels.telegram.people.words import REPLY_BELOW
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.rules import pages, proposing
from bot.channels.telegram.rules.pages import desk_of, drawn, key_of, place_at, show
from bot.channels.tip_words import LIST
from bot.domain.limit_names import limit_names
from bot.domain.messages import Message, text
from bot.domain.outgoing import own_id
from bot.domain.own_rules import HOLD, example_of, example_of_unit, limit_said, prefix
from bot.domain.peers import useful
from bot.errors import NotFound
from bot.flows.library import Place
from bot.flows.own_rules import Proposal, SheetWrong

LIMIT, ADD, FILE, PEERS = "rule-limit", "rule-add", "rule-file", "rule-peers"
"""Kinds of prompts."""


async def trial_page(proposal: Proposal, context: Context) -> Message:
    """A proposal tried, as a message."""
    parts = context.parts
    tried = await desk_of(context).trial(context.actor, proposal.draft.id)
    names = {one.id: one.name for one in await parts.gate.merchants.all(access=context.actor.access)}
    return trial_message(proposal, tried, names, parts.zone, context.viewer.language)


async def switch(press: Press, context: Context) -> str:
    """Try a rule off, or on again."""
    fields = press.action.fields
    place = await place_at(fields["place"], context)
    found = await desk_of(context).propose_switch(
        context.actor, place.team, place.merchant, fields["rule"], on=fields["on"] == "1"
    )
    return await show(press, context, Page(await trial_page(found, context), drawn(place)))


async def limit(press: Press, context: Context) -> str:
    """Ask what a limit shall be."""
    fields, language = press.action.fields, context.viewer.language
    place = await place_at(fields["place"], context)
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    rule = next((one for one in standing.rules if one.id == fields["rule"]), None)
    if rule is not None and fields["limit"] == HOLD:
        named = f"{rule.id} {rule.name}"
        said = words.ASK_HOLD.to(language, rule=named, n=rule.hold, example=rule.hold + 1)
        return await _ask(press, context, f"{LIMIT}:{key_of(place)}.{rule.id}.{HOLD}", said, place)
    found = rule.limits.get(fields["limit"]) if rule else None
    if rule is None or found is None:
        raise NotFound("no_limit")
    unit = "" if found.ratio else standing.handbook.units.get(found.of, "")
    factor = "" if found.ratio else words.ASK_FACTOR.to(language)
    said = words.ASK_LIMIT.to(
        language,
        rule=f"{rule.id} {rule.name}",
        limit=limit_names(rule, standing.handbook.called)[fields["limit"]].to(language),
        said=limit_said(found, unit, language),
        example=example_of(found, unit, language),
        factor=factor,
    )
    return await _ask(press, context, f"{LIMIT}:{key_of(place)}.{rule.id}.{fields['limit']}", said, place)


async def add(press: Press, context: Context) -> str:
    """Ask for one more rule."""
    place = await place_at(press.action.fields["place"], context)
    return await _ask(press, context, f"{ADD}:{key_of(place)}", words.ASK_FORM.to(context.viewer.language), place)


async def file(press: Press, context: Context) -> str:
    """Send the rules as a file, and ask for it back."""
    place, language = await place_at(press.action.fields["place"], context), context.viewer.language
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    head = words.FILE_HEAD.format(name=place_name(place, "zh"), letter=prefix(place.merchant))
    content = standing.own.sheet.rules or head
    await context.parts.channel.send_file(
        own_id(context.viewer.chat), words.FILE_NAME, content.encode(), words.FILE_HERE.to(language)
    )
    return await _ask(press, context, f"{FILE}:{key_of(place)}", words.ASK_FILE.to(language), place)


async def set_peers(press: Press, context: Context) -> str:
    """Ask for the medians of comparable rooms."""
    place, language = await place_at(press.action.fields["place"], context), context.viewer.language
    standing = await desk_of(context).standing(context.actor, place.team, place.merchant)
    reference = standing.reference
    them = useful(reference.rules, reference.metrics)
    if not them:
        return words.PEERS_NO_RULE.to(language)
    names = [reference.called[one.id].to(language) for one in them]
    example = "\n".join(f"{name} {example_of_unit(one.unit, language)}" for name, one in zip(names, them[:3], strict=False))
    said = words.ASK_PEERS.to(language, example=example, metrics=LIST.to(language).join(names), name=names[0])
    return await _ask(press, context, f"{PEERS}:{key_of(place)}", said, place)


async def old(press: Press, context: Context) -> str:
    """Try an earlier version once more."""
    place = await place_at(press.action.fields["place"], context)
    number = int(press.action.fields["number"])
    found = await desk_of(context).propose_old(context.actor, place.team, place.merchant, number)
    return await show(press, context, Page(await trial_page(found, context), drawn(place)))


async def adopt(press: Press, context: Context) -> str:
    """Put what was tried in force."""
    proposal, number = await desk_of(context).adopt(context.actor, press.action.fields["draft"])
    language = context.viewer.language
    names = called(proposal.known, proposal.reference, language)
    changed = what(proposal.changed, names, proposal.reference, language)
    said = words.ADOPTED.to(language, name=place_name(proposal.place, language), number=number, what=changed)
    return await show(press, context, Page(text(said), drawn(proposal.place)))


async def drop(press: Press, context: Context) -> str:
    """Do without it."""
    await desk_of(context).drop(context.actor, press.action.fields["draft"])
    return await show(press, context, Page(text(words.DROPPED.to(context.viewer.language))))


async def _ask(press: Press, context: Context, kind: str, said: str, place: Place) -> str:
    prompt = Message(text(said).parts, expects_reply=True)
    await context.parts.send(f"{kind}:{press.update_id}", context.viewer.chat, prompt, collections=drawn(place))
    return REPLY_BELOW.to(context.viewer.language)


def _in_words(deal: Deal) -> Deal:
    """With mistakes of a sheet said on the page: a toast is too short for them."""

    async def said(press: Press, context: Context) -> str:
        try:
            return await deal(press, context)
        except SheetWrong as error:
            await show(press, context, Page(wrong(error, context.viewer.language)))
            return worded(error, context.viewer.language)

    return said


_DEALS: Mapping[str, Deal] = {
    "own_places": pages.places,
    "own_home": pages.home,
    "own_group": pages.group,
    "own_rule": pages.rule,
    "own_history": pages.history,
    "own_switch": switch,
    "own_limit": limit,
    "own_add": add,
    "own_file": file,
    "own_old": old,
    "own_peers": pages.peers,
    "own_peers_set": set_peers,
    "own_adopt": adopt,
    "own_drop": drop,
    **proposing.DEALS,
}
DEALS: Mapping[str, Deal] = {name: privately(_in_words(deal)) for name, deal in _DEALS.items()}
"""What each button around own rules does."""
