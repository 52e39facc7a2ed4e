"""The figure that an item asks for: what it is called, its unit, its limit; and the figure that somebody gives. No I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_ASKED = re.compile(r"(?P<name>[^（），]+)（(?P<unit>[^（）]+)）(?:，(?P<side>不低于|不超过) (?P<limit>-?[0-9]+(?:\.[0-9]+)?))?")
_SAID = re.compile(r"(?P<digits>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(?P<wan>万)?")
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure by name and unit. One that is below `least` or above `most` is beyond the limit."""

    name: str
    unit: str
    least: Decimal | None = None
    most: Decimal | None = None

    def beyond(self, value: Decimal) -> bool:
        """Whether the value does not keep to the limit."""
        return (self.least is not None and value < self.least) or (self.most is not None and value > self.most)


def asked(number: str) -> Asked:
    """What `Item.number` says, such as ``上行带宽（Mbps），不低于 5``. What is written otherwise is a name alone."""
    found = _ASKED.fullmatch(number)
    if found is None:
        return Asked(number, "")
    limit = Decimal(found["limit"]) if found["limit"] else None
    low = found["side"] == "不低于"
    return Asked(found["name"], found["unit"], limit if low else None, None if low else limit)


def figure(said: str) -> Decimal | None:
    """The one number in what somebody wrote: ``8.5 Mbps``, ``１２``, ``1,200``, ``1.2万``. None for no number, or several."""
    found = list(_SAID.finditer(unicodedata.normalize("NFKC", said).replace("，", ",").replace("−", "-")))
    if len(found) != 1 or sum(c.isdigit() for c in found[0]["digits"]) > MOST_DIGITS:
        return None
    value = Decimal(found[0]["digits"].replace(",", ""))
    return value * 10_000 if found[0]["wan"] else value


def written(value: Decimal) -> str:
    """The shortest way to write it: ``8.5``, ``5``, ``12000``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
