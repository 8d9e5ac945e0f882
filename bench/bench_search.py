"""How fast whole answers come from 51 million characters, how it grows, and beside whom.

A whole answer is exact counts of passages and hits, every facet, and the first 20 verified contexts.

python -m bench.bench_search [--library DIR]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import yaml

from archive.library import Library
from archive.writer import writing
from bench.peers import Fts5, Whole, Whoosh, asked
from bench.plot import Line, draw
from bench.samples import EACH, LENGTHS, Samples
from ingest import pipeline
from ingest.sources import discover
from search import indexer
from search.answer import Scope
from search.finder import Finder
from search.parallels.parallel import parallels

SCALE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "scale.tar.xz"
GROWTH = Path(__file__).with_name("growth.svg")
_STOPS = (5e6, 15e6, 30e6)
"""Characters at which growth is looked at, before the whole."""

_START = """
import sys, time
begun = time.perf_counter()
from pathlib import Path
from archive.library import Library
from search.finder import Finder
with Library.open(Path(sys.argv[1])) as library:
    Finder(library).find("天下")
print(time.perf_counter() - begun, time.process_time())
"""


Ask = Callable[[str], Whole]
_ROUNDS = 3
"""Times that each query is asked of each engine, where several are compared."""


class Engine(NamedTuple):
    """One that answers, and what it searches."""

    what: str
    ask: Ask


class Timed(NamedTuple):
    """An answer, and its milliseconds by the clock and of the processor."""

    whole: Whole
    clock: float
    work: float


class Times(NamedTuple):
    """Milliseconds: the middle, the 95th percentile and the worst; of the processor's time the middle and the sum."""

    median: float
    p95: float
    worst: float
    work: float
    total: float

    @classmethod
    def of(cls, all_times: list[float], work: list[float]) -> Times:
        ordered = sorted(all_times)
        middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
        return cls(middle, late, ordered[-1], statistics.median(work), sum(work))

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p95:.2f} / {self.worst:.2f}"


class Stop(NamedTuple):
    """What was measured at one size."""

    characters: int
    bytes_each: float
    start: float
    work: float
    """Seconds to the first answer, by the clock and of the processor, all threads together."""
    memory: int
    phrases: dict[int, Times]


def report(folder: Path) -> Iterator[str]:
    """The tables, line by line; the library is made in `folder / "library"`."""
    books = unpack(folder / "books")
    place = folder / "library"
    seconds = _add(place, books)
    stops = [*_grown(folder / "growing", books), _stop(place)]
    whole = stops[-1]
    yield f"## 检索：{whole.characters:,} 字"
    yield ""
    yield (f"纯文本收入并可检索：{whole.characters / seconds:,.0f} 字／秒（{len(books)} 部书，{seconds:.1f} 秒）。")
    yield (
        f"索引 {whole.bytes_each:.2f} 字节／字；另开一个进程到给出第一个答案 {whole.start:.2f} 秒"
        f"（五次之中位；各线程合计用处理器 {whole.work:.2f} 秒）；"
    )
    yield f"检索全部样例之后内存 {whole.memory / 1e6:.0f} MB。"
    yield ""
    yield f"每类 {EACH} 个检索式，从库中文字随机取得；毫秒，中位 / p95 / 最慢；单进程，Tantivy 引擎。"
    yield f"量时系统平均负载 {os.getloadavg()[0]:.1f}（{os.cpu_count()} 核）：高于核数，就有别的程序在争用，时间偏长。"
    yield ""
    with Library.open(place) as library:
        yield from _beside(library, whole, folder)
        yield ""
        yield from _operators(library)
        yield ""
        yield from _parallels(library)
    yield ""
    yield _edited(place)
    yield ""
    yield from _growth(stops)


def unpack(folder: Path) -> list[Path]:
    """The books of scale.tar.xz, smallest first, each in a folder of its own with what is known of it."""
    with tarfile.open(SCALE) as archive:
        archive.extractall(folder, filter="data")
    titles = (folder / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]
    books = []
    for line in titles:
        book_id, title, author, dynasty, _, name = line.split("\t")
        place = folder / book_id
        place.mkdir()
        (folder / name).rename(place / name)
        about = {
            "id": f"scale.{book_id.lower()}",
            "title": title,
            "author": author,
            "dynasty": dynasty,
            "edition": {"slug": "wyg", "label": "文淵閣四庫全書本"},
        }
        (place / "work.yaml").write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
        books.append(place)
    return sorted(books, key=lambda place: sum(path.stat().st_size for path in place.iterdir()))


def measure(ask: Ask, queries: list[str]) -> Times:
    """Times of these queries."""
    times = [timed(ask, text) for text in queries]
    return Times.of([one.clock for one in times], [one.work for one in times])


def timed(ask: Ask, text: str) -> Timed:
    """Ask once."""
    begun, worked = time.perf_counter(), time.thread_time()
    whole = ask(text)
    return Timed(whole, (time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000)


def in_turn(engines: Sequence[Engine], queries: dict[int, list[str]]) -> list[dict[int, Times]]:
    """Times of each engine by length. They take turns, so that what else the machine does meets all alike.

    Two that search the same and do not give the same answer end the run.
    """
    found: list[dict[int, Times]] = [{} for _ in engines]
    for length, texts in queries.items():
        times: list[list[Timed]] = [[] for _ in engines]
        known: dict[tuple[str, str], Whole] = {}
        for _ in range(_ROUNDS):
            for mine, engine in zip(times, engines, strict=True):
                for text in texts:
                    mine.append(one := timed(engine.ask, text))
                    if known.setdefault((engine.what, text), one.whole) != one.whole:
                        raise SystemExit(f"{text}：{known[engine.what, text]} 与 {one.whole} 不等")
        for by_length, mine in zip(found, times, strict=True):
            by_length[length] = Times.of([one.clock for one in mine], [one.work for one in mine])
    return found


def _add(place: Path, books: list[Path]) -> float:
    """Bring books in and index them, as `wenku add` does; seconds."""
    begun = time.perf_counter()
    gc.disable()
    pipeline.add(place, discover(list(map(str, books)), place, ""), who="bench", step=lambda item: None)
    with Library.open(place) as library:
        indexer.catch_up(library)
    gc.enable()
    return time.perf_counter() - begun


def _grown(place: Path, books: list[Path]) -> Iterator[Stop]:
    """A library that grows, measured at the stops."""
    waiting, size = list(_STOPS), 0.0
    for book in books:
        if not waiting:
            break
        _add(place, [book])
        size += sum(path.stat().st_size for path in book.glob("*.txt")) / 3
        if size >= waiting[0]:
            yield _stop(place)
            waiting = [stop for stop in waiting if stop > size]


def _stop(place: Path) -> Stop:
    """Measure a library as it is now; memory in a process that does nothing else."""
    with Library.open(place) as library:
        samples = Samples(library, library.edition_ids())
        queries = json.dumps({length: samples.phrases(length) for length in LENGTHS})
        del samples
    command = [sys.executable, "-m", "bench.bench_search", "--inside", str(place)]
    found = json.loads(subprocess.run(command, input=queries, capture_output=True, check=True, text=True).stdout)
    command = [sys.executable, "-c", _START, str(place)]
    told = [subprocess.run(command, capture_output=True, check=True).stdout.split() for _ in range(5)]
    start, work = (statistics.median(float(one[number]) for one in told) for number in (0, 1))
    index = sum(path.stat().st_size for path in (place / indexer.INDEX).rglob("*") if path.is_file())
    phrases = {int(length): Times(*times) for length, times in found["phrases"].items()}
    characters = found["characters"]
    return Stop(characters, index / characters, start, work, found["memory"], phrases)


def inside(place: Path, queries: dict[int, list[str]]) -> dict[str, object]:
    """What a process that only searches measures: phrases of every length, and its memory after them."""
    with Library.open(place) as library:
        finder = warmed(library)
        phrases = {length: measure(partial(asked, finder), texts) for length, texts in queries.items()}
        characters = sum(len(shelf.stream.glyphs) for shelf in finder.found("一").bank.shelves)
    return {"phrases": phrases, "characters": characters, "memory": _resident()}


def warmed(library: Library) -> Finder:
    """A finder whose position lists are made."""
    finder = Finder(library, "tantivy")
    while not finder.found("一").bank.running.postings:
        time.sleep(0.1)
    return finder


def _resident() -> int:
    """Resident memory of this process in bytes; 0 where /proc is not there."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def _beside(library: Library, whole: Stop, folder: Path) -> Iterator[str]:
    """Phrases, beside FTS5 on the same text and Whoosh on a tenth of it; all give the same answers."""
    samples, finder = Samples(library, library.edition_ids()), warmed(library)
    queries = {length: samples.phrases(length) for length in LENGTHS}
    fts = Fts5(library, folder)
    tenth = min(library.editions(), key=lambda edition: abs(edition.characters - whole.characters / 10))
    whoosh = Whoosh(library, folder, [tenth.id])
    ours, theirs, plain, bare, scoped = in_turn(
        (
            Engine("all", partial(asked, finder)),
            Engine("all", fts.ask),
            Engine("tenth", whoosh.search),
            Engine("tenth", whoosh.matched),
            Engine("tenth", partial(asked, finder, scope=Scope(editions=(tenth.urn,)))),
        ),
        queries,
    )
    yield f"| | {' | '.join(f'{length} 字' for length in LENGTHS)} | 全部 | 建索引（字／秒） |"
    yield "| --- " * (len(LENGTHS) + 3) + "|"
    part = f"其中 {whoosh.characters:,} 字"
    rows = (
        ("衡阳文库", ours, ""),
        ("SQLite FTS5", theirs, f"{fts.characters / fts.seconds:,.0f}"),
        (f"Whoosh 的 search，{part}", plain, f"{whoosh.characters / whoosh.seconds:,.0f}"),
        (f"Whoosh 的 matcher，{part}", bare, ""),
        (f"衡阳文库，范围同为这 {whoosh.characters:,} 字", scoped, ""),
    )
    for name, times, speed in rows:
        yield f"| {name} | {' | '.join(str(times[length]) for length in LENGTHS)} | | {speed} |"
    for name, times, own in (
        ("FTS5／衡阳文库", theirs, ours),
        ("Whoosh search 在十分之一上／衡阳文库在全部上", plain, ours),
        ("Whoosh matcher 在十分之一上／衡阳文库在全部上", bare, ours),
        ("Whoosh search 在十分之一上／衡阳文库在十分之一上", plain, scoped),
    ):
        ratios = " | ".join(f"{times[length].work / own[length].work:.1f}" for length in LENGTHS)
        whole_ratio = sum(one.total for one in times.values()) / sum(one.total for one in own.values())
        yield f"| 处理器用时之比：{name} | {ratios} | {whole_ratio:.1f} | |"
    yield ""
    yield (
        f"每个检索式各问 {_ROUNDS} 遍，各家轮流；各类之比取其中位，“全部”是用时之和的比。"
        "各家给出的是同一个答案，逐字相等，不等则测速中止：段数、处数、"
        "各著作的段数与处数、前 20 处经与原文核对的上下文（编号、页、章节名、前后各 24 字）。我们另外还算了六种分面。"
        "FTS5 与 Whoosh 所得的是已经归并异体的文字（其索引自己不会归并），"
        "从归并后的位置回到原文用的是我们的同一段程序；FTS5 的次序与处数得自并存的归并文字表。"
        "Whoosh 有两种用法：search 照其文档，由它排序、分组，处数在存储字段里数；"
        "matcher 绕过结果与评分，直接走它的短语匹配器，处数得自位置。"
    )


def _operators(library: Library) -> Iterator[str]:
    """Queries with operators."""
    finder, samples = warmed(library), Samples(library, library.edition_ids())
    yield "| 写法 | 例 | 中位 / p95 / 最慢 |"
    yield "| --- | --- | --- |"
    for name, queries in samples.classes().items():
        example = queries[0].replace("|", "\\|")
        yield f"| `{name}` | `{example}` | {measure(partial(asked, finder), queries)} |"


def _parallels(library: Library) -> Iterator[str]:
    """Where else the library has the words of a passage, and of a whole section."""
    warmed(library)
    edition = min(library.editions(), key=lambda edition: edition.characters)
    chance = random.Random(1619)
    passages = [one for one in library.passages(edition.id) if 200 <= len(one.text) <= 300]
    times, work = [], []
    for passage in chance.sample(passages, EACH):
        begun, worked = time.perf_counter(), time.thread_time()
        parallels(library, f"{edition.urn}:{passage.ref}")
        times.append((time.perf_counter() - begun) * 1000)
        work.append((time.thread_time() - worked) * 1000)
    yield f"互见，一段（200—300 字）对全库：{Times.of(times, work)} 毫秒。"


def _edited(place: Path) -> str:
    """How soon a change in the largest edition is found by a process that is searching."""
    word = "衡陽文庫改字一處"
    with Library.open(place) as library, Library.open(place) as desk:
        finder = warmed(library)
        largest = max(library.editions(), key=lambda edition: edition.characters)
        stretches = desk.stretches(largest.id)
        middle = desk.stretch(stretches[len(stretches) // 2]).ids[0]
        with writing(desk):
            desk.db.execute("UPDATE passage SET text = text || ? WHERE id = ?", [word, middle])
            desk.db.execute("INSERT INTO change (at, edition_id, what) VALUES ('', ?, 'bench')", [largest.id])
        begun = time.perf_counter()
        assert finder.find(word).hits == 1
    return (
        f"在 {largest.characters:,} 字的书里改一段，存好之后 {time.perf_counter() - begun:.2f} 秒检索到它，不重建索引。"
    )


def _growth(stops: list[Stop]) -> Iterator[str]:
    yield "| 字数 | 索引（字节／字） | 启动（秒） | 内存（MB） | " + " | ".join(f"{one} 字" for one in LENGTHS) + " |"
    yield "| --- " * (len(LENGTHS) + 4) + "|"
    for stop in stops:
        medians = " | ".join(f"{stop.phrases[length].median:.2f}" for length in LENGTHS)
        yield (
            f"| {stop.characters:,} | {stop.bytes_each:.2f} | {stop.start:.2f} | {stop.memory / 1e6:.0f} | {medians} |"
        )
    at = [stop.characters / 1e6 for stop in stops]
    lines = [Line(f"{length} 字", [stop.phrases[length].median for stop in stops]) for length in LENGTHS]
    GROWTH.write_text(draw("短语检索随字数的增长（毫秒，中位）", "百万字", at, lines), encoding="utf-8")
    yield ""
    yield f"![随字数的增长]({GROWTH.name})"


def main() -> None:
    """Measure on a library made in a temporary folder."""
    parser = argparse.ArgumentParser(description="检索测速")
    parser.add_argument("--inside", type=Path, help="只量这个文库；检索式从标准输入读，结果为 JSON")
    if place := parser.parse_args().inside:
        print(json.dumps(inside(place, {int(length): texts for length, texts in json.load(sys.stdin).items()})))
        return
    with tempfile.TemporaryDirectory() as folder:
        for one in report(Path(folder)):
            print(one, flush=True)


if __name__ == "__main__":
    main()
