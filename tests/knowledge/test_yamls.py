"""YAML that somebody else wrote: plain data, or one sentence with a line; never a hang, a crash or a full memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import yamls

BOMB = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))


def test_plain_data_is_read_and_a_date_stays_text() -> None:
    assert yamls.load("a: [1, 2.5, true, 文, 2026-13-45, 2026-11-01]\n") == {
        "a": [1, 2.5, True, "文", "2026-13-45", "2026-11-01"]
    }


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('a: 1\nb: "', 2, "不是合法的 YAML"),
        ("a: 1\nb: &x [1]\nc: *x", 3, "引用"),
        (BOMB, 2, "引用"),
        ("[" * 100_000, 1, "嵌套得太深"),
        ("{a: " * 50_000, 1, "嵌套得太深"),
        ("? [a, b]\n: c", 1, "不是合法的 YAML"),
        ("\x00", 1, "不是合法的 YAML"),
        ("a: !!python/object/apply:os.system [ls]", 1, "不是合法的 YAML"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(yamls.Unfit, match=why) as caught:
        yamls.load(text)
    assert caught.value.line == line


@given(st.text(max_size=200))
def test_any_text_is_data_or_unfit(text: str) -> None:
    try:
        yamls.load(text)
    except yamls.Unfit as error:
        assert error.line >= 1


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b'x: "\\ud800"', b"a: [", b"\xd7\xf7"])
def test_a_file_that_cannot_be_read_is_nothing(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(raw)
    assert yamls.read(tmp_path / "a.yaml") is None and yamls.read(tmp_path / "no.yaml") is None
