"""What comes of the figures of many sessions: for each rule whose condition holds, the stages of `deciding`, and what joins them.

What every session needs (what holds, what is over) is computed for all at once over arrays; only where a condition holds does a
rule go through the stages. Knows nothing about rows and feeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.baselines import Baselines
from bot.domain.board import Board
from bot.domain.deciding import Told, budget, decide, is_joined, joined, weightiest, withheld
from bot.domain.decisions import Decision, Evidence, Look, Reason, Source, Stage, Threshold
from bot.domain.evidence_of import evidence
from bot.domain.headlines import Headline
from bot.domain.learning import may_withhold
from bot.domain.nudges import Rule, Severity
from bot.domain.oddities import ANOMALY, QUIET, Odd, Oddities, called, rule_of
from bot.domain.rulebook import Prepared, Rulebook, bases, silencers
from bot.domain.seats import Seat
from bot.domain.session_state import SessionState


class Verdicts:
    """Which rules hold and stand in which of the `sessions` columns. `board` and `past` are those that the figures come from."""

    def __init__(self, book: Rulebook, sessions: int, board: Board, past: Baselines) -> None:
        self._book = book
        self._board = board
        self._past = past
        count = len(book.rules)
        self._held = np.zeros((count, sessions), dtype=np.int32)
        self._calm = np.zeros((count, sessions), dtype=np.int32)
        self._standing = np.zeros((count, sessions), dtype=np.bool_)
        self._holds = np.array([[prepared.rule.hold] for prepared in book.rules], dtype=np.int32)
        self._numbers = {prepared.rule.id: number for number, prepared in enumerate(book.rules)}
        self._silencers = silencers(book.rules)
        self._found: Sequence[Any] = ()
        self._oddities: dict[int, Oddities] = {}
        names = {figure.id: figure.name for figure in book.known}
        self._odd_rules = {metric: rule_of(metric, called(metric, names[metric])) for metric in book.heads}
        self._reads = {metric: frozenset((metric, *bases((metric,), book.formulas))) for metric in book.heads}

    def forget(self, column: int) -> None:
        """Make room for another session."""
        self._held[:, column] = self._calm[:, column] = 0
        self._standing[:, column] = False
        self._oddities.pop(column, None)

    def standing(self, column: int) -> tuple[str, ...]:
        """The rules of which a tip is not over, and the figures that were told of without one, as ``anomaly:online_now``."""
        stands = self._standing[:, column].tolist()
        odd = self._oddities[column].standing if column in self._oddities else ()
        named = tuple(one.rule.id for one, stood in zip(self._book.rules, stands, strict=True) if stood)
        return (*named, *(f"{ANOMALY}:{metric}" for metric in odd))

    def counts(self, column: int) -> tuple[dict[str, int], dict[str, int]]:
        """For how many samples each rule's tip has been calm, and for how many its condition has held."""
        names = [prepared.rule.id for prepared in self._book.rules]
        calm, held = (
            {name: count for name, count in zip(names, rows[:, column].tolist(), strict=True) if count}
            for rows in (self._calm, self._held)
        )
        return calm, held

    def resume(self, seat: Seat, state: SessionState) -> None:
        """Go on with a session that was kept; rules that are gone from the handbook are forgotten."""
        numbers, column = self._numbers, seat.column
        seat.said, seat.muted = dict(state.said), dict(state.muted)
        told = {name: self._book.rules[number].rule for name, number in numbers.items()}
        told |= {ANOMALY: next(iter(self._odd_rules.values()))} if self._odd_rules else {}
        seat.told = [Told(at, told[name]) for at, name in state.told if name in told]
        for name in state.standing:
            head, _, metric = name.partition(":")
            if name in numbers:
                self._standing[numbers[name], column] = True
            elif head == ANOMALY and metric in self._odd_rules:
                self._oddities.setdefault(column, Oddities()).tell(metric)
        for kept, counts in ((state.calm, self._calm), (state.held, self._held)):
            for name, count in kept.items():
                if name in numbers:
                    counts[numbers[name], column] = count

    def grow(self, more: int) -> None:
        """Make room for so many more sessions."""
        self._held, self._calm, self._standing = (
            np.concatenate([one, np.zeros((len(one), more), dtype=one.dtype)], axis=1)
            for one in (self._held, self._calm, self._standing)
        )

    def decide(self, seats: Sequence[Seat], found: Sequence[Any]) -> Iterator[tuple[int, Decision]]:
        """All that is in `found`, which is in the order of these sessions, at once; one by one what was not said."""
        rules = self._book.rules
        if not rules:
            return
        self._found = found
        columns = np.array([seat.column for seat in seats], dtype=np.intp)
        true = np.stack([found[prepared.when][0] for prepared in rules])
        over = np.stack([_over(prepared, found) for prepared in rules])
        standing, calm = self._standing[:, columns], self._calm[:, columns]
        calm = np.where(standing & over, calm + 1, 0)
        standing &= calm < self._holds
        self._standing[:, columns], self._calm[:, columns] = standing, calm
        self._held[:, columns] = np.where(true, self._held[:, columns], 0)
        where = np.argwhere(true.T & ~standing.T)
        by_session: dict[int, list[int]] = {}
        for place, number in where.tolist():
            by_session.setdefault(place, []).append(number)
        for place, numbers in by_session.items():
            for decision in self._session(seats[place], numbers):
                yield seats[place].column, decision

    def looks(self, seat: Seat, found: Sequence[Any]) -> list[Look]:
        """Every rule as it is now, for whoever asks; looking changes nothing."""
        self._found = found
        held = self._held[:, seat.column].copy()
        looks = [self._look(seat, prepared) for prepared in self._book.rules]
        self._held[:, seat.column] = held
        return [replace(look, held=int(count)) for look, count in zip(looks, held, strict=True)]

    def odd(self, seat: Seat, found: Sequence[Any], *, live: bool) -> list[Odd]:
        """Once a minute: the session's headline figures that are not as they were; those for which people were told are not."""
        self._found = found
        values = {metric: known(found[place][seat.place]) for metric, place in self._book.heads.items()}
        return self._oddities.setdefault(seat.column, Oddities()).minute(seat, seat.clock, values, live=live) if values else []

    def decide_odd(self, seat: Seat, odds: Sequence[Odd]) -> Iterator[Decision]:
        """What comes of odd figures that no rule names: through the same stages, after the rules have spoken."""
        now = seat.clock
        if not odds:
            seat.silent.pop(ANOMALY, None)
        for odd in sorted(odds, key=lambda one: -one.held):
            rule = self._odd_rules[odd.metric]
            look = self._odd_look(seat, odd, rule)
            reason = decide(look) or joined(look, seat.told) or budget(look, seat.told, seat.watched.budget)
            values, limits = {odd.metric: round(odd.now, 6)}, {"usual": Threshold(odd.usual, Source.SESSION, odd.usual)}
            if reason is None:
                seat.tell(Told(now, rule))
                seat.said[ANOMALY] = now
                self._oddities[seat.column].tell(odd.metric, odd.usual)
                yield Decision(rule, now, None, values, limits)
            elif (key := f"{odd.metric}:{reason.stage}:{reason.key}") != seat.silent.get(ANOMALY, ("", 0))[0]:
                seat.silent[ANOMALY] = (key, seat.rows)
                yield Decision(rule, now, replace(reason, values={**reason.values, "figure": odd.metric}), values, limits)

    def _odd_look(self, seat: Seat, odd: Odd, rule: Rule) -> Look:
        blind, now = seat.feed.blind, seat.clock
        return Look(
            rule=rule, now=now, began=seat.began, samples=seat.run, holds=True, evidence=Evidence(True), held=odd.held,
            phase=seat.phase(now), planned=seat.planned(now), blind_since=blind.begin if blind else None,
            silenced_by=self._explained_by(seat, odd.metric, now), muted_until=seat.muted.get(ANOMALY),
            said=seat.said.get(ANOMALY),
        )  # fmt: skip

    def _explained_by(self, seat: Seat, metric: str, now: float) -> tuple[str, ...]:
        """Rules that read the figure and hold, stand or have just spoken, and urgent ones of any figure that have just spoken."""
        column, found = seat.column, []
        for number, prepared in enumerate(self._book.rules):
            rule = prepared.rule
            spoke = now - seat.said.get(rule.id, -np.inf) <= QUIET
            reads = bool(self._reads[metric] & (prepared.bases | rule.needs))
            its_figure = reads and (spoke or self._standing[number, column] or self._found[prepared.when][0][seat.place])
            if its_figure or (spoke and rule.severity in (Severity.HIGH, Severity.CRITICAL)):
                found.append(rule.id)
        return tuple(found)

    def _session(self, seat: Seat, numbers: Sequence[int]) -> Iterator[Decision]:
        """The stages of one session's rules, then what joins them; silent ones are given when their reason is new."""
        looks = [self._look(seat, self._book.rules[number]) for number in numbers]
        passed: list[Look] = []
        for look in looks:
            reason = decide(look)
            if reason is None:
                passed.append(look)
            elif self._is_news(seat, look.rule, reason):
                yield self._decision(seat, look, reason)
        sending: list[Look] = []
        for look in weightiest(passed):
            reason = self._inhibited_now(look, sending) or joined(look, seat.told) or budget(look, seat.told, seat.watched.budget)
            if reason is None and (kept := withheld(look, seat.watched.draw)):
                # Nobody is told, and everything else is as if somebody had been: what comes of it is compared.
                self._stand(seat, look.rule)
                yield self._decision(seat, look, kept)
            elif reason is None:
                sending.append(look)
                together = tuple(one.rule for one in passed if is_joined(one.rule, look.rule))
                seat.tell(Told(look.now, look.rule))
                for rule in (look.rule, *together):
                    self._stand(seat, rule)
                yield self._decision(seat, look, None, together)
            elif self._is_news(seat, look.rule, reason):
                yield self._decision(seat, look, reason)

    def _look(self, seat: Seat, prepared: Prepared) -> Look:
        number, column, now = self._numbers[prepared.rule.id], seat.column, seat.clock
        holds = self._truth(prepared, seat)
        found = evidence(prepared, self._found, self._past, seat)
        self._held[number, column] = self._held[number, column] + 1 if holds and found.carries else 0
        blind = seat.feed.blind
        return Look(
            rule=prepared.rule, now=now, began=seat.began, samples=seat.samples(prepared.bases), holds=holds, evidence=found,
            held=int(self._held[number, column]), phase=seat.phase(now), planned=seat.planned(now),
            blind_since=blind.begin if blind else None, missing=self._missing(prepared, seat) if holds is None else (),
            silenced_by=self._silenced_by(seat, number, now), muted_until=seat.muted.get(prepared.rule.id),
            said=seat.said.get(prepared.rule.id), standing=bool(self._standing[number, column]),
            acting=seat.watched.acting.get(prepared.rule.id, 1.0),
        )  # fmt: skip

    def _truth(self, prepared: Prepared, seat: Seat) -> bool | None:
        holds, fails = self._found[prepared.when]
        return True if holds[seat.place] else False if fails[seat.place] else None

    def _missing(self, prepared: Prepared, seat: Seat) -> tuple[str, ...]:
        """What is unknown of what a rule reads, with the limits that have no figure."""
        figures = [name for name, place in prepared.needs.items() if np.isnan(self._found[place][seat.place])]
        limits = [f"{prepared.rule.id}.{name}" for name in prepared.rule.limits]
        return (*figures, *(name for name in limits if np.isnan(self._board.fixed[name][seat.column])))

    def _silenced_by(self, seat: Seat, number: int, now: float) -> tuple[str, ...]:
        """Rules whose tip stands, was told not longer ago than their cooldown, and explains this one."""
        return tuple(
            rule.id
            for other, rule in self._silencers.get(number, ())
            if self._standing[other, seat.column] and now - seat.said.get(rule.id, -np.inf) <= rule.cooldown
        )

    def _inhibited_now(self, look: Look, sending: Sequence[Look]) -> Reason | None:
        by = tuple(one.rule.id for one in sending if look.rule.id in one.rule.inhibits)
        return Reason(Stage.INHIBITED, "inhibited", {"rules": by}) if by else None

    def _stand(self, seat: Seat, rule: Rule) -> None:
        """A rule that was told, by itself or in another's tip, is not told again before it was over."""
        number = self._numbers[rule.id]
        self._standing[number, seat.column] = True
        self._calm[number, seat.column] = 0
        seat.said[rule.id] = seat.clock
        seat.silent.pop(rule.id, None)

    def _is_news(self, seat: Seat, rule: Rule, reason: Reason) -> bool:
        """Whether the rule's last row had another reason; what repeats every few seconds is one decision."""
        key, last = seat.silent.get(rule.id, ("", -2))
        seat.silent[rule.id] = (f"{reason.stage}:{reason.key}", seat.rows)
        return last + 1 < seat.rows or key != f"{reason.stage}:{reason.key}"

    def _decision(self, seat: Seat, look: Look, reason: Reason | None, together: tuple[Rule, ...] = ()) -> Decision:
        """A look and what came of it, with the figures that it was about."""
        prepared = self._book.rules[self._numbers[look.rule.id]]
        values = {name: known(self._found[place][seat.place]) for name, place in prepared.needs.items()}
        thresholds, confidence = _thresholds(look.rule, seat.thresholds), round(look.evidence.confidence, 3)
        passed = reason is None or reason.stage is Stage.WITHHELD
        drawn = passed and seat.watched.draw is not None and may_withhold(look.rule)
        headline, figure = self._led(prepared, seat)
        return Decision(look.rule, look.now, reason, values, thresholds, confidence, together, drawn, headline, figure)

    def _led(self, prepared: Prepared, seat: Seat) -> tuple[Headline | None, float | None]:
        """What a tip leads with: of the parts of its condition the first that holds."""
        found = [(one, place) for one, place, when in prepared.heads if self._found[when][0][seat.place]]
        found = found or [(one, place) for one, place, _ in prepared.heads]
        return (found[0][0], known(self._found[found[0][1]][seat.place])) if found else (None, None)


def _over(prepared: Prepared, found: Sequence[Any]) -> NDArray[np.bool_]:
    """Where the sign is over: what the rule says, otherwise that its condition does not hold."""
    over: NDArray[np.bool_] = found[prepared.when][1] if prepared.recovered is None else found[prepared.recovered][0]
    return over


def _thresholds(rule: Rule, limits: Mapping[str, Threshold]) -> dict[str, Threshold]:
    found = ((name, limits.get(f"{rule.id}.{name}")) for name in rule.limits)
    return {name: one for name, one in found if one is not None}


def known(value: float) -> float | None:
    """A figure as it is told; None for one that is unknown."""
    return None if np.isnan(value) else round(float(value), 6)
