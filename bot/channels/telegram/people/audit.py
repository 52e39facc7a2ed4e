"""The audit trail, page by page, in people's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.channels.people_words import DEEDS, SENTENCES
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.view import LABEL, Desk, Page, group_name, name_of, page, person_name
from bot.channels.telegram.render import short
from bot.domain.access import Merchant, Right, Role
from bot.domain.audit import CLOCK, OF_THE_TRAIL, Deed, Entry
from bot.domain.messages import Button
from bot.domain.outgoing import is_group
from bot.errors import Refused

ON_A_PAGE = 15
"""Lines."""
LOOKED_AT = 200
"""Entries that a page is made from at most: what somebody looked at more often in a row goes on on the next page."""
THINGS = 6
"""Things that are named on one line."""

Fields = Mapping[str, str]

_ABOUT_PEOPLE = {Deed.REMOVED, Deed.ROLE_GIVEN, Deed.HANDED_OVER, Deed.BLOCKED, Deed.UNBLOCKED}
_ABOUT_GROUPS = {Deed.BOUND, Deed.UNBOUND}


@dataclass(frozen=True, slots=True)
class _Names:
    """What the ids in the entries stand for, as far as the reader may know."""

    people: Mapping[str, str]
    places: Mapping[str, str]
    merchants: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """The lines of a page, newest first, each one entry or the looks of one person in a row; and whether there are others."""

    lines: list[tuple[Entry, ...]]
    newer: bool
    older: bool


async def audit(desk: Desk, fields: Fields) -> Page:
    """The newest entries of a team, or of one merchant; or those older or newer than a certain one, as in ``o42``, ``n42``."""
    team, access, merchant = await desk.team.team(desk.actor, fields["team"]), desk.actor.access, fields["merchant"]
    served = await desk.merchants.all(desk.actor, team.id)
    managed = [one for one in served if access.may(Right.MANAGE, team.id, one.id)]
    if not managed and not access.may(Right.MANAGE, team.id):
        raise Refused("not_allowed")
    title = desk.say(words.AUDIT, team=name_of(team.name))
    if merchant:
        found = await desk.merchants.one(desk.actor, merchant, Right.MANAGE)
        title = desk.say(words.AUDIT_MERCHANT, merchant=name_of(found.name))
    await desk.listed(OF_THE_TRAIL, team.id, merchant)
    shown = await _excerpt(desk, team.id, merchant, fields["at"])
    names = await _names(desk, [entry for line in shown.lines for entry in line], served)
    lines = [_line(desk, entries, names) for entries in shown.lines] or [desk.say(words.NO_AUDIT)]
    # By the entries that stand here and not by pages: those move on while new entries come in.
    first, last = (shown.lines[0][0].number, shown.lines[-1][-1].number) if shown.lines else (0, 0)
    turning = [desk.button(words.PREVIOUS, "audit", team.id, merchant, f"n{first}")] if shown.newer else []
    turning += [desk.button(words.NEXT, "audit", team.id, merchant, f"o{last}")] if shown.older else []
    other = [desk.button(words.B_AUDIT_BY, "audits", team.id)] if managed else []
    rows = (tuple(turning), (*other, desk.button(words.BACK, "team", team.id)))
    return page(title, lines, rows, desk.drawn(team.id, served))


async def audits(desk: Desk, fields: Fields) -> Page:
    """Choose whose trail."""
    team, access = await desk.team.team(desk.actor, fields["team"]), desk.actor.access
    served = await desk.merchants.all(desk.actor, team.id)
    managed = [one for one in served if access.may(Right.MANAGE, team.id, one.id)]
    if not managed:
        raise Refused("not_allowed")
    rows = [(desk.button(words.B_AUDIT_TEAM, "audit", team.id, "", 0),)]
    rows += [(Button(short(one.name, LABEL), made("audit", team.id, one.id, 0)),) for one in managed]
    return page(desk.say(words.WHICH_MERCHANT), (), tuple(rows), desk.drawn(team.id, managed))


async def _excerpt(desk: Desk, team: str, merchant: str, at: str) -> _Excerpt:
    number = int(at[1:] or 0)
    where = {"newer": number} if at.startswith("n") else {"older": number}
    trail, access = desk.context.parts.gate.trail, desk.actor.access
    entries = await trail.beside(access=access, team=team, merchant=merchant, limit=LOOKED_AT, **where)
    lines, all_of_them = folded(entries), len(entries) < LOOKED_AT
    more = len(lines) > ON_A_PAGE or not all_of_them
    if not at.startswith("n"):
        return _Excerpt(lines[:ON_A_PAGE], newer=bool(number and lines), older=more)
    if not more:  # the newest ones, and nothing else would fill the page
        return await _excerpt(desk, team, merchant, "0")
    return _Excerpt(lines[-ON_A_PAGE:], newer=more, older=True)


def folded(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """The entries in the same order, what one person looked at in a row together."""
    return [
        together
        for (deed, _), group in groupby(entries, key=lambda one: (one.deed, one.person))
        for together in ((tuple(group),) if deed is Deed.LISTED else ((one,) for one in group))
    ]


async def _names(desk: Desk, entries: list[Entry], served: tuple[Merchant, ...]) -> _Names:
    people = {entry.person for entry in entries} | {entry.subject for entry in entries if entry.deed in _ABOUT_PEOPLE}
    chats = {entry.subject for entry in entries if entry.deed in _ABOUT_GROUPS} | {entry.chat for entry in entries}
    titles = await desk.context.parts.chats.titles(*(chat for chat in chats if is_group(chat)))
    places = {chat: group_name(title, desk.language) for chat, title in titles.items()}
    named = await desk.context.parts.gate.people.names(*people)
    return _Names(named, places, {one.id: name_of(one.name) for one in served})


def _line(desk: Desk, entries: tuple[Entry, ...], names: _Names) -> str:
    entry, deed = entries[0], DEEDS[entries[0].deed].to(desk.language)
    if len(entries) > 1:
        deed = desk.say(words.TIMES, deed=deed, n=len(entries))
    said = desk.say(words.AUDIT_LINE, at=desk.minute(entry.at), who=_person(desk, entry.person, names), deed=deed)
    about = _looks(desk, entries, names) if entry.deed is Deed.LISTED else _thing(desk, entry, names)
    colon = ": " if desk.language == "en" else "："
    place = ""
    if is_group(entry.chat) and entry.chat != entry.subject and entry.chat in names.places:
        place = desk.say(words.IN_GROUP, place=names.places[entry.chat])
    return f"• {said}{colon if about else ''}{about}{place}"


def _looks(desk: Desk, entries: tuple[Entry, ...], names: _Names) -> str:
    """What somebody looked at, each thing once."""
    things = list(dict.fromkeys(_look(desk, entry, names) for entry in entries))
    more = [desk.say(words.MORE, n=len(things) - THINGS)] if len(things) > THINGS else []
    return desk.say(words.LIST).join((*things[:THINGS], *more))


def _look(desk: Desk, entry: Entry, names: _Names) -> str:
    what = desk.say(words.LISTS.get(entry.detail.get("list", ""), words.LISTS["library"]))
    return desk.say(words.OF_MERCHANT, merchant=_merchant(desk, entry, names), what=what) if entry.merchant else what


def _thing(desk: Desk, entry: Entry, names: _Names) -> str:
    about = (_merchant(desk, entry, names) if entry.merchant else "", _about(desk, entry, names))
    return " ".join(filter(None, about))


def _merchant(desk: Desk, entry: Entry, names: _Names) -> str:
    return names.merchants.get(entry.merchant) or desk.say(words.MERCHANT_GONE)


def _about(desk: Desk, entry: Entry, names: _Names) -> str:
    """What it was done to or with."""
    detail, deed = entry.detail, entry.deed
    if deed in _ABOUT_PEOPLE:
        name = _person(desk, entry.subject, names)
        if deed is not Deed.ROLE_GIVEN:
            return name
        return desk.say(words.CHANGED_TO, name=name, before=_role(desk, detail, "before"), role=_role(desk, detail, "role"))
    if deed in _ABOUT_GROUPS:
        return names.places.get(entry.subject, "")
    if deed in (Deed.INVITED, Deed.JOINED):
        uses = desk.say(words.PEOPLE, n=detail["uses"]) if "uses" in detail else ""
        return " ".join(filter(None, (_role(desk, detail, "role"), uses)))
    if deed is Deed.AUTHORISED:
        return desk.say(words.UNTIL, day=desk.day(datetime.fromisoformat(detail["until"])))
    return SENTENCES[detail["cause"]].to(desk.language) if detail.get("cause") in SENTENCES else ""


def _person(desk: Desk, person: str, names: _Names) -> str:
    if person == CLOCK:
        return desk.say(words.BY_ITSELF)
    if not person.startswith("telegram:"):
        return desk.say(words.COMMAND_LINE)
    return person_name(names.people.get(person, ""), person, desk)


def _role(desk: Desk, detail: Mapping[str, str], name: str) -> str:
    return desk.role(Role(detail[name])) if detail.get(name) in set(Role) else ""
