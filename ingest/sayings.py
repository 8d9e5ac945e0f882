"""Books of sayings (語錄): each saying a passage of its own, with the source it is quoted from.

A saying opens with a number (`1.`, `一、`, `【一】`, `○`) or is one paragraph; its source stands at its end or on the
next line, `——《讀通鑑論》卷一` or `（《俟解》）`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.stream import Draft, SectionDraft, Span

_HAN = "[一二三四五六七八九十百〇零]"
_NUMBER = re.compile(
    rf"[0-9０-９]{{1,4}}[.．、][^0-9]|{_HAN}{{1,5}}[、．]|[【〔［](?:{_HAN}|[0-9]){{1,5}}[】〕］]|[○〇●◎]"
    rf"|第(?:{_HAN}|[0-9]){{1,5}}[條条則则][ \u3000]"
)
_DASH = "(?:[—─―－–]{1,3}|--)"
_SOURCE = re.compile(
    rf"(?:{_DASH}[ \u3000]*(?P<dashed>[^。！？\n]{{0,12}}《[^》\n]{{1,30}}》[^。！？\n]{{0,40}})"
    r"|[（(][ \u3000]*(?P<bracketed>(?:[^（）()。\n]{0,12})《[^》\n]{1,30}》[^（）()。\n]{0,40})[)）])[。 \u3000]*$"
)
_TEXT = frozenset(("paragraph", "entry", "list"))


def apply(items: Sequence[SectionDraft | Draft], *, forced: bool) -> list[SectionDraft | Draft]:
    """Turn the paragraphs of a book of sayings into sayings; leave any other book as it is.

    Args:
        items: a file's sections and passages.
        forced: the user says it is a book of sayings.
    """
    texts = [item for item in items if isinstance(item, Draft) and item.kind in _TEXT]
    numbered = sum(1 for draft in texts if _NUMBER.match(draft.text))
    sourced = sum(1 for draft in texts if _SOURCE.search(draft.text[-120:]))
    by_number = numbered > 2 and numbered * 2 > len(texts) - sourced
    if not forced and not (len(texts) > 2 and sourced * 2 >= len(texts) and sourced > 2):
        return list(items)
    made: list[SectionDraft | Draft] = []
    for item in items:
        if isinstance(item, SectionDraft) or item.kind not in _TEXT:
            made.append(item)
            continue
        last = made[-1] if made else None
        if isinstance(last, Draft) and last.kind == "saying" and _belongs(item, by_number):
            made[-1] = _with_source(_joined(last, item))
        elif by_number and not _NUMBER.match(item.text) and not _SOURCE.search(item.text[-120:]):
            made.append(item)
        else:
            made.append(_with_source(item._replace(kind="saying")))
    return made


def _belongs(draft: Draft, by_number: bool) -> bool:
    """Whether a paragraph goes on with the saying before it: its source, or a further paragraph of a numbered one."""
    whole = _SOURCE.match(draft.text)
    return whole is not None or (by_number and _NUMBER.match(draft.text) is None)


def _joined(one: Draft, other: Draft) -> Draft:
    """Two passages as one, a line break between them."""
    at = len(one.text) + 1
    page = one.pages[-1][1] if one.pages else -1
    return Draft(
        one.kind,
        f"{one.text}\n{other.text}",
        one.notes + tuple((start + at, end + at) for start, end in other.notes),
        one.marks + tuple(mark._replace(start=mark.start + at, end=mark.end + at) for mark in other.marks),
        (*one.lines, at, *(line + at for line in other.lines)),
        one.pages + tuple((offset + at, number) for offset, number in other.pages if number != page),
    )


def _with_source(draft: Draft) -> Draft:
    found = _SOURCE.search(draft.text)
    if found is None:
        return draft
    start, end = found.span("dashed" if found["dashed"] else "bracketed")
    end -= len(draft.text[start:end]) - len(draft.text[start:end].rstrip(" \u3000"))
    marks = tuple(mark for mark in draft.marks if mark.kind != "source")
    return draft._replace(marks=(*marks, Span("source", start, end)))
