"""`copilot merchants`, `audit` and `export`, and what `copilot setup` says of the first owner, from the command line."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.domain.access import Scope, Viewer, merchant_collection
from bot.domain.answers import Answer, Verdict
from bot.setup import BotName
from bot.storage.answers import Exchanges
from bot.storage.database import Database
from tests.cli_office import Terminal, founded, now, team, terminal

__all__ = ["founded", "team", "terminal"]
TOKEN = "123456789:AAEhBOweik9ai12RgsQ4Vx3kZ0-_abcdefG"
NEXT_YEAR = f"{now() + timedelta(days=365):%Y-%m-%d}"


@pytest.fixture
def merchant(terminal: Terminal, team: str) -> str:
    return terminal.does("merchants", "add", "好物")


def _asked(folder: Path, merchant: str) -> None:
    """A question about a merchant is stored, and a document lies in its folder."""

    async def record() -> None:
        database = await Database.open(Settings(_env_file=None, data=folder / "data").database)
        viewer = Viewer("telegram:1", "telegram:1", Scope(frozenset({merchant})))
        await Exchanges(database).record("q", viewer, Answer("好物卖多少", Verdict.ANSWERED, "99 元"), now=now())
        await database.close()

    asyncio.run(record())
    kept = folder / "data" / "library" / merchant_collection(merchant) / "versions"
    kept.mkdir(parents=True)
    (kept / "abc").write_text("x")


def test_merchant_is_closed_until_it_is_authorised_and_after_it_has_ended(terminal: Terminal, merchant: str, team: str) -> None:
    (added,) = terminal.lists("merchants")
    assert added == {
        "id": merchant, "name": "好物", "team": team, "authorised": False, "authorised_from": None, "authorised_until": None,
    }  # fmt: skip
    terminal.does("merchants", "authorise", "好物", "--until", NEXT_YEAR, "--by", "张三")
    (granted,) = terminal.lists("merchants", "list")
    after = datetime.fromisoformat(NEXT_YEAR) + timedelta(days=1)
    assert granted["authorised"] and granted["authorised_until"] == f"{after:%Y-%m-%d}T00:00:00+08:00"
    assert terminal.does("merchants").splitlines()[1].split("\t") == [merchant, "好物", "直播团队", "有效", NEXT_YEAR]
    terminal.does("merchants", "end", merchant)
    assert not terminal.lists("merchants")[0]["authorised"]
    assert "现在没有授权" in terminal.fails("merchants", "end", merchant)
    (recorded,) = terminal.lists("merchants", "history", merchant)
    assert (recorded["granted_by"], recorded["recorded_by"]) == ("张三", "terminal:local")


def test_today_is_the_last_day_that_can_be_given(terminal: Terminal, merchant: str) -> None:
    today = now().astimezone(Settings(_env_file=None).zone)
    assert "到期日" in terminal.fails(
        "merchants", "authorise", merchant, "--until", f"{today - timedelta(days=1):%Y-%m-%d}", "--by", "张三"
    )
    terminal.does("merchants", "authorise", merchant, "--until", f"{today:%Y-%m-%d}", "--by", "张三")
    assert terminal.lists("merchants")[0]["authorised"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--until", "2020-01-01", "--by", "张三"), "到期日要在今天之后", 1),
        (("--until", "2999-01-01", "--by", "张三"), "到期日要在今天之后", 1),
        (("--until", "9999-12-31", "--by", "张三"), "到期日要在今天之后", 1),
        (("--until", "0001-01-01", "--by", "张三"), "到期日要在今天之后", 1),
        (("--until", "2027-02-30", "--by", "张三"), "“2027-02-30”不是日期", 2),
        (("--until", "明年", "--by", "张三"), "“明年”不是日期", 2),
        (("--until", NEXT_YEAR, "--by", " "), "请写明商家那边是谁同意的", 1),
        (("--until", NEXT_YEAR), "缺少 --by", 2),
        (("--by", "张三"), "缺少 --until", 2),
    ],
)
def test_authorisation_that_cannot_be_is_said(
    terminal: Terminal, merchant: str, words: tuple[str, ...], said: str, code: int
) -> None:
    assert said in terminal.fails("merchants", "authorise", merchant, *words, code=code)
    assert not terminal.lists("merchants")[0]["authorised"]


def test_merchants_have_names_of_their_own(terminal: Terminal, merchant: str) -> None:
    assert "已经有一个叫“好物”的商家了" in terminal.fails("merchants", "add", "好物")
    other = terminal.does("merchants", "add", "好鞋")
    assert "已经有一个叫“好物”的商家了" in terminal.fails("merchants", "rename", other, "好物")
    terminal.does("merchants", "rename", "好鞋", "好衣")
    assert [one["name"] for one in terminal.lists("merchants")] == ["好物", "好衣"]
    for words in (("rename", "gone", "x"), ("end", "gone"), ("history", "gone"), ("delete", "gone", "--confirm", "gone")):
        assert terminal.fails("merchants", *words).startswith("没有商家“gone”")


def test_deleting_wants_the_name_and_leaves_nothing(terminal: Terminal, merchant: str) -> None:
    _asked(terminal.folder, merchant)
    assert "加 --confirm" in terminal.fails("merchants", "delete", merchant)
    assert "名字对不上" in terminal.fails("merchants", "delete", merchant, "--confirm", "好")
    code, out, err = terminal.run("merchants", "verify", merchant)
    assert code == 1 and "没有删除" in err and "提问\t1" in out and "文件夹里的文件\t1" in out
    code, out, err = terminal.run("merchants", "delete", "好物", "--confirm", "好物")
    assert code == 0 and "提问\t1\n" in out and "商家\t1\n" in out and f"“好物”（{merchant}）已删除" in err
    assert not (terminal.folder / "data" / "library" / merchant_collection(merchant)).exists()
    assert terminal.lists("merchants") == []
    code, out, err = terminal.run("merchants", "verify", merchant)
    assert code == 0 and "什么也没有剩下" in err and set(re.findall(r"\t(\d+)$", out, re.MULTILINE)) == {"0"}
    assert "没有商家" in terminal.fails("merchants", "delete", merchant, "--confirm", "好物")
    assert [one["deed"] for one in terminal.lists("audit", "--merchant", merchant)] == ["merchant_deleted", "merchant_added"]


@pytest.mark.parametrize(("typed", "code"), [("好物", 0), ("", 1), ("y", 1)])
def test_person_at_a_terminal_types_the_name(terminal: Terminal, merchant: str, typed: str, code: int) -> None:
    terminal.monkeypatch.setattr("bot.commands.merchants.terminal", lambda: True)
    terminal.monkeypatch.setattr(sys.stdin, "readline", lambda: f"{typed}\n", raising=False)
    ended, _, err = terminal.run("merchants", "delete", merchant)
    assert ended == code and "不能恢复" in err
    assert len(terminal.lists("merchants")) == code


def test_what_a_deletion_could_not_take_is_named(terminal: Terminal, merchant: str) -> None:
    _asked(terminal.folder, merchant)
    terminal.monkeypatch.setattr("bot.storage.library_files.shutil.rmtree", lambda *_, **__: None)
    code, out, err = terminal.run("merchants", "delete", merchant, "--confirm", "好物")
    assert code == 1 and out.endswith("文件夹里的文件\t1\n") and "还有上面这些" in err
    assert terminal.run("merchants", "verify", merchant)[0] == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_verify_says_what_is_stored_in_the_readers_words(terminal: Terminal, merchant: str, language: str) -> None:
    terminal.monkeypatch.setenv("COPILOT_LANGUAGE", language)
    tables = json.loads(terminal.run("merchants", "verify", merchant, "--json")[1])
    lines = [line.split("\t") for line in terminal.run("merchants", "verify", merchant)[1].splitlines()]
    named = dict(zip(tables, [what for what, _ in lines[-len(tables) :]], strict=True))
    assert {"samples", "tips", "rule_sheets", "watches"} <= named.keys()
    assert len(set(named.values())) == len(named)
    assert not any("_" in said for said in named.values())
    if language == "zh":
        assert not any(re.search("[A-Za-z]", said) for said in named.values())
    else:
        assert all(said.isascii() for said in named.values())


def test_verify_gives_counts_to_programs_and_knows_only_ids_of_deleted_ones(terminal: Terminal, merchant: str) -> None:
    code, out, _ = terminal.run("merchants", "verify", merchant, "--json")
    assert code == 1 and '"merchants": 1' in out and '"files": 0' in out
    assert terminal.run("merchants", "verify", "0123abcd")[0] == 0
    for wrong in ("../../etc", "gone"):
        assert terminal.fails("merchants", "verify", wrong).startswith("没有商家")


def test_trail_is_listed_newest_first_and_cut(terminal: Terminal, merchant: str, team: str) -> None:
    first, *_ = terminal.lists("audit")
    assert first == {
        "at": first["at"], "person": "terminal:local", "deed": "merchant_added", "chat": "terminal:local", "team": team,
        "merchant": merchant, "subject": merchant, "detail": {},
    }  # fmt: skip
    assert len(terminal.lists("audit", "--limit", "2")) == 2
    assert [one["deed"] for one in terminal.lists("audit", "--team", team)] == ["merchant_added", "team_made", "joined"]
    shown = terminal.does("audit", "--merchant", "好物").splitlines()
    assert shown[1].split("\t")[1:6] == ["本机命令行", "新增商家", "直播团队", "好物", "好物"]
    assert terminal.fails("audit", "--limit", "0", code=2).startswith("--limit 至少是 1")
    assert terminal.fails("audit", "--team", "gone").startswith("没有团队")
    assert terminal.fails("audit", "--merchant", "gone").startswith("没有商家")


def test_export_writes_a_zip_and_says_what_is_in_it(terminal: Terminal, merchant: str) -> None:
    _asked(terminal.folder, merchant)
    code, out, err = terminal.run("export", "--merchant", "好物", "--out", "x.zip")
    assert (code, out) == (0, "x.zip\n") and "1 条提问，0 个文件版本" in err
    with zipfile.ZipFile(terminal.folder / "x.zip") as archive:
        assert "好物卖多少" in archive.read("提问.csv").decode()
    assert (terminal.folder / "x.zip").stat().st_mode & 0o777 == 0o600
    assert "--force" in terminal.fails("export", "--merchant", merchant, "--out", "x.zip")
    terminal.does("export", "--merchant", merchant, "--out", "x.zip", "--force")
    assert [one["deed"] for one in terminal.lists("audit", "--limit", "2")] == ["exported", "exported"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--merchant", "gone", "--out", "x.zip"), "没有商家“gone”", 1),
        (("--merchant", "好物", "--out", "gone/x.zip"), "写不了 gone/x.zip", 1),
        (("--merchant", "好物", "--out", "data"), "已经有文件 data 了", 1),
        (("--merchant", "好物", "--out", "data", "--force"), "写不了 data", 1),
        (("--merchant", "好物"), "缺少 --out", 2),
        (("--out", "x.zip"), "缺少 --merchant", 2),
    ],
)
def test_export_that_cannot_be_is_said_and_leaves_no_file(
    terminal: Terminal, merchant: str, words: tuple[str, ...], said: str, code: int
) -> None:
    assert said in terminal.fails("export", *words, code=code)
    assert sorted(path.name for path in terminal.folder.iterdir()) == ["data"]


@pytest.fixture
def sets_up(terminal: Terminal) -> Callable[[], tuple[int, str, str]]:
    terminal.monkeypatch.setattr("bot.setup.check_token", lambda token, api_url: BotName("副驾", "copilot_bot"))
    (terminal.folder / "token").write_text(TOKEN)
    return lambda: terminal.run("setup", "--token-file", "token")


def test_setup_gives_the_founding_link_until_there_is_an_owner(
    terminal: Terminal, sets_up: Callable[[], tuple[int, str, str]]
) -> None:
    code, out, err = sets_up()
    assert code == 0 and re.fullmatch(r"https://t\.me/copilot_bot\?start=i_[\w-]{22}\n", out)
    assert err.splitlines()[-1].startswith("机器人启动后，24 小时内") and out.strip() not in err
    assert sets_up()[1] != out
    terminal.comes_in("telegram:1", "王芳", out.strip())
    code, out, err = sets_up()
    assert (code, out) == (0, "") and len(err.splitlines()) == 1
    assert terminal.does("invite", "--owner").startswith("https://t.me/copilot_bot?start=i_")


def test_founding_link_works_once_and_for_a_day(terminal: Terminal, sets_up: Callable[[], tuple[int, str, str]]) -> None:
    first, second = sets_up()[1].strip(), sets_up()[1].strip()
    with sqlite3.connect(terminal.folder / "data" / "copilot.db") as db:
        (lasts,) = db.execute("SELECT max(julianday(expires_at) - julianday(made_at)) FROM invitations").fetchone()
        assert lasts == pytest.approx(1)
        db.execute("UPDATE invitations SET made_at = '2020-01-01 00:00:00', expires_at = '2020-01-02 00:00:00' WHERE rowid = 2")
    terminal.comes_in("telegram:1", "王芳", first)
    for link, why in ((first, "code_used"), (second, "code_expired")):
        with pytest.raises(Exception, match=why):
            terminal.comes_in("telegram:2", "李雷", link)


def test_setup_over_a_database_that_cannot_be_used_says_so_after_writing_env(
    terminal: Terminal, sets_up: Callable[[], tuple[int, str, str]]
) -> None:
    (terminal.folder / "data").mkdir()
    (terminal.folder / "data" / "copilot.db").write_bytes(b"no database" * 100)
    code, out, err = sets_up()
    assert (code, out) == (1, "") and "不是数据库文件" in err
    assert TOKEN in (terminal.folder / ".env").read_text()
