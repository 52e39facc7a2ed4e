"""Questions while everything goes wrong at once: refusals, broken connections, lost replies, kill -9 at bad moments.

What goes wrong is drawn with a seed; when it meets the bot depends on the machine.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.double import ChatView, Person, TelegramDouble, faults
from tests.stories.harness import QUESTIONS, Copilot, Survey, until

OFTEN = (
    (faults.too_many(1), "*", 0.04),
    (faults.bad_gateway(), "*", 0.05),
    (faults.drop_before(), "*", 0.04),
    (faults.drop_after(), "*", 0.03),
    (faults.drop_after(), "sendMessage", 0.05),
    (faults.slow(1.5), "sendMessage", 0.05),
)
MOMENTS = ("asked", "sent", "any", "starting")
OPEN_ROWS = """SELECT (SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending'))
             + (SELECT count(*) FROM inbox WHERE state = 'waiting')"""


@dataclass(frozen=True)
class Room:
    """Where somebody asks."""

    person: Person
    chat: ChatView
    topic: int = 0


def rooms(double: TelegramDouble, people: int) -> list[Room]:
    """Everybody's private chat, and of the first three a group, a supergroup and a forum with two topics."""
    crowd = [double.user(f"operator {number}", language="en" if number == 1 else "zh") for number in range(people)]
    first = crowd[:3]
    shared = [double.group("早场", *first), double.group("晚场", *first, kind="supergroup")]
    forum = double.group("复盘", *first, kind="supergroup", topics=("零食", "服装"))
    topics = [Room(person, forum, topic) for person, topic in zip(first, forum.chat.topics, strict=False)]
    return [Room(p, p.private()) for p in crowd] + [Room(p, chat) for chat in shared for p in first] + topics


@dataclass
class Storm:
    """One run; `survey` and `kills` (by moment) hold what happened."""

    double: TelegramDouble
    copilot: Copilot
    seed: int
    survey: Survey = field(init=False)
    kills: Counter[str] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        self.survey = Survey(self.double)
        self._random = random.Random(self.seed)

    async def run(self, *, questions: int, people: int, every: float, kills: int, patience: float) -> None:
        """Ask so many questions, one `every` so many seconds on average, amid faults and so many kills.

        Returns when everything is answered and nothing waits in the bot any more; AssertionError after `patience`
        seconds for either.
        """
        self.double.limits.enforced = True
        chances = [self.double.faults.often(fault, method=method, probability=p) for fault, method, p in OFTEN]
        await asyncio.gather(self._ask(questions, rooms(self.double, people), every), self._kill(kills))
        await self.survey.all_answered(patience)
        for chance in chances:
            chance.stop()
        await self._idle(patience)
        self.double.limits.enforced = False

    async def _ask(self, questions: int, places: list[Room], every: float) -> None:
        chance = random.Random(self.seed)
        for _ in range(questions):
            room = chance.choice(places)
            await self.survey.ask(room.person, room.chat, chance.choice(QUESTIONS), topic=room.topic)
            await asyncio.sleep(chance.expovariate(1 / every))

    async def _kill(self, times: int) -> None:
        for number in range(times):
            moment = MOMENTS[number % len(MOMENTS)]
            if not self.copilot.alive:
                self.copilot.start()
            await self._comes(moment)
            self.survey.breaks.append(time.time())
            self.copilot.kill()
            self.kills[moment] += 1
            await asyncio.sleep(self._random.uniform(0, 1.5))
        self.copilot.start()

    async def _comes(self, moment: str) -> None:
        """Wait for a bad moment: a question has just gone in, an answer has just come out, soon after the start, any."""
        if moment == "starting":
            await asyncio.sleep(self._random.uniform(0.3, 3.0))
            return
        await self.copilot.polls(self.double)
        happened = self.survey.questions if moment == "asked" else self.double.sent
        if moment == "any":
            await asyncio.sleep(self._random.uniform(0.5, 6.0))
            return
        before = len(happened)
        await self.double.world.until(lambda: len(happened) > before, 10)
        await asyncio.sleep(self._random.uniform(0, 0.15 if moment == "asked" else 0.03))

    async def _idle(self, seconds: float) -> None:
        """Wait until the bot has nothing left to do: a repetition may still be on its way."""
        if await until(lambda: self.copilot.rows(OPEN_ROWS) == [(0,)], seconds):
            return
        left = self.copilot.rows("SELECT key, state, error FROM outbox WHERE state <> 'sent'")
        raise AssertionError(f"still to be done after {seconds} s: {left}")

    def table(self) -> str:
        """What happened, for people."""
        kinds: Counter[str] = Counter()
        for (_, kind), count in self.double.faults.happened.items():
            kinds[kind] += count
        seconds = self.survey.seconds()
        answers = [answer for asked in self.survey.questions for answer in self.survey.answers(asked)]
        rows = {
            "questions": len(self.survey.questions),
            "answered": len(self.survey.questions) - len(self.survey.unanswered),
            "repeats": self.survey.repeats,
            "repeats without a lost reply": len(self.survey.needless_repeats),
            "replies lost": sum(a.reply_lost for a in answers),
            "killed with the reply unread": sum(self.survey.unheard(a) and not a.reply_lost for a in answers),
            "kills": f"{self.kills.total()}  ({_listed(self.kills)})",
            "faults": f"{kinds.total()}  ({_listed(kinds)})",
            "refused by rate limits": sum(call.method == "sendMessage" and call.sent is None for call in self.double.calls),
            "seconds to answer": f"p50 {_share(seconds, 0.5):.1f}, p99 {_share(seconds, 0.99):.1f}, longest {seconds[-1]:.1f}",
        }
        return "\n".join(f"  {name:<30}{value}" for name, value in rows.items()) + "\n"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
