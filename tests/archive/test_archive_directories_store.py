"""Records: every change a version, the public sees the published one, links are told from both ends."""

from __future__ import annotations

import pytest
from directory_samples import CANARY, EDIT, books, change, checked, declare, people, person, put

from archive import audit, urn
from archive.directories import links, public, records, registry, store
from archive.directories.model import Key, NotAKey, parse_key
from archive.directories.reviewing import BATCH, RECORD, submit, submit_batch
from archive.directories.store import Changed, Edit, New, StaleEdit
from archive.errors import Conflict, Gone, NotFound, UsageError
from archive.library import Library
from archive.review import Review
from archive.review.standing import STEPS, Subject
from archive.writer import writing

EDITOR = person("bianji", "editor")
REVIEWERS = {step: person(step, step) for step in STEPS}


@pytest.fixture(autouse=True)
def declared(library: Library) -> None:
    declare(library)


def test_a_record_is_a_draft_until_it_is_published(library: Library) -> None:
    key = put(library, people(), name="示例甲", publish=False)
    assert records.record(library, key).state == "草稿"
    with pytest.raises(NotFound):
        public.record(library, people(), key.slug)
    store.publish(library, key, 1)
    assert public.record(library, people(), key.slug).title == "示例甲"
    assert public.counts(library, [people()]) == {"people": 1}


def test_the_public_sees_the_approved_version_while_a_newer_one_waits(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧单位")
    change(library, people(), key, unit="新单位", publish=False)
    assert public.record(library, people(), key.slug).values["unit"] == "旧单位"
    assert records.record(library, key).state == "已发布，有未发布的修改"
    store.publish(library, key, 2)
    assert public.record(library, people(), key.slug).values["unit"] == "新单位"


def test_history_tells_who_changed_which_field_from_what_to_what(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧单位", phone="0734-8123456")
    change(library, people(), key, unit="新单位", phone=None)
    first, second = records.history(library, people(), key)
    assert (first.number, first.who, first.why) == (1, "shili.bianji", "示例")
    told = [(one.label, one.before, one.after) for one in second.changes]
    assert told == [("单位", "旧单位", "新单位"), ("电话", "0734-8123456", "")]
    old = records.record(library, key, 1)
    assert old.values["unit"] == "旧单位" and old.values["phone"] == ["0734-8123456"]


def test_nothing_changed_makes_no_version(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    assert change(library, people(), key, name="示例甲") == 1


def test_a_stale_edit_is_refused_with_both_versions(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧单位")
    change(library, people(), key, unit="他改的")
    mine = checked(people(), {"name": "示例甲", "unit": "我改的"})
    with pytest.raises(StaleEdit) as caught:
        store.save(library, people(), Changed(key, 1, mine), EDIT)
    assert caught.value.current.values["unit"] == "他改的" and caught.value.mine["unit"] == "我改的"
    assert caught.value.http_status == 409 and "我改的" not in str(caught.value.as_json())
    assert records.record(library, key).values["unit"] == "他改的"


def test_numbers_given_by_hand_may_not_collide(library: Library) -> None:
    put(library, people(), name="示例甲", slug="jia")
    with pytest.raises(Conflict, match="已有条目"):
        put(library, people(), name="示例乙", slug="jia")
    for slug in ("000001", "甲", "a b", "-a"):
        with pytest.raises(UsageError, match="不能作条目编号"):
            put(library, people(), name="示例乙", slug=slug)
    assert put(library, people(), name="示例乙") == Key("people", "000002")


def test_a_number_is_never_given_twice(library: Library) -> None:
    put(library, people(), name="示例甲")
    library.db.execute("DELETE FROM record")
    assert put(library, people(), name="示例乙").slug == "000002"


def test_a_failed_write_leaves_nothing(library: Library) -> None:
    with pytest.raises(Conflict), writing(library):
        store.write(library, people(), EDIT, [New({"name": "示例甲"}, "jia"), New({"name": "示例乙"}, "jia")], [])
    assert records.count(library, people()) == 0


def test_states_and_lists_for_the_house(library: Library) -> None:
    draft = put(library, people(), name="示例甲", publish=False)
    put(library, people(), name="示例乙")
    withdrawn = put(library, people(), name="示例丙")
    store.withdraw(library, withdrawn)
    counts = {state: records.count(library, people(), state=state) for state in records.STATES}
    assert counts == {"draft": 1, "published": 1, "changed": 0, "withdrawn": 1, "hidden": 0}
    assert [one.title for one in records.records(library, people(), words="甲")] == ["示例甲"]
    assert records.records(library, people(), words=draft.slug)[0].key == draft
    with pytest.raises(UsageError, match="可用"):
        records.count(library, people(), state="nosuch")


def test_what_is_withdrawn_or_hidden_is_gone_and_what_never_was_is_not_found(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    store.withdraw(library, key)
    with pytest.raises(Gone, match="撤下"):
        public.record(library, people(), key.slug)
    store.publish(library, key, 1)
    store.hide(library, key, "guanli")
    with pytest.raises(Gone, match="不再公开"):
        public.record(library, people(), key.slug)
    assert public.counts(library, [people()]) == {"people": 0}
    assert list(public.everything(library, people())) == []
    store.hide(library, key, "guanli", hidden=False)
    assert public.record(library, people(), key.slug).title == "示例甲"
    with pytest.raises(NotFound):
        public.record(library, people(), "nosuch")
    assert [one.action for one in audit.entries(library, action="record.hide")] == ["record.hide"]


def test_public_records_have_no_internal_value(library: Library) -> None:
    key = put(library, people(), name="示例甲", remark=CANARY, phone="0734-8123456")
    one = public.record(library, people(), key.slug)
    assert set(one.values) == {"name"} and CANARY not in repr(one) + repr(one.as_json())
    assert [field.key for field, _ in one.shown(people())] == ["name"]
    # Even a value that got among the public ones by mistake stays inside.
    library.db.execute("UPDATE record_version SET fields = json_set(fields, '$.remark', ?)", [CANARY])
    assert CANARY not in repr(public.record(library, people(), key.slug))


def test_links_are_told_from_both_ends_and_only_published_ones_to_the_public(library: Library) -> None:
    book = put(library, books(), title="示例书", year=2001)
    key = put(
        library, people(), name="示例甲", works=f"示例书〔{book}〕", texts="shili.shanchuan.ben:1.2", publish=False
    )
    assert links.incoming(library, book) == []
    assert [(one.key, one.field, one.title) for one in links.incoming(library, book, staff=True)] == [
        (key, "works", "示例甲")
    ]
    store.publish(library, key, 1)
    assert [one.key for one in links.incoming(library, book)] == [key]
    for name in ("shili.shanchuan", "shili.shanchuan.ben", "shili.shanchuan.ben:1", "shili.shanchuan.ben:1.2"):
        assert [one.key for one in links.naming(library, urn.parse(name))] == [key], name
    for name in ("shili.shan", "shili.shanchuan.ben:1.3", "shili.shanchuan.be"):
        assert links.naming(library, urn.parse(name)) == []
    change(library, people(), key, works=None, publish=False)
    assert [one.key for one in links.incoming(library, book)] == [key]
    assert links.incoming(library, book, staff=True) == []
    store.publish(library, key, 2)
    assert links.incoming(library, book) == []


def test_titles_are_told_of_published_records_only(library: Library) -> None:
    shown, draft = put(library, people(), name="示例甲"), put(library, people(), name="示例乙", publish=False)
    assert links.titles(library, [str(shown), str(draft), "people/nosuch"]) == {str(shown): "示例甲"}


def test_co_authors_are_counted(library: Library) -> None:
    one, two, three = (put(library, people(), name=f"示例{name}") for name in "甲乙丙")
    for year, authors in ((2001, (one, two)), (2002, (one, two)), (2003, (one, three))):
        put(library, books(), title="示例书", year=year, authors="、".join(f"甲〔{key}〕" for key in authors))
    both = f"甲〔{one}〕、乙〔{two}〕"
    put(library, books(), title="未发布", year=2004, authors=both, publish=False)
    store.hide(library, put(library, books(), title="隐藏", year=2005, authors=both), "guanli")
    pairs = links.together(library, "books", "authors")
    assert [(pair.one, pair.other, pair.many) for pair in pairs] == [(one, two, 2), (one, three, 1)]
    assert [(pair.one, pair.other, pair.many) for pair in links.together(library, "books", "authors", of=two)] == [
        (two, one, 2)
    ]


def test_a_link_to_nobody_is_found(library: Library) -> None:
    key = put(library, people(), name="示例甲", works="示例书〔books/nosuch〕")
    assert list(links.dangling(library)) == [(key, "works", "books/nosuch")]


def test_two_records_of_one_person_are_merged_by_hand(library: Library) -> None:
    kept, other = put(library, people(), name="示例甲"), put(library, people(), name="示例 甲", unit="示例单位")
    book = put(library, books(), title="示例书", year=2001, authors=f"甲〔{other}〕")
    whole = checked(people(), {"name": "示例甲", "unit": "示例单位"})
    with pytest.raises(UsageError, match="请先撤下"):
        store.merge(library, people(), Changed(kept, 1, whole), Changed(other, 1, {}), EDIT)
    store.withdraw(library, other)
    with pytest.raises(StaleEdit):
        store.merge(library, people(), Changed(kept, 7, whole), Changed(other, 1, {}), EDIT)
    assert records.record(library, other).merged_into is None
    number = store.merge(library, people(), Changed(kept, 1, whole), Changed(other, 1, {}), EDIT)
    store.publish(library, kept, number)
    assert public.moved(library, other) == kept
    assert [one.key for one in links.incoming(library, kept)] == [book]
    assert records.count(library, people()) == 1
    with pytest.raises(UsageError, match="不能合并"):
        store.merge(library, people(), Changed(kept, number, whole), Changed(kept, number, {}), EDIT)


def test_a_record_goes_through_three_reviews_by_three_people(library: Library) -> None:
    key = put(library, people(), name="示例甲", phone="0734-8123456", publish=False)
    review, subject = Review(library), Subject(RECORD, str(key))
    submit(library, people(), key, EDITOR)
    assert "示例甲" in review.kind(RECORD).title(library, str(key))
    told = review.kind(RECORD).changes(library, str(key), 1, None)
    assert [(one.label, one.after) for one in told] == [("姓名", "示例甲"), ("电话", "0734-8123456")]
    for step in STEPS:
        with pytest.raises(NotFound):
            public.record(library, people(), key.slug)
        review.approve(subject, REVIEWERS[step], step, 1)
    assert public.record(library, people(), key.slug).number == 1
    review.withdraw(subject, person("final2", "final"), 1, "示例")
    with pytest.raises(Gone):
        public.record(library, people(), key.slug)


def test_whoever_wrote_a_version_is_an_author_of_it(library: Library) -> None:
    key = store.create(library, people(), {"name": "示例甲"}, Edit("first"))
    state = submit(library, people(), key, EDITOR)
    assert set(state.authors) == {"first", "bianji"}
    assert state.barrier(REVIEWERS["first"])


def test_an_unfinished_record_is_not_submitted(library: Library) -> None:
    key = store.create(library, people(), {"unit": "示例单位"}, EDIT)
    with pytest.raises(UsageError, match="缺少：姓名"):
        submit(library, people(), key, EDITOR)


def test_a_merged_record_cannot_be_published(library: Library) -> None:
    kept, other = put(library, people(), name="示例甲"), put(library, people(), name="示例乙", publish=False)
    submit(library, people(), other, EDITOR)
    store.merge(library, people(), Changed(kept, 1, {"name": "示例甲"}), Changed(other, 1, {}), EDIT)
    review, subject = Review(library), Subject(RECORD, str(other))
    review.approve(subject, REVIEWERS["first"], "first", 1)
    review.approve(subject, REVIEWERS["second"], "second", 1)
    with pytest.raises(Conflict, match="已并入"):
        review.approve(subject, REVIEWERS["final"], "final", 1)
    assert review.state(subject).stage == "final"


def test_a_whole_import_is_reviewed_at_once(library: Library) -> None:
    old = put(library, people(), name="示例甲", unit="旧单位")
    with writing(library):
        changed = Changed(old, 1, {"name": "示例甲", "unit": "新单位"})
        written = store.write(
            library, people(), Edit("shili", "导入表格", "人.xlsx"), [New({"name": "示例乙"})], [changed]
        )
    later = written.keys[0]
    review, subject = Review(library), Subject(BATCH, str(written.run_id))
    submit_batch(library, written.run_id, EDITOR)
    kind = review.kind(BATCH)
    assert kind.title(library, subject.id) == "导入“人.xlsx”（2 条）"
    told = {one.label: (one.before, one.after) for one in kind.changes(library, subject.id, 1, None)}
    assert told == {"示例甲": ("单位：旧单位", "单位：新单位"), "示例乙": ("", "姓名：示例乙")}
    for step in STEPS:
        review.approve(subject, REVIEWERS[step], step, 1)
    assert public.record(library, people(), old.slug).values["unit"] == "新单位"
    state = review.state(Subject(RECORD, str(later)))
    assert (state.stage, state.published) == ("published", 1)
    review.withdraw(subject, person("final2", "final"), 1, "示例")
    with pytest.raises(Gone):
        public.record(library, people(), later.slug)
    assert review.state(Subject(RECORD, str(later))).stage == "withdrawn"


def test_what_was_edited_after_the_import_has_left_the_batch(library: Library) -> None:
    with writing(library):
        written = store.write(library, people(), EDIT, [New({"name": "示例甲"}), New({"name": "示例乙"})], [])
    change(library, people(), written.keys[0], unit="改过", publish=False)
    submit_batch(library, written.run_id, EDITOR)
    for step in STEPS:
        Review(library).approve(Subject(BATCH, str(written.run_id)), REVIEWERS[step], step, 1)
    assert [one.title for one in public.everything(library, people())] == ["示例乙"]
    with pytest.raises(NotFound):
        submit_batch(library, 999, EDITOR)


def test_every_change_is_audited_without_a_value(library: Library) -> None:
    key = put(library, people(), name=CANARY, phone="0734-8123456")
    change(library, people(), key, unit="示例单位")
    entries = audit.entries(library, object=f"record/{key}")
    assert [one.action for one in entries] == ["record.save", "record.create"]
    assert entries[0].details == {"fields": ["unit"]} and CANARY not in repr(entries)


def test_the_declaration_in_force_is_kept_with_the_records(library: Library) -> None:
    put(library, people(), name="示例甲")
    (library.folder / "directories" / "people.yaml").unlink()
    assert registry.directory(library, "people").label == "示例人物"


def test_names_of_records_are_read_or_refused() -> None:
    assert parse_key(" people/000012 ") == Key("people", "000012")
    for text in ("", "people", "people/", "/1", "people/甲", "people/1/2", "PEOPLE/1"):
        with pytest.raises(NotAKey):
            parse_key(text)
