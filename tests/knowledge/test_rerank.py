"""The optional cross-encoder."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from knowledge.errors import ModelUnavailable
from knowledge.find import Finder
from knowledge.library import Library
from knowledge.rerank import CrossEncoderReranker
from tests.knowledge import kit, tiny

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    return CrossEncoderReranker(str(tiny.cross_encoder(tmp_path_factory.mktemp("cross"))))


def test_one_score_a_text_the_same_every_time(reranker: CrossEncoderReranker) -> None:
    texts = ["停留低", "发票", ""]
    assert len(reranker.scores("停留低怎么办", texts)) == 3
    assert reranker.scores("停留低怎么办", texts) == pytest.approx(reranker.scores("停留低怎么办", texts))


@pytest.mark.parametrize("text", ["\0", "停" * 100_000, "\ufdfa" * 10_000, "\u200b", ""])
@pytest.mark.timeout(10)
def test_hostile_text_is_scored(reranker: CrossEncoderReranker, text: str) -> None:
    assert len(reranker.scores(text, [text, "停留"])) == 2


def test_its_order_is_the_order_of_the_passages(reranker: CrossEncoderReranker, filled: Library) -> None:
    found = Finder(filled, reranker=reranker).search("停留低怎么办", scope={"handbook"}, top_k=2)
    scores = reranker.scores("停留低怎么办", [f"{p.heading}\n{p.text}" for p in found])
    assert scores == sorted(scores, reverse=True)


def test_one_that_cannot_be_had_is_said_in_one_sentence_and_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable, match="COPILOT_RERANKER") as caught:
        CrossEncoderReranker(str(tmp_path / "nowhere"))
    assert time.monotonic() - begun < 10 and "\n" not in str(caught.value)


def test_a_folder_that_holds_no_model_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="COPILOT_RERANKER") as caught:
        CrossEncoderReranker(str(tmp_path))
    assert "\n" not in str(caught.value) and kit.BUILT_IN not in str(caught.value)
