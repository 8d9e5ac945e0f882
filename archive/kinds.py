"""Which kinds of things go through review: one literal table, from a kind's name to what the workflow must know."""

from __future__ import annotations

from archive.directories.reviewing import BATCH, RECORD, BatchKind, RecordKind
from archive.review import Kind

KINDS: dict[str, Kind] = {RECORD: RecordKind(), BATCH: BatchKind()}
