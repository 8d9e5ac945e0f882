"""Folders of page pictures: one edition whose pages have pictures and wait for OCR."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from archive.errors import BadSource
from archive.library import Library
from ingest.pipeline import add
from ingest.readers import picture, registry
from ingest.report import ItemReport
from ingest.sources import Source, discover
from ingest.stream import Page, Warn

WORK = "id: wangfuzhi.songlun\ntitle: 宋論\nauthor: 王夫之\nedition: {slug: jinling, label: 金陵刻本}\n"


def page(path: Path, shade: int = 128) -> Path:
    image = Image.new("L", (120, 160), 255)
    image.paste(shade, (8, 8, 32, 40))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path


def brought(folder: Path, library: Path) -> ItemReport:
    (item,) = add(library, discover([str(folder)], library, ""), who="館員", step=lambda item: None).items
    return item


def book(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        page(folder / name, 10 + 40 * number)
    (folder / "work.yaml").write_text(WORK, encoding="utf-8")
    return folder


def test_a_folder_of_pictures_is_one_edition_that_waits(tmp_path: Path) -> None:
    item = brought(book(tmp_path / "宋論", "p10.png", "p2.jpg", "p1.tif"), tmp_path / "library")
    assert (item.status, item.pages, item.characters) == ("waiting-ocr", 3, 0)
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        assert edition.status == "waiting-ocr"
        pages = library.db.execute("SELECT label, image FROM page ORDER BY ordinal").fetchall()
        assert [label for label, _ in pages] == ["p1", "p2", "p10"]
        for _, image in pages:
            assert library.originals.get(image)[:3] in (b"\xff\xd8\xff", b"\x89PN")


def test_what_waits_is_told_once_however_many_pictures(tmp_path: Path) -> None:
    item = brought(book(tmp_path / "宋論", *(f"{number}.png" for number in range(1, 6))), tmp_path / "library")
    assert sum("等待 OCR" in warning for warning in item.warnings) == 1


def test_files_follow_each_other_as_people_number_them(tmp_path: Path) -> None:
    names = ("卷1-10.png", "卷1-9.png", "卷10-1.png", "卷2-1.png", "卷2-1b.png")
    (source,) = discover([str(book(tmp_path / "宋論", *names))], tmp_path, "")
    assert isinstance(source, Source)
    assert [path.stem for path in source.files] == ["卷1-9", "卷1-10", "卷2-1", "卷2-1b", "卷10-1"]


def test_pictures_beside_a_text_are_no_pages(tmp_path: Path) -> None:
    folder = book(tmp_path / "宋論", "cover.jpg")
    (folder / "卷一.txt").write_text("太祖勒石鎖置殿中", encoding="utf-8")
    (source,) = discover([str(folder)], tmp_path, "")
    assert isinstance(source, Source)
    assert [path.name for path in source.files] == ["卷一.txt"]
    item = brought(folder, tmp_path / "library")
    assert (item.status, item.characters) == ("added", 8)


def test_a_tiff_gives_several_pages(tmp_path: Path) -> None:
    path = tmp_path / "冊一.tif"
    with Image.open(page(tmp_path / "a.png")) as first, Image.open(page(tmp_path / "b.png", 0)) as second:
        first.save(path, save_all=True, append_images=[second])
    pages = [event for event in registry.reader_for(path).events(path) if isinstance(event, Page)]
    assert [one.label for one in pages] == ["冊一-1", "冊一-2"]
    assert pages[0].image != pages[1].image


def test_a_picture_that_cannot_be_read_leaves_its_page_and_the_others_go_on(tmp_path: Path) -> None:
    folder = book(tmp_path / "宋論", "1.png", "2.png", "3.png")
    cut = folder / "2.png"
    cut.write_bytes(cut.read_bytes()[:-40])
    item = brought(folder, tmp_path / "library")
    assert (item.status, item.pages) == ("waiting-ocr", 3)
    assert any("2.png" in warning and "图片" in warning for warning in item.warnings)
    with Library.open(tmp_path / "library") as library:
        images = [image for (image,) in library.db.execute("SELECT image FROM page ORDER BY ordinal")]
    assert [bool(image) for image in images] == [True, False, True]


def test_an_animation_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    with Image.open(page(tmp_path / "a.png")) as first, Image.open(page(tmp_path / "b.png", 0)) as second:
        first.save(path, save_all=True, append_images=[second])
    events = list(picture.read(path))
    assert sum(isinstance(event, Page) for event in events) == 1
    assert any(isinstance(event, Warn) and "只取第一帧" in event.message for event in events)


def test_what_is_no_picture_fails_whole(tmp_path: Path) -> None:
    path = tmp_path / "1.png"
    path.write_bytes(b"not a picture at all")
    with pytest.raises(BadSource, match="不是能读的图片"):
        list(registry.reader_for(path).events(path))
