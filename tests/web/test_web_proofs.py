"""What readers are told of text that nobody has held against its picture yet."""

import pytest
from keepers import texts
from scanned import NAME, scan

from archive.accounts import Accounts
from archive.transcription import store
from ingest.transcribed import set_edition


@pytest.fixture
def book(house):
    """A book of scans, read by a machine and set."""
    house.book_id = scan(house.library)
    set_edition(house.library, house.book_id, who="示例")
    return house


def notice(house, address):
    return texts(house.app.test_client().get(address), "//main//*[@role='note']")


def state(house, sheet, login, wanted):
    user = Accounts(house.library).get(login)
    now = store.page(house.library, house.book_id, sheet)
    store.set_state(house.library, house.book_id, sheet, 0, wanted, based_on=now.revision, user=user)


def read(house):
    return [one for one in store.pages(house.library, house.book_id) if one.revision]


def read_all(house, login, wanted):
    for one in read(house):
        state(house, one.sheet, login, wanted)


def test_readers_are_told_until_every_page_has_been_read(book):
    first = next(iter(book.library.page_labels(book.book_id)))
    section = f"/w/{NAME}/1"
    assert "机器识别" in notice(book, section)[0]
    assert notice(book, f"/page/{NAME}/{first}")[0].startswith("这一页")
    assert "未校对" in book.app.test_client().get(f"/w/{NAME}").text
    read_all(book, "bianji", "proofread")
    assert not notice(book, section) and not notice(book, f"/page/{NAME}/{first}")
    assert f"已校对 {len(read(book))} 页" in book.app.test_client().get(f"/w/{NAME}").text
