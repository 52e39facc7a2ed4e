"""The benchmarks' own parts: verdicts, made text, scoring. No figure is taken here."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.read import read_content
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.decisions import Decision, Reason, Stage
from knowledge.split import chunks
from tests.benchmarks.calibrate import THRESHOLDS, Observed, curve, fit
from tests.benchmarks.corpus import Asked, documents, questions, write_handbook, write_sections
from tests.benchmarks.detection import JUDGE, SETS, detect
from tests.benchmarks.figures import Figure, keep, percentile
from tests.benchmarks.homes import borrowed
from tests.benchmarks.plan import Bench
from tests.benchmarks.quality import Outcome, folded
from tests.benchmarks.traces import Delay, delay_of, traces


def test_a_figure_says_whether_its_target_is_met_and_how_it_stands_beside_the_stock_recipe():
    quick = Figure("s", "n", 5.0, "ms", 10.0, stock=20.0)
    weak = Figure("s", "n", 80.0, "%", 90.0, less_is_better=False, stock=40.0)
    assert (quick.met, quick.ratio) == (True, 4.0)
    assert (weak.met, weak.ratio) == (False, 2.0)
    assert Figure("s", "n", 5.0, "ms").met is None
    assert Figure("s", "n", 0.0, "modules", 0.0, stock=3.0).ratio is None


def test_kept_figures_can_be_read_back_with_the_machine_they_were_taken_on(tmp_path):
    keep([Figure("s", "n", 12.3, "ms", 10.0)], tmp_path)
    report = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert report["figures"][0] | {"value": 12.3, "met": False} == report["figures"][0]
    assert report["machine"]["python"].startswith("3.")
    assert "| n | 12.3 | ms | ≤ 10 | NO |" in (tmp_path / "figures.md").read_text(encoding="utf-8")


def test_percentiles_interpolate():
    assert percentile([1, 2, 3, 4], 0.5) == 2.5


def test_a_made_handbook_has_the_size_asked_for_and_is_the_same_every_time(tmp_path: Path):
    write_handbook(tmp_path / "a", 300)
    write_handbook(tmp_path / "b", 300)
    first, second = documents(tmp_path / "a"), documents(tmp_path / "b")
    size = sum(len(chunks(section.text)) for document in first for section in document.sections)
    assert first == second
    assert 280 <= size <= 380


def test_made_questions_differ_from_each_other_and_not_between_runs():
    asked = questions(50)
    assert len(set(asked)) == 50
    assert asked == questions(50)


def test_every_damaged_sentence_stands_in_the_file_it_is_expected_in(tmp_path):
    asked = write_sections(tmp_path / "sections", 20)
    assert len(asked) == 20
    for question in asked:
        left = iter((tmp_path / "sections" / question.files[0]).read_text(encoding="utf-8"))
        assert all(character in left for character in question.text)


def test_borrowed_vectors_are_of_length_one_near_a_real_one_and_depend_on_the_text_alone():
    pool = np.eye(4, 384, dtype=np.float32)
    vectors = borrowed(pool, ["甲", "乙", "甲"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert ((vectors @ pool.T).max(axis=1) > 0.8).all()
    assert (vectors[0] == vectors[2]).all() and (vectors[0] != vectors[1]).any()


@pytest.mark.parametrize(("text", "holds"), [("全长 **364.6** 公里。", True), ("全长公里", False)])
def test_an_answer_holds_the_gold_answer_whatever_its_spaces_and_marks(text, holds):
    asked = Asked("q", "多长？", files=("a.md",), groups=(("364.6公里", "三百多公里"),))
    assert Outcome(asked, Answer("多长？", Verdict.ANSWERED, text)).holds is holds


def test_a_hit_counts_expected_files_up_to_its_depth_only():
    cited = tuple(Citation(name, name, "", "", "", None, 0.5, "") for name in ("b.md", "a.md"))
    outcome = Outcome(Asked("q", "问", files=("a.md",)), Answer("问", Verdict.NOT_IN_HANDBOOK, "", cited))
    assert (outcome.hit(1), outcome.hit(3), outcome.declined) == (False, True, True)
    assert folded("Ａ* b") == "ab"


def test_the_fit_finds_what_separates_and_the_curve_falls_with_the_threshold():
    rng = np.random.default_rng(5)
    answerable = np.repeat([1, 0], 200)
    evidence = rng.standard_normal((400, 6))
    evidence[:, 0] += 3 * answerable
    observed = Observed(["mixed+"] * 200 + ["mixed-"] * 200, answerable, evidence)
    weights, _, held_out = fit(observed)
    assert max(weights, key=lambda name: abs(weights[name])) == "log_score"
    assert held_out[:200].mean() > 0.8 > 0.2 > held_out[200:].mean()
    answered = [float(line.split()[1]) for line in curve(observed, held_out)[1:]]
    assert len(answered) == len(THRESHOLDS)
    assert answered == sorted(answered, reverse=True)


def test_labelled_series_are_scored_by_the_judge_beside_them_and_without_one_only_the_cost_is_taken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bench = Bench(tmp_path / "out", data)
    series = data / SETS / "data" / "group" / "a.csv"
    series.parent.mkdir(parents=True)
    series.write_text("timestamp,value\n2026-03-02 10:00:00,5\n", encoding="utf-8")
    assert len(detect(bench)) == 3
    judge = tmp_path / JUDGE
    judge.parent.mkdir()
    judge.write_text(
        "import csv, glob, json, sys\n"
        "rows = list(csv.DictReader(open(glob.glob(sys.argv[1] + '/group/a.csv')[0])))\n"
        "found = {'score': 50.0 + float(rows[0]['anomaly_score']), 'threshold': 0.5, 'windows_found': 1, 'windows': 2,\n"
        "         'false_alarm_rows': 3}\n"
        "print(json.dumps({'standard': {'best': found, 'fixed': found}}))\n",
        encoding="utf-8",
    )
    *_, shipped, swept = detect(bench)
    assert (shipped.name, shipped.value, shipped.met) == ("standard at 0.5", 50.0, False)
    assert shipped.note == "1 of 2 windows, 3 false alarms" and swept.target is None


def test_a_tip_is_late_by_when_the_figures_showed_it(tmp_path: Path) -> None:
    rule = next(one for one in read_content(BUILT_IN_HANDBOOK).rules if one.id == "N01")

    def step(at: str, stage: Stage) -> Decision:
        reason = None if stage is Stage.SENT else Reason(stage, "why")
        return Decision(rule, datetime.fromisoformat(at).timestamp(), reason)

    at = "2026-05-13T21:{}+08:00".format
    event = {"id": "D1-1", "start": at("06:00"), "end": at("20:00"), "deadline": at("11:00"), "expect": ["N01"]}
    earlier = [step(at("05:00"), Stage.HOLD)]
    steps = [step(at("07:00"), Stage.CHANCE), step(at("08:40"), Stage.HOLD), step(at("08:50"), Stage.SENT)]
    assert delay_of(event, earlier + steps) == Delay("D1-1", "N01", True, 170.0, 110.0, 10.0)
    assert delay_of(event, earlier + steps[:2]) is None
    late = delay_of({**event, "deadline": at("08:00")}, steps)
    assert late is not None and not late.on_time
    assert delay_of({**event, "expect": ["N02"]}, steps) is None
    assert traces(Bench(tmp_path)) == []
