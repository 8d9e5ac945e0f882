"""Comparing editions on the site: choosing, numbers, side by side, apparatus, files, and what stays hidden."""

import re

import pytest
import sample_library
from lxml import html

from archive.config import Config
from archive.intake import Draft, SectionDraft
from archive.library import Library
from archive.model import Edition, Rights, Work
from web import create_app

WORK = Work("compare.book", "蒸湘雜詠", author="周汝舟", dynasty="清")
SECRETS = ("祕語", "！")


def edition(library, slug, label, *drafts, rights=None, work=WORK):
    items = []
    for draft in drafts:
        if isinstance(draft, str) and draft.startswith("# "):
            items.append(SectionDraft(1, draft[2:]))
            draft = Draft("heading", draft[2:])
        items.append(Draft("paragraph", draft) if isinstance(draft, str) else draft)
    made = Edition(0, f"urn:cts:hengyang:{work.id}.{slug}", work.id, label, script="Hant", rights=rights or Rights())
    sample_library.store(library, work, made, items)


POEMS = ("一水東來說古今孤亭為客暫登臨", "漁舟晚唱回雁峰前幾點寒星落", "石鼓聲中秋又老江樓獨倚思依依")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare") / "library"
    with Library.create(folder) as library:
        noted = Draft("paragraph", "蒸水出邵陵一曰烝水東北流，經衡陽。", notes=((5, 9),))
        edition(library, "jia", "甲本", "# 卷上", POEMS[0], noted, "# 卷下", POEMS[1], POEMS[2])
        edition(
            library,
            "yi",
            "乙本",
            "# 卷上",
            POEMS[0].replace("暫", "久").replace("說", "説"),
            "蒸水出邵陵東北流經衡陽",
            "# 卷下",
            POEMS[1],
            "新增一首詩於此處以為校勘之用",
            POEMS[2],
        )
        edition(library, "bing", "丙本", "# 卷上", POEMS[0].replace("暫", "久"), noted, "# 卷下", POEMS[2], POEMS[1])
        hidden = Draft("paragraph", "蒸水出邵陵祕語東北流！經衡陽", notes=((5, 7),))
        edition(library, "ding", "丁本", POEMS[0], hidden, rights=Rights(punctuation="staff", notes="staff"))
        edition(library, "suo", "所限本", POEMS[0], rights=Rights(text="snippet"))
        edition(library, "mi", "祕本", POEMS[0], rights=Rights(text="staff"))
        alone = Work("compare.alone", "孤本", author="周汝舟")
        edition(library, "ben", "孤本", POEMS[0], work=alone)
        many = Work("compare.many", "分段", author="周汝舟")
        lines = [f"{number}水流{POEMS[2]}至此而分" for number in "甲乙丙丁戊己庚辛"]
        edition(library, "whole", "连写本", "".join(lines), work=many)
        edition(library, "cut", "分写本", *lines, work=many)
        turned = Work("compare.turned", "移位", author="周汝舟")
        late = ["".join(chr(0x5000 + at + n) for n in range(40)) for at in (0, 100)]
        edition(library, "a", "甲", "# 卷上", *POEMS, *late, work=turned)
        edition(library, "b", "乙", "# 卷上", *late, *POEMS, work=turned)
        long = Work("compare.long", "長編", author="周汝舟")
        text = "".join(f"第{chr(0x4E00 + n)}段{chr(0x5E00 + n)}水流甲而不息" for n in range(1500))
        edition(library, "a", "長甲", "# 卷一", text, work=long)
        edition(library, "b", "長乙", "# 卷一", text.replace("甲而", "乙而"), work=long)
    return create_app(Config(), folder)


@pytest.fixture
def get(site):
    client = site.test_client()

    def fetch(address, status=200):
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:300])
        return html.fromstring(answer.text) if answer.mimetype == "text/html" else answer

    return fetch


def words(cell):
    return "".join(cell.xpath(".//p[@class='words']//text()"))


def marked(page, tag):
    return [(one.get("class"), one.text_content()) for one in page.xpath(f"//div[@class='beside']//{tag}")]


def test_a_work_with_two_editions_offers_to_compare_them(get):
    assert get("/w/compare.book").xpath("//a[@href='/compare/compare.book']")
    assert get("/w/compare.book.jia").xpath("//a[@href='/compare/compare.book.jia']")
    assert get("/w/compare.book.jia/1").xpath("//a[starts-with(@href, '/compare/compare.book.jia/')]")
    for address in ("/w/compare.alone", "/w/compare.alone.ben", "/w/compare.alone.ben/1"):
        assert not get(address).xpath("//a[starts-with(@href, '/compare')]")
    assert not get("/w/compare.book.suo").xpath("//a[starts-with(@href, '/compare')]")


def test_base_and_witnesses_are_chosen_without_script(get, site):
    page = get("/compare/compare.book")
    assert page.xpath("//input[@name='base']/@value") == ["jia", "yi", "bing", "ding"]
    answer = site.test_client().get("/compare/compare.book?base=yi&with=yi&with=jia")
    assert answer.status_code == 302 and answer.location == "/compare/compare.book.yi?with=jia"
    assert "至少再选一个校本" in get("/compare/compare.book?base=yi&with=yi").text_content()


def test_differences_are_counted_by_kind_and_section(get):
    page = get("/compare/compare.book.jia?with=yi&with=bing")
    rows = [[cell.text_content().strip() for cell in row] for row in page.xpath("//tr")]
    kinds = ["异文", "脱", "衍", "乙", "正注", "外字", "异体", "标点"]
    assert rows[0] == ["校本", *kinds]
    assert rows[1] == ["乙本", "1", "1", "1", "", "", "", "1", "2"]
    assert rows[2] == ["丙本", "1", "", "", "1", "", "", "", ""]
    assert rows[4:] == [["卷上", "2", "1", "", "", "", "", "1", "2"], ["卷下", "", "", "1", "1", "", "", "", ""]]


def test_editions_that_agree_are_said_to_agree_and_the_page_names_its_change(get):
    page = get("/compare/compare.book.jia?with=bing&kind=punctuation")
    assert "没有所列的差异" in page.xpath("string(//tbody/tr[1]/th)")
    for address in ("/compare/compare.book.jia?with=yi", "/compare/compare.book.jia/1?with=yi"):
        page = get(address)
        assert "没有所列的差异" not in page.text_content()
        assert re.search(r"对应文库第 \d+ 次变更", page.text_content())


def test_a_passage_that_answers_to_many_names_the_first_and_the_last_of_them(get):
    page = get("/compare/compare.many.whole?with=cut")
    page = get(page.xpath("//p[@class='begin']/a/@href")[0])
    (many,) = page.xpath("//div[@class='beside']/div[2]/div[2]/p[@class='at']")
    assert many.text_content() == "校本1至 8共 8 段"
    assert [href.split("@")[0] for href in many.xpath("./a/@href")] == [f"/w/compare.many.cut/{n}" for n in (1, 8)]


def test_two_editions_stand_side_by_side(get):
    page = get("/compare/compare.book.jia/1?with=yi")
    assert marked(page, "del") == [("v", "說"), ("w", "暫"), ("o", "一曰烝水"), ("p", "，"), ("p", "。")]
    assert marked(page, "ins") == [("v", "説"), ("w", "久"), ("a", "新增一首詩於此處以為校勘之用")]
    units = page.xpath("//div[@class='beside']/div")[1:]
    assert words(units[1][0]) == POEMS[0]
    assert [one.text_content() for one in units[5].xpath(".//p[@class='at']")] == ["底本此本无", "校本2.2"]
    assert page.xpath("//del/@title")[0] == "异体"
    assert page.xpath("//p[@class='at']/a/@href")[2] == f"/w/compare.book.jia/1.1@0-{len(POEMS[0])}#hit"


def test_marks_can_be_limited_to_kinds(get):
    page = get("/compare/compare.book.jia/1?with=yi&kind=wording")
    assert marked(page, "del") == [("w", "暫")] and marked(page, "ins") == [("w", "久")]
    assert "說古今" in page.xpath("string(//div[@class='beside'])")
    assert page.xpath("//form[@class='filter']//input[@checked]/@value") == ["wording"]
    following = page.xpath("//p[@class='layouts']/a/@href")
    assert all("kind=wording" in href for href in following)


def test_what_has_moved_is_told_where_the_base_has_it(get):
    page = get("/compare/compare.book.jia/1?with=bing")
    (moved,) = page.xpath("//div[@class='unit moved']")
    assert words(moved[1]) == words(moved[2]) and "次序不同" in moved.text_content()


def test_what_has_moved_as_one_is_told_once(get):
    page = get("/compare/compare.turned.a/1?with=b")
    moved = page.xpath("//div[@class='unit moved']")
    assert len(moved) == 3
    assert [one.text_content() for one in page.xpath("//p[@class='told']")] == ["乙：以下 3 段在校本里次序不同"]
    page = get("/compare/compare.turned.a/1?with=b&view=apparatus")
    assert "等 3 段移在他处" in page.xpath("string(//table[@class='apparatus'])")


def test_several_witnesses_make_one_apparatus(get):
    page = get("/compare/compare.book.jia/1?with=yi&with=bing")
    rows = [
        re.sub(r"\s+", " ", row.text_content()).strip() for row in page.xpath("//table[@class='apparatus']/tbody/tr")
    ]
    assert rows[0].startswith("1.1 一水東來說古今孤")
    assert any("暫" in row and "乙本丙本" in row for row in rows)
    assert [one.text_content() for one in page.xpath("//p[@class='layouts'][1]/*")] == ["对照乙本", "对照丙本", "校记"]


def test_base_and_witness_can_change_places(get):
    page = get("/compare/compare.book.jia/1?with=yi")
    (href,) = page.xpath("//p[@class='layouts'][2]/a/@href")
    turned = get(href)
    assert href.startswith("/compare/compare.book.yi/") and "with=jia" in href
    assert ("w", "久") in marked(turned, "del") and ("w", "暫") in marked(turned, "ins")


@pytest.mark.parametrize("name", ["csv", "xlsx", "json", "xml"])
@pytest.mark.parametrize("place", ["", "/1"])
def test_files_can_be_had_of_a_section_and_the_whole(get, name, place):
    answer = get(f"/compare/compare.book.jia{place}?with=yi&format={name}")
    assert answer.headers["Content-Disposition"].endswith(f'.{name}"') and len(answer.data) > 300
    if name != "xlsx":
        assert "暫" in answer.text


def test_nothing_withheld_is_shown_or_counted(get):
    for address in (
        "/compare/compare.book.jia?with=ding",
        "/compare/compare.book.jia/1?with=ding",
        "/compare/compare.book.jia/1?with=ding&kind=unseen&kind=punctuation",
        "/compare/compare.book.ding/1?with=jia&with=yi",
        "/compare/compare.book.ding/1?with=jia&view=jia",
    ):
        page = get(address)
        text = html.tostring(page, encoding="unicode")
        assert not any(secret in text for secret in SECRETS)
        assert "不公开，没有参与比较" in page.text_content()
    for name in ("csv", "json", "xml"):
        assert not any(s in get(f"/compare/compare.book.ding?with=jia&format={name}").text for s in SECRETS)


def test_what_may_not_be_read_is_refused_in_words(get, site):
    assert "不能对勘" in get("/compare/compare.book.jia?with=suo", 403).text_content()
    hidden = site.test_client().get("/compare/compare.book.jia?with=mi")
    missing = site.test_client().get("/compare/compare.book.jia?with=zz")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("mi", "zz") == missing.text.replace("mi", "zz")
    assert "祕本" not in get("/compare/compare.book").text_content()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/compare/compare.alone", 404),
        ("/compare/compare.none", 404),
        ("/compare/compare.book.jia/9", 404),
        ("/compare/compare.book.jia?under=9", 404),
        ("/compare/compare.book.jia?with=jia", 400),
        ("/compare/compare.book.jia?with=yi&with=yi", 400),
        ("/compare/compare.book.jia/1?with=yi&kind=x", 400),
        ("/compare/compare.book.jia/1?with=yi&view=x", 400),
        ("/compare/compare.book.jia/1?with=yi&part=2", 400),
        ("/compare/compare.book.jia/1?with=yi&part=²", 400),
        ("/compare/compare.book.jia/1?with=yi&format=doc", 400),
        ("/compare/compare.book.jia?with=%2F..", 404),
        ("/compare/compare.book.jia/1@0-3!r9?with=yi", 200),
        ("/compare/zzz", 404),
    ],
)
def test_bad_addresses_are_answered_with_a_page(get, address, status):
    get(address, status)


def test_long_texts_are_shared_out_to_screens_of_bounded_size(get, site):
    first = get("/compare/compare.long.a/1?with=b")
    parts = first.xpath("(//nav[@aria-label='分屏'])[1]/a/@href")
    assert len(parts) > 2
    shown, refs = 0, set()
    for href in ["/compare/compare.long.a/1?with=b", *parts]:
        assert len(site.test_client().get(href).data) < 100_000
        page = get(href)
        shown += len(page.xpath("//div[@class='beside']//ins[@class='w']"))
        refs.update(page.xpath("//div[@class='unit']/div[1]/p[@class='at']/a/@href"))
    assert shown == 1500
    assert len(refs) == len(parts) + 2
