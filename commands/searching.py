"""Searching: hits, files of them, statistics, parallels, editions compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import urn as urns
from commands.context import Context, command, finder_of, library_of, write
from console import ChineseCommand

if TYPE_CHECKING:
    from search.statistics.analyses import Result


ORDER = click.option(
    "--order", default="place", show_default=True, metavar="次序", help="place、relevance、date、left 或 right。"
)


WIDTH = click.option("--width", type=click.IntRange(0, 200), help="命中前后各多少字。")


WORK = click.option("--work", multiple=True, metavar="著作", help="只在这部著作里，可写多次。")


TABLE = click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="存为 .csv、.xlsx 或 .json。")


@click.command(cls=ChineseCommand, help="检索全文。")
@click.argument("query")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="第几页。")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True, help="每页多少条。")
@ORDER
@WIDTH
@WORK
@command
def search(
    context: Context, query: str, page: int, size: int, order: str, width: int | None, work: tuple[str, ...]
) -> None:
    """Find a string, whatever its script, variants, punctuation and line breaks."""
    from search import telling
    from search.across import across
    from search.answer import Scope
    from search.fallback.otherwise import otherwise
    from search.statistics.arrange import order_named

    scope, sort, width = Scope(works=work), order_named(order), context.width(width)
    with finder_of(context) as (library, finder):
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
@WORK
@click.option("--style", metavar="格式", help="引文格式：gbt7714-2025、gbt7714-2015 或 footnote。")
@command
def export(
    context: Context, query: str, to: Path, order: str, width: int | None, work: tuple[str, ...], style: str | None
) -> None:
    """Write all hits into a file."""
    from search import files
    from search.answer import Scope
    from search.statistics.arrange import order_named
    from search.statistics.export import FORMATS, Export, style_named

    kind, sort = files.of_file(FORMATS, to.name), order_named(order)
    style = style_named(style, context.config.citation.style)
    with finder_of(context) as (_, finder):
        found = finder.found(query, Scope(works=work))
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
@WORK
@TABLE
@command
def stats(context: Context, query: str, by: str, work: tuple[str, ...], to: Path | None, **options: Any) -> None:
    """Analyse all hits."""
    from search import telling
    from search.answer import Scope
    from search.statistics.analyses import Options, statistic

    with finder_of(context) as (_, finder):
        found = finder.found(query, Scope(works=work))
        result = statistic(found, by, Options(work=work[0] if len(work) == 1 else "", **options))
        about = {"query": query, "by": by, "passages": found.passages, "hits": found.hits, "change": found.bank.number}
        _result(context, result, to, about, telling.found(found))


@click.command(cls=ChineseCommand, help="词频对照：几个检索式并排，看各部著作、各时代、各世纪。")
@click.argument("queries", nargs=-1, required=True, metavar="检索式…")
@click.option("--by", default="work", show_default=True, metavar="归并", help="work、period 或 century。")
@WORK
@TABLE
@command
def frequencies(context: Context, queries: tuple[str, ...], by: str, work: tuple[str, ...], to: Path | None) -> None:
    """Set queries side by side."""
    from search.answer import Scope
    from search.statistics.distribution import grouping_named
    from search.statistics.frequencies import frequencies as compared

    grouping = grouping_named(by)
    with finder_of(context) as (_, finder):
        found = [finder.found(query, Scope(works=work)) for query in queries]
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
