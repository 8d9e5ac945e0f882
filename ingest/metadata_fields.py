"""Everything metadata may say of a work and its edition: one literal table, read by work.yaml and catalogues alike.

Keys are English (`edition.slug`), and every one has Chinese names that mean the same; `docs/work-yaml.md` explains
them to users, and a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Literal

from archive.model import Edition, Rights, Work
from archive.urn import SLUG, WORK_ID, Urn
from ingest.readers.encoding import ENCODINGS

Kind = Literal["text", "id", "slug", "year", "flag", "choice", "list", "files", "names", "date"]


@dataclass(frozen=True, slots=True)
class WorkMeta:
    """What the metadata says of one edition of one work; fields as in `archive.model`.

    `slug` is the edition's part of the URN. `citation` is a CSL-JSON item without title and author. `files` are
    patterns relative to the metadata's folder, empty for every text in it; `style` and `encoding` tell how to read
    them.
    """

    id: str
    title: str
    slug: str
    label: str
    author: str = ""
    dynasty: str = ""
    category: str = ""
    collection: str = ""
    period: str = ""
    genre: str = ""
    year_from: int | None = None
    year_to: int | None = None
    language: str = "zh"
    script: str = ""
    vertical: bool = False
    subjects: tuple[str, ...] = ()
    abstract: str = ""
    statement: str = ""
    series: str = ""
    rights: Rights = field(default_factory=Rights)
    citation: Mapping[str, Any] = field(default_factory=dict)
    style: str = "auto"
    files: tuple[str, ...] = ()
    encoding: str = ""

    @property
    def work(self) -> Work:
        """The work, as the archive holds it."""
        return Work(
            id=self.id,
            title=self.title,
            author=self.author,
            dynasty=self.dynasty,
            category=self.category,
            collection=self.collection,
            period=self.period,
            genre=self.genre,
            year_from=self.year_from,
            year_to=self.year_to,
            language=self.language,
            subjects=self.subjects,
            abstract=self.abstract,
        )

    @property
    def edition(self) -> Edition:
        """The edition, as the archive holds it, not yet stored (id 0)."""
        return Edition(
            id=0,
            urn=str(Urn(self.id, self.slug)),
            work_id=self.id,
            label=self.label,
            statement=self.statement,
            series=self.series,
            script=self.script,
            vertical=self.vertical,
            rights=self.rights,
            citation=self.citation,
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One thing metadata may say. `names` are its Chinese names, the first of which is shown in messages."""

    key: str
    names: tuple[str, ...]
    kind: Kind = "text"
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Key and name, as messages call it."""
        return f"{self.key}（{self.names[0]}）"


_RIGHTS = {
    "public": ("公开",),
    "snippet": ("片段", "仅检索"),
    "staff": ("内部", "不公开"),
}
_SCRIPTS = {"Hant": ("繁体", "繁體"), "Hans": ("简体", "簡體")}
_STYLES = {"auto": ("自动",), "yulu": ("语录", "語錄"), "verse": ("诗", "诗文", "詩"), "prose": ("文", "散文")}
_TYPES = {
    "book": ("图书", "专著"),
    "classic": ("古籍",),
    "chapter": ("析出文献", "文集篇章"),
    "article-journal": ("期刊文章", "论文"),
    "article-newspaper": ("报纸文章",),
    "thesis": ("学位论文",),
    "report": ("报告",),
    "manuscript": ("手稿",),
    "webpage": ("网页",),
    "document": ("档案",),
}

# Sub-tables of work.yaml and their Chinese names.
GROUPS: dict[str, tuple[str, ...]] = {"edition": ("版本",), "rights": ("权限", "权利"), "citation": ("引用", "著录")}

FIELDS: tuple[Field, ...] = (
    Field("id", ("著作编号", "编号"), "id", required=True),
    Field("title", ("书名", "题名", "篇名"), required=True),
    Field("author", ("作者", "著者", "责任者")),
    Field("dynasty", ("朝代",)),
    Field("category", ("类", "部类", "分类")),
    Field("collection", ("专藏", "丛集")),
    Field("period", ("时代", "时期")),
    Field("genre", ("体裁", "文体")),
    Field("year_from", ("起年", "成书年"), "year"),
    Field("year_to", ("止年",), "year"),
    Field("language", ("语言", "语种")),
    Field("script", ("字体", "繁简"), "choice", choices=_SCRIPTS),
    Field("vertical", ("竖排",), "flag"),
    Field("subjects", ("主题", "主题词", "关键词"), "list"),
    Field("abstract", ("提要", "摘要")),
    Field("style", ("分段方式", "文本类型"), "choice", choices=_STYLES),
    Field("files", ("文件", "文件名"), "files"),
    Field("encoding", ("编码",), "choice", choices=dict.fromkeys(ENCODINGS, ())),
    Field("edition.slug", ("版本代号",), "slug", required=True),
    Field("edition.label", ("版本名", "版本名称"), required=True),
    Field("edition.statement", ("版本说明", "版本项")),
    Field("edition.series", ("丛书", "丛书名")),
    Field("rights.text", ("正文权限",), "choice", choices=_RIGHTS),
    Field("rights.punctuation", ("标点权限",), "choice", choices=_RIGHTS),
    Field("rights.notes", ("注释权限", "夹注权限"), "choice", choices=_RIGHTS),
    Field("rights.scans", ("书影权限", "扫描权限"), "choice", choices=_RIGHTS),
    Field("citation.type", ("文献类型",), "choice", choices=_TYPES),
    Field("citation.publisher", ("出版者", "出版社", "刊刻者")),
    Field("citation.publisher-place", ("出版地", "刊刻地")),
    Field("citation.issued", ("出版年", "出版日期", "刊刻年"), "date"),
    Field("citation.edition", ("版次",)),
    Field("citation.editor", ("编者", "点校者", "整理者"), "names"),
    Field("citation.translator", ("译者",), "names"),
    Field("citation.compiler", ("纂者", "辑者"), "names"),
    Field("citation.container-title", ("所在书刊", "刊名", "所在文集")),
    Field("citation.container-author", ("所在书作者", "文集作者"), "names"),
    Field("citation.collection-title", ("丛书题名",)),
    Field("citation.collection-number", ("丛书号",)),
    Field("citation.volume", ("册", "册次", "年卷")),
    Field("citation.number-of-volumes", ("总册数",)),
    Field("citation.issue", ("期",)),
    Field("citation.page", ("页码", "起止页")),
    Field("citation.genre", ("学位或报告类别",)),
    Field("citation.ISBN", ("书号",)),
    Field("citation.ISSN", ("刊号",)),
    Field("citation.DOI", ("DOI号",)),
    Field("citation.URL", ("网址", "链接")),
    Field("citation.accessed", ("引用日期", "访问日期"), "date"),
    Field("citation.archive", ("藏所", "收藏单位")),
    Field("citation.call-number", ("索书号", "馆藏号")),
    Field("citation.note", ("附注",)),
)

BY_KEY: dict[str, Field] = {one.key: one for one in FIELDS}
BY_NAME: dict[str, Field] = {name: one for one in FIELDS for name in one.names}
REQUIRED: tuple[Field, ...] = tuple(one for one in FIELDS if one.required)


class Unfit(ValueError):
    """A value that its field cannot take; the message says what it could be."""


def parse(field_: Field, values: Sequence[str]) -> Any:
    """The value of a field from what was written: one string, or several for a list.

    Raises:
        Unfit: see there.
    """
    return _PARSERS[field_.kind](field_, values)


def missing(values: Mapping[str, Any]) -> str:
    """What is required and not there, as one Chinese sentence; empty if nothing is."""
    lacking = [one.shown for one in REQUIRED if one.key not in values]
    return f"缺少 {'、'.join(lacking)}。" if lacking else ""


def build(values: Mapping[str, Any]) -> WorkMeta:
    """The metadata from parsed values by key; nothing required is missing.

    Raises:
        Unfit: the years run backwards.
    """
    first, last = values.get("year_from"), values.get("year_to")
    if first is not None and last is not None and first > last:
        raise Unfit(f"year_from（{first}）晚于 year_to（{last}）。")
    groups: dict[str, dict[str, Any]] = {"": {}, **{group: {} for group in GROUPS}}
    for key, value in values.items():
        group, _, name = key.rpartition(".")
        groups[group][name] = value
    return WorkMeta(**groups[""], **groups["edition"], rights=Rights(**groups["rights"]), citation=groups["citation"])


def _single(field_: Field, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise Unfit("应为一个值，不是列表。")
    return values[0].strip()


def _text(field_: Field, values: Sequence[str]) -> str:
    text = _single(field_, values)
    if bad := re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        raise Unfit(f"含有控制字符 U+{ord(bad[0]):04X}。")
    return text


def _id(field_: Field, values: Sequence[str]) -> str:
    text = _single(field_, values)
    if not WORK_ID.fullmatch(text):
        raise Unfit(f"“{text[:40]}”不合写法，应为“作者.著作”，只用小写拉丁字母、数字、- 和 _，如 wangfuzhi.songlun。")
    return text


def _slug(field_: Field, values: Sequence[str]) -> str:
    text = _single(field_, values)
    if not SLUG.fullmatch(text):
        raise Unfit(f"“{text[:40]}”不合写法，只用小写拉丁字母、数字、- 和 _，如 wyg、jinling1865。")
    return text


def _year(field_: Field, values: Sequence[str]) -> int:
    """A year, or that of a date such as 1619-10-07."""
    text = _single(field_, values)
    year = re.fullmatch(r"(-?[0-9]{1,4})(?:-[0-9]{1,2}){0,2}", text)
    if year is None:
        raise Unfit(f"“{text[:40]}”不是公元年份，应为整数，如 1619；公元前写负数。")
    return int(year[1])


_FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def _flag(field_: Field, values: Sequence[str]) -> bool:
    text = _single(field_, values)
    if text.lower() not in _FLAGS:
        raise Unfit(f"“{text[:40]}”不可用，可用：是、否（true、false）。")
    return _FLAGS[text.lower()]


def _choice(field_: Field, values: Sequence[str]) -> str:
    text = _single(field_, values)
    for choice, names in field_.choices.items():
        if text.lower() == choice.lower() or text in names:
            return choice
    valid = "、".join(f"{choice}（{names[0]}）" if names else choice for choice, names in field_.choices.items())
    raise Unfit(f"“{text[:40]}”不可用，可用：{valid}。")


def _many(values: Sequence[str], separators: str) -> tuple[str, ...]:
    """Several values; one string is taken apart at its separators."""
    parts = re.split(separators, values[0]) if len(values) == 1 else values
    return tuple(part.strip() for part in parts if part.strip())


def _files(field_: Field, values: Sequence[str]) -> tuple[str, ...]:
    patterns = _many(values, r"[；;\n]")
    for pattern in patterns:
        path = PurePosixPath(pattern.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or PureWindowsPath(pattern).drive or "\0" in pattern:
            raise Unfit(f"“{pattern[:80]}”须在同一文件夹之内，不能用 .. 或绝对路径。")
    return patterns


def _names(field_: Field, values: Sequence[str]) -> list[dict[str, str]]:
    return [{"literal": name} for name in _many(values, "[；;、\n]")]


def _date(field_: Field, values: Sequence[str]) -> dict[str, Any]:
    """A CSL date: parts of `2011-05-03`, `2011-05`, `2011`; anything else (`1865（清同治四年）`) literally."""
    text = _single(field_, values)
    plain = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?", text)
    return {"date-parts": [[int(part) for part in plain.groups() if part]]} if plain else {"literal": text}


_PARSERS: dict[Kind, Callable[[Field, Sequence[str]], Any]] = {
    "text": _text,
    "id": _id,
    "slug": _slug,
    "year": _year,
    "flag": _flag,
    "choice": _choice,
    "list": lambda field_, values: _many(values, "[；;、，,\n]"),
    "files": _files,
    "names": _names,
    "date": _date,
}
