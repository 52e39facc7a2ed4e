"""An optional cross-encoder that reads question and passage together and puts the best candidates in order.

Any model that sentence-transformers loads as a CrossEncoder, by hub id or folder. Needs torch, about 400 MB, and tens to
hundreds of milliseconds a question: it is off unless it is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.errors import ModelUnavailable
from knowledge.hub import check_available

TOKENS = 512
"""A pair is read up to here, or as far as the model goes: longer ones cost more than they tell."""
MAX_CHARACTERS = 1500
"""A pair is cut at the model's 512 tokens anyway."""


class CrossEncoderReranker:
    """Relevance scores of a sentence-transformers CrossEncoder."""

    def __init__(self, name: str) -> None:
        try:
            check_available(name)
        except ModelUnavailable as error:
            raise ModelUnavailable(f"重排模型 {name} 用不了：{error}。请检查 COPILOT_RERANKER，或先留空。") from error
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, device="cpu")
        except (OSError, ValueError, RuntimeError) as error:
            first = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
            raise ModelUnavailable(f"重排模型 {name} 加载不了（{first}）。请检查 COPILOT_RERANKER 和网络，或先留空。") from error
        longest = getattr(self._model.config, "max_position_embeddings", TOKENS)
        self._model.max_seq_length = min(TOKENS, longest, self._model.tokenizer.model_max_length)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance a text, higher is better."""
        pairs = [(question[:MAX_CHARACTERS], text[:MAX_CHARACTERS]) for text in texts]
        return [float(score) for score in self._model.predict(pairs, show_progress_bar=False)]
