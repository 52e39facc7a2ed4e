"""`copilot team`, `invite`, `roles` and `bind`: people and groups, from the command line."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import ChannelError
from bot.setup import BotName
from bot.storage.chats import Chats
from bot.storage.database import Database
from tests.cli_office import Terminal, founded, now, team, terminal

__all__ = ["founded", "team", "terminal"]
TOKEN = "123456789:AAEhBOweik9ai12RgsQ4Vx3kZ0-_abcdefG"


def test_empty_folder_lists_nothing_and_says_how_to_begin(terminal: Terminal) -> None:
    for words, said in (("team", "没有团队。"), ("merchants", "没有商家。"), ("bind", "没有群。"), ("audit", "没有记录。")):
        code, out, err = terminal.run(words)
        assert (code, out) == (0, "") and err.startswith(said) and err.count("\n") == 1
        assert terminal.lists(words) == []
    assert "copilot invite --owner" in terminal.fails("merchants", "add", "好物")
    assert "copilot invite --owner" in terminal.fails("invite", "--role", "lead")
    assert (terminal.folder / "data").stat().st_mode & 0o777 == 0o700


def test_data_folder_that_is_a_file_is_said(terminal: Terminal) -> None:
    (terminal.folder / "file").touch()
    assert "不是文件夹" in terminal.fails("team", "list", "--data", "file")


def test_founding_code_makes_an_owner_and_another_one_another_team(terminal: Terminal) -> None:
    first = terminal.founded("telegram:1", "王芳")
    second = terminal.founded("telegram:2", "李雷")
    teams = terminal.lists("team")
    assert [(one["id"], one["owners"], one["members"]) for one in teams] == [
        (first, ["telegram:1"], 1), (second, ["telegram:2"], 1),
    ]  # fmt: skip
    assert terminal.does("team").splitlines()[1].split("\t") == [first, "直播团队", "1", "0", "王芳"]


def test_link_names_the_bot_and_without_it_there_is_a_line_to_send(
    terminal: Terminal, team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = terminal.run("invite", "--owner")
    assert code == 0 and out.startswith("/start i_") and "没有链接" in err
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setattr("bot.setup.check_token", lambda token, api_url: BotName("副驾", "copilot_bot"))
    code, out, err = terminal.run("invite", "--role", "operator")
    assert code == 0 and out.startswith("https://t.me/copilot_bot?start=i_") and "没有链接" not in err

    def unreachable(token: str, *, api_url: str) -> BotName:
        raise ChannelError("连不上")

    monkeypatch.setattr("bot.setup.check_token", unreachable)
    assert terminal.does("invite", "--role", "operator").startswith("/start i_")


def test_code_is_shown_once_and_stands_nowhere_else(terminal: Terminal, team: str, caplog: pytest.LogCaptureFixture) -> None:
    terminal.monkeypatch.setenv("COPILOT_LOG_LEVEL", "DEBUG")
    caplog.set_level(logging.DEBUG)
    for words in (("--owner",), ("--role", "lead", "--team", team)):
        code, out, err = terminal.run("invite", *words)
        secret = out.strip().partition("i_")[2]
        assert code == 0 and len(secret) == 22 and out.count("\n") == 1
        assert secret not in err and secret not in caplog.text
        assert secret not in terminal.does("invite", "list") + terminal.does("invite", "list", "--json")
        assert secret not in terminal.does("audit", "--json")
        assert all(secret.encode() not in path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file())


def test_invitation_lets_people_in_as_what_it_says(terminal: Terminal, team: str) -> None:
    merchant = terminal.does("merchants", "add", "好物")
    link = terminal.does("invite", "--team", "直播团队", "--role", "操盘手", "--merchant", "好物", "--uses", "5", "--days", "3")
    assert [one["uses_left"] for one in terminal.lists("invite", "list")] == [5]
    assert terminal.comes_in("telegram:2", "李雷", link) == team
    assert [one["uses_left"] for one in terminal.lists("invite", "list")] == [4]
    (member,) = terminal.lists("team", "members", "--merchant", merchant)
    assert (member["person"], member["role"], member["merchant"]) == ("telegram:2", "operator", merchant)
    assert set(member) == {"person", "name", "role", "team", "merchant", "since"}
    everybody = terminal.does("team", "members").splitlines()
    assert [line.split("\t")[:5] for line in everybody[1:]] == [
        ["王芳", "telegram:1", "负责人", "直播团队", "整个团队"], ["李雷", "telegram:2", "操盘手", "直播团队", "好物"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "请用 --role 写明角色"),
        (("--role", "boss"), "没有角色“boss”"),
        (("--owner", "--role", "lead"), "--owner 单独用"),
        (("--team", "x", "list"), "选项请写在 invite list 后面"),
        (("--role", "lead", "--uses", "many"), "--uses 要写整数"),
        (("revoke",), "缺少 ID"),
    ],
)
def test_wrongly_written_invitation_is_wrong_usage(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    line = terminal.fails("invite", *words, code=2)
    assert line.startswith(said) and "用法：copilot invite" in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--uses", "0"), "最多给 100 个人"),
        (("--uses", "101"), "最多给 100 个人"),
        (("--days", "31"), "最长 30 天"),
        (("--days", "-1"), "最长 30 天"),
        (("--team", "gone"), "没有团队“gone”"),
        (("--merchant", "gone"), "没有商家“gone”"),
    ],
)
def test_invitation_that_cannot_be_makes_none(terminal: Terminal, team: str, words: tuple[str, ...], said: str) -> None:
    assert said in terminal.fails("invite", "--role", "lead", *words)
    assert terminal.lists("invite", "list") == []


def test_merchant_of_another_team_is_not_there(terminal: Terminal, team: str) -> None:
    other = terminal.founded("telegram:2", "李雷")
    merchant = terminal.does("merchants", "add", "好物", "--team", other)
    assert "没有商家" in terminal.fails("invite", "--team", team, "--role", "lead", "--merchant", merchant)
    assert "没有商家" in terminal.fails("bind", "set", "telegram:-1", "--team", team, "--merchant", merchant)


def test_revoked_invitation_lets_nobody_in_and_is_revoked_once(terminal: Terminal, team: str) -> None:
    terminal.does("invite", "--role", "lead")
    terminal.does("invite", "--owner")
    shown = terminal.lists("invite", "list")
    assert [(one["team"], one["role"]) for one in shown] == [(None, "owner"), (team, "lead")]
    for one in shown:
        terminal.does("invite", "revoke", one["id"])
        assert "没有找到这条邀请" in terminal.fails("invite", "revoke", one["id"])
    assert terminal.lists("invite", "list") == []
    assert "没有找到这条邀请" in terminal.fails("invite", "revoke", "gone")


def test_role_without_a_merchant_is_said_to_see_none(terminal: Terminal, team: str) -> None:
    assert "看不到商家" in terminal.run("invite", "--role", "operator")[2]
    assert "看不到商家" not in terminal.run("invite", "--role", "lead")[2]


def test_teams_are_made_without_an_owner_and_renamed(terminal: Terminal, team: str) -> None:
    second = terminal.does("team", "add", "二队")
    assert terminal.lists("team")[1] == {"id": second, "name": "二队", "members": 0, "merchants": 0, "owners": []}
    assert "有 2 个团队，请用 --team" in terminal.fails("team", "rename", "星河")
    terminal.does("team", "rename", "星河", "--team", "直播团队")
    assert [one["name"] for one in terminal.lists("team")] == ["星河", "二队"]
    assert "名字太长" in terminal.fails("team", "add", "长" * 41)
    assert "名字不能为空" in terminal.fails("team", "add", " \n ")
    terminal.does("team", "add", "二队")
    assert "“二队”有 2 个，请改用编号" in terminal.fails("team", "members", "--team", "二队")


def test_roles_are_changed_taken_and_handed_over(terminal: Terminal, team: str) -> None:
    terminal.comes_in("telegram:2", "李雷", terminal.does("invite", "--role", "operator"))
    terminal.does("roles", "give", "李雷", "lead")
    assert "这是团队最后一位负责人" in terminal.fails("roles", "give", "王芳", "lead")
    assert "这是团队最后一位负责人" in terminal.fails("roles", "remove", "telegram:1")
    assert "请写另一位成员来接手" in terminal.fails("roles", "handover", "王芳")
    terminal.does("roles", "handover", "2")
    assert [(one["name"], one["role"]) for one in terminal.lists("team", "members")] == [("李雷", "owner"), ("王芳", "lead")]
    terminal.does("roles", "give", "王芳", "owner")
    assert "有 2 位负责人，请用 --from" in terminal.fails("roles", "handover", "王芳")
    terminal.does("roles", "remove", "telegram:2")
    assert [one["name"] for one in terminal.lists("team", "members")] == ["王芳"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("give", "telegram:99", "lead"), "copilot invite --team", 1),
        (("give", "谁", "lead"), "没有找到“谁”", 1),
        (("give", "王芳", "king"), "没有角色“king”", 2),
        (("give", "王芳"), "缺少 ROLE", 2),
        (("remove", "telegram:99"), "没有找到这个人", 1),
        (("remove", "王芳", "--merchant", "gone"), "没有商家“gone”", 1),
        (("handover", "telegram:99"), "没有找到这个人", 1),
        (("handover", "王芳", "--from", "telegram:99"), "没有找到这个人", 1),
        (("promote", "王芳"), "没有命令 promote", 2),
    ],
)
def test_role_that_cannot_be_is_said(terminal: Terminal, team: str, words: tuple[str, ...], said: str, code: int) -> None:
    assert said in terminal.fails("roles", *words, code=code)
    assert [(one["name"], one["role"]) for one in terminal.lists("team", "members")] == [("王芳", "owner")]


def test_two_people_of_one_name_are_told_apart_by_id(terminal: Terminal, team: str) -> None:
    for person in ("telegram:2", "telegram:3"):
        terminal.comes_in(person, "李雷", terminal.does("invite", "--role", "operator"))
    said = terminal.fails("roles", "give", "李雷", "lead")
    assert "telegram:2" in said and "telegram:3" in said


def test_blocked_people_are_nobody_until_they_are_unblocked(terminal: Terminal, team: str) -> None:
    terminal.does("roles", "block", "77")
    with pytest.raises(Exception, match="code_unknown"):
        terminal.comes_in("telegram:77", "谁", terminal.does("invite", "--role", "lead"))
    terminal.does("roles", "unblock", "telegram:77")
    assert terminal.comes_in("telegram:77", "谁", terminal.does("invite", "--role", "lead")) == team
    deeds = [(one["deed"], one["person"], one["chat"]) for one in terminal.lists("audit")]
    assert ("blocked", "terminal:local", "terminal:local") in deeds and ("unblocked", "terminal:local", "terminal:local") in deeds


def _seen(folder: Path, *chats: tuple[str, str]) -> None:
    async def see() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{folder / 'data' / 'copilot.db'}")
        for chat, title in chats:
            await Chats(database).seen(chat, title, "supergroup", now())
        await database.close()

    asyncio.run(see())


def test_groups_are_bound_by_number_or_title_and_unbound(terminal: Terminal, team: str) -> None:
    _seen(terminal.folder, ("telegram:-1001", "好物群"), ("telegram:-1002", "大群"))
    merchant = terminal.does("merchants", "add", "好物")
    assert [(one["title"], one["team"], one["policy"]) for one in terminal.lists("bind")] == [
        ("大群", None, "handbook"), ("好物群", None, "handbook"),
    ]  # fmt: skip
    terminal.does("bind", "set", "-1001", "--merchant", "好物")
    terminal.does("bind", "set", "大群")
    terminal.does("bind", "set", "大群", "--topic", "7", "--merchant", merchant, "--ceiling", "team")
    assert [(one["chat"], one["topic"], one["merchant"], one["policy"]) for one in terminal.lists("bind", "list")] == [
        ("telegram:-1001", 0, merchant, "merchant"), ("telegram:-1002", 0, None, "team"), ("telegram:-1002", 7, merchant, "team"),
    ]  # fmt: skip
    terminal.does("bind", "remove", "-1001")
    terminal.does("bind", "remove", "大群", "--topic", "7")
    assert "没有绑定" in terminal.fails("bind", "remove", "telegram:-1001")
    assert [(one["chat"], one["topic"]) for one in terminal.lists("bind", "list", "--team", team)] == [("telegram:-1002", 0)]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("没有的群",), "没有找到群“没有的群”", 1),
        (("-1001", "--merchant", "gone"), "没有商家“gone”", 1),
        (("-1001", "--ceiling", "all"), "没有“all”这一档", 2),
        (("-1001", "--topic", "-1"), "--topic 至少是 0", 2),
        (("-1001", "--tpoic", "1"), "多出来的内容：--tpoic 1", 2),
        ((), "缺少 CHAT", 2),
    ],
)
def test_binding_that_cannot_be_is_said(terminal: Terminal, team: str, words: tuple[str, ...], said: str, code: int) -> None:
    assert said in terminal.fails("bind", "set", *words, code=code)
    assert terminal.lists("bind") == []


def test_english_is_spoken_to_whom_speaks_it(terminal: Terminal, team: str) -> None:
    terminal.monkeypatch.setenv("COPILOT_LANGUAGE", "en")
    assert terminal.does("team").splitlines()[0] == "id\tname\tmembers\tmerchants\towners"
    assert terminal.fails("roles", "remove", "王芳").startswith("This is the team's last owner.")
    assert terminal.fails("merchants", "rename", "gone", "x").startswith("There is no merchant “gone”.")
    assert terminal.fails("invite", "--role", "boss", code=2).startswith("there is no role “boss”")


def test_names_cannot_draw_on_the_terminal(terminal: Terminal, team: str) -> None:
    terminal.comes_in("telegram:2", "李\x1b[31m雷\n第二行\t\u202e", terminal.does("invite", "--role", "lead"))
    lines = terminal.does("team", "members").splitlines()
    assert len(lines) == 3 and lines[2].startswith("李 [31m雷 第二行") and len(lines[2].split("\t")) == 6


def test_whoever_is_removed_is_told_and_so_is_the_lead(terminal: Terminal, team: str) -> None:
    terminal.comes_in("telegram:2", "李雷", terminal.does("invite", "--role", "operator"))
    asyncio.run(_written_in_private(terminal.folder / "data", "telegram:1", "telegram:2"))
    terminal.does("roles", "remove", "李雷")
    waiting = {one["chat"]: one["id"] for one in terminal.lists("outbox", "list", "--state", "ready")}
    assert "您已被移出「直播团队」" in terminal.does("outbox", "show", str(waiting["telegram:2"]))
    assert "李雷 已移出「直播团队」。" in terminal.does("outbox", "show", str(waiting["telegram:1"]))


async def _written_in_private(data: Path, *people: str) -> None:
    database = await Database.open(Settings(_env_file=None, data=data).database, beside=True)
    for person in people:
        await Chats(database).seen(person, person, "private", now())
    await database.close()
