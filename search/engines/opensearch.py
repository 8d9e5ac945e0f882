"""OpenSearch, a cluster of servers: for libraries past one machine.

The folder of an index holds two small files (`rounds`): where the index is, and which of its documents are to be seen.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from opensearchpy.exceptions import TransportError
from urllib3 import Timeout

from archive.config import Cluster
from archive.errors import UsageError
from search.engines import rounds
from search.engines.bulk import Bulk
from search.engines.cluster import Servers, Silent, servers
from search.engines.contract import Document, EngineError, Every, Reader, Run, Some, Sought, State, Writer
from search.engines.rounds import Place, Rounds
from search.text.alphabet import Numbers

PAGE = 10_000
"""Documents that a server lists at once, and no more."""
quoted = json.JSONEncoder(ensure_ascii=False).encode
Query = Mapping[str, Any]
Wait = Callable[[], Timeout]
"""Tells how much longer a reader waits."""
_WITNESS = -1
"""Id of the document that says which round was the last to be written (`last`); no passage has it."""
_MAPPING = {
    "dynamic": False,
    "_source": {"enabled": False},
    "properties": {
        "id": {"type": "long"},
        "last": {"type": "integer"},
        "edition": {"type": "long", "doc_values": False},
        "round": {"type": "integer"},
        "text": {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "positions"},
    },
}


class OpenSearchEngine:
    """`search.engine: opensearch`."""

    name = "opensearch"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def create(self, folder: Path) -> None:
        """Make an empty index on the servers; the folder says first where it will be, so that none is ever lost."""
        wanted = self._cluster
        if wanted.ca and not Path(wanted.ca).is_file():
            raise UsageError("证书文件不在。", where=wanted.ca, remedy="请检查 config.yaml 的 search.opensearch.ca。")
        index = f"{wanted.index}-{secrets.token_hex(6)}"
        place = Place(wanted.hosts, wanted.index, index, wanted.timeout, wanted.ca, rounds.home(folder))
        settings = {
            "number_of_shards": wanted.shards,
            "number_of_replicas": wanted.replicas,
            "refresh_interval": -1,
            "max_terms_count": 1 << 20,
        }
        there = _servers(place)
        with there.writing():
            nodes = there.client.cluster.health()["number_of_data_nodes"]
            # All copies there can be, before the first document: no server's death can then take one that was sent.
            copies = {"wait_for_active_shards": min(wanted.replicas + 1, nodes)}
            rounds.write(folder, place)
            body = {"settings": {"index": settings}, "mappings": _MAPPING}
            there.client.indices.create(index=index, body=body, params=copies)
        rounds.write(folder, Rounds())

    def write(self, folder: Path) -> Writer:
        """Begin a round of changes."""
        return _OpenSearchWriter(folder)

    def open(self, folder: Path) -> Reader:
        """Open for reading."""
        return _OpenSearchReader(folder)

    def discard(self, folder: Path) -> None:
        """Remove the index of a folder from the servers.

        Raises:
            Away: they do not answer.
        """
        try:
            place = rounds.read_place(folder)
        except EngineError:
            return
        there = _servers(place)
        with there.writing():
            there.client.indices.delete(index=place.index, params={"ignore_unavailable": "true"})


def health(folder: Path) -> State:
    """How the servers are that hold the index of a folder.

    Raises:
        EngineError: the folder does not say where the index is.
    """
    place = rounds.read_place(folder)
    return _servers(place).health(place.index)


def silent(folder: Path) -> bool:
    """Whether the servers did not answer when last asked, so that this process searches in memory; asks nobody."""
    return _servers(rounds.read_place(folder)).silent


class _Index:
    """One index of a cluster, asked and told in its own terms."""

    def __init__(self, place: Place) -> None:
        self.name = place.index
        self.servers = _servers(place)
        self._alias = place.alias
        self._client = self.servers.client

    def refresh(self) -> None:
        """Let searches find all that was sent, whichever copy of a shard they ask."""
        failures = self._client.indices.refresh(index=self.name)["_shards"].get("failures")
        if failures:
            raise TransportError(503, "refresh", {"error": failures[0].get("reason", {})})

    def count(self, query: Query) -> int:
        """How many documents answer a query."""
        return self.find(query, ("id",), 0, counted=True)[1]

    def pages(self, query: Query, fields: tuple[str, ...]) -> Iterator[list[list[int]]]:
        """All documents that answer a query, in order of these fields, as their values; they must tell them apart."""
        page, _ = self.find(query, fields, PAGE)
        while page:
            yield page
            page, _ = self.find(query, fields, PAGE, after=page[-1])

    def find(
        self,
        query: Query,
        fields: tuple[str, ...],
        size: int,
        *,
        after: list[int] | None = None,
        counted: bool | int = False,
        wait: Wait | None = None,
    ) -> tuple[list[list[int]], int]:
        """The values of these fields of the first documents after `after`, and how many there are in all.

        Args:
            counted: up to which number the documents are counted: True to the end, False not at all.
        """
        body: dict[str, Any] = {"query": query, "size": size, "sort": list(fields), "track_total_hits": counted}
        body |= {"_source": False, "stored_fields": "_none_"} | ({"search_after": after} if after else {})
        asked: dict[str, Any] = {"allow_partial_search_results": "false", "filter_path": "hits.total,hits.hits.sort"}
        if wait:
            asked["request_timeout"] = wait()
        hits = self._client.search(index=self.name, body=body, params=asked).get("hits", {})
        return [hit["sort"] for hit in hits.get("hits", ())], hits["total"]["value"] if counted else 0

    def point_alias(self) -> None:
        """Give this index the name by which other programs know the index in force, and take it from the others."""
        known = self._client.indices.get_alias(index=f"{self._alias}-*")
        holders = [name for name, names in known.items() if self._alias in names["aliases"]]
        take = [{"remove": {"index": name, "alias": self._alias}} for name in holders]
        actions = [*take, {"add": {"index": self.name, "alias": self._alias}}]
        self._client.indices.update_aliases(body={"actions": actions})


class _OpenSearchWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = _Index(rounds.read_place(folder))
        self._rounds = rounds.read_rounds(folder).next()
        self._gone: set[int] = set()
        self._added = 0
        with self._index.servers.writing():
            self._index.refresh()
            rounds.write(folder, self._rounds)
            self._bulk = Bulk(self._index.servers, self._index.name)
            self._sweep()

    def delete(self, edition_id: int) -> None:
        self._gone.add(edition_id)

    def add(self, edition_id: int, documents: Iterable[Document]) -> None:
        number = self._rounds.begun
        same = f'"edition":{edition_id},"round":{number}'
        self._added += self._bulk.send(
            f'{{"index":{{"_id":"{passage_id}-{number}"}}}}\n{{"id":{passage_id},{same},"text":{quoted(text)}}}\n'
            for passage_id, text in documents
        )

    def commit(self) -> None:
        number = self._rounds.begun
        # With a version, so that nothing a killed process had on its way can take its place.
        name = f'"_id":"last","version":{number},"version_type":"external_gte"'
        self._bulk.send([f'{{"index":{{{name}}}}}\n{{"id":{_WITNESS},"last":{number}}}\n'])
        self._bulk.finish()
        with self._index.servers.writing():
            shown = self._index.servers.patiently(self._proved)
        rounds.write(self._folder, shown)
        self._bulk.drop()

    def abandon(self) -> None:
        """What was sent is never seen, and goes when the next round begins."""
        self._bulk.drop()

    def _proved(self) -> Rounds:
        """What is to be seen from now on, once every copy has it."""
        self._index.refresh()
        shown = self._rounds.published(self._gone)
        if self._index.count({"term": {"round": shown.shown}}) != self._added:
            raise EngineError("the servers do not have all that was sent")
        if not self._rounds.shown:
            self._index.point_alias()
        return replace(shown, count=self._index.count(shown.seen()))

    def _sweep(self) -> None:
        """Delete what is out of view."""
        for page in self._index.pages(self._rounds.rubbish(), ("id", "round")):
            self._bulk.send(f'{{"delete":{{"_id":"{passage_id}-{number}"}}}}\n' for passage_id, number in page)
        self._bulk.finish()


class _OpenSearchReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = _Index(rounds.read_place(folder))
        self._rounds = rounds.read_rounds(folder)

    def count(self) -> int:
        """As the servers say; while they are silent, as they last said."""
        try:
            with self._index.servers.reading() as wait:
                return self._listed([], 0, True, wait)[1]
        except Silent:
            return self._rounds.count

    def candidates(self, sought: Sought, most: int) -> Numbers | None:
        with self._index.servers.reading() as wait:
            ids, count = self._listed([_compiled(sought)], most, most + 2, wait)
        if rounds.read_rounds(self._folder).swept > self._rounds.shown:
            raise EngineError("the index has moved on")
        return None if count > most else np.array(ids, dtype=np.int64)

    def _listed(self, conditions: list[Query], most: int, counted: bool | int, wait: Wait) -> tuple[list[int], int]:
        """Ids of the passages seen that meet the conditions, if they are no more than `most`; and how many they are.

        The witness is asked along with them, in the same question: a server that the others have lost would answer
        from what it knew then, and not know the last round.
        """
        if not self._rounds.shown:
            return [], 0
        seen = {"bool": {"filter": [*conditions, self._rounds.seen()]}}
        witness = {"range": {"last": {"gte": self._rounds.shown}}}
        query = {"bool": {"should": [seen, witness]}}
        listed, count = self._index.find(query, ("id",), min(most + 1, PAGE), counted=counted, wait=wait)
        if listed[:1] != [[_WITNESS]]:
            raise Silent("the server does not know the last round")
        while len(listed) < count <= most + 1:
            page, _ = self._index.find(query, ("id",), PAGE, after=listed[-1], wait=wait)
            if not page:
                raise Silent("the servers do not agree")
            listed += page
        return [passage_id for [passage_id] in listed[1:]], count - 1

    def close(self) -> None:
        """Nothing is held."""


def _compiled(sought: Sought) -> dict[str, Any]:
    match sought:
        case Run(tokens) if len(tokens) == 1:
            return {"term": {"text": tokens}}
        case Run(tokens):
            return {"match_phrase": {"text": " ".join(tokens)}}
        case Every(parts):
            return {"bool": {"filter": [_compiled(part) for part in parts]}}
        case Some(parts):
            return {"bool": {"should": [_compiled(part) for part in parts], "minimum_should_match": 1}}


def _servers(place: Place) -> Servers:
    return servers(place.hosts, place.ca, place.timeout)
