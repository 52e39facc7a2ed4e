"""Questions in private chats, as the person who asks sees them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.channels.telegram.desk import Desk
from tests.channels.telegram.handbook import LONG
from tests.double import faults


async def test_a_question_gets_the_sentences_with_numbered_sources(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    question = await alice.say(chat, "在线掉了怎么办")
    answer = await chat.answer_to(question)
    assert answer.reply_to_id == question.id
    assert "先看进房人数，再看停留" in answer.text
    assert "〔1〕12.1 在线掉了 · 《直播中》 · 第 3 页" in answer.text
    assert "• 侯哥家纺：在线掉了怎么救 · 教学示例" in answer.text
    assert answer.styled("bold") == ["进房人数", "出处", "相近案例"]
    assert [button["text"] for button in answer.buttons] == [
        "〔1〕12.1 在线掉了",
        "案例：侯哥家纺：在线掉了怎么救",
        "👍",
        "👎",
        "问组长",
    ]
    assert chat.actions[:1] == ["typing"]


async def test_what_the_handbook_does_not_say_is_said_so_with_the_nearest_sections(desk: Desk):
    alice = desk.double.user("小李")
    answer = await alice.asks(alice.private(), "qwerty")
    assert "does not say" in answer.text
    assert "\n\n〔1〕12.1 在线掉了 · 《直播中》" in answer.text
    assert len([button for button in answer.buttons if button["text"].startswith("〔")]) == 3


async def test_off_topic_is_one_sentence_without_buttons(desk: Desk):
    alice = desk.double.user("小李")
    answer = await alice.asks(alice.private(), "今天天气怎么样")
    assert answer.text.startswith("这个我答不了")
    assert answer.buttons == []


async def test_buttons_and_titles_are_english_for_an_english_phone(desk: Desk):
    bob = desk.double.user("Bob", language="en")
    answer = await bob.asks(bob.private(), "在线掉了")
    assert "Sources\n〔1〕12.1 在线掉了 · 《直播中》 · p. 3" in answer.text
    assert answer.buttons[-1]["text"] == "Ask the lead"


async def test_a_follow_up_knows_the_last_questions_of_the_same_person(desk: Desk):
    alice, bob = desk.double.user("小李"), desk.double.user("老王")
    await alice.asks(alice.private(), "在线掉了怎么办")
    await bob.asks(bob.private(), "那停留呢")
    await alice.asks(alice.private(), "那停留呢")
    assert desk.handbook.histories == [(), (), ("在线掉了怎么办",)]


async def test_questions_from_while_the_bot_was_down_are_answered_in_order_with_a_word_about_it(idle_desk: Desk):
    alice = idle_desk.double.user("小李")
    chat = alice.private()
    for text, ago in (("在线掉了怎么办", 7500), ("停留低怎么办", 130), ("开播前核对什么", 5)):
        await alice.say(chat, text, ago=ago)
    await idle_desk.start()
    await chat.wait_for(3)
    answers = [message.text for message in chat.from_bot]
    assert answers[0].startswith("刚才不在线，让您久等了（2 小时前的问题）。\n\n先看进房")
    assert answers[1].startswith("刚才不在线，让您久等了（2 分钟前的问题）。\n\n停留时长")
    assert answers[2].startswith("开播前半小时")


async def test_an_edited_question_changes_its_answer_in_place(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    question = await alice.say(chat, "在线掉了怎么办")
    answer = await chat.answer_to(question)
    await alice.edits(question, "停留低怎么办")
    await chat.wait_for(lambda m: m.by_bot and "停留时长" in m.text)
    await desk.settled()
    assert chat.from_bot == [answer]
    assert await alice.presses(answer, "〔1〕12.2") == ""


async def test_an_edited_question_whose_answer_was_long_is_answered_anew(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    *short, long = desk.handbook.sections
    desk.handbook.sections = (*short, replace(long, picked=((0, len(LONG)),)))
    question = await alice.say(chat, "逐字稿怎么念，看稿吗")
    await chat.wait_for(2)
    await alice.edits(question, "停留低怎么办")
    (fresh,) = await chat.wait_for(lambda m: m.by_bot and "停留时长" in m.text)
    assert fresh.reply_to_id == question.id
    assert len(chat.from_bot) == 3


async def test_an_edit_of_a_message_that_had_no_answer_is_answered(desk: Desk):
    alice, bob = desk.double.user("小李"), desk.double.user("老王")
    group = desk.double.group("晨会", alice, bob, kind="supergroup")
    desk.double.privacy = False
    message = await alice.say(group, "在线掉了怎么办")
    await desk.settled()
    assert group.from_bot == []
    await alice.edits(message, "@copilot_test_bot 在线掉了怎么办")
    assert (await group.answer_to(message)).reply_to_id == message.id


async def test_a_bare_ask_opens_a_reply_and_takes_it(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    prompt = await alice.asks(chat, "/ask")
    assert '"force_reply": true' in desk.double.sent[-1].parameters["reply_markup"]
    answer = await alice.asks(chat, "停留低怎么办", reply_to=prompt)
    assert "停留时长" in answer.text


async def test_ask_with_a_question_answers_it(desk: Desk):
    alice = desk.double.user("小李")
    answer = await alice.asks(alice.private(), "/ask 停留低怎么办")
    assert answer.text.startswith("停留时长")


async def test_an_unknown_command_is_told_so(desk: Desk):
    alice = desk.double.user("小李")
    assert "没有这个命令" in (await alice.asks(alice.private(), "/weather")).text


@pytest.mark.parametrize(
    ("send", "word"), [("sends_photo", "图片"), ("sends_voice", "语音"), ("sends_sticker", "表情"), ("sends_document", "文件")]
)
async def test_what_has_no_words_gets_one_polite_sentence(desk: Desk, send: str, word: str):
    alice = desk.double.user("小李")
    chat = alice.private()
    message = await getattr(alice, send)(chat)
    answer = await chat.answer_to(message)
    assert word in answer.text
    assert answer.text.count("。") <= 2


async def test_an_album_gets_one_sentence_not_ten(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    for _ in range(10):
        await alice.sends_photo(chat)
    await desk.settled()
    assert len(chat.from_bot) <= 2  # two when the minute turns in between


async def test_a_picture_with_a_question_below_is_answered_by_the_words(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    answer = await chat.answer_to(await alice.sends_photo(chat, "停留低怎么办"))
    assert answer.text.startswith("（图片和文件我看不了，下面只按文字回答。）\n\n停留时长")


async def test_a_section_that_was_inserted_inline_is_no_question(desk: Desk):
    alice = desk.double.user("小李")
    chat = alice.private()
    (result, *_) = await alice.inline("停留")
    await alice.picks(result, chat)
    await desk.settled()
    assert chat.from_bot == []


@pytest.mark.parametrize(
    "odd", ["😀👍🏽", "\u200b\u200f停留低\u202e", "  \n停留低  ", "停留低" * 2000, "<b>停留低</b> & **x**", "ﷺ" * 500]
)
async def test_odd_questions_are_answered_or_told_what_to_do(desk: Desk, odd: str):
    alice = desk.double.user("小李")
    assert (await alice.asks(alice.private(), odd)).text


async def test_typing_goes_on_while_the_answer_takes_long(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.channels.telegram.answers.TYPING_EVERY", 0.05)
    desk.handbook.seconds = 0.5
    alice = desk.double.user("小李")
    chat = alice.private()
    await alice.asks(chat, "停留低怎么办")
    shown = len(chat.actions)
    assert shown >= 3
    await asyncio.sleep(0.2)
    assert len(chat.actions) <= shown + 1


async def test_typing_that_fails_does_not_keep_the_answer_from_coming(desk: Desk):
    alice = desk.double.user("小李")
    desk.double.faults.often(faults.bad_gateway(), probability=1, method="sendChatAction")
    assert "停留时长" in (await alice.asks(alice.private(), "停留低怎么办")).text
