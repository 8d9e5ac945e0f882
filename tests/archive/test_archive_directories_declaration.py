"""A directory's YAML: what is shipped is sound, and a mistake is named with its line and the choices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from directory_samples import PEOPLE, declare, people

from archive.directories import registry
from archive.directories.declaration import read
from archive.directories.kinds import KINDS
from archive.errors import NotFound, UsageError
from archive.library import Library

SHIPPED = ("experts", "notables", "achievements", "red_places", "red_events", "red_people", "routes")
EXAMPLES = ("outreach_bases", "research_bases", "ideas")


def test_all_that_is_shipped_is_well_written_and_in_its_order(library: Library) -> None:
    assert tuple(registry.proposed(library)) == SHIPPED + EXAMPLES
    assert tuple(registry.in_force(library)) == SHIPPED + EXAMPLES


def test_the_fields_the_institution_asked_for_are_there(library: Library) -> None:
    known = registry.in_force(library)
    labels = {one.id: {field.label for field in one.fields} for one in known.values()}
    assert labels["experts"] >= {
        "姓名",
        "性别",
        "出生年月",
        "单位",
        "职务职称",
        "学科",
        "研究方向",
        "学历",
        "荣誉",
        "代表成果",
    }
    assert labels["notables"] >= {"姓名", "籍贯（县市区）", "领域", "现居或任职", "主要成就", "与衡阳的联系", "照片"}
    assert labels["achievements"] >= {
        "题名",
        "作者",
        "类型",
        "年份",
        "立项编号",
        "获奖",
        "批示转化",
        "摘要",
        "全文（文库）",
    }
    assert labels["red_places"] >= {"名称", "县市区", "时期", "保护级别", "这里发生过什么", "坐标"}
    assert known["ideas"].submission and not known["experts"].submission


def test_nothing_that_tells_how_to_reach_a_person_is_public(library: Library) -> None:
    for directory in registry.in_force(library).values():
        for field in directory.public:
            assert field.kind not in ("phone", "idnumber"), (directory.id, field.key)
            assert not any(word in field.label for word in ("联系方式", "电话", "证件")), (directory.id, field.key)


def test_a_file_of_the_library_comes_before_the_one_shipped(library: Library) -> None:
    declare(library)
    assert registry.directory(library, "people").label == "示例人物"
    own = library.folder / "directories" / "experts.yaml"
    own.write_text(PEOPLE.replace("id: people", "id: experts").replace("to: books", "to: ideas"), encoding="utf-8")
    assert registry.proposed(library)["experts"].label == "示例人物"
    assert registry.directory(library, "experts").label == "示例人物"
    with pytest.raises(NotFound, match="experts"):
        registry.directory(library, "nosuch")


def test_a_broken_file_is_told_but_does_not_stop_the_others(library: Library) -> None:
    declare(library)
    (library.folder / "directories" / "broken.yaml").write_text("id: [", encoding="utf-8")
    assert "people" in registry.in_force(library)
    with pytest.raises(UsageError, match="broken"):
        registry.proposed(library)


def test_a_link_must_lead_to_a_directory_there_is(library: Library) -> None:
    declare(library)
    (library.folder / "directories" / "books.yaml").unlink()
    with pytest.raises(UsageError, match=r"fields.works：没有名录“books”"):
        registry.proposed(library)


def test_two_files_may_not_declare_the_same_directory(library: Library) -> None:
    declare(library)
    (library.folder / "directories" / "zz.yaml").write_text(PEOPLE, encoding="utf-8")
    with pytest.raises(UsageError, match=r"people.yaml 里已经声明过"):
        registry.proposed(library)


def test_a_file_in_another_encoding_is_told(library: Library) -> None:
    declare(library)
    (library.folder / "directories" / "people.yaml").write_bytes(PEOPLE.encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        registry.proposed(library)


def test_every_kind_can_be_declared_and_the_docs_name_it() -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs" / "directories.md").read_text(encoding="utf-8")
    for kind in KINDS:
        extra = {"choice": ", vocabulary: [甲]", "link": ", to: people"}.get(kind, "")
        field = f"  one: {{label: 一, type: {kind}{extra}}}\n"
        assert read(PEOPLE + field, "x.yaml").by_key["one"].kind == kind
        assert f"`{kind}`" in docs


def test_phones_and_id_numbers_are_internal_unless_said_otherwise() -> None:
    one = read(PEOPLE + "  id_: {label: 证件, type: idnumber}\n", "x.yaml")
    assert not one.by_key["id_"].public and not one.by_key["phone"].public
    assert read(PEOPLE + "  desk: {label: 总机, type: phone, visibility: public}\n", "x").by_key["desk"].public


HEAD = 'id: a\nlabel: 甲\nnoun: 条\ntitle: "{name}"\n'
NAME = "fields:\n  name: {label: 名, type: name}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: [", ("YAML",)),
        ("- a\n", ("键: 值",)),
        ("", ("键: 值",)),
        ("a: &x 1\n", ("锚点", "第 1 行")),
        (HEAD, ("缺少必填的 fields",)),
        (HEAD + NAME + "titel: x\n", ("第 7 行", "titel", "是不是 title？")),
        (HEAD + "label: 乙\n" + NAME, ("第 5 行", "写了两次")),
        (HEAD + "fields:\n  name: {label: 名, type: nmae}\n", ("第 6 行", "nmae", "是不是 name？")),
        (HEAD + "fields:\n  name: {type: name}\n", ("缺少必填的 label",)),
        (HEAD + "fields:\n  name: {label: 名, type: name, requird: true}\n", ("requird", "是不是 required？")),
        (
            HEAD + "fields:\n  name: {label: 名, type: name, required: 是的}\n",
            ("fields.name.required", "true 或 false"),
        ),
        (HEAD + "fields:\n  Name: {label: 名, type: name}\n", ("小写字母",)),
        (HEAD + NAME + "  q: {label: 问, type: text}\n", ("fields.q",)),
        (HEAD + NAME + "  b: {label: 名, type: text}\n", ("与 name 的相同",)),
        (HEAD + NAME + "  b: {label: 乙, type: choice}\n", ("vocabulary",)),
        (HEAD + NAME + "  b: {label: 乙, type: choice, vocabulary: [甲, 甲]}\n", ("重复",)),
        (HEAD + NAME + "  b: {label: 乙, type: choice, vocabulary: list}\n", ("没有“list”",)),
        (HEAD + NAME + "  b: {label: 乙, type: link}\n", ("to 只用于 link，且必须有",)),
        (HEAD + NAME + "  b: {label: 乙, type: idnumber, visibility: public}\n", ("证件号只能",)),
        (HEAD + NAME + "  b: {label: 乙, type: phone, facet: true}\n", ("内部字段不能用作筛选", "电话不能用作筛选")),
        (HEAD + NAME + "  b: {label: 乙, type: text, visibility: internal, searchable: true}\n", ("不能公开检索",)),
        (HEAD + NAME + "  b: {label: 乙, type: photo, repeatable: true}\n", ("照片不能重复",)),
        (HEAD + NAME + "  b: {label: 乙, type: text, low: 1}\n", ("low 和 high",)),
        (HEAD + NAME + "  b: {label: 乙, type: text, visibility: 公开}\n", ("public 或 internal",)),
        (HEAD + "identity: [nmae]\n" + NAME, ("identity：没有字段“nmae”", "是不是 name？")),
        (HEAD + "sort: [-nam]\n" + NAME, ("sort：没有字段“nam”",)),
        (HEAD.replace("{name}", "{x}") + NAME, ("title：没有字段“x”",)),
        (HEAD.replace("{name}", "题") + NAME, ("title：至少",)),
        (HEAD.replace("id: a", "id: A-b") + NAME, ("id：应为小写",)),
        (HEAD + "schema: Persn\n" + NAME, ("是不是 Person？",)),
        (HEAD + "dropped: [name]\n" + NAME, ("dropped：“name”仍是现有字段",)),
        (HEAD + NAME + "  b: {label: 乙, type: text, was: name}\n", ("was 所写的“name”仍是现有字段",)),
        (HEAD + "fields: {name: 3}\n", ("fields.name", "键: 值")),
        (HEAD + "submission: [nmae]\n" + NAME, ("第 5 行 submission：没有字段“nmae”", "是不是 name？")),
        (HEAD + "submission: 是的\n" + NAME, ("submission", "true 或 false")),
        (HEAD + "submission: [name, p]\n" + NAME + "  p: {label: 照, type: photo}\n", ("照片，不能请公众填写",)),
        (
            HEAD + "submission: [name]\n" + NAME + "  b: {label: 乙, type: text, required: true}\n",
            ("必填的 b 也要问",),
        ),
    ],
)
def test_a_mistake_names_its_line_its_key_and_the_choices(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        read(text, "甲.yaml")
    assert "甲.yaml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_title_may_not_show_an_internal_field() -> None:
    with pytest.raises(UsageError, match="remark”是内部字段"):
        read(PEOPLE.replace('title: "{name}"', 'title: "{name}{remark}"'), "x.yaml")
    with pytest.raises(UsageError, match="remark”是内部字段"):
        read(PEOPLE.replace("sort: [name]", "sort: [remark]"), "x.yaml")


def test_everything_wrong_is_told_at_once() -> None:
    text = PEOPLE.replace("type: longtext", "type: lontext").replace("type: urn", "type: nru")
    with pytest.raises(UsageError) as caught:
        read(text, "x.yaml")
    assert "lontext" in str(caught.value) and "nru" in str(caught.value)


def test_the_public_is_asked_for_what_is_listed_or_for_what_is_required() -> None:
    more = (
        NAME
        + "  b: {label: 乙, type: text, required: true, help: 写法。}\n  c: {label: 丙, type: text, help: 写法。}\n"
    )
    for said, asked in (("[name, b]", ("name", "b")), ("true", ("b",)), ("false", ()), ("[]", ())):
        assert read(HEAD + f"submission: {said}\n" + more, "甲.yaml").submission == asked
    assert read(HEAD + more, "甲.yaml").submission == ()


def test_the_example_in_the_docs_is_a_declaration_that_can_be_taken_over(library: Library) -> None:
    text = (Path(__file__).parents[2] / "docs" / "directories.md").read_text(encoding="utf-8")
    whole, asked = re.findall(r"```yaml\n(.*?)```", text, re.S)
    example = read(whole, "docs")
    assert example.title_keys == ("name",) and example.internal and not example.submission
    assert registry.proposed(library)["ideas"].submission == tuple(yaml.safe_load(asked)["submission"])


def test_groups_keep_the_declared_order() -> None:
    assert list(people().by_key)[:3] == ["name", "other_names", "unit"]
    assert [one.key for one in people().internal] == ["phone", "remark", "scan"]
