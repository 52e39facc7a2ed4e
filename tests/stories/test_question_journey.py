"""The first journey, whole: a folder of files, the app, a question, a cited answer; and what can go wrong at the door."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.build import index_handbook, open_app
from bot.config import Settings
from bot.domain.access import Scope, Viewer
from bot.domain.answers import Verdict
from bot.errors import CopilotError, HandbookError, ModelError, NotFound
from tests.knowledge import kit
from tests.knowledge.conftest import SALES, WATCH
from tests.knowledge.files import docx, paragraph, pdf

ME = Viewer("terminal:1", "terminal:1", Scope())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = kit.write(
        tmp_path / "handbook",
        {"chapters/12.md": WATCH, "notes/制度.txt": "第一条 迟到三次扣一天工资。\n第二条 请假要提前一天。\n"},
    )
    (made / "sales.html").write_text(f"<html><body><h1>售后</h1><h2>发票</h2><p>{SALES[-30:]}</p></body></html>", "gb18030")
    (made / "合同.docx").write_bytes(docx(paragraph("合同", "Heading1"), paragraph("合同盖章后三天内寄回总部。")))
    (made / "手册.pdf").write_bytes(
        pdf(
            [["封面"], ["盘点制度", "仓库每晚十点盘点一次，盘点表交给库管。"], ["盘亏由仓储经理签字。"]],
            bookmarks=[("盘点制度", 1)],
        )
    )
    (made / "empty.md").touch()
    return made


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Iterator[Settings]:
    kit.encoder()
    yield Settings(_env_file=None, handbook=folder, data=tmp_path / "data", models=kit.MODELS)


async def test_a_folder_of_files_becomes_cited_answers(settings: Settings) -> None:
    async with open_app(settings, wait_for_index=True) as app:
        for question, document, quote in (
            ("停留低怎么办", "chapters/12.md", "停留低于 30 秒时，先换开场话术，再发福袋。"),
            ("迟到三次怎么罚", "notes/制度.txt", "迟到三次扣一天工资"),
            ("合同盖章后多久寄回", "合同.docx", "合同盖章后三天内寄回总部。"),
            ("仓库几点盘点", "手册.pdf", "仓库每晚十点盘点一次"),
        ):
            answer = await app.answers.ask(ME, question, history=())
            assert answer.verdict is Verdict.ANSWERED and answer.citations[0].document == document
            assert quote in answer.text and answer.text.rstrip().endswith("]")
            whole = await app.answers.open(ME, answer.citations[0].key)
            assert answer.citations[0].quote in whole.text
        assert answer.citations[0].page == 2
        answer = await app.answers.ask(ME, "盘亏谁签字", history=())
        assert answer.citations[0].document == "手册.pdf" and answer.citations[0].page == 3
        assert not (await app.answers.ask(ME, "红烧肉怎么做好吃", history=())).grounded


async def test_an_edit_is_answered_after_the_next_start_and_only_it_is_embedded(settings: Settings, folder: Path) -> None:
    first = await index_handbook(settings, agree=lambda: False)
    assert first and first.embedded == first.chunks > 0
    assert [problem.path for problem in first.unreadable] == ["empty.md"]
    (folder / "chapters/12.md").write_text(WATCH.replace("再发福袋", "再请嘉宾"), encoding="utf-8")
    second = await index_handbook(settings, agree=lambda: False)
    assert second and second.changed == ("chapters/12.md",) and second.embedded == 1
    async with open_app(settings, wait_for_index=True) as app:
        assert "再请嘉宾" in (await app.answers.ask(ME, "停留低怎么办", history=())).text


async def test_a_service_answers_by_words_while_vectors_fill_in_and_by_meaning_later(settings: Settings) -> None:
    async with open_app(settings, wait_for_index=False) as app:
        assert (await app.answers.ask(ME, "停留低怎么办", history=())).citations[0].document == "chapters/12.md"
        await app.handbook.fill()
        answer = await app.answers.ask(ME, "买家不想要了能退吗", history=())
        assert answer.notice == ""


async def test_a_section_that_was_removed_opens_with_a_sentence(settings: Settings, folder: Path) -> None:
    async with open_app(settings, wait_for_index=True) as app:
        key = (await app.answers.ask(ME, "停留低怎么办", history=())).citations[0].key
        (folder / "chapters/12.md").unlink()
        await app.handbook.sync()
        with pytest.raises(NotFound, match="已经不在手册里"):
            await app.answers.open(ME, key)


async def test_a_broken_index_folder_is_mended_on_the_way(settings: Settings) -> None:
    await index_handbook(settings, agree=lambda: False)
    for name in ("catalog.db", "chroma/chroma.sqlite3"):
        (settings.data / "index" / name).write_bytes(os.urandom(5000))
    async with open_app(settings, wait_for_index=True) as app:
        assert (await app.answers.ask(ME, "停留低怎么办", history=())).grounded


@pytest.mark.parametrize(
    "files", [{}, {"empty.md": ""}, {"picture.png": "x"}], ids=["nothing", "an empty file", "nothing to read"]
)
async def test_a_handbook_without_text_is_said_in_one_sentence(settings: Settings, tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "bare").mkdir()
    bare = settings.model_copy(update={"handbook": kit.write(tmp_path / "bare", files)})
    with pytest.raises(HandbookError, match="没有能读的文件"):
        async with open_app(bare, wait_for_index=True):
            pytest.fail("opened")


@pytest.mark.parametrize(
    "changes",
    [
        {"handbook": Path("/no/such/folder")},
        {"embedding_model": "./no/such/model"},
        {"reranker": "./no/such/model"},
        {"chat_model": "nothing-like-this"},
        {"models": Path("/dev/null/models")},
        {"database_url": "sqlite+aiosqlite:////dev/null/x/copilot.db"},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_whatever_cannot_be_had_is_one_sentence_and_leaves_the_folder_free(
    settings: Settings, changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(CopilotError) as caught:
        async with open_app(settings.model_copy(update=changes), wait_for_index=True):
            pytest.fail("opened")
    assert str(caught.value) and "\n" not in str(caught.value)
    async with open_app(settings, wait_for_index=True) as app:
        assert (await app.answers.ask(ME, "停留低怎么办", history=())).grounded


async def test_a_dictionary_that_cannot_be_built_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge.errors import ModelUnavailable

    def fail(_: Path) -> None:
        raise ModelUnavailable("词典文件用不了。")

    monkeypatch.setattr("bot.build.Dictionary", fail)
    with pytest.raises(ModelError, match="词典文件"):
        async with open_app(settings, wait_for_index=True):
            pytest.fail("opened")
