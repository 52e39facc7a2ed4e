"""The audit trail, page by page, in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.people_words import DEEDS, SENTENCES
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.view import LABEL, Desk, Page, name_of, page, person_name
from bot.channels.telegram.render import short
from bot.domain.access import Merchant, Right, Role
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Button
from bot.domain.outgoing import is_group
from bot.errors import Refused

ON_A_PAGE = 15

Fields = Mapping[str, str]

_ABOUT_PEOPLE = {Deed.REMOVED, Deed.ROLE_GIVEN, Deed.HANDED_OVER, Deed.BLOCKED, Deed.UNBLOCKED}
_ABOUT_GROUPS = {Deed.BOUND, Deed.UNBOUND}


@dataclass(frozen=True, slots=True)
class _Names:
    """What the ids in the entries stand for, as far as the reader may know."""

    people: Mapping[str, str]
    places: Mapping[str, str]
    merchants: Mapping[str, str]


async def audit(desk: Desk, fields: Fields) -> Page:
    """The newest entries of a team, or of one merchant."""
    team, access, merchant = await desk.team.team(desk.actor, fields["team"]), desk.actor.access, fields["merchant"]
    served = await desk.merchants.all(desk.actor, team.id)
    managed = [one for one in served if access.may(Right.MANAGE, team.id, one.id)]
    if not managed and not access.may(Right.MANAGE, team.id):
        raise Refused("not_allowed")
    title = desk.say(words.AUDIT, team=name_of(team.name))
    if merchant:
        found = await desk.merchants.one(desk.actor, merchant, Right.MANAGE)
        title = desk.say(words.AUDIT_MERCHANT, merchant=name_of(found.name))
    await desk.listed("audit", team.id, merchant)
    trail = desk.context.parts.gate.trail
    many = await trail.count(access=access, team=team.id, merchant=merchant)
    number = min(int(fields["page"]), max(0, (many - 1) // ON_A_PAGE))
    skip = number * ON_A_PAGE
    entries = await trail.entries(access=access, team=team.id, merchant=merchant, limit=ON_A_PAGE, skip=skip)
    names = await _names(desk, entries, served)
    first = number * ON_A_PAGE + 1
    lines = [desk.say(words.AUDIT_RANGE, first=first, last=first + len(entries) - 1, n=many)] if entries else []
    lines += [_line(desk, entry, names) for entry in entries] or [desk.say(words.NO_AUDIT)]
    turning = [desk.button(words.PREVIOUS, "audit", team.id, merchant, number - 1)] if number else []
    turning += [desk.button(words.NEXT, "audit", team.id, merchant, number + 1)] if first + len(entries) <= many else []
    other = [desk.button(words.B_AUDIT_BY, "audits", team.id)] if managed else []
    rows = (tuple(turning), (*other, desk.button(words.BACK, "team", team.id)))
    return page(title, lines, rows, desk.drawn(team.id, served))


async def audits(desk: Desk, fields: Fields) -> Page:
    """Choose whose trail."""
    team, access = await desk.team.team(desk.actor, fields["team"]), desk.actor.access
    served = await desk.merchants.all(desk.actor, team.id)
    managed = [one for one in served if access.may(Right.MANAGE, team.id, one.id)]
    rows = [(desk.button(words.B_AUDIT_TEAM, "audit", team.id, "", 0),)]
    rows += [(Button(short(one.name, LABEL), made("audit", team.id, one.id, 0)),) for one in managed]
    return page(desk.say(words.WHICH_MERCHANT), (), tuple(rows), desk.drawn(team.id, managed))


async def _names(desk: Desk, entries: tuple[Entry, ...], served: tuple[Merchant, ...]) -> _Names:
    people = {entry.person for entry in entries} | {entry.subject for entry in entries if entry.deed in _ABOUT_PEOPLE}
    chats = {entry.subject for entry in entries if entry.deed in _ABOUT_GROUPS} | {entry.chat for entry in entries}
    titles = await desk.context.parts.chats.titles(*(chat for chat in chats if is_group(chat)))
    places = {chat: desk.say(words.GROUP_NAME, title=name_of(title)) for chat, title in titles.items()}
    named = await desk.context.parts.gate.people.names(*people)
    return _Names(named, places, {one.id: name_of(one.name) for one in served})


def _line(desk: Desk, entry: Entry, names: _Names) -> str:
    who = _person(desk, entry.person, names)
    said = desk.say(words.AUDIT_LINE, at=desk.minute(entry.at), who=who, deed=DEEDS[entry.deed].to(desk.language))
    about = [_about(desk, entry, names)]
    if entry.merchant:
        about.insert(0, names.merchants.get(entry.merchant) or desk.say(words.MERCHANT_GONE))
    if is_group(entry.chat) and entry.chat != entry.subject and entry.chat in names.places:
        about.append(desk.say(words.IN_GROUP, place=names.places[entry.chat]))
    shown = " ".join(filter(None, about))
    return f"• {said}{'：' if shown and desk.language != 'en' else ': ' if shown else ''}{shown}"


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
    if deed is Deed.LISTED and detail.get("list") in words.LISTS:
        return desk.say(words.LISTS[detail["list"]])
    return SENTENCES[detail["cause"]].to(desk.language) if detail.get("cause") in SENTENCES else ""


def _person(desk: Desk, person: str, names: _Names) -> str:
    if not person.startswith("telegram:"):
        return desk.say(words.COMMAND_LINE)
    return person_name(names.people.get(person, ""), person, desk)


def _role(desk: Desk, detail: Mapping[str, str], name: str) -> str:
    return desk.role(Role(detail[name])) if detail.get(name) in set(Role) else ""
