"""Tantivy, the default engine: in which passages a character stands, ids by a fast column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from search.engines.contract import Document, EngineError, Every, Reader, Run, Some, Sought, Writer
from search.text.alphabet import Numbers

_HEAP = 128 << 20
_THREADS = 2
_TEXT, _ID, _EDITION = "text", "id", "edition"


class TantivyEngine:
    """`search.engine: tantivy`."""

    name = "tantivy"

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        _prepared(tantivy.Index(_schema(), path=str(folder), reuse=False))

    def write(self, folder: Path) -> Writer:
        """Begin a round of changes."""
        with _damage_told():
            return _TantivyWriter(_opened(folder))

    def open(self, folder: Path) -> Reader:
        """Open for reading."""
        with _damage_told():
            return _TantivyReader(_opened(folder))


class _TantivyWriter:
    def __init__(self, index: Any) -> None:
        self._writer = index.writer(_HEAP, _THREADS)

    def delete(self, edition_id: int) -> None:
        with _damage_told():
            self._writer.delete_documents_by_query(tantivy.Query.term_query(_schema(), _EDITION, edition_id))

    def add(self, edition_id: int, documents: Iterable[Document]) -> None:
        make, add = tantivy.Document, self._writer.add_document
        for passage_id, text in documents:
            document = make()
            document.add_unsigned(_ID, passage_id)
            document.add_unsigned(_EDITION, edition_id)
            document.add_text(_TEXT, text)
            add(document)

    def commit(self) -> None:
        with _damage_told():
            self._writer.commit()
            self._writer.wait_merging_threads()

    def abandon(self) -> None:
        with suppress(EngineError), _damage_told():
            self._writer.rollback()
            self._writer.wait_merging_threads()


class _TantivyReader:
    def __init__(self, index: Any) -> None:
        self._searcher = index.searcher()

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def candidates(self, sought: Sought, most: int) -> Numbers | None:
        with _damage_told():
            query = _compiled(sought)
            if self._searcher.search(query, 1, count=True).count > most:
                return None
            order = {"order_by_field": _ID, "order": tantivy.Order.Asc, "count": False}
            hits = self._searcher.search(query, max(most, 1), **order).hits
        return np.fromiter((hit[0] for hit in hits), dtype=np.int64, count=len(hits))

    def close(self) -> None:
        self._searcher = None


def _compiled(sought: Sought) -> Any:
    make = tantivy.Query
    match sought:
        case Run(tokens):
            # Each character once: in which order they stand, the bank sees sooner.
            terms = [make.term_query(_schema(), _TEXT, token, index_option="basic") for token in dict.fromkeys(tokens)]
            return make.boolean_query([(tantivy.Occur.Must, term) for term in terms])
        case Every(parts):
            return make.boolean_query([(tantivy.Occur.Must, _compiled(part)) for part in parts])
        case Some(parts):
            return make.boolean_query([(tantivy.Occur.Should, _compiled(part)) for part in parts])


@lru_cache(maxsize=1)
def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(_ID, fast=True)
    builder.add_unsigned_field(_EDITION, indexed=True)
    # Without positions, which are larger than all else together: the text itself is beside the index (`StreamFiles`).
    builder.add_text_field(_TEXT, tokenizer_name="spaces", index_option="basic")
    return builder.build()


def _prepared(index: Any) -> Any:
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def _opened(folder: Path) -> Any:
    return _prepared(tantivy.Index.open(str(folder)))


@contextmanager
def _damage_told() -> Iterator[None]:
    """A damaged index makes Tantivy raise ValueError, or panic, which Python sees as a BaseException."""
    try:
        yield
    except (ValueError, OSError, SystemError) as error:
        raise EngineError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(str(error)) from error
