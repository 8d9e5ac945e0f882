"""Transcripts out to other programs, page by page with their pictures, and back in.

A page that goes out is named by its sheet's place, `0012.xml` beside `0012.jpg`, `0012-2` for the second page of a
double spread; a file that comes in belongs to the sheet whose picture's name it has, or to that place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from archive.errors import BadSource, NotFound, WenkuError
from archive.intake import Run
from archive.library import Library
from archive.transcription import store
from archive.transcription.model import Box, Line, Transcript
from archive.transcription.store import Read, Sheet
from archive.writer import Stored, write_run, writing
from ingest import transcribed
from ingest.ocr import formats
from ingest.ocr.formats import Format

_CORRECTED = ("proofread", "validated")
_KINDS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


class Told(NamedTuple):
    """How many pages went out or came in, and what is to be said of the others.

    `stored`: the edition as it was set from what came in, None if nothing did; `status` as in `Edition`.
    """

    pages: int
    remarks: tuple[str, ...] = ()
    stored: Stored | None = None
    status: str = ""


def give_out(library: Library, edition_id: int, kind: Format, folder: Path) -> Told:
    """Write every page that has been read into a folder, each with its picture.

    Boxes are told in pixels of the picture that lies beside.

    Raises:
        NotFound: nothing has been read.
        WenkuError: the folder cannot be written.
    """
    pages = store.transcripts(library, edition_id)
    if not pages:
        raise NotFound("这个版本还没有识别过的页。", remedy="请先运行 wenku ocr run。")
    double = {page.sheet for page in pages if page.side}
    remarks = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages, 1):
            name = f"{page.sheet + 1:04d}" + (f"-{page.side + 1}" if page.sheet in double else "")
            transcript, image = page.transcript, f"{name}.jpg"
            if page.picture:
                data = library.originals.get(page.picture)
                image = name + next((suffix for magic, suffix in _KINDS.items() if data.startswith(magic)), ".jpg")
                (folder / image).write_bytes(data)
                transcript = sized(transcript, *_size(data))
            else:
                remarks.append(f"第 {page.sheet + 1} 面没有书影，只有文字。")
            told = kind.write(transcript, image, number, page.state in _CORRECTED)
            (folder / f"{name}{kind.suffix}").write_bytes(told)
    except OSError as error:
        raise WenkuError(
            f"文件写不进去：{error.strerror}。", where=str(folder), remedy="请检查磁盘空间和写权限。"
        ) from error
    return Told(len(pages), tuple(remarks))


def take_in(library: Library, edition_id: int, folder: Path, who: str) -> Told:
    """Read what other programs made of an edition's pictures, from a folder; what a person proofread here stays.

    Raises:
        NotFound: the edition has no pictures, or the folder has nothing for them.
    """
    sheets = store.sheets(library, edition_id)
    if not sheets:
        raise NotFound("这个版本没有书影。", remedy="请先用 wenku add 收入图片或 PDF。")
    found = [(sheet, _files(folder, sheet, sheets)) for sheet in sheets]
    if not any(files for _, files in found):
        raise NotFound(
            "文件夹里没有这个版本的识别结果。",
            where=str(folder),
            remedy="文件名要与书影相同（0001.jpg 配 0001.xml），或按第几面编号（第 12 面是 0012.xml）。",
        )
    return _kept(library, edition_id, [(sheet, _read(files)) for sheet, files in found if files], who)


def take_beside(library: Library, edition_id: int, pictures: Iterable[Path], who: str) -> Told:
    """Read the files that lie beside the pictures an edition was just made from."""
    sheets = store.sheets(library, edition_id)
    if not sheets:
        return Told(0)
    found: list[tuple[Sheet, list[Transcript] | WenkuError]] = []
    for picture in pictures:
        path = formats.beside(picture)
        own = [sheet for sheet in sheets if sheet.name == picture.name]
        if path is None or not own:
            continue
        read = _read([path])
        if isinstance(read, WenkuError) or len(own) == 1:
            found += [(sheet, read) for sheet in own[:1]]
        else:
            found += [(sheet, [page]) for sheet, page in zip(own, read, strict=False)]
    return _kept(library, edition_id, found, who) if found else Told(0)


def _files(folder: Path, sheet: Sheet, sheets: Sequence[Sheet]) -> list[Path]:
    """The files of a sheet: by its place, one or two; else by its picture's name, if the picture is all of its file."""
    place = f"{sheet.number + 1:04d}"
    for names in ((place,), (f"{place}-1", f"{place}-2")):
        found = [path for name in names if (path := formats.beside(folder / f"{name}.jpg"))]
        if found:
            return found
    alone = sheet.name and sum(one.sha256 == sheet.sha256 for one in sheets) == 1
    path = formats.beside(folder / sheet.name) if alone else None
    return [path] if path else []


def _read(files: Sequence[Path]) -> list[Transcript] | WenkuError:
    try:
        return [page for path in files for page in formats.read(path)]
    except WenkuError as error:
        return error


def _kept(
    library: Library, edition_id: int, found: Sequence[tuple[Sheet, list[Transcript] | WenkuError]], who: str
) -> Told:
    """Keep what was read, sheet by sheet, and set the edition from it."""
    remarks: list[str] = []
    kept = 0
    for sheet, read in found:
        if isinstance(read, WenkuError):
            remarks.append(str(read))
        elif not read or len(read) > 2:
            remarks.append(f"第 {sheet.number + 1} 面的识别结果有 {len(read)} 页，没有采用。")
        elif _keep(library, sheet, read, who):
            kept += 1
        else:
            remarks.append(f"第 {sheet.number + 1} 面有人校过，没有覆盖。")
    stored = transcribed.set_edition(library, edition_id, who=who, why=store.BROUGHT) if kept else None
    return Told(kept, tuple(remarks), stored, transcribed.status(library, edition_id))


def _keep(library: Library, sheet: Sheet, read: Sequence[Transcript], who: str) -> bool:
    engine, _, version = read[0].engine.partition(" ")
    with writing(library):
        run = write_run(library, Run(who, store.BROUGHT, sheet.name, engine or "wenku", version))
        pages = [
            Read(page if page.width else replace(page, width=sheet.width, height=sheet.height), blank=not page.lines)
            for page in read
        ]
        return store.keep_reading(library, sheet.edition_id, sheet.number, pages, run, brought=True)


def sized(transcript: Transcript, width: int, height: int) -> Transcript:
    """The transcript with its boxes in pixels of a picture of another size."""
    if not transcript.width or not transcript.height:
        return replace(transcript, width=width, height=height)
    if (transcript.width, transcript.height) == (width, height):
        return transcript
    across, down = width / transcript.width, height / transcript.height

    def moved(box: Box) -> Box:
        left, top, right, bottom = box
        return round(left * across), round(top * down), round(right * across), round(bottom * down)

    def lines() -> Iterator[Line]:
        for line in transcript.lines:
            glyphs = tuple(glyph._replace(box=moved(glyph.box)) for glyph in line.glyphs)
            yield replace(line, box=moved(line.box), glyphs=glyphs)

    return replace(transcript, width=width, height=height, lines=tuple(lines()))


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except (OSError, ValueError) as error:
        raise BadSource(f"书影打不开（{error}）。", remedy="请运行 wenku check。") from None
