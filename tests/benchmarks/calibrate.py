"""Fits `WEIGHTS` and `BIAS` of knowledge/confidence.py anew and prints the curve: `python -m tests.benchmarks.calibrate DATA`.

What is observed comes from `Finder.find` as it is. Answerable questions are asked where their answer stands; the others are the
unanswerable sets, CMRC questions over the half of the passages that lacks theirs, and questions over foreign handbooks.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from knowledge.confidence import ANSWER_FROM, BIAS, OFF_TOPIC_BELOW, WEIGHTS
from tests.benchmarks import sets
from tests.benchmarks.corpus import Asked
from tests.benchmarks.homes import opened
from tests.benchmarks.plan import OUT

Floats = NDArray[np.float64]
IMPORTANCE = {
    "cmrc+": 0.6, "cmrc-": 0.5, "cmrc@built-in": 0.3, "cmrc@mixed": 0.3, "built-in+": 2.0, "built-in-near": 3.0,
    "built-in-off": 1.5, "built-in@mixed": 0.3, "mixed+": 1.0, "mixed-": 2.0,
}  # fmt: skip
"""What a set counts altogether, however many questions it has: the trade's own questions most, near misses above all."""
THRESHOLDS = (0.005, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
SAMPLE = 300


@dataclass(frozen=True, slots=True)
class Observed:
    """One row a question: its set, whether the handbook it was asked over answers it, its evidence."""

    sets: list[str]
    answerable: NDArray[np.int64]
    evidence: Floats

    @property
    def weights(self) -> Floats:
        """What each row counts, 1 on average."""
        weights = np.array([IMPORTANCE[name] / self.sets.count(name) for name in self.sets])
        return np.asarray(weights * len(weights) / weights.sum())


def observe(data: Path, out: Path) -> Observed:
    """Ask every question of every set; those without any evidence (nothing found) are left out, they are never answered."""
    rows: list[tuple[str, list[float]]] = []
    for name, groups in _asked(data).items():
        with opened(sets.home(data, out, name)) as parts:
            for label, questions in groups.items():
                for asked in questions:
                    evidence = parts.finder.find(asked.text, scope=parts.scope, history=asked.history).confidence.evidence
                    if evidence:
                        rows.append((label, [evidence[key] for key in WEIGHTS]))
    labels = [label for label, _ in rows]
    return Observed(labels, np.array([int(label.endswith("+")) for label in labels]), np.array([values for _, values in rows]))


def _asked(data: Path) -> dict[str, dict[str, Sequence[Asked]]]:
    """By handbook, then by set, what is asked over it."""
    rng = random.Random(1)
    cmrc = rng.sample(sets.passage_questions(data), SAMPLE)
    own, other = ([q for q in cmrc if q.kind == part] for part in "01")
    trade, none = sets.plain(data / "questions-dev.jsonl"), sets.plain(data / "unanswerable-dev.jsonl")
    near, off = ([q for q in none if q.kind == kind] for kind in ("in-domain", "off-topic"))
    mixed, missing = sets.mixed_questions(data), sets.plain(data / "mixed-dev" / "unanswerable.jsonl")
    return {
        "cmrc-0": {"cmrc+": own, "cmrc-": other},
        "cmrc-1": {"cmrc+": other, "cmrc-": own},
        "built-in": {"built-in+": trade, "built-in-near": near, "built-in-off": off, "cmrc@built-in": cmrc[:100]},
        "mixed": {"mixed+": mixed, "mixed-": missing, "built-in@mixed": trade, "cmrc@mixed": cmrc[:100]},
    }


def fit(observed: Observed) -> tuple[dict[str, float], float, Floats]:
    """Weights, bias, and each row's probability by a model that did not see it (five folds)."""
    held_out = np.zeros(len(observed.sets))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(observed.evidence, observed.sets):
        weights, bias = _logistic(observed.evidence[train], observed.answerable[train], observed.weights[train])
        held_out[test] = probability(observed.evidence[test], weights, bias)
    weights, bias = _logistic(observed.evidence, observed.answerable, observed.weights)
    return dict(zip(WEIGHTS, weights.tolist(), strict=True)), bias, held_out


def _logistic(evidence: Floats, answerable: NDArray[np.int64], weights: Floats) -> tuple[Floats, float]:
    """Logistic regression on standardised evidence, its coefficients put back on the evidence as it is."""
    scale = StandardScaler().fit(evidence)
    model = LogisticRegression(max_iter=2000).fit(scale.transform(evidence), answerable, sample_weight=weights)
    slopes = model.coef_[0] / scale.scale_
    return slopes, float(model.intercept_[0] - slopes @ scale.mean_)


def probability(evidence: Floats, weights: Floats, bias: float) -> Floats:
    """The logistic curve."""
    return np.asarray(1 / (1 + np.exp(-bias - evidence @ weights)))


def curve(observed: Observed, probabilities: Floats) -> list[str]:
    """Percent answered of each set at each threshold, as a table."""
    names = [name for name in IMPORTANCE if name in observed.sets]
    lines = [" ".join(["from  ", *(f"{name:>14}" for name in names)])]
    for threshold in THRESHOLDS:
        taken = probabilities >= threshold
        shares = [100 * taken[[label == name for label in observed.sets]].mean() for name in names]
        lines.append(" ".join([f"{threshold:<6}", *(f"{value:>14.1f}" for value in shares)]))
    return lines


def main() -> None:
    """Observe, fit, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.calibrate", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with the development sets")
    parser.add_argument("--out", type=Path, default=OUT, help="where indexes are kept")
    wanted = parser.parse_args()
    observed = observe(wanted.data.resolve(), wanted.out.resolve())
    weights, bias, held_out = fit(observed)
    print("WEIGHTS =", {name: round(value, 2) for name, value in weights.items()})
    print("BIAS =", round(bias, 2))
    shipped = probability(observed.evidence, np.array(list(WEIGHTS.values())), BIAS)
    for name, values in (("fitted now, five folds", held_out), (f"as shipped, {WEIGHTS}, {BIAS}", shipped)):
        area = roc_auc_score(observed.answerable, values, sample_weight=observed.weights)
        print(f"\n{name}: area under the curve {area:.3f}; percent answered")
        print("\n".join(curve(observed, values)))
    print(f"\nshipped operating point: answered from {ANSWER_FROM}, off topic below {OFF_TOPIC_BELOW}")


if __name__ == "__main__":
    main()
