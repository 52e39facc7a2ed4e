"""`copilot library`: documents put in, listed, restored and taken out from the command line, beside whatever runs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.domain.access import merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.storage.database import Database
from bot.storage.merchants import Authorisation
from tests.flows.library_desk import NOW, SILK, SOAP, TEAM, TEXT, LibraryOnADesk
from tests.knowledge.files import pdf

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two teams and three merchants."""

    async def make() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'copilot.db'}")
        made = LibraryOnADesk(database, tmp_path / "data")
        await made.fill()
        for merchant in (SOAP, SILK):
            granted = Authorisation("店长", "t:1", NOW, NOW.replace(year=2100), NOW)
            await made.merchants.authorise(merchant, granted, made.entry(Deed.AUTHORISED))
        await database.close()

    asyncio.run(make())
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_DATA", str(data))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["copilot", "library", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "货盘.md"
    path.write_bytes(TEXT)
    return path


def current(data: Path, collection: str) -> dict[str, bytes]:
    folder = data / "library" / collection / "current"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def test_a_document_goes_in_gets_a_version_comes_back_and_is_taken_out(run: Run, file: Path, data: Path) -> None:
    assert run("list") == (0, "", "还没有文件。用 copilot library add 文件 --merchant 商家 放进来。\n")
    code, out, err = run("add", str(file), "--merchant", "香皂铺")
    assert (code, out) == (0, "") and err.startswith("已放进「香皂铺」：《货盘.md》第 1 版，1 节。\n运行中的")
    file.write_bytes(TEXT + b"\n## 12.2 b\n\nb\n")
    assert "第 2 版，2 节" in run("add", str(file), "--merchant", SOAP)[2]
    assert "没有变化" in run("add", str(file), "--merchant", SOAP)[2]
    (listed,) = json.loads(run("list", "--json")[1])
    assert (listed["name"], listed["merchant"], listed["team"], listed["version"]) == ("货盘.md", SOAP, TEAM, 2)
    versions = json.loads(run("versions", "货盘.md", "--json")[1])
    assert [(one["version"], one["current"], one["added_by"]) for one in versions] == [
        (2, True, "terminal:local"),
        (1, False, "terminal:local"),
    ]
    assert run("restore", "货盘.md", "1")[0] == 0 and current(data, merchant_collection(SOAP)) == {"货盘.md": TEXT}
    assert run("remove", listed["id"])[0] == 0 and current(data, merchant_collection(SOAP)) == {}
    assert "已撤下" in run("list", "--merchant", "香皂铺")[1]
    assert run("restore", listed["id"], "2")[0] == 0 and len(current(data, merchant_collection(SOAP))) == 1


def test_a_teams_document_goes_into_the_teams_handbook(run: Run, file: Path, data: Path) -> None:
    assert run("add", str(file), "--team", TEAM)[0] == 0
    assert current(data, team_collection(TEAM)) == {"货盘.md": TEXT}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "货盘.md"), 1, "请用 --team 或 --merchant 写明放在哪里"),
        (("add", "没有.md", "--merchant", "香皂铺"), 1, "没有.md 读不了"),
        (("add", "坏.pdf", "--merchant", "香皂铺"), 1, "文件名以 .pdf 结尾，里面其实是“文本”格式"),
        (("add", "锁.pdf", "--merchant", "香皂铺"), 1, "密码"),
        (("add", "大.txt", "--merchant", "香皂铺"), 1, "文件太大，最大 20 MB"),
        (("add", "货盘.md", "--merchant", "茶馆"), 1, "没有“茶馆”"),
        (("add", "货盘.md", "--merchant", "香皂铺", "--team", TEAM), 2, "只写一个"),
        (("versions", "货盘.md"), 1, "没有文件“货盘.md”"),
        (("remove", "货盘.md"), 1, "没有文件“货盘.md”"),
        (("restore", "货盘.md", "一"), 2, ""),
        (("add",), 2, "缺少"),
    ],
)
def test_what_does_not_work_is_said_in_one_line(
    run: Run, file: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "坏.pdf").write_bytes(TEXT)
    (tmp_path / "锁.pdf").write_bytes(pdf([["停留"]], password="x"))
    (tmp_path / "大.txt").write_bytes(b"a" * (21 << 20))
    ended, out, err = run(*arguments)
    assert ended == code and out == "" and said in err and err.count("\n") == 1


def test_a_name_that_two_documents_have_wants_an_id(run: Run, file: Path) -> None:
    run("add", str(file), "--merchant", "香皂铺")
    run("add", str(file), "--merchant", "丝绸庄")
    code, _, err = run("remove", "货盘.md")
    assert code == 1 and "不止一个" in err
    assert run("remove", "货盘.md", "--merchant", "丝绸庄")[0] == 0


def test_a_closed_merchant_takes_no_documents(run: Run, file: Path) -> None:
    code, _, err = run("add", str(file), "--merchant", "茶行")
    assert code == 1 and "没有“茶行”" in err


def test_without_a_team_there_is_no_place(run: Run, file: Path, tmp_path: Path) -> None:
    code, _, err = run("list", "--data", str(tmp_path / "fresh"))
    assert code == 1 and err.startswith("还没有团队")
