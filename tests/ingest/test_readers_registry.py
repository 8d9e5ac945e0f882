"""Which reader a file gets: by content first, then by suffix; and the name every reader answers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from office_samples import by_pandoc, docx, epub, paragraph
from pdf_samples import lines, pdf
from PIL import Image

from archive.errors import BadSource, UsageError
from ingest.readers import registry
from ingest.stream import Line

MANDOKU = (
    "# -*- mode: mandoku-view; -*-\n#+TITLE: 周易稗疏\n#+PROPERTY: ID KR1a0120\n<pb:KR1a0120_WYG_001-1a>¶\n天下¶\n"
)
TEI = '<?xml version="1.0"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>甲</p></body></text></TEI>'


def photo(path: Path) -> bytes:
    Image.new("L", (40, 60), 255).save(path)
    return path.read_bytes()


def samples(folder: Path) -> dict[str, Path]:
    """One file a format, none of them with a suffix that gives it away."""
    made = {
        "mandoku": MANDOKU.encode(),
        "pdf": pdf([lines("天下")]),
        "tei": TEI.encode(),
        "docx": docx(folder / "d.docx", paragraph("天下")).read_bytes(),
        "epub": epub(folder / "e.epub", "<p>天下</p>").read_bytes(),
        "odt": by_pandoc(folder / "o.odt", "天下").read_bytes(),
        "image": photo(folder / "p.webp"),
    }
    paths = {}
    for name, data in made.items():
        paths[name] = folder / f"{name}.bin"
        paths[name].write_bytes(data)
    return paths


def test_content_decides_whatever_the_suffix(tmp_path: Path) -> None:
    for name, path in samples(tmp_path).items():
        reader = registry.reader_for(path)
        assert reader.name == name
        assert list(reader.events(path))


@pytest.mark.parametrize(
    ("file", "name"),
    [("a.md", "markdown"), ("a.MARKDOWN", "markdown"), ("a.txt", "text"), ("a.TEXT", "text"), ("a.xml", "tei")],
)
def test_then_the_suffix(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).write_text("天下", encoding="utf-8")
    assert registry.reader_for(tmp_path / file).name == name


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("a.xyz", b"hello", "不认识这种文件（.xyz）"),
        ("a", b"\x7fELF\x02\x01", "没有扩展名"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), r"另存为没有密码的 \.docx"),
        ("a.rtf", rb"{\rtf1 x}", "RTF"),
        ("a.caj", b"CAJ x", "CAJ"),
        ("a.rar", b"Rar!\x1a\x07", "先解压"),
        ("a.txt", b"", "空的"),
    ],
)
def test_what_no_reader_knows_gets_advice_and_the_list(tmp_path: Path, file: str, data: bytes, said: str) -> None:
    (tmp_path / file).write_bytes(data)
    with pytest.raises(BadSource, match=said) as caught:
        registry.reader_for(tmp_path / file)
    if data:
        assert all(reader.label in caught.value.remedy for reader in registry.READERS)


def test_readers_by_name(tmp_path: Path) -> None:
    assert [registry.by_name(reader.name) for reader in registry.READERS] == list(registry.READERS)
    with pytest.raises(UsageError, match="mandoku、pdf、image、tei"):
        registry.by_name("word")


def test_the_encoding_the_metadata_names_reaches_the_reader(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Settings:
        encoding: str

    path = tmp_path / "a.txt"
    path.write_bytes("衡陽".encode("big5"))
    reader = registry.reader_for(path)
    assert Line("衡陽", 0, 2) in list(reader.events(path, Settings("big5")))
    with pytest.raises(BadSource):
        list(reader.events(path))


def test_media_types() -> None:
    names = ("a.PDF", "a.JPG", "a.txt", "work.yaml", "目录.xlsx", "a.unknown")
    assert [registry.media_type(Path(name)) for name in names] == [
        "application/pdf",
        "image/jpeg",
        "text/plain",
        "application/yaml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/octet-stream",
    ]


def test_suffixes_and_names_are_unique() -> None:
    names = [reader.name for reader in registry.READERS]
    suffixes = [suffix for reader in registry.READERS for suffix in reader.suffixes]
    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
