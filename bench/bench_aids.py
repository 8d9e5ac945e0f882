"""What the proofreading desk offers, how often it is right and how fast; a long book as PDF, in how much memory.

Pages are cut from the thirteen Kanripo works. Of characters that have others of their shape, some are put in place of
the right one; each page's own book does not count. Beside it: the same table of shapes, the commonest character first.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from archive.intake import FileContent, Run
from archive.library import Library
from archive.model import Edition, Work
from archive.transcription import store
from archive.transcription.model import Glyph, Line, Transcript
from archive.transcription.store import Read, Sheet
from archive.writer import store_edition, write_run
from bench.bench_add import CORPUS
from ingest import pipeline
from ingest.sources import discover
from search.fallback.likeness import looks
from search.reading_aids.characters import Characters
from search.reading_aids.quotations import readings
from search.snapshot import shared
from search.text.bank import Bank
from search.text.folding import fold_char

PAGES = 10
"""Pages of each book."""
COLUMN = 20
LETTERS = 400
WRONG = 0.06
"""Share of characters with others of their shape that are put wrong."""
DOUBTED = 0.03
"""Share of the right ones that the machine is not sure of."""
LONG = 500
"""Pages of the long book."""

Spoilt = dict[tuple[int, int], str]


class Page(NamedTuple):
    """A page with confused characters, and what is right at each of them."""

    edition: Edition
    transcript: Transcript
    right: Spoilt


def report(folder: Path) -> Iterator[str]:
    """Tables of suggestions and of the PDF."""
    if not CORPUS.is_dir():
        sys.exit("没有 ../shared/corpus/kanripo，量不了校对的辅助。")
    pipeline.add(
        folder / "library", discover([str(CORPUS)], folder / "library", ""), who="bench", step=lambda item: None
    )
    with Library.open(folder / "library") as library:
        yield from _suggestions(library)
    yield ""
    yield from _paper(folder)


def _suggestions(library: Library) -> Iterator[str]:
    bank = shared(library.folder).view(library).bank
    bank.warm()
    pages = list(_pages(library))
    checking, quoting = [], []
    spoilt = told = first = common = rare = rare_first = false = right = 0
    for page in pages:
        begun = time.process_time()
        characters = Characters(library, page.edition, staff=True)
        checks = [one for one in characters.checks(page.transcript) if not one.doubtful]
        checking.append(time.process_time() - begun)
        begun = time.process_time()
        readings(library, page.transcript, page.edition, staff=True)
        quoting.append(time.process_time() - begun)
        found = {(one.line, one.at): one for one in checks}
        spoilt += len(page.right)
        told += len(found.keys() & page.right.keys())
        false += len(found.keys() - page.right.keys())
        right += LETTERS - len(page.right)
        for place, char in page.right.items():
            offered = characters.on_page(page.transcript, *place)
            hit = bool(offered) and fold_char(offered[0].char) == fold_char(char)
            usual = _commonest(bank, page.transcript.lines[place[0]].text[place[1]]) == fold_char(char)
            first += hit
            common += usual
            rare += not usual
            rare_first += hit and not usual
    yield f"## 校对：{len(bank.letters):,} 字的文库，{len(pages)} 页、每页 {LETTERS} 字，本书不作依据"
    yield ""
    yield f"误作形近字的 {spoilt:,} 处："
    yield ""
    yield "| | 按馆藏上下文 | 只按字频 |"
    yield "| --- | --- | --- |"
    yield f"| 备选第一字即正字 | {100 * first / spoilt:.0f}% | {100 * common / spoilt:.0f}% |"
    yield f"| 其中正字不是形近诸字中最常见的（{rare:,} 处） | {100 * rare_first / max(rare, 1):.0f}% | 0% |"
    yield f"| 机器有把握而仍提示该看 | {100 * told / spoilt:.0f}% | — |"
    yield f"| 不误而提示该看（{right:,} 字中） | {100 * false / right:.2f}% | — |"
    yield ""
    yield "| 每页的处理器时间 | 中位 | 最长 |"
    yield "| --- | --- | --- |"
    for name, seconds in (("备选与提示", checking), ("馆藏引文", quoting)):
        yield f"| {name} | {1000 * median(seconds):.0f} 毫秒 | {1000 * max(seconds):.0f} 毫秒 |"


def _pages(library: Library) -> Iterator[Page]:
    random = Random(4)
    for edition in library.editions():
        text = "".join(passage.text for passage in library.passages(edition.id))
        text = "".join(char for char in text if not char.isspace())
        for _ in range(PAGES if len(text) > LETTERS else 0):
            at = random.randrange(len(text) - LETTERS)
            yield Page(edition, *_spoilt(text[at : at + LETTERS], random))


def _spoilt(text: str, random: Random) -> tuple[Transcript, Spoilt]:
    lines, right = [], {}
    for number in range(0, len(text), COLUMN):
        chars, glyphs = list(text[number : number + COLUMN]), []
        for at, char in enumerate(chars):
            others = sorted(looks(char) - {fold_char(char)})
            sure = 0.6 if random.random() < DOUBTED else 0.99
            if others and random.random() < WRONG:
                right[number // COLUMN, at] = char
                chars[at], sure = random.choice(others), 0.97
            glyphs.append(Glyph((0, 0, 1, 1), sure))
        lines.append(Line("".join(chars), (0, 0, 1, 1), column=number // COLUMN, glyphs=tuple(glyphs)))
    return Transcript(10, 10, tuple(lines), "vertical"), right


def _commonest(bank: Bank, char: str) -> str:
    """Of the characters of a shape, another than this one, that which the library has oftenest."""
    known = {one: bank.alphabet.find(one) for one in looks(char) - {fold_char(char)}}
    often = {one: int(bank.running.frequency[letter.letter]) if letter else 0 for one, letter in known.items()}
    return max(sorted(often), key=lambda one: often[one])


def _paper(folder: Path) -> Iterator[str]:
    with Library.create(folder / "long") as library:
        _long_book(library)
    command = [sys.executable, "-m", "bench.bench_aids", str(folder / "long"), str(folder / "long.pdf")]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]).stdout
    seconds, before, peak = map(float, told.split())
    size = (folder / "long.pdf").stat().st_size
    yield f"存为 PDF/A：{LONG} 页、每页 {LETTERS} 字的书，处理器时间 {seconds:.1f} 秒，{size / 1e6:.0f} MB；"
    yield f"内存峰值 {peak / 1e6:.0f} MB，其中打开文库之后、动手之前已有 {before / 1e6:.0f} MB。"


def _long_book(library: Library) -> None:
    from PIL import Image

    random = Random(5)
    run = Run("bench", "bench", "bench", "bench", "1")
    stored = store_edition(
        library,
        Work("bench.long", "长书"),
        Edition(0, "urn:cts:hengyang:bench.long.one", "bench.long", "一"),
        [FileContent((), ())],
        fingerprint="1",
        originals=[],
        run=run,
    )
    kept = []
    for _ in range(LONG):
        file = io.BytesIO()
        Image.frombytes("L", (600, 850), random.randbytes(600 * 850)).resize((1400, 2000)).save(
            file, "JPEG", quality=70
        )
        kept.append(store.keep_picture(library, file.getvalue(), "image/jpeg"))
    sheets = [Sheet(0, 0, sha, 0, sha, 1400, 2000, f"{at}.jpg") for at, sha in enumerate(kept)]
    store.write_sheets(library, stored.edition_id, sheets)
    run_id = write_run(library, run)
    for number in range(LONG):
        store.keep_reading(library, stored.edition_id, number, [Read(_columns(random))], run_id)


def _columns(random: Random) -> Transcript:
    lines = []
    for number in range(LETTERS // COLUMN):
        left = 1300 - 60 * number
        boxes = [(left, 100 + 80 * at, left + 50, 175 + 80 * at) for at in range(COLUMN)]
        text = "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in boxes)
        glyphs = tuple(Glyph(box, 0.99) for box in boxes)
        lines.append(Line(text, (left, 100, left + 50, 1700), column=number, glyphs=glyphs))
    return Transcript(1400, 2000, tuple(lines), "vertical")


def _bound(arguments: Sequence[str]) -> None:
    """Write the long book, in a process of its own: seconds of the processor, and memory before and at most."""
    from archive.paper.book import bind

    with Library.open(Path(arguments[0])) as library, Path(arguments[1]).open("wb") as file:
        edition = library.editions()[0]
        before = _peak()
        begun = time.process_time()
        bind(library, edition, file, staff=True)
        print(time.process_time() - begun, before, _peak())


def _peak() -> int:
    """The most memory this process has had, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    _bound(sys.argv[1:])
