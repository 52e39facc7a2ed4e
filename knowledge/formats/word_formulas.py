"""Word's formulas as one line of text, the way one would type them in a chat: (A+B)/C, x^2, √(n).

Knows Office's mathematical markup and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORMULAS = (f"{_M}oMathPara", f"{_M}oMath")


def write_formulas(document: Element) -> None:
    """Replace every formula of a Word document by a run of text."""
    for parent in document.iter():
        for at, child in enumerate(list(parent)):
            if child.tag in _FORMULAS and parent.tag != _FORMULAS[0]:
                parent[at] = _run(linear(child))


def linear(element: Element) -> str:
    """A formula, or a part of one, as a line of text."""
    if element.tag == f"{_M}t":
        return element.text or ""
    writer = _WRITERS.get(element.tag.removeprefix(_M))
    return writer(element) if writer else "".join(linear(child) for child in element)


def _run(text: str) -> Element:
    run = Element(f"{_W}r")
    SubElement(run, f"{_W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}).text = text
    return run


def _part(element: Element, name: str) -> str:
    child = element.find(f"{_M}{name}")
    return linear(child) if child is not None else ""


def _grouped(text: str) -> str:
    """Brackets around what is more than one name or number."""
    return text if re.fullmatch(r"[\w.%]*|\([^()]*\)", text) else f"({text})"


def _fraction(element: Element) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _script(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    return _grouped(_part(element, "e")) + (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")


def _root(element: Element) -> str:
    return f"{_part(element, 'deg')}√{_grouped(_part(element, 'e'))}"


def _sum(element: Element) -> str:
    sign = element.find(f"{_M}naryPr/{_M}chr")
    below, above = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
    return f"{sign.get(f'{_M}val', '∫') if sign is not None else '∫'}{limits} {_part(element, 'e')}"


def _brackets(element: Element) -> str:
    inner = ", ".join(linear(child) for child in element.findall(f"{_M}e"))
    return f"{_character(element, 'begChr', '(')}{inner}{_character(element, 'endChr', ')')}"


def _character(element: Element, name: str, usual: str) -> str:
    found = element.find(f"{_M}dPr/{_M}{name}")
    return usual if found is None else found.get(f"{_M}val", usual)


_WRITERS: dict[str, Callable[[Element], str]] = {
    "f": _fraction,
    "sSub": _script,
    "sSup": _script,
    "sSubSup": _script,
    "rad": _root,
    "nary": _sum,
    "d": _brackets,
}
