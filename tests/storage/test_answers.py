from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Citation, Verdict
from bot.errors import NotFound
from bot.storage.answers import Exchanges
from bot.storage.database import Database

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ALICE = Viewer("telegram:1", "telegram:-100", Scope(frozenset({"m1"})), topic=3, private=False, language="en")
BOB = replace(ALICE, person="telegram:2")
SOURCE = Citation("a1b2", "chapters/12.md", "12 盯盘", "12.1 在线掉了", "12.1", 4, 0.93, "先看进人流速。")
CASE = replace(SOURCE, key="c3", case=True, teaching=True, page=None)
ANSWER = Answer("停留低怎么办", Verdict.ANSWERED, "先看节奏。[1]", (SOURCE, CASE), (CASE,), "向量还在补齐。")


@pytest.fixture
def exchanges(database: Database) -> Exchanges:
    return Exchanges(database)


async def _ask(exchanges: Exchanges, key: str, question: str, viewer: Viewer = ALICE, now: datetime = NOW) -> str:
    return await exchanges.record(key, viewer, replace(ANSWER, question=question), now=now)


async def test_an_answer_comes_back_as_it_went_in(exchanges: Exchanges) -> None:
    id = await exchanges.record("telegram:9", ALICE, ANSWER, now=NOW)
    stored = await exchanges.get(id, viewer=BOB)
    assert stored is not None
    assert stored.answer == ANSWER
    assert (stored.question, stored.verdict, stored.citations, stored.cases) == (
        ANSWER.question,
        Verdict.ANSWERED,
        (SOURCE, CASE),
        (CASE,),
    )
    assert (stored.id, stored.person, stored.chat, stored.topic, stored.at) == (id, "telegram:1", "telegram:-100", 3, NOW)


async def test_characters_that_a_database_cannot_hold_do_not_lose_the_answer(exchanges: Exchanges, kind: str) -> None:
    odd = replace(ANSWER, question="半个\ud83d", text="空\0字", citations=(replace(SOURCE, quote="空\0字"),))
    stored = await exchanges.get(await exchanges.record("telegram:9", ALICE, odd, now=NOW), viewer=ALICE)
    assert stored is not None
    assert stored.question == "半个?"
    assert stored.answer.text == ("空\0字" if kind == "sqlite" else "空\ufffd字")
    assert stored.citations[0].quote == "空\0字"


async def test_the_id_is_short_and_fits_into_a_url(exchanges: Exchanges) -> None:
    id = await _ask(exchanges, "telegram:9", "停留")
    assert len(id) == 8
    assert id.replace("-", "").replace("_", "").isalnum()


async def test_an_update_handled_twice_is_one_exchange(exchanges: Exchanges) -> None:
    first = await _ask(exchanges, "telegram:9", "停留")
    assert await _ask(exchanges, "telegram:9", "停留") == first
    assert await _ask(exchanges, "telegram:10", "停留") != first


async def test_another_chat_does_not_see_the_answer(exchanges: Exchanges) -> None:
    id = await _ask(exchanges, "telegram:9", "停留")
    stranger = replace(ALICE, chat="telegram:1", private=True)
    assert await exchanges.get(id, viewer=stranger) is None
    assert await exchanges.get("nonsense", viewer=ALICE) is None
    with pytest.raises(NotFound):
        await exchanges.feedback(id, stranger, True, now=NOW)
    with pytest.raises(NotFound):
        await exchanges.ask_lead(id, stranger, now=NOW)


async def test_a_group_that_lost_a_merchant_no_longer_sees_answers_that_could_draw_on_it(exchanges: Exchanges) -> None:
    id = await _ask(exchanges, "telegram:9", "停留")
    assert await exchanges.get(id, viewer=replace(ALICE, scope=Scope(frozenset({"m1", "m2"})))) is not None
    for scope in (Scope(), Scope(frozenset({"m2"}))):
        assert await exchanges.get(id, viewer=replace(ALICE, scope=scope)) is None


async def test_turns_are_this_persons_own_in_this_chat_and_topic_oldest_first(exchanges: Exchanges) -> None:
    for number, question in enumerate(["一", "二", "三", "四"]):
        await _ask(exchanges, f"telegram:{number}", question, now=NOW + timedelta(minutes=number))
    await _ask(exchanges, "telegram:20", "别人", viewer=BOB)
    await _ask(exchanges, "telegram:21", "别处", viewer=replace(ALICE, chat="telegram:1"))
    await _ask(exchanges, "telegram:22", "别的话题", viewer=replace(ALICE, topic=None))
    now = NOW + timedelta(minutes=5)
    assert await exchanges.turns(ALICE, now=now) == ("二", "三", "四")
    assert await exchanges.turns(ALICE, now=now, limit=1) == ("四",)
    assert await exchanges.turns(replace(ALICE, topic=None), now=now) == ("别的话题",)


async def test_turns_from_long_ago_are_no_context(exchanges: Exchanges) -> None:
    await _ask(exchanges, "telegram:1", "昨天的")
    assert await exchanges.turns(ALICE, now=NOW + timedelta(minutes=30)) == ("昨天的",)
    assert await exchanges.turns(ALICE, now=NOW + timedelta(minutes=31)) == ()


async def test_each_person_has_one_opinion_and_may_change_it(exchanges: Exchanges, database: Database) -> None:
    id = await _ask(exchanges, "telegram:9", "停留")
    await exchanges.feedback(id, ALICE, False, "答非所问\ud83d", now=NOW)
    await exchanges.feedback(id, BOB, True, now=NOW)
    await exchanges.feedback(id, ALICE, True, now=NOW)
    async with database.read() as db:
        rows = (await db.exec_driver_sql("SELECT person, good, reason FROM feedback ORDER BY person")).all()
    assert [tuple(row) for row in rows] == [("telegram:1", 1, ""), ("telegram:2", 1, "")]


async def test_a_question_for_the_lead_is_found_by_the_message_in_the_leads_chat(exchanges: Exchanges) -> None:
    id = await _ask(exchanges, "telegram:9", "停留")
    number = await exchanges.ask_lead(id, BOB, now=NOW)
    assert await exchanges.ask_lead(id, ALICE, now=NOW) == number
    await exchanges.lead_message(number, "telegram:-9", 55)
    question = await exchanges.lead_question("telegram:-9", 55)
    assert question is not None
    assert (question.id, question.person, question.chat, question.topic, question.language, question.question) == (
        number,
        "telegram:2",
        "telegram:-100",
        3,
        "en",
        "停留",
    )
    assert (question.exchange, question.reply, question.replied_at) == (id, "", None)
    assert await exchanges.lead_question("telegram:-8", 55) is None
    assert await exchanges.lead_question("telegram:-9", 56) is None


async def test_the_lead_sees_open_questions_until_they_are_answered(exchanges: Exchanges) -> None:
    numbers = [await exchanges.ask_lead(await _ask(exchanges, f"telegram:{n}", f"问题{n}"), ALICE, now=NOW) for n in range(3)]
    await exchanges.lead_message(numbers[0], "telegram:-9", 1)
    await exchanges.lead_answered(numbers[0], "看 12.1", now=NOW)
    assert [question.question for question in await exchanges.unanswered(viewer=ALICE)] == ["问题1", "问题2"]
    assert [question.question for question in await exchanges.unanswered(viewer=ALICE, limit=1)] == ["问题1"]
    answered = await exchanges.lead_question("telegram:-9", 1)
    assert answered is not None
    assert (answered.reply, answered.replied_at) == ("看 12.1", NOW)


async def test_a_lead_without_the_merchant_does_not_see_its_questions(exchanges: Exchanges) -> None:
    await exchanges.ask_lead(await _ask(exchanges, "telegram:1", "停留"), ALICE, now=NOW)
    handbook_only = replace(ALICE, scope=Scope())
    await exchanges.ask_lead(await _ask(exchanges, "telegram:2", "转粉", viewer=handbook_only), handbook_only, now=NOW)
    assert [question.question for question in await exchanges.unanswered(viewer=handbook_only)] == ["转粉"]


async def test_answering_what_was_never_asked_is_not_found(exchanges: Exchanges) -> None:
    with pytest.raises(NotFound):
        await exchanges.lead_answered(77, "看 12.1", now=NOW)
