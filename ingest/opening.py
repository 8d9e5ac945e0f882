"""The first and last lines of a part: titles, bylines, tables of contents."""

from __future__ import annotations

from collections.abc import Sequence

from ingest import headings
from ingest.blocks import Block, Piece, row_of, text_of
from ingest.setting import Rows, Setting, plain

_WIDE = "\u3000" * 3
_FAR = 6  # cells
_LONGEST_OPENING = 8  # lines
_FOLD = str.maketrans("巻錄录説叙敍髙", "卷録録說敘敘高")


def opening(rows: Rows, blocks: Sequence[Block], setting: Setting, part: str) -> tuple[list[Piece], int]:
    """The title lines and bylines at a part's head, and the number of the first block after them."""
    kinds: list[str | None] = []
    named = False
    for block in blocks[:_LONGEST_OPENING]:
        row = row_of(rows, block)
        text = plain(row).strip("\u3000")
        if block.stop - block.start > 1 or row.hard:
            break
        kind = _opening_kind(text, block, kinds, part)
        if (kind is None and headings.recognise(text)) or (named and kind == "title"):
            break
        named = named or _names_part(text, part)
        kinds.append(kind)
    if kinds[:1] == [None] and _is_title(rows, blocks, setting):
        kinds[0] = "title"
    last = max((number for number, kind in enumerate(kinds) if kind), default=-1)
    pieces = [
        Piece(kind or "title", block.start, block.stop) for block, kind in zip(blocks, kinds[: last + 1], strict=False)
    ]
    return pieces, len(pieces)


def _is_title(rows: Rows, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a part's first line, short and unlike what follows, is its title."""
    if len(blocks) < 2 or blocks[0].full or blocks[0].indent > setting.edge + 2:
        return False
    text = plain(row_of(rows, blocks[0]))
    if headings.recognise(text) is not None or headings.ends_like_prose(text):
        return False
    below = blocks[1]
    return (
        below.full or below.stop - below.start > 1 or below.indent > setting.edge or (setting.loose and len(text) < 30)
    )


def _opening_kind(text: str, block: Block, before: Sequence[str | None], part: str) -> str | None:
    if headings.is_series(text) or _names_part(text, part):
        return "title"
    if before and headings.is_byline(text) and (block.indent >= _FAR or not headings.may_title(text)):
        return "byline"
    # 周易稗疏　　　　　　　易類: the book and its class, under the name of the series.
    return "title" if len(before) == 1 and block.indent < 2 and _WIDE in text else None


def _names_part(text: str, part: str) -> bool:
    """Whether a line is the part's own title, or ends in it: 南嶽小録原序 for the part 原序."""
    text = text.partition("\u3000")[0]
    if headings.is_juan_title(text):
        return True
    if not part or not text:
        return False
    ours, theirs = text.translate(_FOLD), part.partition("（")[0].translate(_FOLD)
    return ours.endswith(theirs) or theirs.endswith(ours)


def contents(rows: Rows, blocks: Sequence[Block]) -> list[Piece]:
    """A table of contents: one list for each of its outermost lines with what hangs below it; then any prose."""
    pieces: list[Piece] = []
    outer = 0
    for block in blocks:
        lines = block.stop - block.start
        if headings.is_office(text_of(rows, block)):
            pieces.append(Piece("byline", block.start, block.stop))
        elif lines > 2 and block.full and "\u3000" not in text_of(rows, block):
            pieces.append(Piece("paragraph", block.start, block.stop))
        elif pieces and pieces[-1].kind == "list" and block.indent > outer and not _opens_juan(rows, block):
            pieces[-1] = pieces[-1]._replace(stop=block.stop)
        else:
            outer = block.indent
            pieces.append(Piece("list", block.start, block.stop))
    return pieces


def _opens_juan(rows: Rows, block: Block) -> bool:
    return headings.is_juan_title(plain(row_of(rows, block)))


def mark_end(rows: Rows, pieces: list[Piece]) -> None:
    """The juan's title repeated at its end is a title, not a heading over nothing."""
    for at in range(len(pieces) - 1, 0, -1):
        piece = pieces[at]
        row = rows[piece.start]
        assert row is not None
        text = plain(row).partition("\u3000")[0]
        opening = rows[pieces[0].start]
        repeated = opening is not None and pieces[0].kind == "title" and len(text) > 3 and opening.text.startswith(text)
        if piece.stop - piece.start > 1 or not (repeated or headings.is_juan_title(text)):
            return
        pieces[at] = Piece("title", piece.start, piece.stop)
