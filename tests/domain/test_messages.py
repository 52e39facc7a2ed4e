"""Messages as rows: what was written down comes back, and what older versions wrote still reads."""

from __future__ import annotations

import json

import pytest

from bot.domain.messages import Button, Message, Part, Picture, Style, joinable, text

PICTURE = Picture(b"\x89PNG\r\n\x1a\n\x00\xff")


def test_a_picture_comes_back_from_its_row() -> None:
    message = Message((Part("图", Style.BOLD),), ((Button("看", "n"),),), picture=PICTURE)
    assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message


def test_a_row_from_before_there_were_pictures_still_reads_and_a_row_without_one_is_as_it_was() -> None:
    old = {"parts": [{"text": "旧", "style": "plain"}], "buttons": [], "expects_reply": False}
    assert Message.from_json(old) == text("旧") and text("旧").to_json() == old


def test_a_broken_picture_is_a_broken_row() -> None:
    with pytest.raises(ValueError):
        Message.from_json(text("图").to_json() | {"picture": "no base64!"})


def test_a_picture_is_never_joined_with_another_message() -> None:
    pictured = Message((Part("图"),), picture=PICTURE)
    assert joinable([pictured, text("二")]) == 1 and joinable([text("一"), pictured]) == 1
    assert joinable([text("一"), text("二"), pictured]) == 2
