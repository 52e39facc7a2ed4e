"""POST /v1/sessions/{id}/lines: the same door as samples, with the same refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.build_intake import listening_jobs, listening_over
from bot.build_metrics import samples_over
from bot.build_sessions import tips_of
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.openapi import LINES, OPENAPI
from bot.channels.web.sample_bodies import LARGEST
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.lines import MOST, LineReason
from bot.domain.sessions import LiveSession
from bot.flows.feeds import FeedDesk
from bot.following import FollowedHearing, read_reference
from bot.storage.feeds import Feeds
from bot.storage.sessions import Sessions
from tests.office_desk import LEAD, ONE
from tests.session_desk import Desk, floor

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
HEARING = FollowedHearing(BUILT_IN_HANDBOOK)


@dataclass
class Intake:
    """A session that may be written to, and a feed of its team."""

    desk: Desk
    client: httpx.AsyncClient
    session: LiveSession
    token: str

    def row(self, words: str = "看一下尺码", kind: str = "transcript", **more: Any) -> dict[str, Any]:
        return {"ts": self.desk.now.isoformat(), "kind": kind, "text": words, **more}

    async def post(self, body: Any, *, to: str = "", token: str = "", **headers: str) -> httpx.Response:
        kept = {"content": body} if isinstance(body, str | bytes) else {"json": body}
        given = {"authorization": f"Bearer {token or self.token}"} | headers
        return await self.client.post(f"/v1/sessions/{to or self.session.id}/lines", headers=given, **kept)


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    async with floor(tmp_path) as desk:
        office = desk.office
        gate, database = office.office.gate, office.database
        feeds = FeedDesk(Feeds(database), Sessions(database), gate, tuple)
        _, token = await feeds.add(await office.actor(LEAD), "字幕", scope=await desk.scope(LEAD), team=ONE)
        tips = tips_of(database, gate, "zh", lambda: REFERENCE, lambda: None)
        listening = listening_over(database, tips, lambda: REFERENCE, HEARING)
        app = web_app(
            lambda: {"ok": True}, sample_routes(samples_over(database, gate, lambda: REFERENCE), FeedPace(6000), listening)
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            yield Intake(desk, client, await desk.planned(ahead=timedelta(hours=1)), token)


async def test_words_to_listen_for_are_made_ready_when_the_clock_starts(tmp_path: Path) -> None:
    looks: list[int] = []
    async with floor(tmp_path) as desk:
        gate, database = desk.office.office.gate, desk.office.database
        tips = tips_of(database, gate, "zh", lambda: REFERENCE, lambda: None)
        listening = listening_over(database, tips, lambda: REFERENCE, HEARING)
        table = listening_jobs(listening, lambda: looks.append(1), lambda: None, gate.now)
        (job,) = (one for one in table if one.name == "hearing")
        now = datetime.now(UTC)
        first = job.trigger.get_next_fire_time(None, now)
        assert first is not None and first <= now
        assert now < job.trigger.get_next_fire_time(first, now) <= now + timedelta(minutes=1)
        await job.work()
        silent = listening_jobs(listening, None, lambda: None, gate.now)
    assert looks == [1]
    assert "hearing" not in [one.name for one in silent], "where no words can come the list takes no memory"


async def test_each_form_of_body_is_taken(intake: Intake) -> None:
    one, two, three = (intake.row(id=n) for n in range(3))
    csv = f"ts,kind,text\r\n{one['ts']},comment,多少钱\r\n"
    for body, count in ((one, 1), ([two], 1), ({"lines": [three]}, 1), (csv, 1)):
        assert (await intake.post(body)).json() == {"accepted": count, "duplicates": 0, "rejected": []}, body


async def test_bad_rows_are_refused_and_the_good_ones_taken(intake: Intake) -> None:
    found = (await intake.post([intake.row(), intake.row(""), intake.row(kind="x"), 3])).json()
    assert found["accepted"] == 1
    assert [(one["row"], one["field"], one["reason"]) for one in found["rejected"]] == [
        (2, "text", "empty"),
        (3, "kind", "unknown_kind"),
        (4, "", "not_an_object"),
    ]


async def test_whole_requests_are_refused_as_those_of_samples_are(intake: Intake) -> None:
    row = intake.row()
    assert (await intake.post([row], token="ocf_wrong")).status_code == 401
    assert (await intake.post([row], to="5e559999")).status_code == 404
    assert (await intake.post('{"samples": "x"}'.replace("}", ""))).status_code == 400
    assert (await intake.post([row], **{"content-encoding": "gzip"})).status_code == 415
    assert (await intake.post(b" " * (LARGEST + 1))).status_code == 413
    assert (await intake.post(b"[]", **{"content-length": "50000000"})).status_code == 413


async def test_more_lines_than_one_request_may_bring_are_refused_with_how_many(intake: Intake) -> None:
    rows = "".join(f"\n{intake.desk.now.isoformat()},comment,{number}" for number in range(MOST + 1))
    found = await intake.post("ts,kind,text" + rows)
    assert (found.status_code, found.json()["error"]) == (413, "too_many")
    assert found.json()["message"] == "The body has 5001 rows; 5000 is the most. Send them in several requests."
    assert (await intake.post("ts,kind,text" + rows[: rows.rindex("\n")])).json()["accepted"] == MOST


@pytest.mark.parametrize("body", ["<html>502</html>", "null", "hello", "kind,text\ncomment,多少钱\n", "[]", "ts,kind,text\n"])
async def test_what_holds_no_lines_is_refused_with_what_is_missing(intake: Intake, body: str) -> None:
    found = await intake.post(body)
    assert found.status_code == 400
    assert (found.json()["error"] == "no_rows") is (body in ("[]", "ts,kind,text\n"))
    assert ("ts" in found.json()["message"]) is (found.json()["error"] == "not_understood")


async def test_half_characters_are_answered_wherever_they_stand_and_not_written_down(intake: Intake) -> None:
    rows = [intake.row("半\ud800个"), intake.row(kind="\ud800"), intake.row(id="\udc00"), intake.row() | {"ts": "\ud800"}]
    names = intake.row() | {"观众\ud800": "\ud800"} | {f"观众{n}": 1 for n in range(300)}
    with capture_logs() as logs:
        found = await intake.post(json.dumps([*rows, names]))
    assert found.status_code == 200 and found.json()["accepted"] == 1
    assert [(one["row"], one["field"], one["reason"]) for one in found.json()["rejected"]] == [
        (1, "text", "control_characters"), (2, "kind", "unknown_kind"), (3, "id", "bad_id"), (4, "ts", "bad_time"),
    ]  # fmt: skip
    assert [one["causes"] for one in logs if one["event"] == "lines.rejected"] == [
        {"id bad_id": 1, "kind unknown_kind": 1, "text control_characters": 1, "ts bad_time": 1}
    ]


async def test_a_field_that_stands_twice_counts_as_it_stands_first_and_is_told(intake: Intake) -> None:
    row = intake.row()
    body = json.dumps(row)[:-1] + ', "text": "别的", "user": "甲", "user": "乙"}'
    found = (await intake.post(body)).json()
    assert found == {"accepted": 1, "duplicates": 0, "rejected": [{"row": 1, "field": "text", "reason": "named_twice"}]}
    assert (await intake.post(row)).json()["duplicates"] == 1, "what stands first was heard"


async def test_it_is_described_and_every_reason_is_in_the_manual(intake: Intake) -> None:
    found = (await intake.client.get("/v1/openapi.json")).json()
    assert found == OPENAPI and LINES in found["paths"]
    reasons = found["components"]["schemas"]["LineReport"]["properties"]["rejected"]["items"]["properties"]["reason"]["enum"]
    told = (Path(__file__).parents[2] / "docs" / "intake.md").read_text("utf-8")
    assert reasons == [one.value for one in LineReason] and all(f"`{one}`" in told for one in reasons)
