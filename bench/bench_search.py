"""How fast a whole answer comes: exact counts, facets, the first 20 verified contexts; beside SQLite FTS5 and Whoosh.

python -m bench.bench_search --library DIR
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from archive.library import Library
from search import indexer, streams
from search.alphabet import Alphabet
from search.finder import Finder
from search.folding import fold

LENGTHS = (1, 2, 4, 6, 12)
EACH = 40
SHOWN = 20
# Between the running text and the text without notes: a token no query has. (FTS5 would skip a mere sign.)
_BAR = "bar"
Count = tuple[int, int]
"""Passages and hits."""


def report(folder: Path) -> Iterator[str]:
    """The table, line by line, for the library in `folder`, whose index is rebuilt."""
    with Library.open(folder) as library:
        queries = chosen(library)
        yield "## 建索引与检索"
        yield ""
        yield "一次检索是完整的答案：准确的段数与处数、三种分面、前 20 处核对过的上下文。毫秒，单进程。"
        yield ""
        yield (
            "| 引擎 | 建索引（字／秒） | 索引（字节／字） |"
            + "".join(f" {n} 字 |" for n in LENGTHS)
            + " 全部 | p95 | 最慢 |"
        )
        yield "| --- " * (len(LENGTHS) + 6) + "|"
        counts: dict[str, Count] = {}
        for name in ("whoosh", "tantivy"):
            built = indexer.rebuild(library, name)
            size = sum(path.stat().st_size for path in (folder / indexer.INDEX).rglob("*") if path.is_file())
            finder = Finder(library, name)
            finder.find("天下")
            times = measure(queries, finder_asker(finder), counts)
            yield line(name, built.indexed_characters, built.seconds, size, times)
        with tempfile.TemporaryDirectory() as beside:
            for peer in (Fts5(library, Path(beside)), WhooshPhrases(library, Path(beside))):
                tenth = peer.scale < 1
                asked = {n: texts[: EACH // 4] if tenth else texts for n, texts in queries.items()}
                times = measure(asked, peer.ask, {} if tenth else counts)
                yield line(peer.name, peer.characters, peer.seconds, peer.size, times)
        yield ""
        yield f"共 {sum(map(len, queries.values()))} 个检索式，从库中文字随机取得；FTS5 的段数、处数与本库逐一相等。"


def chosen(library: Library) -> dict[int, list[str]]:
    """Strings of the library's own text, by length in folded characters."""
    chance = random.Random(1619)
    texts = [text for edition_id in library.edition_ids() for text in library.edition_text(edition_id).texts()]
    folded = [text for text in map(fold, texts) if len(text) >= max(LENGTHS)]
    found: dict[int, list[str]] = {}
    for length in LENGTHS:
        while len(found.setdefault(length, [])) < EACH:
            source = chance.choice(folded)
            start = chance.randrange(len(source) - length + 1)
            text = source[start : start + length]
            if text.isalpha():
                found[length].append(text)
    return found


def finder_asker(finder: Finder) -> Callable[[str], Count]:
    def ask(text: str) -> Count:
        answer = finder.find(text, size=SHOWN)
        return answer.passages, answer.hits

    return ask


def measure(
    queries: dict[int, list[str]], ask: Callable[[str], Count], counts: dict[str, Count]
) -> dict[int, list[float]]:
    """Milliseconds by length; an answer that differs from one given before ends the run."""
    times: dict[int, list[float]] = {}
    for length, texts in queries.items():
        for text in texts:
            begun = time.perf_counter()
            count = ask(text)
            times.setdefault(length, []).append((time.perf_counter() - begun) * 1000)
            if counts.setdefault(text, count) != count:
                raise SystemExit(f"{text}：{counts[text]} 与 {count} 不等")
    return times


def line(name: str, characters: int, seconds: float, size: int, times: dict[int, list[float]]) -> str:
    every = sorted(one for some in times.values() for one in some)
    medians = "".join(f" {statistics.median(times[length]):.2f} |" for length in LENGTHS)
    summary = f" {statistics.median(every):.2f} | {every[int(len(every) * 0.95)]:.2f} | {every[-1]:.2f} |"
    return f"| {name} | {characters / seconds:,.0f} | {size / characters:.2f} |{medians}{summary}"


class Fts5:
    """SQLite FTS5, one folded character a token, made to give the same answer."""

    name = "SQLite FTS5"
    scale = 1

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._db = sqlite3.connect(folder / "fts.sqlite")
        self._db.execute(
            "CREATE TABLE place (id INTEGER PRIMARY KEY, edition INTEGER, running TEXT, main TEXT, at TEXT)"
        )
        self._db.execute("CREATE VIRTUAL TABLE fts USING fts5(text, content='', tokenize='unicode61')")
        self.characters = 0
        begun = time.perf_counter()
        alphabet = Alphabet()
        for edition_id in library.edition_ids():
            stream = streams.read(library.edition_text(edition_id), alphabet)
            documents = list(streams.documents(stream, alphabet))
            self.characters += len(stream.letters)
            texts = ((passage_id, text.replace("|", _BAR)) for passage_id, text in documents)
            self._db.executemany("INSERT INTO fts (rowid, text) VALUES (?, ?)", texts)
            rows = self._places(edition_id, stream, documents)
            self._db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", rows)
        self._db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
        self._db.commit()
        self.seconds = time.perf_counter() - begun
        pages = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'fts%'"
        try:
            self.size = int(self._db.execute(pages).fetchone()[0])
        except sqlite3.OperationalError:
            self.size = (folder / "fts.sqlite").stat().st_size

    @staticmethod
    def _places(edition_id: int, stream: streams.Stream, documents: list[tuple[int, str]]) -> Iterator[tuple[Any, ...]]:
        main = stream.main.tolist()
        at = 0
        for row, (passage_id, text) in enumerate(documents):
            running, _, rest = text.replace(" ", "").partition("|")
            base = int(stream.starts[row])
            mine = [place - base for place in main[at : at + len(rest)]]
            at += len(rest)
            yield passage_id, edition_id, running, rest, ",".join(map(str, mine))

    def ask(self, text: str) -> Count:
        """Passages, hits, facets and contexts."""
        phrase = " ".join(text)
        sql = "SELECT id, edition, running, main, at FROM place WHERE id IN (SELECT rowid FROM fts WHERE fts MATCH ?)"
        found = self._db.execute(f"{sql} ORDER BY edition, id", [f'"{phrase}"']).fetchall()
        hits, facets, shown = 0, Counter[int](), list[tuple[int, int]]()
        for passage_id, edition, running, main, places in found:
            starts = set(occurrences(running, text))
            if main:
                numbers = [int(number) for number in places.split(",")]
                last = len(text) - 1
                over = [at for at in occurrences(main, text) if numbers[at + last] - numbers[at] > last]
                hits += len(over)
                facets[edition] += len(over)
            hits += len(starts)
            facets[edition] += len(starts)
            shown += [(passage_id, start) for start in sorted(starts)]
        passages = self._library.passages_by_id({passage_id for passage_id, _ in shown[:SHOWN]})
        for passage_id, start in shown[:SHOWN]:
            assert passages[passage_id].text[max(0, start - 24) : start + 24]
        return len(found), hits


class WhooshPhrases:
    """Whoosh's own phrase search by position, on a part of the text: the whole would take minutes to index."""

    name = "Whoosh 自带短语检索（小书，约四分之一）"
    scale = 0.25

    def __init__(self, library: Library, folder: Path) -> None:
        from whoosh import fields
        from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
        from whoosh.filedb.filestore import FileStorage

        (folder / "whoosh").mkdir()
        storage: Any = FileStorage(str(folder / "whoosh"))  # type: ignore[no-untyped-call]
        text: Any = fields.TEXT(SpaceSeparatedTokenizer(), phrase=True)
        index = storage.create_index(fields.Schema(id=fields.STORED(), edition=fields.STORED(), text=text))
        self._library = library
        self.characters = 0
        begun = time.perf_counter()
        writer = index.writer(limitmb=512)
        alphabet = Alphabet()
        largest = max(library.editions(), key=lambda edition: edition.characters).id
        for edition_id in library.edition_ids():
            if edition_id != largest:
                stream = streams.read(library.edition_text(edition_id), alphabet)
                self.characters += len(stream.letters)
                for passage_id, tokens in streams.documents(stream, alphabet):
                    writer.add_document(id=passage_id, edition=edition_id, text=tokens)
        writer.commit()
        self.seconds = time.perf_counter() - begun
        self.size = sum(path.stat().st_size for path in (folder / "whoosh").iterdir())
        self._searcher = index.searcher()

    def ask(self, text: str) -> Count:
        """Passages (of its part), facets and contexts; it cannot count occurrences."""
        from whoosh.query.positional import Phrase
        from whoosh.query.terms import Term

        query: Any = Phrase("text", list(text)) if len(text) > 1 else Term("text", text)
        found = [self._searcher.stored_fields(number) for number in self._searcher.docs_for_query(query)]
        Counter(fields["edition"] for fields in found)
        self._library.passages_by_id([fields["id"] for fields in found[:SHOWN]])
        return len(found), 0


def occurrences(text: str, wanted: str) -> Iterator[int]:
    """Where `wanted` begins in `text`, overlapping ones too."""
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def main() -> None:
    """Measure a copy of a library."""
    parser = argparse.ArgumentParser(description="检索测速")
    parser.add_argument("--library", type=Path, required=True, help="文库的文件夹；量的是它的副本")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "library"
        shutil.copytree(parser.parse_args().library, copy)
        for one in report(copy):
            print(one, flush=True)


if __name__ == "__main__":
    main()
