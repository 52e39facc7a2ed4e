"""The search as a LangChain retriever, and the example of the documentation as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import BaseMessage
from pydantic import ValidationError

from knowledge.find import Finder
from knowledge.library import Library
from knowledge.retriever import HandbookRetriever
from knowledge.types import Document, Kind, Section
from tests.knowledge import kit
from tests.knowledge.conftest import WATCH

PAGE = Path(__file__).parents[2] / "docs" / "retriever.md"
HERE = frozenset({"handbook"})


def test_sections_come_as_documents_best_first_with_where_they_stand(finder: Finder) -> None:
    found = HandbookRetriever(finder=finder, scope=HERE, top_k=2).invoke("停留低怎么办")
    assert len(found) == 2 and found[0].page_content == "停留低于 30 秒时，先换开场话术，再发福袋。"
    assert found[0].metadata["document"] == "watch.md" and found[0].metadata["section"] == "12.2 停留低怎么办"
    assert set(found[0].metadata) == {"document", "section", "anchor", "page", "score"}
    assert found[0].id == finder.search("停留低怎么办", scope=HERE)[0].key


async def test_it_works_in_an_async_chain_too(finder: Finder) -> None:
    assert (await HandbookRetriever(finder=finder, scope=HERE).ainvoke("发票"))[0].metadata["section"] == "15.2 发票开给谁"


@pytest.mark.parametrize("scope", [None, "handbook", 7])
def test_it_cannot_be_built_without_a_scope(finder: Finder, scope: object) -> None:
    with pytest.raises(ValidationError):
        HandbookRetriever(finder=finder, **({} if scope is None else {"scope": scope}))  # type: ignore[arg-type]


def test_its_scope_cannot_be_widened_later_nor_by_a_call(finder: Finder, filled: Library) -> None:
    theirs = Document("secret", "秘密", Kind.CASE, (Section("1", "1 毛利", (), "七号店的毛利是三十七个点。"),))
    filled.add("merchant-7", theirs)
    retriever = HandbookRetriever(finder=finder, scope=HERE, top_k=50)
    with pytest.raises(ValidationError):
        retriever.scope = frozenset({"merchant-7"})  # type: ignore[misc]
    found = retriever.invoke("七号店的毛利", config={"configurable": {"scope": {"merchant-7"}}})
    assert "secret" not in {document.metadata["document"] for document in found}


class Recorder(FakeListChatModel):
    """Answers with a fixed sentence and keeps what it was asked."""

    asked: list[str] = []

    def _call(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> str:
        self.asked.append(str(messages[0].content))
        return super()._call(messages, *args, **kwargs)  # type: ignore[arg-type]


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    kit.encoder()
    kit.write(tmp_path / "handbook", {"watch.md": WATCH})
    model = Recorder(responses=["先换开场话术 [1]。"])
    names: dict[str, object] = {"model": model}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        code = block.replace('Path("~/.cache/operator-copilot/models").expanduser()', f"Path({str(kit.MODELS)!r})")
        exec(compile(code, str(PAGE), "exec"), names)
    assert capsys.readouterr().out == "先换开场话术 [1]。\n"
    assert "停留低于 30 秒时，先换开场话术" in model.asked[0] and "问题：停留低怎么办" in model.asked[0]
    library = names["library"]
    assert isinstance(library, Library)
    library.close()
