"""Editions made of pictures: their sheets beside the edition, and what was read of them kept when they come again."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from archive.errors import NotFound
from archive.intake import Run, SourceFile
from archive.jobs import TEXT_LAYER
from archive.library import Library
from archive.model import Edition, Work
from archive.transcription import store
from archive.transcription.model import Transcript
from archive.transcription.store import Read, Sheet
from archive.urn import parse
from archive.writer import Stored, store_edition, write_run, writing
from ingest import transcribed
from ingest.making import Made
from ingest.ocr.exchange import sized


def store_made(
    library: Library,
    work: Work,
    edition: Edition,
    made: Sequence[Made],
    *,
    fingerprint: str,
    originals: Sequence[SourceFile],
    run: Run,
) -> tuple[Stored, str, list[str]]:
    """Write an edition as its files give it, or, where pages of it were read here, as their transcripts give it.

    Args:
        library: the library.
        work: as `archive.writer.store_edition`.
        edition: as there.
        made: its text files, in order.
        fingerprint: as there.
        originals: as there; the text files first, in the order of `made`.
        run: as there.

    Returns:
        What was written, the edition's status, and what to tell of its pages.
    """
    scanned = bool(made) and all(one.layer for one in made)
    with writing(library):
        # Sheets name originals and an edition that may be written after them.
        library.db.execute("PRAGMA defer_foreign_keys = ON")
        there = _there(library, edition.urn)
        sheets = _sheets(library, made, originals) if scanned else []
        layers = [transcript for one in made for transcript in one.layer] if scanned else []
        told = _write_sheets(library, there, sheets, layers, run) if there else []
        contents = [one.content for one in made]
        status = edition.status
        if there and scanned and transcribed.transcribed(library, there):
            contents = [transcribed.content(library, there, str(run.settings.get("style", "auto")))]
            status = transcribed.status(library, there)
        stored = store_edition(
            library,
            work,
            replace(edition, status=status),
            contents,
            fingerprint=fingerprint,
            originals=originals,
            run=run,
        )
        if not there:
            told = _write_sheets(library, stored.edition_id, sheets, layers, run)
    return stored, status, told


def _there(library: Library, urn: str) -> int:
    """The id of the edition in the library; 0 if it is not there."""
    try:
        return library.edition(parse(urn)).id
    except NotFound:
        return 0


def _sheets(library: Library, made: Sequence[Made], originals: Sequence[SourceFile]) -> list[Sheet]:
    sheets = []
    for one, file in zip(made, originals, strict=False):
        for frame, page in enumerate(one.content.pages):
            image = store.keep_picture(library, page.image, page.media_type) if page.image else ""
            width, height = _size(page.image)
            label = page.label if page.label != str(frame + 1) else ""  # the place alone is no name
            sheets.append(Sheet(0, 0, file.sha256, frame, image, width, height, file.name, label=label))
    return sheets


def _write_sheets(
    library: Library, edition_id: int, sheets: Sequence[Sheet], layers: Sequence[Transcript | None], run: Run
) -> list[str]:
    """Write the sheets, and as transcripts the words that came with them; what to tell of it."""
    replaced = store.write_sheets(library, edition_id, sheets)
    unread = {page.sheet for page in store.pages(library, edition_id) if not page.revision}
    came = [(number, layer) for number, layer in enumerate(layers) if layer is not None and number in unread]
    if came:
        run_id = write_run(library, run._replace(why="文字层", engine=TEXT_LAYER))
        for number, layer in came:
            sheet = sheets[number]
            placed = sized(layer, sheet.width, sheet.height)
            store.keep_reading(library, edition_id, number, [Read(placed, blank=not placed.lines)], run_id)
    if not replaced:
        return []
    names = "、".join(replaced[:5]) + (f"等 {len(replaced)} 面" if len(replaced) > 5 else "")
    return [f"{names} 换了书影，原来校过的文字保留，状态改为“有疑难”，请重新核对。"]


def _size(image: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels; (0, 0) if it cannot be told."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack(">II", image[16:24])
        return width, height
    if not image:
        return 0, 0
    from PIL import Image

    try:
        with Image.open(BytesIO(image)) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0
