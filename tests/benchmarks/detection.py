"""How well and how fast anomalies are found: labelled series, scored by the judge beside them, and the cost of a value."""

from __future__ import annotations

import csv
import json
import pickle
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.detection import THRESHOLD, Detector
from tests.benchmarks.figures import Figure
from tests.benchmarks.plan import Bench, fresh

UPDATES = 50_000
MOST_US = 20.0
SETS = "nab-dev"
"""The folder of labelled series in `--data`: `data/GROUP/FILE.csv` and `labels/combined_windows.json`."""
JUDGE = Path("bench") / "score_nab.py"
"""The judge, beside the folder that `--data` names; it takes a folder of results and prints JSON."""
LEAST = {"standard": 64.4, "reward_low_FP_rate": 50.4, "reward_low_FN_rate": 71.0}
"""What the detector KNN-CAD reaches on the same series at the best threshold."""


def detect(bench: Bench) -> list[Figure]:
    """Cost of a value always; with labelled series and their judge also the score of each profile."""
    return [*_cost(), *_quality(bench)]


def _cost() -> list[Figure]:
    made = random.Random(1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [(start + timedelta(minutes=n), made.gauss(100, 5)) for n in range(UPDATES)]
    detector = Detector()
    began = time.process_time()
    for moment, value in rows:
        detector.update(moment, value)
    each = (time.process_time() - began) / UPDATES * 1e6
    stored = len(pickle.dumps(detector)) / 1000
    return [
        Figure("detect", "one value of one series", each, "µs", MOST_US, note="processor time"),
        Figure("detect", "values a second", 1e6 / each, "1/s", less_is_better=False),
        Figure("detect", "state of one series, stored", stored, "kB", note=f"after {UPDATES:,} values"),
    ]


def _quality(bench: Bench) -> list[Figure]:
    folder = bench.data / SETS if bench.data else None
    if folder is None or not folder.is_dir():
        return []
    judge = folder.parent.parent / JUDGE
    if not judge.is_file():
        return []
    results = fresh(bench.out / "detect")
    for path in sorted((folder / "data").glob("*/*.csv")):
        _write_scores(path, results / path.parent.name / path.name)
    return [figure for name, found in _judged(judge, folder, results).items() for figure in _figures(name, found)]


def _write_scores(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    detector = Detector()
    with source.open(newline="", encoding="utf-8") as rows, target.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["timestamp", "value", "anomaly_score"])
        for row in csv.DictReader(rows):
            score = detector.update(datetime.fromisoformat(row["timestamp"]), float(row["value"]))
            writer.writerow([row["timestamp"], row["value"], f"{score:.6f}"])


def _judged(judge: Path, folder: Path, results: Path) -> dict[str, Any]:
    where = ["--labels", str(folder / "labels" / "combined_windows.json"), "--data", str(folder / "data")]
    command = [sys.executable, str(judge), str(results), *where, "--threshold", str(THRESHOLD), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _figures(profile: str, found: dict[str, Any]) -> list[Figure]:
    fixed, best = found["fixed"], found["best"]
    seen = f"{fixed['windows_found']} of {fixed['windows']} windows, {fixed['false_alarm_rows']} false alarms"
    shipped, swept = f"{profile} at {THRESHOLD}", f"{profile} at the best threshold"
    return [
        Figure("detect", shipped, fixed["score"], "", LEAST.get(profile), less_is_better=False, note=seen),
        Figure("detect", swept, best["score"], "", less_is_better=False, note=f"it is {best['threshold']:.4f}"),
    ]
