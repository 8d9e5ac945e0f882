"""One PDF page's text layer as lines with places: pieces put together, spurious spaces and false characters mended.

pypdf tells every piece of text with its matrices, in the order of the content stream, which is nearly always the
order of reading. Pieces at one height are one line; on a vertical page, pieces at one abscissa are one column.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.readers.composer import is_wide

if TYPE_CHECKING:
    from pypdf import PageObject


class Piece(NamedTuple):
    """A run of text and where it starts, in points from the lower left corner; `size` of its type in points."""

    text: str
    x: float
    y: float
    size: float


class Row(NamedTuple):
    """A printed line, or column on a vertical page. `x` and `y` are where it starts, in points from the lower left."""

    text: str
    x: float
    y: float
    size: float
    vertical: bool = False


# Fonts whose table maps glyphs back to radicals or to the forms of vertical setting; nobody typed these.
_RADICALS = (
    "⺁厂⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺖忄⺘扌⺙攵⺝月⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫罒⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺶羊⺷羊⺸羊⺹耂⺺肀⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀"
    "⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_UPRIGHT = (
    "︐，︑、︒。︓：︔；︕！︖？︗〖︘〗︙…︰：︱—︲–︵（︶）︷｛︸｝︹〔︺〕︻【︼】︽《"
    "︾》︿〈﹀〉﹁「﹂」﹃『﹄』﹇［﹈］"
)
_MENDED = {
    **{
        ord(false): true for pairs in (_RADICALS, _UPRIGHT) for false, true in zip(pairs[::2], pairs[1::2], strict=True)
    },
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
}
_ASCENT = 0.88
"""Share of the type's size that stands above the base line."""
_FALSE = re.compile(f"[{''.join(map(chr, _MENDED))}]")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]")
_SPACES = re.compile("[ \u00a0\t\n]+")


class Measure(NamedTuple):
    """What is usual in a book: the size of its type and the distance from line to line, in points."""

    size: float
    step: float


class Text(NamedTuple):
    """A page's lines in reading order, and how many false characters were mended."""

    rows: list[Row]
    mended: int


def text_of(page: PageObject) -> Text:
    """The text layer of a page.

    Raises:
        Exception: whatever pypdf raises over a broken page.
    """
    pieces: list[Piece] = []

    def take(text: str, user: list[float], matrix: list[float], font: Any, size: float) -> None:
        clean = _INVISIBLE.sub("", text).strip("\n")
        if clean.strip():
            pieces.append(_placed(clean, user, matrix, size))
        elif clean and pieces:
            pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + " ")

    page.extract_text(visitor_text=take)
    vertical = _is_vertical(pieces)
    rows = [_row(line, vertical) for line in _lines(_undoubled(pieces), vertical)]
    false = sum(len(_FALSE.findall(piece.text)) for piece in pieces)
    return Text([row for row in rows if row.text], false)


def extent(row: Row) -> tuple[float, float, float, float]:
    """The box a row takes, in points from the lower left: left, bottom, right, top."""
    wide = row.size * _width(row.text)
    top = row.y + _ASCENT * row.size
    if row.vertical:
        return row.x, top - wide, row.x + row.size, top
    return row.x, top - row.size, row.x + wide, top


def measure(pages: Sequence[Sequence[Row]]) -> Measure:
    """What is usual in these pages."""
    sizes: Counter[float] = Counter()
    for row in (row for page in pages for row in page):
        sizes[round(row.size, 1)] += len(row.text)
    size = sizes.most_common(1)[0][0] if sizes else 1.0
    steps = Counter(round(step(before, after), 1) for page in pages for before, after in pairwise(page))
    return Measure(size, next((each for each, _ in steps.most_common() if each > 0.8 * size), 2 * size))


def step(before: Row, after: Row) -> float:
    """Distance from a row to the next, in points; negative where a new column begins."""
    return before.x - after.x if after.vertical else before.y - after.y


def _placed(text: str, user: list[float], matrix: list[float], size: float) -> Piece:
    """The piece in the page's own space: text matrix times user matrix."""
    a, b, c, d, e, f = user
    x, y = matrix[4], matrix[5]
    across, up = matrix[2] * a + matrix[3] * c, matrix[2] * b + matrix[3] * d
    return Piece(text, x * a + y * c + e, x * b + y * d + f, abs(size) * hypot(across, up) or 1.0)


def _is_vertical(pieces: list[Piece]) -> bool:
    """Whether most neighbours stand closely one below the other, or at one height but further left."""
    down = across = 0
    for before, after in pairwise(pieces):
        aside, drop = after.x - before.x, before.y - after.y
        if abs(aside) < 0.3 * after.size and 0 < drop < 1.7 * after.size and len(before.text.strip()) == 1:
            down += 1
        elif abs(drop) < 0.3 * after.size:
            down, across = (down + 1, across) if -4 * after.size < aside < -0.8 * after.size else (down, across + 1)
    return down > 5 and down > 3 * across


def _undoubled(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Without pieces printed twice at nearly one place, which is how some programs make bold type."""
    recent: list[Piece] = []
    for piece in pieces:
        near = 0.2 * piece.size
        if not any(
            old.text == piece.text and abs(old.x - piece.x) < near and abs(old.y - piece.y) < near for old in recent
        ):
            yield piece
        recent = [*recent[-3:], piece]


def _lines(pieces: Iterable[Piece], vertical: bool) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for piece in pieces:
        if line and _breaks(line, piece, vertical):
            yield line
            line = []
        line.append(piece)
    if line:
        yield line


def _breaks(line: list[Piece], piece: Piece, vertical: bool) -> bool:
    """Whether `piece` begins another line: it stands at another height, or before the end of the one before it."""
    last, size = line[-1], max(line[-1].size, piece.size)
    if vertical:
        return abs(piece.x - last.x) > 0.8 * size or piece.y > last.y + 0.5 * size
    return abs(piece.y - line[0].y) > 0.5 * size or piece.x < last.x - 0.5 * size


def _row(line: list[Piece], vertical: bool) -> Row:
    text = line[0].text
    for before, piece in pairwise(line):
        width = before.size * len(before.text.strip()) if vertical else before.size * _width(before.text)
        gap = (before.y - piece.y if vertical else piece.x - before.x) - width
        wide = is_wide(before.text.rstrip()[-1]) and is_wide(piece.text[0])
        text += ("\u3000" if wide and gap > 1.2 * piece.size else "") + piece.text
    sizes: Counter[float] = Counter()
    for piece in line:
        sizes[piece.size] += len(piece.text)
    return Row(tidy(text), line[0].x, line[0].y, sizes.most_common(1)[0][0], vertical)


def _width(text: str) -> float:
    return sum(1.0 if is_wide(char) else 0.5 for char in text)


def mended(text: str) -> str:
    """Text with false characters replaced by those they stand for."""
    return text.translate(_MENDED)


def tidy(text: str) -> str:
    """A line without the spaces a PDF puts between Chinese characters, its false characters mended."""
    text = mended(text)
    parts = [part for part in _SPACES.split(text) if part]
    tidied = parts[0] if parts else ""
    for part in parts[1:]:
        tidied += part if is_wide(tidied[-1]) and is_wide(part[0]) else f" {part}"
    return tidied.strip(" \u3000")
