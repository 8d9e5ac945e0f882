"""The proofreading desk without a script: who comes in, what the form does, what becomes of a save."""

from dataclasses import replace

import pytest
from keepers import Form, texts
from lxml import html
from scanned import ACROSS, DESK, NAME, SECRET, across, picture, put_text, scan

from archive import jobs
from archive.intake import Run
from archive.model import Rights
from archive.transcription import store
from archive.transcription.model import Transcript
from archive.transcription.store import Read
from archive.urn import parse
from archive.writer import write_run, writing
from ingest.transcribed import set_edition


@pytest.fixture
def desk(house):
    """A house with a book of scans."""
    house.book_id = scan(house.library)
    return house


def form(visitor, address=f"{DESK}/1"):
    """The form of a page on the desk."""
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return Form(visitor, answer, "proofing")


def lines(page):
    """The texts of a form's lines in the order of their numbers."""
    found = [
        (int(page.fields[f"k.{name[2:]}"][0]), value[0]) for name, value in page.fields.items() if name[:2] == "t."
    ]
    return [text for _, text in sorted(found, key=lambda one: one[0])]


def put(page, **values):
    """Fill boxes in: `t2="…"` is the box `t.2`; None unticks."""
    for name, value in values.items():
        key = f"{name[0]}.{name[1:]}" if name[1:].isdigit() else name.replace("__", ".")
        if value is None:
            page.fields.pop(key, None)
        else:
            page.fields[key] = [str(value)]
    return page


def kept(house, sheet=0, revision=None):
    return store.page(house.library, house.book_id, sheet, 0, revision)


# Who comes in.

ADDRESSES = (
    "/proofreading/",
    "/proofreading/jobs/",
    "/proofreading/help",
    f"{DESK}/",
    f"{DESK}/1",
    f"{DESK}/1/picture",
    f"{DESK}/1/history",
    f"{DESK}/1/history/1",
    f"{DESK}/1/compare",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_desk_is_for_those_who_proofread(desk, address):
    stranger = desk.app.test_client().get(address)
    assert stranger.status_code == 302 and stranger.location.startswith("/login")
    for login in ("chushen", "zhongshen", "guanli"):
        assert desk.person(login).get(address).status_code == 403
    for login in ("bianji", "guanyuan"):
        assert desk.person(login).get(address).status_code == 200


def test_saving_is_refused_to_those_who_may_not_proofread(desk):
    page = form(desk.person("bianji"))
    for visitor in (desk.person("chushen"), desk.person("guanli")):
        page.visitor = visitor
        page.fields["csrf_token"] = [visitor.token("/account")]
        assert page.send().status_code == 403
    assert kept(desk).revision == 1


POSTS = (f"{DESK}/1", f"{DESK}/1/compare", f"{DESK}/read", "/proofreading/add", "/proofreading/jobs/1")


@pytest.mark.parametrize("address", POSTS)
def test_nothing_is_done_for_strangers(desk, address):
    stranger = desk.app.test_client()
    assert stranger.post(address, data={"do": "save"}).status_code == 400, "no token of ours"
    for login in ("chushen", "guanli"):
        assert desk.person(login).send(address, seen="/account", do="save", based_on="1").status_code == 403
    assert kept(desk).revision == 1 and not jobs.jobs(desk.library)


def test_both_pages_of_a_spread_have_their_own_desk_and_picture(desk):
    cut = desk.library.originals.put(picture(across(), (200, 300)))
    spread = [Read(across(("右頁文字",), {}, label="5a")), Read(across(("左頁文字",), {}, label="5b"), cut)]
    with writing(desk.library):
        run = write_run(desk.library, Run("rapidocr", "识别", "scans", "rapidocr", "3.10.0"))
        store.keep_reading(desk.library, desk.book_id, 3, spread, run)
    visitor = desk.person("guanyuan")
    assert lines(form(visitor, f"{DESK}/4")) == ["右頁文字"]
    put(form(visitor, f"{DESK}/4b"), t0="左頁改過").send("save:proofread")
    assert store.page(desk.library, desk.book_id, 3, 1).transcript.text == "左頁改過"
    assert store.page(desk.library, desk.book_id, 3, 0).revision == 1
    pictures = [visitor.get(f"{DESK}/4{side}/picture").data for side in ("", "b")]
    assert pictures[1] == desk.library.originals.get(cut) != pictures[0]
    assert html.fromstring(visitor.get(f"{DESK}/4").text).xpath("//a[@rel='next']/@href") == [f"{DESK}/4b"]


def test_pictures_of_books_kept_for_the_house_do_not_leak(desk):
    scan(desk.library, SECRET, rights=Rights(scans="staff"))
    address = f"/proofreading/book/{SECRET}/1/picture"
    assert desk.person("guanyuan").get(address).mimetype == "image/png"
    assert desk.person("chushen").get(address).status_code == 403
    assert desk.app.test_client().get(address).status_code == 302
    sha = kept(desk).picture
    assert desk.app.test_client().get(f"/page/{SECRET}/1").status_code == 403
    assert sha not in desk.app.test_client().get(f"/w/{SECRET}").text


def test_the_door_is_shown_to_those_who_may_come_in(desk):
    assert "校对" in texts(desk.person("guanyuan").get("/"), "//nav[@class='house']/a")
    assert "校对" not in texts(desk.person("guanli").get("/"), "//nav[@class='house']/a")


@pytest.mark.parametrize("address", [f"{DESK}/9", f"{DESK}/0", f"{DESK}/1b", f"{DESK}/x", f"{DESK}/1/history/7",
                                     "/proofreading/book/no.such.book/"])  # fmt: skip
def test_what_is_not_there_is_told(desk, address):
    assert desk.person("bianji").get(address).status_code == 404


# Work lists.


def test_a_book_shows_how_far_its_pages_are_in_words_too(desk):
    answer = desk.person("guanyuan").get("/proofreading/")
    assert html.fromstring(answer.text).xpath("//svg[@role='img']/@aria-label") == ["共 4 页：未校对 3，读不出 1"]
    bars = html.fromstring(answer.text).xpath("//svg[@class='strip']/rect")
    assert [(one.get("class"), one.get("width")) for one in bars] == [("unread", "3"), ("failed", "1")]
    assert texts(answer, "//svg/rect/title") == ["第 1–3 面：未校对", "第 4 面：读不出"]


def test_what_failed_and_what_is_doubtful_comes_first(desk):
    visitor = desk.person("guanyuan")
    told = texts(visitor.get(f"{DESK}/"), "//tbody/tr/th")
    assert told == ["第4面", "1", "卷一 2a", "3"]
    assert texts(visitor.get(f"{DESK}/?order=page"), "//tbody/tr/th") == ["1", "卷一 2a", "3", "第4面"]
    assert texts(visitor.get(f"{DESK}/?state=failed"), "//tbody/tr/th") == ["第4面"]
    assert "没有这样的页" in visitor.get(f"{DESK}/?state=validated").text
    assert visitor.get(f"{DESK}/?state=none").status_code == 400


# The page.


def test_every_line_has_its_own_part_of_the_picture_above_its_text(desk):
    tree = html.fromstring(desk.person("guanyuan").get(f"{DESK}/1").text)
    shots = tree.xpath("//fieldset//svg/@viewbox | //fieldset//svg/@viewBox")
    assert len(shots) == len(ACROSS) and len(set(shots)) == len(ACROSS)
    left, top, width, height = map(int, shots[1].split())
    assert left <= 40 and top <= 70 and left + width >= 320 and top + height >= 90
    assert tree.xpath("//image/@href") == [f"{DESK}/1/picture"]
    assert tree.xpath("//fieldset/label/input/@value") == list(ACROSS)


def test_doubtful_characters_are_marked_for_eye_and_ear(desk):
    tree = html.fromstring(desk.person("guanyuan").get(f"{DESK}/1").text)
    assert tree.xpath("//*[contains(@class, 'under')]/mark/text()") == ["己", "赐"]
    told = tree.get_element_by_id(tree.xpath("//input[@name='t.2']/@aria-describedby")[0]).text_content()
    assert told == "存疑 1 字：第 9 字“己”，或作已、巳"
    assert tree.xpath("//button[@value='take:2:8:1:已']/text()") == ["已"]


def test_columns_stand_from_right_to_left_with_notes_marked(desk):
    tree = html.fromstring(desk.person("guanyuan").get(f"{DESK}/2").text)
    assert tree.xpath("//form[contains(@class, 'vertical')]")
    assert tree.xpath("//fieldset//select[starts-with(@name, 'r.')]/option[@selected]/@value") == [
        "text",
        "note",
        "note",
        "text",
    ]
    assert [bool(one.xpath(".//input[starts-with(@name, 's.') and @checked]")) for one in tree.xpath("//fieldset")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_page_nobody_has_read_can_be_typed(desk):
    page = form(desk.person("guanyuan"), f"{DESK}/4")
    answer = page.send("add:0")
    page = put(Form(page.visitor, answer, "proofing"), t0="照书影录入")
    assert page.send("save:proofread").status_code == 303
    saved = kept(desk, 3)
    assert (saved.revision, saved.transcript.text, saved.proofread_by) == (1, "照书影录入", "guanyuan")


# The buttons of a line.


def test_a_line_is_cut_where_the_sign_stands_and_put_together_again(desk):
    page = put(form(desk.person("guanyuan")), t1="石鼓山在蒸水|入湘之处三面临江")
    answer = page.send("cut:1")
    page = Form(page.visitor, answer, "proofing")
    assert lines(page)[1:3] == ["石鼓山在蒸水", "入湘之处三面临江"]
    shots = html.fromstring(answer.text).xpath("//fieldset//svg/@viewbox | //fieldset//svg/@viewBox")
    widths = [int(one.split()[2]) for one in shots]
    assert widths[1] < widths[2] < widths[3]
    again = Form(page.visitor, page.send("merge:1"), "proofing")
    assert lines(again) == list(ACROSS)
    assert kept(desk).revision == 1, "nothing is stored before it is saved"
    assert again.send().status_code == 303
    assert kept(desk).revision == 1, "what came to the same is no revision"


def test_a_cut_without_the_sign_is_told_and_keeps_what_was_typed(desk):
    answer = put(form(desk.person("guanyuan")), t1="改了的字").send("cut:1")
    assert answer.status_code == 400 and "竖线" in answer.text
    assert lines(Form(None, answer, "proofing"))[1] == "改了的字"


def test_lines_are_added_dropped_and_put_in_the_order_of_their_numbers(desk):
    visitor = desk.person("guanyuan")
    page = Form(visitor, form(visitor).send("add:1"), "proofing")
    page = Form(visitor, put(page, t2="补上的一行").send("drop:0"), "proofing")
    assert lines(page) == [ACROSS[1], "补上的一行", *ACROSS[2:]]
    put(page, k3=5)
    assert page.send().status_code == 303
    assert kept(desk).transcript.text.split("\n") == [ACROSS[3], ACROSS[1], "补上的一行", ACROSS[2]]


def test_an_offered_character_is_taken_by_its_button(desk):
    page = form(desk.person("guanyuan"))
    answer = page.send("take:2:8:1:已")
    page = Form(page.visitor, answer, "proofing")
    assert lines(page)[2] == "书院建于山巅唐时已有讲学之人"
    assert page.send().status_code == 303
    saved = kept(desk)
    assert saved.doubtful == 1
    assert saved.transcript.lines[2].glyphs[8].confidence == 1
    assert saved.transcript.lines[2].glyphs[8].box == (200, 100, 220, 120)


def test_a_line_becomes_a_note_of_its_column(desk):
    page = put(form(desk.person("guanyuan"), f"{DESK}/2"), r3="note", s3="on")
    assert page.send().status_code == 303
    assert kept(desk, 1).transcript.text == "蒸水出邵陵東北(舊說水氣/蒸騰非也/水上有氣如蒸故名)"


def test_facts_of_the_page_are_edited_and_its_label_follows(desk):
    page = put(form(desk.person("guanyuan")), fact__label="十二", fact__head="湘水記", fact__juan="卷二", why="据版心")
    assert page.send().status_code == 303
    facts = kept(desk).transcript.facts
    assert (facts.label, facts.head, facts.juan) == ("十二", "湘水記", "卷二")
    assert "十二" in texts(page.visitor.get(f"{DESK}/"), "//tbody/tr/th")
    assert "据版心" in page.visitor.get(f"{DESK}/1/history").text


@pytest.mark.parametrize(
    ("name", "value"),
    [("o__1", "99"), ("o__1", "x"), ("o__1", "0!9"), ("r__1", "nothing"), ("based_on", "7"), ("based_on", "x"),
     ("t__1", "字" * 2001)],
)  # fmt: skip
def test_forms_that_are_not_ours_are_refused_whole(desk, name, value):
    answer = put(form(desk.person("guanyuan")), **{name: value}).send()
    assert answer.status_code in (400, 404)
    assert kept(desk).revision == 1


# Saving.


def test_a_save_is_a_revision_and_the_history_tells_it(desk):
    page = put(form(desk.person("guanyuan")), t2="书院建于山巅唐时已有讲学之人", why="己当作已")
    answer = page.send()
    assert answer.status_code == 303 and answer.location == f"{DESK}/1?done=saved"
    history = page.visitor.get(f"{DESK}/1/history")
    assert texts(history, "//tbody/tr/th") == ["第 2 版", "第 1 版"]
    assert "羅正鈞" in history.text and "己当作已" in history.text
    past = page.visitor.get(f"{DESK}/1/history/2")
    assert (texts(past, "//del"), texts(past, "//ins")) == (["己"], ["已"])
    assert "唐时己有讲学" in page.visitor.get(f"{DESK}/1/history/1").text


def test_a_stale_save_is_refused_and_nothing_is_lost(desk):
    mine, theirs = form(desk.person("guanyuan")), form(desk.person("bianji"))
    put(theirs, t1="石鼓山在烝水入湘之处三面临江", t3="宋初賜额遂为天下书院之一", t0="湘水校書記").send()
    answer = put(mine, t1="石鼓山在蒸水入湘之處三面临江", t2="唐时已有", t0="湘水记").send()
    assert answer.status_code == 409
    assert kept(desk).revision == 2
    assert "王敔在您打开之后改过这一页" in answer.text
    rows = html.fromstring(answer.text).xpath("//table[@class='changes']//tr")[1:]
    told = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    assert [row[4] for row in told] == [
        "两人都改了，下面是您的",
        "两人改了不同的字，已合在一起",
        "只有您改了，下面是您的",
        "已采用对方的",
    ]
    assert "湘水校書記" in told[0][2] and "湘水记" in told[0][3]
    merged = Form(mine.visitor, answer, "proofing")
    assert lines(merged) == ["湘水记", "石鼓山在烝水入湘之處三面临江", "唐时已有", "宋初賜额遂为天下书院之一"]
    assert merged.send().status_code == 303
    assert kept(desk).transcript.lines[1].text == "石鼓山在烝水入湘之處三面临江"
    assert len(kept(desk).transcript.lines[1].glyphs) == len("石鼓山在烝水入湘之處三面临江")


def test_a_login_that_has_run_out_loses_nothing(desk):
    visitor = desk.person("guanyuan")
    page = put(form(visitor), t1="照书影改过的一行")
    visitor.client.delete_cookie("wenku")
    answer = page.send("save:proofread")
    assert answer.status_code == 403 and "照书影改过的一行" in answer.text
    visitor.login("guanyuan")
    again = Form(visitor, answer, "sheet")
    again.address = f"{DESK}/1"
    again.fields["csrf_token"] = [visitor.token("/account")]
    assert (
        visitor.client.post(again.address, data=again.fields, headers={"Origin": "http://localhost"}).status_code == 303
    )
    assert kept(desk).transcript.lines[1].text == "照书影改过的一行"
    assert kept(desk).state == "proofread"


def test_two_who_move_lines_and_add_some_meet_without_loss(desk):
    visitor = desk.person("guanyuan")
    mine, theirs = form(visitor), form(desk.person("bianji"))
    theirs = Form(theirs.visitor, theirs.send("drop:0"), "proofing")
    theirs.send()
    mine = put(Form(visitor, mine.send("add:3"), "proofing"), t4="最后补的")
    answer = mine.send()
    assert answer.status_code == 409
    assert lines(Form(visitor, answer, "proofing")) == [*ACROSS[1:], "最后补的"]


def test_a_page_goes_from_proofread_to_validated_by_another(desk):
    first, second = desk.person("guanyuan"), desk.person("bianji")
    assert form(first).send("save:validated").status_code == 409, "nobody has proofread it"
    assert form(first).send("save:proofread").status_code == 303
    page = form(first)
    assert "save:validated" not in first.get(f"{DESK}/1").text
    refused = page.send("save:validated")
    assert refused.status_code == 403 and "校对" in refused.text
    assert form(second).send("save:validated").status_code == 303
    now = kept(desk)
    assert (now.state, now.proofread_by, now.validated_by) == ("validated", "guanyuan", "bianji")
    shown = second.get(f"{DESK}/1").text
    assert "羅正鈞 校对" in shown and "王敔 核对" in shown
    assert not html.fromstring(shown).xpath("//*[contains(@class, 'under')]/mark"), "somebody answers for it"


@pytest.mark.parametrize("state", ["problem", "empty", "unread"])
def test_other_states_are_said_by_their_buttons(desk, state):
    page = form(desk.person("guanyuan"))
    assert page.send(f"save:{state}").status_code == 303
    assert kept(desk).state == state


def test_unknown_acts_do_nothing(desk):
    assert form(desk.person("guanyuan")).send("save:lost").status_code == 400
    assert form(desk.person("guanyuan")).send("burn").status_code == 400
    assert kept(desk).revision == 1


def test_the_name_of_the_book_is_an_edition(desk):
    assert parse(f"urn:cts:hengyang:{NAME}").edition == "sao"
    work = NAME.rpartition(".")[0]
    assert desk.person("guanyuan").get(f"/proofreading/book/{work}/").status_code == 404


# What the library knows.


def test_words_the_library_has_elsewhere_are_offered_with_their_source_and_taken_by_a_button(desk):
    put_text(desk.library, "石鼓山在蒸水入湘之处三面临江，书院建于山巅，唐时已有讲学之人，宋初赐额遂为天下书院之一。")
    page = form(desk.person("guanyuan"))
    answer = page.send("quotations")
    assert texts(answer, "//section[@class='quotations']//li/p[1]/a") == ["《书院旧闻》（示例本）"]
    change = html.fromstring(answer.text).xpath("//section[@class='quotations']//button/@value")
    assert change == ["take:2:8:1:已"]
    again = Form(page.visitor, answer, "proofing").send(change[0])
    assert lines(Form(page.visitor, again, "proofing"))[2] == "书院建于山巅唐时已有讲学之人"
    assert texts(again, "//section[@class='quotations']//li/p[1]/a"), "the rest is still offered"
    assert kept(desk).revision == 1, "offered, never applied"


# To and fro.


def test_the_reading_page_follows_a_save_and_links_lead_both_ways(desk):
    reader = desk.person("guanyuan")
    put(form(reader), t1="石鼓山在烝水入湘之处三面临江").send("save:proofread")
    set_edition(desk.library, desk.book_id, who="guanyuan", why="校对")
    there = html.fromstring(reader.get(f"{DESK}/1").text).xpath("//nav[@aria-label='本页']//a[text()='阅读页']/@href")[
        0
    ]
    page = reader.get(there)
    assert "烝水入湘" in page.text
    assert html.fromstring(page.text).xpath("//a[text()='校对']/@href")[-1] == f"{DESK}/1"
    scan_page = reader.get(f"/page/{NAME}/1")
    assert html.fromstring(scan_page.text).xpath("//a[text()='校对这一页']/@href") == [f"{DESK}/1"]
    assert f'href="{DESK}/"' in reader.get(f"/w/{NAME}").text
    stranger = desk.app.test_client()
    for address in (there, f"/page/{NAME}/1", f"/w/{NAME}"):
        assert "proofreading" not in stranger.get(address).text
        assert "proofreading" not in desk.person("zhongshen").get(address).text


# Two transcriptions of one page.

SECOND = "湘水校书记\n石鼓山在耒水入湘之处，三面临江。\n书院建于山巅唐时已有讲学之人\n宋初賜额遂为天下书院之一"


def deciding(visitor, text=SECOND, address=f"{DESK}/1/compare", **more):
    """The differences of a page from a text."""
    page = Form(visitor, visitor.get(address), "sheet")
    page.fields.update({"second": [text], **more})
    return page.send("look")


def test_two_transcriptions_are_compared_and_put_together_by_choice(desk):
    visitor = desk.person("guanyuan")
    answer = deciding(visitor)
    assert texts(answer, "//form//fieldset//mark") == ["蒸", "耒", "己", "已"]
    assert "另有 3 处只是标点或字形" in answer.text
    assert len(html.fromstring(answer.text).xpath("//fieldset/svg")) == 2, "each with its picture"
    page = Form(visitor, answer, "deciding")
    numbers = sorted(name for name in page.fields if name.startswith("d."))
    assert [page.fields[name] for name in numbers] == [["1"], ["1"]], "nothing is taken unasked"
    page.fields[numbers[1]] = ["2"]
    assert page.send("save").status_code == 303
    saved = kept(desk)
    assert [line.text for line in saved.transcript.lines] == [*ACROSS[:2], "书院建于山巅唐时已有讲学之人", ACROSS[3]]
    assert (saved.revision, saved.why, saved.who) == (2, "与另一稿对校", "guanyuan")
    assert saved.transcript.lines[1].glyphs[0].box == (40, 70, 60, 90)


def test_punctuation_and_forms_count_if_one_likes(desk):
    visitor = desk.person("guanyuan")
    page = Form(visitor, visitor.get(f"{DESK}/1/compare"), "sheet")
    page.fields.pop("plain")
    page.fields["second"] = [SECOND]
    answer = page.send("look")
    assert texts(answer, "//form//fieldset//mark") == [
        "蒸",
        "耒",
        "（无）",
        "，",
        "（无）",
        "。",
        "己",
        "已",
        "赐",
        "賜",
    ]


def test_what_was_put_together_goes_on_at_the_desk_unsaved(desk):
    visitor = desk.person("guanyuan")
    page = Form(visitor, deciding(visitor), "deciding")
    for name in page.fields:
        if name.startswith("d."):
            page.fields[name] = ["2"]
    form_again = Form(visitor, page.send("desk"), "proofing")
    assert lines(form_again)[1:3] == ["石鼓山在耒水入湘之处三面临江", "书院建于山巅唐时已有讲学之人"]
    assert kept(desk).revision == 1
    form_again.address = f"{DESK}/1"
    assert form_again.send("save:proofread").status_code == 303
    assert kept(desk).transcript.lines[1].text == "石鼓山在耒水入湘之处三面临江"


def test_a_choice_that_comes_late_meets_the_other_save(desk):
    visitor = desk.person("guanyuan")
    page = Form(visitor, deciding(visitor), "deciding")
    for name in page.fields:
        if name.startswith("d."):
            page.fields[name] = ["2"]
    put(form(desk.person("bianji")), t0="湘水校書記").send()
    answer = page.send("save")
    assert answer.status_code == 409
    assert lines(Form(visitor, answer, "proofing"))[:2] == ["湘水校書記", "石鼓山在耒水入湘之处三面临江"]


def test_the_other_may_come_from_a_file_or_be_an_earlier_revision(desk):
    visitor = desk.person("guanyuan")
    page = Form(visitor, visitor.get(f"{DESK}/1/compare"), "sheet")
    answer = page.send("look", files={"file": (SECOND.encode("gb18030"), "乙.txt")})
    assert texts(answer, "//form//fieldset//mark")[:2] == ["蒸", "耒"]
    put(form(visitor), t0="湘江校书记").send()
    page = Form(visitor, visitor.get(f"{DESK}/1/compare"), "sheet")
    page.fields["revision"] = ["1"]
    assert texts(page.send("look"), "//form//fieldset//mark") == ["江", "水"]
    refused = Form(visitor, visitor.get(f"{DESK}/1/compare"), "sheet").send("look")
    assert refused.status_code == 400 and "没有另一稿" in refused.text


def test_notes_of_the_other_are_set_against_the_columns(desk):
    visitor = desk.person("guanyuan")
    text = "蒸水出邵陵東北(舊說水汽/蒸騰非也)\n水上有氣如蒸故名"
    assert texts(deciding(visitor, text, f"{DESK}/2/compare"), "//form//fieldset//mark") == ["氣", "汽"]


# What a save keeps.


def test_lines_nobody_could_read_stay_and_lines_emptied_go(desk):
    page = across(("湘水", "　", "東流"), {})
    page = replace(page, lines=(page.lines[0], replace(page.lines[1], text="", glyphs=()), page.lines[2]))
    with writing(desk.library):
        run = write_run(desk.library, Run("rapidocr", "识别", "scans", "rapidocr", "3.10.0"))
        store.keep_reading(desk.library, desk.book_id, 0, [Read(page)], run)
    visitor = desk.person("guanyuan")
    assert form(visitor).send().location.endswith("done=same")
    put(form(visitor), t0="").send()
    assert [line.text for line in kept(desk).transcript.lines] == ["", "東流"]
    put(form(visitor), t0="認出來了").send()
    assert [line.text for line in kept(desk).transcript.lines] == ["認出來了", "東流"]


def test_a_page_that_has_words_is_not_blank(desk):
    with writing(desk.library):
        run = write_run(desk.library, Run("rapidocr", "识别", "scans", "rapidocr", "3.10.0"))
        store.keep_reading(desk.library, desk.book_id, 0, [Read(Transcript(400, 300, layout="blank"))], run)
    visitor = desk.person("guanyuan")
    page = put(Form(visitor, form(visitor).send("add:0"), "proofing"), t0="其實有字")
    assert page.send("save:proofread").status_code == 303
    assert (kept(desk).transcript.layout, kept(desk).transcript.text) == ("horizontal", "其實有字")


def test_facts_of_two_people_meet(desk):
    mine, theirs = form(desk.person("guanyuan")), form(desk.person("bianji"))
    put(theirs, fact__juan="卷二", fact__head="湘水記").send()
    merged = Form(mine.visitor, put(mine, fact__head="湘水志", fact__leaf="3a").send(), "proofing")
    told = {name: merged.fields[f"fact.{name}"] for name in ("juan", "head", "leaf")}
    assert told == {"juan": ["卷二"], "head": ["湘水志"], "leaf": ["3a"]}
