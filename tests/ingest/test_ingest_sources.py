"""What a folder of the Kanseki Repository is taken for."""

from __future__ import annotations

from pathlib import Path

from archive.library import Library
from ingest.pipeline import add
from ingest.report import ItemReport, Report
from ingest.sources import Source, discover

HEAD = (
    "# -*- mode: mandoku-view; -*-\n#+TITLE: {title}\n#+PROPERTY: ID KR3a9999\n#+PROPERTY: BASEEDITION WYG    \n{more}"
)
BODY = (
    "<pb:KR3a9999_{siglum}_001-1a>¶\n　山水小記卷一¶\n　　　　　　　　　　　　{byline}¶\n回雁峯在城南峯勢如雁回故名¶\n"
)


def text(folder: Path, title: str, siglum: str, byline: str, more: str = "") -> Path:
    folder.mkdir(parents=True)
    body = HEAD.format(title=title, more=more) + BODY.format(siglum=siglum, byline=byline)
    (folder / "KR3a9999_001.txt").write_text(body, encoding="utf-8")
    return folder


def described(folder: Path) -> Source:
    (source,) = discover([str(folder)], folder, "")
    assert isinstance(source, Source)
    return source


def brought(folder: Path, library: Path) -> Report:
    steps: list[ItemReport] = []
    return add(library, discover([str(folder)], library, ""), who="館員", step=steps.append)


def test_the_main_text_is_its_base_edition(tmp_path: Path) -> None:
    source = described(text(tmp_path / "KR3a9999", "山水小記", "WYG", "清　張　三　撰"))
    assert (source.work.id, source.work.category) == ("kanripo.kr3a9999", "子部")
    assert source.edition.urn == "urn:cts:hengyang:kanripo.kr3a9999.wyg"
    assert source.edition.label == "文淵閣四庫全書本"


def test_a_branch_is_an_edition_of_its_own(tmp_path: Path) -> None:
    other = described(text(tmp_path / "KR3a9999" / "SBCK", "山水小記", "SBCK", "", "#+PROPERTY: WITNESS SBCK\n"))
    assert (other.edition.urn[-5:], other.edition.label) == (".sbck", "四部叢刊本")
    same = described(text(tmp_path / "KR3a9999" / "WYG", "山水小記", "WYG", ""))
    assert (same.edition.urn[-11:], same.edition.label) == (".wyg-branch", "文淵閣四庫全書本（文献本）")


def test_the_author_is_read_off_the_title_page_and_said_to_be(tmp_path: Path) -> None:
    report = brought(text(tmp_path / "KR3a9999", "山水小記", "WYG", "清　張　三　撰"), tmp_path / "library")
    assert any("張三" in warning for warning in report.items[0].warnings)
    with Library.open(tmp_path / "library") as library:
        assert (library.works()[0].author, library.works()[0].dynasty) == ("張三", "清")


def test_another_witness_does_not_rename_the_work(tmp_path: Path) -> None:
    brought(text(tmp_path / "KR3a9999", "山水小記", "WYG", "清　張　三　撰"), tmp_path / "library")
    brought(text(tmp_path / "w" / "KR3a9999" / "SBCK", "張三文集", "SBCK", "明　李　四　撰"), tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        (work,) = library.works()
        assert (work.title, work.author, len(library.editions(work.id))) == ("山水小記", "張三", 2)
