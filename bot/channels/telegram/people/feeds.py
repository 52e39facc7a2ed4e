"""/feed in the private chat: feeds of a team, made with a token that is shown once, revoked, and addresses to fetch from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.channels import feed_words as words
from bot.channels.plan_view import title_of
from bot.channels.telegram.people.grammar import SOURCE, made
from bot.channels.telegram.people.prompts import ask
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page
from bot.channels.telegram.people.words import BACK
from bot.channels.telegram.render import short
from bot.domain.access import Merchant, Right, Scope
from bot.domain.messages import Button, Part, text
from bot.domain.outgoing import own_id
from bot.domain.polling import USUAL, UrlWrong
from bot.domain.sessions import LiveSession
from bot.errors import ChannelError, Refused
from bot.flows.floor import Floor
from bot.storage.feeds import MetricFeed
from bot.storage.polls import StoredPoll

SHOWN, OFFERED = 20, 5
NAME = 24

Fields = Mapping[str, str]


async def feeds(desk: Desk, fields: Fields) -> Page:
    """The feeds of a team that the reader manages."""
    team, floor = await desk.team.team(desk.actor, fields["team"]), _floor(desk)
    if not await _manages(desk, team.id):
        raise Refused("not_allowed")
    found = [one for one in await floor.feeds.all(desk.actor, scope=_scope(desk)) if one.team == team.id and not one.revoked_at]
    polled = await floor.polls.of(found)
    lines = [_line(desk, one, polled.get(one.id)) for one in found[:SHOWN]] or [desk.say(words.NONE)]
    rows = [(Button(short(one.name, LABEL), made("feed", one.id)),) for one in found[:SHOWN]]
    rows.append((desk.button(words.B_NEW, "feed_new", team.id),))
    return page(desk.say(words.TITLE, team=name_of(team.name)), lines, tuple(rows), desk.drawn(team.id, await _merchants(desk)))


async def feed(desk: Desk, fields: Fields) -> Page:
    """One feed: what it may write, what is fetched for it, how to send."""
    found, floor = await _one(desk, fields["feed"]), _floor(desk)
    polled = (await floor.polls.of([found])).get(found.id)
    session = await _session(desk, found)
    columns = desk.say(words.COLUMNS, source=found.source) if found.source else desk.say(words.COLUMNS_IDS)
    where = desk.say(words.FOR_TEAM)
    if found.session:
        where = desk.say(words.FOR_SESSION, session=await _title(desk, session) if session else found.session)
    lines = [where, columns, _seen(desk, found), *_polled(desk, polled), "", desk.say(words.CURL), _curl(desk, session)]
    stop = [desk.button(words.B_STOP, "feed_stop", found.id)] if polled else []
    rows = (
        (desk.button(words.B_POLL, "feed_poll", found.id, ""), *stop),
        (desk.button(words.B_REVOKE, "feed_revoke", found.id, 0),),
        (desk.button(BACK, "feeds", found.team),),
    )
    return page(name_of(found.name), lines, rows, desk.drawn(found.team, await _merchants(desk)))


async def new(desk: Desk, fields: Fields) -> Page:
    """Choose what a new feed may write: all sessions, where the reader manages the team, or one."""
    team = await desk.team.team(desk.actor, fields["team"])
    rows = []
    if desk.actor.access.may(Right.MANAGE, team.id):
        rows.append((desk.button(words.FOR_TEAM, "feed_columns", team.id, ""),))
    found = await _floor(desk).desk.open(scope=_scope(desk))
    mine = [one for one in found if one.team == team.id and desk.actor.access.may(Right.MANAGE, one.team, one.merchant)]
    for one in mine[:OFFERED]:
        label = desk.say(words.FOR_SESSION, session=await _title(desk, one))
        rows.append((Button(short(label, LABEL), made("feed_columns", team.id, one.id)),))
    rows.append((desk.button(BACK, "feeds", team.id),))
    return page(desk.say(words.B_NEW), (), tuple(rows), desk.drawn(team.id, await _merchants(desk)))


async def columns(desk: Desk, fields: Fields) -> Page:
    """Choose what its columns are called."""
    team, session = fields["team"], fields["session"]
    rows = [(desk.button(words.B_IDS, "feed_name", team, session, ""),)]
    for one in desk.context.parts.reference().sources:
        if re.fullmatch(SOURCE, one.id):
            rows.append((Button(short(one.name, LABEL), made("feed_name", team, session, one.id)),))
    return page(desk.say(words.WHICH_COLUMNS), (), (*rows, (desk.button(BACK, "feed_new", team),)))


async def ask_name(desk: Desk, fields: Fields) -> str:
    """Ask what it is called."""
    id = f"{fields['team']}.{fields['session']}.{fields['source']}"
    return await ask(desk, "feed-name", id, words.ASK_NAME, frozenset())


async def named(desk: Desk, id: str, said: str) -> Page:
    """Make the feed whose name was replied. Its token goes out by itself at once, and is written down nowhere."""
    team, session, source = id.split(".", 2)
    floor = _floor(desk)
    made_one, token = await floor.feeds.add(
        desk.actor, said, scope=_scope(desk), team="" if session else team, session=session, source=source
    )
    curl = _curl(desk, await _session(desk, made_one), token)
    shown = desk.say(words.TOKEN, name=name_of(made_one.name), token=token, how=desk.say(words.CURL), curl=curl)
    try:
        await desk.context.parts.channel.send(own_id(desk.context.viewer.chat), text(shown))
    except ChannelError:
        # Nobody has seen it, and nobody can see it any more.
        await floor.feeds.revoke(desk.actor, made_one.id, scope=_scope(desk))
        raise Refused("feed_token_lost") from None
    rows = (
        (desk.button(words.B_POLL, "feed_poll", made_one.id, ""),),
        (desk.button(BACK, "feeds", made_one.team),),
    )
    return Page(text(desk.say(words.MADE, name=name_of(made_one.name)), *rows), desk.drawn(made_one.team))


async def ask_poll(desk: Desk, fields: Fields) -> Page | str:
    """Ask for the address; of a team's feed first whose figures they are, where the team has several merchants."""
    found = await _one(desk, fields["feed"])
    served = [one for one in await _merchants(desk) if one.team == found.team]
    if not found.session and not fields["merchant"] and len(served) > 1:
        rows = [(Button(short(one.name, LABEL), made("feed_poll", found.id, one.id)),) for one in served[:SHOWN]]
        rows.append((desk.button(BACK, "feed", found.id),))
        return page(desk.say(words.WHOSE), (), tuple(rows), desk.drawn(found.team, served))
    return await ask(desk, "feed-poll", f"{found.id}.{fields['merchant']}", words.ASK_POLL, frozenset())


async def polled(desk: Desk, id: str, said: str) -> Page:
    """Take the reply with the address, after deleting it from the chat: it stays nowhere but in the database."""
    channel, written = desk.context.parts.channel, desk.context.written
    deleted = written is not None and await channel.delete(own_id(desk.context.viewer.chat), written)
    feed_id, merchant = id.split(".", 1)
    first, *more = [line.strip() for line in said.splitlines() if line.strip()]
    url, _, seconds = first.partition(" ")
    headers = {}
    for line in more:
        name, colon, value = line.partition(":")
        if not colon:
            raise Refused(UrlWrong.HEADER)
        headers[name.strip()] = value.strip()
    every = seconds.strip().rstrip("s秒") or str(USUAL)
    set_to = await _floor(desk).polls.put(
        desk.actor, feed_id, url, scope=_scope(desk), every=int(every) if every.isdecimal() else 0, headers=headers,
        merchant=merchant,
    )  # fmt: skip
    done = desk.say(words.POLL_SET if deleted else words.POLL_SET_DELETE, every=set_to.every)
    shown = await feed(desk, {"feed": feed_id})
    return replace(shown, message=replace(shown.message, parts=(Part(f"{done}\n\n"), *shown.message.parts)))


async def stop(desk: Desk, fields: Fields) -> Page:
    """Fetch nothing more."""
    await _floor(desk).polls.stop(desk.actor, fields["feed"], scope=_scope(desk))
    return replace(await feed(desk, fields), toast=desk.say(words.POLL_STOPPED))


async def revoke(desk: Desk, fields: Fields) -> Page:
    """Take nothing from it any more, after a question."""
    found = await _one(desk, fields["feed"])
    if fields["sure"] == "0":
        question = desk.say(words.SURE_REVOKE, name=name_of(found.name))
        return confirm(desk, question, words.B_REVOKE, made("feed_revoke", found.id, 1), made("feed", found.id))
    await _floor(desk).feeds.revoke(desk.actor, found.id, scope=_scope(desk))
    return replace(await feeds(desk, {"team": found.team}), toast=desk.say(words.REVOKED))


def _floor(desk: Desk) -> Floor:
    return desk.context.parts.floor


def _scope(desk: Desk) -> Scope:
    return desk.context.viewer.scope


async def _one(desk: Desk, id: str) -> MetricFeed:
    return await _floor(desk).feeds.one(desk.actor, id, scope=_scope(desk))


async def _merchants(desk: Desk) -> list[Merchant]:
    """Merchants that the reader may look after the feeds of."""
    access = desk.actor.access
    return [one for one in access.merchants if one.open(desk.now) and access.may(Right.MANAGE, one.team, one.id)]


async def _manages(desk: Desk, team: str) -> bool:
    return desk.actor.access.may(Right.MANAGE, team) or any(one.team == team for one in await _merchants(desk))


async def _session(desk: Desk, found: MetricFeed) -> LiveSession | None:
    """The session that the feed writes to, or of a team's the one that runs or comes next."""
    floor = _floor(desk)
    if found.session:
        return await floor.ground.sessions.one(found.session, scope=_scope(desk))
    return floor.desk.next_of([one for one in await floor.desk.open(scope=_scope(desk)) if one.team == found.team])


async def _title(desk: Desk, session: LiveSession) -> str:
    return title_of(session, await _floor(desk).ground.news.names(session), desk.now, desk.language)


def _line(desk: Desk, one: MetricFeed, polled: StoredPoll | None) -> str:
    fetched = desk.say(words.FETCHED, host=polled.poll.host, every=polled.poll.every) if polled else ""
    return desk.say(words.LINE, name=short(one.name, NAME), fetched=fetched, seen=_seen(desk, one))


def _seen(desk: Desk, one: MetricFeed) -> str:
    return desk.say(words.SEEN, at=desk.minute(one.last_seen_at)) if one.last_seen_at else desk.say(words.NEVER)


def _polled(desk: Desk, polled: StoredPoll | None) -> list[str]:
    if polled is None:
        return [desk.say(words.NO_POLL)]
    lines = [desk.say(words.FETCHES, host=polled.poll.host, every=polled.poll.every)]
    if polled.fault and polled.failed_at:
        fault = words.FAULTS[polled.fault].to(desk.language)
        lines.append(desk.say(words.FAULT, fault=fault, at=desk.minute(polled.failed_at)))
    return lines


def _curl(desk: Desk, session: LiveSession | None, token: str = "") -> str:
    """How to send one sample."""
    address = desk.context.parts.web_address or desk.say(words.YOUR_ADDRESS)
    id = session.id if session else desk.say(words.YOUR_SESSION)
    at = desk.now.astimezone(desk.context.parts.zone).isoformat(timespec="seconds")
    bearer = token or desk.say(words.YOUR_TOKEN)
    return (
        f'curl -sS {address}/v1/sessions/{id}/samples -H "Authorization: Bearer {bearer}" '
        f"""-d '{{"ts": "{at}", "online_now": 160, "gmv": 1360.5}}'"""
    )
