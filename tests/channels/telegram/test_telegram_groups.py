"""Groups: the bot speaks when it is spoken to, where it is spoken to."""

from __future__ import annotations

import pytest

from tests.channels.telegram.desk import Desk, now
from tests.double import ChatView, Person


@pytest.fixture
def alice(desk: Desk) -> Person:
    return desk.double.user("小李")


@pytest.fixture
def bob(desk: Desk) -> Person:
    return desk.double.user("老王")


@pytest.fixture
def group(desk: Desk, alice: Person, bob: Person) -> ChatView:
    return desk.double.group("晨会", alice, bob, kind="supergroup")


async def test_a_mention_is_cut_out_and_answered_as_a_reply(desk: Desk, alice: Person, group: ChatView):
    question = await alice.say(group, "帮忙看看 @Copilot_Test_Bot 停留低怎么办")
    answer = await group.answer_to(question)
    assert answer.reply_to_id == question.id
    stored = await desk.questions()
    assert stored == ["帮忙看看 停留低怎么办"]


async def test_a_reply_to_the_bot_and_a_command_are_answered(alice: Person, bob: Person, group: ChatView):
    first = await alice.asks(group, "/ask@copilot_test_bot 停留低怎么办")
    second = await bob.asks(group, "在线掉了怎么办", reply_to=first)
    assert second.text.startswith("先看进房人数")


async def test_talk_among_people_is_left_alone(desk: Desk, alice: Person, bob: Person, group: ChatView):
    desk.double.privacy = False
    said = await alice.say(group, "停留低怎么办")
    await bob.say(group, "我也想知道", reply_to=said)
    await bob.say(group, "问问 @another_bot 停留低怎么办")
    await bob.say(group, "/ask@another_bot 停留低怎么办")
    await bob.say(group, "/weather")
    await bob.say(group, "/metrics@another_bot GPM")
    await desk.settled()
    assert group.from_bot == []


async def test_mentioning_the_bot_below_somebodys_question_asks_that_question(
    desk: Desk, alice: Person, bob: Person, group: ChatView
):
    said = await alice.say(group, "停留低怎么办")
    answer = await bob.asks(group, "@copilot_test_bot", reply_to=said)
    assert answer.text.startswith("停留时长")


async def test_a_bare_mention_asks_for_the_question(desk: Desk, alice: Person, bob: Person, group: ChatView):
    prompt = await alice.asks(group, "@copilot_test_bot")
    assert "想问什么" in prompt.text
    answer = await alice.asks(group, "停留低怎么办", reply_to=prompt)
    assert answer.text.startswith("停留时长")


async def test_a_topic_is_answered_in_the_topic(desk: Desk, alice: Person, bob: Person):
    forum = desk.double.group("运营", alice, bob, kind="supergroup", topics=("直播", "选品"))
    topic = forum.topic("选品")
    question = await alice.say(forum, "@copilot_test_bot 停留低怎么办", topic=topic)
    answer = await forum.answer_to(question)
    assert (answer.topic, answer.reply_to_id) == (topic, question.id)


async def test_a_message_in_a_topic_that_the_bot_opened_is_not_a_reply_to_it(desk: Desk, alice: Person, bob: Person):
    forum = desk.double.group("运营", alice, bob, kind="supergroup", topics=("直播",))
    topic = forum.topic("直播")
    opened = forum.chat.messages[topic]
    opened.data["from"], opened.author = desk.double.world.bot.to_json(), desk.double.world.bot.id
    await alice.say(forum, "停留低怎么办", topic=topic)
    await desk.settled()
    assert [message.id for message in forum.from_bot] == [topic]


async def test_people_in_a_group_do_not_share_one_memory(desk: Desk, alice: Person, bob: Person, group: ChatView):
    await alice.asks(group, "@copilot_test_bot 在线掉了怎么办")
    await bob.asks(group, "@copilot_test_bot 那停留呢")
    await alice.asks(alice.private(), "那停留呢")
    await alice.asks(group, "@copilot_test_bot 那停留呢")
    assert desk.handbook.histories == [(), (), (), ("在线掉了怎么办",)]


async def test_anonymous_admins_are_answered_and_forwards_from_the_channel_are_not(desk: Desk, group: ChatView, alice: Person):
    chat = desk.double.world.chat_json(group.chat)
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    channel = {"id": -1001234567890, "type": "channel", "title": "公告"}
    mention = {"text": "@copilot_test_bot 停留低怎么办", "entities": [{"type": "mention", "offset": 0, "length": 17}]}
    base = {"message_id": 900, "date": int(now.seconds()), "chat": chat} | mention
    await put(desk, 1, {"message": base | {"from": anonymous, "sender_chat": chat}})
    forwarded = {"from": telegram, "sender_chat": channel, "is_automatic_forward": True, "message_id": 901}
    await put(desk, 2, {"message": base | forwarded})
    await put(desk, 3, {"channel_post": base | {"chat": channel, "message_id": 5}})
    machine = {"id": 7, "is_bot": True, "first_name": "别的机器人"}
    await put(desk, 4, {"message": base | {"from": machine, "message_id": 902}})
    assert desk.bot is not None
    desk.bot.notify()
    await group.wait_for(1)
    await desk.settled()
    assert len(group.from_bot) == 1
    assert (await desk.inbox.counts()) == {"done": 4}


async def put(desk: Desk, update_id: int, content: dict[str, object]) -> None:
    await desk.inbox.put(desk.account, update_id, "-1", {"update_id": update_id} | content, now=now())


async def test_a_new_group_is_greeted_once_and_a_lost_one_noted(desk: Desk, alice: Person):
    group = desk.double.group("晚场", alice, bot="left")
    await alice.adds_bot(group)
    (hello,) = await group.wait_for(1)
    assert "@copilot_test_bot" in hello.text
    await alice.adds_bot(group, "administrator")
    await alice.removes_bot(group)
    await desk.settled()
    assert await desk.chats.is_gone(f"telegram:{group.id}")
    await alice.adds_bot(group)
    await desk.settled()
    assert not await desk.chats.is_gone(f"telegram:{group.id}")
    assert len(group.from_bot) == 1


async def test_a_blocked_private_chat_is_gone_until_the_person_comes_back(desk: Desk, alice: Person):
    await alice.asks(alice.private(), "停留低怎么办")
    await alice.blocks()
    await desk.settled()
    assert await desk.chats.is_gone(f"telegram:{alice.id}")
    await alice.unblocks()
    await desk.settled()
    assert not await desk.chats.is_gone(f"telegram:{alice.id}")


async def test_help_in_a_group_names_the_groups_number(alice: Person, group: ChatView):
    help_text = (await alice.asks(group, "/help@copilot_test_bot")).text
    assert str(group.id) in help_text
    assert "/ask" in help_text


async def test_an_upgraded_group_goes_on_under_its_new_number(desk: Desk, alice: Person, bob: Person):
    group = desk.double.group("小群", alice, bob)
    answer = await alice.asks(group, "@copilot_test_bot 在线掉了怎么办")
    upgraded = desk.double.upgrade(group)
    await desk.settled()
    assert answer.text
    await alice.asks(upgraded, "@copilot_test_bot 那停留呢")
    assert desk.handbook.histories[-1] == ("在线掉了怎么办",)
