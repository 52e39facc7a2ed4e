"""`copilot library`: documents of teams and merchants, put in, listed, restored and taken out beside a running copilot.

Places and documents are named by id or, where only one has it, by their exact name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.commands import library_words as words
from bot.commands.common import Data, Json, clean_line, note, prepare, put
from bot.errors import CopilotError, NotFound, Refused

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.documents import Document
    from bot.flows.access import Actor
    from bot.flows.library import LibraryDesk, Place

LOCAL = "terminal:local"
T = TypeVar("T")

library = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Team = Annotated[
    str | None, typer.Option("--team", metavar="TEAM", help="团队手册：团队的编号或名字 · A team.", show_default=False)
]
Merchant = Annotated[
    str | None, typer.Option("--merchant", metavar="MERCHANT", help="商家的编号或名字 · A merchant.", show_default=False)
]
Named = Annotated[str, typer.Argument(metavar="DOCUMENT", help="文件的编号或名字 · A document's id or name.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Library:
    """All that a command works with."""

    settings: Settings
    desk: LibraryDesk
    actor: Actor

    async def places(self, team: str | None, merchant: str | None) -> tuple[Place, ...]:
        """The place that is named, or all. Raises CopilotError."""
        if team and merchant:
            raise typer.BadParameter(words.ONE_PLACE.to(self.settings.language))
        found = await self.desk.places(self.actor)
        if not found:
            raise CopilotError(words.NO_PLACE.to(self.settings.language))
        given = team or merchant
        if not given:
            return found
        kind = [(one.merchant or one.team, one.name, one) for one in found if bool(one.merchant) == bool(merchant)]
        shown = "、".join(f"{name}（{id}）" for id, name, _ in kind)
        return (self._only(given, kind, words.NO_SUCH_PLACE.to(self.settings.language, given=given, places=shown)),)

    async def place(self, team: str | None, merchant: str | None) -> Place:
        """The place that is named, or the only one. Raises CopilotError."""
        found = await self.places(team, merchant)
        if len(found) != 1:
            shown = "、".join(f"{one.name}（{one.merchant or one.team}）" for one in found)
            raise CopilotError(words.WHICH_PLACE.to(self.settings.language, places=shown))
        return found[0]

    async def document(self, given: str, team: str | None, merchant: str | None) -> Document:
        """The document that is named, in one place or in any. Raises CopilotError."""
        found = []
        for place in await self.places(team, merchant):
            found += [(one.id, one.name, one) for one in await self.desk.all(self.actor, place.team, place.merchant)]
        return self._only(given, found, words.NO_SUCH_DOCUMENT.to(self.settings.language, given=given))

    def _only(self, given: str, known: Sequence[tuple[str, str, T]], otherwise: str) -> T:
        found = [(id, one) for id, name, one in known if id == given] or [(id, one) for id, name, one in known if name == given]
        if len(found) > 1:
            ids = " ".join(id for id, _ in found)
            raise CopilotError(words.AMBIGUOUS.to(self.settings.language, given=given, ids=ids))
        if not found:
            raise CopilotError(otherwise)
        return found[0][1]


@library.callback()
def _bare(context: typer.Context) -> None:
    """团队和商家的文件；后面不写就是 list · Documents of teams and merchants; alone it lists them."""
    if context.invoked_subcommand is None:
        list_documents()


@library.command("list")
def list_documents(team: Team = None, merchant: Merchant = None, as_json: Json = False, data: Data = None) -> None:
    """列出文件 · List documents."""

    async def work(at: Library) -> None:
        found = []
        for place in await at.places(team, merchant):
            found += [(place, one) for one in await at.desk.all(at.actor, place.team, place.merchant)]
        if as_json:
            put(json.dumps([_record(place, one) for place, one in found], ensure_ascii=False))
            return
        language = at.settings.language
        if not found:
            note(words.NONE.to(language))
            return
        put(words.HEADS["documents"].to(language))
        for place, one in found:
            put("\t".join(map(clean_line, (one.id, one.name, place.name, str(one.current or words.OUT.to(language))))))

    _at_desk(data, work)


@library.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="要放进来的文件 · The file.", show_default=False)],
    team: Team = None,
    merchant: Merchant = None,
    data: Data = None,
) -> None:
    """放进一个文件；同名的成为新的一版 · Put a file in; one of the same name becomes a new version."""
    from bot.domain.documents import Outcome

    async def work(at: Library) -> None:
        language, place = at.settings.language, await at.place(team, merchant)
        waiting = await at.desk.look(at.actor, await asyncio.to_thread(_content, file, language), file.name)
        kept = await at.desk.confirm(at.actor, waiting.id, place.team, place.merchant)
        said = {Outcome.ADDED: words.ADDED, Outcome.RESTORED: words.RESTORED, Outcome.SAME: words.SAME}[kept.outcome]
        note(said.to(language, place=place.name, name=kept.document.name, number=kept.number, sections=waiting.seen.sections))
        note(words.FOLLOWED.to(language))

    _at_desk(data, work)


@library.command("versions")
def versions(document: Named, team: Team = None, merchant: Merchant = None, as_json: Json = False, data: Data = None) -> None:
    """一个文件的各版本 · The versions of a document."""

    async def work(at: Library) -> None:
        found = await at.desk.history(at.actor, (await at.document(document, team, merchant)).id)
        rows = [
            {
                "version": one.number, "added_at": one.added_at.astimezone(at.settings.zone).isoformat(timespec="seconds"),
                "added_by": one.added_by, "name": found.authors.get(one.added_by, ""), "sections": one.sections,
                "bytes": one.size, "current": one.number == found.document.current,
            }
            for one in found.versions
        ]  # fmt: skip
        if as_json:
            put(json.dumps(rows, ensure_ascii=False))
            return
        put(words.HEADS["versions"].to(at.settings.language))
        for row in rows:
            who, counts = str(row["name"] or row["added_by"]), "✓" if row["current"] else ""
            put(
                "\t".join(
                    map(clean_line, map(str, (row["version"], row["added_at"], who, row["sections"], row["bytes"], counts)))
                )
            )

    _at_desk(data, work)


@library.command("restore")
def restore(
    document: Named,
    version: Annotated[int, typer.Argument(metavar="VERSION", help="第几版 · The version.", show_default=False)],
    team: Team = None,
    merchant: Merchant = None,
    data: Data = None,
) -> None:
    """用回旧的一版，也用于恢复撤下的文件 · Let an older version count again."""

    async def work(at: Library) -> None:
        found = await at.document(document, team, merchant)
        await at.desk.restore(at.actor, found.id, version)
        place, language = await at.desk.place(at.actor, found.team, found.merchant), at.settings.language
        note(words.RESTORED.to(language, place=place.name, name=found.name, number=version))
        note(words.FOLLOWED.to(language))

    _at_desk(data, work)


@library.command("remove")
def remove(document: Named, team: Team = None, merchant: Merchant = None, data: Data = None) -> None:
    """撤下文件，各版本留着 · Take a document out; its versions are kept."""

    async def work(at: Library) -> None:
        found = await at.document(document, team, merchant)
        await at.desk.take_out(at.actor, found.id)
        place, language = await at.desk.place(at.actor, found.team, found.merchant), at.settings.language
        note(words.REMOVED.to(language, place=place.name, name=found.name))
        note(words.FOLLOWED.to(language))

    _at_desk(data, work)


def _record(place: Place, one: Document) -> dict[str, object]:
    where = {"team": one.team, "merchant": one.merchant or None, "place": place.name}
    return {"id": one.id, "name": one.name, **where, "version": one.current or None}


def _content(file: Path, language: str) -> bytes:
    """The file's content; one that is too large is not read. Raises Refused, CopilotError."""
    from bot.flows.library import require_size

    try:
        require_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as error:
        raise CopilotError(words.NOT_READ.to(language, path=file, why=error.strerror or error)) from error


def _at_desk(data: Path | None, work: Callable[[Library], Awaitable[None]]) -> None:
    settings = prepare(data=data)
    asyncio.run(_work(settings, work))


async def _work(settings: Settings, work: Callable[[Library], Awaitable[None]]) -> None:
    from bot.build_office import open_office
    from bot.channels.people_words import worded
    from bot.flows.access import Actor

    async with open_office(settings) as office:
        actor = Actor(await office.gate.people.everything(LOCAL), LOCAL)
        try:
            await work(Library(settings, office.library, actor))
        except (NotFound, Refused) as error:
            raise CopilotError(worded(error, settings.language)) from None
