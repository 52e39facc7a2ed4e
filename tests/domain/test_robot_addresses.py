"""Which addresses are a group robot's, what is posted there, and what the answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Button, Message, text
from bot.domain.robots import Address, Fate, RobotKind, address, fate, pieces, stored
from tests.robots_double import URLS


@pytest.mark.parametrize("kind", list(RobotKind))
def test_the_services_own_addresses_are_known_and_come_back_as_they_were_stored(kind: RobotKind) -> None:
    found = address(f"  {URLS[kind]}\n")
    assert found == Address(kind, URLS[kind])
    assert stored(found.written) == found
    assert len(found.fingerprint) == 6 and found.fingerprint not in URLS[kind]


@pytest.mark.parametrize("kind", [RobotKind.FEISHU, RobotKind.DINGTALK])
def test_a_key_to_sign_with_stands_behind_the_address(kind: RobotKind) -> None:
    found = address(f"{URLS[kind]} SECabcdef0123456789")
    assert found == Address(kind, URLS[kind], "SECabcdef0123456789")
    assert stored(found.written) == found


FEISHU = URLS[RobotKind.FEISHU]


@pytest.mark.parametrize("said", [
    "", "你好", "https://example.com/hook", FEISHU.replace("https", "http"), FEISHU + "/", FEISHU + "/../../x", FEISHU + "?a=1",
    FEISHU + "#frag", FEISHU.replace("open.feishu.cn", "open.feishu.cn:8443"), FEISHU.replace("open.", "evil.open."),
    FEISHU.replace("open.feishu.cn", "open.feishu.cn@evil.example"), FEISHU.replace(".cn/", ".cn.evil.example/"),
    FEISHU.replace("https://open.feishu.cn", "https://169.254.169.254"), FEISHU.replace("https://", "https://user:pw@"),
    FEISHU.replace("open.feishu.cn", "openxfeishu.cn"), FEISHU.replace("feishu", "ｆeishu"), FEISHU + "\\@evil",
    URLS[RobotKind.WECOM] + "&debug=1", URLS[RobotKind.WECOM] + " SECabcdef0123456789", f"{FEISHU} key with-more",
    URLS[RobotKind.DINGTALK].replace("oapi", "OAPI"), "file:///etc/passwd", FEISHU + "%2e%2e",
])  # fmt: skip
def test_nothing_else_is_called(said: str) -> None:
    assert address(said) is None


@pytest.mark.parametrize("kind", list(RobotKind))
@given(said=st.text(min_size=1, max_size=6000))
def test_a_text_is_cut_into_pieces_that_the_service_takes_and_nothing_is_lost(kind: RobotKind, said: str) -> None:
    cut = pieces(kind, text(said))
    most = 2048 if kind is RobotKind.WECOM else 20_000
    assert all(len(piece.encode("utf-8", "replace")) <= most for piece in cut)
    assert "".join("".join(cut).split()) == "".join(said.split())


def test_a_long_message_is_cut_at_ends_of_lines() -> None:
    lines = [f"{number}. " + "检" * 100 for number in range(20)]
    cut = pieces(RobotKind.WECOM, text("\n".join(lines)))
    assert len(cut) > 2
    assert "\n".join(cut).split("\n") == lines


def test_links_become_a_line_and_what_cannot_be_pressed_there_does_not() -> None:
    message = Message(text("清单").parts, ((Button("完成", "t:1"), Button("看", url="https://x.example/1")),))
    assert pieces(RobotKind.FEISHU, message) == ("清单\n[看 https://x.example/1]\n（按钮在 Telegram 群里）",)


@pytest.mark.parametrize(("kind", "answer", "what"), [
    (RobotKind.FEISHU, {"code": 0, "msg": "success"}, Fate.TAKEN), (RobotKind.FEISHU, {"StatusCode": 0}, Fate.TAKEN),
    (RobotKind.FEISHU, {"code": 9499}, Fate.BUSY), (RobotKind.FEISHU, {"code": 11232}, Fate.BUSY),
    (RobotKind.FEISHU, {"code": 19001}, Fate.GONE), (RobotKind.FEISHU, {"code": 19024}, Fate.REFUSED),
    (RobotKind.DINGTALK, {"errcode": 0}, Fate.TAKEN), (RobotKind.DINGTALK, {"errcode": 130101}, Fate.BUSY),
    (RobotKind.DINGTALK, {"errcode": 300005}, Fate.GONE), (RobotKind.DINGTALK, {"errcode": 310000}, Fate.REFUSED),
    (RobotKind.WECOM, {"errcode": 0}, Fate.TAKEN), (RobotKind.WECOM, {"errcode": 45009}, Fate.BUSY),
    (RobotKind.WECOM, {"errcode": 93000}, Fate.GONE), (RobotKind.WECOM, {"errcode": 40058}, Fate.REFUSED),
])  # fmt: skip
def test_answers_say_what_became_of_a_post(kind: RobotKind, answer: dict[str, object], what: Fate) -> None:
    found = fate(kind, answer)
    assert found is not None and found[0] is what


@pytest.mark.parametrize("answer", [{}, {"errcode": "0"}, {"errcode": True}, {"errcode": None}, {"ok": 1}])
def test_an_answer_that_says_nothing_is_not_taken_for_one(answer: dict[str, object]) -> None:
    assert [fate(kind, answer) for kind in (RobotKind.DINGTALK, RobotKind.WECOM)] == [None, None]
