"""Zip containers that are bombs, liars, burglars or broken."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from office_samples import docx, epub, paragraph, zipped

from archive.errors import BadSource
from ingest.readers import archive_guard, registry


def refused(path: Path) -> str:
    with pytest.raises(BadSource) as caught:
        archive_guard.check(path)
    return str(caught.value)


def test_an_honest_container_passes(tmp_path: Path) -> None:
    archive_guard.check(docx(tmp_path / "书.docx", paragraph("天下") * 20_000))


@pytest.mark.parametrize("kind", ["docx", "epub"])
def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path, kind: str) -> None:
    make = docx if kind == "docx" else epub
    bomb = make(tmp_path / f"书.{kind}", "", more={"media/x.bin": bytes(60 * 1024 * 1024)})
    assert bomb.stat().st_size < 200_000
    with pytest.raises(BadSource, match="炸弹"):
        list(registry.reader_for(bomb).events(bomb))


def test_too_much_in_all_is_refused(tmp_path: Path) -> None:
    path = docx(tmp_path / "书.docx", paragraph("天"))
    with pytest.raises(BadSource, match="解压后"):
        archive_guard.check(path, unpacked=100)


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    """A header that says ten bytes where there are ten million: unpacked, its checksum cannot agree."""
    path = zipped(tmp_path / "书.docx", {"word/document.xml": b"<a/>" + b" " * 10_000_000})
    data = bytearray(path.read_bytes())
    for at in (22, data.index(b"PK\x01\x02") + 24):
        data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    assert "损坏" in refused(path)


@pytest.mark.parametrize("name", ["../etc/passwd", "word/../../x", "/etc/passwd", "C:/x", "..\\x", "word\\..\\..\\x"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    assert "指向容器之外" in refused(docx(tmp_path / "书.docx", "", more={name: "x"}))


def test_a_name_cut_off_by_nul_is_refused(tmp_path: Path) -> None:
    path = docx(tmp_path / "书.docx", "", more={"word/aaaa": "x"})
    path.write_bytes(path.read_bytes().replace(b"word/aaaa", b"word/a\0aa"))
    assert "指向容器之外" in refused(path)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "书.docx"
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "w") as container:
        container.writestr("word/document.xml", "<a/>")
        container.writestr("word/document.xml", "<b/>")
    assert "两个" in refused(path)


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_guard, "MAX_MEMBERS", 2)
    assert "上限 2" in refused(docx(tmp_path / "书.docx", ""))


def test_an_encrypted_container_is_refused(tmp_path: Path) -> None:
    path = docx(tmp_path / "书.docx", "")
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "密码" in refused(path)


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_a_truncated_container_is_refused(tmp_path: Path, cut: int) -> None:
    path = docx(tmp_path / "书.docx", paragraph("天下"))
    path.write_bytes(path.read_bytes()[:cut])
    assert "损坏" in refused(path)


def test_damage_inside_a_member_is_found(tmp_path: Path) -> None:
    path = zipped(tmp_path / "书.docx", {"word/document.xml": "<a>天下惟器而已矣</a>"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace("器".encode(), "道".encode()))
    assert "损坏" in refused(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"junk" * 50])
def test_what_is_no_container_at_all(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "书.docx"
    path.write_bytes(data)
    if data.startswith(b"PK\x05\x06"):
        archive_guard.check(path)  # an empty zip is harmless; the reader will say that it holds nothing
    else:
        refused(path)
