"""Rows with words from the room: which are taken, and what is refused with which field and reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.heard import Source
from bot.domain.lines import LONGEST, LONGEST_ID, LineReason, read_lines
from bot.domain.sample_rows import Bounds
from bot.domain.simulated_lines import simulated_lines

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
BOUNDS = Bounds(UTC, NOW - timedelta(hours=1), NOW + timedelta(minutes=1))
GOOD = {"ts": "2026-03-06T12:00:00Z", "kind": "transcript", "text": "看一下尺码"}


def test_a_row_is_taken_and_other_fields_are_not_looked_at() -> None:
    found = read_lines([GOOD, GOOD | {"kind": " Comment ", "user": "张三", "id": 7}], BOUNDS)
    assert found.rejected == ()
    assert [(one.at, one.source, one.text) for one in found.lines] == [
        (NOW, Source.SPEECH, "看一下尺码"),
        (NOW, Source.COMMENT, "看一下尺码"),
    ]


def test_rows_are_known_again_by_their_id_else_by_all_that_they_say() -> None:
    rows = [GOOD, GOOD, GOOD | {"text": "别的"}, GOOD | {"id": "a"}, GOOD | {"id": "a", "text": "改过"}, GOOD | {"id": "b"}]
    plain, again, other, a, changed, b = (one.key for one in read_lines(rows, BOUNDS).lines)
    assert plain == again and a == changed and len({plain, other, a, b}) == 4


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"ts": None}, "ts", LineReason.NO_TIME),
        ({"ts": "昨天"}, "ts", LineReason.BAD_TIME),
        ({"ts": 1_700_000_000}, "ts", LineReason.BAD_TIME),
        ({"ts": "2026-03-06T12:01:01Z"}, "ts", LineReason.FUTURE),
        ({"ts": "2026-03-06T10:59:59Z"}, "ts", LineReason.TOO_OLD),
        ({"kind": ""}, "kind", LineReason.NO_KIND),
        ({"kind": "speech"}, "kind", LineReason.UNKNOWN_KIND),
        ({"kind": ["comment"]}, "kind", LineReason.UNKNOWN_KIND),
        ({"text": None}, "text", LineReason.NO_TEXT),
        ({"text": 3}, "text", LineReason.NOT_TEXT),
        ({"text": " \u3000"}, "text", LineReason.EMPTY),
        ({"text": "好" * (LONGEST + 1)}, "text", LineReason.TOO_LONG),
        ({"text": "全\x1b[31m网"}, "text", LineReason.CONTROL),
        ({"text": "两\n行"}, "text", LineReason.CONTROL),
        ({"text": "半\ud800个"}, "text", LineReason.CONTROL),
        ({"id": True}, "id", LineReason.BAD_ID),
        ({"id": "x" * (LONGEST_ID + 1)}, "id", LineReason.BAD_ID),
        ({"id": "\x00"}, "id", LineReason.BAD_ID),
    ],
)
def test_a_row_that_is_none_is_refused_with_field_and_reason(change: dict[str, object], field: str, reason: LineReason) -> None:
    found = read_lines([GOOD, GOOD | change], BOUNDS)
    assert len(found.lines) == 1
    assert [(one.row, one.field, one.reason) for one in found.rejected] == [(2, field, reason)]


def test_what_is_no_object_is_refused() -> None:
    assert [one.reason for one in read_lines([[1], None, "x"], BOUNDS).rejected] == [LineReason.NOT_AN_OBJECT] * 3


def test_made_up_lines_are_the_same_for_the_same_seed_and_have_one_slip() -> None:
    lines = list(simulated_lines(NOW, 10, 3))
    assert lines == list(simulated_lines(NOW, 10, 3)) != list(simulated_lines(NOW, 10, 4))
    assert lines == sorted(lines, key=lambda one: one[0]) and {kind for _, kind, _ in lines} == {"transcript", "comment"}
    assert sum("全网最低价" in text for _, _, text in lines) == 1
