"""How fast directories take sheets in, list, search and show records: 50,000 experts and 200,000 achievements.

All of them are generated, and every one says so: 示例.

python -m bench directories, or, for other numbers: python -m bench.bench_directories [--experts N] [--achievements N]
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import quote

from openpyxl import Workbook, load_workbook

from archive.config import Config
from archive.directories import links, public, registry, sheets, store
from archive.directories.importing import Import
from archive.directories.model import Directory, Key
from archive.directories.plans import Report
from archive.directories.store import Edit
from archive.library import Library
from archive.writer import writing
from search.records.cabinet import cabinet
from search.records.duplicates import Likeness
from search.records.finding import find
from web import create_app

EXPERTS, ACHIEVEMENTS = 50_000, 200_000
LOOKS = 400
"""Times each thing is measured."""

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "衡阳石鼓回雁蒸湘耒水南岳祝融紫盖云密芙蓉天柱东洲西湖朱陵青草岣嵝嘉树明德文博学思正清和敏行远志诚"
_TOPICS = (
    "船山学",
    "湖湘文化",
    "南岳文化",
    "乡村振兴",
    "基层治理",
    "县域经济",
    "地方财政",
    "非遗保护",
    "红色资源",
    "文旅融合",
    "语文教育",
    "方言调查",
)
_DOINGS = (
    "研究",
    "的历史考察",
    "路径探析",
    "的现状与对策",
    "述论",
    "的传承与创新",
    "调查报告",
    "的理论与实践",
    "文献整理",
    "评价体系构建",
)
_WHERE = (
    "衡阳市",
    "湘南地区",
    "雁峰区",
    "南岳区",
    "耒阳市",
    "常宁市",
    "祁东县",
    "衡东县",
    "衡山县",
    "衡南县",
    "新时代",
    "明清时期",
)
_ABOUT = (
    "本文为测速所生成的示例文字，并非真实的成果。以衡阳为例，梳理问题的由来，比较各家的说法，"
    "就材料与方法略作说明，并对后续工作提出几点设想。"
)


def report(folder: Path, experts: int = EXPERTS, achievements: int = ACHIEVEMENTS) -> Iterator[str]:
    """The tables, from an empty library in `folder`."""
    chance = random.Random(20)
    units = [f"示例单位{number:03}" for number in range(300)]
    place = folder / "directories"
    with Library.create(place) as library:
        known = registry.proposed(library)
        people, works = known["experts"], known["achievements"]
        names = list(_names(chance, experts))
        _write_xlsx(folder / "experts.xlsx", _experts(chance, people, names, units))
        _write_csv(folder / "achievements.csv", _achievements(chance, works, names, units, achievements))
        yield f"## 名录：{experts:,} 位专家、{achievements:,} 项成果，均为生成的示例"
        yield ""
        yield "| 导入（校验、查重、写库在内） | 行 | 秒 | 行／秒 |"
        yield "| --- | --- | --- | --- |"
        for directory, path in ((people, folder / "experts.xlsx"), (works, folder / "achievements.csv")):
            seconds, told = _imported(library, directory, path)
            rows = told.counts.total()
            assert told.counts["added"] > rows * 0.9, told.counts
            yield _rate(f"{directory.label}，{path.suffix}", rows, seconds)
            _publish_all(library, directory)
        yield _rate("对照：openpyxl 只读 .xlsx，不校验、不写库", experts + 1, _only_read(folder / "experts.xlsx"))
        yield ""
        yield f"| {LOOKS} 次，毫秒 | 中位 | p95 | 最慢 |"
        yield "| --- | --- | --- | --- |"
        for name, times in _looks(library, chance, people, works, names):
            yield _row(name, times)
        for name, times in _pages(place, library, chance, names):
            yield _row(name, times)
        yield _row("对照：SQLite 逐条找一个词并计数，不折异体、不计筛选", _by_like(library, chance))
        yield ""
        start = time.perf_counter()
        for directory in (people, works):
            cabinet(library, directory)
        again = time.perf_counter() - start
        caught_up = _caught_up(library, people)
        yield f"改动一条之后，检索跟上用 {1000 * caught_up:.0f} 毫秒（无改动时 {1000 * again:.1f} 毫秒）。"


def _rate(name: str, rows: int, seconds: float) -> str:
    return f"| {name} | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} |"


def _row(name: str, times: Sequence[float]) -> str:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"| {name} | {median(ordered):.1f} | {p95:.1f} | {ordered[-1]:.1f} |"


def _looks(
    library: Library, chance: random.Random, people: Directory, works: Directory, names: Sequence[str]
) -> Iterator[tuple[str, list[float]]]:
    start = time.perf_counter()
    for directory in (people, works):
        cabinet(library, directory)
    yield "第一次打开：两个名录读入内存（一次）", [1000 * (time.perf_counter() - start)]
    kinds, years, fields = works.by_key["kind"].vocabulary, range(1990, 2026), works.by_key["discipline"].vocabulary

    def narrowed() -> dict[str, list[str]]:
        choices = {"kind": kinds, "year": list(map(str, years)), "discipline": fields}
        keys = chance.sample(sorted(choices), chance.randrange(4))
        return {key: [chance.choice(choices[key])] for key in keys}

    yield (
        "列表与各项筛选计数（成果）",
        _timed(lambda: find(library, works, "", narrowed(), page=chance.randrange(1, 200))),
    )
    yield "检索：题名、作者、全文、拼音、字段（成果）", _timed(lambda: find(library, works, _words(chance, names)))
    yield "检索（专家）", _timed(lambda: find(library, people, _words(chance, names).replace("作者:", "姓名:")))
    slugs = [row[0] for row in library.db.execute("SELECT slug FROM record WHERE directory = 'experts' LIMIT 5000")]

    def page() -> None:
        key = Key("experts", chance.choice(slugs))
        record = public.record(library, people, key.slug)
        pointing = links.incoming(library, key)
        links.together(library, "achievements", "authors", of=key)
        links.titles(library, [link["to"] for link in record.values.get("achievements", []) if "to" in link])
        assert record.title and isinstance(pointing, list)

    yield "一条的页面所需：内容、两头的链接、合作者", _timed(page)


def _pages(
    place: Path, library: Library, chance: random.Random, names: Sequence[str]
) -> Iterator[tuple[str, list[float]]]:
    """Whole pages of the site, from the address to the last byte of HTML, without the network."""
    visitor = create_app(Config(), place).test_client()
    slugs = {
        name: [row[0] for row in library.db.execute(f"SELECT slug FROM record WHERE directory = '{name}' LIMIT 5000")]
        for name in ("experts", "achievements")
    }
    addresses: dict[str, Callable[[], str]] = {
        "网页：列表与筛选（成果）": lambda: f"/d/achievements/?year={chance.randrange(1990, 2026)}",
        "网页：翻页的列表（成果）": lambda: f"/d/achievements/?page={chance.randrange(1, 200)}",
        "网页：检索（成果）": lambda: f"/d/achievements/?q={quote(_words(chance, names))}",
        "网页：一位专家": lambda: f"/d/experts/{chance.choice(slugs['experts'])}",
        "网页：一项成果": lambda: f"/d/achievements/{chance.choice(slugs['achievements'])}",
        "网页：统计（成果）": lambda: "/d/achievements/?view=stats",
    }

    def visit(address: Callable[[], str]) -> None:
        assert visitor.get(address()).status_code == 200

    for name, address in addresses.items():
        visit(address)
        yield name, _timed(partial(visit, address))


def _words(chance: random.Random, names: Sequence[str]) -> str:
    """What somebody may look for: a name, a topic, one character, words of the abstract, a field, pinyin."""
    name = chance.choice(names).removesuffix("（示例）")
    topic, doing, where = chance.choice(_TOPICS), chance.choice(_DOINGS), chance.choice(_WHERE)
    at = chance.randrange(len(_ABOUT) - 4)
    asked = (
        name,
        topic,
        f"{where} {topic}",
        topic[:2],
        chance.choice("学衡研湘"),
        _ABOUT[at : at + 4],
        f"作者:{name}",
    )
    return chance.choice((*asked, doing, f"{topic} -{where}", chance.choice(("wfz", "wang", "zhangheng", "ls"))))


def _by_like(library: Library, chance: random.Random) -> list[float]:
    sql = "SELECT count(*) FROM record_version WHERE instr(fields, ?)"
    return _timed(lambda: library.db.execute(sql, [chance.choice(_TOPICS)]).fetchone(), 20)


def _timed(look: Callable[[], object], times_asked: int = LOOKS) -> list[float]:
    times = []
    for _ in range(times_asked):
        start = time.perf_counter()
        look()
        times.append(1000 * (time.perf_counter() - start))
    return times


def _imported(library: Library, directory: Directory, path: Path) -> tuple[float, Report]:
    start = time.perf_counter()
    sheet = sheets.open_sheet(path)
    told = Import(library, directory, sheet, Likeness.of(library, directory)).run(Edit("bench", "测速", path.name))
    return time.perf_counter() - start, told


def _only_read(path: Path) -> float:
    start = time.perf_counter()
    rows = sum(1 for _ in load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True))
    assert rows
    return time.perf_counter() - start


def _publish_all(library: Library, directory: Directory) -> None:
    sql = "SELECT id, version FROM record WHERE directory = ?"
    with writing(library):
        store.publish_many(library, library.db.execute(sql, [directory.id]).fetchall())


def _caught_up(library: Library, directory: Directory) -> float:
    id_, slug = library.db.execute("SELECT id, slug FROM record WHERE directory = ?", [directory.id]).fetchone()
    with writing(library):
        store.publish_many(library, [(id_, 1)])
    start = time.perf_counter()
    assert cabinet(library, directory).ids[-1] == id_, slug
    return time.perf_counter() - start


def _names(chance: random.Random, many: int) -> Iterator[str]:
    for _ in range(many):
        yield f"{chance.choice(_SURNAMES)}{''.join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))}（示例）"


def _experts(
    chance: random.Random, directory: Directory, names: Sequence[str], units: Sequence[str]
) -> Iterator[list[str]]:
    fields = directory.by_key
    yield ["姓名", "性别", "出生年月", "单位", "职务职称", "学科", "研究方向", "学历", "荣誉", "联系电话", "简介"]
    for number, name in enumerate(names):
        yield [
            name,
            chance.choice("男女"),
            f"{chance.randrange(1950, 2000)}年{chance.randrange(1, 13)}月",
            chance.choice(units),
            chance.choice(("教授", "副教授", "研究员", "讲师")),
            chance.choice(fields["discipline"].vocabulary),
            "；".join(chance.sample(_TOPICS, 2)),
            chance.choice(fields["degree"].vocabulary),
            "示例荣誉（第三届）",
            f"0734-{number:07}",
            f"示例：{_ABOUT}",
        ]


def _achievements(
    chance: random.Random, directory: Directory, names: Sequence[str], units: Sequence[str], many: int
) -> Iterator[list[str]]:
    fields = directory.by_key
    yield ["题名", "作者", "类型", "学科", "年份", "完成单位", "出版或发表", "获奖等级", "摘要"]
    for number in range(many):
        authors = []
        for _ in range(chance.choice((1, 1, 2, 3))):
            one = chance.randrange(len(names))
            authors.append(f"{names[one]}〔experts/{one + 1:06}〕")
        yield [
            f"{chance.choice(_WHERE)}{chance.choice(_TOPICS)}{chance.choice(_DOINGS)}（示例{number}）",
            "、".join(authors),
            chance.choice(fields["kind"].vocabulary),
            chance.choice(fields["discipline"].vocabulary),
            str(chance.randrange(1990, 2026)),
            chance.choice(units),
            "《示例学刊》",
            chance.choice(("", "", "一等奖", "二等奖", "三等奖")),
            f"{_ABOUT}{chance.choice(_TOPICS)}",
        ]


def _write_xlsx(path: Path, rows: Iterator[list[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("示例")
    for row in rows:
        sheet.append(row)
    book.save(path)


def _write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def main() -> None:
    """Measure on a fresh library, and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--experts", type=int, default=EXPERTS)
    options.add_argument("--achievements", type=int, default=ACHIEVEMENTS)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in report(Path(folder), asked.experts, asked.achievements):
            print(line, flush=True)


if __name__ == "__main__":
    main()
