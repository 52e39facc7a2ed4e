"""The search as a LangChain retriever, so that anyone can put it into a chain of their own."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.find import Finder


class HandbookRetriever(BaseRetriever):
    """Sections as LangChain documents, best first. The scope is a required field: there is no search across scopes."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    finder: Finder
    scope: frozenset[str]
    top_k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                page_content=passage.text,
                id=passage.key,
                metadata=_metadata(passage.document, passage.heading, passage.anchor, passage.page, passage.score),
            )
            for passage in self.finder.search(query, scope=self.scope, top_k=self.top_k)
        ]


def _metadata(document: str, section: str, anchor: str, page: int | None, score: float) -> dict[str, Any]:
    return {"document": document, "section": section, "anchor": anchor, "page": page, "score": score}
