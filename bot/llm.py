"""The chat model, through LangChain; nothing else in bot/ imports LangChain.

Retrieval has happened already: the chain is prompt, model, parser, and no tool call decides anything. What comes back is text to
be checked by the flow, never an instruction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog

from bot.errors import ModelError
from knowledge.types import Passage

log = structlog.get_logger(__name__)

PROMPT = Path(__file__).parent / "prompts" / "answer.md"
TIMEOUT = 30.0
"""Seconds; an operator in a live session does not wait longer, and gets the handbook's own text instead."""
LONGEST = 60.0
"""Seconds for the whole answer: while words trickle in, no single wait is ever too long."""
PASSAGE = 1200


class LangChainModel:
    """Any model that `init_chat_model` knows (``provider:model``), or an OpenAI-compatible endpoint at `base_url`."""

    def __init__(self, name: str, *, base_url: str | None = None, api_key: str | None = None) -> None:
        import openai
        from langchain.chat_models import init_chat_model
        from langchain_core.output_parsers import StrOutputParser
        from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

        self.name = name
        options: dict[str, Any] = {"temperature": 0, "timeout": TIMEOUT, "max_retries": 1}
        if base_url:
            # An endpoint of one's own speaks OpenAI's protocol; many ignore the key, none may be given somebody else's.
            options |= {"base_url": base_url, "api_key": api_key or "none", "model_provider": "openai"}
        elif api_key:
            options["api_key"] = api_key
        try:
            model = init_chat_model(name, **options)
        except (ImportError, ValueError, openai.OpenAIError) as error:
            advice = "请检查 COPILOT_CHAT_MODEL 的写法和 COPILOT_CHAT_MODEL_KEY。"
            raise ModelError(f"语言模型 {name} 用不了（{type(error).__name__}）。{advice}") from error
        prompt = ChatPromptTemplate.from_messages(
            [("system", PROMPT.read_text(encoding="utf-8")), MessagesPlaceholder("history"), ("human", "{question}")]
        )
        self._chain = prompt | model | StrOutputParser()

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        """Markdown with `[n]` behind every sentence. Raises ModelError when the model cannot be reached in time.

        With `heard` the answer is streamed, and it is told all that is written so far with each piece.
        """
        from langchain_core.messages import HumanMessage

        numbered = "\n\n".join(f"[{n}] {p.heading}\n{p.text[:PASSAGE]}" for n, p in enumerate(passages, 1))
        earlier = [HumanMessage(turn) for turn in history]
        import httpx
        import openai

        asked = {"passages": numbered, "history": earlier, "question": question}
        try:
            async with asyncio.timeout(LONGEST):
                return await self._streamed(asked, heard) if heard else str(await self._chain.ainvoke(asked))
        except (httpx.HTTPError, openai.OpenAIError, TimeoutError, ValueError, TypeError, AttributeError, LookupError) as error:
            # The last three are how the client stumbles over a reply that is not of the protocol's shape.
            log.warning("model.failed", model=self.name, error=type(error).__name__)
            raise ModelError(f"语言模型 {self.name} 没有回答（{type(error).__name__}）。") from error

    async def _streamed(self, asked: dict[str, Any], heard: Callable[[str], None]) -> str:
        written = ""
        try:
            async for piece in self._chain.astream(asked):
                written += str(piece)
                heard(written)
        except ValueError:
            if written:
                raise
            # Some endpoints take no notice of `stream`, and their one-piece reply passes for an empty stream.
            log.info("model.does_not_stream", model=self.name)
            return str(await self._chain.ainvoke(asked))
        return written
