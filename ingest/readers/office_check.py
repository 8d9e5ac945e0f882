"""Which Chinese characters a DOCX, EPUB or ODT file holds, counted in its XML without pandoc.

Pandoc skips text boxes, ruby and some fields without a word. Comparing these counts with what came out lets the reader
say so.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from archive.intake import HAN

_HAN = re.compile(f"[{HAN}]")
_DOCX_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_DOCX_SKIPPED = ("Fallback", "moveFrom")
_ODT_SKIPPED = ("tracked-changes", "annotation")
_HTML_SKIPPED = ("script", "style")


def han(path: Path, format_: str) -> Counter[str]:
    """How often each Chinese character occurs in the document's text (`format_`: `docx`, `epub` or `odt`)."""
    with ZipFile(path) as container:
        return Counter(char for text in _TEXTS[format_](container) for char in _HAN.findall(text))


def _docx(container: ZipFile) -> Iterator[str]:
    for name in _DOCX_PARTS:
        if (root := _parse(container, name)) is not None:
            for text in root.iter("{*}t"):
                if not any(_local(up) in _DOCX_SKIPPED for up in text.iterancestors()):
                    yield text.text or ""


def _odt(container: ZipFile) -> Iterator[str]:
    root = _parse(container, "content.xml")
    for body in root.iter("{*}text") if root is not None else ():
        if _local(body.getparent()) == "body":
            yield from _text(body, _ODT_SKIPPED)


def _epub(container: ZipFile) -> Iterator[str]:
    index = _parse(container, "META-INF/container.xml")
    rootfile = index.find(".//{*}rootfile") if index is not None else None
    package = rootfile.get("full-path", "") if rootfile is not None else ""
    root = _parse(container, package)
    if root is None:
        return
    hrefs = {item.get("id"): item.get("href") or "" for item in root.iter("{*}item")}
    for itemref in root.iter("{*}itemref"):
        href = unquote(hrefs.get(itemref.get("idref"), "").partition("#")[0])
        page = _parse(container, posixpath.normpath(posixpath.join(posixpath.dirname(package), href)))
        for body in page.iter("{*}body") if page is not None else ():
            yield from _text(body, _HTML_SKIPPED)


_TEXTS: dict[str, Callable[[ZipFile], Iterator[str]]] = {"docx": _docx, "odt": _odt, "epub": _epub}


def _parse(container: ZipFile, name: str) -> etree._Element | None:
    """A member as a tree, whatever state it is in; None if it is not there or holds no XML."""
    if name not in container.namelist():
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    with container.open(name) as part:
        try:
            return etree.parse(part, parser).getroot()
        except etree.XMLSyntaxError:
            return None


def _text(element: etree._Element, skipped: tuple[str, ...]) -> Iterator[str]:
    """The running text of an element, without the children whose local name is in `skipped`."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and _local(child) not in skipped:
            yield from _text(child, skipped)
        yield child.tail or ""


def _local(element: etree._Element | None) -> str:
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""
