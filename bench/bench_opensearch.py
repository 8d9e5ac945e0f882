"""What a library costs on an OpenSearch cluster: bytes and seconds a character, milliseconds a phrase.

python -m bench.bench_opensearch [--host http://…] [--shards N] [--replicas N] [works…]

The works are folders or files as `wenku add` takes them; without any, the thirteen Kanripo works. Every answer is
compared with what looking through all the text gives. The index is removed at the end.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archive.config import CONFIG, Cluster, load
from archive.library import Library
from bench.bench_add import CORPUS
from ingest import pipeline
from ingest.sources import discover
from search import indexer, streams
from search.alphabet import Alphabet
from search.engines import discard, engine, rounds
from search.engines.cluster import servers
from search.engines.contract import Engine, Run

_LENGTHS = (1, 2, 4, 6, 12)
_EACH = 40
_MOST = 50_000
Documents = dict[int, str]


class Size(NamedTuple):
    """Bytes of the primary shards, and of all copies."""

    primaries: int
    all: int


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    configured = load(Path(CONFIG)).cluster
    asked.add_argument("--host", action="append", help="地址，可重复；默认取自 config.yaml")
    asked.add_argument("--shards", type=int, default=configured.shards)
    asked.add_argument("--replicas", type=int, default=configured.replicas)
    asked.add_argument("works", nargs="*", default=[str(CORPUS)])
    options = asked.parse_args()
    hosts = tuple(options.host or configured.hosts)
    cluster = Cluster(hosts, "wenku-bench", options.shards, options.replicas, 60, configured.ca)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "library"
        pipeline.add(place, discover(options.works, place, ""), who="bench", step=lambda item: None)
        with Library.open(place) as library:
            for line in report(library, cluster):
                print(line, flush=True)


def report(library: Library, cluster: Cluster) -> Iterator[str]:
    """The table, line by line."""
    built = indexer.rebuild(library, "opensearch", cluster=cluster)
    stamp = indexer.read_stamp(library.folder / indexer.INDEX)
    assert stamp is not None
    folder = library.folder / indexer.INDEX / stamp.folder
    try:
        documents = _documents(library)
        characters = built.indexed_characters
        yield f"{characters:,} 字，{built.passages:,} 段，{cluster.shards} 个分片，每片 {cluster.replicas} 份副本"
        yield f"建索引：{built.seconds:.1f} 秒，{characters / built.seconds:,.0f} 字／秒"
        for what, merge in (("建成时", False), ("合并后", True)):
            size = _size(folder, merge)
            yield (
                f"{what}：每字 {size.primaries / characters:.2f} 字节，"
                f"连副本 {size.all / characters:.2f} 字节（共 {size.all / 1e6:.1f} MB）"
            )
        yield f"改一版（{_edit(library, cluster):,} 段）到可检索：{_edit_seconds(library, cluster):.2f} 秒"
        chosen = engine("opensearch", cluster)
        for length in _LENGTHS:
            times = _ask(chosen, folder, documents, length)
            yield f"{length} 字短语 {_EACH} 个：中位 {statistics.median(times):.1f} 毫秒，最慢 {max(times):.1f} 毫秒"
    finally:
        discard(folder)


def _documents(library: Library) -> Documents:
    alphabet = Alphabet()
    texts: Documents = {}
    for edition_id in library.edition_ids():
        stream = streams.read(library.edition_text(edition_id), alphabet)
        texts.update((number, text.replace(" ", "")) for number, text in streams.documents(stream, alphabet))
    return texts


def _ask(chosen: Engine, folder: Path, documents: Documents, length: int) -> list[float]:
    """Milliseconds of each phrase; one whose answer is not that of looking through everything ends the run."""
    chance = random.Random(length)
    long_enough = [text for text in documents.values() if len(text) >= 2 * length and "|" not in text]
    reader = chosen.open(folder)
    times = []
    for _ in range(_EACH):
        text = chance.choice(long_enough)
        start = chance.randrange(len(text) - length + 1)
        run = text[start : start + length]
        begun = time.perf_counter()
        found = reader.candidates(Run(run), _MOST)
        times.append((time.perf_counter() - begun) * 1000)
        holders = {number for number, text in documents.items() if run in text}
        if found is None or set(found.tolist()) != holders:
            raise SystemExit(f"{run}：答案与通查不等")
    return times
