"""Bodies of POST /v1/sessions/{id}/samples that are no data, or in part: what is refused, and what the log has of it."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.channels.web.samples import LISTED
from bot.domain.sample_rows import LONGEST_FIELD, MOST_FIELDS
from tests.channels.test_sample_intake import SHANGHAI, Intake, intake
from tests.office_desk import LEAD, ONE

__all__ = ["intake"]


@pytest.mark.parametrize(
    "body,kind",
    [
        ("{", ""), ("[1", ""), ("3", "application/json"), ("[" * 100_000, ""), (b"\xff\xfe{", ""), ("ts,gmv,gmv\n", ""),
        ('ts,gmv\n"2026', "text/csv"), ("ts,gmv\n1,2,3\n", "text/csv"), ('{"ts":1}\n{"ts":', "application/json"),
        (b"ts,\xed\xa0\x80\n1,2\n", "text/csv"), ('{"samples": [1], "samples": [2]}', ""),
    ],
)  # fmt: skip
async def test_a_body_that_is_nothing_is_said_to_be(intake: Intake, body: str | bytes, kind: str) -> None:
    found = await intake.post(body, **{"content-type": kind} if kind else {})
    assert found.status_code == 400, found.text
    assert found.json()["error"] == "not_understood" and "\n" not in found.json()["message"]


@pytest.mark.parametrize(
    "body,kind",
    [
        ("<html>502 Bad Gateway</html>", "text/html"), ("null", ""), ("hello", "text/plain"),
        ("gmv,online_now\n1,2\n", "text/csv"),
        ("ts;gmv\n2026-03-06T20:05:00+08:00;5\n", ""), ("时间,gmv\n2026-03-06 20:05,5\n", ""),
    ],
)  # fmt: skip
async def test_what_read_as_csv_does_not_say_when_is_told_which_column_it_lacks(intake: Intake, body: str, kind: str) -> None:
    found = await intake.post(body, **{"content-type": kind})
    assert (found.status_code, found.json()) == (400, {
        "error": "not_understood", "message": "The body, read as CSV, has no column for the time in its first line: ts."
    })  # fmt: skip


async def test_a_foreign_export_without_a_time_is_told_what_its_mapping_calls_it(intake: Intake) -> None:
    token = await intake.feed_of(LEAD, team=ONE, source="kuaishou-board")
    found = await intake.post("在线人数,累计观看\n160,1.2万\n", token=token)
    assert found.status_code == 400 and "统计时间" in found.json()["message"] and "ts" in found.json()["message"]
    for name in ("时间", "数据时间（北京）", "TS"):
        taken = await intake.post(f"在线人数,{name}\n160,{intake.desk.now + SHANGHAI:%Y/%m/%d %H:%M:%S}\n", token=token)
        assert taken.status_code == 200 and not taken.json()["rejected"], name


@pytest.mark.parametrize("body", ["", " \n", "[]", '{"samples": []}', "ts,gmv\n", "\ufeffts,gmv\r\n\r\n"])
async def test_a_body_without_rows_is_said_to_have_none(intake: Intake, body: str) -> None:
    found = await intake.post(body)
    assert (found.status_code, found.json()["error"]) == (400, "no_rows") and found.json()["message"]


async def test_half_a_character_is_answered_like_any_other_name_and_the_row_is_taken(intake: Intake) -> None:
    token = await intake.feed_of(LEAD, team=ONE, source="kuaishou-board")
    row = {"ts": intake.at(), "online_now": 1, "\ud800": 5, "gmv(\udc00)": "\ud800", "\ud83d\ude00": 1}
    found = await intake.post(row, token=token)
    assert found.status_code == 200, found.text
    assert found.json() == {"accepted": 1, "duplicates": 0, "rejected": [
        {"row": 1, "field": "?", "reason": "unknown_metric"}, {"row": 1, "field": "gmv(?)", "reason": "not_a_number"},
        {"row": 1, "field": "\U0001f600", "reason": "unknown_metric"},
    ]}  # fmt: skip
    for time in ("\ud800", "2026-03-06T20:05:00\ud800", "2026-03-06T20\udc0005:00"):
        refused = await intake.post({"ts": time, "online_now": 1}, token=token)
        assert refused.json()["rejected"] == [{"row": 1, "field": "ts", "reason": "bad_time"}]
    cut = await intake.post({"ts": intake.at(), "x" * (LONGEST_FIELD - 1) + "\ud83d\ude00": 1})
    assert cut.json()["rejected"][0]["field"].startswith("xxx")


async def test_a_name_that_stands_twice_counts_as_it_stands_first_and_is_told(intake: Intake) -> None:
    at, later = intake.at(-9), intake.at()
    body = f'[{{"ts":"{at}","gmv":5,"gmv":7,"gmv":9,"ts":"{later}"}},{{"ts":"{later}","gmv":null,"gmv":8,"心":1,"心":2}}]'
    found = await intake.post(body)
    assert found.json() == {"accepted": 2, "duplicates": 0, "rejected": [
        {"row": 1, "field": "gmv", "reason": "named_twice"}, {"row": 1, "field": "ts", "reason": "named_twice"},
        {"row": 2, "field": "心", "reason": "unknown_metric"},
    ]}  # fmt: skip
    assert await intake.kept() == [{"gmv": 5}, {"gmv": 8}]


async def test_however_much_is_refused_the_log_has_one_event_and_no_word_of_the_senders(intake: Intake) -> None:
    rows = [{"ts": intake.at(), "online_now": -1} | {f"观众{n}-{k}": 1 for k in range(150)} for n in range(300)]
    many = {"ts": intake.at()} | {f"观众{n}": 1 for n in range(60_000)}
    with capture_logs() as logs:
        found = await intake.post(rows)
        whole = await intake.post(many)
    assert len(found.json()["rejected"]) == LISTED and found.json()["rejected_more"] == 45_300 - LISTED
    assert whole.json()["rejected"] == [{"row": 1, "field": "", "reason": "too_many_fields"}]
    assert [one["causes"] for one in logs] == [{"online_now negative": 300, "unknown_metric": 45_000}, {"too_many_fields": 1}]
    assert "观众" not in repr(logs)


async def test_a_csv_of_very_many_columns_is_refused_at_once(intake: Intake) -> None:
    found = await intake.post("ts," + ",".join(f"c{n}" for n in range(MOST_FIELDS)) + f"\n{intake.at()},1\n")
    assert (found.status_code, found.json()["message"]) == (400, "The CSV has more than 200 columns.")


@pytest.mark.parametrize(
    "cell", ["9" * 5000 + "秒", "9" * 400 + "小时", 10**400, "9" * 5000, "1" * 400 + "万"], ids=("s", "h", "int", "digits", "万")
)
async def test_digits_without_end_are_no_figure_in_a_foreign_export_either(intake: Intake, cell: object) -> None:
    token = await intake.feed_of(LEAD, team=ONE, source="kuaishou-board")
    found = await intake.post({"ts": intake.at(), "online_now": 1, "avg_watch_sec": cell}, token=token)
    assert found.status_code == 200, found.text
    assert found.json()["rejected"] == [{"row": 1, "field": "avg_watch_sec", "reason": "not_finite"}]


async def test_a_compressed_body_is_refused(intake: Intake) -> None:
    assert (await intake.post("{}", **{"content-encoding": "gzip"})).status_code == 415


async def test_text_in_csv_that_is_no_number_is_refused_and_a_blank_is_missing(intake: Intake) -> None:
    body = f"ts,online_now,gmv,note\n{intake.at()},12 人,,好\n{intake.at(-1)}, 12 ,nan,\n{intake.at(-2)},1_000,0,\n"
    found = await intake.post(body, **{"content-type": "text/csv; charset=utf-8"})
    assert found.json() == {
        "accepted": 2,
        "duplicates": 0,
        "rejected": [
            {"row": 1, "field": "online_now", "reason": "not_a_number"},
            {"row": 1, "field": "note", "reason": "unknown_metric"},
            {"row": 2, "field": "gmv", "reason": "not_finite"},
            {"row": 3, "field": "online_now", "reason": "not_a_number"},
        ],
    }
    assert await intake.kept() == [{"gmv": 0}, {"online_now": 12}]
