"""Buttons below an answer: sections in place, feedback, the lead; and what modified clients send."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.telegram import actions
from bot.storage.tables import feedback
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.handbook import CASE, SECTIONS
from tests.double import ChatView, MessageView, Person, faults


@pytest.fixture
def alice(desk: Desk) -> Person:
    return desk.double.user("小李")


@pytest.fixture
def chat(alice: Person) -> ChatView:
    return alice.private()


async def opinions(desk: Desk) -> list[tuple[str, bool, str]]:
    async with desk.database.read() as db:
        rows = await db.execute(feedback.select())
        return [(row.person, row.good, row.reason) for row in rows]


async def test_a_citation_opens_its_section_in_place_and_back(alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    before, buttons = answer.text, answer.buttons
    assert await alice.presses(answer, "〔1〕") == ""
    assert answer.text.startswith("12.1 在线掉了\n《直播中》 · 第 3 页\n\n先看进房人数")
    assert "▪ 进房掉\n　先查什么：短视频和投放\n　谁来做：投手" in answer.text
    assert answer.styled("text_link") == ["平台规则"]
    assert [button["text"] for button in answer.buttons] == ["下一节 ›", "↩ 回到回答"]
    await alice.presses(answer, "下一节")
    assert answer.text.startswith("12.2 停留低")
    await alice.presses(answer, "上一节")
    assert answer.text.startswith("12.1 在线掉了")
    await alice.presses(answer, "↩")
    assert (answer.text, answer.buttons) == (before, buttons)
    assert chat.from_bot == [answer]


async def test_a_case_opens_and_says_that_it_is_made_up(alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    await alice.presses(answer, "案例：")
    assert answer.text.startswith("侯哥家纺：在线掉了怎么救\n侯哥家纺 · 教学示例")


async def test_a_long_section_is_read_page_by_page(alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "逐字稿要看吗")
    await alice.presses(answer, "〔1〕")
    pages = [answer.text]
    total = int(answer.buttons[1]["text"].partition("/")[2])
    for _ in range(total - 1):
        await alice.presses(answer, "▶")
        pages.append(answer.text)
    assert total > 1
    assert [n for n in range(1, 26) if f"第{n}段。" not in "".join(pages)] == []
    assert all(page.rstrip().endswith("。") for page in pages)
    assert answer.buttons[2]["text"] == "·"
    assert await alice.presses(answer, f"{total}/{total}") == ""
    await alice.presses(answer, "◀")
    assert answer.text == pages[-2]


async def test_a_long_answer_comes_back_as_its_last_piece(desk: Desk, alice: Person, chat: ChatView):
    *short, long = desk.handbook.sections
    desk.handbook.sections = (*short, replace(long, picked=((0, len(long.text)),)))
    await alice.say(chat, "逐字稿要看吗")
    _, last = await chat.wait_for(2)
    before = last.text
    await alice.presses(last, "〔1〕")
    await alice.presses(last, "↩")
    assert last.text == before


async def test_a_section_that_was_taken_out_of_the_handbook_is_said_to_be_gone(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    desk.handbook.gone.add(SECTIONS[0].key)
    assert "不在手册里了" in await alice.presses(answer, "〔1〕")


FORGED = [
    "x",
    "c:",
    "c:AAAAAAAA:1",
    "c:AAAAAAAA:99",
    "k:-:zzzzzzzzzzzz:0",
    "k:-:000000000000:0",
    "b:AAAAAAAA",
    "f:AAAAAAAA:1",
    "f:AAAAAAAA:7",
    "r:AAAAAAAA:a",
    "l:AAAAAAAA",
    "q:9",
    "k:AAAAAAAA:000000000000:999",
] + ["", "c:' OR 1=1:1", "\x00\n", "😀" * 16]


async def test_forged_buttons_get_one_polite_toast_each(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    before = answer.text
    for data in FORGED:
        assert "请" in await alice.forges(answer, data), data
    assert answer.text == before
    await desk.settled()
    assert (await desk.inbox.counts()) == {"done": 1 + len(FORGED)}


async def test_a_button_of_another_chat_does_not_work(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    stolen = [button["callback_data"] for button in answer.buttons]
    bob = desk.double.user("老王")
    mine = await bob.asks(bob.private(), "停留低怎么办")
    before = mine.text
    for data in stolen:
        assert await bob.forges(mine, data) == "这条回答找不到了，请再问一次。"
    assert mine.text == before
    assert await opinions(desk) == []


async def test_every_button_fits_into_64_bytes():
    exchange, key = "AbCd-_12", "0123456789ab"
    made = [
        actions.citation(exchange, 99),
        actions.case(exchange, 99),
        actions.section(exchange, key, 999),
        actions.lead(exchange),
    ]
    made += [actions.back(exchange), actions.feedback(exchange, good=True), actions.reason(exchange, "a"), actions.example(2)]
    assert all(len(data.encode()) <= 64 and actions.parse(data) for data in made)
    assert actions.parse(actions.section(exchange, key, 12)) == actions.Action("section", exchange, key, 12)


async def test_too_many_presses_are_told_to_wait(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    desk.double.faults.script("editMessageText", faults.too_many(4), faults.drop_before(), faults.forbidden())
    assert await alice.presses(answer, "〔1〕") == "点得有点快，过 4 秒再点。"
    assert await alice.presses(answer, "〔1〕") == "网络不稳，没改成，请再点一下。"
    assert await alice.presses(answer, "〔1〕") == "这条消息改不了了，请再问一次。"
    assert await alice.presses(answer, "〔1〕") == ""


async def test_thumbs_are_kept_one_a_person_and_can_change(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    buttons = answer.buttons
    assert await alice.presses(answer, "👍") == "谢谢，记下了。"
    assert await opinions(desk) == [(f"telegram:{alice.id}", True, "")]
    assert "哪里不好" in await alice.presses(answer, "👎")
    assert await opinions(desk) == [(f"telegram:{alice.id}", False, "")]
    assert [b["text"] for b in answer.buttons] == ["答非所问", "不完整", "过时了", "其他…", "↩ 回到回答"]
    await alice.presses(answer, "过时了")
    assert await opinions(desk) == [(f"telegram:{alice.id}", False, "过时了")]
    assert answer.buttons == buttons


async def test_a_thumb_pressed_twice_is_thanked_twice_and_loses_nothing(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    assert [str(await alice.presses(answer, "👍")) for _ in range(2)] == ["谢谢，记下了。"] * 2
    assert await opinions(desk) == [(f"telegram:{alice.id}", True, "")]
    await alice.presses(answer, "👎")
    await alice.presses(answer, "不完整")
    assert "哪里不好" in await alice.presses(answer, "👎")
    await alice.presses(answer, "↩ 回到回答")
    assert await opinions(desk) == [(f"telegram:{alice.id}", False, "不完整")]
    await alice.presses(answer, "👍")
    assert await opinions(desk) == [(f"telegram:{alice.id}", True, "")]


async def test_a_thumb_below_a_message_that_cannot_be_changed_any_more_is_kept(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    desk.double.faults.script("editMessageReplyMarkup", faults.refused(400, "Bad Request: message can't be edited"))
    assert await alice.presses(answer, "👎") == "谢谢，记下了。"
    assert await opinions(desk) == [(f"telegram:{alice.id}", False, "")]


async def test_the_buttons_of_an_answer_outlive_what_is_kept_about_its_sending(desk: Desk, alice: Person, chat: ChatView):
    question = await alice.say(chat, "在线掉了怎么办")
    answer = await chat.answer_to(question)
    await desk.settled()
    later = now() + timedelta(days=31)
    assert await desk.inbox.prune(later) == 1
    assert await desk.outbox.prune(later) == 1
    assert await alice.presses(answer, "👍") == "谢谢，记下了。"
    assert await alice.presses(answer, "〔1〕") == ""
    assert answer.text.startswith("12.1 在线掉了")
    assert await alice.presses(answer, "↩ 回到回答") == ""
    assert answer.text.startswith("先看进房人数")
    assert "COPILOT_LEAD_CHAT" in await alice.presses(answer, "问组长")
    assert (await alice.asks(chat, "停留低怎么办", reply_to=answer)).text.startswith("停留时长")
    await alice.edits(question, "停留低怎么办")
    assert await chat.wait_for(3)


async def test_a_question_for_the_lead_is_passed_on_once_there_is_a_lead_chat(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    assert "再点一次" in await alice.presses(answer, "问组长")
    await desk.stop()
    leads = desk.double.group("组长群", desk.double.user("王姐"), kind="supergroup")
    desk.settings["lead_chat"] = str(leads.id)
    await desk.start()
    assert await alice.presses(answer, "问组长") == "已转给组长，有回复我带回到这里。"
    (posted,) = await leads.wait_for(1)
    assert posted.text.startswith("小李 想请您回答：\n在线掉了怎么办")


async def test_another_reason_is_taken_from_the_reply(desk: Desk, alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    await alice.presses(answer, "👎")
    await alice.presses(answer, "其他…")
    (prompt,) = await chat.wait_for(lambda m: "哪里不好" in m.text)
    noted = await alice.asks(chat, "少了<b>投流</b>那一步", reply_to=prompt)
    assert "谢谢" in noted.text
    assert await opinions(desk) == [(f"telegram:{alice.id}", False, "少了<b>投流</b>那一步")]
    assert await desk.questions() == ["在线掉了怎么办"]


async def test_the_lead_gets_the_question_once_and_the_reply_comes_back(idle_desk: Desk):
    desk = idle_desk
    alice, lead = desk.double.user("小李"), desk.double.user("王姐")
    leads = desk.double.group("组长群", lead, kind="supergroup")
    desk.settings["lead_chat"] = str(leads.id)
    await desk.start()
    chat = alice.private()
    answer = await alice.asks(chat, "在线掉了怎么办")
    assert await alice.presses(answer, "问组长") == "已转给组长，有回复我带回到这里。"
    (posted,) = await leads.wait_for(1)
    assert posted.text.startswith("小李 想请您回答：\n在线掉了怎么办\n\n我的回答是：\n先看进房人数")
    assert "〔1〕12.1 在线掉了" in posted.text
    assert "已经转给组长" in await alice.presses(answer, "问组长")
    confirmed = await lead.asks(leads, "先别动价格，<b>换主播</b>。", reply_to=posted)
    assert confirmed.text == "已带给对方。"
    (brought,) = await chat.wait_for(lambda m: "换主播" in m.text)
    assert brought.text == "王姐 回复了您的问题“在线掉了怎么办”：\n先别动价格，<b>换主播</b>。"
    assert len(leads.from_bot) == 2


async def test_a_reply_of_the_lead_without_words_is_not_carried(idle_desk: Desk):
    desk = idle_desk
    alice, lead = desk.double.user("小李"), desk.double.user("王姐")
    leads = desk.double.group("组长群", lead, kind="supergroup", username="leads_room")
    desk.settings["lead_chat"] = "@leads_room"
    await desk.start()
    answer = await alice.asks(alice.private(), "在线掉了怎么办")
    await alice.presses(answer, "问组长")
    (posted,) = await leads.wait_for(1)
    told = await leads.answer_to(await lead.sends_photo(leads, reply_to=posted))
    assert "只能转文字" in told.text
    await lead.asks(leads, "看图一", reply_to=posted)
    (brought,) = await alice.private().wait_for(lambda m: "看图一" in m.text)
    assert "王姐" in brought.text


async def test_a_group_question_is_answered_by_the_lead_in_the_group(idle_desk: Desk):
    desk = idle_desk
    alice, lead = desk.double.user("小李"), desk.double.user("王姐")
    leads = desk.double.group("组长群", lead, kind="supergroup")
    forum = desk.double.group("运营", alice, kind="supergroup", topics=("直播",))
    desk.settings["lead_chat"] = str(leads.id)
    await desk.start()
    answer = await alice.asks(forum, "@copilot_test_bot 停留低怎么办", topic=forum.topic("直播"))
    await alice.presses(answer, "问组长")
    (posted,) = await leads.wait_for(1)
    assert posted.text.startswith("小李（在「运营」群里） 想请您回答：")
    await lead.say(leads, "看开场", reply_to=posted)
    (brought,) = await forum.wait_for(lambda m: m.by_bot and "看开场" in m.text)
    assert brought.topic == forum.topic("直播")


async def test_without_a_lead_chat_the_person_is_told_how_to_set_one(alice: Person, chat: ChatView):
    answer = await alice.asks(chat, "在线掉了怎么办")
    toast = await alice.presses(answer, "问组长")
    assert "COPILOT_LEAD_CHAT" in toast
    assert toast.alert
    assert len(toast) <= 200


async def test_start_greets_with_questions_to_press(alice: Person, chat: ChatView):
    greeting = await alice.asks(chat, "/start")
    assert len(greeting.buttons) == 3
    assert await alice.presses(greeting, "在线人数突然掉了") == ""
    (answer,) = await chat.wait_for(lambda m: m.text.startswith("您问：在线人数突然掉了怎么办？\n\n"))
    await alice.presses(answer, "〔1〕")
    await alice.presses(answer, "↩")
    assert answer.text.startswith("您问：在线人数突然掉了怎么办？\n\n")


async def test_a_deep_link_opens_its_section(alice: Person, chat: ChatView):
    opened = await answer_to(alice, chat, f"https://t.me/copilot_test_bot?start=s_{SECTIONS[1].key}")
    assert opened.text.startswith("12.2 停留低\n《直播中》")
    await alice.presses(opened, "上一节")
    assert opened.text.startswith("12.1 在线掉了")
    gone = await answer_to(alice, chat, "https://t.me/copilot_test_bot?start=s_000000000000")
    assert "不在手册里了" in gone.text
    assert (await answer_to(alice, chat, "https://t.me/copilot_test_bot?start=whatever")).buttons


async def answer_to(alice: Person, chat: ChatView, link: str) -> MessageView:
    return await chat.answer_to(await alice.follows(link))


async def test_an_inline_query_offers_sections_with_source_and_link(desk: Desk, alice: Person):
    group = desk.double.group("别的群", alice, bot="left")
    results = await alice.inline("停留低", chat=group)
    assert results[0].title == "12.2 停留低"
    assert "观看总时长" in results[0].description
    inserted = await alice.picks(results[0], group)
    assert inserted.text.startswith("12.2 停留低\n\n停留时长")
    assert inserted.text.endswith("出处：《直播中》")
    opened = await alice.follows(inserted.buttons[0]["url"])
    assert opened.text == f"/start s_{SECTIONS[1].key}"


async def test_a_long_section_is_cut_cleanly_for_inline(alice: Person):
    (result, *_) = await alice.inline("逐字稿")
    assert len(result.text) <= 4096
    assert "看稿。\n……（后面还有" in result.text


async def test_an_empty_inline_query_offers_a_few_sections(desk: Desk, alice: Person):
    results = await alice.inline("")
    assert 1 <= len(results) <= 3
    call = next(call for call in desk.double.calls if call.method == "answerInlineQuery")
    assert call.flag("is_personal")
    assert call.number("cache_time") <= 30
    assert "inline" in call.text("button")


async def test_inline_finds_nothing_for_nonsense_but_still_answers(desk: Desk, alice: Person):
    desk.handbook.sections = ()
    assert await alice.inline("zzz") == []


async def test_a_case_is_never_offered_without_its_mark(alice: Person, chat: ChatView, desk: Desk):
    desk.handbook.sections = (CASE,)
    (result,) = await alice.inline("爆款")
    assert "教学示例" in result.text
