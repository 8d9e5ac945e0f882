"""The keepers' lists and records: who sees what, where each record stands, what has become of it field by field."""

import pytest
from directory_samples import CANARY, EDIT, change, people, put
from keepers import texts
from lxml import html
from visitor import Visitor

from archive import audit
from archive.accounts import Accounts
from archive.directories import reviewing
from archive.review import Review, Subject


def standing(answer):
    return dict(zip(texts(answer, "//tbody/tr/th"), texts(answer, "//tbody/tr/td[2]"), strict=True))


def test_nobody_comes_in_without_a_part_in_the_house(house):
    key = house.draft(name="王夫之", unit="示例")
    pages = ["/keeping/", "/keeping/people/", f"/keeping/people/entry/{key.slug}", "/keeping/people/new"]
    pages += ["/keeping/people/import/", "/keeping/people/fields", "/keeping/people/all.xlsx"]
    for address in pages:
        answer = Visitor(house.app).get(address)
        assert answer.status_code == 302 and answer.location.startswith("/login"), address
    Accounts(house.library).add("xianren", "示例某", [], "湘江北去橘子洲头又一年", by="測試")
    idle = Visitor(house.app)
    idle.login("xianren", "湘江北去橘子洲头又一年")
    assert {idle.get(address).status_code for address in pages} == {403}


@pytest.mark.parametrize(
    ("login", "allowed"),
    [
        ("bianji", {"new", "import/", "duplicates", "all.xlsx", "blank.xlsx", "public.xlsx", "fields"}),
        ("guanyuan", {"public.xlsx", "fields"}),
        ("chushen", {"public.xlsx", "fields"}),
        ("guanli", {"public.xlsx", "fields"}),
    ],
)
def test_each_role_has_its_doors_and_no_others(house, login, allowed):
    for door in ("new", "import/", "duplicates", "all.xlsx", "blank.xlsx", "public.xlsx", "fields"):
        status = house.person(login).get(f"/keeping/people/{door}").status_code
        assert status == (200 if door in allowed else 403), door


def test_the_list_says_where_every_record_stands(house):
    library, editor, directory = house.library, house.people["bianji"], people()
    keys = {name: house.draft(name=name, unit="示例") for name in ("草", "初", "复", "退", "撤", "改", "公", "藏")}
    submit = lambda name: reviewing.submit(library, directory, keys[name], editor)  # noqa: E731
    review = Review(library)

    def approve(name, steps):
        for login, step in (("chushen", "first"), ("fushen", "second"), ("zhongshen", "final"))[:steps]:
            review.approve(Subject("record", str(keys[name])), house.people[login], step, 1)

    for name in ("初", "复", "退", "撤", "改", "公", "藏"):
        submit(name)
    approve("复", 1)
    review.send_back(Subject("record", str(keys["退"])), house.people["chushen"], "first", 1, "存疑")
    for name in ("撤", "改", "公", "藏"):
        approve(name, 3)
    review.withdraw(Subject("record", str(keys["撤"])), house.people["zhongshen"], 1, "本人要求")
    change(library, directory, keys["改"], publish=False, unit="别处")
    house.person("guanli").send(f"/keeping/people/entry/{keys['藏'].slug}/hide", seen="/account", act="hide")
    shown = standing(house.person("guanyuan").get("/keeping/people/"))
    assert shown == {
        "草": "草稿",
        "初": "待初审",
        "复": "待复审",
        "退": "退回修改",
        "撤": "已撤下",
        "改": "已发布，有未送审的修改",
        "公": "已发布",
        "藏": "已隐藏",
    }
    for state, name in (("draft", "草"), ("second", "复"), ("changed", "改"), ("hidden", "藏")):
        only = standing(house.person("bianji").get(f"/keeping/people/?standing={state}"))
        assert list(only) == [name]
    assert list(standing(house.person("bianji").get("/keeping/people/?q=公"))) == ["公"]
    assert list(standing(house.person("bianji").get(f"/keeping/people/?q={keys['初'].slug}"))) == ["初"]
    assert house.person("bianji").get("/keeping/people/?standing=x").status_code == 400
    assert "待初审 1" in house.person("bianji").get("/keeping/").text


def test_records_that_came_by_one_import_stand_where_it_stands(house):
    from archive.directories import store
    from archive.directories.store import New
    from archive.writer import writing

    with writing(house.library):
        run = store.write(house.library, people(), EDIT, [New({"name": "甲"}), New({"name": "乙"})], [])
    reviewing.submit_batch(house.library, run.run_id, house.people["bianji"])
    shown = standing(house.person("bianji").get("/keeping/people/"))
    assert shown == {"甲": "待初审", "乙": "待初审"}
    page = html.fromstring(house.person("chushen").get(f"/keeping/people/entry/{run.keys[0].slug}").text)
    assert page.xpath(f"//a[@href='/review/batch/{run.run_id}']")


def test_a_long_list_is_paged(house):
    for number in range(60):
        house.draft(name=f"示例{number}")
    first = house.person("bianji").get("/keeping/people/")
    assert len(standing(first)) == 50
    later = html.fromstring(first.text).xpath("//a[@rel='next']/@href")[0]
    assert len(standing(house.person("bianji").get(later))) == 10


@pytest.mark.parametrize(
    ("login", "sees"), [("bianji", True), ("chushen", True), ("guanyuan", False), ("guanli", False)]
)
def test_internal_fields_are_for_those_who_may(house, login, sees):
    key = house.draft(name="王夫之", unit="示例", remark=CANARY, phone="0734-8123456")
    change(house.library, people(), key, publish=False, remark=f"{CANARY}改")
    reviewing.submit(house.library, people(), key, house.people["bianji"])
    visitor = house.person(login)
    pages = [visitor.get(f"/keeping/people/entry/{key.slug}"), visitor.get(f"/review/record/{key}")]
    for page in pages:
        if page.status_code == 200:
            assert (CANARY in page.text) is sees and ("8123456" in page.text) is sees
            assert "王夫之" in page.text
    document = visitor.get(f"/keeping/people/entry/{key.slug}/form.docx")
    assert (CANARY in docx_text(document.data)) is sees
    assert not canary_in(visitor.get("/keeping/people/public.xlsx").data)


def docx_text(data):
    import io

    from docx import Document

    return "".join(cell.text for table in Document(io.BytesIO(data)).tables for row in table.rows for cell in row.cells)


def test_the_history_says_who_changed_what_from_what_to_what(house):
    key = house.draft(name="王夫之", unit="旧处")
    change(house.library, people(), key, publish=False, unit="新处")
    page = house.person("guanyuan").get(f"/keeping/people/entry/{key.slug}")
    assert ["单位", "旧处", "新处"] in [
        [cell.text_content() for cell in row] for row in html.fromstring(page.text).xpath("//tbody/tr")
    ]
    assert "王敔" in page.text and "第 2 版" in page.text


def test_the_terms_of_the_house_are_marked_in_a_record(house):
    (house.library.folder / "terms.yaml").write_text("- expression: 王船山\n  advice: 宜写全名\n", "utf-8")
    key = house.draft(name="某", bio="石船山下的王船山<b>")
    page = house.person("bianji").get(f"/keeping/people/entry/{key.slug}").text
    assert "石船山下的<mark>王船山</mark>" in page and "宜写全名" in page and "&lt;b&gt;" in page


def test_a_record_leads_to_what_it_names_and_to_what_names_it(house):
    book = house.book(title="读通鉴论", year=1687)
    man = house.draft(name="王夫之", works=[{"text": "读通鉴论", "to": str(book)}])
    there = html.fromstring(house.person("bianji").get(f"/keeping/people/entry/{man.slug}").text)
    assert there.xpath(f"//dd//a[@href='/keeping/books/entry/{book.slug}']")
    back = html.fromstring(house.person("bianji").get(f"/keeping/books/entry/{book.slug}").text)
    assert back.xpath(f"//section[@aria-labelledby='pointing']//a[@href='/keeping/people/entry/{man.slug}']")


def test_what_is_not_there_is_told(house):
    visitor = house.person("bianji")
    assert visitor.get("/keeping/poems/").status_code == 404
    assert visitor.get("/keeping/people/entry/999999").status_code == 404
    assert visitor.get("/keeping/people/entry/999999/edit").status_code == 404
    assert visitor.get("/keeping/people/?page=x").status_code == 400
    assert visitor.get("/keeping/people/blank.pdf").status_code == 404


def test_the_full_export_is_audited_and_has_the_internal_fields(house):
    put(house.library, people(), name="王夫之", remark=CANARY)
    visitor = house.person("bianji")
    assert canary_in(visitor.get("/keeping/people/all.xlsx").data)
    assert not canary_in(visitor.get("/keeping/people/public.xlsx").data)
    assert [one.who for one in audit.entries(house.library, action="directory.export")] == ["bianji"]


def canary_in(data):
    import io

    from openpyxl import load_workbook

    rows = load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    return any(CANARY in str(cell) for row in rows for cell in row)


def test_sending_to_review_takes_the_version_that_was_seen(house):
    key = house.draft(name="王夫之")
    page = f"/keeping/people/entry/{key.slug}"
    assert house.person("bianji").send(f"{page}/submit", seen=page, version=7).status_code == 400
    assert house.person("guanyuan").send(f"{page}/submit", seen="/account", version=1).status_code == 403
    assert house.person("bianji").send(f"{page}/submit", seen=page, version=1).status_code == 303
    assert Review(house.library).state(Subject("record", str(key))).stage == "first"
