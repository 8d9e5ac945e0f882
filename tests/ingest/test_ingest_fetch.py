"""Fetching from a repository beside us, as from the Kanseki Repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from dulwich import porcelain

from archive.errors import BadSource, UsageError
from ingest.fetch import fetch
from ingest.kanripo import Responsibility, category, responsibility, slug

TEXT = "KR1a9999"


def commit(folder: Path, body: str) -> None:
    (folder / f"{TEXT}_001.txt").write_text(f"#+TITLE: 示例\n<pb:{TEXT}_WYG_001-1a>¶\n{body}¶\n", encoding="utf-8")
    porcelain.add(str(folder), [str(folder / f"{TEXT}_001.txt")])
    porcelain.commit(str(folder), b"text", author=b"a <a@example.org>", committer=b"a <a@example.org>")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder of bare repositories, one text in two witnesses."""
    work = tmp_path / "work" / TEXT
    work.mkdir(parents=True)
    porcelain.init(str(work))
    commit(work, "主本之文")
    for branch, body in ((b"SBCK", "叢刊之文"), (b"_data", "不是文本")):
        porcelain.branch_create(str(work), branch)
        porcelain.checkout(str(work), branch)
        commit(work, body)
    porcelain.checkout(str(work), b"master")
    (tmp_path / "house").mkdir()
    porcelain.clone(str(work), str(tmp_path / "house" / TEXT), bare=True, checkout=False).close()
    porcelain.branch_create(str(tmp_path / "house" / TEXT), b"SBCK", b"refs/remotes/origin/SBCK", force=True)
    porcelain.branch_create(str(tmp_path / "house" / TEXT), b"_data", b"refs/remotes/origin/_data", force=True)
    return tmp_path / "house"


def read(folder: Path) -> str:
    return (folder / f"{TEXT}_001.txt").read_text(encoding="utf-8")


def test_every_witness_comes_and_the_main_text_first(house: Path, tmp_path: Path) -> None:
    folders = fetch(f"kanripo:{TEXT}", str(house), tmp_path / "in")
    assert [folder.name for folder in folders] == ["master", "SBCK"]
    assert "主本之文" in read(folders[0]) and "叢刊之文" in read(folders[1])


def test_one_witness_can_be_asked_for(house: Path, tmp_path: Path) -> None:
    (folder,) = fetch(f"kanripo:{TEXT}@SBCK", str(house), tmp_path / "in")
    assert "叢刊之文" in read(folder)


def test_fetching_again_replaces_what_was_there(house: Path, tmp_path: Path) -> None:
    (folder, _) = fetch(f"kanripo:{TEXT}", str(house), tmp_path / "in")
    (folder / f"{TEXT}_001.txt").write_text("壞", encoding="utf-8")
    fetch(f"kanripo:{TEXT}", str(house), tmp_path / "in")
    assert "主本之文" in read(folder)


@pytest.mark.parametrize(
    ("spec", "kind", "word"),
    [
        ("kanripo:KR1a0000", BadSource, "没有 KR1a0000 这部书"),
        (f"kanripo:{TEXT}@XX", BadSource, "现有：master、SBCK"),
        ("kanripo:../../etc", UsageError, "写法如"),
        ("kanripo:", UsageError, "写法如"),
    ],
)
def test_what_cannot_be_fetched_is_explained(
    house: Path, tmp_path: Path, spec: str, kind: type[Exception], word: str
) -> None:
    with pytest.raises(kind) as caught:
        fetch(spec, str(house), tmp_path / "in")
    assert word in str(caught.value)


def test_without_a_network_the_advice_is_to_add_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="wenku add 文件夹"):
        fetch(f"kanripo:{TEXT}", "http://127.0.0.1:9", tmp_path)


@pytest.mark.parametrize(
    ("line", "author", "dynasty"),
    [
        ("漢陽王夫之撰", "王夫之", ""),
        ("衡陽王夫之譔", "王夫之", ""),
        ("明　曹端　撰", "曹端", "明"),
        ("周元公集巻一　　　　　宋　周惇頥　撰", "周惇頥", "宋"),
        ("道士李沖昭述", "李沖昭", ""),
        ("宋朱子張栻林用中同撰", "", ""),
        ("彭城劉　禹錫　撰", "", ""),
        ("為前人所未及也撰", "", ""),
    ],
)
def test_an_author_is_read_off_the_title_page_only_when_certain(line: str, author: str, dynasty: str) -> None:
    assert responsibility([line]) == Responsibility(author, dynasty)


def test_a_joint_work_gets_no_single_author() -> None:
    assert responsibility(["宋朱子張栻林用中同撰", "宋　朱　熹　撰"]) == Responsibility()


def test_ids_and_sigla() -> None:
    assert category("KR2k0046") == "史部" and category("XX") == ""
    assert slug("CK-KZ") == "ck-kz" and slug("【四庫】") == "x"
