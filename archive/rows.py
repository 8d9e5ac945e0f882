"""How rows of the store become the words of the house."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from archive.model import Edition, Mark, Page, Passage, Rights, Section, Work

_unpacked = json.JSONDecoder().raw_decode  # what we wrote ourselves has nothing around it: half the time of loads

PASSAGE = "id, edition_id, section, ref, ordinal, kind, text, notes, marks, lines, pages, revision"


def passage(row: Sequence[Any], labels: Sequence[str]) -> Passage:
    """A passage from a row of the columns `PASSAGE`; `labels` are the edition's page labels by ordinal."""
    id_, edition_id, section, ref, ordinal, kind, text, notes, marks, lines, pages, revision = row
    return Passage(
        id_,
        edition_id,
        section,
        ref,
        ordinal,
        kind,
        text,
        ranges(notes),
        tuple(Mark(*mark) for mark in _unpacked(marks)[0]) if marks else (),
        tuple(_unpacked(lines)[0]) if lines else (),
        tuple((offset, labels[page]) for offset, page in _unpacked(pages)[0]) if pages else (),
        revision,
    )


def ranges(packed: str) -> tuple[tuple[int, int], ...]:
    """Ranges from their JSON column."""
    return tuple((start, end) for start, end in _unpacked(packed)[0]) if packed else ()


def work(row: Mapping[str, Any]) -> Work:
    """A work from its row."""
    return Work(**{**row, "subjects": tuple(json.loads(row["subjects"]))})


def edition(row: Mapping[str, Any]) -> Edition:
    """An edition from its row."""
    return Edition(
        id=row["id"],
        urn=row["urn"],
        work_id=row["work_id"],
        label=row["label"],
        statement=row["statement"],
        series=row["series"],
        script=row["script"],
        vertical=bool(row["vertical"]),
        rights=Rights(row["rights_text"], row["rights_punctuation"], row["rights_notes"], row["rights_scans"]),
        citation=json.loads(row["citation"]),
        status=row["status"],
        characters=row["characters"],
        passages=row["passages"],
        pages=row["pages"],
    )


def section(row: Mapping[str, Any]) -> Section:
    """A section from its row."""
    return Section(*(row[name] for name in ("id", "edition_id", "path", "parent", "ordinal", "level", "title")))


def page(row: Mapping[str, Any]) -> Page:
    """A page from its row."""
    return Page(*(row[name] for name in ("id", "edition_id", "ordinal", "label", "juan", "leaf", "image")))
