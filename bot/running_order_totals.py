"""What the total rows of a running order say, held against the lines above them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.running_order import Interlude, OrderLine, same_product
from bot.running_order_cells import Unclear, minutes_of, plain, stock_of
from bot.running_order_columns import Field

_WHOLE, _PART = ("合计", "总计", "汇总", "total"), ("小计", "subtotal")


@dataclass(frozen=True, slots=True)
class Total:
    """A total row: of everything above it, or with `part` of what stands since the one before."""

    row: int
    cells: Mapping[Field, str]
    part: bool


def total_of(label: str) -> bool | None:
    """Whether a cell begins a subtotal; None where it begins no total at all."""
    said = label.lower().rstrip(":：")
    return True if said in _PART else False if said in _WHOLE else None


def differing(total: Total, lines: Sequence[OrderLine], pauses: Sequence[Interlude]) -> Iterator[tuple[Field, str]]:
    """The figures of a total that the lines do not come to, each as ``300 ≠ 280``.

    Only where every line has the figure: what is not known does not add up. A product that comes back may be counted once or
    each time, and what happens beside the products with them or apart.
    """
    if (stock := _read(total, Field.STOCK)) is not None and all(line.stock is not None for line in lines):
        yield from _unlike(Field.STOCK, stock, (_each(lines), _once(lines)))
    if (minutes := _read(total, Field.MINUTES)) is not None and all(line.minutes is not None for line in lines):
        shown = sum((line.minutes or Decimal(0) for line in lines), Decimal(0))
        beside = sum((pause.minutes or Decimal(0) for pause in pauses), Decimal(0))
        yield from _unlike(Field.MINUTES, minutes, (shown + beside, shown))


def _read(total: Total, about: Field) -> Decimal | None:
    said = total.cells.get(about, "")
    try:
        return Decimal(stock_of(said) if about is Field.STOCK else minutes_of(said)) if plain(said) else None
    except Unclear:
        return None  # nobody needs it: the lines are what counts


def _each(lines: Sequence[OrderLine]) -> Decimal:
    return sum((Decimal(line.stock or 0) for line in lines), Decimal(0))


def _once(lines: Sequence[OrderLine]) -> Decimal:
    most: dict[str, int] = {}
    for line in lines:
        most[same_product(line.name)] = max(most.get(same_product(line.name), 0), line.stock or 0)
    return Decimal(sum(most.values()))


def _unlike(about: Field, said: Decimal, sums: tuple[Decimal, Decimal]) -> Iterator[tuple[Field, str]]:
    if said not in sums:
        yield about, f"{said.normalize():f} ≠ {sums[0].normalize():f}"
