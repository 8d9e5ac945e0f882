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

from archive.config import CONFIG, Cluster, load
from archive.library import Library
from bench.bench_add import CORPUS
from ingest import pipeline
from ingest.sources import discover
from search import indexer
from search.engines import discard, engine, rounds
from search.engines.cluster import servers
from search.engines.contract import Document, Engine, Run
from search.text import streams
from search.text.alphabet import Alphabet

_LENGTHS = (1, 2, 4, 6, 12)
_EACH = 40
_STALE = 11
"""Seconds for which the servers tell sizes of before."""
_LEASE = 35
"""Seconds after which they know that every copy has what was written, and let go of the means to write it again."""


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
        editions = _editions(library)
        characters = built.indexed_characters
        yield f"{characters:,} 字，{built.passages:,} 段，{cluster.shards} 个分片，每片 {cluster.replicas} 份副本"
        yield f"建索引：{built.seconds:.1f} 秒，{characters / built.seconds:,.0f} 字／秒"
        yield _sized("建成时", folder, characters)
        chosen = engine("opensearch", cluster)
        for length in _LENGTHS:
            times = _ask(chosen, folder, [text for one in editions.values() for text in one], length)
            yield f"{length} 字短语 {_EACH} 个：中位 {statistics.median(times):.1f} 毫秒，最慢 {max(times):.1f} 毫秒"
        for what, pick in (("最小", min), ("最大", max)):
            edition_id = pick(editions, key=lambda edition_id: len(editions[edition_id]))
            seconds = _replace(chosen, folder, edition_id, editions[edition_id])
            yield f"{what}的一种书（{len(editions[edition_id]):,} 段）改后到可检索：{seconds:.2f} 秒"
        _merge(chosen, folder)
        yield _sized("合并后", folder, characters)
    finally:
        discard(folder)


def _editions(library: Library) -> dict[int, list[Document]]:
    alphabet = Alphabet()
    return {
        edition_id: list(streams.documents(streams.of_edition(library, edition_id, alphabet), alphabet))
        for edition_id in library.edition_ids()
    }


def _sized(when: str, folder: Path, characters: int) -> str:
    """Bytes a character, of the primary shards and of all copies."""
    place = rounds.read_place(folder)
    indices = servers(place.hosts, place.ca, place.timeout).client.indices
    indices.flush(index=place.index)
    time.sleep(_STALE)
    stored = indices.stats(index=place.index, metric="store")["_all"]
    primaries, whole = (stored[which]["store"]["size_in_bytes"] for which in ("primaries", "total"))
    each = f"每字 {primaries / characters:.2f} 字节，连副本 {whole / characters:.2f} 字节"
    return f"{when}：{each}（共 {whole / 1e6:.1f} MB）"


def _merge(chosen: Engine, folder: Path) -> None:
    """Have what is out of view deleted, and each shard made one segment, without what only new copies would need."""
    chosen.write(folder).commit()
    place = rounds.read_place(folder)
    indices = servers(place.hosts, place.ca, place.timeout).client.indices
    indices.flush(index=place.index)
    time.sleep(_LEASE)
    indices.forcemerge(index=place.index, params={"max_num_segments": 1, "request_timeout": 600})
    indices.refresh(index=place.index)


def _ask(chosen: Engine, folder: Path, documents: list[Document], length: int) -> list[float]:
    """Milliseconds of each phrase; one whose answer is not that of looking through everything ends the run."""
    chance = random.Random(length)
    texts = {number: text.replace(" ", "") for number, text in documents}
    long_enough = [text for text in texts.values() if len(text) >= 2 * length and "|" not in text]
    reader = chosen.open(folder)
    most = max(500, sum(map(len, texts.values())) // 1000)
    times = []
    for _ in range(_EACH):
        text = chance.choice(long_enough)
        start = chance.randrange(len(text) - length + 1)
        run = text[start : start + length]
        begun = time.perf_counter()
        found = reader.candidates(Run(run), most)
        times.append((time.perf_counter() - begun) * 1000)
        holders = {number for number, text in texts.items() if run in text}
        if len(holders) <= most if found is None else set(found.tolist()) != holders:
            raise SystemExit(f"{run}：答案与通查不等")
    return times


def _replace(chosen: Engine, folder: Path, edition_id: int, documents: list[Document]) -> float:
    begun = time.perf_counter()
    writer = chosen.write(folder)
    writer.delete(edition_id)
    writer.add(edition_id, documents)
    writer.commit()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
