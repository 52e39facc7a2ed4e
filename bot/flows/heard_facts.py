"""What was heard as the rows of a tip and of a decision. Pure; what people see of the row is in tip_facts.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from bot.domain.decisions import Stage
from bot.domain.heard import How, Source
from bot.domain.remarks import Phrase, Remark
from bot.domain.sessions import LiveSession
from bot.flows.tip_facts import QUOTED, moment
from bot.storage.nudges import StoredDecision, StoredTip, plain


def remark_tip(session: LiveSession, remark: Remark) -> StoredTip:
    """The row of a tip about words; hearing the same once more gives the same id."""
    heard = [mention.heard for mention in remark.mentions]
    quoted: dict[str, Any] = {
        "words": [one.words for one in heard],
        "around": remark.mentions[0].around if len(remark.mentions) == 1 else "",
        "phrases": [phrase.words for phrase in remark.phrases],
        "sounded": [one.pattern for one in heard if one.how is How.HOMOPHONE],
        "source": remark.source.value,
        "law": heard[0].term.article,
        "correction": heard[0].correction,
        "unproven": remark.unproven,
        "again": remark.again,
        "parts": sorted({one.group.input for one in heard}),
    }
    figures = {
        "values": dict(remark.values), "limits": {}, "since": remark.at, "before": None, "span": None, "together": [],
        "confidence": min(one.certainty for one in heard), QUOTED: quoted,
    }  # fmt: skip
    name = "\n".join((session.id, remark.rule.id, repr(remark.at), remark.source.value, *quoted["phrases"]))
    id = blake2b(name.encode(), digest_size=6).hexdigest()
    return StoredTip(id, session.id, remark.rule.id, remark.rule.severity, figures, moment(remark.at))


def remark_decision(session: LiveSession, remark: Remark) -> StoredDecision:
    """The row of the decision, told or not."""
    stage = remark.reason.stage.value if remark.reason else Stage.SENT.value
    key, values = (remark.reason.key, plain(remark.reason.values)) if remark.reason else ("", {})
    return StoredDecision(session.id, moment(remark.at), remark.rule.id, stage, key, values)


def told_of(stored: Iterable[StoredTip]) -> list[Phrase]:
    """The phrases of which people were told in these tips."""
    return [
        Phrase(tip.rule, Source(quoted["source"]), words, tip.figures["since"], quoted["unproven"], _part(quoted))
        for tip in stored
        if (quoted := tip.figures.get(QUOTED))
        for words in quoted["phrases"]
    ]


def _part(quoted: Mapping[str, Any]) -> str:
    """The input that the words count for, where it is one."""
    parts: list[str] = quoted.get("parts", [])
    return parts[0] if len(parts) == 1 else ""
