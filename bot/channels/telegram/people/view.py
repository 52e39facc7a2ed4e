"""How pages of teams, merchants and groups look: a bold title, lines, buttons; and how people, dates and groups are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.channels.people_words import POLICIES, ROLES
from bot.channels.telegram.context import Context
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.render import Rows, short
from bot.channels.words import Phrase
from bot.domain.access import Binding, Merchant, Role, merchant_collection, team_collection
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Button, Part, Style
from bot.domain.messages import Message as Outgoing
from bot.domain.outgoing import own_id
from bot.flows.access import Actor
from bot.flows.merchants import MerchantDesk
from bot.flows.team import TeamDesk

NAME = 40
"""Columns of a name, so that nobody's name pushes others off the page."""
LABEL = 34
"""Columns of a button that has its row to itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown, the collections whose names stand in it, and what the toast says when a button led here."""

    message: Outgoing
    collections: frozenset[str] = frozenset()
    toast: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The two desks as one reader sees them, and words in their language. `update_id` is the press's, for keys."""

    context: Context
    update_id: int = 0

    @property
    def actor(self) -> Actor:
        """The reader, with all that they are at this moment."""
        return self.context.actor

    @property
    def team(self) -> TeamDesk:
        """Teams and people."""
        return self.context.parts.office.team

    @property
    def merchants(self) -> MerchantDesk:
        """Merchants and groups."""
        return self.context.parts.office.merchants

    @property
    def language(self) -> str:
        """The reader's."""
        return self.context.viewer.language

    @property
    def now(self) -> datetime:
        """The gate's time, which never goes back."""
        return self.context.parts.gate.now()

    def say(self, phrase: Phrase, **values: object) -> str:
        """The sentence in the reader's language."""
        return phrase.to(self.language, **values)

    def button(self, phrase: Phrase, action: str, *values: object, **words: object) -> Button:
        """A button with these words that does `action`."""
        return Button(short(self.say(phrase, **words), LABEL), made(action, *values))

    def role(self, role: Role) -> str:
        """What a role is called."""
        return ROLES[role].to(self.language)

    def day(self, moment: datetime) -> str:
        """The last day of what ends at a moment."""
        return f"{(moment - timedelta(microseconds=1)).astimezone(self.context.parts.zone):%Y-%m-%d}"

    def minute(self, moment: datetime) -> str:
        """When something was, to the minute."""
        return f"{moment.astimezone(self.context.parts.zone):%Y-%m-%d %H:%M}"

    async def status(self, merchant: Merchant) -> str:
        """Whether a merchant may be served, and until when; or since when not, and whether somebody ended it."""
        if merchant.authorised_until is None:
            return self.say(words.NOT_AUTHORISED)
        phrase = words.AUTHORISED
        if not merchant.open(self.now):
            phrase = words.ENDED_EARLY if await self.merchants.ended_by_hand(self.actor, merchant) else words.EXPIRED
        return self.say(phrase, day=self.day(merchant.authorised_until))

    def bound_to(self, binding: Binding, team: str, merchants: Iterable[Merchant]) -> str:
        """What a group is for, in words, and the most that it may be shown."""
        name = next((one.name for one in merchants if one.id == binding.merchant), team)
        return self.say(words.NOTED, what=name_of(name), more=POLICIES[binding.policy].to(self.language))

    async def place(self, chat: str, topic: int) -> str:
        """The name of a group, and of the topic if it is one."""
        return (await place_of(self.context, chat, topic))(self.language)

    async def listed(self, what: str, team: str, merchant: str = "") -> None:
        """Note that the reader looked at a list."""
        actor = self.actor
        entry = Entry(self.now, actor.person, Deed.LISTED, actor.chat, team, merchant, merchant or team, {"list": what})
        await self.context.parts.gate.trail.add(entry)

    def drawn(self, team: str, merchants: Iterable[Merchant] = ()) -> frozenset[str]:
        """The collections of names on a page. A closed merchant's own says nothing: nobody may read it, yet it has a name."""
        return frozenset({team_collection(team), *(merchant_collection(one.id) for one in merchants if one.open(self.now))})


def page(title: str, lines: Sequence[str], rows: Rows, collections: frozenset[str] = frozenset()) -> Page:
    """A page with a bold title."""
    return Page(Outgoing((Part(title, Style.BOLD), Part("".join(f"\n{line}" for line in lines))), rows), collections)


async def place_of(context: Context, chat: str, topic: int) -> Callable[[str], str]:
    """What a group, or a topic of it, is called in a language."""
    titles = await context.parts.chats.titles(chat, topic_key(chat, topic))
    group = partial(group_name, titles.get(chat) or own_id(chat))
    if not topic:
        return group
    named = name_of(titles.get(topic_key(chat, topic)) or str(topic))
    return lambda language: words.TOPIC_NAME.to(language, group=group(language), topic=named)


def group_name(title: str, language: str) -> str:
    """What a group with this title is called."""
    named = name_of(title)
    return (words.GROUP_NAMED_SO if named.endswith("群") else words.GROUP_NAME).to(language, title=named)


def topic_key(chat: str, topic: int) -> str:
    """Where the name of a topic is kept among the chats."""
    return f"{chat}/{topic}"


def name_of(name: str) -> str:
    """A name on one line, cut."""
    return short(name, NAME) or "…"


def person_name(name: str, person: str, desk: Desk) -> str:
    """Somebody's name, or their number where they never wrote."""
    return name_of(name) if name else desk.say(words.NUMBERED, number=own_id(person))


def confirm(desk: Desk, question: str, yes: Phrase, sure: str, no: str) -> Page:
    """Ask before something is done: `sure` does it, `no` goes back."""
    return page(question, (), ((Button(desk.say(yes), sure),), (Button(desk.say(words.NO), no),)))
