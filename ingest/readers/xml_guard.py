"""Refusing XML that declares entities, before anything could expand them.

Billion-laughs bombs and stolen local files both begin with an entity declaration in the DOCTYPE, which no TEI, DOCX or
EPUB file has need of. Only the prolog is parsed, with every kind of expansion and outside access switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from archive.errors import BadSource

_DECLARATION = re.compile(rb"<!\0?E\0?N\0?T\0?I\0?T\0?Y")
_PROLOG = 1 << 20
_REMEDY = "请删去根元素之前的 DOCTYPE 和注释，把实体换成文字后重试。"


def refuse_entities(chunks: Iterable[bytes], where: str) -> None:
    """Read as far as the root element.

    Args:
        chunks: the document, piece by piece; no more is taken than needed.
        where: the file or archive member, for the message.

    Raises:
        BadSource: the document declares an entity, or its prolog is absurdly long.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    seen = b""
    for chunk in chunks:
        seen += chunk
        try:
            parser.feed(chunk)
            root = next((element for _, element in parser.read_events() if isinstance(element, etree._Element)), None)
        except etree.XMLSyntaxError:
            break
        if root is not None:
            doctype: Any = root.getroottree().docinfo.internalDTD
            if doctype is not None and doctype.entities():
                raise _refusal(where)
            return
        if len(seen) > _PROLOG:
            raise BadSource("XML 文件头长得不合理，可能是恶意文件，没有读取。", where=where, remedy=_REMEDY)
    # No root element was reached: the reader proper will say what is wrong with it, unless it is this.
    if _DECLARATION.search(seen):
        raise _refusal(where)


def _refusal(where: str) -> BadSource:
    return BadSource("XML 文件头里声明了实体，可能是恶意文件，没有读取。", where=where, remedy=_REMEDY)
