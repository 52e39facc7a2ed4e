"""Drawing lines, areas and text on a picture, and writing it as a small PNG. The only file that imports matplotlib.

All text is set in one font that holds Chinese; what it cannot show is left out, so that no label is ever a box. Things are drawn
straight onto the pixels: no pyplot, and no figure that keeps them. One thread at a time: fonts bear no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import CopilotError

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from PIL.Image import Image as PilImage

FONT_PACKAGE, FONT_FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
"""Noto Sans SC (SIL Open Font License 1.1), as the package that is in the lock file ships it."""
DPI = 100
INK, SOFT, FAINT, PAPER = "#1d2733", "#6b7785", "#e3e7ec", "#ffffff"
LINE, BAND, LIMIT, EVENT, BLANK = "#1f6feb", "#cfe3ff", "#d1242f", "#fff2c2", "#e6e9ed"
GOOD, BAD = "#1a7f37", "#bc4c00"
_OVER = {
    PAPER: (INK, SOFT, FAINT, LINE, BAND, LIMIT, EVENT, BLANK, GOOD, BAD),
    BAND: (LINE, BAD, INK, LIMIT, SOFT),
    BLANK: (SOFT,),
}
"""What lies upon what: soft edges have the colours between the two."""
_SHARES = (0.25, 0.5, 0.75)
_NEAR = 28
"""Colours that are nearer to each other (sums of red, green and blue) are taken for one another when pixels are sorted."""


class Canvas:
    """A white picture of so many pixels; coordinates are pixels from its lower left corner."""

    def __init__(self, width: int, height: int) -> None:
        from matplotlib.backends.backend_agg import RendererAgg

        self.width, self.height = width, height
        self._renderer = RendererAgg(width, height, DPI)  # type: ignore[no-untyped-call]
        self.box(0, 0, width, height, PAPER)

    def text(self, x: float, y: float, text: str, size: float, colour: str = INK, *, align: str = "left") -> None:
        """One line of text; `size` is its height in pixels, `y` its middle, `align` left, center or right."""
        from matplotlib.text import Text

        shown = legible(text)
        if shown:
            font, points = _font(), size * 72 / DPI
            self._add(
                Text(x, y, shown, color=colour, fontproperties=font, fontsize=points, ha=align, va="center", parse_math=False)
            )

    def line(self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float = 1.0, *, dashed: bool = False) -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        style: Any = (0, (4, 3)) if dashed else "-"
        self._add(Line2D(list(xs), list(ys), color=colour, linewidth=width * 72 / DPI, linestyle=style, solid_joinstyle="round"))

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """A dot with a white rim."""
        from matplotlib.patches import Circle

        self._add(Circle((x, y), radius, facecolor=colour, edgecolor=PAPER, linewidth=1.2))

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, clear: float = 1.0) -> None:
        """A filled rectangle from its lower left corner; what lies below shines through when `clear` is less than 1."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((x, y), width, height, facecolor=colour, edgecolor="none", alpha=clear))

    def area(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str) -> None:
        """What lies between two lines."""
        from matplotlib.patches import Polygon

        around = [*zip(xs, highs, strict=True), *reversed(list(zip(xs, lows, strict=True)))]
        self._add(Polygon(around, closed=True, facecolor=colour, edgecolor="none"))

    def png(self) -> bytes:
        """The picture. Takes as long as drawing takes: not for the event loop.

        Its colours are those above and a few between them, always the same: if they were chosen by how many pixels have each, the
        pale ones would fall together with white as soon as a picture has more of the others. A third of the size of true colour.
        """
        from PIL import Image

        held = self._renderer.buffer_rgba()  # type: ignore[no-untyped-call]
        drawn = Image.frombuffer("RGBA", (self.width, self.height), held, "raw", "RGBA", 0, 1)
        few = drawn.convert("RGB").quantize(palette=_palette(), dither=Image.Dither.NONE)
        out = BytesIO()
        few.save(out, "PNG", optimize=True)
        return out.getvalue()

    def _add(self, artist: Artist) -> None:
        """Draw it now. What is kept in no figure needs no garbage collector, and later things lie above earlier ones."""
        artist.set_figure(_figure())
        artist.set_transform(None)
        artist.draw(self._renderer)


def legible(text: str) -> str:
    """The text on one line without what the font cannot show."""
    covered = _covered()
    return "".join(c for c in re.sub(r"\s", " ", text) if ord(c) in covered).strip()


def covers(text: str) -> bool:
    """Whether the font has a glyph for every character."""
    return all(c.isspace() or ord(c) in _covered() for c in text)


def font_file() -> Path:
    """Where the font lies. Raises CopilotError with what to do where it was not installed."""
    spec = find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:
        raise CopilotError("画图用的字体没有装上，请重新运行 make run。")
    return Path(spec.origin).with_name(FONT_FILE)


@lru_cache(maxsize=1)
def _palette() -> PilImage:
    """A picture whose palette has every colour of ours, and those between what lies upon each other."""
    from PIL import Image, ImageColor

    named = [ImageColor.getrgb(colour) for colour in (PAPER, *_OVER[PAPER])]
    for below, above in _OVER.items():
        ground = ImageColor.getrgb(below)
        for colour in map(ImageColor.getrgb, above):
            for share in _SHARES:
                red, green, blue = (round(low + (high - low) * share) for low, high in zip(ground[:3], colour[:3], strict=True))
                between = (red, green, blue)
                if all(_apart(between, one) >= _NEAR for one in named):
                    named.append(between)
    made = Image.new("P", (1, 1))
    made.putpalette([part for colour in named for part in colour])
    return made


def _apart(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))


@lru_cache(maxsize=1)
def _figure() -> Figure:
    """What things ask for the resolution; it holds nothing."""
    from matplotlib.figure import Figure

    return Figure(dpi=DPI)


@lru_cache(maxsize=1)
def _font() -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()))


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font_file())).get_charmap())
