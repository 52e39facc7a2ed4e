"""An export holds what is one merchant's, readable, and nothing of anybody else's."""

from __future__ import annotations

import csv
import io
import os
import stat
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.domain.access import HANDBOOK, Merchant, Role, Scope, Viewer, merchant_collection, team_collection
from bot.domain.answers import Answer, Citation, Verdict
from bot.domain.audit import Deed
from bot.errors import NotFound, Refused, StorageError
from bot.storage.answers import Exchanges
from bot.storage.chats import Chats
from bot.storage.tables import documents, versions
from tests.flows.office_helper import NOW, Place, place

OWNER, LEAD, OPERATOR, STRANGER = "telegram:1", "telegram:2", "telegram:3", "telegram:9"
SECRET = "不得外传"
"""Stands in everything that belongs to another merchant or team."""


@dataclass
class Scene:
    """Three merchants of one team with one lead, and a merchant of another team."""

    place: Place
    team: str
    other_team: str
    ours: Merchant
    others: tuple[Merchant, Merchant]
    count: int = 0

    async def ask(
        self, question: str, answer: str, drawn: tuple[str, ...], merchants: tuple[Merchant, ...],
        teams: tuple[str, ...] = (), person: str = LEAD,
    ) -> None:  # fmt: skip
        """Somebody who may read these merchants and teams was answered from these collections."""
        self.count += 1
        viewer = Viewer(person, person, Scope(frozenset(one.id for one in merchants), frozenset(teams or (self.team,))))
        cited = tuple(
            Citation(
                f"k{name}",
                f"{name}.md",
                "题",
                f"节 {SECRET if name not in self.open else ''}",
                "1",
                None,
                0.9,
                answer,
                collection=name,
            )
            for name in drawn
        )
        found = Answer(question, Verdict.ANSWERED, answer, cited)
        await Exchanges(self.place.database).record(f"q{self.count}", viewer, found, now=NOW)

    @property
    def open(self) -> tuple[str, ...]:
        return (HANDBOOK, merchant_collection(self.ours.id), team_collection(self.team))

    async def document(self, merchant: Merchant, name: str, *contents: bytes, written: bool = True) -> None:
        """A document with its versions, as the library keeps them."""
        self.count += 1
        id, folder = f"d{self.count:07}", self.folder / merchant_collection(merchant.id) / "versions"
        folder.mkdir(parents=True, exist_ok=True)
        added = {"sections": 1, "added_by": OPERATOR, "added_at": NOW, "document": id}
        async with self.place.database.write() as db:
            row = {"id": id, "team": merchant.team, "merchant": merchant.id, "name": name, "current": len(contents)}
            await db.execute(insert(documents).values(row))
            for number, content in enumerate(contents, 1):
                digest = sha256(content).hexdigest()
                await db.execute(insert(versions).values(added | {"number": number, "digest": digest, "size": len(content)}))
                if written:
                    (folder / digest).write_bytes(content)

    @property
    def folder(self) -> Path:
        return self.place.settings.data / "library"

    async def export(self, target: Path, person: str = OWNER, *, replace: bool = False, language: str = "zh") -> dict[str, str]:
        """The texts of an export by name."""
        actor = await self.place.actor(person)
        await self.place.office.exports.write(actor, self.ours.id, target, replace=replace, language=language)
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
            return {info.filename: archive.read(info).decode("utf-8") for info in archive.infolist()}


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with place(tmp_path, monkeypatch) as here:
        team, other_team = await here.founded(OWNER, "王芳"), await here.founded(STRANGER, f"外人{SECRET}")
        ours = await here.merchant(team, "好物")
        others = (await here.merchant(team, f"好鞋{SECRET}"), await here.merchant(other_team, f"外队{SECRET}"))
        await here.joined(LEAD, team, Role.LEAD, name="李雷")
        await here.joined(OPERATOR, team, Role.OPERATOR, ours.id, name="韩梅")
        await here.joined("telegram:4", team, Role.OPERATOR, others[0].id, name=f"别家的人{SECRET}")
        yield Scene(here, team, other_team, ours, others)


@pytest.fixture(params=["Pacific/Kiritimati", "America/Los_Angeles"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is in a zone where it is another day."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
async def test_the_files_in_it_have_the_times_that_its_texts_say_wherever_the_machine_is(scene: Scene, tmp_path: Path) -> None:
    await scene.document(scene.ours, "报价.txt", b"99")
    texts = await scene.export(tmp_path / "x.zip")
    assert "2026-03-01 20:00" in texts["说明.md"]
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert {one.date_time for one in archive.infolist()} == {(2026, 3, 1, 20, 0, 0)}


def _rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff"), "Excel needs the mark"
    return list(csv.reader(io.StringIO(text[1:])))


async def test_nothing_of_another_merchant_is_in_it(scene: Scene, tmp_path: Path) -> None:
    mine, foreign = merchant_collection(scene.ours.id), merchant_collection(scene.others[0].id)
    both, own = (scene.ours, scene.others[0]), (scene.ours,)
    await scene.ask("好物卖多少", "卖 99 元", (mine,), own, person=OPERATOR)
    await scene.ask("手册怎么说", "手册原话", (HANDBOOK,), own, person=OPERATOR)
    await scene.ask(f"好鞋{SECRET}比好物贵吗", "好物 99 元", (mine, HANDBOOK), both)
    await scene.ask("两家一起", f"好鞋{SECRET}", (mine, foreign), both)
    await scene.ask("只有好鞋", f"好鞋{SECRET}", (foreign,), both)
    await scene.ask(f"只有手册{SECRET}", "手册原话", (HANDBOOK,), both)
    await scene.ask(f"好鞋自己的{SECRET}", SECRET, (foreign,), (scene.others[0],), person="telegram:4")
    other = team_collection(scene.other_team)
    await scene.ask("外队的资料", SECRET, (mine, other), own, (scene.team, scene.other_team))
    await scene.ask(f"也在外队{SECRET}", "好物 88 元", (mine,), own, (scene.team, scene.other_team))
    for merchant in scene.others:
        await scene.document(merchant, f"{SECRET}.txt", SECRET.encode())
        await scene.place.office.merchants.rename(await scene.place.everything(), merchant.id, f"改名{SECRET}{merchant.id}")
    chats = Chats(scene.place.database)
    for chat, title in (("telegram:-1", "好物群"), ("telegram:-2", f"三家大群{SECRET}"), ("telegram:-3", SECRET)):
        await chats.seen(chat, title, "supergroup", NOW)
    bind, boss = scene.place.office.merchants.bind, await scene.place.actor(OWNER)
    await bind(boss, "telegram:-1", 0, scene.team, scene.ours.id)
    await bind(boss, "telegram:-2", 0, scene.team, scene.others[0].id)
    await bind(boss, "telegram:-2", 7, scene.team, scene.ours.id)
    await bind(boss, "telegram:-3", 0, scene.team, scene.others[0].id)
    texts = await scene.export(tmp_path / "x.zip")
    everything = "".join([*texts, *texts.values()])
    assert SECRET not in everything
    assert not [id for one in scene.others for id in (one.id, one.team) if id in everything and id != scene.team]
    asked = _rows(texts["提问.csv"])[1:]
    assert [(row[1], row[4]) for row in asked] == [
        ("韩梅 (telegram:3)", "卖 99 元"), ("韩梅 (telegram:3)", "手册原话"), ("", "好物 99 元"), ("", "好物 88 元"),
    ]  # fmt: skip
    assert [row[2] for row in asked[:2]] == ["好物卖多少", "手册怎么说"]
    assert all("没有放入" in row[2] for row in asked[2:])
    assert [row[:3] for row in _rows(texts["群.csv"])[1:]] == [
        ["好物群", "telegram:-1", ""], ["（没有放入：这个群还绑定了别的用途。）", "telegram:-2", "7"],
    ]  # fmt: skip


async def test_pages_say_what_is_there(scene: Scene, tmp_path: Path) -> None:
    texts = await scene.export(tmp_path / "x.zip")
    of_sessions = {"场次.csv", "清单.csv", "排品.csv", "提示.csv", "判断.csv", "口播.csv", "往场.csv", "效果.csv", "对照.csv"}
    of_sessions |= {"规则.csv", "规则建议.csv"}
    assert set(texts) == {"说明.md", "商家.md", "成员.csv", "群.csv", "提问.csv", "文件.csv", "操作记录.csv", *of_sessions}
    assert "商家“好物”" in texts["说明.md"] and "王芳 (telegram:1)" in texts["说明.md"]
    assert "2026-03-01 20:00（Asia/Shanghai）" in texts["说明.md"] and "| 成员.csv |" in texts["说明.md"]
    assert "店长" in texts["商家.md"] and "直播团队" in texts["商家.md"]
    members = [(row[0], row[2]) for row in _rows(texts["成员.csv"])[1:]]
    assert sorted(members) == [("李雷", "组长"), ("王芳", "负责人"), ("韩梅", "操盘手")]
    assert {row[2] for row in _rows(texts["操作记录.csv"])[1:]} == {"新增商家", "登记授权", "发出邀请", "加入"}


async def test_pages_are_english_for_whom_that_is_the_language(scene: Scene, tmp_path: Path) -> None:
    texts = await scene.export(tmp_path / "x.zip", language="en")
    assert _rows(texts["成员.csv"])[0] == ["name", "id", "role", "for", "since"]
    assert texts["说明.md"].startswith("# About this export")


async def test_documents_come_with_every_version_and_missing_ones_are_named(scene: Scene, tmp_path: Path) -> None:
    await scene.document(scene.ours, "价格表.xlsx", b"one", b"two")
    await scene.document(scene.ours, "丢了的.pdf", b"gone", written=False)
    done = await scene.place.office.exports.write(await scene.place.actor(OWNER), scene.ours.id, tmp_path / "x.zip")
    assert (done.files, done.missing) == (2, ("丢了的.pdf #1",))
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.read("文件/价格表.xlsx/1.xlsx") == b"one" and archive.read("文件/价格表.xlsx/2.xlsx") == b"two"
        about, table = archive.read("说明.md").decode(), archive.read("文件.csv").decode()
    assert "- 丢了的.pdf #1" in about
    assert [(row[0], row[1], row[2]) for row in _rows(table)[1:]] == [
        ("丢了的.pdf", "1", "是"), ("价格表.xlsx", "1", ""), ("价格表.xlsx", "2", "是"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/abs.txt", "..", "C:\\x.txt", "a\x00\x1b[31m\u202eb.txt", "CON.txt", "长" * 200]
)
async def test_names_in_the_zip_lead_nowhere_else(scene: Scene, tmp_path: Path, name: str) -> None:
    await scene.document(scene.ours, name, b"one")
    (inside,) = [place for place in await scene.export(tmp_path / "x.zip") if place.startswith("文件/")]
    parts = inside.split("/")
    assert len(parts) == 3 and not {"", ".", ".."} & set(parts) and inside.isprintable()
    assert not set('\\:*?"<>|') & set(inside) and max(len(part.encode()) for part in parts) <= 121
    assert parts[1].partition(".")[0] != "CON"


async def test_documents_whose_safe_names_are_the_same_both_come(scene: Scene, tmp_path: Path) -> None:
    await scene.document(scene.ours, "a/b.txt", b"one")
    await scene.document(scene.ours, "A:b.txt", b"two")
    files = {place for place in await scene.export(tmp_path / "x.zip") if place.startswith("文件/")}
    assert files == {"文件/A_b.txt/1.txt", "文件/a_b.txt (2)/1.txt"}


async def test_link_in_the_library_is_not_followed(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    await scene.document(scene.ours, "a.txt", b"one")
    (kept,) = (scene.folder / merchant_collection(scene.ours.id) / "versions").iterdir()
    kept.unlink()
    kept.symlink_to(tmp_path / "secret")
    texts = await scene.export(tmp_path / "x.zip")
    assert SECRET not in "".join(texts.values()) and "文件/a.txt/1.txt" not in texts


async def test_what_people_wrote_is_no_formula_and_no_markup(scene: Scene, tmp_path: Path) -> None:
    await scene.ask('=HYPERLINK("http://x","点")', "+1\x1b[2J", (), (scene.ours,), person=OPERATOR)
    owner = await scene.place.actor(OWNER)
    await scene.place.office.merchants.rename(owner, scene.ours.id, "<b>[好物](http://x)|*")
    texts = await scene.export(tmp_path / "x.zip")
    (row,) = _rows(texts["提问.csv"])[1:]
    assert row[2] == '\'=HYPERLINK("http://x","点")' and row[4] == "'+1 [2J"
    assert texts["商家.md"].startswith(r"# \<b\>\[好物\](http://x)\|\*" + "\n")


async def test_file_is_its_owners_alone_and_is_not_overwritten_unasked(scene: Scene, tmp_path: Path) -> None:
    target = tmp_path / "out" / "x.zip"
    target.parent.mkdir()
    await scene.export(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    first = target.read_bytes()
    with pytest.raises(Refused, match="file_exists"):
        await scene.export(target)
    assert target.read_bytes() == first
    await scene.export(target, replace=True)
    assert target.read_bytes() != first and os.listdir(target.parent) == ["x.zip"]


async def test_file_that_appears_meanwhile_is_left_alone(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add = type(scene.place.office.gate.trail).add

    async def slow(self: object, *entries: object) -> None:
        (tmp_path / "out" / "x.zip").write_text("theirs")
        await add(self, *entries)  # type: ignore[arg-type]

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(type(scene.place.office.gate.trail), "add", slow)
    with pytest.raises(Refused, match="file_exists"):
        await scene.export(tmp_path / "out" / "x.zip")
    assert (tmp_path / "out" / "x.zip").read_text() == "theirs" and os.listdir(tmp_path / "out") == ["x.zip"]


async def test_folder_that_cannot_be_written_is_said_and_nothing_stays(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="写不了 .*No such file"):
        await scene.export(tmp_path / "gone" / "x.zip")


async def test_file_that_vanishes_half_way_leaves_nothing_behind(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.document(scene.ours, "a.txt", b"one")
    monkeypatch.setattr("bot.flows.export.is_file", lambda path: path.unlink() is None)
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageError):
        await scene.export(tmp_path / "out" / "x.zip")
    assert os.listdir(tmp_path / "out") == []
    actor = await scene.place.actor(OWNER)
    trail = await scene.place.office.gate.trail.entries(access=actor.access, team=scene.team)
    assert Deed.EXPORTED not in {one.deed for one in trail}


async def test_export_is_noted_with_counts_only(scene: Scene, tmp_path: Path) -> None:
    await scene.ask("好物卖多少", "卖 99 元", (), (scene.ours,))
    await scene.export(tmp_path / "x.zip")
    actor = await scene.place.actor(OWNER)
    (entry, *_) = await scene.place.office.gate.trail.entries(access=actor.access, team=scene.team, merchant=scene.ours.id)
    assert (entry.deed, entry.person, entry.subject) == (Deed.EXPORTED, OWNER, scene.ours.id)
    assert entry.detail == {"questions": "1", "files": "0", "bytes": str((tmp_path / "x.zip").stat().st_size)}


async def test_ended_authorisation_does_not_keep_an_owner_from_their_data(scene: Scene, tmp_path: Path) -> None:
    await scene.place.office.merchants.end_authorisation(await scene.place.actor(OWNER), scene.ours.id)
    assert "好物" in (await scene.export(tmp_path / "x.zip"))["商家.md"]


@pytest.mark.parametrize(
    ("person", "error"),
    [(LEAD, Refused("owner_only")), (OPERATOR, Refused("owner_only")), ("telegram:4", NotFound("no_merchant")),
     (STRANGER, NotFound("no_merchant")), ("telegram:77", NotFound("no_merchant"))],
)  # fmt: skip
async def test_whoever_does_not_own_the_merchant_gets_nothing(
    scene: Scene, tmp_path: Path, person: str, error: Exception
) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(type(error), match=str(error)):
        await scene.export(tmp_path / "out" / "x.zip", person)
    assert os.listdir(tmp_path / "out") == []
    access = (await scene.place.actor(person)).access
    assert await scene.place.office.exports.exports.of(scene.ours, access=access) is None


async def test_stranger_cannot_tell_a_merchant_from_none(scene: Scene, tmp_path: Path) -> None:
    actor = await scene.place.actor(STRANGER)
    said = []
    for id in (scene.ours.id, "00000000"):
        with pytest.raises(NotFound) as caught:
            await scene.place.office.exports.write(actor, id, tmp_path / "x.zip")
        said.append(str(caught.value))
    assert said[0] == said[1]


async def test_blocked_owner_gets_nothing(scene: Scene, tmp_path: Path) -> None:
    await scene.place.office.team.block(await scene.place.everything(), OWNER, blocked=True)
    with pytest.raises(NotFound):
        await scene.export(tmp_path / "x.zip")
