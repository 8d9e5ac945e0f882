"""What may never leave the house, and what must be gone when a person asks for it."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from directory_samples import CANARY, books, change, checked, declare, people, person, put
from docx import Document
from PIL import Image

from archive import audit, clock
from archive.directories import copying, erasing, files, invitations, links, photos, public, records, registry, store
from archive.directories.reviewing import RECORD, submit
from archive.errors import BadSource, Forbidden, Gone, NotFound, UsageError
from archive.library import Library
from archive.review import Review
from archive.review.standing import Subject

KEEPER = person("guanli", "admin")
EDITOR = person("bianji", "editor")


@pytest.fixture(autouse=True)
def declared(library: Library) -> None:
    declare(library)


def jpeg(colour: str = "red", size: tuple[int, int] = (400, 300), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **how)
    return out.getvalue()


def on_disk(library: Library) -> bytes:
    """Everything in the library's folder, packed files unpacked."""
    found = b""
    for path in sorted(library.folder.rglob("*")):
        if path.is_file():
            found += path.read_bytes()
    return found


# -- nothing leaks ------------------------------------------------------------------------------------------------


def unpacked(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return html.unescape("".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist()))


def copied(library: Library) -> bytes:
    out = io.BytesIO()
    copying.copy(library, registry.in_force(library).values(), out)
    return out.getvalue()


DOORS: dict[str, Callable[[Library], object]] = {
    "record": lambda library: public.record(library, people(), "jia"),
    "json": lambda library: json.dumps(public.record(library, people(), "jia").as_json(), ensure_ascii=False),
    "shown": lambda library: list(public.record(library, people(), "jia").shown(people())),
    "everything": lambda library: list(public.everything(library, people())),
    "records": lambda library: public.records(library, people(), [1, 2, 3]),
    "incoming": lambda library: links.incoming(library, put(library, books(), title="又一书", year=2)),
    "titles": lambda library: links.titles(library, ["people/jia", "people/yi"]),
    "xlsx": lambda library: unpacked(files.exported(library, people(), ".xlsx")[0]),
    "docx": lambda library: unpacked(files.exported(library, people(), ".docx")[0]),
    "form": lambda library: unpacked(
        files.one_form(library, people(), dict(public.record(library, people(), "jia").values))
    ),
    "copy": lambda library: unpacked(copied(library)),
    "audit": lambda library: audit.entries(library),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_internal_value_and_no_draft_leaves_by_any_door(library: Library, door: str) -> None:
    put(library, people(), name="示例甲", slug="jia", remark=CANARY, phone="0734-8619997")
    change(
        library,
        people(),
        records.record(library, public.record(library, people(), "jia").key).key,
        bio=CANARY,
        publish=False,
    )
    put(library, people(), name="示例乙", slug="yi", bio=CANARY, publish=False)
    told = repr(DOORS[door](library))
    assert CANARY not in told and "8619997" not in told


def test_the_house_sees_everything_and_asking_for_it_is_audited(library: Library) -> None:
    put(library, people(), name="示例甲", remark=CANARY, publish=False)
    for suffix in (".xlsx", ".docx"):
        data, told = files.exported(library, people(), suffix, staff="bianji")
        assert CANARY in unpacked(data) and told.records == 1
    assert [one.who for one in audit.entries(library, action="directory.export")] == ["bianji", "bianji"]


def test_an_unknown_format_lists_those_there_are(library: Library) -> None:
    for ask in (lambda: files.blank(people(), ".pdf"), lambda: files.exported(library, people(), ".csv")):
        with pytest.raises(UsageError, match=r"\.xlsx.*\.docx"):
            ask()


# -- erasing ------------------------------------------------------------------------------------------------------


def test_what_is_erased_is_gone_from_every_file_of_the_library(library: Library) -> None:
    sha = photos.keep(library, photos.redraw(jpeg()))
    inner = photos.keep(library, photos.redraw(jpeg("blue")))
    secret = {"remark": f"{CANARY}备注", "phone": "0734-8619997", "scan": inner}
    key = store.create(
        library,
        people(),
        checked(people(), {"name": f"{CANARY}甲", "photo": sha, **secret}),
        store.Edit("x", f"{CANARY}因", f"{CANARY}.xlsx"),
    )
    store.publish(library, key, 1)
    change(library, people(), key, bio=f"{CANARY}生平")
    invitations.invite(library, key, "bianji")
    submit_subject = Subject(RECORD, str(key))
    change(library, people(), key, bio=f"{CANARY}又一生平", publish=False)
    submit(library, people(), key, EDITOR)
    Review(library).send_back(submit_subject, person("first", "first"), "first", 3, f"{CANARY}意见")
    book = put(library, books(), title="示例书", year=2001, authors=f"某人〔{key}〕")
    assert CANARY.encode() in on_disk(library)

    told = erasing.erase(library, key, KEEPER, "withdrawn")
    assert told == erasing.Erased(2, [book], True)
    assert CANARY.encode() not in on_disk(library) and b"8619997" not in on_disk(library)
    assert sha not in set(library.originals.names()) and inner not in set(library.originals.names())
    assert str(key).encode() not in json.dumps([one.values for one in records.everything(library, books())]).encode()
    assert Review(library).history(submit_subject) == []
    assert [one.details for one in audit.entries(library, action="record.erase")] == [{"ground": "withdrawn"}]


def test_only_a_tombstone_remains(library: Library) -> None:
    key = put(library, people(), name="示例甲", slug="jia")
    erasing.erase(library, key, KEEPER, "purpose")
    stone = library.db.execute("SELECT directory, slug, ground FROM tombstone").fetchone()
    assert stone == ("people", "jia", erasing.GROUNDS["purpose"]) and "第四十七条" in stone[2]
    for ask in (lambda: public.record(library, people(), "jia"), lambda: records.record(library, key)):
        with pytest.raises(Gone, match="依法删除"):
            ask()
    with pytest.raises(Gone):
        put(library, people(), name="示例乙", slug="jia")
    assert put(library, people(), name="示例丙").slug == "000002"


def test_a_link_to_the_erased_keeps_its_words_and_nothing_else(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    book = put(library, books(), title="示例书", year=2001, authors=f"某人〔{key}〕、〔{key}〕、另一人")
    before = public.change_number(library)
    erasing.erase(library, key, KEEPER, "withdrawn")
    authors = public.record(library, books(), book.slug).values["authors"]
    assert authors == [{"text": "某人"}, {"text": "（已删除的条目）"}, {"text": "另一人"}]
    assert public.changed_since(library, books(), before)[0] and public.changed_since(library, people(), before)[1]
    assert list(links.dangling(library)) == []


def test_a_photo_somebody_else_has_too_stays(library: Library) -> None:
    sha = photos.keep(library, photos.redraw(jpeg()))
    one, other = (put(library, people(), name=f"示例{name}", photo=sha) for name in "甲乙")
    assert erasing.erase(library, one, KEEPER, "withdrawn").photos == 0
    assert library.originals.get(sha)
    assert erasing.erase(library, other, KEEPER, "withdrawn").photos == 1


def test_only_those_who_may_erase_and_only_on_a_legal_ground(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    with pytest.raises(Forbidden):
        erasing.erase(library, key, EDITOR, "withdrawn")
    with pytest.raises(UsageError, match="withdrawn"):
        erasing.erase(library, key, KEEPER, "别的")
    with pytest.raises(NotFound):
        erasing.erase(library, key._replace(slug="nosuch"), KEEPER, "withdrawn")
    assert public.record(library, people(), key.slug)


def test_room_is_written_over_later_if_somebody_is_reading(library: Library) -> None:
    key = put(library, people(), name=f"{CANARY}甲")
    with Library.open(library.folder) as reader:
        reader.db.execute("BEGIN")
        reader.db.execute("SELECT count(*) FROM record").fetchone()
        assert not erasing.erase(library, key, KEEPER, "withdrawn").compacted
        reader.db.execute("ROLLBACK")
    assert erasing.compact(library)
    assert CANARY.encode() not in on_disk(library)


# -- photos -------------------------------------------------------------------------------------------------------


def test_a_photo_is_drawn_anew_without_what_the_camera_wrote(library: Library) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825)[2] = (26.0, 53.0, 0.0)
    data = jpeg(size=(3000, 2000), exif=exif.tobytes(), comment=CANARY.encode()) + CANARY.encode()
    photo = photos.redraw(data)
    assert (photo.width, photo.height) == (800, 1200)
    assert CANARY.encode() not in photo.data and b"Exif" not in photo.data
    with Image.open(io.BytesIO(photo.data)) as image:
        assert image.format == "JPEG" and not image.getexif() and image.size == (800, 1200)
    sha = photos.keep(library, photo)
    assert library.originals.get(sha) == photo.data


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "1", "LA"])
def test_pictures_of_every_mode_become_plain_ones(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (200, 100)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert photos.redraw(out.getvalue())[1:] == (200, 100)


def png(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"not a picture", "不是能识别的照片"),
        (b"<svg onload='alert(1)'/>", "不是能识别的照片"),
        (b"GIF89a" + bytes(100), "不是能识别的照片"),
        (b"", "不是能识别的照片"),
        (jpeg()[:600], "损坏"),
        (png((20_000, 100)), "20000×100"),
        (png((11_000, 11_000)), "太大"),
        (png((20, 20)), "太小"),
    ],
)
def test_what_is_no_photo_or_too_large_is_refused(data: bytes, word: str) -> None:
    with pytest.raises(BadSource, match=word):
        photos.redraw(data)


def test_a_bomb_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = png((100, 100)).replace((100).to_bytes(4, "big") * 2, (60_000).to_bytes(4, "big") * 2)
    with pytest.raises(BadSource, match=r"像素|损坏|识别"):
        photos.redraw(bomb)
    monkeypatch.setattr(photos, "MAX_BYTES", 10)
    with pytest.raises(BadSource, match="最多"):
        photos.redraw(jpeg())


# -- self-service -------------------------------------------------------------------------------------------------


def answer(library: Library, token: str, **given: object) -> object:
    return invitations.answer(library, registry.in_force(library), token, checked(people(), given))


def test_a_link_is_for_one_entry_once(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧", phone="0734-8619997", remark=CANARY)
    token = invitations.invite(library, key, "bianji")
    seen = invitations.opened(library, registry.in_force(library), token)
    assert (seen.key, seen.values) == (key, {"name": "示例甲", "unit": "旧"})
    assert seen.filled == {"phone", "remark"} and CANARY not in repr(seen)
    assert answer(library, token, name="示例甲", unit="新", bio="自述") == key
    now = records.record(library, key)
    assert (now.version, now.published, now.who) == (2, 1, invitations.SELF)
    assert now.values == {"name": "示例甲", "unit": "新", "bio": "自述", "phone": ["0734-8619997"], "remark": CANARY}
    for ask in (
        lambda: answer(library, token, name="示例甲"),
        lambda: invitations.opened(library, registry.in_force(library), token),
    ):
        with pytest.raises(Gone, match="只能提交一次"):
            ask()


def test_a_link_ends(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    key = put(library, people(), name="示例甲")
    token = invitations.invite(library, key, "bianji", days=3)
    later = clock.after(clock.now(), 3 * 24 * 3600 + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Gone, match="到期"):
        answer(library, token, name="示例甲")
    with pytest.raises(UsageError):
        invitations.invite(library, key, "bianji", days=365)


def test_only_the_last_link_given_out_is_good_and_guesses_are_not(library: Library) -> None:
    key = put(library, people(), name="示例甲")
    first = invitations.invite(library, key, "bianji")
    second = invitations.invite(library, key, "bianji")
    for token in (first, "", "x" * 43, "甲", "\ud800"):
        with pytest.raises(NotFound):
            invitations.opened(library, registry.in_force(library), token)
    assert invitations.opened(library, registry.in_force(library), second).key == key
    assert second.encode() not in on_disk(library)


def test_an_answer_never_overwrites_and_never_leaves_out_what_is_required(library: Library) -> None:
    key = put(library, people(), name="示例甲", unit="旧")
    token = invitations.invite(library, key, "bianji")
    with pytest.raises(UsageError, match="还缺少：姓名"):
        answer(library, token, unit="新")
    change(library, people(), key, unit="别人改的")
    with pytest.raises(store.StaleEdit):
        answer(library, token, name="示例甲", unit="新")
    assert records.record(library, key).values["unit"] == "别人改的"
    store.hide(library, key, "guanli")
    with pytest.raises(Gone):
        invitations.opened(library, registry.in_force(library), token)


def test_the_public_sends_drafts_into_directories_that_take_them(library: Library) -> None:
    key = invitations.submit(library, books(), checked(books(), {"title": "示例题", "sender": "示例人"}))
    assert records.record(library, key).state == "草稿" and records.record(library, key).who == invitations.PUBLIC
    with pytest.raises(UsageError, match="还缺少：题名"):
        invitations.submit(library, books(), {})
    with pytest.raises(Forbidden):
        invitations.submit(library, people(), {"name": "示例甲"})
    with pytest.raises(Forbidden, match="这些栏目"):
        invitations.submit(library, books(), checked(books(), {"title": "示例题", "year": 1691}))
    assert records.count(library, books()) == 1


# -- Word ---------------------------------------------------------------------------------------------------------


def text_of(data: bytes) -> list[str]:
    document = Document(io.BytesIO(data))
    return [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def test_a_form_holds_the_record_and_its_photo(library: Library) -> None:
    sha = photos.keep(library, photos.redraw(jpeg()))
    put(library, people(), name="示例甲", unit="示例单位", field="哲学", photo=sha, bio="一\n二")
    put(library, people(), name="示例乙")
    data, told = files.exported(library, people(), ".docx")
    cells = text_of(data)
    assert told.records == 2 and {"姓名", "示例甲", "示例乙", "示例单位", "一\n二"} <= set(cells)
    assert "☑哲学　□历史　□文学" in cells and "电话" not in cells
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert sum(name.startswith("word/media/") for name in parts.namelist()) == 1


def test_a_blank_form_has_every_field_and_boxes_to_tick(library: Library) -> None:
    cells = text_of(files.blank(people(), ".docx"))
    assert {"姓名", "电话", "备注", "□哲学　□历史　□文学", "照片"} <= set(cells)


def test_more_records_than_a_file_of_forms_holds_are_refused(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST", 1)
    put(library, people(), name="示例甲")
    put(library, people(), name="示例乙")
    with pytest.raises(UsageError, match=r"\.xlsx"):
        files.exported(library, people(), ".docx")
