"""The message to the leads about content that cannot be read."""

from __future__ import annotations

from bot.channels.session_lines import short
from bot.channels.words import Phrase
from bot.domain.messages import Message, text
from bot.flows.broken import Broken

LISTED = 10
WIDTH = 160
KEPT = Phrase(
    "⚠️ 指标、规则或清单改出了错，现在继续用改之前的。请改好下面几处并保存：",
    "⚠️ The metrics, rules or checklists were changed and have errors; the version before is still used. Please mend and save:",
)
NOT_KEPT = Phrase(
    "⚠️ 指标、规则或清单里有错，错的几条没有读进来。请改好下面几处并保存：",
    "⚠️ The metrics, rules or checklists have errors; what is wrong was left out. Please mend and save:",
)
REST = Phrase("…还有 {count} 处，运行 copilot check 看全部。", "… {count} more; copilot check lists them all.")


def broken(found: Broken, language: str) -> Message:
    """File, line and what is wrong, the first few."""
    head = (KEPT if found.kept else NOT_KEPT).to(language)
    rest = len(found.lines) - LISTED
    lines = [head, *(f"• {short(line, WIDTH)}" for line in found.lines[:LISTED])]
    return text("\n".join([*lines, *([REST.to(language, count=rest)] if rest > 0 else [])]))
