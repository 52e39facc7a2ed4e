"""What must hold in `heard.yaml`, and the words to listen for that it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from bot.content.checklists import Role, Text, Written
from bot.content.metrics import Metrics
from bot.content.problem import Problem
from bot.content.yamlfile import Place, Schema, YamlFile, checked
from bot.domain.heard import Group, Level, Lexicon, PatternError, Silence, Spoken, Term, compiled, listen
from bot.domain.heard.patterns import (
    CLOSE,
    GAP,
    GAPS,
    HIT,
    MONEY,
    NUMBER,
    Atoms,
    Segments,
    around,
    few,
    parsed,
    spellings,
    words_only,
)
from bot.domain.nudges import Rule

Pattern = Annotated[str, Field(min_length=1)]
_Id = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
Mark = Literal["P", "C", "P+C"]


_TRIED = 40


class _TermRow(Schema):
    id: str = Field(pattern="^H[0-9]{2}$")
    level: Level
    patterns: list[Pattern] = Field(min_length=1)
    variants: list[Pattern] = []
    unless: list[Pattern] = []
    sounds: bool = True
    correction: Text | None = None
    article: Written | None = None
    mark: Mark | None = None


class _GroupRow(Schema):
    id: _Id
    name: Text
    rule: str = Field(pattern="^N[0-9]{2}$")
    input: _Id
    evidence: _Id | None = None
    amount: _Id | None = None
    answer: Text | None = None
    silence: Silence = Silence.ZERO
    who: Role
    section: str = Field(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")
    article: Written
    mark: Mark
    correction: Text
    unless: list[Pattern] = []
    terms: list[_TermRow] = Field(min_length=1)


class _CountRow(Schema):
    id: _Id
    name: Text
    input: _Id
    share: bool = False
    patterns: list[Pattern] = Field(min_length=1)
    variants: list[Pattern] = []
    unless: list[Pattern] = []


class _Rows(Schema):
    lists: dict[str, list[Pattern]] = {}
    viewers: list[Text] = []
    groups: list[_GroupRow] = Field(min_length=1)
    comments: list[_CountRow] = []


@dataclass(frozen=True)
class Hearing:
    """What the file says, as it is written; `lexicon` makes it ready to be found."""

    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    speech: tuple[Spoken, ...] = ()
    comments: tuple[Spoken, ...] = ()
    viewers: frozenset[str] = frozenset()

    def lexicon(self) -> Lexicon:
        """The words of this file, with sounds and scripts; takes one to three seconds."""
        # Imported here: only what listens pays for the table of sounds.
        from knowledge.lexical import simplified
        from knowledge.spelling import readings

        speech = compiled(self.speech, self.lists, simplified, readings)
        answered = compiled((one for one in self.speech if one.term.group.answer), self.lists, simplified, readings)
        return Lexicon(speech, compiled(self.comments, self.lists, simplified, readings), answered, self.viewers)


def read_heard(file: YamlFile) -> tuple[Hearing, list[Problem]]:
    """The words of the file, or none and what is wrong with it: half a list would stay silent where it should not."""
    found, problems = checked(_Rows, file, file.data)
    if found is None:
        return Hearing(), problems
    problems += sorted({*_unreadable(file, found), *_repeated(file, found)})
    return (Hearing(), problems) if problems else (_hearing(found), [])


def check_heard(file: YamlFile, hearing: Hearing, metrics: Metrics, rules: Sequence[Rule]) -> Iterator[Problem]:
    """What shows only beside the rules and metrics, or when the words are listened for."""
    if not hearing.speech:
        return
    inputs = {one.id for one in metrics.inputs}
    known = {rule.id: rule.needs for rule in rules}
    for at, row in enumerate(file.data["groups"]):
        yield from _check_group(file, ("groups", at), row, known, inputs)
    for at, row in enumerate(file.data.get("comments") or ()):
        if inputs and row["input"] not in inputs:
            yield file.problem(f"{row['id']}：没有 {row['input']} 这个输入", "comments", at, "input")
    yield from _check_sayings(file, hearing)


def _check_group(
    file: YamlFile, place: Place, row: Mapping[str, str], rules: Mapping[str, Collection[str]], inputs: Collection[str]
) -> Iterator[Problem]:
    name = row["rule"]
    if rules and name not in rules:
        yield file.problem(f"{row['id']}：没有 {name} 这条规则", *place, "rule")
    for key in ("input", "evidence", "amount"):
        wanted = row.get(key)
        if wanted and inputs and wanted not in inputs:
            yield file.problem(f"{row['id']}：没有 {wanted} 这个输入", *place, key)
        elif wanted and name in rules and wanted not in rules[name]:
            yield file.problem(f"{row['id']}：{name} 的 when 不看 {wanted}", *place, key)


def _check_sayings(file: YamlFile, hearing: Hearing) -> Iterator[Problem]:
    """Words that their own exceptions cover, and corrections that would be taken for another offence."""
    lexicon = hearing.lexicon()
    for place, pattern, group in _written(file):
        words = lexicon.speech if place[0] == "groups" else lexicon.comments
        for atoms in _some(spellings(parsed(pattern, hearing.lists))):
            said = "".join({NUMBER: "3", MONEY: "3元", GAP: "", CLOSE: ""}.get(atom, atom) for atom in atoms)
            if not any(heard.group.id == group for heard in listen(said, words)):
                yield file.problem(f"「{pattern}」听不到：例外把「{said}」整个盖住了，改例外或删掉它", *place)
                break
    for place, text in _corrections(file):
        for heard in listen(text, lexicon.speech):
            if heard.term.counts:
                yield file.problem(f"更正的话里又有「{heard.words}」（{heard.group.name}），换个说法", *place)


def _some(found: list[Atoms]) -> list[Atoms]:
    """Enough spellings to see what an exception covers, from all over the list."""
    return found[:: 1 + len(found) // _TRIED]


def _corrections(file: YamlFile) -> Iterator[tuple[Place, str]]:
    for at, group in enumerate(file.data["groups"]):
        yield from ((("groups", at, key), group[key]) for key in ("correction", "answer") if key in group)
        for number, term in enumerate(group["terms"]):
            if "correction" in term:
                yield ("groups", at, "terms", number, "correction"), term["correction"]


def _written(file: YamlFile) -> Iterator[tuple[Place, str, str]]:
    """Every pattern and variant with its place and group."""
    places = [
        *((("groups", at, "terms", number), term, group["id"]) for at, group in enumerate(file.data["groups"])
          for number, term in enumerate(group["terms"])),
        *((("comments", at), row, row["id"]) for at, row in enumerate(file.data.get("comments") or ())),
    ]  # fmt: skip
    for place, row, group in places:
        for key in ("patterns", "variants"):
            yield from (((*place, key, at), pattern, group) for at, pattern in enumerate(row.get(key) or ()))


def _unreadable(file: YamlFile, found: _Rows) -> Iterator[Problem]:
    """Patterns and exceptions that cannot be read."""
    for name, words in found.lists.items():
        for at, word in enumerate(words):
            if word.startswith("{") and word.endswith("}"):
                if said := _fault(word, found.lists, len):
                    yield file.problem(f"词表「{name}」：「{word}」{said}", "lists", name, at)
            elif any(sign in word for sign in (*"{}", *GAPS, HIT)):
                yield file.problem(f"词表「{name}」里只写字，或者整条写另一张词表 {{名}}，不写别的记号", "lists", name, at)
    for at, group in enumerate(found.groups):
        yield from _read_all(file, ("groups", at), group.id, (), group.unless, found.lists)
        for number, term in enumerate(group.terms):
            yield from _read_all(
                file, ("groups", at, "terms", number), term.id, (term.patterns, term.variants), term.unless, found.lists
            )
    for at, row in enumerate(found.comments):
        yield from _read_all(file, ("comments", at), row.id, (row.patterns, row.variants), row.unless, found.lists)


def _read_all(
    file: YamlFile, place: Place, name: str, words: Sequence[Sequence[str]], unless: Sequence[str], lists: Mapping[str, list[str]]
) -> Iterator[Problem]:
    for key, patterns, check in (
        *zip(("patterns", "variants"), words, (words_only,) * 2, strict=False),
        ("unless", unless, around),
    ):
        for at, pattern in enumerate(patterns):
            if said := _fault(pattern, lists, check):
                yield file.problem(f"{name}：「{pattern}」{said}", *place, key, at)


def _fault(pattern: str, lists: Mapping[str, list[str]], check: Callable[[Segments], object]) -> str:
    try:
        check(parsed(pattern, lists))
    except PatternError as error:
        return str(error)
    return ""


def _repeated(file: YamlFile, found: _Rows) -> Iterator[Problem]:
    """Ids and spellings that stand twice, however they are written."""
    seen: dict[object, str] = {}
    ids: list[tuple[Place, str]] = [(("groups", at, "id"), group.id) for at, group in enumerate(found.groups)]
    for at, group in enumerate(found.groups):
        ids += [(("groups", at, "terms", n, "id"), term.id) for n, term in enumerate(group.terms)]
    ids += [(("comments", at, "id"), row.id) for at, row in enumerate(found.comments)]
    for place, name in ids:
        if (first := seen.setdefault(name, f"{file.path}:{file.line(*place)}")) and first != f"{file.path}:{file.line(*place)}":
            yield file.problem(f"编号 {name} 已经在 {first} 用过", *place)
    yield from _superfluous(file, found)


def _superfluous(file: YamlFile, found: _Rows) -> Iterator[Problem]:
    """Patterns every spelling of which others have already; two that merely overlap are both needed."""
    from bot.domain.heard.lexicon import folded
    from knowledge.lexical import simplified

    where: dict[tuple[str, Atoms], tuple[Place, str]] = {}
    for place, pattern, _ in _written(file):
        try:
            segments = parsed(pattern, found.lists)
        except PatternError:
            continue
        own = spellings(folded(segments, simplified, keep=True))
        if few(segments) and all((str(place[0]), atoms) in where for atoms in own):
            first, other = where[str(place[0]), own[0]]
            yield file.problem(
                f"「{pattern}」里的「{''.join(own[0])}」已经在第 {file.line(*first)} 行写过（{other}），只留一个", *place
            )
        for atoms in own:
            where.setdefault((str(place[0]), atoms), (place, pattern))


def _hearing(found: _Rows) -> Hearing:
    speech = tuple(_spoken(group, term) for group in found.groups for term in group.terms)
    comments = tuple(
        Spoken(Term(row.id, Group(row.id, row.name, row.input, share=row.share)), row.patterns, row.variants, row.unless)
        for row in found.comments
    )
    return Hearing(found.lists, speech, comments, frozenset(name.lower() for name in found.viewers))


def _spoken(group: _GroupRow, term: _TermRow) -> Spoken:
    kind = Group(
        group.id, group.name, group.input, rule=group.rule, evidence=group.evidence or "", amount=group.amount or "",
        silence=group.silence, who=group.who, section=group.section, answer=group.answer or "",
    )  # fmt: skip
    said = Term(
        term.id, kind, term.level, correction=term.correction or group.correction, article=term.article or group.article,
        mark=term.mark or group.mark, sounds=term.sounds,
    )  # fmt: skip
    return Spoken(said, term.patterns, term.variants, (*group.unless, *term.unless))
