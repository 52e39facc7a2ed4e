"""The lines that messages about tips are made of: where, what turned, thresholds, steps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bot.channels import tip_words as words
from bot.channels.figures import between, figure, growth, length, moved, percent, points
from bot.channels.session_lines import NAME, short
from bot.channels.session_words import near, post
from bot.domain.headlines import Headline
from bot.domain.nudges import Rule, Step, Within
from bot.domain.oddities import ANOMALY
from bot.domain.sessions import LiveSession
from bot.domain.tips import Bar, Basis, Figure, Quoted, Tip, Turn, Usual

RULE, METRIC, ADVICE, SOURCE = 28, 26, 120, 80
"""Columns of a rule's name, a figure's, a step, a threshold's source; a Chinese character takes two."""
STEPS = 8
"""Steps of a tip that fit on a phone's screen with the lines around them."""
FIGURES = 3
_ORDER = {within: place for place, within in enumerate(Within)}


def where(session: LiveSession, merchant: str) -> str:
    """The merchant and the host."""
    return words.DOT.join(filter(None, (short(merchant, NAME), short(session.host, NAME))))


def clock(session: LiveSession, moment: datetime, now: datetime, language: str) -> str:
    """A moment in the session's own zone."""
    return near(moment.astimezone(session.local_zone), now, language)


def lasted(since: datetime, until: datetime, language: str) -> str:
    """How long something took that stands between two clock times, or beside one: so many minutes as their clocks differ.

    A clock shows 20:03 up to 20:03:59; a length that is rounded by itself would say 3 minutes from there to 20:07.
    """
    if until - since < timedelta(minutes=1):
        return length(until - since, language)
    minutes = int(until.timestamp() // 60) - int(since.timestamp() // 60)
    return length(timedelta(minutes=minutes), language)


def name(named: Turn | Figure | Bar, language: str) -> str:
    """What a figure is called, without the remark in brackets: a line is short."""
    said = named.english or named.name if language == "en" else named.name
    return short(said.partition("（")[0], METRIC)


def title(turn: Turn, language: str) -> str:
    """What is compared is called: the figure, of which minutes it is, or what it is a share of."""
    if whole := (turn.whole[1] or turn.whole[0]) if language == "en" else turn.whole[0]:
        return words.SHARE.to(language, part=name(turn, language), whole=short(whole.partition("（")[0], METRIC))
    if turn.window is None:
        return name(turn, language)
    phrase = words.AVERAGED if turn.averaged else words.LATELY
    return name(turn, language) + phrase.to(language, span=length(turn.window, language))


def led(headline: Headline, value: float | None, names: Mapping[str, str], units: Mapping[str, str], language: str) -> str:
    """What a tip leads with, of which only the value is known: 商品曝光人数占累计观看人数 48%. `names` and `units` are by id."""
    unit = "%" if headline.whole else units.get(headline.of, "")
    whole = (names.get(headline.whole, headline.whole),) * 2
    window = timedelta(seconds=headline.window) if headline.window else None
    called = names.get(headline.of, headline.of)
    turn = Turn(called, called, unit, None, value, window=window, averaged=headline.averaged, whole=(whole[0], whole[1]))
    return words.TURN.to(language, name=title(turn, language), values=figure(value, unit, language))


def bar_name(bar: Bar, tip: Tip, language: str) -> str:
    """What a threshold is of, as the headline calls it where it is about the same."""
    turn = tip.turn
    return title(turn, language) if turn and turn.whole[0] and bar.name == turn.name else name(bar, language)


def turned(turn: Turn, language: str) -> str:
    """E.g. 实时在线人数 200 → 160 人（5 分钟 ↓20%）."""
    values = (turn.now,) if turn.before is None else (turn.before, turn.now)
    said = words.TURN.to(language, name=title(turn, language), values=moved(values, turn.unit, language))
    if turn.change is None:
        return said
    change = points(turn.change, language) if turn.unit == "%" else growth(turn.change)
    if turn.span is None:
        return said + words.GROWN_BARE.to(language, change=change)
    return said + words.GROWN.to(language, change=change, span=length(turn.span, language))


def bar_value(bar: Bar, language: str) -> str:
    """The threshold itself: 45 秒, 15%, 1.5 倍."""
    if not bar.ratio:
        return figure(bar.value, bar.unit, language)
    return percent(bar.value) if bar.value < 1 else words.TIMES.to(language, n=round(bar.value, 2))


def basis(bar: Bar, language: str) -> str:
    """Where the threshold comes from, in a few words."""
    with_factor, bare = words.BASES[bar.basis]
    counts = bar.factor is not None and bar.basis is not Basis.DEFAULT
    return with_factor.to(language, factor=bar.factor) if counts else bare.to(language)


def thresholds(tip: Tip, language: str) -> str:
    """All thresholds of a tip on one line; of a breach of law the law. Empty where there is neither."""
    if not tip.bars:
        return words.LAW.to(language, law=short(tip.rule.lawful, SOURCE)) if tip.rule.lawful else ""
    if len(tip.bars) == 1 and (tip.turn is None or tip.turn.name == tip.bars[0].name):
        bar = tip.bars[0]
        return words.BAR.to(language, value=bar_value(bar, language), basis=basis(bar, language))
    said = []
    for of, bars in groupby(tip.bars[:FIGURES], key=lambda bar: (bar.name, basis(bar, language))):
        same = list(bars)
        value = words.LIST.to(language).join(bar_value(bar, language) for bar in same)
        said.append(words.BAR_OF.to(language, name=bar_name(same[0], tip, language), value=value, basis=of[1]))
    return words.BARS.to(language, bars=words.LIST.to(language).join(said))


def quoted(tip: Tip, said: Quoted, now: datetime, language: str) -> Iterator[str]:
    """What was said, by whom and when, and which law that is about."""
    time = clock(tip.session, tip.since, now, language)
    heard = words.LIST.to(language).join(f"「{clean(one)}」" for one in said.words[:FIGURES])
    around = words.AROUND.to(language, text=clean(said.around)) if said.around else ""
    yield words.SAID[said.source].to(language, time=time, words=heard) + around
    if said.sounded:
        yield words.SOUNDED.to(language, words=words.LIST.to(language).join(f"「{one}」" for one in said.sounded[:FIGURES]))
    if said.unproven:
        yield words.UNPROVEN.to(language)
    if said.law and not said.again:
        yield words.LAW.to(language, law=short(said.law, SOURCE))


def clean(text: str) -> str:
    """Somebody's words without what would change how the line around them looks."""
    return "".join(char for char in text if char.isprintable())


def usually(usual: Usual, language: str) -> str:
    """E.g. 平时这时候约 510 人（多在 430–600 人，自己近 7 天同时段 4 场）."""
    of = usual.figure
    edges = between(usual.low, usual.high, of.unit, language, "–")
    phrase = words.USUAL_HERE if usual.basis is Basis.SESSION else words.USUAL
    whose = words.WHOSE[usual.basis].to(language, n=usual.sessions)
    return phrase.to(language, value=figure(of.value, of.unit, language), edges=edges, whose=whose)


def figures(found: Sequence[Figure], language: str) -> str:
    """A few named values on one line."""
    said = [f"{name(one, language)} {figure(one.value, one.unit, language)}" for one in found[:FIGURES]]
    return words.LIST.to(language).join(said)


def steps(tip: Tip, language: str, wanted: Sequence[Within] = tuple(Within)) -> Iterator[str]:
    """The advice by how soon it is due, a line each; the deadline stands where it begins."""
    listed = sorted((step for step in tip.rule.steps if step.within in wanted), key=lambda step: _ORDER[step.within])
    for within, due in groupby(listed[:STEPS], key=lambda step: step.within):
        label = words.WITHIN[within].to(language)
        for number, step in enumerate(due):
            yield f"{'▸ ' + label + ' ' if not number else '　· '}{_step(step, tip, language)}"
    if len(listed) > STEPS:
        yield words.MORE_STEPS.to(language, count=len(listed) - STEPS)


def rule_name(rule: Rule) -> str:
    """A rule's name, short enough for a headline."""
    return short(rule.name, RULE)


def numbered(rule: Rule) -> str:
    """The rule with its number, N01 在线掉得快; what stands for one where none spoke has no number."""
    return rule_name(rule) if rule.id == ANOMALY else f"{rule.id} {rule_name(rule)}"


def _step(step: Step, tip: Tip, language: str) -> str:
    who = f"{post(step.who, language)} {short(tip.holders.get(step.who, ''), NAME)}".rstrip()
    return words.STEP.to(language, who=who, do=short(step.do, ADVICE))
