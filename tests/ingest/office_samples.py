"""Small DOCX, EPUB and ODT files for the tests: real ones by pandoc, crafted ones by zipfile."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pypandoc

_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>書名</dc:title><dc:identifier id="i">x</dc:identifier>'
    '<dc:language>zh</dc:language></metadata><manifest><item id="c" href="c.xhtml"'
    ' media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>'
)


def by_pandoc(path: Path, markdown: str) -> Path:
    """Markdown as a DOCX, EPUB or ODT, by the suffix of `path`."""
    pypandoc.convert_text(markdown, path.suffix[1:], "markdown", outputfile=str(path))
    return path


def zipped(path: Path, members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip with these members, `mimetype` stored."""
    with zipfile.ZipFile(path, "w") as container:
        for name, content in members.items():
            container.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else compression)
    return path


def docx(path: Path, body: str, *, prolog: str = "", more: Mapping[str, str | bytes] | None = None) -> Path:
    """A minimal Word document with this XML as its body."""
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document {_W}><w:body>{body}</w:body></w:document>'
    members = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document}
    return zipped(path, {**members, **(more or {})})


def epub(path: Path, body: str, *, more: Mapping[str, str | bytes] | None = None) -> Path:
    """A minimal EPUB whose one chapter has this XHTML as its body."""
    chapter = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title>題</title></head><body>{body}</body></html>'
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "OPS/book.opf": _PACKAGE,
        "OPS/c.xhtml": chapter,
    }
    return zipped(path, {**members, **(more or {})})


def paragraph(text: str) -> str:
    """A Word paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
