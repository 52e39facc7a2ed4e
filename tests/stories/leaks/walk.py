"""Long walks through the world: which way, a seeded generator says, so that any step can be walked again."""

from __future__ import annotations

import asyncio
import random

from tests.stories.leaks import floor, office  # noqa: F401 - their actions are among those below
from tests.stories.leaks.oracle import Leak
from tests.stories.leaks.world import ACTIONS, World

WEIGHTS = {"ask": 10, "deliver": 8, "press": 6, "open": 4, "bind": 8, "join": 10, "invite": 10, "authorise": 4, "delete": 1}
WEIGHTS |= {"plan": 5, "run": 4, "item": 4, "look": 4, "time": 6}
"""How often what happens; deletions are few, or there would soon be nothing left to leak."""
LIFE = 250
"""Steps of one world."""
SESSIONS = frozenset({"plan", "run", "item", "look", "time"})
"""What every second world goes without: the more there is to do, the less often what takes several steps comes about."""


def walk(seed: int, steps: int) -> int:
    """Take so many steps, in one world after the other; returns the number taken. Raises Leak."""
    taken = 0
    loop = asyncio.new_event_loop()
    try:
        while taken < steps:
            loop.run_until_complete(_life(seed, min(LIFE, steps - taken)))
            taken += min(LIFE, steps - taken)
            seed += 1
    finally:
        loop.close()
    return taken


async def _life(seed: int, steps: int) -> None:
    world, choice = World(), random.Random(seed)
    await world.start()
    names = [name for name in ACTIONS if seed % 2 or name not in SESSIONS]
    weights = [WEIGHTS.get(name, 2) for name in names]
    try:
        for name in choice.choices(names, weights, k=steps):
            await world.step(name, choice.choice)
    except Leak:
        world.database.close()
        raise
    world.close()
