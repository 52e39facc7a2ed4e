"""The robots' channel against the services' double: what arrives, what each answer becomes, and that no address is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.channels.robots import RobotsChannel
from bot.domain.messages import Button, text
from bot.domain.robots import Address, RobotKind
from bot.errors import ChannelError, PermanentChannelError, TemporaryChannelError, UnknownOutcome
from bot.logs import Scrubber
from tests.robots_double import (
    DINGTALK_KEY,
    FEISHU_KEY,
    TOO_FAST,
    UNKNOWN_KEY,
    URLS,
    WECOM_KEY,
    RobotsDouble,
    robots_double,
    status,
)
from tests.stories.harness import free_port

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
KINDS = list(RobotKind)
SIGNED = "SECabcdef0123456789"


@pytest.fixture
async def double() -> AsyncIterator[RobotsDouble]:
    async with robots_double() as running:
        yield running


@pytest.fixture
async def channel(double: RobotsDouble) -> AsyncIterator[RobotsChannel]:
    made = channel_to(double.url)
    yield made
    await made.close()


def channel_to(relay: str, signing: str = "") -> RobotsChannel:
    """Robots 0, 1 and 2 are of the three kinds; there are no others."""

    async def find(id: int) -> Address | None:
        return Address(KINDS[id], URLS[KINDS[id]], signing) if id < len(KINDS) else None

    return RobotsChannel(find, lambda: NOW, relay)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_arrives_as_text_that_says_where_its_buttons_are(
    double: RobotsDouble, channel: RobotsChannel, kind: RobotKind
) -> None:
    sent = await channel.send(str(KINDS.index(kind)), text("提示：在线掉了", (Button("知道了", "a:1"),)))
    assert double.posted == {kind: ["提示：在线掉了\n（按钮在 Telegram 群里）"]}
    assert sent.message_ids == ()


@pytest.mark.parametrize("kind", [RobotKind.FEISHU, RobotKind.DINGTALK])
async def test_a_post_is_signed_where_the_robot_wants_it(double: RobotsDouble, kind: RobotKind) -> None:
    double.signing = SIGNED
    unsigned, signed = channel_to(double.url), channel_to(double.url, SIGNED)
    with pytest.raises(PermanentChannelError) as caught:
        await unsigned.send(str(KINDS.index(kind)), text("好"))
    assert not caught.value.chat_gone
    await signed.send(str(KINDS.index(kind)), text("好"))
    assert double.posted[kind] == ["好"]
    await unsigned.close()
    await signed.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_limit_is_waited_out(double: RobotsDouble, channel: RobotsChannel, kind: RobotKind) -> None:
    double.most = 1
    await channel.send(str(KINDS.index(kind)), text("一"))
    with pytest.raises(TemporaryChannelError, match=str(TOO_FAST[kind])) as caught:
        await channel.send(str(KINDS.index(kind)), text("二"))
    assert caught.value.retry_after == 60


@pytest.mark.parametrize("kind", KINDS)
async def test_a_robot_that_is_gone_takes_nothing_more(double: RobotsDouble, channel: RobotsChannel, kind: RobotKind) -> None:
    double.keys.clear()
    with pytest.raises(PermanentChannelError, match=str(UNKNOWN_KEY[kind])) as caught:
        await channel.send(str(KINDS.index(kind)), text("一"))
    assert caught.value.chat_gone


async def test_a_robot_that_was_removed_here_is_gone_too(channel: RobotsChannel) -> None:
    with pytest.raises(PermanentChannelError) as caught:
        await channel.send("9", text("一"))
    assert caught.value.chat_gone


@pytest.mark.parametrize(("number", "headers", "error", "wait"), [
    (429, {"Retry_After": "7"}, TemporaryChannelError, 7), (503, {}, TemporaryChannelError, 60), (502, {}, UnknownOutcome, None),
    (500, {}, UnknownOutcome, None), (302, {"Location": "http://169.254.169.254/"}, PermanentChannelError, None),
    (404, {}, PermanentChannelError, None), (200, {}, UnknownOutcome, None),
])  # fmt: skip
async def test_http_answers_say_whether_to_try_again(
    double: RobotsDouble,
    channel: RobotsChannel,
    number: int,
    headers: dict[str, str],
    error: type[ChannelError],
    wait: float | None,
) -> None:
    double.next_answers = [status(number, **headers)]
    with pytest.raises(error) as caught:
        await channel.send("0", text("一"))
    assert getattr(caught.value, "retry_after", None) == wait
    assert double.posted == {}


async def test_a_service_that_cannot_be_reached_was_sent_nothing() -> None:
    nowhere = channel_to(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TemporaryChannelError) as caught:
        await nowhere.send("0", text("一"))
    assert caught.value.retry_after is None
    await nowhere.close()


async def test_pieces_that_arrived_are_not_sent_again(double: RobotsDouble, channel: RobotsChannel) -> None:
    long = text("\n".join(f"{number} " + "长" * 300 for number in range(4)))
    double.most = 1
    with pytest.raises(TemporaryChannelError):
        await channel.send(str(KINDS.index(RobotKind.WECOM)), long)
    double.most = 9
    await channel.send(str(KINDS.index(RobotKind.WECOM)), long)
    assert [piece[0] for piece in double.posted[RobotKind.WECOM]] == ["0", "2"]


async def test_half_a_character_is_no_obstacle(double: RobotsDouble, channel: RobotsChannel) -> None:
    await channel.send("0", text("好\ud83d"))
    assert double.posted[RobotKind.FEISHU] == ["好?"]


async def test_robots_edit_nothing(channel: RobotsChannel) -> None:
    with pytest.raises(PermanentChannelError):
        await channel.edit("0", 1, text("改"))


@pytest.mark.parametrize("kind", KINDS)
async def test_no_error_tells_an_address(kind: RobotKind) -> None:
    nowhere = channel_to(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ChannelError) as caught:
        await nowhere.send(str(KINDS.index(kind)), text("一"))
    assert caught.value.__cause__ is None
    assert not [key for key in (FEISHU_KEY, DINGTALK_KEY, WECOM_KEY) if key in str(caught.value)]
    await nowhere.close()


def test_what_a_library_logs_of_an_address_is_taken_out() -> None:
    scrub = Scrubber()
    for url in URLS.values():
        line = scrub(f'HTTP Request: POST {url} "HTTP/1.1 200 OK"')
        assert not [key for key in (FEISHU_KEY, DINGTALK_KEY, WECOM_KEY) if key in line]
        assert "***" in line and '"HTTP/1.1 200 OK"' in line
