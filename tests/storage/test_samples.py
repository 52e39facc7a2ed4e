"""Samples and feeds on both databases: once each, in any order, within their scope, small, thinned, pruned."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.samples import Sample, merged, minute_of, one_minute, start_of
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.feeds import Feeds, MetricFeed, digest
from bot.storage.sample_blocks import packed, unpacked
from bot.storage.sample_tables import feeds, samples
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from tests.domain.live import at, session
from tests.office_desk import ONE, OWNER, TWO, A, B, C, Desk

MINE, THEIRS = Scope(frozenset({A}), frozenset({ONE})), Scope(frozenset({B, C}), frozenset({TWO}))
START = at(20)
FIVE = timedelta(seconds=5)


def rows(count: int, start: int = 0) -> list[Sample]:
    """Samples every five seconds, all different."""
    return [Sample(START + n * FIVE, {"online_now": 100.0 + n, "gmv": n * 9.9}) for n in range(start, start + count)]


def said(found: Iterable[Sample]) -> list[Sample]:
    return [Sample(one.at, dict(one.values)) for one in found]


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    for one in (live("s1"), replace(live("s2"), merchant=B)):
        assert await Sessions(database).add(one, [], made.entry(Deed.LISTED, ONE, one.merchant))
    return made


def live(id: str) -> LiveSession:
    return replace(session(team=ONE, merchant=A), id=id, status=Status.LIVE, began_at=START)


async def test_rows_are_kept_once_however_often_and_in_whatever_order_they_come(desk: Desk) -> None:
    store, new = Samples(desk.database), rows(30)
    mixed = random.Random(3).sample(new, len(new))
    assert await store.add("s1", mixed[:20], START) == tuple(mixed[:20])
    again = await store.add("s1", [*mixed[10:], *mixed[25:]], START)
    assert again is not None
    assert [bool(one.values) for one in again] == [False] * 10 + [True] * 10 + [False] * 5
    assert said(await store.all("s1", scope=MINE)) == new
    async with desk.database.read() as db:
        assert await db.scalar(select(func.count()).select_from(samples)) == 3


async def test_a_second_feed_adds_its_figures_and_changes_none(desk: Desk) -> None:
    store = Samples(desk.database)
    await store.add("s1", [Sample(START, {"online_now": 160.0})], START)
    added = await store.add("s1", [Sample(START, {"online_now": 999.0, "ad_cost": 35.5})], START)
    assert added == (Sample(START, {"ad_cost": 35.5}),)
    assert await store.all("s1", scope=MINE) == (Sample(START, {"online_now": 160.0, "ad_cost": 35.5}),)


async def test_reads_keep_to_scope_session_and_time(desk: Desk) -> None:
    store = Samples(desk.database)
    await store.add("s1", rows(30), START)
    await store.add("s2", rows(3), START)
    for scope in (THEIRS, Scope()):
        assert await store.all("s1", scope=scope) == () == await store.between("s1", START, at(23), scope=scope)
        assert await store.latest("s1", scope=scope) is None
    assert said(await store.all("s2", scope=THEIRS)) == rows(3)
    assert said(await store.between("s1", START + FIVE, START + 14 * FIVE, scope=MINE)) == rows(13, 1)
    assert await store.latest("s1", scope=MINE) == rows(30)[-1]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ENDED, Status.CANCELLED])
async def test_a_session_that_ended_meanwhile_takes_nothing(desk: Desk, status: Status) -> None:
    before = live("s1")
    await Sessions(desk.database).save(replace(before, status=status, revision=2), None, desk.entry(Deed.SESSION_ENDED, ONE, A))
    assert await Samples(desk.database).add("s1", rows(1), START) is None
    assert await Samples(desk.database).add("gone", rows(1), START) is None
    assert await Samples(desk.database).all("s1", scope=MINE) == ()


async def test_old_minutes_become_one_sample_and_still_older_ones_go(desk: Desk) -> None:
    store = Samples(desk.database)
    await store.add("s1", rows(24), START)
    middle = START + timedelta(minutes=1)
    assert await store.thin(middle, {"gmv"}) == 1
    assert await store.thin(middle, {"gmv"}) == 0
    first, *rest = await store.all("s1", scope=MINE)
    assert first == Sample(START, {"online_now": 105.5, "gmv": 11 * 9.9})
    assert said(rest) == rows(12, 12)
    added = await store.add("s1", rows(3), START)
    assert added is not None and [one.values for one in added] == [{}] * 3
    assert await store.prune(middle) == 1
    assert said(await store.all("s1", scope=MINE)) == rows(12, 12)


async def test_thinning_goes_on_beyond_one_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.samples.AT_ONCE", 2)
    store = Samples(desk.database)
    await store.add("s1", rows(60), START)
    assert await store.thin(at(23), ()) == 5
    assert len(await store.all("s1", scope=MINE)) == 5


async def test_a_session_of_seventeen_hours_stays_small(desk: Desk) -> None:
    chance, sold = random.Random(5), [0.0] * 20
    whole = []
    for n in range(720):
        sold = [one + max(0, chance.gauss(2, 2)) for one in sold]
        values = {f"metric_{i:02}": round(one, 2) if i < 2 else float(int(one)) for i, one in enumerate(sold)}
        values |= {f"gauge_{i:02}": float(int(chance.gauss(200, 9))) for i in range(6)}
        values |= {f"share_{i:02}": round(0.05 + chance.random() / 50, 4) for i in range(16)}
        whole.append(Sample(START + n * FIVE, values))
    assert await Samples(desk.database).add("s1", whole, START)
    async with desk.database.read() as db:
        an_hour = await db.scalar(select(func.sum(func.length(samples.c.block))))
    assert 17 * an_hour < 2_000_000
    assert said(await Samples(desk.database).all("s1", scope=MINE)) == whole


async def test_a_feed_is_known_by_its_token_until_it_is_revoked(desk: Desk) -> None:
    store, whole = Feeds(desk.database), MetricFeed("f1", ONE, "", "大屏", "kuaishou-board", OWNER, START)
    one = MetricFeed("f2", ONE, "s2", "只写一场", "", OWNER, START + FIVE)
    for feed, token in ((whole, "t1"), (one, "t2")):
        await store.add(feed, token, desk.entry(Deed.FEED_ADDED, ONE))
    assert await store.behind(["t1", "t2", "t3", digest("t1"), "\ud800"]) == {"t1": whole, "t2": one}
    assert await store.all(scope=MINE) == (whole,)
    assert await store.all(scope=Scope(frozenset({B}))) == (one,) == (await store.one("f2", scope=Scope(frozenset({B}))),)
    assert await store.all(scope=Scope(frozenset({C}), frozenset({TWO}))) == ()
    assert await store.revoke("f1", desk.entry(Deed.FEED_REVOKED, ONE))
    assert not await store.revoke("f1", desk.entry(Deed.FEED_REVOKED, ONE))
    assert await store.behind(["t1", "t2"]) == {"t2": one}
    (kept,) = await store.all(scope=MINE)
    assert kept.revoked_at == desk.now()
    async with desk.database.read() as db:
        assert "t1" not in repr((await db.execute(select(feeds.c.digest))).all()).split("'")


async def test_a_feed_is_seen_when_it_brings_something(desk: Desk) -> None:
    await Feeds(desk.database).add(MetricFeed("f1", ONE, "", "大屏", "", OWNER, START), "t1", desk.entry(Deed.FEED_ADDED, ONE))
    await Samples(desk.database).add("s1", rows(1), START, feed="f1")
    found = (await Feeds(desk.database).behind(["t1"]))["t1"]
    assert found.last_seen_at == START


SAMPLE = st.builds(
    Sample,
    st.integers(0, 59_999).map(lambda n: START + timedelta(milliseconds=n)),
    st.dictionaries(st.sampled_from("abcd"), st.floats(allow_nan=False, allow_infinity=False), min_size=1),
)


@given(st.lists(SAMPLE), st.lists(SAMPLE))
@settings(max_examples=50)
def test_whatever_is_merged_is_packed_and_read_back_exactly(kept: list[Sample], new: list[Sample]) -> None:
    first, _ = merged((), kept)
    whole, added = merged(first, new)
    assert unpacked(minute_of(START), packed(minute_of(START), whole)) == whole
    assert len(added) == len(new)
    assert merged(whole, new) == (whole, tuple(Sample(one.at, {}) for one in new))


def test_a_minute_keeps_the_last_of_what_grows_and_the_mean_of_what_is_there() -> None:
    minute = minute_of(START)
    parts = [Sample(START + FIVE, {"gmv": 30.0}), Sample(START, {"gmv": 10.0, "online_now": 7.0}), Sample(START + 2 * FIVE, {})]
    assert one_minute(minute, parts, {"gmv"}) == Sample(start_of(minute), {"gmv": 30.0, "online_now": 7.0})
