"""POST /v1/sessions/{id}/samples over the real flow and a real database: what is taken, what is refused and why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.build_metrics import samples_over
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.openapi import OPENAPI
from bot.channels.web.sample_bodies import LARGEST
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.sample_rows import MOST_FIELDS, Reason
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.errors import StorageError
from bot.flows.access import Gate
from bot.flows.feeds import FeedDesk
from bot.flows.reference import Reference
from bot.following import read_reference
from bot.storage.database import Database
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from tests.office_desk import LEAD, ONE, OWNER, RIVAL, TWO, A, C
from tests.session_desk import Desk, floor


def feeds_over(database: Database, gate: Gate, reference: Callable[[], Reference]) -> FeedDesk:
    return FeedDesk(Feeds(database), Sessions(database), gate, lambda: [one.id for one in reference().sources])


REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
SHANGHAI = timedelta(hours=8)


@dataclass
class Intake:
    """The server's application with a session that may be written to, and a feed of its team."""

    desk: Desk
    client: httpx.AsyncClient
    session: LiveSession
    token: str
    feed: str
    seen: list[tuple[str, Sequence[Sample]]] = field(default_factory=list)

    def at(self, seconds: float = 0) -> str:
        return (self.desk.now + timedelta(seconds=seconds)).isoformat()

    async def post(self, body: Any, *, to: str = "", token: str | None = None, **headers: str) -> httpx.Response:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        given = {"authorization": f"Bearer {self.token if token is None else token}"} | headers
        return await self.client.post(f"/v1/sessions/{to or self.session.id}/samples", content=content, headers=given)

    async def kept(self) -> list[dict[str, float]]:
        found = await Samples(self.desk.office.database).all(self.session.id, scope=Scope(frozenset({A})))
        return [dict(one.values) for one in found]

    async def feed_of(self, person: str, **where: str) -> str:
        office = self.desk.office
        feeds = feeds_over(office.database, office.office.gate, lambda: REFERENCE)
        _, token = await feeds.add(await office.actor(person), "别的", scope=await self.desk.scope(person), **where)
        return token


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    async with floor(tmp_path) as desk, opened(desk) as made:
        yield made


class opened:
    def __init__(self, desk: Desk, per_minute: int = 6000) -> None:
        self._desk, self._per_minute = desk, per_minute

    async def __aenter__(self) -> Intake:
        desk, seen = self._desk, list[tuple[str, Sequence[Sample]]]()

        async def observe(session: LiveSession, samples: Sequence[Sample]) -> None:
            seen.append((session.id, samples))

        office = desk.office
        gate = office.office.gate
        feed, token = await feeds_over(office.database, gate, lambda: REFERENCE).add(
            await office.actor(LEAD), "大屏", scope=await desk.scope(LEAD), team=ONE
        )
        samples = samples_over(office.database, gate, lambda: REFERENCE, observe)
        app = web_app(lambda: {"ok": True}, sample_routes(samples, FeedPace(self._per_minute)))
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")
        return Intake(desk, self._client, await desk.planned(ahead=timedelta(hours=1)), token, feed.id, seen)

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()


def none(accepted: int, duplicates: int = 0) -> dict[str, Any]:
    return {"accepted": accepted, "duplicates": duplicates, "rejected": []}


async def test_each_form_of_body_is_taken_and_the_same_again_changes_nothing(intake: Intake) -> None:
    rows = [{"ts": intake.at(-n), "online_now": 100 + n, "gmv": 1.5 * n} for n in range(6)]
    csv = f"\ufeffts,online_now,gmv\r\n{rows[5]['ts']},105,7.5\r\n\r\n"
    lines = f"{json.dumps(rows[3])}\n{json.dumps(rows[4])}\n"
    for body, count in ((rows[0], 1), (rows[1:2], 1), ({"samples": [rows[2]]}, 1), (lines, 2), (csv, 1)):
        found = await intake.post(body)
        assert (found.status_code, found.json()) == (200, none(count)), body
    assert (await intake.post(rows)).json() == none(0, 6)
    assert await intake.kept() == [{"online_now": 100 + n, "gmv": 1.5 * n} for n in reversed(range(6))]


async def test_whoever_watches_hears_of_new_rows_only_and_in_their_order(intake: Intake) -> None:
    rows = [{"ts": intake.at(-n), "online_now": n} for n in (1, 3, 2)]
    await intake.post(rows)
    await intake.post([*rows, {"ts": intake.at(-2), "gmv": 5}, {"ts": intake.at(-9), "gmv": None}])
    heard = [[(one.at - intake.desk.now, dict(one.values)) for one in samples] for _, samples in intake.seen]
    second = timedelta(seconds=1)
    assert heard == [
        [(-3 * second, {"online_now": 3}), (-2 * second, {"online_now": 2}), (-second, {"online_now": 1})],
        [(-2 * second, {"gmv": 5})],
    ]


@pytest.mark.parametrize(
    "name,value,reason",
    [
        ("online_noww", 1, Reason.UNKNOWN_METRIC),
        ("online_now", float("nan"), Reason.NOT_FINITE),
        ("online_now", float("-inf"), Reason.NOT_FINITE),
        ("online_now", 10**400, Reason.NOT_FINITE),
        ("online_now", 1e308, Reason.TOO_LARGE),
        ("gmv", 1e12 + 1, Reason.TOO_LARGE),
        ("goal_progress", -1e13, Reason.TOO_LARGE),
        ("watch_uv", -1, Reason.NEGATIVE),
        ("gmv", "12", Reason.NOT_A_NUMBER),
        ("gmv", "一百", Reason.NOT_A_NUMBER),
        ("gmv", True, Reason.NOT_A_NUMBER),
        ("gmv", [1], Reason.NOT_A_NUMBER),
        ("enter_rate", 35, Reason.PERCENT),
    ],
)
async def test_a_wrong_value_is_named_and_leaves_the_rest_of_its_row(
    intake: Intake, name: str, value: object, reason: Reason
) -> None:
    with capture_logs() as logs:
        found = await intake.post([{"ts": intake.at(-1), "like_cnt": 0}, {"ts": intake.at(), "like_cnt": 7, name: value}])
    assert found.json() == {"accepted": 2, "duplicates": 0, "rejected": [{"row": 2, "field": name, "reason": reason.value}]}
    assert await intake.kept() == [{"like_cnt": 0}, {"like_cnt": 7}]
    (logged,) = logs
    known = "" if reason is Reason.UNKNOWN_METRIC else f"{name} "
    assert logged["causes"] == {f"{known}{reason.value}": 1}
    assert (logged["origin"], logged["session"]) == (intake.feed, intake.session.id)


@pytest.mark.parametrize(
    "row,field_,reason",
    [
        ({"online_now": 1}, "ts", Reason.NO_TIME),
        ({"ts": None, "online_now": 1}, "ts", Reason.NO_TIME),
        ({"ts": "now", "online_now": 1}, "ts", Reason.BAD_TIME),
        ({"ts": 1_700_000_000, "online_now": 1}, "ts", Reason.BAD_TIME),
        ({"ts": "2026-03-01", "online_now": 1}, "ts", Reason.BAD_TIME),
        ({"ts": "0001-01-01T00:00:00+14:00", "online_now": 1}, "ts", Reason.BAD_TIME),
        ({"ts": "9999-01-01T00:00:00Z", "online_now": 1}, "ts", Reason.FUTURE),
        ({"ts": "2024-03-01T20:00:00+08:00", "online_now": 1}, "ts", Reason.TOO_OLD),
        ([1, 2], "", Reason.NOT_AN_OBJECT),
        ({"ts": "2026-03-01T20:00:00Z", **{f"人{n}": n for n in range(MOST_FIELDS)}}, "", Reason.TOO_MANY_FIELDS),
        (None, "", Reason.NOT_AN_OBJECT),
    ],
)
async def test_a_row_that_is_none_is_refused_whole(intake: Intake, row: object, field_: str, reason: Reason) -> None:
    found = await intake.post([row, {"ts": intake.at(), "online_now": 9}])
    assert found.json()["rejected"] == [{"row": 1, "field": field_, "reason": reason.value}]
    assert found.json()["accepted"] == 1 and await intake.kept() == [{"online_now": 9}]


async def test_a_row_with_nothing_but_its_time_is_no_sample(intake: Intake) -> None:
    found = await intake.post({"ts": intake.at(), "gmv": None})
    assert found.json() == {"accepted": 0, "duplicates": 0, "rejected": [{"row": 1, "field": "", "reason": "empty"}]}


async def test_times_may_be_a_minute_ahead_and_without_a_zone_are_the_sessions(intake: Intake) -> None:
    local = (intake.desk.now + SHANGHAI).replace(tzinfo=None)
    assert (await intake.post({"ts": local.isoformat(), "online_now": 1})).json() == none(1)
    assert (await intake.post({"ts": intake.at(59), "online_now": 2})).json() == none(1)
    late = await intake.post({"ts": intake.at(61), "online_now": 3})
    assert late.json()["rejected"] == [{"row": 1, "field": "ts", "reason": "future"}]
    found = await Samples(intake.desk.office.database).all(intake.session.id, scope=Scope(frozenset({A})))
    assert [one.at - intake.desk.now for one in found] == [timedelta(0), timedelta(seconds=59)]


async def test_a_wrong_token_or_none_or_a_revoked_one_opens_nothing(intake: Intake) -> None:
    row = {"ts": intake.at(), "online_now": 1}
    secret = f"ocf_{'x' * 32}"
    with capture_logs() as logs:
        for token in (secret, "", intake.token[:-1], "\u00e9" * 10, "x" * 10_000):
            header = {"authorization": f"Bearer {token}".encode("latin-1")}
            found = await intake.client.post(f"/v1/sessions/{intake.session.id}/samples", json=row, headers=header)
            assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")
    assert len(logs) == 5 and secret not in repr(logs) and intake.token not in repr(logs)
    office = intake.desk.office
    feeds = feeds_over(office.database, office.office.gate, lambda: REFERENCE)
    await feeds.revoke(await office.actor(OWNER), intake.feed, scope=await intake.desk.scope(OWNER))
    assert (await intake.post(row)).status_code == 401
    assert await intake.kept() == []


async def test_a_session_of_others_is_not_found_and_looks_like_one_that_is_not(intake: Intake) -> None:
    row = {"ts": intake.at(), "online_now": 1}
    theirs = await intake.desk.planned(by=RIVAL, merchant=C)
    other = await intake.desk.planned(ahead=timedelta(hours=30))
    one = await intake.feed_of(LEAD, session=other.id)
    unknown = await intake.post(row, to="ffffffff")
    for found in (await intake.post(row, to=theirs.id), await intake.post(row, token=one)):
        assert (found.status_code, found.content) == (404, unknown.content)
    assert (await intake.post(row, token=await intake.feed_of(RIVAL, team=TWO))).status_code == 404
    assert (await intake.post(row, token=one, to=other.id)).json() == none(1)
    entry = intake.desk.office.entry(Deed.AUTHORISATION_ENDED, ONE, A)
    await intake.desk.office.merchants.close(A, entry)
    intake.desk.office.clock.advance(seconds=1)
    assert (await intake.post(row)).status_code == 404


@pytest.mark.parametrize("status", [Status.ENDED, Status.CANCELLED])
async def test_a_session_that_is_over_takes_nothing_more(intake: Intake, status: Status) -> None:
    from dataclasses import replace

    over = replace(intake.session, status=status, revision=intake.session.revision + 1)
    assert await intake.desk.sessions.save(over, None, intake.desk.office.entry(Deed.SESSION_ENDED, ONE, A))
    with capture_logs() as logs:
        found = await intake.post({"ts": intake.at(), "online_now": 1})
    assert (found.status_code, found.json()["error"]) == (409, "session_over")
    assert logs[0]["cause"] == "session_over" and intake.seen == []


async def test_a_body_that_is_too_large_is_not_read_to_its_end(intake: Intake) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 100 * LARGEST:
            read += 100_000
            yield b" " * 100_000

    header = {"authorization": f"Bearer {intake.token}"}
    found = await intake.client.post(f"/v1/sessions/{intake.session.id}/samples", content=endless(), headers=header)
    assert found.status_code == 413 and found.headers["connection"] == "close"
    assert read <= LARGEST + 200_000
    announced = await intake.client.post(
        f"/v1/sessions/{intake.session.id}/samples", content=b"{}", headers=header | {"content-length": str(LARGEST + 1)}
    )
    assert announced.status_code == 413


async def test_a_feed_that_floods_is_refused_before_anything_is_read_and_others_go_on(tmp_path: Path) -> None:
    async with floor(tmp_path) as desk, opened(desk, per_minute=60) as intake:
        calm = await intake.feed_of(OWNER, team=ONE)
        asked: list[str] = []
        row = {"ts": intake.at(), "online_now": 1}

        async def body() -> AsyncIterator[bytes]:
            asked.append("read")
            yield json.dumps(row).encode()

        header = {"authorization": f"Bearer {intake.token}"}
        url = f"/v1/sessions/{intake.session.id}/samples"
        with capture_logs() as logs:
            answers = [await intake.client.post(url, content=body(), headers=header) for _ in range(300)]
        assert [one.status_code for one in answers] == [200] * 6 + [429] * 294
        assert len(asked) == 6 and answers[-1].headers["retry-after"] == "1"
        assert [one["cause"] for one in logs] == ["too_often"] and logs[0]["feed"] == intake.feed
        assert (await intake.post(row, token=calm)).status_code == 200
        desk.office.clock.advance(seconds=2)
        assert (await intake.post(row)).status_code == 200


async def test_whoever_tries_tokens_holds_up_no_feed_that_is_known(intake: Intake) -> None:
    row = {"ts": intake.at(), "online_now": 1}
    assert (await intake.post(row)).status_code == 200
    tried = [(await intake.post(row, token=f"ocf_{n:032}")).status_code for n in range(60)]
    assert set(tried[:19]) == {401} and set(tried[20:]) == {429}
    assert (await intake.post(row)).status_code == 200


async def test_a_database_that_refuses_is_tried_again_later(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StorageError("磁盘满了")

    monkeypatch.setattr(Samples, "add", refuse)
    found = await intake.post({"ts": intake.at(), "online_now": 1})
    assert (found.status_code, found.headers["retry-after"]) == (503, "5") and intake.seen == []


async def test_rows_that_come_side_by_side_are_each_kept_once(intake: Intake) -> None:
    rows = [{"ts": intake.at(-n), "online_now": n} for n in range(20)]
    found = await asyncio.gather(*(intake.post(rows[n : n + 10]) for n in range(11)))
    assert sum(one.json()["accepted"] for one in found) == 20
    assert len(await intake.kept()) == 20


async def test_of_many_that_call_at_once_each_is_told_of_its_own_feed_and_session_with_few_reads(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"ts": intake.at(), "online_now": 1}
    theirs = await intake.desk.planned(by=RIVAL, merchant=C)
    foreign = await intake.feed_of(RIVAL, team=TWO)
    reads: list[int] = []
    whole = Feeds.behind

    async def counted(self: Feeds, tokens: Collection[str]) -> dict[str, MetricFeed]:
        reads.append(len(tokens))
        return await whole(self, tokens)

    monkeypatch.setattr(Feeds, "behind", counted)
    calls = [
        *(intake.post(row) for _ in range(4)), *(intake.post(row, to=theirs.id) for _ in range(4)),
        *(intake.post(row, to=theirs.id, token=foreign) for _ in range(4)), *(intake.post(row, token=foreign) for _ in range(4)),
        *(intake.post(row, token="ocf_nobody") for _ in range(4)),
    ]  # fmt: skip
    found = [one.status_code for one in await asyncio.gather(*calls)]
    assert found == [200] * 4 + [404] * 4 + [200] * 4 + [404] * 4 + [401] * 4
    assert len(reads) < len(calls) / 3 and max(reads) == 3, "a round reads each token once"


async def test_a_foreign_export_is_read_by_the_mapping_of_its_feed(intake: Intake) -> None:
    token = await intake.feed_of(LEAD, team=ONE, source="kuaishou-board")
    at = f"{intake.desk.now + SHANGHAI:%Y/%m/%d %H:%M:%S}"
    head = "统计时间,在线人数,累计观看,成交金额（元）,曝光进入率,人均停留时长,主播,心情"
    body = head + f'\n{at},160,1.2万,"1,360.50",12.5%,00:45,小雨,好\n'
    found = await intake.post(body, token=token)
    unknown = {"row": 1, "field": "心情", "reason": "unknown_metric"}
    assert found.json() == {"accepted": 1, "duplicates": 0, "rejected": [unknown]}
    assert await intake.kept() == [
        {"online_now": 160, "watch_uv": 12_000, "gmv": 1360.5, "enter_rate": 0.125, "avg_watch_sec": 45}
    ]


async def test_the_description_names_every_reason_and_status(intake: Intake) -> None:
    found = await intake.client.get("/v1/openapi.json")
    assert found.json() == OPENAPI
    reason = OPENAPI["components"]["schemas"]["Report"]["properties"]["rejected"]["items"]["properties"]["reason"]
    assert reason["enum"] == [one.value for one in Reason]
    assert set(OPENAPI["paths"]["/v1/sessions/{id}/samples"]["post"]["responses"]) == {
        "200", "400", "401", "404", "408", "409", "413", "415", "429", "503",
    }  # fmt: skip
    told = (Path(__file__).parents[2] / "docs" / "intake.md").read_text(encoding="utf-8")
    assert not [one for one in Reason if f"`{one.value}`" not in told]
