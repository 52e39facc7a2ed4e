"""A decision as the row of a tip, and the row as the tip that people see, by the rules and metrics in force. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from bot.domain.decisions import Decision
from bot.domain.expressions.nodes import Name, walk
from bot.domain.headlines import CLOCK, Headline, headlines
from bot.domain.heard import Source
from bot.domain.lookout import Spoken
from bot.domain.metrics import Good, Input, Metric
from bot.domain.nudges import Phase, Planned, Rule
from bot.domain.oddities import ANOMALY, HEADLINES, called, rule_of
from bot.domain.own_rules import is_ours
from bot.domain.parts import happened, heard_as, narrowed
from bot.domain.sessions import LiveSession
from bot.domain.tips import Basis, By, Figure, Quoted, Recovered, Tip, Turn, Usual, Withheld, bars, is_back
from bot.flows.reference import Reference
from bot.storage.nudges import StoredDecision, StoredTip, plain

QUOTED = "quoted"
"""Where a tip's figures hold what was heard."""


def moment(seconds: float) -> datetime:
    """Seconds of the epoch as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def stored_tip(session: LiveSession, spoken: Spoken) -> StoredTip:
    """The row of a tip; deciding the same once more gives the same id."""
    decision = spoken.decision
    name = f"{session.id}\n{decision.rule.id}\n{decision.at!r}"
    figures = {
        "values": dict(decision.values),
        "limits": {key: [one.value, one.source.value] for key, one in decision.thresholds.items()},
        "since": spoken.since, "before": spoken.before, "span": spoken.span,
        "together": [rule.id for rule in decision.together], "confidence": decision.confidence, "usual": _expected(spoken),
        "ours": [key for key in decision.rule.limits if is_ours(decision.rule, key)],
        "head": _head(decision),
    }  # fmt: skip
    id = blake2b(name.encode(), digest_size=6).hexdigest()
    return StoredTip(id, session.id, decision.rule.id, decision.severity, figures, moment(decision.at))


def _head(decision: Decision) -> list[Any] | None:
    one = decision.headline
    return None if one is None else [one.of, one.whole, one.window, one.averaged, decision.figure]


def led_by(stored: StoredTip, rule: Rule) -> tuple[Headline | None, float | None]:
    """What a tip leads with and what that was. In tips from before that was noted it is known of figures as they stand."""
    found, head, values = headlines(rule), stored.figures.get("head"), stored.figures["values"]
    if head is None:
        first = next((one for one in found if not one.window and not one.whole), None)
        return first, values.get(first.of) if first else None
    of, whole, window, averaged, value = head
    like = [one for one in found if (one.of, one.whole, one.window, one.averaged) == (of, whole, window, averaged)]
    return (like[0] if like else None), value


def came_back(stored: StoredTip, rule: Rule) -> bool:
    """Whether the figure of a tip that is over is as it was before it, where the rule compares with earlier."""
    if stored.figures.get("span") is None:
        return True
    return is_back(stored.figures["before"], led_by(stored, rule)[1], stored.recovered_value)


def _expected(spoken: Spoken) -> list[Any] | None:
    one = spoken.usual
    return None if one is None else [one.value, one.low, one.high, one.source.value, one.sessions]


def stored_decision(session: LiveSession, decision: Decision) -> StoredDecision:
    """The row of a decision, told or not."""
    reason = decision.reason
    key, values = (reason.key, plain(reason.values)) if reason else ("", {})
    return StoredDecision(session.id, moment(decision.at), decision.rule.id, decision.stage.value, key, values)


def tip_of(
    stored: StoredTip, session: LiveSession, merchant: str, names: Mapping[str, str], reference: Reference, case: str = ""
) -> Tip | None:
    """The tip as it stands; `names` are those of people, `case` is a case's. None where its rule is in the handbook no more."""
    figures, known = stored.figures, _known(reference)
    rule = rule_told(stored, reference)
    if rule is None:
        return None
    limits = {name: (float(value), _basis(name, source, figures)) for name, (value, source) in figures["limits"].items()}
    together = (reference.rule(one) for one in figures["together"])
    quoted = _quoted(figures)
    headline, led = led_by(stored, rule)
    metric = "" if headline is None or not _is_drawn(headline, reference) else headline.of
    parts = happened(rule, figures["values"], {name: value for name, (value, _) in limits.items()})
    if quoted is None:
        rule = narrowed(rule, parts)
    else:
        rule = heard_as(rule, parts, figures[QUOTED].get("parts", parts), quoted.correction)
    recovered = Recovered(stored.recovered_at, stored.recovered_value) if stored.recovered_at else None
    return Tip(
        stored.id, session, merchant, rule, moment(figures["since"]), stored.decided_at,
        turn=None if quoted or headline is None else _turn(rule, headline, led, figures, known),
        bars=() if quoted else bars(rule, limits, known),
        evidence=() if quoted else tuple(_evidence(headline, figures, known)),
        together=tuple(one for one in together if one is not None),
        holders={post.role: post.name or names.get(post.person, "") for post in session.posts},
        usual=_usual(headline, figures, known), acknowledged=_by(stored.acked_by, stored.acked_at, names),
        muted_until=stored.muted_until, case=case, metric=metric, headline=headline,
        not_useful=_by(stored.useless_by, stored.useless_at, names), recovered=recovered, escalated=stored.escalated_at,
        quoted=quoted,
    )  # fmt: skip


def rule_told(stored: StoredTip, reference: Reference) -> Rule | None:
    """The rule of a tip; None where it is in the handbook no more."""
    return _rule(stored.rule, next(iter(stored.figures["values"]), ""), reference)


def withheld_of(stored: StoredDecision, session: LiveSession, reference: Reference) -> Withheld | None:
    """A decision not to tell, as it is said; None where its rule is in the handbook no more."""
    rule = _rule(stored.rule, str(stored.values.get("figure", "")), reference)
    if rule is None:
        return None
    values = {key: _read(key, value) for key, value in stored.values.items()}
    return Withheld(session, rule, stored.at, stored.stage, stored.reason, values)


def _rule(id: str, figure: str, reference: Reference) -> Rule | None:
    """The rule of a tip or decision; where no rule spoke, what stands for one and tells of `figure`."""
    if id != ANOMALY:
        return reference.rule(id)
    metric = reference.metric(figure)
    return rule_of(figure, called(figure, metric.name)) if metric and figure in HEADLINES else None


def figures_named(names: Iterable[str], reference: Reference) -> tuple[Figure, ...]:
    """Figures of which nothing is known but what they are called."""
    known = _known(reference)
    return tuple(_figure(known[name], None) for name in names if name in known)


def _known(reference: Reference) -> dict[str, Metric | Input]:
    figures: tuple[Metric | Input, ...] = (*reference.metrics, *reference.inputs)
    return {one.id: one for one in figures}


def _quoted(figures: Mapping[str, Any]) -> Quoted | None:
    found = figures.get(QUOTED)
    if found is None:
        return None
    return Quoted(
        tuple(found["words"]),
        found["around"],
        Source(found["source"]),
        found["law"],
        found["correction"],
        tuple(found["sounded"]),
        found["unproven"],
        found.get("again", False),
    )


def _basis(name: str, source: str, figures: Mapping[str, Any]) -> Basis:
    basis = Basis(source)
    return Basis.TEAM if basis is Basis.DEFAULT and name in figures.get("ours", ()) else basis


def _is_drawn(headline: Headline, reference: Reference) -> bool:
    """Whether there is a curve of it: of metrics, not of the plan's figures."""
    names = {one.id for one in walk(headline.node) if isinstance(one, Name)} | {headline.of}
    return all(reference.metric(name) for name in names)


def _turn(
    rule: Rule, headline: Headline, now: float | None, figures: Mapping[str, Any], known: Mapping[str, Metric | Input]
) -> Turn | None:
    of = known.get(headline.of)
    if of is None or now is None:
        return None
    english, good = _in_english(of), of.good if isinstance(of, Metric) else Good.CONTEXT
    span = None if figures["span"] is None else timedelta(seconds=figures["span"])
    said, unit, whole = of.name, of.unit, ("", "")
    if headline.whole:
        unit, whole = "%", (known[headline.whole].name, _in_english(known[headline.whole]))
    if rule.id == ANOMALY:
        said, english = called(headline.of, of.name), called(headline.of, english, "en")
    window = timedelta(seconds=headline.window) if headline.window else None
    return Turn(said, english, unit, figures["before"], now, good, span, window, headline.averaged, whole)


def _in_english(of: Metric | Input) -> str:
    return of.english if isinstance(of, Metric) else ""


def _evidence(
    headline: Headline | None, figures: Mapping[str, Any], known: Mapping[str, Metric | Input]
) -> Iterable[Figure]:  # fmt: skip
    leads = headline.of if headline and not headline.whole else ""
    for name, value in sorted(figures["values"].items()):
        if name in known and name != leads and name not in CLOCK and value is not None:
            yield _figure(known[name], value)


def _figure(of: Metric | Input, value: float | None) -> Figure:
    return Figure.of(of, value) if isinstance(of, Metric) else Figure(of.name, "", of.unit, value)


def _usual(headline: Headline | None, figures: Mapping[str, Any], known: Mapping[str, Metric | Input]) -> Usual | None:
    """What the headline's figure was expected to be; None in tips from before that was noted."""
    of, found = known.get(headline.of) if headline else None, figures.get("usual")
    if of is None or found is None or not (headline and headline.plain):
        return None
    value, low, high, source, sessions = found
    return Usual(_figure(of, value), low, high, Basis(source), sessions)


def _by(person: str, at: datetime | None, names: Mapping[str, str]) -> By | None:
    return None if at is None else By(names.get(person, "") or person, at)


def _read(key: str, value: object) -> object:
    """What JSON has of a reason's value, as the views take it."""
    if key == "phase" and isinstance(value, str):
        return Phase(value)
    if key == "events" and isinstance(value, list):
        return tuple(Planned(str(one)) for one in value)
    return tuple(value) if isinstance(value, list) else value
