"""Searching: hits, files of them, statistics, parallels, editions compared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import urn as urns
from archive.errors import UsageError
from commands.context import Context, command, finder_of, library_of, write
from console import ChineseCommand

if TYPE_CHECKING:
    from archive.library import Library
    from search.answer import Scope
    from search.statistics.analyses import Result


ORDER = click.option(
    "--order", default="place", show_default=True, metavar="次序", help="place、relevance、date、left 或 right。"
)


WIDTH = click.option("--width", type=click.IntRange(0, 200), help="命中前后各多少字。")


# A scope from options, by the names that its fields have in `search.answer.Scope`.
_SCOPE = {
    "works": ("--work", "著作", "只在这部著作里，可写多次。"),
    "editions": ("--edition", "版本", "只在这个版本里（URN），可写多次。"),
    "authors": ("--author", "著者", "只在这位著者的书里，可写多次。"),
    "categories": ("--category", "分类", "只在这一类里，如 史部，可写多次。"),
    "collections": ("--collection", "丛集", "只在这个丛集里，可写多次。"),
    "periods": ("--period", "时代", "只在这个时代的书里，可写多次。"),
    "genres": ("--genre", "体裁", "只在这种体裁里，可写多次。"),
    "layers": ("--layer", "层", "只算正文（text）或注（notes）里的命中。"),
}


def scoped(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a scope and, for them, one argument `scope`."""

    @wraps(function)
    def wrapped(**values: Any) -> None:
        from search.answer import Scope

        chosen = {name: values.pop(name) for name in _SCOPE}
        return function(scope=Scope(**chosen), **values)

    for name, (option, metavar, told) in reversed(_SCOPE.items()):
        wrapped = click.option(option, name, multiple=True, metavar=metavar, help=told)(wrapped)
    return wrapped


def _known(library: Library, scope: Scope) -> None:
    """Refuse a scope that names what no work has: to find nothing there would be no answer.

    Raises:
        UsageError, NotFound: with what there is.
    """
    from search.statistics.facets import FACETS, LAYERS

    works = library.works()
    for name, (option, label, _) in _SCOPE.items():
        by = FACETS.get(option.removeprefix("--"))
        there = sorted({by.value(work) for work in works} - {""}) if by else list(LAYERS)
        for value in getattr(scope, name):
            if name == "editions":
                library.edition(urns.parse(value))
            elif value not in there:
                raise UsageError(f"没有{label}“{value[:40]}”。", remedy=f"可用：{'、'.join(there[:20])}。")


TABLE = click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="存为 .csv、.xlsx 或 .json。")


@click.command(cls=ChineseCommand, help="检索全文。")
@click.argument("query")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="第几页。")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True, help="每页多少条。")
@ORDER
@WIDTH
@scoped
@command
def search(context: Context, query: str, page: int, size: int, order: str, width: int | None, scope: Scope) -> None:
    """Find a string, whatever its script, variants, punctuation and line breaks."""
    from search import telling
    from search.across import across
    from search.fallback.otherwise import otherwise
    from search.statistics.arrange import order_named

    sort, width = order_named(order), context.width(width)
    with finder_of(context) as (library, finder):
        _known(library, scope)
        answer = finder.find(query, page=page, size=size, width=width, order=sort, scope=scope)
        crossing = across(library, query, staff=True, size=size, width=width, scope=scope)
        nothing = not answer.hits and not crossing.count
        instead = otherwise(finder, query, scope=scope, width=width) if nothing else None
    document = {**answer.as_json(), "across": crossing.as_json(), "otherwise": instead and instead.as_json()}
    context.answer(document, lambda: "\n".join([*telling.answer(document), *(instead.lines() if instead else ())]))


@click.command(cls=ChineseCommand, help="导出一次检索的全部命中，一处一行，附引文与编号。")
@click.argument("query")
@click.option(
    "--to", type=click.Path(path_type=Path), required=True, metavar="文件", help="存为 .csv、.xlsx 或 .json。"
)
@ORDER
@WIDTH
@scoped
@click.option("--style", metavar="格式", help="引文格式：gbt7714-2025、gbt7714-2015 或 footnote。")
@command
def export(
    context: Context, query: str, to: Path, order: str, width: int | None, scope: Scope, style: str | None
) -> None:
    """Write all hits into a file."""
    from search import files
    from search.statistics.arrange import order_named
    from search.statistics.export import FORMATS, Export, style_named

    kind, sort = files.of_file(FORMATS, to.name), order_named(order)
    style = style_named(style, context.config.citation.style)
    with finder_of(context) as (library, finder):
        _known(library, scope)
        found = finder.found(query, scope)
        hits = Export(found, sort, context.width(width), style, context.config.site.base_url)
        write(to, kind.chunks(hits))
    context.answer({"file": str(to), **hits.about()}, lambda: f"已存入 {to}，共 {found.hits:,} 处。")


@click.command(cls=ChineseCommand, help="统计一次检索的全部命中：分布、分面、搭配、字形。")
@click.argument("query")
@click.option(
    "--by",
    default="works",
    show_default=True,
    metavar="统计",
    help="works、sections、periods、centuries、collocates、forms 或 facets。",
)
@click.option("--depth", type=click.IntRange(1), metavar="层", help="章节取第几层。")
@click.option("--window", default=5, show_default=True, help="搭配：前后各看多少字。")
@click.option("--length", default=1, show_default=True, help="搭配：一字或二字。")
@click.option("--minimum", default=2, show_default=True, help="搭配：至少多少次。")
@click.option("--sort", default="likelihood", show_default=True, metavar="次序", help="搭配：likelihood 或 count。")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="搭配、字形列出多少条。")
@scoped
@TABLE
@command
def stats(context: Context, query: str, by: str, scope: Scope, to: Path | None, **options: Any) -> None:
    """Analyse all hits."""
    from search import telling
    from search.statistics.analyses import Options, statistic

    with finder_of(context) as (library, finder):
        _known(library, scope)
        found = finder.found(query, scope)
        result = statistic(found, by, Options(work=scope.works[0] if len(scope.works) == 1 else "", **options))
        about = {"query": query, "by": by, "passages": found.passages, "hits": found.hits, "change": found.bank.number}
        _result(context, result, to, about, telling.found(found))


@click.command(cls=ChineseCommand, help="词频对照：几个检索式并排，看各部著作、各时代、各世纪。")
@click.argument("queries", nargs=-1, required=True, metavar="检索式…")
@click.option("--by", default="work", show_default=True, metavar="归并", help="work、period 或 century。")
@scoped
@TABLE
@command
def frequencies(context: Context, queries: tuple[str, ...], by: str, scope: Scope, to: Path | None) -> None:
    """Set queries side by side."""
    from search.statistics.distribution import grouping_named
    from search.statistics.frequencies import frequencies as compared

    grouping = grouping_named(by)
    with finder_of(context) as (library, finder):
        _known(library, scope)
        found = [finder.found(query, scope) for query in queries]
        _result(context, compared(found, grouping), to, {"by": by, "change": found[0].bank.number})


@click.command(cls=ChineseCommand, help="对勘：把几个版本与底本逐段比较，分类列出差异。")
@click.argument("base", metavar="底本")
@click.argument("witnesses", nargs=-1, required=True, metavar="校本…")
@click.option("--section", metavar="章", help="只比较底本的这一章，如 3.2。")
@click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="存为 .csv、.xlsx、.json 或 .xml（TEI）。")
@command
def compare(context: Context, base: str, witnesses: tuple[str, ...], section: str | None, to: Path | None) -> None:
    """Compare editions with a base."""
    from search import files
    from search.compare import export
    from search.compare.collate import collate
    from search.compare.model import DEFAULT_KINDS

    kind = files.of_file(export.FORMATS, to.name) if to else None
    with library_of(context) as library:
        found = collate(library, urns.parse(base), [urns.parse(one) for one in witnesses], section, staff=True)
    if to and kind:
        write(to, kind.chunks(found, DEFAULT_KINDS))
        counts = {pair.witness.urn: dict(pair.counts) for pair in found.pairs}
        context.answer({"file": str(to), "counts": counts}, lambda: f"已存入 {to}。")
    else:
        context.answer(found.as_json(), lambda: "\n".join(export.as_lines(found)))


@click.command(cls=ChineseCommand, help="互见：一段、一章或一部书的文字还见于库中何处，异同逐字标出。")
@click.argument("urn")
@click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="全部存为 .csv、.xlsx 或 .json。")
@click.option("--order", default="weight", show_default=True, metavar="次序", help="place、weight 或 date。")
@click.option("--all", "light", is_flag=True, help="连套语（年月、数目、官衔等）一并列出。")
@click.option("--size", type=click.IntRange(0), default=20, show_default=True, help="屏幕上列出多少处。")
@command
def parallels(context: Context, urn: str, to: Path | None, order: str, light: bool, size: int) -> None:
    """Find where else the library has the words of a text."""
    from search import files
    from search.parallels import table as tables
    from search.parallels.parallel import order_named
    from search.parallels.parallel import parallels as find

    sort, kind = order_named(order), files.of_file(tables.FORMATS, to.name) if to else None
    with library_of(context) as library:
        with click.progressbar(length=1000, label="比对", file=sys.stderr) as bar:
            found = find(library, urns.parse(urn), staff=True, step=lambda part: bar.update(int(part * 1000) - bar.pos))
        which = found.which(light=light, order=sort)
        if to and kind:
            write(to, kind.chunks(library, found, which))
            context.answer({"file": str(to), **found.about(which)}, lambda: f"已存入 {to}，共 {len(which):,} 处。")
        elif context.as_json:
            context.answer(found.as_json(library, which), str)
        else:
            context.answer(None, lambda: "\n".join(tables.lines(library, found, which, size)))


def _result(context: Context, result: Result, to: Path | None, about: dict[str, Any], title: str = "") -> None:
    """Print an analysis, or write it into a file."""
    from search import files
    from search.statistics.analyses import FORMATS

    if to:
        write(to, files.of_file(FORMATS, to.name).chunks(result))
        context.answer({"file": str(to), **about}, lambda: f"已存入 {to}。")
    else:
        lines = filter(None, (title, *result.as_table().lines()))
        context.answer({**about, "result": result.as_json()}, lambda: "\n".join(lines))


COMMANDS = (search, export, stats, frequencies, compare, parallels)
