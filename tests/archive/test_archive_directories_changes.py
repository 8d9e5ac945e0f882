"""A changed declaration is explained record by record before anything changes; then every record follows it."""

from __future__ import annotations

import pytest
from directory_samples import CANARY, PEOPLE, change, declare, people, put
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.directories import changes, links, public, records, registry, store, values
from archive.directories.changes import State, Unresolved, apply, plan, proposal
from archive.directories.declaration import read
from archive.directories.model import Directory, Key
from archive.library import Library


@pytest.fixture(autouse=True)
def declared(library: Library) -> None:
    declare(library)
    apply(library, people(), "guanli")


def with_(*pairs: tuple[str, str]) -> Directory:
    text = PEOPLE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return read(text, "people.yaml")


def told(made: changes.Plan) -> list[str]:
    return [f"{one.label}：{one.what}" for one in made.steps]


UNIT = "  unit: {label: 单位, type: name, searchable: true, facet: true}\n"
BIRTH = "  birth: {label: 生年, type: date, facet: true}\n"
BIO = "  bio: {label: 简介, type: longtext, searchable: true}\n"
REMARK = "  remark: {label: 备注, type: text, visibility: internal}\n"


def test_the_same_declaration_changes_nothing(library: Library) -> None:
    made = proposal(library, people())
    assert made.idle and made.steps == [] and list(made.lines()) == []


def test_opening_a_directory_to_the_public_is_told(library: Library) -> None:
    new = with_(("sort: [name]\n", "sort: [name]\nsubmission: [name, unit]\n"))
    assert told(proposal(library, new)) == ["公众投稿所问的栏目：改变"]


def test_a_new_directory_and_a_new_field_need_no_code(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    new = with_((BIO, BIO + "  motto: {label: 座右铭, type: text, searchable: true}\n"))
    assert told(proposal(library, new)) == ["座右铭：新增"]
    apply(library, new, "guanli")
    change(library, registry.directory(library, "people"), key, motto="示例")
    assert public.record(library, new, key.slug).values["motto"] == "示例"
    other = read(PEOPLE.replace("id: people", "id: teachers"), "x")
    assert proposal(library, other).new
    apply(library, other, "guanli")
    assert put(library, registry.directory(library, "teachers"), name="示例乙").directory == "teachers"


def test_removing_a_field_with_values_is_a_conflict_until_it_is_said_to_be_dropped(library: Library) -> None:
    key = put(library, people(), name="示例甲", bio="生平")
    put(library, people(), name="示例乙")
    gone = with_((BIO, ""))
    made = proposal(library, gone)
    assert [(str(one.key), one.label, one.value) for one in made.clashes] == [(str(key), "简介", "生平")]
    assert "dropped" in made.clashes[0].why
    with pytest.raises(Unresolved) as caught:
        apply(library, gone, "guanli")
    assert caught.value.plan.clashes and records.record(library, key).values["bio"] == "生平"
    dropped = with_((BIO, ""), ("sort: [name]", "sort: [name]\ndropped: [bio]"))
    apply(library, dropped, "guanli")
    assert "bio" not in records.record(library, key).values
    assert "生平" not in str(library.db.execute("SELECT fields FROM record_version").fetchall())


def test_a_renamed_field_keeps_its_values_in_every_version(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧")
    change(library, people(), key, unit="新", publish=False)
    new = with_(
        (UNIT, UNIT.replace("unit:", "workplace:").replace("facet: true", "facet: true, was: unit")),
        ("[name, unit]", "[name, workplace]"),
    )
    assert "单位：改名，原为 unit" in told(proposal(library, new))
    apply(library, new, "guanli")
    assert public.record(library, new, key.slug).values["workplace"] == "旧"
    assert records.record(library, key).values["workplace"] == "新"
    first, second = records.history(library, new, key)
    assert [(one.label, one.before, one.after) for one in second.changes] == [("单位", "旧", "新")]
    assert (first.who, records.record(library, key).version) == ("shili.bianji", 2)


def test_a_retyped_field_is_converted_or_the_conflict_told(library: Library) -> None:
    good = put(library, people(), name="示例甲", birth="1965")
    bad = put(library, people(), name="示例乙", birth="1965年3月")
    new = with_((BIRTH, "  birth: {label: 生年, type: year, facet: true}\n"))
    made = proposal(library, new)
    assert [(one.key, one.value) for one in made.clashes] == [(bad, "1965年3月")]
    change(library, people(), bad, birth="1966", publish=False)
    assert [one.key for one in proposal(library, new).clashes] == [bad], "the published version counts too"
    store.publish(library, bad, 2)
    apply(library, new, "guanli")
    assert [records.record(library, key).values["birth"] for key in (good, bad)] == [1965, 1966]
    old = records.record(library, bad, 1).values["birth"]
    assert old == "1965-03", "what no longer fits stays readable in the history"
    assert records.history(library, new, bad)[1].changes[0].after == "1966"


def test_one_value_becomes_a_list_and_a_list_of_two_is_a_conflict(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="示例单位", field="哲学；历史")
    new = with_(
        (UNIT, UNIT.replace("facet: true", "facet: true, repeatable: true")),
        ("repeatable: true, facet: true, searchable: true}", "facet: true}"),
    )
    made = proposal(library, new)
    assert [one.label for one in made.clashes] == ["学科"] and "2 项" in made.clashes[0].why
    change(library, people(), key, field="哲学")
    apply(library, new, "guanli")
    assert records.record(library, key).values == {"name": "示例甲", "unit": ["示例单位"], "field": "哲学"}


def test_a_narrowed_vocabulary_names_the_records_that_no_longer_fit(library: Library) -> None:
    put(library, people(), name="示例甲", field="哲学")
    bad = put(library, people(), name="示例乙", field="文学；哲学")
    made = proposal(library, with_(("fields: [哲学, 历史, 文学]", "fields: [哲学, 史学]")))
    assert [(one.key, one.why.split("。")[0]) for one in made.clashes] == [(bad, "“文学”不在可选项内")]
    assert "学科：可选项增 1、减 2" in told(made)


def test_text_that_would_lose_its_lines_is_a_conflict(library: Library) -> None:
    put(library, people(), name="示例甲", bio="一\n二")
    put(library, people(), name="示例乙", bio="一行")
    made = proposal(library, with_((BIO, BIO.replace("longtext", "text"))))
    assert [(one.title, one.why) for one in made.clashes] == [("示例甲", "改过去会变样，请先改好这一项")]


def test_what_becomes_internal_leaves_the_public_side_in_every_version(library: Library) -> None:
    key = put(library, people(), name="示例甲", bio=CANARY)
    change(library, people(), key, bio=None, publish=False)
    new = with_((BIO, "  bio: {label: 简介, type: longtext, visibility: internal}\n"))
    apply(library, new, "guanli")
    assert CANARY not in str(library.db.execute("SELECT title, fields FROM record_version").fetchall())
    assert CANARY not in repr(public.record(library, new, key.slug))
    assert records.record(library, key, 1).values["bio"] == CANARY


def test_making_an_internal_field_public_has_to_be_said(library: Library) -> None:
    key = put(library, people(), name="示例甲", remark=CANARY)
    new = with_((REMARK, "  remark: {label: 备注, type: text}\n"))
    assert [(one.label, one.records) for one in proposal(library, new).exposed] == [("备注", 1)]
    with pytest.raises(Unresolved, match="公开"):
        apply(library, new, "guanli")
    assert CANARY not in repr(public.record(library, new, key.slug))
    apply(library, new, "guanli", expose=True)
    assert public.record(library, new, key.slug).values["remark"] == CANARY


def test_records_that_lack_what_is_now_required_are_named_and_stay(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    put(library, people(), name="示例乙", unit="示例")
    made = proposal(library, with_((UNIT, UNIT.replace("facet: true", "facet: true, required: true"))))
    assert [(one.key, one.label) for one in made.lacking] == [(key, "单位")] and not made.clashes
    assert any("缺少新的必填项“单位”" in line for line in made.lines())


def test_title_identity_and_links_follow(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="示例", works="示例书〔books/1〕")
    new = with_(('title: "{name}"', 'title: "{name}（{unit}）"'), ("identity: [name, unit]", "identity: [name]"))
    before = public.change_number(library)
    apply(library, new, "guanli")
    assert public.record(library, new, key.slug).title == "示例甲（示例）"
    assert library.db.execute("SELECT identity FROM record").fetchone()[0] == "示例甲"
    assert public.change_number(library) > before
    assert [one[2] for one in links.dangling(library)] == ["books/1"]


def test_what_was_applied_is_kept_with_who_and_when(library: Library) -> None:
    apply(library, with_((UNIT, UNIT.replace("单位", "工作单位"))), "guanli")
    row = library.db.execute("SELECT who, what FROM directory_change ORDER BY number DESC").fetchone()
    assert row[0] == "guanli" and "名称改变" in row[1]
    assert registry.directory(library, "people").by_key["unit"].label == "工作单位"


def test_a_file_that_is_changed_is_a_proposal_until_it_is_applied(library: Library) -> None:
    path = library.folder / "directories" / "people.yaml"
    path.write_text(PEOPLE.replace("label: 单位", "label: 工作单位"), encoding="utf-8")
    assert registry.directory(library, "people").by_key["unit"].label == "单位"
    assert registry.proposed(library)["people"].by_key["unit"].label == "工作单位"


KINDS = ("text", "longtext", "name", "date", "year", "number", "url")


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(KINDS),
    st.sampled_from(["1965", "示例", "1965-03", "一\n二", "0734", "甲；乙"]),
    st.booleans(),
    st.booleans(),
)
def test_a_migrated_value_always_fits_its_new_field(was: str, now: str, text: str, many: bool, still: bool) -> None:
    """Whatever a field becomes, each value is converted so that the new declaration would take it, or told of."""

    def declaration(kind: str, repeatable: bool) -> Directory:
        wide = repeatable and kind != "longtext"
        line = f"  x: {{label: 某, type: {kind}, repeatable: {'true' if wide else 'false'}}}\n"
        return read(PEOPLE + line, "x.yaml")

    old, new = declaration(was, many), declaration(now, still)
    found = values.check(old, {"name": "示例", "x": text})
    if found.problems:
        return
    made = plan(old, new, [State(1, Key("people", "1"), 1, "示例", found.values, True)])
    moved, clashes = changes._migrated(changes._moves(old, new), found.values)
    assert len(made.clashes) == len(clashes)
    again = values.check(new, moved)
    assert clashes or (again.problems == [] and again.values == moved)


def test_a_plan_is_one_document(library: Library) -> None:
    put(library, people(), name="示例甲", bio="生平")
    document = proposal(library, with_((BIO, ""))).as_json()
    assert document["conflicts"][0]["key"] == "people/000001" and document["steps"][0]["records"] == 1
