"""Groups: what each is bound to. Chosen in private, because a group's members read along; the group hears the result only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels.people_words import POLICIES
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page
from bot.channels.telegram.render import short
from bot.domain.access import Merchant, Policy, Right, Team
from bot.domain.messages import Button, text
from bot.domain.outgoing import own_id
from bot.errors import NotFound, Refused
from bot.storage.groups import BoundGroup

SHOWN = 20

Fields = Mapping[str, str]


async def groups(desk: Desk, fields: Fields) -> Page:
    """The groups of a team; a button for each that the reader may change."""
    team = await desk.team.team(desk.actor, fields["team"])
    served = await desk.merchants.all(desk.actor, team.id)
    bound = (await desk.merchants.bound(desk.actor, team.id))[:SHOWN]
    lines, rows = [], []
    for one in bound:
        place = await desk.place(one.binding.chat, one.binding.topic)
        gone = desk.say(words.GONE_MARK) if one.gone else ""
        what = desk.bound_to(one.binding, team.name, served)
        lines.append(desk.say(words.GROUP_LINE, place=place, what=what, gone=gone))
        if desk.actor.access.may(Right.MANAGE, team.id, one.binding.merchant):
            rows.append((Button(short(place, LABEL), made("group", own_id(one.binding.chat), one.binding.topic)),))
    title = desk.say(words.GROUPS if rows else words.GROUPS_SEEN, team=name_of(team.name))
    rows.append((desk.button(words.BACK, "team", team.id),))
    return page(title, lines or [desk.say(words.NO_GROUPS)], tuple(rows), desk.drawn(team.id, served))


async def group(desk: Desk, fields: Fields) -> Page:
    """One bound group or topic."""
    team, found = await _bound(desk, fields)
    binding = found.binding
    served = await desk.merchants.all(desk.actor, team.id)
    lines = [desk.say(words.GROUP_IS, what=desk.bound_to(binding, team.name, served))]
    lines += [desk.say(words.GONE_MARK).strip()] if found.gone else []
    lines += await _closed(desk, [one for one in served if one.id == binding.merchant])
    rows: list[tuple[Button, ...]] = []
    if desk.actor.access.may(Right.MANAGE, team.id, binding.merchant):
        here = (own_id(binding.chat), binding.topic)
        rows.append((desk.button(words.B_CHANGE, "bind_what", *here), desk.button(words.B_UNBIND, "unbind", *here, 0)))
        rows += [] if binding.topic else [(desk.button(words.B_ROBOTS, "robots", here[0]),)]
    rows.append((desk.button(words.BACK, "groups", team.id),))
    return page(await desk.place(binding.chat, binding.topic), lines, tuple(rows), desk.drawn(team.id, served))


async def what(desk: Desk, fields: Fields) -> Page:
    """Choose what the group is for: one of the teams and merchants that the reader manages."""
    chat, topic = await _here(desk, fields)
    access, rows, drawn = desk.actor.access, [], frozenset[str]()
    for team in await desk.team.teams(desk.actor):
        served = [one for one in await desk.merchants.all(desk.actor, team.id) if access.may(Right.MANAGE, team.id, one.id)]
        if access.may(Right.MANAGE, team.id):
            named = short(desk.say(words.B_TEAM, team=team.name), LABEL)
            rows.append((Button(named, made("bind_policy", own_id(chat), topic, team.id, "")),))
        rows += [(Button(short(one.name, LABEL), made("bind_policy", own_id(chat), topic, team.id, one.id)),) for one in served]
        drawn |= desk.drawn(team.id, served)
    if not rows:
        raise Refused("not_allowed")
    return page(desk.say(words.BIND_WHAT, place=await desk.place(chat, topic)), (), tuple(rows), drawn)


async def policy(desk: Desk, fields: Fields) -> Page:
    """Choose the most that may be shown there."""
    chat, topic = await _here(desk, fields)
    team, merchant = await _target(desk, fields)
    most = Policy.MERCHANT if merchant else Policy.TEAM
    chosen = (own_id(chat), topic, team.id, fields["merchant"])
    offered = sorted((one for one in Policy if one <= most), reverse=True)
    rows = [(Button(POLICIES[one].to(desk.language), made("bind", *chosen, int(one))),) for one in offered]
    rows.append((desk.button(words.BACK, "bind_what", *chosen[:2]),))
    named = name_of(merchant.name if merchant else team.name)
    title = desk.say(words.BIND_POLICY, place=await desk.place(chat, topic), where=named)
    return page(title, (), tuple(rows), desk.drawn(team.id, [merchant] if merchant else ()))


async def bind(desk: Desk, fields: Fields) -> Page:
    """Bind it, and tell the group."""
    chat, topic = await _here(desk, fields)
    team, merchant = await _target(desk, fields)
    ceiling = Policy(int(fields["policy"]))
    await desk.merchants.bind(desk.actor, chat, topic, team.id, merchant.id if merchant else "", ceiling)
    await post(desk, chat, topic, f"bound:{desk.update_id}")
    return replace(await group(desk, fields), toast=desk.say(words.BOUND))


async def unbind(desk: Desk, fields: Fields) -> Page:
    """Take the binding away, after a question, and tell the group."""
    team, found = await _bound(desk, fields)
    chat, topic = found.binding.chat, found.binding.topic
    if fields["sure"] == "0":
        question = desk.say(words.SURE_UNBIND_TOPIC if topic else words.SURE_UNBIND, place=await desk.place(chat, topic))
        sure, no = made("unbind", fields["chat"], topic, 1), made("group", fields["chat"], topic)
        return confirm(desk, question, words.B_UNBIND, sure, no)
    await desk.merchants.unbind(desk.actor, chat, topic)
    if not found.gone:
        await post(desk, chat, topic, f"unbound:{desk.update_id}")
    return replace(await groups(desk, {"team": team.id}), toast=desk.say(words.UNBOUND))


async def post(desk: Desk, chat: str, topic: int, key: str) -> None:
    """Say in the group what may be asked there now: no name stands in it that the group may not read."""
    parts = desk.context.parts
    # Groups speak the copilot's own language, not that of whoever bound them.
    language = parts.language
    scope = await parts.gate.audience(chat, topic or None, private=False)
    here = (words.THIS_TOPIC if topic else words.THIS_GROUP).to(language)
    merchant = next((one for one in await desk.merchants.all(desk.actor) if one.id in scope.merchants), None)
    team = next((one for one in await desk.team.teams(desk.actor) if one.id in scope.teams), None)
    if merchant:
        said = words.POST_MERCHANT.to(language, here=here, merchant=name_of(merchant.name))
    elif team:
        said = words.POST_TEAM.to(language, here=here, team=name_of(team.name))
    else:
        said = words.POST_HANDBOOK.to(language, here=here)
    await parts.send(key, chat, text(said), topic=topic or None, collections=scope.collections)


async def _bound(desk: Desk, fields: Fields) -> tuple[Team, BoundGroup]:
    """A bound group that the reader may know of. Raises NotFound."""
    for team in await desk.team.teams(desk.actor):
        for one in await desk.merchants.bound(desk.actor, team.id):
            if (one.binding.chat, one.binding.topic) == (qualified(fields["chat"]), int(fields["topic"])):
                return team, one
    raise NotFound("not_bound")


async def _here(desk: Desk, fields: Fields) -> tuple[str, int]:
    """The group, for somebody who is in it or looks after what it is bound to. Raises NotFound.

    The number comes from a button: without this a group of strangers could be bound, and its name read.
    """
    chat, topic = qualified(fields["chat"]), int(fields["topic"])
    bound = await desk.merchants.here(desk.actor, chat, topic)
    if bound is not None and desk.actor.access.may(Right.MANAGE, bound.team, bound.merchant):
        return chat, topic
    if not await desk.context.parts.channel.holds(own_id(chat), own_id(desk.actor.person)):
        raise NotFound("no_group")
    return chat, topic


async def _target(desk: Desk, fields: Fields) -> tuple[Team, Merchant | None]:
    team = await desk.team.team(desk.actor, fields["team"], None if fields["merchant"] else Right.MANAGE)
    if not fields["merchant"]:
        return team, None
    return team, await desk.merchants.one(desk.actor, fields["merchant"], Right.MANAGE)


async def _closed(desk: Desk, bound: list[Merchant]) -> list[str]:
    return [desk.say(words.CLOSED_NOTE, status=await desk.status(one)) for one in bound if not one.open(desk.now)]
