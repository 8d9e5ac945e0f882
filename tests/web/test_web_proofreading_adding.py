"""Scans sent in on the site: who may, what is refused, and the way from files to an edition and its job."""

import io

import pytest
from keepers import Form, texts
from scanned import picture, scan
from waitress.adjustments import Adjustments

from archive import jobs
from archive.arrivals import Arrivals
from archive.config import Config
from archive.urn import parse
from ingest.arrived import take_in
from web.proofreading import adding

ABOUT = {"title": "湘水志", "author": "李承文", "label": "影印本", "rights": "staff", "script": "Hant"}


def send(visitor, files, **about):
    """Send files in as a browser would."""
    data = {"csrf_token": visitor.token("/proofreading/add"), **ABOUT, **about}
    data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return visitor.client.post(
        "/proofreading/add", data=data, content_type="multipart/form-data", headers={"Origin": "http://localhost"}
    )


def test_only_who_may_edit_sends_scans_in(house):
    assert house.person("guanyuan").get("/proofreading/add").status_code == 403
    assert house.app.test_client().get("/proofreading/add").status_code == 302
    page = Form(house.person("bianji"), house.person("bianji").get("/proofreading/add"), "sheet")
    assert {"title", "label", "rights"} <= set(page.fields)
    assert not list(Arrivals(house.library.folder).all())


def test_files_become_an_edition_that_is_read_by_a_job(house):
    editor = house.person("bianji")
    answer = send(
        editor, [("10.png", picture(size=(500, 300))), ("9.png", picture()), ("..\\9.png", picture(size=(300, 400)))]
    )
    assert answer.status_code == 303
    waiting = editor.get(answer.location)
    assert "等后台程序收入" in waiting.text and 'http-equiv="refresh"' in waiting.text
    arrivals = Arrivals(house.library.folder)
    (arrival,) = arrivals.all()
    assert arrival.files == ["10.png", "9.png", "9-2.png"]
    assert house.person("guanyuan").get(answer.location).status_code == 403

    (done,) = take_in(house.library, Config())
    assert (done.stage, done.error) == ("done", "")
    edition = house.library.edition(parse("urn:cts:hengyang:lichengwen.xiangshuizhi.yingyinben"))
    assert (edition.status, edition.pages, edition.rights.text, edition.rights.scans) == (
        "waiting-ocr",
        3,
        "staff",
        "staff",
    )
    job = jobs.job(house.library, done.job)
    assert (job.kind, job.total, job.who) == ("ocr", 3, "bianji")
    assert editor.get(answer.location).location == f"/proofreading/jobs/{job.id}"
    assert not arrivals.files(done).exists(), "the library has them now"
    assert take_in(house.library, Config()) == []


def test_a_worker_that_was_killed_goes_on_where_it_was(house):
    send(house.person("bianji"), [("1.png", picture())])
    arrivals = Arrivals(house.library.folder)
    take_in(house.library, Config())
    assert texts(house.person("bianji").get("/proofreading/jobs/"), "//p[@class='notice']") == []
    send(house.person("bianji"), [("1.png", picture())], label="二本")
    waiting = next(one for one in arrivals.all() if one.stage == "waiting")
    waiting.stage, waiting.urn = "working", "urn:cts:hengyang:lichengwen.xiangshuizhi.erben"
    arrivals.save(waiting)
    assert texts(house.person("bianji").get("/proofreading/jobs/"), "//p[@class='notice']") == [
        "您上传的《湘水志》正在收入。看"
    ]
    assert texts(house.person("guanyuan").get("/proofreading/jobs/"), "//p[@class='notice']") == []
    (done,) = take_in(house.library, Config())
    assert (done.id, done.stage) == (waiting.id, "done")
    assert len(jobs.jobs(house.library)) == 2


def test_what_is_damaged_is_told_on_its_page(house):
    editor = house.person("bianji")
    answer = send(editor, [("a.pdf", b"%PDF-1.7 broken")])
    (done,) = take_in(house.library, Config())
    assert done.stage == "failed"
    assert "没有收入" in editor.get(answer.location).text
    assert list(house.library.editions()) == []


@pytest.mark.parametrize(
    ("files", "about", "word"),
    [
        ([], {}, "没有选文件"),
        ([("a.exe", b"MZ")], {}, "不收这种文件"),
        ([("a.png", b"")], {}, "文件是空的"),
        ([("a.png", b"x")], {"title": " "}, "没有写书名"),
        ([("a.png", b"x")], {"id": "没有点"}, "编号写得不对"),
        ([("a.png", b"x")], {"rights": "all"}, "表单不完整"),
    ],
)
def test_what_cannot_be_is_refused_at_once_and_typed_words_come_back(house, files, about, word):
    answer = send(house.person("bianji"), files, author="王夫之", **about)
    assert answer.status_code in (400, 422) and word in answer.text
    assert 'value="王夫之"' in answer.text
    assert not list(Arrivals(house.library.folder).all())


def test_an_edition_that_is_there_is_not_written_over(house):
    scan(house.library)
    editor = house.person("bianji")
    answer = send(editor, [("a.png", picture())], id="sample.jiuying", title="湘水舊影", label="sao")
    assert answer.status_code == 409 and "文库里已有" in answer.text
    answer = send(editor, [("a.png", picture())], id="sample.jiuying", title="另一部书")
    assert answer.status_code == 409 and "已是《湘水舊影》" in answer.text
    answer = send(editor, [("a.png", picture())], id="sample.jiuying", title="湘水舊影", author="别人", label="二本")
    assert answer.status_code == 303
    take_in(house.library, Config())
    work = house.library.work("sample.jiuying")
    assert (work.author, work.collection) == ("佚名", "衡阳地方文献"), "what is known of the work stays"
    assert len(list(house.library.editions())) == 2


def test_an_upload_may_be_large_and_is_kept_byte_for_byte(house):
    content = bytes(range(256)) * 12_000 + b"\r\n--boundary\r\n" * 1000
    answer = send(house.person("bianji"), [("a.pdf", content)])
    assert answer.status_code == 303
    (arrival,) = Arrivals(house.library.folder).all()
    assert (Arrivals(house.library.folder).files(arrival) / "a.pdf").read_bytes() == content
    assert arrival.size == len(content)


def test_the_limit_is_told(house, monkeypatch):
    monkeypatch.setattr(house.app.view_functions["proofreading.send"], "largest", 1 << 17)
    answer = send(house.person("bianji"), [("a.pdf", bytes(1 << 18))])
    assert answer.status_code == 413
    assert 500_000_000 <= adding.LARGEST <= Adjustments.max_request_body_size


# Jobs on the site.


def test_a_job_is_begun_paused_resumed_and_given_up(house):
    scan(house.library)
    editor, reader = house.person("bianji"), house.person("guanyuan")
    address = "/proofreading/book/sample.jiuying.sao/"
    begun = editor.send(f"{address}read", seen=address)
    where = begun.location
    assert begun.status_code == 303
    page = reader.get(where)
    assert "等待：读完 0 面，共 1 面" in page.text and 'http-equiv="refresh"' in page.text
    assert texts(page, "//form[@class='doing']/button") == []
    assert reader.send(where, seen=where, do="pause").status_code == 403
    assert editor.send(f"{address}read", seen=where).status_code == 503, "one at a time"
    for act, word in (("pause", "已暂停"), ("resume", "等待"), ("cancel", "已取消")):
        assert editor.send(where, seen=where, do=act).status_code == 303
        assert word in editor.get(where).text
    assert editor.send(where, seen="/account", do="pause").status_code == 409
    assert editor.send(where, seen="/account", do="burn").status_code == 400


def test_failed_pages_come_first_and_are_tried_again(house):
    book = scan(house.library)
    job = jobs.enqueue(house.library, book, who="bianji")
    jobs.begin(house.library, job.id)
    jobs.page_done(house.library, job.id, 3, 30.0, "图像损坏。")
    jobs.finish(house.library, job.id, "done")
    editor = house.person("bianji")
    page = editor.get(f"/proofreading/jobs/{job.id}")
    assert texts(page, "//h2") == ["读不出的", "存疑最多的"]
    assert texts(page, "//main//section[1]//li") == ["第 4 面 图像损坏。"]
    assert texts(page, "//main//section[2]//li") == ["1 存疑 2 字，共 45 字"]
    assert "每分钟 2.0 面" in page.text
    assert editor.send(f"/proofreading/jobs/{job.id}", seen="/account", do="retry").status_code == 303
    assert jobs.job(house.library, job.id).state == "waiting"
    assert texts(editor.get("/proofreading/jobs/"), "//tbody/tr/td[2]") == ["等待"]


TIMES = [(None, "还不知道"), (20, "不到 1 分钟"), (240, "约 4 分"), (7200, "约 2 小时"), (7500, "约 2 小时 5 分")]


@pytest.mark.parametrize(("seconds", "told"), TIMES)
def test_times_are_told_as_people_say_them(seconds, told):
    from web.proofreading.running import duration

    assert duration(seconds) == told
