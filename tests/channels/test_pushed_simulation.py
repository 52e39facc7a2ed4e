"""A made-up session pushed to the real intake: each row at its own moment, what goes wrong in one sentence."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.domain.simulated_lines import simulated_lines
from bot.domain.simulation import FIGURES, Incident, simulated
from bot.sources.pushes import STEP, TRIES, NotTaken, Pushed, Pusher, in_step, session_url
from tests.channels.test_sample_intake import Intake, opened
from tests.session_desk import floor

Rows = list[tuple[datetime, dict[str, Any]]]


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    async with floor(tmp_path) as desk, opened(desk) as made:
        yield made


def rows_of(start: datetime, minutes: int = 10) -> Rows:
    return [(one.at, dict(one.values)) for one in simulated(start, minutes, 7, Incident.TRAFFIC_DROP)]


class Pushing:
    """A pusher on the intake's clock, which its sleep moves; `then` is done after so many sleeps."""

    def __init__(self, intake: Intake, token: str = "", to: str = "", client: httpx.AsyncClient | None = None) -> None:
        self.intake, self.slept, self.began = intake, 0, 0
        self.then: dict[int, Callable[[], Any]] = {}
        url = session_url(f"http://x/v1/sessions/{to or intake.session.id}/samples")
        self.pusher = Pusher(url, token or intake.token, client or intake.client, lambda: intake.desk.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept += 1
        self.intake.desk.office.clock.now += timedelta(seconds=seconds)
        if self.slept in self.then:
            await self.then[self.slept]()

    async def go(self, samples: Rows, lines: Rows | None = None) -> Pushed:
        def began() -> None:
            self.began += 1

        return await self.pusher.push(samples, lines or [], began)

    async def fails(self, samples: Rows) -> NotTaken:
        with pytest.raises(NotTaken) as caught:
            await self.go(samples)
        return caught.value


async def test_each_row_is_there_at_its_own_moment_and_none_before(intake: Intake) -> None:
    start, pushing = intake.desk.now, Pushing(intake)
    done = await pushing.go(rows_of(start))
    assert done.taken["samples"] == len(rows_of(start)) == 121 and pushing.began == 1
    assert intake.desk.now == start + timedelta(minutes=10)
    times = [one.at for _, samples in intake.seen for one in samples]
    assert times == [start + n * STEP for n in range(121)], "what comes late is told to nobody, what comes early is refused"
    assert set((await intake.kept())[-1]) == set(FIGURES)


async def test_six_times_as_fast_it_takes_a_sixth_and_still_a_row_every_five_seconds(intake: Intake) -> None:
    start, pushing = intake.desk.now, Pushing(intake)
    rows = in_step(rows_of(start, 60), start, 6.0)
    assert (await pushing.go(rows)).taken["samples"] == 121
    assert intake.desk.now - start == timedelta(minutes=10)
    steps = {later - sooner for (sooner, _), (later, _) in zip(rows, rows[1:], strict=False)}
    assert steps == {STEP} and rows[-1][1]["gmv"] == rows_of(start, 60)[-1][1]["gmv"]


@pytest.mark.parametrize(
    ("wrong", "why"), [({"token": "ocf_wrong"}, "token"), ({"token": "令牌"}, "token"), ({"to": "ffffffff"}, "no_session")]
)
async def test_a_wrong_token_and_an_unknown_session_are_told_apart(intake: Intake, wrong: dict[str, str], why: str) -> None:
    with pytest.raises(NotTaken) as caught:
        await Pushing(intake, **wrong).go(rows_of(intake.desk.now))
    assert caught.value.why == why and await intake.kept() == []


async def test_a_session_that_ends_meanwhile_ends_it(intake: Intake) -> None:
    pushing, desk = Pushing(intake), intake.desk

    async def called_off() -> None:
        await desk.floor.desk.cancel(
            await desk.office.actor("telegram:1"), intake.session.id, scope=await desk.scope("telegram:1")
        )

    pushing.then[3] = called_off
    found = await pushing.fails(rows_of(desk.now))
    assert (found.why, found.values["rows"]) == ("over", 3)


async def test_what_another_clock_sends_too_early_is_said(intake: Intake) -> None:
    found = await Pushing(intake).fails([(intake.desk.now - timedelta(days=3), {"gmv": 1.0})])
    assert (found.why, found.values["reason"]) == ("rejected", "too_old")


def answering(*answers: httpx.Response | Exception) -> httpx.AsyncClient:
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        found = left.pop(0) if left else httpx.Response(200, json={"accepted": 1, "duplicates": 0, "rejected": []})
        if isinstance(found, Exception):
            raise found
        return found

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


TAKEN = httpx.Response(200, json={"accepted": 1, "duplicates": 0, "rejected": []})
BUSY = httpx.Response(429, json={"error": "too_often", "message": ""})
GONE = httpx.ConnectError("refused")


async def test_what_is_never_reached_is_not_waited_for(intake: Intake) -> None:
    pushing = Pushing(intake, client=answering(GONE))
    assert ((await pushing.fails(rows_of(intake.desk.now))).why, pushing.slept) == ("unreachable", 0)


async def test_a_hiccup_loses_nothing_and_a_long_silence_ends_it(intake: Intake) -> None:
    rows = rows_of(intake.desk.now)[:4]
    assert (await Pushing(intake, client=answering(TAKEN, GONE, BUSY)).go(rows)).taken["samples"] == 2
    lost = Pushing(intake, client=answering(TAKEN, *[GONE] * TRIES))
    assert (await lost.fails(rows_of(intake.desk.now))).why == "lost"
    busy = Pushing(intake, client=answering(*[BUSY] * TRIES))
    assert (await busy.fails(rows_of(intake.desk.now))).why == "busy"


@pytest.mark.parametrize(
    "answer", [httpx.Response(404, text="Not found"), httpx.Response(200, text="<html>"), httpx.Response(302)]
)
async def test_another_server_is_taken_for_no_intake(intake: Intake, answer: httpx.Response) -> None:
    assert (await Pushing(intake, client=answering(answer)).fails(rows_of(intake.desk.now))).why == "strange"


@pytest.mark.parametrize("given", ["http://h:8080/v1/sessions/5e551011", "http://h:8080/v1/sessions/5e551011/samples/"])
def test_the_address_of_a_session_or_of_its_samples_will_do(given: str) -> None:
    assert session_url(given) == "http://h:8080/v1/sessions/5e551011"
    assert session_url("https://h/bot/v1/sessions/a/lines") == "https://h/bot/v1/sessions/a"


@pytest.mark.parametrize("given", ["", "h:8080/v1/sessions/a", "ftp://h/v1/sessions/a", "http://h:8080", "http://h/v1/sessions/"])
def test_any_other_address_is_none(given: str) -> None:
    with pytest.raises(NotTaken):
        session_url(given)


async def test_words_go_to_their_own_address_in_step_with_the_figures(intake: Intake) -> None:
    start, sent = intake.desk.now, list[tuple[str, int, datetime]]()

    def answer(request: httpx.Request) -> httpx.Response:
        rows = json.loads(request.content)
        sent.append((request.url.path.rpartition("/")[2], len(rows), intake.desk.now))
        assert all(intake.desk.now - STEP < datetime.fromisoformat(row["ts"]) <= intake.desk.now for row in rows)
        return httpx.Response(200, json={"accepted": len(rows), "duplicates": 0, "rejected": []})

    lines: Rows = [(at, {"kind": kind, "text": text}) for at, kind, text in simulated_lines(start, 10, 1)]
    lines.sort(key=lambda one: one[0])
    pushing = Pushing(intake, client=httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    done = await pushing.go(rows_of(start), lines)
    assert done.taken == {"samples": 121, "lines": len(lines)} and {kind for kind, _, _ in sent} == {"samples", "lines"}
