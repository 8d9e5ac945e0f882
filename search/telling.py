"""An answer as lines for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search.found import Found


def answer(document: dict[str, Any]) -> Iterator[str]:
    """One page of hits, then what runs over the ends of passages; from the JSON of both."""
    yield f"{document['query']}：{document['passages']:,} 段，{document['hits']:,} 处（{document['took_ms']} 毫秒）"
    if document["page"] > document["pages_total"] > 0:
        yield f"没有第 {document['page']} 页，一共 {document['pages_total']} 页。"
    yield from map(_hit, document.get("near", document)["items"])
    if document["across"]["count"]:
        yield f"\n另有 {document['across']['count']:,} 处跨在相邻两段之间："
        yield from map(_hit, document["across"]["items"])


def found(one: Found) -> str:
    """What was found, in numbers."""
    return f"{one.text}：{one.passages:,} 段，{one.hits:,} 处"


def _hit(one: dict[str, Any]) -> str:
    changes = f"改动 {one['changes']} 字" if one.get("changes") else ""
    variant = one.get("form") == "variant" and "pieces" not in one
    kinds = ("注" if one.get("in_note") else "", "异体" if variant else "")
    told = (f"《{one['title']}》{one['section_title']}", one["page"], one["urn"], *kinds, changes)
    place = "　".join(filter(None, told))
    match = "".join(map(_piece, one["pieces"])) if "pieces" in one else one["match"]
    line = f"{one['left']}【{match}】{one['right']}".replace("\n", " ")
    return f"\n{line}\n    {place}"


def _piece(one: dict[str, Any]) -> str:
    """A piece of a near quotation, what differs in brackets."""
    if one["kind"] == "omitted":
        return f"〔缺{one['asked']}〕"
    return f"〔{one['text']}〕" if one["kind"] in ("replaced", "added") else str(one["text"])
