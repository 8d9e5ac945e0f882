"""What search is measured against: SQLite FTS5 and Whoosh, made to give as much of the same answer as they can."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.library import Library
from search.text import streams
from search.text.alphabet import Alphabet

SHOWN = 20
# Between the running text and the text without notes: a token no query has. (FTS5 would skip a mere sign.)
_BAR = "bar"
Count = tuple[int, int]
"""Passages and hits."""


class Fts5:
    """SQLite FTS5, one folded character a token, made to give the same answer."""

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._db = sqlite3.connect(folder / "fts.sqlite")
        self._db.execute(
            "CREATE TABLE place (id INTEGER PRIMARY KEY, edition INTEGER, running TEXT, main TEXT, at TEXT)"
        )
        self._db.execute("CREATE VIRTUAL TABLE fts USING fts5(text, content='', tokenize='unicode61')")
        begun = time.perf_counter()
        self.characters = 0
        for edition_id, stream, documents in _documents(library, library.edition_ids()):
            self.characters += len(stream.letters)
            texts = ((passage_id, text.replace("|", _BAR)) for passage_id, text in documents)
            self._db.executemany("INSERT INTO fts (rowid, text) VALUES (?, ?)", texts)
            rows = self._places(edition_id, stream, documents)
            self._db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", rows)
        self._db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
        self._db.commit()
        self.seconds = time.perf_counter() - begun

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
        passages, hits, facets, shown = 0, 0, Counter[int](), list[tuple[int, int]]()
        for passage_id, edition, running, main, places in found:
            starts = list(_occurrences(running, text))
            before = hits
            if main:
                numbers = [int(number) for number in places.split(",")]
                last = len(text) - 1
                over = [at for at in _occurrences(main, text) if numbers[at + last] - numbers[at] > last]
                hits += len(over)
                facets[edition] += len(over)
            hits += len(starts)
            facets[edition] += len(starts)
            if len(shown) < SHOWN:
                shown += [(passage_id, start) for start in starts]
            passages += hits > before  # its tokenizer skips signs such as □, so that a phrase may not be there
        stored = self._library.passages_by_id({passage_id for passage_id, _ in shown[:SHOWN]})
        for passage_id, start in shown[:SHOWN]:
            assert stored[passage_id].text[max(0, start - 24) : start + 24]
        return passages, hits


class WhooshPhrases:
    """Whoosh's own phrase search by position, on some of the editions: the whole would take minutes to index."""

    def __init__(self, library: Library, folder: Path, editions: Iterable[int]) -> None:
        from whoosh import fields
        from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
        from whoosh.filedb.filestore import FileStorage

        (folder / "whoosh").mkdir()
        storage: Any = FileStorage(str(folder / "whoosh"))  # type: ignore[no-untyped-call]
        text: Any = fields.TEXT(SpaceSeparatedTokenizer(), phrase=True)
        index = storage.create_index(fields.Schema(id=fields.STORED(), edition=fields.STORED(), text=text))
        self._library = library
        begun = time.perf_counter()
        writer = index.writer(limitmb=512)
        self.characters = 0
        for edition_id, stream, documents in _documents(library, editions):
            self.characters += len(stream.letters)
            for passage_id, tokens in documents:
                writer.add_document(id=passage_id, edition=edition_id, text=tokens)
        writer.commit()
        self.seconds = time.perf_counter() - begun
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


def _documents(
    library: Library, editions: Iterable[int]
) -> Iterator[tuple[int, streams.Stream, list[tuple[int, str]]]]:
    """The editions, folded, as an engine would index them."""
    alphabet = Alphabet()
    for edition_id in editions:
        stream = streams.read(library.edition_text(edition_id), alphabet)
        yield edition_id, stream, list(streams.documents(stream, alphabet))


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    """Where `wanted` begins in `text`, overlapping ones too."""
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
