"""What is asked for at the same time is done in one round; each is told of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.storage.rounds import MOST, Rounds


class Work:
    """Doubles numbers; refuses odd ones when it is asked to, each by itself or all of a round."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.broken = False

    async def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.rounds.append([*asked])
        await asyncio.sleep(0)
        if self.broken:
            raise RuntimeError("all of it")
        return [ValueError(str(one)) if one % 2 else one * 2 for one in asked]


async def test_who_asks_while_a_round_is_on_is_in_the_next_and_gets_his_own() -> None:
    work = Work()
    rounds = Rounds(work)
    assert await rounds.do(2) == 4
    found = await asyncio.gather(rounds.do(4), rounds.do(5), rounds.do(6), return_exceptions=True)
    assert found[0] == 8 and found[2] == 12 and isinstance(found[1], ValueError)
    assert work.rounds == [[2], [4, 5, 6]]


async def test_a_round_that_breaks_is_told_to_all_who_were_in_it_and_the_next_goes_on() -> None:
    work = Work()
    rounds = Rounds(work)
    work.broken = True
    found = await asyncio.gather(rounds.do(2), rounds.do(4), return_exceptions=True)
    assert [type(one) for one in found] == [RuntimeError, RuntimeError]
    work.broken = False
    assert await rounds.do(2) == 4


async def test_what_was_asked_for_is_done_also_when_whoever_asked_has_gone() -> None:
    work = Work()
    rounds = Rounds(work)
    gone = asyncio.create_task(rounds.do(2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await rounds.do(4) == 8
    assert [one for part in work.rounds for one in part] == [2, 4]


async def test_a_round_takes_so_many_only_and_begins_no_sooner_than_it_may() -> None:
    work = Work()
    rounds = Rounds(work, every=0.05)
    clock = asyncio.get_running_loop().time
    began = clock()
    await asyncio.gather(*(rounds.do(2) for _ in range(MOST + 1)))
    assert [len(one) for one in work.rounds] == [MOST, 1]
    assert clock() - began >= 0.045
