"""A scanned book of our own making, and a stand-in for the engine that reads it: each page is bars, as many as it is.

`main` runs the command line with that stand-in, in a process that tests may kill.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.transcription.model import Facts, Glyph, Line, Transcript

URN = "urn:cts:hengyang:shili.saomiao.ying"
LOG, SLOW, DEADLY = "SCANS_LOG", "SCANS_SLOW", "SCANS_DEADLY"
"""Names in the environment: where the stand-in notes what it reads, how many seconds it takes, which page kills it."""
WORDS = "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲律呂調陽雲騰致雨露結爲霜金生麗水玉出崑岡"


def book(
    folder: Path, pages: int = 4, *, first: int = 1, name: str = "a.pdf", title: str = "示例掃描", author: str = ""
) -> Path:
    """A folder with a PDF of pages that bear `first`, `first` + 1 … bars, and its metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "work.yaml").write_text(
        f"id: shili.saomiao\ntitle: {title}\nedition: {{slug: ying, label: 影印本}}\n", encoding="utf-8"
    )
    pictures = [picture(number) for number in range(first, first + pages)]
    pictures[0].save(folder / name, save_all=True, append_images=pictures[1:], resolution=100, author=author)
    return folder


def picture(bars: int) -> Any:
    """A page with that many upright bars."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (400, 260), "white")
    draw = ImageDraw.Draw(image)
    for bar in range(bars):
        draw.rectangle((20 + 8 * bar, 60, 23 + 8 * bar, 200), fill="black")
    return image


def bars_on(pixels: Any) -> int:
    """How many bars a page shows."""
    dark = pixels[pixels.shape[0] // 2] < 128
    return int((dark[1:] & ~dark[:-1]).sum())


def words(number: int) -> str:
    """What stands on the page with so many bars: twenty characters."""
    start = number * 3 % len(WORDS)
    return (WORDS + WORDS)[start : start + 20]


def read_page(pixels: Any, engine: Any) -> tuple[Transcript, ...]:
    """The stand-in for `ingest.ocr.reading.read_page`."""
    number = bars_on(pixels)
    if log := os.environ.get(LOG):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{number}\n")
    time.sleep(float(os.environ.get(SLOW, "0")))
    if os.environ.get(DEADLY) == str(number):
        os._exit(1)
    height, width = pixels.shape[:2]
    return (transcript(words(number), label=str(number), size=(width, height)),)


def transcript(*texts: str, label: str = "", size: tuple[int, int] = (800, 520), doubt: float = 0.95) -> Transcript:
    """A page of these printed lines, each character with a box of its own."""
    lines = []
    for at, text in enumerate(texts):
        top = 40 + 30 * at
        glyphs = tuple(Glyph((40 + 20 * n, top, 60 + 20 * n, top + 20), doubt) for n in range(len(text)))
        lines.append(Line(text, (40, top, 40 + 20 * len(text), top + 20), column=at, confidence=doubt, glyphs=glyphs))
    return Transcript(*size, tuple(lines), facts=Facts(label), engine="standin 1")


def read_times(log: Path) -> dict[int, int]:
    """How often the stand-in has read each page."""
    numbers = log.read_text(encoding="utf-8").split() if log.exists() else []
    return {int(number): numbers.count(number) for number in numbers}


def main(arguments: Sequence[str]) -> None:
    """`wenku …` with the stand-in."""
    import ingest.ocr.reading

    ingest.ocr.reading.read_page = read_page  # type: ignore[assignment]
    import wenku

    sys.argv = ["wenku", *arguments]
    wenku.main()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main(sys.argv[1:])
