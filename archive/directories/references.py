"""Values that point at something: another record, a work or passage, a photo, a place on the map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archive import urn
from archive.directories.dates import Unfit
from archive.directories.model import SLUG, Field
from archive.errors import UsageError

SYSTEMS = ("WGS84", "CGCS2000", "GCJ02")
"""Coordinate systems a checked place may be given in; GCJ02 is the one of public Chinese maps."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LINK = re.compile(r"(?P<text>[^〔〕]*)(?:〔(?P<to>[^〔〕]+)〕(?:[：:](?P<note>.*))?)?", re.S)
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d+)?")
_CHINA = (3.0, 54.0, 73.0, 136.0)
"""South, north, west, east, in degrees."""
_SHAPE = "应写作“纬度, 经度；坐标系；核对者；依据”，四项都要有。"


def read_link(raw: Any, field: Field) -> dict[str, str]:
    """`{"text", "to", "note"}`: as words, another record, and a remark, empty ones left out but `text`.

    A cell says `王夫之`, `王夫之〔experts/000012〕` or `〔places/shigu〕：停留半小时`; without a number the words stand
    for themselves: nobody guesses who is meant.

    Raises:
        Unfit: it says nothing, or points into another directory.
    """
    if isinstance(raw, Mapping):
        parts = {name: str(raw.get(name) or "").strip() for name in ("text", "to", "note")}
    else:
        found = _LINK.fullmatch(str(raw).strip())
        if found is None:
            raise Unfit(f"“{str(raw)[:40]}”的括号没有写对。写法如：王夫之〔{field.to}/000012〕。")
        parts = {name: (part or "").strip() for name, part in found.groupdict().items()}
    directory, _, slug = parts["to"].partition("/")
    if parts["to"] and (directory != field.to or not SLUG.fullmatch(slug)):
        raise Unfit(f"“{parts['to'][:60]}”不是{field.label}的条目编号。写法如 {field.to}/000012。")
    if not parts["text"] and not parts["to"]:
        raise Unfit("没有写是哪一条。")
    if parts["note"] and not parts["to"]:
        raise Unfit("附了说明，却没有写条目编号。")
    if "〔" in parts["text"] or "〕" in parts["text"]:
        raise Unfit("文字里不能有〔〕，它们用来括条目编号。")
    if any(len(part) > 500 for part in parts.values()):
        raise Unfit("太长，最多 500 个字。")
    return {name: part for name, part in parts.items() if part or name == "text"}


def show_link(value: Mapping[str, str]) -> str:
    """A link as a cell says it."""
    to = f"〔{value['to']}〕" if value.get("to") else ""
    note = f"：{value['note']}" if value.get("note") else ""
    return f"{value['text']}{to}{note}"


def link_words(value: Mapping[str, str]) -> str:
    """The words by which a link is found."""
    return f"{value['text']} {value['note']}" if "note" in value else value["text"]


def read_urn(raw: Any) -> str:
    """The URN of a work, edition or passage, in full.

    Raises:
        Unfit: it is none.
    """
    try:
        return str(urn.parse(str(raw)))
    except UsageError as error:
        raise Unfit(f"{error.what}{error.remedy}") from None


def read_photo(raw: Any) -> str:
    """The SHA-256 of a photo among the originals; photos come by form, never by sheet.

    Raises:
        Unfit: it is none.
    """
    if not _SHA256.fullmatch(str(raw)):
        raise Unfit("照片不能写在表格里，请在网页的表单上传。")
    return str(raw)


def read_coordinates(raw: Any) -> dict[str, Any]:
    """`{"lat", "lon", "system", "checked_by", "source"}`; a place nobody checked has no coordinates.

    Raises:
        Unfit: a part is missing, or the place lies outside China.
    """
    if isinstance(raw, Mapping):
        point = f"{raw.get('lat', '')},{raw.get('lon', '')}"
        rest = [str(raw.get(name) or "").strip() for name in ("system", "checked_by", "source")]
    else:
        point, *rest = (part.strip() for part in re.split("[；;]", str(raw)))
    numbers = [number.strip() for number in re.split("[,，]", point)]
    if len(numbers) != 2 or len(rest) != 3 or not all(rest):
        raise Unfit(f"坐标没有写全。{_SHAPE}")
    if not all(_NUMBER.fullmatch(number) for number in numbers):
        raise Unfit(f"“{point[:40]}”不是十进制的度数。{_SHAPE}")
    lat, lon = map(float, numbers)
    south, north, west, east = _CHINA
    if south <= lon <= north and west <= lat <= east:
        raise Unfit("经度和纬度写反了。" + _SHAPE)
    if not (south <= lat <= north and west <= lon <= east):
        raise Unfit(f"纬度 {lat}、经度 {lon} 不在中国境内。")
    system, checked_by, source = rest
    if system.upper() not in SYSTEMS:
        raise Unfit(f"不认识坐标系“{system[:20]}”。可用：{'、'.join(SYSTEMS)}。")
    if max(len(checked_by), len(source)) > 200 or re.search("[；;]", checked_by + source):
        raise Unfit("核对者和依据最多各 200 个字，其中不能有分号。")
    return {"lat": lat, "lon": lon, "system": system.upper(), "checked_by": checked_by, "source": source}


def show_coordinates(value: Mapping[str, Any]) -> str:
    """Coordinates as a cell says them."""
    return f"{value['lat']}, {value['lon']}；{value['system']}；{value['checked_by']}；{value['source']}"
