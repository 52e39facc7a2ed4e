"""The terminal chat: what a person types and what they then see."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.channels.terminal import TerminalChat
from bot.channels.terminal_input import Headings, PromptReader, private_history
from bot.channels.terminal_render import Screen, clean
from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Citation, Verdict
from bot.errors import StorageError
from bot.flows.answers import Answers
from bot.flows.ports import Found
from knowledge.confidence import Confidence, Level
from knowledge.types import Passage
from tests.paper_handbook import SECTIONS, PaperHandbook, passage

VIEWER = Viewer("terminal:local", "terminal:local", Scope())
EVIL = "\x1b[2J\x1b]0;own\x07\x9b31m\u202egnp.exe\u2066\r[red]标记[/red] <b>粗</b> &#8238; &#x9b;\ud800"


class Typed:
    """Lines as if typed; an exception is raised where it stands."""

    def __init__(self, *lines: str | BaseException, person: bool = True) -> None:
        self.person = person
        self._lines = list(lines)

    async def __call__(self) -> str:
        if not self._lines:
            raise EOFError
        line = self._lines.pop(0)
        if isinstance(line, BaseException):
            raise line
        return line


def _screen(*, styled: bool = False, width: int = 80, height: int = 30, language: str = "zh") -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, markup=False, highlight=False, emoji=False, width=width, force_terminal=True) if styled else None
    return Screen(language, out, console, height=height), out


async def _chat(
    *lines: str | BaseException, sections: tuple[Passage, ...] = SECTIONS, styled: bool = False, height: int = 30
) -> tuple[str, PaperHandbook]:
    screen, out = _screen(styled=styled, height=height)
    knowledge = PaperHandbook(sections)
    await TerminalChat(Answers(knowledge), VIEWER, screen, Typed(*lines)).run()
    return out.getvalue(), knowledge


async def test_answer_comes_with_numbered_sources_and_marked_teaching_cases() -> None:
    seen, _ = await _chat("停留低怎么办")
    assert "换开场" in seen
    assert "〔1〕12.2 停留低 · chapters/12-monitoring.md" in seen
    assert "〔2〕12 盯盘 · 97.1 停留的案例 · cases/a.md · 教学示例" in seen
    assert "输入编号看原文。" in seen


async def test_an_opened_teaching_case_says_that_it_is_made_up() -> None:
    seen, _ = await _chat("停留低", "2", "停留低", "1")
    assert "97.1 停留的案例\n12 盯盘 · cases/a.md · 教学示例\n\n那一场停留掉了三成。" in seen
    assert "12.2 停留低\n12 盯盘 · chapters/12-monitoring.md\n\n" in seen


async def test_cases_lists_a_case_that_the_answer_itself_stands_on() -> None:
    case = passage("97.1", "停留的案例", "那一场停留掉了三成。", case=True)

    class Cites(PaperHandbook):
        async def find(self, question: str, **_: object) -> Found:
            return Found((case,), (), Confidence(Level.ANSWER, 0.9))

    screen, out = _screen()
    await TerminalChat(Answers(Cites(())), VIEWER, screen, Typed("停留低", "/cases")).run()
    assert out.getvalue().count("〔1〕12 盯盘 · 97.1 停留的案例 · cases/a.md") == 2


async def test_number_opens_the_section_and_n_and_p_leaf_on() -> None:
    seen, _ = await _chat("在线掉了", "1", "n", "p", "p")
    opened = seen.split("输入编号看原文。\n")[1]
    assert opened.startswith("12.1 在线掉了\n12 盯盘 · chapters/12-monitoring.md · 第 3 页\n\n先看进人流速。")
    assert opened.index("| 低于 30 秒 |") < opened.rindex("先看进人流速。")
    assert opened.endswith("这已经是这份文件的第一节。\n")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("1",), "还没有回答可看"),
        (("在线掉了", "9"), "没有第 9 条，编号到 2 为止。"),
        (("火星上几点", "1"), "上一个回答没有引用小节。"),
        (("n",), "还没有打开小节"),
        (("p",), "还没有打开小节"),
        (("/cases",), "没有相近案例"),
        (("停留低", "/cases"), "〔2〕12 盯盘 · 97.1 停留的案例"),
        (("停留低", "2"), "那一场停留掉了三成。"),
        (("/foo bar",), "没有 /foo 这个命令"),
        (("/help",), "n / p"),
        (("在线掉了", "1", "n", "n", "n"), "最后一节"),
    ],
)
async def test_every_slip_gets_one_sentence(lines: tuple[str, ...], said: str) -> None:
    seen, _ = await _chat(*lines)
    assert said in seen


async def test_earlier_questions_of_the_chat_go_with_the_next() -> None:
    _, knowledge = await _chat("在线一", "在线二", "在线三", "在线四", "那停留呢？")
    assert knowledge.asked[0] == ("在线一", ())
    assert knowledge.asked[-1] == ("那停留呢？", ("在线二", "在线三", "在线四"))


async def test_quit_leaves_and_ctrl_c_at_the_prompt_says_how() -> None:
    seen, knowledge = await _chat(KeyboardInterrupt(), "/quit", "在线掉了")
    assert seen == "要离开请按 Ctrl-D。\n"
    assert knowledge.asked == []


async def test_section_that_is_gone_is_said_and_the_chat_goes_on() -> None:
    class Gone(PaperHandbook):
        async def section(self, key: str, *, scope: object) -> None:
            return None

    screen, out = _screen()
    chat = TerminalChat(Answers(Gone(SECTIONS)), VIEWER, screen, Typed("在线掉了", "1", "/help"))
    await chat.run()
    assert "这一节已经不在手册里了" in out.getvalue()
    assert "/quit" in out.getvalue()


@pytest.mark.parametrize(("language", "said"), [("zh", "索引正被占用。"), ("en", "The index is in use.")])
async def test_what_storage_refuses_is_said_in_the_persons_language(language: str, said: str) -> None:
    class Refusing(PaperHandbook):
        async def find(self, question: str, **_: object) -> Found:
            raise StorageError("索引正被占用。", "The index is in use.")

    screen, out = _screen(language=language)
    await TerminalChat(Answers(Refusing(SECTIONS)), replace(VIEWER, language=language), screen, Typed("停留低怎么办")).run()
    assert said in out.getvalue().splitlines()


async def test_ctrl_c_cancels_the_question_alone() -> None:
    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
    before = signal.getsignal(signal.SIGINT)
    seen, knowledge = await _chat("慢问题", "在线掉了")
    assert seen.startswith("已取消。\n")
    assert "先看进人流速" in seen
    assert knowledge.asked[1][1] == ()
    assert signal.getsignal(signal.SIGINT) is before


async def test_piped_questions_are_repeated_above_their_answers() -> None:
    screen, out = _screen()
    await TerminalChat(Answers(PaperHandbook(SECTIONS)), VIEWER, screen, Typed("在线掉了", "", person=False)).run()
    assert out.getvalue().startswith("› 在线掉了\n先看进人流速。")


async def test_long_section_is_paged_and_enter_turns() -> None:
    long = passage("12.1", "在线掉了", "\n\n".join(f"第 {n} 段在线" for n in range(20)))
    seen, _ = await _chat("在线掉了", "1", "", "", "", sections=(long,), styled=True, height=20)
    opened = seen.split("输入编号看原文。")[1]
    assert opened.count("第 0 段") == opened.count("第 19 段") == 1
    assert opened.index("第 1/3 页 · 回车看下一页") < opened.index("第 19 段") < opened.index("n 下一节 · p 上一节")


async def test_next_question_closes_the_open_section() -> None:
    long = passage("12.1", "在线掉了", "\n\n".join(f"第 {n} 段在线" for n in range(20)))
    seen, _ = await _chat("在线掉了", "1", "火星", "", "n", sections=(long,), styled=True, height=20)
    assert "第 2/3 页" not in seen
    assert "还没有打开小节" in seen


def _answer(text: str) -> Answer:
    citation = Citation("k", f"chapters/{text}.md", text, text, text, 1, 0.5, text)
    return Answer("?", Verdict.ANSWERED, text, (citation,), (citation,), text)


@pytest.mark.parametrize("styled", [False, True])
def test_text_of_documents_never_reaches_the_terminal_as_control(styled: bool) -> None:
    screen, out = _screen(styled=styled)
    screen.answer(_answer(EVIL))
    screen.section(passage("1", EVIL, EVIL))
    own = out.getvalue()
    for sequence in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e", "\u2066", "\r", "\ud800"):
        assert sequence not in own
    assert own.count("[red]标记[/red] <b>粗</b>") >= 4  # shown as it is written, not obeyed


@given(st.text(max_size=300))
def test_any_text_can_be_shown(text: str) -> None:
    for styled in (False, True):
        screen, out = _screen(styled=styled)
        screen.answer(_answer(text))
        screen.section(passage("1", text, text))
        seen = out.getvalue().replace("\x1b[", "")
        assert not any(c < " " and c not in "\n\t" or "\x7f" <= c <= "\x9f" for c in seen)


def test_clean_keeps_ordinary_text_and_line_ends() -> None:
    assert clean("停留\t低\r\n下一行👩‍👩‍👧 a\u2028b") == "停留\t低\n下一行👩‍👩‍👧 a\nb"


def test_lines_of_the_source_stay_lines() -> None:
    screen, out = _screen(styled=True)
    screen.answer(Answer("?", Verdict.ANSWERED, "第一句。\n第二句。"))
    assert "第一句。" in out.getvalue().splitlines()[0]
    assert "第二句。" in out.getvalue().splitlines()[1]


def test_address_of_a_link_is_in_sight() -> None:
    screen, out = _screen(styled=True)
    screen.answer(Answer("?", Verdict.ANSWERED, "[银行](https://evil.example/x)"))
    assert "https://evil.example/x" in out.getvalue()
    assert "\x1b]8" not in out.getvalue()


def test_piped_output_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen.on_stdout("zh")
    screen.answer(_answer("**停留**"))
    assert "\x1b" not in capsys.readouterr().out


def test_no_color_switches_colours_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen, out = _screen(styled=True)
    screen.answer(_answer("`停留` 和 1. 步骤"))
    assert "\x1b[3" not in out.getvalue() and "\x1b[4" not in out.getvalue()


def test_english_viewer_reads_english_notices() -> None:
    screen, out = _screen(language="en")
    screen.answer(_answer("x"))
    assert "Sources:" in out.getvalue() and "p. 1" in out.getvalue()


async def _completions(text: str) -> list[str]:
    found = Headings(Answers(PaperHandbook(SECTIONS)), VIEWER).get_completions_async(Document(text), CompleteEvent())
    return [c.text async for c in found]


async def test_tab_completes_headings_and_commands() -> None:
    assert await _completions("停留") == ["12.2 停留低"]
    assert await _completions("/ca") == ["/cases"]
    assert await _completions("") == []


async def test_prompt_reads_lines_and_keeps_them_in_a_private_file(tmp_path: Path) -> None:
    history = tmp_path / "chat_history"
    from prompt_toolkit.application import create_app_session

    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        reader = PromptReader(Answers(PaperHandbook(SECTIONS)), VIEWER, history=history, status=lambda: "")
        keys.send_text("停留低怎么办\r")
        assert await reader() == "停留低怎么办"
        keys.send_text("\x04")
        with pytest.raises(EOFError):
            await reader()
        keys.send_text("\x03")
        with pytest.raises(KeyboardInterrupt):
            await reader()
    assert "停留低怎么办" in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o777 == 0o600


def test_history_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    assert isinstance(private_history(tmp_path / "gone" / "chat_history"), InMemoryHistory)


def test_full_disk_does_not_end_the_chat(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    history = private_history(tmp_path / "chat_history")
    history.filename = "/dev/full"  # type: ignore[attr-defined]
    history.store_string("停留")
