"""The reviewers' desk: what each sees, the three steps, and every way of being told no."""

from typing import ClassVar

import pytest
from lxml import html
from staff import cheap, settle
from visitor import Visitor

from archive import audit, kinds
from archive.config import Config
from archive.library import Library
from archive.review import Change, Review, Subject
from web import create_app

BOOK = Subject("sample", "renwu/王夫之")
PAGE = "/review/sample/renwu/%E7%8E%8B%E5%A4%AB%E4%B9%8B"


class Sample:
    """A kind with fields a reviewer must look at."""

    label = "示例条目"
    shown: ClassVar[set] = set()

    def title(self, library, id):
        return f"《{id}》<b>"

    def changes(self, library, id, version, published):
        many = [Change(f"栏{number}", "", "某") for number in range(70)]
        return [Change("简介", "旧文" if published else "", "石船山下的王船山<script>\n次行"), *many]

    def published(self, library, id, version):
        self.shown.add(id)

    def withdrawn(self, library, id):
        self.shown.discard(id)


@pytest.fixture
def library(tmp_path, monkeypatch):
    cheap(monkeypatch)
    monkeypatch.setattr(kinds, "KINDS", {"sample": Sample()})
    monkeypatch.setattr(Sample, "shown", set())
    with Library.create(tmp_path / "library") as library:
        people = settle(library)
        (library.folder / "terms.yaml").write_text("- expression: 王船山\n  note: 称谓\n  advice: 宜写全名\n", "utf-8")
        Review(library).submit(BOOK, people["bianji"], 1)
        yield library


@pytest.fixture
def person(library):
    app = create_app(Config(), library.folder)

    def enter(login):
        visitor = Visitor(app)
        visitor.login(login)
        return visitor

    return enter


def act(visitor, act, version=1, step="first", **fields):
    return visitor.send(PAGE, seen="/account", act=act, version=version, step=step, **fields)


def test_three_people_publish_on_the_site(person):
    for login, step in (("chushen", "first"), ("fushen", "second"), ("zhongshen", "final")):
        visitor = person(login)
        assert "1 件等您审读" in visitor.get("/review/").text
        page = html.fromstring(visitor.get(PAGE).text)
        form = page.xpath("//form[@class='sheet'][.//button[@value='approve']]")[0]
        fields = {one.name: one.value for one in form.xpath(".//input")}
        assert (fields["step"], fields["version"]) == (step, "1")
        assert Sample.shown == set()
        answer = act(visitor, "approve", step=step, comment=f"{login}已核")
        assert (answer.status_code, answer.location) == (303, PAGE)
        assert "没有等您审读的" in visitor.get("/review/").text
    assert Sample.shown == {BOOK.id}
    page = visitor.get(PAGE).text
    assert "已发布" in page and "chushen已核" in page and "劉獻廷" in page
    assert act(visitor, "withdraw", comment="本人要求").status_code == 303
    assert Sample.shown == set() and "已撤下" in visitor.get(PAGE).text


def test_the_reviewer_sees_what_is_new_with_terms_marked_and_nothing_run(person):
    page = person("chushen").get(PAGE).text
    assert "石船山下的<mark>王船山</mark>" in page and "（称谓：宜写全名）" in page
    assert "&lt;script&gt;" in page and "<script>" not in page and "》&lt;b&gt;" in page
    assert "共 71 项" in page and "栏48" in page and "栏49" not in page
    later = html.fromstring(page).xpath("//a[@rel='next']/@href")[0]
    assert "栏69" in person("chushen").get(later).text


def test_the_author_sees_their_own_on_its_way(person):
    visitor = person("bianji")
    page = visitor.get("/review/").text
    assert "我送审的" in page and "待初审" in page
    act(person("chushen"), "return", comment="籍贯存疑")
    page = visitor.get("/review/").text
    assert "草稿" in page
    assert "籍贯存疑" in visitor.get(PAGE).text


def test_own_work_and_a_second_step_are_refused_and_noted(person, library):
    from archive.accounts import Accounts

    Accounts(library).set_roles("bianji", ["editor", "first"], by="guanli")
    visitor = person("bianji")
    assert "您自己的修改" in visitor.get(PAGE).text
    assert 'value="approve"' not in visitor.get(PAGE).text
    answer = act(visitor, "approve")
    assert answer.status_code == 403 and "您自己的修改" in answer.text
    assert audit.entries(library, limit=1)[0].action == "access.refused"
    Accounts(library).set_roles("chushen", ["first", "second"], by="guanli")
    visitor = person("chushen")
    act(visitor, "approve")
    assert act(visitor, "approve", step="second").status_code == 403
    assert Review(library).state(BOOK).stage == "second"


def test_a_step_forged_into_the_form_is_refused(person, library):
    visitor = person("chushen")
    for step in ("final", "published", "", "first'--"):
        assert act(visitor, "approve", step=step).status_code in (400, 403, 409)
    assert act(person("bianji"), "approve").status_code == 403
    assert act(person("guanyuan"), "approve").status_code == 403
    assert act(visitor, "withdraw", comment="x").status_code == 403
    assert Review(library).state(BOOK).stage == "first"


def test_who_comes_second_sees_how_it_stands_and_keeps_what_they_wrote(person, library):
    visitor = person("chushen")
    act(visitor, "approve")
    answer = act(visitor, "approve", comment="写了半天的意见")
    assert answer.status_code == 409
    assert "没有执行" in answer.text and "待复审" in answer.text
    assert len(Review(library).history(BOOK)) == 2
    answer = act(person("fushen"), "approve", step="second", version=7, comment="写了半天的意见")
    assert answer.status_code == 409 and "写了半天的意见" in answer.text


def test_returning_needs_a_reason(person, library):
    visitor = person("chushen")
    answer = act(visitor, "return", comment=" ")
    assert answer.status_code == 400 and "理由" in answer.text
    assert act(visitor, "return", comment="重写", to="published").status_code == 400
    assert act(visitor, "return", comment="重写", to="draft").status_code == 303
    assert Review(library).state(BOOK).stage == "draft"


@pytest.mark.parametrize("fields", [{}, {"act": "publish", "version": 1}, {"act": "approve", "version": "x"}])
def test_an_act_that_is_none_is_told(person, fields):
    assert person("chushen").send(PAGE, seen="/account", **fields).status_code == 400


def test_what_is_not_there_is_told(person):
    visitor = person("chushen")
    assert visitor.get("/review/sample/nothing").status_code == 404
    assert visitor.get("/review/poem/1").status_code == 400
    assert visitor.get("/review/?from=x").status_code == 400


def test_only_those_with_a_part_in_it_look_on(person):
    assert person("guanyuan").get(PAGE).status_code == 403
    page = person("guanli").get(PAGE)
    assert page.status_code == 200 and "王船山" not in page.text


def test_a_long_queue_is_paged(person, library):
    from archive.accounts import Accounts

    for number in range(60):
        Review(library).submit(Subject("sample", str(number)), Accounts(library).get("bianji"), 1)
    visitor = person("chushen")
    page = visitor.get("/review/").text
    assert "61 件等您审读" in page and len(html.fromstring(page).xpath("//main//ul[1]/li")) == 50
    later = html.fromstring(page).xpath("//a[@rel='next']/@href")[0]
    assert len(html.fromstring(visitor.get(later).text).xpath("//main//ul[1]/li")) == 11
