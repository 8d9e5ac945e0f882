"""work.yaml and front matter: every key, every kind of mistake; and that the documentation knows them all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.citations import load_csl
from archive.errors import BadSource, UsageError
from archive.model import LAYERS, Rights
from ingest.metadata import WorkMeta, load_work_yaml, meta_from_front_matter
from ingest.metadata_fields import BY_NAME, FIELDS, GROUPS
from ingest.segmentation import STYLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "work-yaml.md"

LEAST = "id: wangfuzhi.songlun\ntitle: 宋论\nedition:\n  slug: jinling1865\n  label: 金陵刻本\n"


def load(tmp_path: Path, text: str | bytes) -> WorkMeta:
    path = tmp_path / "work.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_work_yaml(path)


def complaint(tmp_path: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert caught.value.where.startswith("work.yaml")
    return str(caught.value)


def test_the_least_that_will_do(tmp_path: Path) -> None:
    meta = load(tmp_path, LEAST)
    assert (meta.edition.urn, meta.work.title, meta.edition.label) == (
        "urn:cts:hengyang:wangfuzhi.songlun.jinling1865",
        "宋论",
        "金陵刻本",
    )
    assert (meta.rights, meta.style, meta.files, meta.vertical) == (Rights(), "auto", (), False)


def examples() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


def test_the_full_example_of_the_documentation(tmp_path: Path) -> None:
    least, full = examples()
    assert load(tmp_path, least) == load(tmp_path, LEAST)
    meta = load(tmp_path, full)
    assert meta.work.subjects == ("王夫之", "宋史", "史论")
    assert (meta.year_from, meta.year_to, meta.script, meta.vertical) == (1691, 1692, "Hant", True)
    assert meta.rights == Rights(scans="staff")
    assert meta.citation == {
        "type": "classic",
        "publisher-place": "金陵",
        "publisher": "湘乡曾国荃",
        "issued": {"literal": "1865（清同治四年）"},
    }
    assert (meta.style, meta.files, meta.encoding) == ("prose", ("001.txt", "卷*.txt"), "gb18030")


def test_chinese_keys_mean_the_same(tmp_path: Path) -> None:
    chinese = "著作编号: wangfuzhi.songlun\n书名: 宋论\n版本:\n  版本代号: jinling1865\n版本名: 金陵刻本\n"
    assert load(tmp_path, chinese) == load(tmp_path, LEAST)


def test_every_field_can_be_set_by_every_name(tmp_path: Path) -> None:
    values = {
        "id": "a.b",
        "slug": "c",
        "year": "1619",
        "flag": "是",
        "choice": "",
        "files": "a.txt",
        "date": "2011-05-03",
    }
    for one in FIELDS:
        value = next(iter(one.choices), None) or values.get(one.kind) or "某"
        for name in (one.key, *one.names):
            given = {"id": "a.b", "title": "某", "edition.slug": "c", "edition.label": "某"}
            given.pop(one.key, None)
            load(tmp_path, "".join(f"{key}: {text}\n" for key, text in {**given, name: value}.items()))


def test_names_and_dates_become_csl(tmp_path: Path) -> None:
    text = LEAST + "citation: {editor: 甲、乙, translator: [丙], issued: 2011-05, accessed: 2026-07-01, volume: 11}\n"
    citation = load(tmp_path, text).citation
    assert citation == {
        "editor": [{"literal": "甲"}, {"literal": "乙"}],
        "translator": [{"literal": "丙"}],
        "issued": {"date-parts": [[2011, 5]]},
        "accessed": {"date-parts": [[2026, 7, 1]]},
        "volume": "11",
    }


def test_every_citation_field_is_csl(tmp_path: Path) -> None:
    for one in FIELDS:
        if one.key.startswith("citation."):
            value = next(iter(one.choices), None) or "2011-05-03"
            item = dict(load(tmp_path, f"{LEAST}{one.key}: {value}\n").citation)
            load_csl(json.dumps([{"type": "book", **item, "id": "x", "title": "某"}]), "test")


def test_numbers_and_words_that_yaml_would_change_stay_text(tmp_path: Path) -> None:
    meta = load(
        tmp_path,
        LEAST.replace("宋论", "1984") + "dynasty: no\nperiod: 1619-10-07\nabstract: 007\nyear_to: 1619-10-07\n",
    )
    assert (meta.title, meta.dynasty, meta.period, meta.abstract, meta.year_to) == (
        "1984",
        "no",
        "1619-10-07",
        "007",
        1619,
    )


def test_a_file_from_notepad(tmp_path: Path) -> None:
    text = LEAST + "abstract: 这是王夫之晚年论宋代史事的书，一共有十五卷，不但论事，也论人。\n"
    assert load(tmp_path, text.encode("gb18030")).title == "宋论"
    assert load(tmp_path, text.replace("\n", "\r\n").encode("utf-8-sig")).title == "宋论"


def test_everything_missing_is_asked_for_at_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, "author: 王夫之\ntitle:\nedition:\n  slug: ~\n")
    for wanted in ("id（著作编号）", "title（书名）", "edition.slug（版本代号）", "edition.label（版本名）"):
        assert wanted in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("auhtor: 王夫之", "第 6 行 auhtor：没有这个键。是不是 author？"),
        ("editon: x", "是不是 edition？"),
        ("title: 又", "第 6 行 title：与第 2 行重复"),
        ("书名: 又", "第 6 行 书名：与第 2 行重复"),
        ("year_from: 明末", "“明末”不是公元年份"),
        ("year_from: 1.5", "不是公元年份"),
        ("year_from: 99999", "不是公元年份"),
        ("vertical: maybe", "第 6 行 vertical：“maybe”不可用，可用：是、否"),
        ("script: 草书", "可用：Hant（繁体）、Hans（简体）"),
        ("style: 骈文", "可用：auto（自动）、yulu（语录）、verse（诗）、prose（文）"),
        ("encoding: utf8", "可用：utf-8、utf-16"),
        ("author: [甲, 乙]", "第 6 行 author：应为一个值"),
        ("author: {name: 甲}", "第 6 行 author：应为文字"),
        ("subjects: [[甲]]", "第 6 行 subjects：应为文字"),
        ("subjects: {甲: 乙}", "第 6 行 subjects：应为文字"),
        ("rights: public", "第 6 行 rights：下面应分行写各项：text、punctuation、notes、scans"),
        (
            "rights:\n  text: open",
            "第 7 行 rights.text：“open”不可用，可用：public（公开）、snippet（片段）、staff（内部）",
        ),
        ("rights:\n  texts: public", "第 7 行 rights.texts：没有这个键。是不是 text？"),
        ("citation:\n  pubisher: 某", "是不是 publisher？"),
        ("citation:\n  书名: 某", "没有这个键"),
        ("citation:\n  editor:\n    - {family: 王}", "应为文字"),
        ("files: ../x.txt", "“../x.txt”须在同一文件夹之内"),
        ("files: [a.txt, /etc/passwd]", "须在同一文件夹之内"),
        ("files: 'C:\\x'", "须在同一文件夹之内"),
        ('author: "王\\x07"', "含有控制字符"),
        ("year_from: 1700\nyear_to: 1600", "year_from（1700）晚于 year_to（1600）"),
        ("[a, b]: c", "第 6 行 ？：没有这个键"),
        ("author: !!python/object/apply:os.system [ls]", "第 6 行 author：应为文字"),
        ("author: &x 甲\ndynasty: *x", "第 6 行：不能用 YAML 的锚点"),
        ("author: *x", "不能用 YAML 的锚点"),
        ("a: [[[[[[1]]]]]]", "嵌套太深"),
        ("author: 王: 夫之", "第 6 行：不合 YAML 的写法"),
        ('author: "王', "不合 YAML 的写法"),
        ("\tauthor: 王", "第 6 行：不合 YAML 的写法"),
        ("---\nauthor: 王", "不合 YAML 的写法"),
    ],
)
def test_every_mistake_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    assert said in complaint(tmp_path, f"{LEAST}{line}\n")


def test_several_mistakes_come_in_one_message(tmp_path: Path) -> None:
    said = complaint(tmp_path, "id: 宋论\nyear_from: x\nfoo: 1\n")
    assert all(part in said for part in ("第 1 行 id", "第 2 行 year_from", "第 3 行 foo", "缺少 title"))
    assert "缺少 id" not in said


@pytest.mark.parametrize("text", ["- 甲\n- 乙\n", "宋论\n", "1\n"])
def test_what_is_no_mapping(tmp_path: Path, text: str) -> None:
    assert "键: 值" in complaint(tmp_path, text)


@pytest.mark.parametrize("data", [b"", b"a: " + b"x" * 300_000, b"\0\1\2", b"\xff\xff\xff"])
def test_what_is_no_text(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadSource):
        load(tmp_path, data)


def test_an_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert "锚点" in complaint(tmp_path, bomb)


def test_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    found = re.findall(r"```markdown\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    path.write_text(found[0], encoding="utf-8")
    meta = meta_from_front_matter(path)
    assert meta is not None
    assert (meta.edition.urn, meta.title) == ("urn:cts:hengyang:wenku.shigu.base", "石鼓书院小记")
    path.write_text("---\nfoo: 1\n---\n正文\n", encoding="utf-8")
    with pytest.raises(UsageError, match="第 2 行 foo"):
        meta_from_front_matter(path)
    path.write_text("# 没有\n\n---\n\ntitle: 宋论\n\n---\n", encoding="utf-8")
    assert meta_from_front_matter(path) is None
    assert meta_from_front_matter(tmp_path / "a.pdf") is None


def test_the_documentation_knows_every_key_name_and_choice() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = {key: row for row in text.splitlines() if (key := (re.match(r"\| `([^`]+)`", row) or [None, None])[1])}
    assert set(rows) == {one.key for one in FIELDS}
    for one in FIELDS:
        key, names, help_, example = (cell.strip() for cell in rows[one.key].strip("|").split("|"))
        assert names == "、".join(one.names), key
        assert len(help_) > 1
        assert example.startswith("`")
        assert ("必填" in help_) == one.required
        for choice, spellings in one.choices.items():
            assert f"`{choice}`" in text
            assert all(spelling in text for spelling in spellings)
    assert all(name in text for group, names in GROUPS.items() for name in (group, names[0]))


def test_names_are_never_shared() -> None:
    names = [name for one in FIELDS for name in one.names] + [name for names in GROUPS.values() for name in names]
    assert len(names) == len(set(names))
    assert len(BY_NAME) == sum(len(one.names) for one in FIELDS)


def test_the_choices_are_those_of_the_house() -> None:
    choices = {one.key: set(one.choices) for one in FIELDS if one.choices}
    assert {key for key in choices if key.startswith("rights.")} == {f"rights.{layer}" for layer in LAYERS}
    assert choices["style"] == set(STYLES)


@pytest.mark.parametrize("path", sorted(Path(__file__).resolve().parents[2].glob("corpus/**/work.yaml")), ids=str)
def test_the_bundled_library_is_well_described(path: Path) -> None:
    meta = load_work_yaml(path)
    assert all((path.parent / name).is_file() for name in meta.files)
