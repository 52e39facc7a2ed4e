"""One walk through everything that a person can do, written down as it looks on the phone."""

from __future__ import annotations

from pathlib import Path

from tests.channels.telegram.desk import Desk
from tests.channels.telegram.handbook import SECTIONS
from tests.double import MessageView, Person


class Walk:
    """Collects what was done and what the screen showed then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []

    def note(self, what: str, *seen: MessageView) -> None:
        self._lines += ["", f"── {what}", *(message.as_seen() for message in seen)]
        self._path.write_text("\n".join(self._lines), encoding="utf-8")

    @property
    def text(self) -> str:
        return "\n".join(self._lines)


async def private_walk(walk: Walk, alice: Person) -> None:
    chat = alice.private()
    walk.note("/start", await alice.asks(chat, "/start"))
    walk.note("/help", await alice.asks(chat, "/help"))
    question = await alice.say(chat, "在线掉了怎么办")
    answer = await chat.answer_to(question)
    walk.note("提问", answer)
    await alice.presses(answer, "〔1〕")
    walk.note("点〔1〕", answer)
    await alice.presses(answer, "下一节")
    walk.note("下一节", answer)
    await alice.presses(answer, "↩")
    await alice.presses(answer, "案例")
    walk.note("看案例", answer)
    await alice.presses(answer, "↩")
    walk.note(f"👍：{await alice.presses(answer, '👍')}")
    walk.note(f"👎：{await alice.presses(answer, '👎')}", answer)
    walk.note(f"其他：{await alice.presses(answer, '其他')}")
    (prompt,) = await chat.wait_for(lambda m: "哪里不好" in m.text)
    walk.note("说原因", prompt, await alice.asks(chat, "少了投流", reply_to=prompt))
    walk.note(f"问组长：{await alice.presses(answer, '问组长')}")
    await alice.edits(question, "停留低怎么办")
    await chat.wait_for(lambda m: m.id == answer.id and "停留时长" in m.text)
    walk.note("改了问题", answer)


async def odd_walk(walk: Walk, alice: Person) -> None:
    chat = alice.private()
    for text in ("qqqq 手机", "今天天气怎么样", "😀", "/ask", "/weather"):
        walk.note(text, await alice.asks(chat, text))
    for name in ("photo", "voice", "sticker", "document"):
        walk.note(name, await chat.answer_to(await getattr(alice, f"sends_{name}")(chat)))
    long = await alice.asks(chat, "逐字稿要看吗")
    walk.note("长的一节", long)
    await alice.presses(long, "〔1〕")
    walk.note("翻页的按钮" + str([[b["text"] for b in row] for row in long.keyboard]))
    walk.note(f"伪造的按钮：{await alice.forges(long, 'c:AAAAAAAA:1')}")
    opened = await chat.answer_to(await alice.follows(f"https://t.me/copilot_test_bot?start=s_{SECTIONS[1].key}"))
    walk.note("从链接打开一节", opened)
    late = await alice.say(chat, "开播前核对什么", ago=7500)
    walk.note("两小时前问的", await chat.answer_to(late))


async def test_a_walk_through_everything(idle_desk: Desk, tmp_path: Path):
    desk, walk = idle_desk, Walk(tmp_path / "transcript.txt")
    alice, bob, lead = desk.double.user("小李"), desk.double.user("Bob", language="en"), desk.double.user("王姐")
    leads = desk.double.group("组长群", lead, kind="supergroup")
    desk.settings["lead_chat"] = str(leads.id)
    await desk.start()
    await private_walk(walk, alice)
    (posted,) = await leads.wait_for(1)
    done = await lead.asks(leads, "先换主播，再查断流。", reply_to=posted)
    (brought,) = await alice.private().wait_for(lambda m: "换主播" in m.text)
    walk.note("组长群里", posted, done)
    walk.note("回到小李这里", brought)
    await odd_walk(walk, alice)
    group = desk.double.group("晨会", alice, bob, kind="supergroup", bot="left")
    await alice.adds_bot(group)
    walk.note("进群", *await group.wait_for(1))
    walk.note("群里点名", await alice.asks(group, "@copilot_test_bot 停留低怎么办"))
    walk.note("群里 /help", await alice.asks(group, "/help"))
    results = await alice.inline("停留低")
    walk.note(f"行内：{[(r.title, r.description) for r in results[:2]]}", await alice.picks(results[0], alice.private()))
    for text in ("/start", "/help", "停留低怎么办"):
        walk.note(f"Bob: {text}", await bob.asks(bob.private(), text))
    await desk.settled()
    assert set(await desk.inbox.counts()) == {"done"}
    assert set(await desk.outbox.counts()) == {"sent"}
    seen = walk.text
    assert "None" not in seen
    assert "{" not in seen.replace("[{", "")
    assert "**" not in seen
