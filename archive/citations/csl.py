"""CSL-JSON in and out: what counts as a citable item, and what is wrong with one that is not.

The variables and types are those of the CSL 1.0.2 input schema. Reading is as forgiving as the schema and real
exports are (numbers for number variables, dates as text, `null` for absent), and plain about everything else:
every error names the item's number, its id and the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Protocol, TypeGuard

from archive.errors import UsageError


class _Fail(Protocol):
    """Raises for the item and place at hand."""

    def __call__(self, what: str, remedy: str = "") -> NoReturn: ...


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES = _words(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection "
    "dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case "
    "legislation manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software song speech standard "
    "thesis treaty webpage"
)
NAMES = _words(
    "author chair collection-editor compiler composer container-author contributor curator director editor "
    "editor-translator editorial-director executive-producer guest host illustrator interviewer narrator organizer "
    "original-author performer producer recipient reviewed-author script-writer series-creator translator"
)
DATES = _words("accessed available-date event-date issued original-date submitted")
# Text that real exports also write as a bare number.
NUMBERS = _words(
    "archive_location call-number chapter-number citation-number collection-number edition "
    "first-reference-note-number ISBN ISSN issue locator number number-of-pages number-of-volumes page page-first "
    "part part-number PMCID PMID printing supplement supplement-number version volume"
)
TEXTS = _words(
    "abstract annote archive archive_collection archive-place authority citation-key citation-label collection-title "
    "container-title container-title-short dimensions division DOI event event-place event-title genre "
    "journalAbbreviation jurisdiction keyword label language medium note original-publisher "
    "original-publisher-place original-title part-title publisher publisher-place references reviewed-genre "
    "reviewed-title scale section shortTitle source status title title-short URL volume-title year-suffix"
)
_NAME_PARTS = ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle")
_DEPTH = 24
_SURROGATE = re.compile("[\ud800-\udfff]")
_YEAR = re.compile(r"\s*-?[0-9]{1,4}\s*")
_NAME_REMEDY = '写成 [{"family": "王", "given": "夫之"}] 或 [{"literal": "王夫之"}]。'
_DATE_REMEDY = '写成 {"date-parts": [[2011, 5, 3]]}、{"literal": "1865（清同治四年）"} 或 "2011-05-03"。'


def load_csl(text: str, where: str) -> list[dict[str, Any]]:
    """Read CSL-JSON: a list of items, one item, or an object with an `items` list.

    Args:
        text: the whole document; a byte-order mark is forgiven.
        where: what to call the document in an error (its file name).

    Returns:
        The items, unchanged, in order.

    Raises:
        UsageError: it is not JSON, not CSL-JSON, or an item cannot be cited; names item, id and field.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"第 {error.lineno} 行第 {error.colno} 字起不是有效的 JSON。",
            where=where,
            remedy="请用文献管理软件（如 Zotero）重新导出 CSL JSON，或检查引号与逗号。",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError("不是有效的 JSON：数字过大、不是数，或括号嵌套过深。", where=where) from error
    if isinstance(data, dict):
        data = data["items"] if "items" in data and "title" not in data else [data]
    if not isinstance(data, list):
        raise UsageError(
            f"应为文献条目的列表，现为{_kind(data)}。", where=where, remedy="CSL-JSON 的写法是 [ {…}, {…} ]。"
        )
    return [checked(item, where, number) for number, item in enumerate(data, 1)]


def dump_csl(items: Iterable[Mapping[str, Any]]) -> str:
    """CSL-JSON of `items`, indented, Chinese left readable; `load_csl` gives the same items back."""
    return json.dumps([dict(item) for item in items], ensure_ascii=False, indent=2)


def checked(item: object, where: str = "", number: int = 1) -> dict[str, Any]:
    """`item` itself as a dictionary, once every field that a style may read has a type that can be read.

    Raises:
        UsageError: it cannot be cited; names the item's number, its id and the field.
    """

    def fail(what: str, remedy: str = "") -> NoReturn:
        name = item.get("id") if isinstance(item, Mapping) else None
        shown = f"（id：{_printable(name)}）" if isinstance(name, str | int | float) and name != "" else ""
        place = f"第 {number} 条{shown}"
        raise UsageError(what, where=f"{where}：{place}" if where else place, remedy=remedy)

    if not isinstance(item, Mapping):
        fail(f"文献条目应为对象，现为{_kind(item)}。", "CSL-JSON 的写法是 [ {…}, {…} ]。")
    for field, value in item.items():
        if not isinstance(field, str):
            fail("字段名应为文字。")
        _scan(field, value, fail)
        if value is None:
            continue
        if field in NAMES:
            _check_names(field, value, fail)
        elif field in DATES:
            _check_date(field, value, fail)
        elif field == "id" or field in NUMBERS:
            if not isinstance(value, str) and not _is_number(value):
                fail(f"{field} 应为文字或数字，现为{_kind(value)}。")
        elif field in TEXTS and not isinstance(value, str):
            fail(f"{field} 应为文字，现为{_kind(value)}。")
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        fail(
            "缺少 type（文献类型）。" if kind in (None, "") else f"type“{_printable(kind)}”不是 CSL 的文献类型。",
            f"可用：{'、'.join(sorted(TYPES))}。",
        )
    title = item.get("title")
    if not isinstance(title, str) or not title.strip():
        fail("缺少 title（题名）。", "没有题名的文献可自拟题名，写在方括号里，如 [致友人书]。")
    return dict(item)


def _scan(field: str, value: object, fail: _Fail) -> None:
    """Refuse lone surrogates and bottomless nesting anywhere in a field, known to CSL or not."""
    todo: list[tuple[object, int]] = [(field, 0), (value, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > _DEPTH:
            fail(f"{_printable(field)} 嵌套过深。")
        if isinstance(node, str):
            if _SURROGATE.search(node):
                fail(f"{_printable(field)} 含有不成对的代理字符（\\ud800–\\udfff），不是有效的文字。", "请重新导出。")
        elif isinstance(node, Mapping):
            todo += [(part, depth + 1) for pair in node.items() for part in pair]
        elif isinstance(node, list | tuple):
            todo += [(part, depth + 1) for part in node]
        elif isinstance(node, int | float):
            if not isinstance(node, bool) and not _is_number(node):
                fail(f"{_printable(field)} 的数字过大或不是数。")
        elif node is not None:
            fail(f"{_printable(field)} 含有 JSON 所没有的{_kind(node)}。")


def _check_names(field: str, value: object, fail: _Fail) -> None:
    if not isinstance(value, list | tuple):
        fail(f"{field} 应为责任者的列表，现为{_kind(value)}。", _NAME_REMEDY)
    for name in value:
        if not isinstance(name, Mapping):
            fail(f"{field} 中的责任者应为对象，现为{_kind(name)}。", _NAME_REMEDY)
        for part in _NAME_PARTS:
            if name.get(part) is not None and not isinstance(name[part], str):
                fail(f"{field} 的 {part} 应为文字，现为{_kind(name[part])}。", _NAME_REMEDY)


def _check_date(field: str, value: object, fail: _Fail) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, Mapping):
        fail(f"{field} 应为日期对象或文字，现为{_kind(value)}。", _DATE_REMEDY)
    for part in ("literal", "raw", "edtf"):
        if value.get(part) is not None and not isinstance(value[part], str):
            fail(f"{field} 的 {part} 应为文字，现为{_kind(value[part])}。", _DATE_REMEDY)
    if isinstance(value.get("season"), Mapping | list | tuple):
        fail(f"{field} 的 season 应为文字或数字。", _DATE_REMEDY)
    dates = value.get("date-parts")
    if dates is None:
        return
    if not isinstance(dates, list | tuple) or len(dates) > 2 or not all(isinstance(d, list | tuple) for d in dates):
        fail(f"{field} 的 date-parts 应为一个或两个日期的列表。", _DATE_REMEDY)
    for date in dates:
        numbers = date_numbers(date)
        if numbers is None:
            fail(f"{field} 的 date-parts 应为年、月、日三个以内的整数，年在 9999 以内。", _DATE_REMEDY)
        # Months 13-24 are the seasons of CSL and EDTF.
        if not all(low <= n <= high for n, (low, high) in zip(numbers[1:], ((0, 24), (0, 31)), strict=False)):
            fail(f"{field} 的月应在 1–12、日应在 1–31 之间。", _DATE_REMEDY)


def date_numbers(date: Iterable[object]) -> tuple[int, ...] | None:
    """Year, month and day of one entry of `date-parts`, up to the first that is empty; None if not numbers."""
    numbers: list[int] = []
    for part in date:
        if part is None or part == "":
            break
        written = isinstance(part, str) and _YEAR.fullmatch(part)
        if not written and not (_is_number(part) and part == int(part) and abs(part) <= 9999):
            return None
        numbers.append(int(part))  # type: ignore[call-overload]
    return tuple(numbers) if len(numbers) <= 3 else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "真假值"
    if isinstance(value, int | float):
        return "数字"
    if isinstance(value, str):
        return "文字"
    if isinstance(value, list | tuple):
        return "列表"
    return {"dict": "对象", "NoneType": "空值"}.get(type(value).__name__, "值")


def _printable(value: object) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", str(value)[:60])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
