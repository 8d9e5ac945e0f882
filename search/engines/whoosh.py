# mypy: disable-error-code="no-untyped-call"
"""Whoosh, pure Python: for machines that have no Tantivy.

It keeps no positions, and one of its documents is a block of neighbouring passages: it names the passages near which
the rarest characters of what is sought stand together, and the bank does the rest. That makes its index many times
faster to build and to ask than its own phrase search would, and the answers are as exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from whoosh import fields
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.query.compound import And, Or
from whoosh.query.terms import Term

from search.engines.contract import Document, EngineError, Every, Reader, Run, Some, Sought, Writer
from search.text.alphabet import Numbers

_TEXT, _IDS, _EDITION = "text", "ids", "edition"
_BLOCK = 4000
"""Length of a document: a block of about half as many characters."""
_BYTES = 8
"""A packed passage id."""
_RAREST = 2
"""Characters of a run that are looked up: more would cost more than they save."""


class WhooshEngine:
    """`search.engine: whoosh`."""

    name = "whoosh"

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        FileStorage(str(folder)).create_index(_schema())

    def write(self, folder: Path) -> Writer:
        """Begin a round of changes."""
        with _damage_told():
            return _WhooshWriter(FileStorage(str(folder)).open_index())

    def open(self, folder: Path) -> Reader:
        """Open for reading."""
        with _damage_told():
            return _WhooshReader(FileStorage(str(folder)).open_index())


class _WhooshWriter:
    def __init__(self, index: Any) -> None:
        self._writer = index.writer(limitmb=256)

    def delete(self, edition_id: int) -> None:
        with _damage_told():
            self._writer.delete_by_term(_EDITION, str(edition_id))

    def add(self, edition_id: int, documents: Iterable[Document]) -> None:
        ids: list[int] = []
        tokens: set[str] = set()
        size = 0
        for passage_id, text in documents:
            ids.append(passage_id)
            tokens.update(text.split())
            size += len(text)
            if size > _BLOCK:
                self._add(edition_id, ids, tokens)
                ids, tokens, size = [], set(), 0
        if ids:
            self._add(edition_id, ids, tokens)

    def _add(self, edition_id: int, ids: list[int], tokens: set[str]) -> None:
        packed = np.array(ids, dtype="<i8").tobytes()
        self._writer.add_document(ids=packed, edition=str(edition_id), text=" ".join(tokens))

    def commit(self) -> None:
        with _damage_told():
            self._writer.commit()

    def abandon(self) -> None:
        with suppress(EngineError), _damage_told():
            self._writer.cancel()


class _WhooshReader:
    def __init__(self, index: Any) -> None:
        self._searcher = index.searcher()
        self._reader = self._searcher.reader()
        self._ids = self._reader.column_reader(_IDS) if self._reader.doc_count_all() else ()
        # Readers of one index share their place in the file.
        self._turn = Lock()

    def count(self) -> int:
        with self._turn, _damage_told():
            return sum(len(self._ids[number]) // _BYTES for number in self._reader.all_doc_ids())

    def candidates(self, sought: Sought, most: int) -> Numbers | None:
        with self._turn, _damage_told():
            found = bytearray()
            for block in self._searcher.docs_for_query(self._compiled(sought)):
                found += self._ids[block]
                if len(found) > _BYTES * most:
                    return None
        return np.frombuffer(bytes(found), dtype="<i8")

    def close(self) -> None:
        self._searcher.close()

    def _compiled(self, sought: Sought) -> Any:
        match sought:
            case Run(tokens):
                rarest = sorted(set(tokens), key=lambda token: int(self._reader.doc_frequency(_TEXT, token)))
                return And([Term(_TEXT, token) for token in rarest[:_RAREST]])
            case Every(parts):
                return And([self._compiled(part) for part in parts])
            case Some(parts):
                return Or([self._compiled(part) for part in parts])


@lru_cache(maxsize=1)
def _schema() -> Any:
    return fields.Schema(
        ids=fields.COLUMN(VarBytesColumn()),
        edition=fields.ID(),
        text=fields.KEYWORD(analyzer=SpaceSeparatedTokenizer()),
    )


@contextmanager
def _damage_told() -> Iterator[None]:
    """A damaged index makes Whoosh fail in any way there is."""
    try:
        yield
    except Exception as error:
        raise EngineError(f"{type(error).__name__}: {error}") from error
