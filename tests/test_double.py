"""The Bot API double, seen through python-telegram-bot, which works against it unmodified."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken

from tests.double import TelegramDouble
from tests.double.media import PIXEL

MARKUP = InlineKeyboardMarkup(
    [[InlineKeyboardButton("好", callback_data="ok"), InlineKeyboardButton("看", url="https://e.com/x")]]
)


@pytest.fixture
async def double():
    async with await TelegramDouble.start() as running:
        yield running


@pytest.fixture
async def bot(double):
    async with Bot(double.token, base_url=f"{double.url}/bot", base_file_url=f"{double.url}/file/bot") as client:
        yield client


@pytest.fixture
def alice(double):
    return double.user("Alice", username="alice_live", started=True)


async def test_bot_learns_who_it_is(bot, double):
    me = await bot.get_me()
    assert (me.id, me.username, me.supports_inline_queries) == (4200000042, "copilot_test_bot", True)
    assert me.can_read_all_group_messages is False


@pytest.mark.parametrize(("token", "status"), [("4200000042:other", 401), ("nonsense", 404)])
async def test_wrong_token_is_refused(double, token, status):
    async with httpx.AsyncClient() as client:
        reply = await client.get(f"{double.url}/bot{token}/getMe")
    assert (reply.status_code, reply.json()["ok"]) == (status, False)


async def test_revoked_token_is_refused(bot, double):
    double.token = "4200000042:NEW"
    with pytest.raises(InvalidToken, match="Unauthorized"):
        await bot.get_me()


async def test_unknown_method_is_not_found(double):
    async with httpx.AsyncClient() as client:
        reply = await client.post(f"{double.url}/bot{double.token}/sendPeace")
    assert (reply.status_code, reply.json()["description"]) == (404, "Not Found")


async def test_query_form_multipart_and_json_are_all_read(double, alice):
    address = f"{double.url}/bot{double.token}/SENDMESSAGE"
    body = {"chat_id": str(alice.id), "text": "你好", "entities": '[{"type":"bold","offset":0,"length":2}]'}
    async with httpx.AsyncClient() as client:
        replies = [
            await client.get(address, params=body),
            await client.post(address, data=body),
            await client.post(address, data=body, files={"unused": b"x"}),
            await client.post(
                address, json=body | {"chat_id": alice.id, "entities": [{"type": "bold", "offset": 0, "length": 2}]}
            ),
        ]
        broken = await client.post(address, content=b"{", headers={"content-type": "application/json"})
    assert [reply.json()["result"]["entities"][0]["type"] for reply in replies] == ["bold"] * 4
    assert broken.status_code == 400


async def test_message_arrives_as_the_person_sees_it(bot, double, alice):
    chat = alice.private()
    question = await alice.say(chat, "在线掉了")
    sent = await bot.send_message(
        alice.id, "<b>先看</b> <a href='https://e.com'>手册</a>", parse_mode=ParseMode.HTML, reply_markup=MARKUP,
        reply_parameters=ReplyParameters(question.id, quote="掉了"), link_preview_options=LinkPreviewOptions(is_disabled=True),
    )  # fmt: skip
    assert sent.reply_to_message.text == "在线掉了"
    assert (sent.quote.text, sent.quote.position) == ("掉了", 2)
    assert chat.last.as_seen() == "操盘副手:\n  ┃ 在线掉了\n  先看 手册 <https://e.com/>\n  [好] [看 → https://e.com/x]"
    assert chat.last.styled("bold") == ["先看"]
    assert [s.message.text for s in double.answers_to(question)] == ["先看 手册"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Message text is empty"),
        (" \n ", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("😀" * 2049, "Message is too long"),
    ],
)
async def test_text_has_its_limits(bot, alice, text, reason):
    with pytest.raises(BadRequest, match=reason):
        await bot.send_message(alice.id, text)


async def test_length_is_counted_after_parsing(bot, alice):
    sent = await bot.send_message(alice.id, "<b>" + "😀" * 2048 + "</b>  ", parse_mode=ParseMode.HTML)
    assert sent.entities[0].length == 4096
    await bot.send_message(alice.id, "*粗*", parse_mode=ParseMode.MARKDOWN_V2)
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(alice.id, "x", parse_mode="rst")


async def test_bad_entities_and_buttons_are_refused(bot, alice):
    with pytest.raises(BadRequest, match="ends after the end of the text"):
        await bot.send_message(alice.id, "短", entities=[MessageEntity("bold", 0, 5)])
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="长" * 22)]])
        await bot.send_message(alice.id, "x", reply_markup=markup)


async def test_replying_to_nothing_is_refused_unless_allowed(bot, alice):
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(999))
    sent = await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True))
    assert sent.reply_to_message is None
    question = await alice.say(alice.private(), "?")
    with pytest.raises(BadRequest, match="Quote_text_invalid"):
        await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(question.id, quote="!"))


async def test_edits_change_what_is_seen_and_drop_an_unsent_keyboard(bot, double, alice):
    chat = alice.private()
    sent = await bot.send_message(alice.id, "一", reply_markup=MARKUP)
    await bot.edit_message_reply_markup(alice.id, sent.message_id, reply_markup=None)
    assert chat.last.buttons == []
    edited = await bot.edit_message_text("二", alice.id, sent.message_id, reply_markup=MARKUP)
    assert (edited.text, chat.last.edits) == ("二", ["一", "一"])
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(" 二 ", alice.id, sent.message_id, reply_markup=MARKUP)
    assert [s.new for s in double.sent] == [True, False, False]


async def test_only_own_and_present_messages_can_be_edited(bot, alice):
    asked = await alice.say(alice.private(), "我的")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", alice.id, asked.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", alice.id, 999)
    photo = await bot.send_photo(alice.id, PIXEL)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", alice.id, photo.message_id)
    assert (await bot.edit_message_caption(alice.id, photo.message_id, caption="图")).caption == "图"


async def test_messages_can_be_deleted_once(bot, double, alice):
    sent = await bot.send_message(alice.id, "x")
    assert await bot.delete_message(alice.id, sent.message_id)
    assert alice.private().messages == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(alice.id, sent.message_id)
    group = double.group("群", alice)
    theirs = await alice.say(group, "x")
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_messages(group.id, [theirs.id])


async def test_files_go_up_and_come_down(bot, alice):
    photo = await bot.send_photo(alice.id, PIXEL, caption="<i>图</i>", parse_mode=ParseMode.HTML)
    assert (photo.photo[-1].width, photo.caption) == (1, "图")
    document = await bot.send_document(alice.id, b"a,b\n1,2\n", filename="数据.csv")
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
    again = await bot.send_document(alice.id, document.document.file_id)
    assert again.document.file_name == "数据.csv"
    assert alice.private().last.as_seen() == "操盘副手:\n  <document 数据.csv>"


async def test_files_are_refused_in_telegrams_words(bot, alice):
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(alice.id, b"no picture")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(alice.id, PIXEL, caption="长" * 1025)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(alice.id, "AgAC-nothing")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("AgAC-nothing")


async def test_typing_drafts_and_reactions_show(bot, double, alice):
    chat = alice.private()
    asked = await alice.say(chat, "?")
    await bot.send_chat_action(alice.id, ChatAction.TYPING)
    await bot.send_message_draft(alice.id, 1, "正在")
    await bot.send_message_draft(alice.id, 1)
    assert (chat.actions, chat.drafts) == (["typing"], ["正在", ""])
    with pytest.raises(BadRequest, match="draft identifier|Draft identifier"):
        await bot.send_message_draft(alice.id, 0, "x")
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message_draft(alice.id, 1, "长" * 4097)
    await bot.send_message(alice.id, "正在想好了")
    assert chat.drafts == []
    await bot.set_message_reaction(alice.id, asked.id, "👍")
    assert asked.reactions == ["👍"]
    with pytest.raises(BadRequest, match="(?i)TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(double.group("群", alice).id, 1, "x")


async def test_commands_are_kept_by_scope_and_language(bot, alice, double):
    await bot.set_my_commands([BotCommand("ask", "Ask")])
    await bot.set_my_commands([BotCommand("ask", "提问")], language_code="zh")
    await bot.set_my_commands([BotCommand("start", "开始")], scope=BotCommandScopeAllPrivateChats(), language_code="zh")
    assert alice.menu() == {"start": "开始"}
    assert alice.menu(double.group("群", alice)) == {"ask": "提问"}
    assert double.user("Bob", language="en").menu() == {"ask": "Ask"}
    assert (await bot.get_my_commands(language_code="zh"))[0].description == "提问"
    await bot.delete_my_commands(scope=BotCommandScopeAllPrivateChats(), language_code="zh")
    assert alice.menu() == {"ask": "提问"}
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Ask-me", "x")])
    with pytest.raises(BadRequest, match="Invalid language code"):
        await bot.set_my_commands([BotCommand("ask", "x")], language_code="zh-hans")


async def test_profile_texts_are_kept_by_language(bot):
    await bot.set_my_description("说明")
    await bot.set_my_short_description("短", language_code="zh")
    await bot.set_my_name("Copilot", language_code="en")
    assert (await bot.get_my_description("en")).description == "说明"
    assert (await bot.get_my_short_description("zh")).short_description == "短"
    assert ((await bot.get_my_name("en")).name, (await bot.get_my_name()).name) == ("Copilot", "操盘副手")
    with pytest.raises(BadRequest, match="Short_description is too long"):
        await bot.set_my_short_description("长" * 121)
    assert await bot.set_chat_menu_button()


async def test_pressed_button_waits_for_its_answer(bot, double, alice):
    sent = await bot.send_message(alice.id, "选", reply_markup=MARKUP)
    message = alice.private().last

    async def answer():
        update = (await bot.get_updates(timeout=5))[0]
        assert update.callback_query.message.message_id == sent.message_id
        await update.callback_query.answer("记下了", show_alert=True)
        await bot.get_updates(offset=update.update_id + 1)

    answering = asyncio.create_task(answer())
    toast = await alice.presses(message, "好")
    await answering
    assert (toast, toast.alert) == ("记下了", True)
    assert (await alice.presses(message, "看")).url == "https://e.com/x"
    with pytest.raises(AssertionError, match="no button"):
        await alice.presses(message, "没有")
    with pytest.raises(AssertionError, match="unanswered"):
        await alice.forges(message, "made up", timeout=0.05)


async def test_late_answers_to_queries_are_refused(bot, double, alice):
    await bot.send_message(alice.id, "选", reply_markup=MARKUP)
    with pytest.raises(AssertionError, match="unanswered"):
        await alice.presses(alice.private().last, "ok", timeout=0.01)
    double.query_lifetime = 0
    query = (await bot.get_updates())[0].callback_query
    for query_id in (query.id, "123"):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(query_id)


def article(number: int, text: str = "正文", **more) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(f"r{number}", f"第 {number} 节", InputTextMessageContent(text, **more), reply_markup=MARKUP)


async def test_inline_result_is_inserted_and_can_be_edited(bot, double, alice):
    group = double.group("群", alice)

    async def answer():
        query = (await bot.get_updates(timeout=5))[0].inline_query
        assert (query.query, query.chat_type) == ("停留", "group")
        await query.answer([article(1, "<b>停留</b>", parse_mode="HTML"), article(2)])

    answering = asyncio.create_task(answer())
    results = await alice.inline("停留", chat=group)
    await answering
    assert [result.title for result in results] == ["第 1 节", "第 2 节"]
    inserted = await alice.picks(results[0], group)
    assert (inserted.text, inserted.styled("bold"), inserted.author) == ("停留", ["停留"], "Alice")
    chosen = next(u.chosen_inline_result for u in await bot.get_updates() if u.chosen_inline_result)
    assert await bot.edit_message_text("改了", inline_message_id=chosen.inline_message_id) is True
    assert inserted.text == "改了"


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ([article(n) for n in range(51)], "Results_too_much"),
        ([article(1), article(1)], "Result_id_duplicate"),
        ([InlineQueryResultArticle("长" * 22, "t", InputTextMessageContent("x"))], "Result_id_invalid"),
        ([InlineQueryResultArticle("1", " ", InputTextMessageContent("x"))], "Article_title_empty"),
        ([article(1, "")], "input message content is not specified"),
        ([article(1, "<b>", parse_mode="HTML")], "Can't parse entities"),
        ([article(1, "x" * 4097)], "Message_too_long"),
    ],
)
async def test_inline_answers_are_refused_in_telegrams_words(bot, alice, results, reason):
    with pytest.raises(AssertionError, match="unanswered"):
        await alice.inline("停留", timeout=0.01)
    query = (await bot.get_updates())[0].inline_query
    with pytest.raises(BadRequest, match=reason):
        await bot.answer_inline_query(query.id, results)


async def test_chats_and_members_are_told(bot, double, alice):
    group = double.group("群", alice, kind="supergroup", username="live_room")
    assert (await bot.get_chat("@live_room")).title == "群"
    assert (await bot.get_chat_member(group.id, alice.id)).status == "creator"
    assert (await bot.get_chat_member(group.id, double.user("Bob").id)).status == "left"
    assert [admin.user.id for admin in await bot.get_chat_administrators(group.id)] == [alice.id]
    assert await bot.get_chat_member_count(group.id) == 2
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_strangers_blockers_and_missing_chats_cannot_be_written_to(bot, double, alice):
    bob = double.user("Bob")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(bob.id, "x")
    group = double.group("群", alice, bob)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bob.id, "x")
    await alice.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "x")
    await alice.unblocks()
    await alice.removes_bot(group)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-1, "x")
    states = [u.my_chat_member.new_chat_member.status for u in await bot.get_updates()]
    assert states == ["kicked", "member", "kicked"]


async def test_basic_group_moves_to_a_supergroup(bot, double, alice):
    group = double.group("群", alice)
    new = double.upgrade(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == new.id
    await bot.send_message(new.id, "到了")
    assert new.last.text == "到了"
    old, fresh = (update.message for update in await bot.get_updates())
    assert (old.migrate_to_chat_id, fresh.migrate_from_chat_id) == (new.id, group.id)


async def test_two_pollers_on_one_token_conflict(bot, double):
    async with Bot(double.token, base_url=f"{double.url}/bot") as other:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await double.world.until(lambda: double.updates.polled, 5)
        assert await other.get_updates(timeout=0) == ()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
