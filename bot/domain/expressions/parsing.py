"""Text to expression: the one small language of metric formulas and rule conditions.

    or_expr    := and_expr ("or" and_expr)*
    and_expr   := not_expr ("and" not_expr)*
    not_expr   := "not" not_expr | comparison
    comparison := sum (("<" | "<=" | ">" | ">=" | "==") sum)?
    sum        := product (("+" | "-") product)*
    product    := unary (("*" | "/") unary)*
    unary      := "-" unary | atom
    atom       := NUMBER UNIT? | NAME | CALL | "(" or_expr ")"

Numbers and conditions are told apart while reading, so whatever was read can be evaluated. Length and nesting are
bounded, because the text may come from anyone who edits the handbook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.expressions.nodes import (
    COMPARING,
    FUNCTIONS,
    Binary,
    Call,
    Expression,
    ExpressionError,
    Function,
    Name,
    Node,
    Number,
    Unary,
    is_condition,
    walk,
)

MAX_TOKENS = 200
MAX_NESTING = 20
_MAX_DIGITS = 15
_MAX_WINDOWS = 12

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>%|(?:min|s|h)(?![A-Za-z0-9_])|[人次条单元倍件])?"
    r"|(?P<name>[a-z][a-z0-9_]*)|(?P<operator><=|>=|==|[-+*/<>(),])"
)
_KEYWORDS = frozenset({"and", "or", "not"})
_TYPED_OTHERWISE = {
    "（": "(",
    "）": ")",
    "，": ",",
    "＜": "<",
    "＞": ">",
    "≤": "<=",
    "≥": ">=",
    "=": "==",
    "×": "*",
    "÷": "/",
    "－": "-",
    "−": "-",
    "＋": "+",
    "％": "%",
    "&": "and",
    "|": "or",
    "!": "not",
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int
    unit: str = ""


def parse(text: str) -> Expression:
    """Read a formula or a condition; raises ExpressionError for anything that is neither."""
    parser = _Parser(_tokens(text))
    root = parser.either()
    parser.finish()
    return Expression(" ".join(text.split()), root)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if not match:
            raise ExpressionError(*_unreadable(text[at], at + 1))
        kind = "number" if match["number"] else "name" if match["name"] else "operator"
        tokens.append(_Token(kind, match[kind], at + 1, match["unit"] or ""))
        if len(tokens) > MAX_TOKENS:
            raise ExpressionError("公式太长，请拆成几条", at + 1, "the formula is too long; split it")
        at = match.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


def _unreadable(character: str, column: int) -> tuple[str, int, str]:
    if character in _TYPED_OTHERWISE:
        right = _TYPED_OTHERWISE[character]
        return f"「{character}」要写成 {right}", column, f"write {right} instead of {character}"
    said = f"看不懂「{character}」，公式里只能用英文符号、数字和小写的指标名"
    return said, column, f"cannot read {character}; use ASCII signs, numbers and metric ids in lower case"


class _Parser:
    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _accept(self, *texts: str) -> _Token | None:
        return self._take() if self._next.kind != "end" and self._next.text in texts else None

    def _expect(self, text: str, why: str) -> None:
        if not self._accept(text):
            raise ExpressionError(f"{why}，这里要有 {text}", self._next.column, f"{text} is missing here")

    def finish(self) -> None:
        """Nothing may be left over."""
        if self._next.kind == "end":
            return
        if self._next.text in COMPARING:
            said = "一次只能比一回，两次比较请用 and 连起来"
            raise ExpressionError(said, self._next.column, "compare once at a time; join two comparisons with and")
        extra = self._next.text
        raise ExpressionError(
            f"多出来「{extra}」，前面少了运算符吗", self._next.column, f"{extra} is left over; is a sign missing?"
        )

    def either(self) -> Node:
        """A condition or a number."""
        return self._joined("or", lambda: self._joined("and", self._not))

    def _joined(self, word: str, operand: Callable[[], Node]) -> Node:
        left = operand()
        while token := self._accept(word):
            right = operand()
            left = Binary(word, _condition(left, word), _condition(right, word), token.column)
        return left

    def _not(self) -> Node:
        token = self._accept("not")
        if not token:
            return self._comparison()
        return Unary("not", _condition(self._nested(self._not), "not"), token.column)

    def _comparison(self) -> Node:
        left = self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._unary))
        token = self._accept(*COMPARING)
        if not token:
            return left
        right = self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._unary))
        return Binary(token.text, _number(left, token.text), _number(right, token.text), token.column)

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        left = operand()
        while token := self._accept(*operators):
            right = operand()
            left = Binary(token.text, _number(left, token.text), _number(right, token.text), token.column)
        return left

    def _unary(self) -> Node:
        token = self._accept("-")
        if not token:
            return self._atom()
        return Unary("-", _number(self._nested(self._unary), "-"), token.column)

    def _nested(self, inner: Callable[[], Node]) -> Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            said, english = f"嵌套超过 {MAX_NESTING} 层，请拆开写", f"nested more than {MAX_NESTING} deep; split it"
            raise ExpressionError(said, self._next.column, english)
        node = inner()
        self._nesting -= 1
        return node

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return _literal(token)
        if token.text == "(":
            node = self._nested(self.either)
            self._expect(")", "括号没有合上")
            return node
        if token.kind == "name" and token.text not in _KEYWORDS:
            return self._call(token) if self._next.text == "(" else _name(token)
        found = f"「{token.text}」" if token.text else "结尾"
        english = f"a number, a metric or a bracket has to stand here, not {token.text or 'the end'}"
        raise ExpressionError(f"这里要写数字、指标名或括号，不能是{found}", token.column, english)

    def _call(self, token: _Token) -> Node:
        function = FUNCTIONS.get(token.text)
        if not function:
            said = f"没有 {token.text} 这个函数，能用的有 {'、'.join(FUNCTIONS)}"
            english = f"there is no function {token.text}; known are {', '.join(FUNCTIONS)}"
            raise ExpressionError(said, token.column, english)
        self._take()
        x = _argument(token, function, self._nested(self.either))
        window = self._duration(token, function) if function.window else 0.0
        count = self._count(token, function) if function.count else 0
        back = self._duration(token, function) if function.back and self._next.text == "," else 0.0
        self._expect(")", f"写法是 {token.text}({function.usage})")
        return Call(token.text, x, window, back, count, token.column)

    def _duration(self, token: _Token, function: Function) -> float:
        self._expect(",", f"写法是 {token.text}({function.usage})")
        given = self._take()
        if given.kind != "number" or given.unit not in _SECONDS or not (seconds := _literal(given).value):
            english = "a length of time has to stand here, such as 30s, 10min or 1h"
            raise ExpressionError("这里要写一段时长，例如 30s、10min、1h", given.column, english)
        return seconds

    def _count(self, token: _Token, function: Function) -> int:
        self._expect(",", f"写法是 {token.text}({function.usage})")
        given = self._take()
        fits = given.kind == "number" and given.text.isdigit() and not given.unit and len(given.text) <= _MAX_DIGITS
        if not fits or not 2 <= int(given.text) <= _MAX_WINDOWS:
            english = f"how many windows: a whole number from 2 to {_MAX_WINDOWS}"
            raise ExpressionError(f"这里要写连着比几段，2 到 {_MAX_WINDOWS} 的整数", given.column, english)
        return int(given.text)


def _literal(token: _Token) -> Number:
    if len(token.text) > _MAX_DIGITS:
        raise ExpressionError(f"数字太长，最多 {_MAX_DIGITS} 位", token.column, f"a number has {_MAX_DIGITS} digits at most")
    value = float(token.text)
    # 15% is 15 / 100, the same float as 0.15; 15 * 0.01 is not always.
    return Number(value / 100 if token.unit == "%" else value * _SECONDS.get(token.unit, 1.0), token.unit, token.column)


def _name(token: _Token) -> Name:
    if token.text in FUNCTIONS:
        usage = f"{token.text}({FUNCTIONS[token.text].usage})"
        raise ExpressionError(f"{token.text} 是函数，写法是 {usage}", token.column, f"{token.text} is a function: {usage}")
    return Name(token.text, token.column)


def _argument(token: _Token, function: Function, x: Node) -> Node:
    _number(x, token.text)
    inner = (node for node in walk(x) if isinstance(node, Call) and FUNCTIONS[node.function].series)
    if function.series and (call := next(inner, None)):
        english = f"{call.function} cannot stand inside {token.text}; split it"
        raise ExpressionError(f"{token.text} 里面不能再套 {call.function}，请拆开写", call.column, english)
    return x


def _number(node: Node, where: str) -> Node:
    if is_condition(node):
        english = f"{where} takes numbers, and this is a condition"
        raise ExpressionError(f"{where} 要用数，这里却是一个判断（真或假）", node.column, english)
    return node


def _condition(node: Node, where: str) -> Node:
    if not is_condition(node):
        english = f"{where} joins conditions (such as online_now < 50人), and this is a number"
        raise ExpressionError(f"{where} 要连着判断（例如 online_now < 50人），这里却是一个数", node.column, english)
    return node
