"""Following a handbook folder's metrics, rules and checklists."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import following as module
from bot.following import FollowedHearing, Following, read_reference
from tests.channels.telegram.test_telegram_reference import check_limits

BUILT_IN = Path(__file__).parent.parent / "handbook"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The built-in handbook's content, without its chapters."""
    copy = tmp_path / "handbook"
    copy.mkdir()
    for name in ("metrics.yaml", "glossary.yaml"):
        shutil.copy(BUILT_IN / name, copy)
    for name in ("rules", "checklists"):
        shutil.copytree(BUILT_IN / name, copy / name)
    return copy


@pytest.fixture
def following(folder: Path) -> Following:
    found = Following(folder)
    found.look()
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_built_in_content_is_found_whole_and_fits_a_phone(following: Following) -> None:
    reference = following.reference()
    assert (len(reference.metrics), len(reference.rules)) == (42, 45)
    assert not reference.damaged
    check_limits(reference)


def test_whoever_asks_before_the_first_look_waits_for_it(folder: Path) -> None:
    assert len(Following(folder).reference().metrics) == 42


def test_every_word_that_the_glossary_has_for_a_metric_leads_to_it(following: Following) -> None:
    reference = following.reference()
    known = {metric.id: (metric.id, metric.name, *reference.synonyms[metric.id]) for metric in reference.metrics}
    words = [(word, id) for id, own in known.items() for word in own]
    assert [(word, id) for word, id in words if [found.id for found in reference.find_metric(word).found] != [id]] == []


def test_every_rule_is_found_by_its_number_and_by_its_name(following: Following) -> None:
    reference = following.reference()
    assert [rule.id for rule in reference.rules if reference.find_rules(rule.id).found != (rule,)] == []
    assert [rule.id for rule in reference.rules if reference.find_rules(rule.name).found != (rule,)] == []


@pytest.mark.parametrize("name", ["metrics.yaml", "glossary.yaml", "rules/traffic.yaml", "checklists/before.yaml"])
def test_a_changed_file_is_read_and_an_unchanged_folder_is_not(
    following: Following, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = following.reference()
    following.look()
    assert following.reference() is before
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n# 改过\n")
    following.look()
    assert following.reference() is not before


def test_an_edit_is_followed(following: Following, folder: Path) -> None:
    edit(folder / "rules/traffic.yaml", "name: 在线掉得快", "name: 人跑得快")
    following.look()
    assert [rule.id for rule in following.reference().find_rules("人跑得快").found] == ["N01"]


def test_a_change_with_problems_keeps_the_good_version_and_says_where(following: Following, folder: Path) -> None:
    before = following.reference()
    edit(folder / "rules/traffic.yaml", "change(online_now, 10min)", "change(online_now, 10min")
    with capture_logs() as log:
        following.look()
        following.look()
    assert following.reference() is before
    assert [entry["event"] for entry in log] == ["content.problem", "content.kept"]
    assert log[0]["where"].startswith("rules/traffic.yaml:")
    edit(folder / "rules/traffic.yaml", "change(online_now, 10min", "change(online_now, 10min)")
    edit(folder / "rules/traffic.yaml", "name: 在线掉得快", "name: 人跑得快")
    following.look()
    assert following.reference().find_rules("人跑得快").found


def test_problems_at_the_start_leave_what_could_be_read(folder: Path) -> None:
    (folder / "metrics.yaml").write_bytes(b"metrics: [\n")
    (folder / "rules/paid.yaml").write_bytes(b"\x00\xff\xfe\x00\x01")
    reference, problems = read_reference(folder)
    assert {problem.path for problem in problems} >= {"metrics.yaml", "rules/paid.yaml"}
    assert reference.damaged and not reference.metrics
    assert reference.items


def test_a_folder_without_content_and_one_that_is_gone_hold_nothing_wrong(
    following: Following, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert read_reference(tmp_path / "empty")[1] == []
    before = following.reference()
    os.rename(folder, tmp_path / "away")
    following.look()
    assert following.reference() is before


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "metrics.yaml").chmod(0)
    assert [str(problem)[:16] for problem in read_reference(folder)[1]][0] == "metrics.yaml:1：打"


async def test_edits_are_followed_while_the_copilot_runs(
    following: Following, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.01)
    watching = asyncio.create_task(following.watch())
    edit(folder / "rules/traffic.yaml", "name: 在线掉得快", "name: 人跑得快")
    async with asyncio.timeout(20):
        while not following.reference().find_rules("人跑得快").found:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


@pytest.fixture
def heard(folder: Path) -> Path:
    """The built-in list of words to listen for."""
    shutil.copy(BUILT_IN / "heard.yaml", folder)
    return folder / "heard.yaml"


def test_words_to_listen_for_are_read_at_a_look_and_not_by_whoever_hears_them(
    folder: Path, heard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing = FollowedHearing(folder)
    hearing.look()
    before = hearing()
    assert before is not None and hearing() is before
    with heard.open("a", encoding="utf-8") as file:
        file.write("\n# 改过\n")
    with monkeypatch.context() as unread:
        unread.setattr(module, "read_file", lambda *_: pytest.fail("read while somebody waits"))
        assert hearing() is before
    hearing.look()
    assert hearing() is not before


def test_whoever_hears_words_before_the_first_look_waits_for_it(folder: Path, heard: Path) -> None:
    assert FollowedHearing(folder)() is not None


def test_a_list_of_words_with_an_error_leaves_the_good_one(folder: Path, heard: Path) -> None:
    hearing = FollowedHearing(folder)
    hearing.look()
    before = hearing()
    heard.write_text("groups: [\n", encoding="utf-8")
    with capture_logs() as log:
        hearing.look()
        hearing.look()
    assert hearing() is before
    assert [entry["event"] for entry in log] == ["content.problem"]
