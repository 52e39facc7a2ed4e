"""A merchant's data in one readable file, for its owner; nothing of another merchant is in it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from bot.domain.access import Merchant, Right, merchant_collection
from bot.domain.audit import Deed, Entry
from bot.errors import NotFound, Refused, StorageError
from bot.flows.access import Actor, Clock
from bot.flows.merchants import MerchantDesk
from bot.flows.packing import extension, is_file, packed, publish, safe_name, unlike
from bot.storage.audit import Trail
from bot.storage.export import Belongings, Exports, Version

FILES = "文件"
"""The folder of the documents in the zip."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a document: where it is in the zip, and where it comes from; None when its file is gone."""

    version: Version
    place: str
    source: Path | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What an export holds, and who had it made in which language."""

    belongings: Belongings
    kept: tuple[Kept, ...]
    person: str
    at: datetime
    language: str

    @property
    def missing(self) -> tuple[Kept, ...]:
        """Versions that are noted but whose file is gone."""
        return tuple(one for one in self.kept if one.source is None)


@dataclass(frozen=True, slots=True)
class Exported:
    """The file that was written, and how much is in it."""

    merchant: Merchant
    path: Path
    size: int
    questions: int
    files: int
    missing: tuple[str, ...]


Pages = Callable[[Contents], Mapping[str, str]]
"""The readable texts of an export by their names in the zip."""


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """Exports merchants. `library` is the folder of all documents; `pages` words what is read.

    The times of the files in a zip are in `zone`, as those in its texts are, whatever zone the machine is in.
    """

    merchants: MerchantDesk
    exports: Exports
    trail: Trail
    library: Path
    pages: Pages
    now: Clock
    zone: tzinfo

    async def write(self, actor: Actor, id: str, target: Path, *, replace: bool = False, language: str = "zh") -> Exported:
        """Write all of a merchant into the zip `target`, which is mode 0600 and whole at any moment.

        Raises NotFound, Refused when the actor does not own the merchant or `target` exists, StorageError.
        """
        merchant = await self.merchants.one(actor, id, Right.OWN)
        if not replace and await asyncio.to_thread(os.path.lexists, target):
            raise Refused("file_exists", path=target)
        found = await self.exports.of(merchant, access=actor.access)
        if found is None:
            raise NotFound("no_merchant")
        contents = await asyncio.to_thread(self._contents, found, actor, language)
        return await self._written(actor, contents, target, replace=replace)

    async def _written(self, actor: Actor, contents: Contents, target: Path, *, replace: bool) -> Exported:
        belongings = contents.belongings
        files = {one.place: one.source for one in contents.kept if one.source is not None}
        merchant = belongings.merchant
        temporary: Path | None = None
        at = contents.at.astimezone(self.zone)
        try:
            temporary = await asyncio.to_thread(packed, target.parent, at, self.pages(contents), files)
            size = temporary.stat().st_size
            # Noted before anybody has it: an export that nobody knows of must not be.
            detail = {"questions": str(len(belongings.questions)), "files": str(len(files)), "bytes": str(size)}
            entry = Entry(contents.at, actor.person, Deed.EXPORTED, actor.chat, merchant.team, merchant.id, merchant.id, detail)
            await self.trail.add(entry)
            await asyncio.to_thread(publish, temporary, target, replace=replace)
        except FileExistsError:
            raise Refused("file_exists", path=target) from None
        except OSError as error:
            raise StorageError(f"写不了 {target}（{error.strerror or error}）。请换一个能写的文件夹。") from error
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        gone = tuple(f"{one.version.name} #{one.version.number}" for one in contents.missing)
        return Exported(merchant, target, size, len(belongings.questions), len(files), gone)

    def _contents(self, found: Belongings, actor: Actor, language: str) -> Contents:
        folder = self.library / merchant_collection(found.merchant.id) / "versions"
        taken: set[str] = set()
        folders: dict[str, str] = {}
        kept = []
        for version in found.versions:
            if version.document not in folders:
                folders[version.document] = unlike(safe_name(version.name, version.document), taken)
            place = f"{FILES}/{folders[version.document]}/{version.number}{extension(version.name)}"
            source = folder / version.digest
            there = version.digest.isalnum() and is_file(source)
            kept.append(Kept(version, place, source if there else None))
        return Contents(found, tuple(kept), actor.person, self.now(), language)
