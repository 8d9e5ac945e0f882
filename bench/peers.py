"""What search is measured against: SQLite FTS5 and Whoosh, made to give the same answer.

A whole answer is the exact number of passages and hits, both by work, and the first contexts: each verified against the
stored text, with its URN, page and the title of its section. Both peers get the text folded beforehand, as their index
cannot fold it, and the way back from a folded place to the stored text by the same code as our own search has; both
have what they need in one place and in reading order. What is timed is the same for all: from the string to the answer.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from archive.library import Library
from archive.model import Passage
from search.finder import Finder
from search.kwic import cut
from search.text import streams
from search.text.alphabet import Alphabet

SHOWN = 20
WIDTH = 24
# Between the running text and the text without notes: a token no query has. (FTS5 would skip a mere sign.)
_BAR = "bar"


class Context(NamedTuple):
    """A hit as it is shown."""

    urn: str
    page: str
    section: str
    left: str
    match: str
    right: str


class Whole(NamedTuple):
    """A whole answer; `works` has passages and hits by title."""

    passages: int
    hits: int
    works: dict[str, tuple[int, int]]
    contexts: tuple[Context, ...]


def asked(finder: Finder, text: str, **options: Any) -> Whole:
    """Our own whole answer (which has six facets more)."""
    answer = finder.find(text, size=SHOWN, width=WIDTH, **options)
    works = {facet.label: (facet.passages, facet.hits) for facet in answer.facets["work"]}
    items = (Context(one.urn, one.page, one.section_title, one.left, one.match, one.right) for one in answer.items)
    return Whole(answer.passages, answer.hits, works, tuple(items))


class _Peer:
    """What both peers do with the places they find."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._alphabet = Alphabet()
        self._editions = {edition.id: edition for edition in library.editions()}
        self._titles = {edition_id: library.section_titles(edition_id) for edition_id in self._editions}
        self._works = {one.id: library.work(one.work_id).title for one in self._editions.values()}

    def documents(self, edition_id: int) -> tuple[streams.Stream, list[tuple[int, str]]]:
        """An edition, folded, and its passages as an engine would index them."""
        stream = streams.of_edition(self._library, edition_id, self._alphabet)
        return stream, list(streams.documents(stream, self._alphabet))

    def whole(self, text: str, counted: dict[int, list[int]], shown: list[tuple[int, int, int]]) -> Whole:
        """The answer, from passages and hits by edition, and of the first hits their passage, first and last place."""
        works: dict[str, tuple[int, int]] = {}
        for edition_id, (passages, hits) in counted.items():
            before = works.get(self._works[edition_id], (0, 0))
            works[self._works[edition_id]] = before[0] + passages, before[1] + hits
        passages, hits = (sum(one[number] for one in works.values()) for number in (0, 1))
        return Whole(passages, hits, works, tuple(self._contexts(text, shown)))

    def _contexts(self, text: str, shown: list[tuple[int, int, int]]) -> Iterator[Context]:
        stored = self._library.passages_by_id({passage_id for passage_id, _, _ in shown}, lines=False)
        glyphs, kept, bases, bounds = streams.laid([*stored.values()], self._alphabet)
        at = dict(zip(stored, zip(bases, bounds, strict=True), strict=False))
        for passage_id, first, last in shown:
            base, bound = at[passage_id]
            places = kept[bound + first : bound + last + 1]
            letters = self._alphabet.letters(glyphs[bound + first : bound + last + 1])
            found = self._alphabet.tokens(letters).tobytes().decode("utf-32-le")
            if found != text and last - first < len(text):  # what passes over a note holds more
                raise SystemExit(f"{text}：库中是 {found}")
            yield self._context(stored[passage_id], places.item(0) - base, places.item(-1) - base + 1)

    def _context(self, passage: Passage, start: int, end: int) -> Context:
        edition = self._editions[passage.edition_id]
        left, match, right = cut(passage, start, end, WIDTH, edition.rights, staff=False)
        section = self._titles[passage.edition_id].get(passage.section, "")
        return Context(
            f"{edition.urn}:{passage.ref}@{start}-{end}", passage.page_at(start), section, left, match, right
        )


class Fts5(_Peer):
    """SQLite FTS5, one folded character a token; the folded passages in a table, where occurrences are counted."""

    def __init__(self, library: Library, folder: Path) -> None:
        super().__init__(library)
        self._db = sqlite3.connect(folder / "fts.sqlite")
        self._db.execute(
            "CREATE TABLE place (id INTEGER PRIMARY KEY, edition INTEGER, passage INTEGER,"
            " running TEXT, main TEXT, at TEXT)"
        )
        self._db.execute("CREATE VIRTUAL TABLE fts USING fts5(text, content='', tokenize='unicode61')")
        begun = time.perf_counter()
        self.characters = row = 0
        for edition_id in _in_order(library):
            stream, documents = self.documents(edition_id)
            self.characters += len(stream.glyphs)
            texts = ((row + number, text.replace("|", _BAR)) for number, (_, text) in enumerate(documents))
            self._db.executemany("INSERT INTO fts (rowid, text) VALUES (?, ?)", texts)
            rows = ((row + number, *place) for number, place in enumerate(_places(edition_id, stream, documents)))
            self._db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", rows)
            row += len(documents)
        self._db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
        self._db.commit()
        self.seconds = time.perf_counter() - begun

    def ask(self, text: str) -> Whole:
        """The whole answer."""
        phrase = " ".join(text)
        sql = "SELECT edition, passage, running, main, at FROM place"
        where = "id IN (SELECT rowid FROM fts WHERE fts MATCH ?) ORDER BY id"
        counted: dict[int, list[int]] = {}
        shown: list[tuple[int, int, int]] = []
        for edition, passage_id, running, main, at in self._db.execute(f"{sql} WHERE {where}", [f'"{phrase}"']):
            found = [(first, first + len(text) - 1) for first in _occurrences(running, text)]
            if main:
                places = [int(number) for number in at.split(",")]
                over = ((places[first], places[first + len(text) - 1]) for first in _occurrences(main, text))
                found = sorted([*found, *((first, last) for first, last in over if last - first >= len(text))])
            if not found:
                continue  # its tokenizer skips signs such as □, so that a phrase may not be there
            counts = counted.setdefault(edition, [0, 0])
            counts[0] += 1
            counts[1] += len(found)
            if len(shown) < SHOWN:
                shown += [(passage_id, *one) for one in found]
        return self.whole(text, counted, shown[:SHOWN])


class Whoosh(_Peer):
    """Whoosh on some of the editions (the whole would take minutes to index), one folded character a token.

    It is asked for texts without notes; of those with notes it would find no phrase that passes over one.
    """

    def __init__(self, library: Library, folder: Path, editions: Iterable[int]) -> None:
        from whoosh import fields
        from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
        from whoosh.filedb.filestore import FileStorage

        super().__init__(library)
        (folder / "whoosh").mkdir()
        storage: Any = FileStorage(str(folder / "whoosh"))  # type: ignore[no-untyped-call]
        text: Any = fields.TEXT(SpaceSeparatedTokenizer(), phrase=True)
        number: Any = fields.NUMERIC(int, bits=64, sortable=True, stored=True)
        schema = fields.Schema(place=number, passage=number, edition=number, text=text, folded=fields.STORED)
        index = storage.create_index(schema)
        begun = time.perf_counter()
        writer = index.writer(limitmb=512)
        self.characters, places = 0, count()
        for edition_id in editions:
            stream, documents = self.documents(edition_id)
            self.characters += len(stream.glyphs)
            for passage_id, tokens in documents:
                main = tokens.partition("|")[0]
                at, folded = next(places), main.replace(" ", "")
                writer.add_document(place=at, passage=passage_id, edition=edition_id, text=main, folded=folded)
        writer.commit()
        self.seconds = time.perf_counter() - begun
        self._searcher = index.searcher()

    def search(self, text: str) -> Whole:
        """The whole answer as its documentation has it: sorted and grouped by Whoosh, hits counted in stored fields."""
        results: Any = self._searcher.search(_phrase(text), limit=None, sortedby="place", groupedby="edition")
        counted = {edition: [len(numbers), 0] for edition, numbers in results.groups().items()}
        shown: list[tuple[int, int, int]] = []
        for result in results:
            fields = result.fields()
            found = list(_occurrences(fields["folded"], text))
            counted[fields["edition"]][1] += len(found)
            if len(shown) < SHOWN:
                shown += [(fields["passage"], first, first + len(text) - 1) for first in found]
        return self.whole(text, counted, shown[:SHOWN])

    def matched(self, text: str) -> Whole:
        """The whole answer from the bare matcher and its positions, without results, scores and stored fields."""
        query = _phrase(text)
        counted: dict[int, list[int]] = {}
        shown: list[tuple[int, int, int]] = []
        for searcher, _ in self._searcher.leaf_searchers():
            reader = searcher.reader()
            passages, editions = reader.column_reader("passage"), reader.column_reader("edition")
            matcher = query.matcher(searcher, searcher.context(needs_current=True, weighting=None))
            while matcher.is_active():
                number, spans = matcher.id(), matcher.spans()
                counts = counted.setdefault(editions[number], [0, 0])
                counts[0] += 1
                counts[1] += len(spans)
                if len(shown) < SHOWN:
                    shown += [(passages[number], span.start, span.end) for span in spans]
                matcher.next()
        return self.whole(text, counted, shown[:SHOWN])


def _phrase(text: str) -> Any:
    from whoosh.query.positional import Phrase
    from whoosh.query.terms import Term

    return Phrase("text", list(text)) if len(text) > 1 else Term("text", text)


def _in_order(library: Library) -> list[int]:
    """The editions in the order in which hits are shown."""
    return [edition.id for edition in sorted(library.editions(), key=lambda edition: (edition.work_id, edition.id))]


def _places(edition_id: int, stream: streams.Stream, documents: list[tuple[int, str]]) -> Iterator[tuple[Any, ...]]:
    """The rows of FTS5's table: each folded passage, the same without notes, and where in it that stands."""
    main = stream.main.tolist()
    at = 0
    for row, (passage_id, text) in enumerate(documents):
        running, _, rest = text.replace(" ", "").partition("|")
        base = int(stream.starts[row])
        mine = [place - base for place in main[at : at + len(rest)]]
        at += len(rest)
        yield edition_id, passage_id, running, rest, ",".join(map(str, mine))


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    """Where `wanted` begins in `text`, overlapping ones too."""
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
