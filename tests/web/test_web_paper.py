"""The book as a PDF on the site, and how well it was read."""

import io
from dataclasses import replace

import pypdf
import pytest
from lxml import html
from scanned import DESK, NAME, scan

from archive.model import Rights
from archive.transcription import store
from archive.transcription.editing import retyped
from web.reading import paper

ADDRESS = f"/pdf/{NAME}"


def test_a_public_book_is_there_for_everyone(house):
    scan(house.library)
    visitor = house.app.test_client()
    page = html.fromstring(visitor.get(f"/w/{NAME}").text)
    (link,) = page.xpath("//a[contains(text(), 'PDF')]")
    answer = visitor.get(link.get("href"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "filename*=UTF-8''%E6%B9%98%E6%B0%B4" in answer.headers["Content-Disposition"]
    reader = pypdf.PdfReader(io.BytesIO(answer.data))
    assert len(reader.pages) == 4
    assert "湘水校书记" in reader.pages[0].extract_text()
    assert reader.pages[3].extract_text() == ""


@pytest.mark.parametrize("layer", ["text", "notes", "scans"])
def test_a_book_of_which_some_layer_is_closed_is_for_staff(house, layer):
    scan(house.library, rights=Rights(**{layer: "staff"}))
    stranger = house.app.test_client().get(ADDRESS)
    assert stranger.status_code == (404 if layer == "text" else 403)
    assert b"%PDF" not in stranger.data
    if layer != "text":
        assert "PDF" not in house.app.test_client().get(f"/w/{NAME}").text
    assert house.person("guanyuan").get(ADDRESS).data.startswith(b"%PDF")


def test_a_book_without_pictures_has_none(client):
    assert client.get("/pdf/sample.meiyou.ben").status_code == 404


def test_no_more_than_two_books_are_made_at_once(house, monkeypatch):
    scan(house.library)
    visitor = house.app.test_client()

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    bind = paper.bind
    with paper._AT_ONCE, paper._AT_ONCE:
        answer = visitor.get(ADDRESS)
    assert answer.status_code == 503
    assert "正在制作" in answer.text
    monkeypatch.setattr(paper, "bind", full)
    answer = visitor.get(ADDRESS)
    assert answer.status_code == 500
    assert "磁盘" in answer.text
    monkeypatch.setattr(paper, "bind", bind)
    assert visitor.get(ADDRESS).status_code == 200


def test_the_report_says_what_was_measured_and_what_was_not(house):
    book = scan(house.library)
    stranger = house.app.test_client().get(f"{DESK}/quality")
    assert stranger.status_code == 302
    person = house.person("bianji")
    told = person.get(f"{DESK}/quality").text
    assert "没有一页校对过" in told
    held = store.page(house.library, book, 0)
    lines = list(held.transcript.lines)
    lines[2] = retyped(lines[2], lines[2].text.replace("己", "已"))
    right = replace(held.transcript, lines=tuple(lines))
    store.save(house.library, book, 0, 0, right, based_on=1, who="bianji", state="proofread")
    page = html.fromstring(person.get(f"{DESK}/quality").text)
    cells = [[cell.text_content() for cell in row] for row in page.xpath("//section[1]//tbody/tr")]
    assert cells == [["己", "已", "1"]]
    measured = page.xpath("//dl[@class='facts']/dd")[0].text_content()
    assert measured.startswith("2.22：已校对的 1 页，45 字中 1 处")
    rows = page.xpath("//section[2]//tbody/tr")
    assert len(rows) == 4
    assert rows[1][2].text_content() == "—"
    assert person.get(f"{DESK}/").text.count(f"{DESK}/quality") == 1
