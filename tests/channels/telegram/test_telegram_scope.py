"""What may be shown in a chat is asked again for every draft, every old button and every reply of the lead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram import previews
from bot.delivery import WITHHELD
from bot.domain import outgoing
from bot.domain.access import Binding, Scope, Viewer
from bot.domain.audit import Deed, Entry
from knowledge.types import Passage, section_key
from tests.double import TelegramDouble
from tests.office_desk import ONE, OPERATOR, OWNER, PEOPLE, TWO, A, C
from tests.running_clock import RunningClock
from tests.stories.leaks.telegram import TelegramTown, town
from tests.stories.leaks.tokens import TOKENS

TOKEN = "4200000042:AAbb-CCdd_EEff00112233445566778899aa"
WORD = TOKENS[A][0]


class Hesitant:
    """Writes one sentence, and the next only when it may."""

    name = "hesitant"

    def __init__(self) -> None:
        self.wrote, self.may = asyncio.Event(), asyncio.Event()

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        written = "\n".join(one.text.replace("。", f"[{n}]。") for n, one in enumerate(passages, 1))
        self.wrote.set()
        await self.may.wait()
        for end in range(len(written) // 2, len(written) + 1, 20):
            if heard:
                heard(written[:end])
            await asyncio.sleep(0.1)
        return written


@pytest.fixture
def model() -> Hesitant:
    return Hesitant()


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Hesitant) -> AsyncIterator[TelegramTown]:
    clock = RunningClock()
    monkeypatch.setattr("tests.channels.telegram.desk.now", clock)
    monkeypatch.setattr(previews, "DRAFT_EVERY", 0.02)
    for name in ("BOT_RATE", "CHAT_RATE", "GROUP_RATE"):
        monkeypatch.setattr(outgoing, name, outgoing.Rate(timedelta(milliseconds=1), 1))
    async with (
        await TelegramDouble.start(TOKEN, clock=RunningClock().seconds) as double,
        town(tmp_path, double, clock, model) as opened,
    ):
        yield opened


def entry(place: TelegramTown, deed: Deed, merchant: str = A) -> Entry:
    return Entry(place.now(), OWNER, deed, "", ONE, merchant)


async def test_no_draft_is_shown_to_whoever_has_lost_the_merchant_while_a_model_writes(
    place: TelegramTown, model: Hesitant
) -> None:
    person = place.people[PEOPLE.index(OPERATOR)]
    question = await person.say(person.private(), "样品寄几份")
    await model.wrote.wait()
    await asyncio.sleep(0.1)
    chat = person.private().chat
    before = len(chat.drafts)
    await place.bot.people.take(OPERATOR, ONE, None, entry(place, Deed.REMOVED))
    place.oracle.roles.pop((OPERATOR, ONE, A))
    model.may.set()
    answer = await person.private().answer_to(question)
    assert before == 1
    assert len(chat.drafts) <= before
    assert answer.text == WITHHELD["zh"]
    assert place.leak is None


async def test_an_old_message_of_which_no_topic_is_told_opens_what_every_topic_may_read(
    place: TelegramTown, model: Hesitant
) -> None:
    model.may.set()
    forum = place.rooms[place.groups[0]]
    person, topic = place.people[0], place.topics[-1] or 0
    answer = await person.asks(forum, "@copilot_test_bot 火星上怎么卖", topic=topic)
    document = next(one.document for one in place.knowledge.sections[f"merchant-{A}"])
    opens = f"k:-:{section_key(f'merchant-{A}', document, '1.1')}:0"
    old = {"message_id": answer.id, "chat": {"id": forum.id, "type": "supergroup", "title": "甲群", "is_forum": True}, "date": 0}
    pressed = place.double.ask("callback_query", person.user, {"chat_instance": "1", "data": opens, "message": old})
    assert pressed is not None
    assert await place.double.world.until(lambda: pressed.answer is not None, 10)
    await place.bot.settled()
    assert WORD not in answer.text
    assert place.leak is None


async def test_the_leads_reply_goes_to_nobody_who_reads_the_chat_now_but_not_then(place: TelegramTown, model: Hesitant) -> None:
    model.may.set()
    forum, lead = (place.rooms[chat] for chat in place.groups)
    await place.bot.groups.bind(Binding(place.groups[1], ONE, A), entry(place, Deed.BOUND))
    person = place.people[0]
    answer = await person.asks(forum, f"@copilot_test_bot {WORD}的样品寄几份")
    await person.presses(answer, "问组长")
    [posted] = await lead.wait_for(1)
    assert WORD in posted.text
    await place.bot.groups.bind(Binding(place.groups[0], TWO, C), entry(place, Deed.BOUND, C))
    before = len(forum.from_bot)
    await person.say(lead, f"{WORD}寄三份", reply_to=posted)
    [*_, told] = await lead.wait_for(2)
    assert told.text.startswith("没有带到：对方现在看不到这件事涉及的资料了")
    await place.bot.settled()
    assert len(forum.from_bot) == before
    waiting = await place.bot.exchanges.unanswered(viewer=Viewer("", "", Scope(frozenset({A}), frozenset({ONE}))))
    assert [one.reply for one in waiting] == [""]
