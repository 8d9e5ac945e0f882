"""Looking a zip container over (DOCX, EPUB, ODT, XLSX) before any library unpacks it.

A container is refused if it is cut short, encrypted, would swell beyond reason, names members outside itself, names one
twice (two programs would read two different files), or has XML that declares entities. Every member is unpacked once,
counting, so that no header can lie about sizes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from archive.errors import BadSource
from ingest.readers import source
from ingest.readers.xml_guard import refuse_entities

MAX_MEMBERS = 20_000
MAX_UNPACKED = 1024 * 1024 * 1024
"""Bytes a container may unpack to."""
MAX_PART = 256 * 1024 * 1024
"""Bytes one XML part may unpack to."""
MAX_RATIO = 200
"""How many times its size a container may swell, beyond the first 16 MB; ordinary XML swells 5 to 30 times."""
_FREE = 16 * 1024 * 1024

_XML = re.compile(r"\.(?:xml|rels|opf|ncx|x?html?|xhtml|smil|svg)$", re.IGNORECASE)
_FONT_MASKS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")
_ALGORITHM = re.compile(rb"EncryptionMethod[^>]*Algorithm\s*=\s*[\"']([^\"']+)")
_REMEDY = "请从可靠的来源重新取得这个文件。"


def check(path: Path, *, unpacked: int = MAX_UNPACKED) -> None:
    """Let a zip container pass, or say why not.

    Args:
        path: the container.
        unpacked: bytes it may unpack to.

    Raises:
        BadSource: see above; also if it is missing, empty or no zip at all.
    """
    size = source.check(path, source.MAX_BINARY_BYTES)
    try:
        with ZipFile(path) as container:
            members = container.infolist()
            _names(members, path.name)
            _sizes(members, size, unpacked, path.name)
            for member in members:
                _contents(container, member, path.name)
    except (BadZipFile, LargeZipFile, EOFError, zlib.error, OSError, ValueError) as error:
        remedy = "文件多半没有下载或复制完整。" + _REMEDY
        raise BadSource(f"压缩容器已损坏（{error}）。", where=path.name, remedy=remedy) from None
    except NotImplementedError as error:
        raise BadSource(f"压缩方式不受支持（{error}）。", where=path.name, remedy="请用原软件另存一次。") from None


def _names(members: list[ZipInfo], where: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise BadSource(f"容器里有 {len(members):,} 个文件（上限 {MAX_MEMBERS:,}）。", where=where, remedy=_REMEDY)
    seen: set[str] = set()
    for info in members:
        # zipfile cuts a name at NUL; what stood behind it is in orig_filename.
        name = info.orig_filename.replace("\\", "/")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/") or "\0" in name:
            raise BadSource(f"容器里的文件名“{name[:80]}”指向容器之外，可能是恶意文件。", where=where, remedy=_REMEDY)
        if name in seen:
            raise BadSource(f"容器里有两个“{name[:80]}”。", where=where, remedy=_REMEDY)
        if info.flag_bits & 0x1:
            raise BadSource("文件加了密码。", where=where, remedy="请用原软件去掉密码后另存。")
        seen.add(name)


def _sizes(members: list[ZipInfo], size: int, unpacked: int, where: str) -> None:
    total = sum(info.file_size for info in members)
    if total > unpacked or total > _FREE + MAX_RATIO * size:
        raise BadSource(
            f"解压后会有 {source.megabytes(total)}，是文件本身的 {total // size} 倍，可能是压缩炸弹。",
            where=where,
            remedy=_REMEDY,
        )


def _contents(container: ZipFile, info: ZipInfo, where: str) -> None:
    """Unpack one member to the end (a wrong size or checksum raises), and look at it if it is XML."""
    place = f"{where} 内 {info.filename}"
    if _XML.search(info.filename):
        if info.file_size > MAX_PART:
            raise BadSource(f"XML 部件太大（{source.megabytes(info.file_size)}）。", where=place, remedy=_REMEDY)
        with container.open(info) as part:
            refuse_entities(_chunks(part), place)
    with container.open(info) as part:
        for chunk in _chunks(part):
            if info.filename == "META-INF/encryption.xml":
                _drm(chunk, where)


def _drm(encryption: bytes, where: str) -> None:
    """Masked fonts are harmless; any other encryption means the text itself is locked."""
    if any(algorithm not in _FONT_MASKS for algorithm in _ALGORITHM.findall(encryption)):
        remedy = "请向出版者索取没有加密的文件。"
        raise BadSource("电子书有数字版权保护（DRM），读不出正文。", where=where, remedy=remedy)


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(1 << 20):
        yield chunk
