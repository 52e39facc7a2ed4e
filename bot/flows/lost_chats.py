"""A group, or a robot of one, that nothing can be sent to any more, told in private to whoever looks after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import team_collection
from bot.domain.messages import text
from bot.domain.outgoing import ROBOT, Kind, own_id
from bot.flows.access import Gate
from bot.flows.words import say
from bot.storage.chats import Chats
from bot.storage.outbox import Outbox
from bot.storage.robots import Robots


@dataclass(frozen=True, slots=True)
class LostChats:
    """Tells the leads. `language` is for those of whom none is known; `notify` wakes the delivery."""

    gate: Gate
    chats: Chats
    outbox: Outbox
    robots: Robots
    notify: Callable[[], None]
    now: Callable[[], datetime]
    language: str = "zh"

    async def tell(self, chat: str, key: str, waiting: int) -> None:
        """Write to each lead once, however often this is called for one message's `key`; nobody is told of an unbound chat.

        `waiting` counts the messages that were closed with it. Where the lead's private chat itself is lost, nobody is told
        of that: it is bound to nothing.
        """
        named = "lost_chat"
        if chat.startswith(f"{ROBOT}:"):
            robot = await self.robots.one(int(own_id(chat)))
            chat, named = robot.chat if robot else chat, "lost_robot"
        told: dict[str, set[str]] = {}
        for binding in await self.gate.groups.here(chat):
            for person in await self.gate.people.managers(binding.team, binding.merchant):
                told.setdefault(person, set()).add(team_collection(binding.team))
        titles, languages = await self.chats.titles(chat), await self.gate.people.languages(*told)
        for person, drawn in told.items():
            language = languages.get(person, self.language)
            said = say(named, language).format(chat=" ".join(titles.get(chat, chat).split()), count=waiting + 1)
            channel = person.partition(":")[0]
            await self.outbox.add(
                f"lost:{key}:{person}", channel, person, text(said), kind=Kind.NOTICE, now=self.now(), collections=drawn
            )
        self.notify()
