"""`copilot heard`: what must not be said in a transcript or a comment feed, with the law and the correction to say at once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Handbook, Json, clean_line, handbook_faults, note, prepare, put
from bot.commands.lines import opened
from bot.commands.words import say
from bot.errors import HandbookError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.heard import Heard, Lexicon, Listening

File = Annotated[str, typer.Argument(metavar="FILE", help="一行一句的文字，- 是标准输入 · One utterance a line; - is stdin.")]


LONGEST = 20_000
"""Characters of a line: what takes about a second at most. What is said in a minute has three hundred."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One row: who said what, when (seconds; None for plain text, which has no times)."""

    text: str
    speaker: str = ""
    ts: float | None = None


class BadUtterance(ValueError):
    """A row that is none; the message says why."""


def heard(file: File, as_json: Json = False, handbook: Handbook = None) -> None:
    """听一段口播或评论，说出要更正的话 · Listen to a transcript: what to correct, by which law, how."""
    settings = prepare(handbook=handbook)
    with handbook_faults(settings):
        listening = _listening(settings)
    with opened(file, hint="FILE") as descriptor:
        asyncio.run(_listen(settings, listening, descriptor, as_json=as_json))


def _listening(settings: Settings) -> Listening:
    from bot.domain.heard import Listening

    return Listening(lexicon(settings))


def lexicon(settings: Settings) -> Lexicon:
    """What the handbook's `heard.yaml` listens for. Raises HandbookError where it has none that can be used."""
    from bot.content.heard import read_heard
    from bot.content.read import HEARD, read_file
    from bot.content.yamlfile import YamlFile

    path = settings.handbook / HEARD
    file = read_file(path, HEARD) if path.is_file() else None
    hearing = read_heard(file)[0] if isinstance(file, YamlFile) else None
    if hearing is None or not hearing.speech:
        raise HandbookError(say(settings.language, "no_heard", path=settings.handbook))
    return hearing.lexicon()


async def _listen(settings: Settings, listening: Listening, descriptor: int, *, as_json: bool) -> None:
    from bot.commands.lines import read_lines

    number = count = found = bad = 0
    last: float | None = None
    async for raw in read_lines(descriptor):
        number += 1
        try:
            row = read_row(raw, number, settings.language)
        except BadUtterance as fault:
            bad += 1
            note(say(settings.language, "line_bad", line=number, why=fault))
            continue
        if row is None:
            continue
        count += 1
        # Plain lines have no times: each is an utterance of its own, too far from the next to be joined with it.
        last = row.ts if row.ts is not None else number * 3600.0
        mentions = listening.add(last, row.text, row.speaker)
        if row.ts is None:
            mentions += listening.settle(last + 1800.0)
        found += _show(settings.language, mentions, row, number, as_json=as_json)
    if last is not None:
        end = Utterance("", ts=last)
        found += _show(settings.language, listening.settle(last + 1800.0), end, number, as_json=as_json)
    _finish(settings.language, count, found, bad)


def _finish(language: str, count: int, found: int, bad: int) -> None:
    note(say(language, "heard_some" if found else "heard_nothing", count=count, found=found))
    if bad:
        note(say(language, "lines_unheard", count=bad))
        raise typer.Exit(1)


def _show(language: str, mentions: tuple[Heard, ...], row: Utterance, number: int, *, as_json: bool) -> int:
    for one in mentions:
        if as_json:
            put(json.dumps(to_json(one, row, number), ensure_ascii=False))
            continue
        level, how = (say(language, f"heard.{key.value}") for key in (one.term.level, one.how))
        said = {
            "place": number, "rule": one.rule, "group": one.group.name, "level": level, "words": one.words, "how": how,
            "pattern": one.pattern, "certainty": one.certainty, "who": one.group.who, "correction": one.correction,
            "mark": one.term.mark, "article": one.term.article, "section": one.group.section,
        }  # fmt: skip
        for key in ("heard.line", "heard.say", "heard.law"):
            put(("    " if key != "heard.line" else "") + clean_line(say(language, key, **said)))
    return len(mentions)


def to_json(one: Heard, row: Utterance, number: int) -> dict[str, Any]:
    """One mention as a row; `start` and `end` count the utterance's characters, below 0 what was said before it."""
    return {
        "line": number, "ts": row.ts, "speaker": row.speaker, "group": one.group.id, "rule": one.rule,
        "level": one.term.level.value, "counts": one.term.counts, "term": one.term.id, "pattern": one.pattern,
        "words": one.words, "start": one.start, "end": one.end, "how": one.how.value, "certainty": one.certainty,
        "amount": one.amount, "article": one.term.article, "mark": one.term.mark, "section": one.group.section,
        "who": one.group.who, "correction": one.correction,
    }  # fmt: skip


def read_row(raw: bytes, number: int, language: str) -> Utterance | None:
    """The utterance in one line: plain text, or a JSON object with `text`, `ts`, `speaker`. None for an empty line.

    Raises BadUtterance.
    """
    try:
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        raise BadUtterance(say(language, "not_utf8")) from None
    if len(line) > LONGEST:
        raise BadUtterance(say(language, "heard_long", count=len(line), most=LONGEST))
    if not line.startswith("{"):
        return Utterance(line) if line else None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadUtterance(say(language, "not_json")) from None
    text, speaker = row.get("text"), row.get("speaker") or ""
    if not isinstance(text, str):
        raise BadUtterance(say(language, "no_text"))
    if not isinstance(speaker, str):
        raise BadUtterance(say(language, "bad_speaker"))
    return Utterance(text, speaker, _seconds(row.get("ts"), language))


def _seconds(ts: object, language: str) -> float | None:
    """Seconds on any scale, or the moment of an ISO time; None for nothing."""
    import math
    from datetime import UTC, datetime

    if ts is None:
        return None
    try:
        if isinstance(ts, str):
            moment = datetime.fromisoformat(ts)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if isinstance(ts, (int, float)) and not isinstance(ts, bool) and math.isfinite(ts):
            return float(ts)
    except (ValueError, OverflowError):
        pass
    raise BadUtterance(say(language, "bad_ts"))
