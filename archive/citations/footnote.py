"""Page footnotes (页下注), as Chinese journals of history and philosophy print them.

王夫之：《宋论》卷一，同治四年湘乡曾国荃金陵刻本，第3页a。 Western items follow the western custom of the same journals:
author, title, place: publisher, year, p. 35.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from archive.citations.areas import strip_stop
from archive.citations.dates import Date
from archive.citations.editions import edition, edition_number, volume
from archive.citations.names import Name
from archive.citations.numerals import from_chinese, to_chinese
from archive.citations.pages import page_numbers
from archive.citations.record import Record

_JUAN = re.compile(r"(?:第\s*)?卷\s*(?:第)?\s*([^：:，,\s]+)|第\s*([^：:，,\s]+)\s*卷")
_LEAF = re.compile(r"0*([0-9]+)\s*([abAB上下左右])")
_OLD_EDITION = re.compile(r"[刻刊抄鈔钞寫写印]本|活字|石印|影印|四庫|四库|稿本|叢書本|丛书本")
_DYNASTY = re.compile(r"^(?:清|明|元|宋|金|辽|遼|唐|五代|北宋|南宋|隋|晋|晉|汉|漢)(?=\S{2,6}年)")


def render(records: Sequence[Record]) -> str:
    """Footnotes, one a line."""
    return "\n".join(note(record) for record in records)


def note(record: Record) -> str:
    """One footnote on one line, closed by 。 or, for a western item, by a full stop."""
    if record.language in ("zh", "ja", "ko"):
        form = FORMS.get(record.kind, _book)
        return "，".join(filter(None, form(record))).rstrip("。") + "。"
    return ", ".join(filter(None, _western(record))).rstrip(".") + "."


def _book(record: Record) -> list[str]:
    if _is_old(record):
        return _old_book(record)
    juan, page = _place(record)
    head = _head(record, record.names("author")[0] or record.names("editor", "compiler")[0])
    told = volume(record.text("volume"), record.language)
    number = edition_number(record.text("edition"))
    stated = f"第{number}版" if number and number > 1 else edition(record.text("edition"), record.language)
    return [head + told + (f"（{stated}）" if stated else "") + juan, *_helpers(record), *_published(record), page]


def _old_book(record: Record) -> list[str]:
    """Reign year, place, publisher and edition statement run together: 同治四年湘乡曾国荃金陵刻本."""
    statement, date = record.text("edition"), record.date("issued")
    when = _DYNASTY.sub("", date.reign or ("" if date.start else date.verbatim)) or _years(date)
    makers = (record.text("publisher"), record.text("publisher-place"))
    # A statement that dates itself is complete; anything it names already is not said twice.
    dated = bool(date) and any(told in statement for told in (when, date.year()))
    told = [] if dated else [when, *(maker for maker in makers if maker not in statement)]
    juan, page = _place(record)
    head = _head(record, record.names("author", "editor", "compiler")[0]) + juan
    return [head, *_helpers(record), "".join(told) + statement, page]


def _part(record: Record) -> list[str]:
    if not record.text("container-title"):
        return _book(record)
    author, title, place = record.names("author")[0], strip_stop(record.text("title")), _place(record)
    within = re.fullmatch(r"(.+?)\s*[：:]\s*(卷\S{1,12})", title)
    head = _head(record, author, within[1] if within else title) + (_juan(within[2]) if within else place[0])
    makers, role = record.names("container-author")[0], ""
    if not makers:
        makers, role = record.names("editor")[0], "编"
    host = _quoted(strip_stop(record.text("container-title"))) + volume(record.text("volume"), record.language)
    stated = edition(record.text("edition"), record.language)
    named = f"{_names(makers, role)}：" if makers and makers != author else ""
    published = _published(record)
    return [
        head,
        *_helpers(record, "translator"),
        f"{named}{host}{f'（{stated}）' if stated else ''}",
        *published,
        place[1],
    ]


def _article(record: Record) -> list[str]:
    date, number, issue = record.date("issued"), record.text("volume"), record.text("issue")
    told = _quoted(record.text("container-title"))
    when = f"{date.year()}年" if date.start else date.year()
    if issue:
        told += when + (issue if "期" in issue or not issue[:1].isdigit() else f"第{issue}期")
    elif number:
        told += when + (number if "卷" in number else f"第{number}卷")
    else:
        told += _day(date)
    page = _page(record.text("locator"))
    return [_head(record, record.names("author")[0]), *_helpers(record, "translator"), told, page]


def _news(record: Record) -> list[str]:
    page = re.sub(r"^第|版$", "", record.text("locator", "page"))
    paper = _quoted(record.text("container-title")) + _day(record.date("issued"))
    return [_head(record, record.names("author")[0]), paper, f"第{page}版" if page else ""]


def _thesis(record: Record) -> list[str]:
    date = record.date("issued")
    kind = record.text("genre") or "学位论文"
    return [_head(record, record.names("author")[0]), kind, record.text("publisher"), _years(date), _place(record)[1]]


def _archive(record: Record) -> list[str]:
    date = record.date("issued")
    keeper = record.text("archive", "publisher")
    where = record.text("archive_location", "call-number")
    head = _head(record, record.names("author")[0])
    return [head, date.reign or _day(date), where, f"{keeper}藏" if keeper else "", _place(record)[1]]


def _web(record: Record) -> list[str]:
    accessed = _day(record.date("accessed"))
    head = _head(record, record.names("author", "editor")[0])
    address = record.url or (f"DOI：{record.doi}" if record.doi else "")
    return [head, _day(record.date("issued")), address, f"访问日期：{accessed}" if accessed else ""]


def _standard(record: Record) -> list[str]:
    number = record.text("number", "call-number")
    head = _head(record, record.names("author")[0]) + (f"（{number}）" if number else "")
    return [head, *_published(record), _place(record)[1]]


def _other(record: Record) -> list[str]:
    if record.text("archive"):
        return _archive(record)
    return _web(record) if record.url and not record.text("publisher", "container-title") else _book(record)


def _western(record: Record) -> list[str]:
    names = [name.natural() for name in record.names("author", "editor")[0]]
    by = " and ".join(names) if len(names) < 4 else f"{names[0]} et al."
    title, host = strip_stop(record.text("title")), strip_stop(record.text("container-title"))
    date = record.date("issued")
    pages = page_numbers(record.text("locator", "page"))
    page = (f"pp. {pages}" if "-" in pages or "," in pages else f"p. {pages}") if pages[:1].isdigit() else pages
    place = ": ".join(filter(None, (record.text("publisher-place"), record.text("publisher"))))
    number, issue = record.text("volume"), record.text("issue")
    if record.kind.startswith("article-"):
        told = ", ".join(filter(None, (number and f"vol. {number}", issue and f"no. {issue}")))
        when = f" ({date.year()})" if told and date else f", {date.full()}" if date else ""
        return [by, f"“{title},” {host}" if host else f"“{title}”", (told + when).removeprefix(", "), page]
    within = f"“{title},” in {host}" if host else title
    stated = edition(record.text("edition"), "en")
    address = [] if place else [record.url or record.doi]
    accessed = record.date("accessed").full() if address and address[0] else ""
    return [
        by,
        within,
        number and f"vol. {number}",
        stated,
        place,
        date.year() if place else date.full(),
        page,
        *address,
        accessed and f"accessed {accessed}",
    ]


FORMS: dict[str, Callable[[Record], list[str]]] = {
    **dict.fromkeys(("chapter", "entry", "entry-dictionary", "entry-encyclopedia", "paper-conference"), _part),
    **dict.fromkeys(("article-journal", "article-magazine", "review", "review-book"), _article),
    **dict.fromkeys(("webpage", "post", "post-weblog", "dataset", "software", "article"), _web),
    **dict.fromkeys(("manuscript", "personal_communication"), _archive),
    **dict.fromkeys(("standard", "patent", "report"), _standard),
    **dict.fromkeys(("document", "figure", "graphic", "motion_picture", "speech", "interview", "broadcast"), _other),
    "article-newspaper": _news,
    "thesis": _thesis,
}


def _head(record: Record, makers: tuple[Name, ...], title: str = "") -> str:
    by = _names(makers)
    return (f"{by}：" if by else "") + _quoted(title or strip_stop(record.text("title")))


def _names(names: tuple[Name, ...], role: str = "") -> str:
    """Up to three names and 等, then what they did: `role`, unless a name says it itself."""
    others = "等" if len(names) > 3 else ""
    shown = "、".join(name.natural() + ("" if others else name.role) for name in names[:3])
    return shown + others + ("" if names and names[-1].role and not others else role)


def _helpers(record: Record, *roles: str) -> list[str]:
    """Editor (where there is an author) and translator after the title: 徐超译."""
    words = {"editor": "编", "translator": "译"}
    wanted = roles or (("editor", "translator") if record.names("author")[0] else ("translator",))
    return [_names(names, words[role]) for role in wanted if (names := record.names(role)[0])]


def _published(record: Record) -> list[str]:
    place = "：".join(filter(None, (record.text("publisher-place"), record.text("publisher"))))
    return [place, _years(record.date("issued"))]


def _years(date: Date) -> str:
    year = date.year("—")
    return f"{year}年" if year[-1:].isdigit() and year[:1] != "c" else year


def _day(date: Date) -> str:
    """2012年5月3日, as far as known."""
    if not date.start or date.start[0] < 0 or date.verbatim or date.end:
        return _years(date)
    units = zip(date.start, "年月日", strict=False)
    return "".join(f"{number}{unit}" for number, unit in units if number and (unit != "月" or number <= 12))


def _quoted(title: str) -> str:
    """《…》, with the book marks inside it made single."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》" if title else ""


def _is_old(record: Record) -> bool:
    """Whether the item is cited as an old book: it says so, or its edition or reign year does."""
    date = record.date("issued")
    old_date = bool(date.start) and 0 < date.start[0] < 1912
    reign = date.reign or ("" if date.start else date.verbatim)
    dated = bool(reign) and "年" in reign and not reign.startswith(("民国", "民國", "中华民国", "中華民國"))
    return (
        record.kind == "classic"
        or old_date
        or dated
        or (bool(_OLD_EDITION.search(record.text("edition"))) and not (date.start and date.start[0] > 1949))
    )


def _place(record: Record) -> tuple[str, str]:
    """The juan, in Chinese numerals, and the page: 卷三, 第12页a."""
    located = record.text("locator", "page")
    before, _, after = located.replace(":", "：").partition("：")
    if juan := _juan(before):
        return juan, _page(after)
    return "", _page(located)


def _juan(text: str) -> str:
    found = _JUAN.fullmatch(text.strip())
    if found is None:
        return ""
    told = found[1] or found[2]
    number = from_chinese(told)
    return f"卷{to_chinese(number) if number and number < 10000 else told}"


def _page(text: str) -> str:
    """第12页, 第12-15页, 第3页a; anything that is no number is kept (扉页)."""
    told = page_numbers(text)
    if leaf := _LEAF.fullmatch(told):
        return f"第{leaf[1]}页{leaf[2].lower()}"
    return f"第{told}页" if re.fullmatch(r"[0-9ivxlcIVXLC]+(?:[-,，、]\s*[0-9ivxlcIVXLC]+)*", told) else told
