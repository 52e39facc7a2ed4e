"""Why a figure moves in the session that runs: what it does now, the funnel, the rules, and the section that says what to do.

Only where a session runs, and only of that session; every other question is left to `answers`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.access import Viewer
from bot.domain.answers import Answer, Verdict
from bot.domain.lookout import Lookout, watched_of
from bot.domain.metrics import Metric
from bot.domain.order_rows import order_of
from bot.domain.present import METRIC_OF, Present, present, remedy
from bot.domain.session_state import read_state
from bot.domain.sessions import LiveSession
from bot.errors import ModelError, NotFound
from bot.flows.access import Actor
from bot.flows.answers import Answers, cite, marked
from bot.flows.grounding import unsupported
from bot.flows.ports import ChatModel
from bot.flows.reference import Reference
from bot.flows.tips import TipDesk
from bot.flows.words import say
from bot.storage.samples import Samples
from knowledge.lexical import fold
from knowledge.question import seeks_cause
from knowledge.types import Kind, Passage

BLIND_SECTION = "12.39"
"""The handbook's section about figures that stop."""
CITED = 3
RULES = 4
"""Rules that are named."""
BLIND_AFTER = timedelta(minutes=3)
"""So long without a sample there is nothing to say about now, whatever the feed's usual step."""
PAST = timedelta(hours=1)

_MOVES = re.compile(
    r"掉|跌|下滑|下降|降了|变低|变差|低了|少了|走低|不动|上不去|涨|升了|高了|多了|为什么|为啥|怎么回事|怎么了|咋|什么原因|什么情况"
    r"|\b(?:why|drop(?:s|ped|ping)?|f[ae]ll(?:s|en|ing)?|down|ris(?:es|en|ing)|rose|up|what happened|going on)\b"
)
_GENERAL = re.compile(
    r"是什么意思|什么叫|怎么算|怎么定义|公式|标准是|多少算|一般|通常|正常范围|如果|假如|昨天|前天|上一?场|上周|上个月|去年|平均水平"
    r"|\b(?:what is|what does|how (?:is|to)|in general|usually|yesterday|last (?:session|week|month))\b"
)
_LOOSE: Mapping[str, tuple[str, ...]] = {
    "clk_pay_rate": ("转化", "conversion"),
    "gmv_5m": ("成交", "出单", "卖不动", "sales"),
    "enter_5m": ("进人", "流量", "traffic"),
    "online_now": ("在线", "人气", "viewers"),
    "avg_watch_sec": ("停留", "watch time"),
}
"""What people say of a figure on the floor, where no metric's own name stands."""

View = Callable[[Present, LiveSession, Mapping[str, int], Reference, datetime, str], str]
"""The answer in Markdown; the mapping gives each cited section's number."""


@dataclass(frozen=True, slots=True)
class PresentDesk:
    """Questions about right now. `view` words what was found."""

    tips: TipDesk
    samples: Samples
    view: View

    async def ask(self, actor: Actor, viewer: Viewer, question: str, answers: Answers) -> Answer | None:
        """The answer, from sections and by the model that `answers` has.

        None where the question is not about right now, or no session runs that is the asker's business here.
        """
        metric = asked_about(question, self.tips.news.books.handbook())
        if metric is None:
            return None
        try:
            session = await self.tips.running(actor, viewer.scope, viewer.chat, viewer.topic, private=viewer.private)
        except NotFound:
            return None
        if viewer.private and session.operator != actor.person:
            return None
        found, reference = await self.found(session, metric, viewer)
        passages = await _sections(found, reference, viewer, answers)
        numbers = {passage.anchor: number for number, passage in enumerate(passages, 1)}
        text = self.view(found, session, numbers, reference, self.tips.news.now(), viewer.language)
        written, notice = await _written(answers.model, question, text, passages, viewer.language)
        citations = tuple(cite(passage) for passage in passages)
        return Answer(question, Verdict.ANSWERED, written, citations, notice=notice, about=frozenset(session.collections))

    async def nowhere(self, actor: Actor, viewer: Viewer, question: str) -> str | None:
        """Why a question for the cause of a move cannot be answered from figures here, as the name of a sentence.

        None for any other question, and where `ask` answers: what is general must not be read as a finding.
        """
        if asked_about(question, self.tips.news.books.handbook()) is None or not seeks_cause(question):
            return None
        try:
            session = await self.tips.running(actor, viewer.scope, viewer.chat, viewer.topic, private=viewer.private)
        except NotFound as error:
            return str(error) if viewer.private else "no_live_session_here"
        return "no_live_session_of_yours" if viewer.private and session.operator != actor.person else None

    async def found(self, session: LiveSession, metric: Metric, viewer: Viewer) -> tuple[Present, Reference]:
        """What the session is like now, and the rules that it is watched by."""
        books, now = self.tips.news.books, self.tips.news.now()
        reference = await books.of(session)
        samples = await self.samples.between(session.id, session.go_live, now + timedelta(seconds=1), scope=viewer.scope)
        rows = [(one.at.timestamp(), one.values) for one in samples]
        last = samples[-1].at if samples else session.go_live
        since = last.timestamp() if now - last > BLIND_AFTER else None
        lookout = await self._lookout(session, [row for row in rows if row[0] >= (now - PAST).timestamp()], viewer)
        looks = lookout.looks(session.id) if lookout and since is None else []
        found = await asyncio.to_thread(
            present, metric, reference.metrics, rows, session.go_live.timestamp(), now.timestamp(), looks, since
        )
        return replace(found, rules=found.rules[:RULES]), reference

    async def _lookout(
        self, session: LiveSession, rows: Sequence[tuple[float, Mapping[str, float]]], viewer: Viewer
    ) -> Lookout | None:
        """The session as it is watched, from its rows: nothing that is decided live is touched."""
        book = await self.tips.news.books.book(session)
        if book is None or not rows:
            return None
        kept = await self.tips.news.nudges.watch(session.id)
        order = order_of(await self.tips.news.board.sessions.running_order(session.id, scope=viewer.scope))
        pasts = await self.tips.desk.pasts.before(session, scope=viewer.scope)
        lookout = Lookout(book[1])
        lookout.join(watched_of(session, order, pasts, book[0].peers), read_state(kept[0]) if kept else None)
        await asyncio.to_thread(lookout.remember, {session.id: rows})
        return lookout


def asked_about(question: str, reference: Reference) -> Metric | None:
    """The metric whose present a question is about; None where it asks for no move or names none."""
    said = fold(question)
    if not _MOVES.search(said) or _GENERAL.search(said):
        return None
    named = [(len(word), metric) for metric in reference.metrics for word in _words(metric, reference) if word in said]
    if named:
        return max(named, key=lambda one: one[0])[1]
    loose = (id for id, words in _LOOSE.items() if any(word in said for word in words))
    return next((found for id in loose if (found := reference.metric(id)) is not None), None)


def _words(metric: Metric, reference: Reference) -> list[str]:
    names = (metric.name, *metric.also, *reference.synonyms.get(metric.id, ()))
    return [word for word in map(fold, names) if len(word) > 1]


def _anchors(found: Present, reference: Reference) -> list[str]:
    if found.since is not None:
        return [BLIND_SECTION]
    metrics = {one.id: one for one in reference.metrics}
    steps = [metrics[METRIC_OF[step]].low_section for step in found.likely if METRIC_OF[step] in metrics]
    true = [one.rule.section for one in found.rules if not one.near]
    near = [one.rule.section for one in found.rules if one.near]
    helps = remedy(found, metrics, reference.rules)
    does = [helps.section] if helps else []
    return [one for one in dict.fromkeys([*steps[:1], *does, *true, found.metric.low_section, *near]) if one]


def _facts(text: str, language: str) -> Passage:
    """The facts as one more passage for a model: data, with a number of its own that is taken out afterwards."""
    heading = "Live figures" if language == "en" else "本场实时数据"
    plain = re.sub(r"\[\d+\]|\*\*", "", text)
    return Passage("", "", "", heading, Kind.HANDBOOK, heading, (), "", None, plain, language, 1.0)


async def _sections(found: Present, reference: Reference, viewer: Viewer, answers: Answers) -> list[Passage]:
    """The sections that say what to do, the likeliest cause's first."""
    knowledge, scope = answers.knowledge, viewer.scope.collections
    passages: list[Passage] = []
    for anchor in _anchors(found, reference):
        key = await knowledge.anchored(anchor, scope=scope)
        section = await knowledge.section(key, scope=scope) if key else None
        if section is not None and len(passages) < CITED:
            passages.append(section)
    return passages


async def _written(
    model: ChatModel | None, question: str, text: str, passages: Sequence[Passage], language: str
) -> tuple[str, str]:
    """What a model writes from the facts and the sections, if all of it stands in them; else the facts as they are."""
    if model is None:
        return text, ""
    facts = _facts(text, language)
    given = [*passages, facts]
    try:
        written = await model.write(question, given)
    except ModelError:
        return text, say("model_unreachable", language)
    if unsupported(written, [one.text for one in given]):
        return text, say("model_unfaithful", language)
    written = written.replace(f"[{len(given)}]", "")
    return marked(written, tuple(cite(one) for one in passages), language), ""
