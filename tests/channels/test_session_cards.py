"""Cards in words: one message however many items there are, times in the session's zone, both languages, data that stays data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.session_actions import NAMES, made, read
from bot.channels.session_cards import SessionCards
from bot.channels.telegram import actions
from bot.content.read import read_content
from bot.domain.checklists import Evidence, Item, Variant
from bot.domain.messages import Message, Style
from bot.domain.session_cards import ItemCard, ItemNote, OpenItem, Reminder
from bot.domain.session_items import SessionItem, State, laid_out, numbers
from bot.domain.sessions import LiveSession, Post, Status
from tests.domain.live import DAY, HOST, HOUR, MINUTE, OPERATOR, RHYTHM, at, item, session

BUILT_IN = read_content(Path(__file__).resolve().parents[2] / "handbook").items
VIEWS = SessionCards()
NAMED = {OPERATOR: "小操", HOST: "小雅"}
NOW = at(18, 30)


def shown(
    *items: Item | SessionItem, of: LiveSession | None = None, now: datetime = NOW, language: str = "zh", **more: object
) -> Message:
    of = of or session()
    laid = [one for one in items if isinstance(one, SessionItem)] or laid_out(
        of, [i for i in items if isinstance(i, Item)], RHYTHM
    )
    return VIEWS.card(ItemCard(of, "云栖茶行", tuple(laid), numbers(laid), NAMED, now, language, **more))  # type: ignore[arg-type]


def units(message: Message) -> int:
    return len(message.plain.encode("utf-16-le")) // 2


def many(count: int, *, settled: int = 0, text: str = "核对全部商品的价格、库存和佣金，逐个念出来" * 2) -> list[SessionItem]:
    items = laid_out(session(), [item(f"B{n:02}", -HOUR, text=text[:40], blocking=True) for n in range(1, count + 1)], RHYTHM)
    done = {"state": State.DONE, "by": HOST, "at": at(18, 20)}
    return [replace(one, **done) if n < settled else one for n, one in enumerate(items)]  # type: ignore[arg-type]


@pytest.mark.parametrize("count,settled", [(1, 0), (14, 7), (15, 7), (45, 0), (45, 20), (45, 45), (90, 0)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_is_one_message_however_many_items_there_are(count: int, settled: int, language: str) -> None:
    notes = {(f"B{n:02}", 0): (ItemNote(HOST, "很长的备注" * 40, NOW),) for n in range(1, count + 1)}
    card = shown(*many(count, settled=settled), language=language, notes=notes)
    assert units(card) <= 4096 and sum(map(len, card.buttons)) <= 100 and max(map(len, card.buttons)) <= 5
    assert all(len(button.action.encode()) <= 64 for row in card.buttons for button in row)
    assert f"{settled}/{count}" in card.plain


def test_every_open_item_of_45_is_on_the_card_with_its_button() -> None:
    card = shown(*many(45, settled=5))
    assert [str(n) for n in range(6, 46)] == [button.label for row in card.buttons[:-1] for button in row]
    assert "✅ 已处理 5 项：1 小雅 18:20 · 2 小雅 18:20" in card.plain and "☐ 45. ❗" in card.plain


def test_the_numbers_of_items_stay_when_others_are_ticked() -> None:
    before, after = shown(*many(20)), shown(*many(20, settled=3))
    assert "☐ 20. ❗" in before.plain and "☐ 20. ❗" in after.plain


@pytest.mark.parametrize("variant", Variant)
def test_the_longest_card_of_the_built_in_handbook_fits(variant: Variant) -> None:
    card = shown(*laid_out(session(variant=variant), BUILT_IN, RHYTHM))
    assert units(card) <= 4096 and sum(map(len, card.buttons)) <= 100


def test_times_are_said_in_the_zone_of_the_session_and_overdue_ones_are_marked() -> None:
    berlin = session(starts_at=datetime(2026, 3, 6, 19, 0, tzinfo=UTC), zone="Europe/Berlin")
    card = shown(item("B01", -HOUR), item("B02", -3 * HOUR), of=berlin, now=datetime(2026, 3, 6, 17, 30, tzinfo=UTC))
    assert card.plain.startswith("今晚 20:00 · 云栖茶行 · 小雅\n播前清单 0/2 ░░░░░░░░░░")
    assert "做 B02 · 中控→小操 · ⏰ 应在 17:00 前" in card.plain and "做 B01 · 中控→小操 · 19:00 前" in card.plain


def test_a_post_that_nobody_holds_says_who_stands_in() -> None:
    of = session(posts=(Post("中控", OPERATOR), Post("主播", "", "阿梅")))
    roles = {"B01": "中控", "B02": "主播", "B03": "投手", "B04": "操盘手"}
    card = shown(*(replace(item(id, -HOUR), role=role) for id, role in roles.items()), of=of).plain
    lines = [line.split(" · ")[1] for line in card.splitlines() if line.startswith("☐")]
    assert lines == ["中控 小操", "主播 阿梅→小操", "投手→小操", "操盘手 小操"]


def test_in_a_session_planned_late_nothing_is_overdue_before_there_was_time_for_it() -> None:
    late = session(planned_at=at(18))
    of = [item("B01", -15 * DAY), item("B02", -HOUR), item("B03", -30 * MINUTE)]
    card = shown(*of, of=late, now=at(18, 59)).plain
    assert "⏰" not in card and "做 B01 · 中控→小操 · 19:00 前" in card and "做 B03 · 中控→小操 · 19:30 前" in card
    assert shown(*of, of=late, now=at(19)).plain.count("⏰ 应在 19:00 前") == 2


@pytest.mark.parametrize(
    "now,said",
    [(at(12), "今晚 20:00"), (at(23, day=5), "明晚 20:00"), (at(12, day=4), "后天 20:00"), (at(12, day=1), "3月6日 20:00")],
)
def test_the_day_is_said_as_people_say_it(now: datetime, said: str) -> None:
    assert shown(item("B01", -HOUR), now=now).plain.startswith(said)


def test_the_card_speaks_english_around_the_items() -> None:
    card = shown(item("B01", -HOUR, role="主播", blocking=True), language="en")
    assert card.plain.startswith("tonight 20:00 · 云栖茶行 · 小雅\nBefore go-live 0/1")
    assert "☐ 1. ❗做 B01 · host 小雅 · by 19:00" in card.plain and "Tap a number to tick. ❗ blocks going live" in card.plain


def test_what_comes_back_is_one_line_and_its_button_is_the_first_open_slot() -> None:
    live = session(status=Status.LIVE, began_at=at(20))
    laid = list(laid_out(live, [item("D06", 5 * MINUTE, 5 * MINUTE)], RHYTHM)[:6])
    laid[0] = replace(laid[0], state=State.DONE, by=HOST, at=at(20, 6))
    card = shown(*laid, of=live, now=at(20, 7))
    assert "已勾 20:05 · 待勾 20:10 20:15 20:20 20:25 20:30" in card.plain and card.plain.count("做 D06") == 1
    assert card.buttons[0][0].action == made("item_tick", live.id, "D06", 1)


def test_a_cancelled_session_has_no_buttons() -> None:
    card = shown(*many(3), of=session(status=Status.CANCELLED))
    assert card.buttons == () and "已取消" in card.plain


def test_words_of_people_are_never_markup_and_stay_on_their_line() -> None:
    (one,) = laid_out(session(host="*小雅*\n_x_"), [item("B01", -HOUR)], RHYTHM)
    skipped = replace(one, state=State.SKIPPED, by=HOST, at=NOW, reason="**不做**\n[x](http://x)\u202e")
    card = shown(skipped, of=session(host="*小雅*\n_x_"))
    assert all(part.style in (Style.PLAIN, Style.BOLD) for part in card.parts)
    assert "不适用：**不做** [x](http://x)" in card.plain and "\u202e" not in card.plain and "*小雅* _x_" in card.plain


def test_a_reminder_of_many_sessions_is_one_message() -> None:
    listed = [
        OpenItem(session(id=f"5e55{n:04}"), "云栖茶行", one, number) for n in range(30) for number, one in enumerate(many(3), 1)
    ]
    said = VIEWS.reminder(Reminder(OPERATOR, listed, NAMED, NOW, "zh"))
    assert sum(map(len, said.buttons)) <= 100 and "还有 90 项" in said.plain
    labels = [button.label for row in said.buttons for button in row]
    assert labels[:4] == ["A1", "A2", "A3", "B1"] and len(set(labels)) == len(labels), "no two buttons are called alike"
    assert "\n\nA 今晚 20:00 · 云栖茶行" in said.plain and "☐ A1. " in said.plain


def test_an_item_has_one_number_on_the_groups_card_on_ones_own_and_in_the_reminder() -> None:
    items = many(9)
    numbered, mine = numbers(items), [one for n, one in enumerate(items) if n in (2, 6)]
    own = VIEWS.card(ItemCard(session(), "云栖茶行", tuple(mine), numbered, NAMED, NOW, "zh"))
    group = VIEWS.card(ItemCard(session(), "云栖茶行", tuple(items), numbered, NAMED, NOW, "zh"))
    open_ = [OpenItem(session(), "云栖茶行", one, numbered[one.id]) for one in mine]
    reminder = VIEWS.reminder(Reminder(OPERATOR, open_, NAMED, NOW, "zh"))
    for card in (own, group, reminder):
        labels = {button.action: button.label for row in card.buttons for button in row}
        for number, one in ((3, mine[0]), (7, mine[1])):
            assert labels[made("item_tick", one.session, one.id, one.slot)] == str(number)
            assert f"☐ {number}. " in card.plain


def test_numbers_go_on_from_before_through_during_to_after_and_one_item_that_comes_back_has_one() -> None:
    items = laid_out(
        session(),
        [
            item("D01", 5 * MINUTE, 5 * MINUTE), item("A01", HOUR),
            item("B02", -HOUR), item("B01", -HOUR), item("B03", -2 * HOUR),
        ],
        RHYTHM,
    )  # fmt: skip
    assert numbers(items) == {"B03": 1, "B01": 2, "B02": 3, "D01": 4, "A01": 5}
    assert numbers(reversed(items)) == numbers(items), "in whatever order they are read"


def test_an_item_that_waits_for_a_nod_says_who_did_it() -> None:
    (one,) = laid_out(session(), [item("B01", -HOUR, evidence=Evidence.SECOND_PERSON)], RHYTHM)
    card = shown(replace(one, state=State.UNCONFIRMED, by=HOST, at=at(18, 20)))
    assert "⏳ 1. 做 B01 · 小雅 18:20 已做，等第二个人确认" in card.plain and card.buttons[0][0].label == "1 确认"


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_read_back_by_telegram_and_fits(name: str) -> None:
    values = {"session": "5e551011", "item": "B01", "slot": 999, "person": "9" * 16, "number": "-" + "9" * 12, "page": 99}
    fields = {field: str(values[field]) for field in _fields(name)}
    data = made(name, *fields.values())
    assert read(data) == (name, fields) and len(data.encode()) <= 64
    action = actions.parse(data)
    assert action is not None and (action.name, action.fields) == (name, fields)


@pytest.mark.parametrize("data", ["yt:5e551011:B01", "yt:5e551011:B01:x", "yt:../x:B01:0", "yn:5e551011:B01:0:1e9", "yt:a:b:0:0"])
def test_what_does_not_fit_is_nothing(data: str) -> None:
    assert read(data) is None and actions.parse(data) is None


def _fields(name: str) -> list[str]:
    from bot.channels.session_actions import _SHAPES

    return _SHAPES[name][1].split()


def test_a_session_far_away_has_its_date_and_long_names_are_cut() -> None:
    card = shown(item("B01", -HOUR), of=session(host="很长的主播名字" * 10, starts_at=at(20) + timedelta(days=40)))
    assert card.plain.splitlines()[0].startswith("4月15日 20:00 · 云栖茶行 · 很长的主播名字很…")
