"""The command line of 衡阳文库: one command per job, each a thin call into the house, imported only when it runs.

Exit codes: 0 success, 1 some items failed or something is broken, 2 wrong use. With `--json` exactly one JSON document
goes to standard output, errors included; everything else goes to standard error.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive import config as settings
from archive import urn as urns
from archive.errors import Busy, UsageError, WenkuError
from console import ChineseGroup, explain, progress, say, speak_unicode, unexpected

if TYPE_CHECKING:
    from archive.accounts import Accounts, User
    from archive.library import Library
    from ingest.report import Report
    from search.finder import Finder
    from search.indexer import IndexReport
    from search.statistics import Result

HOUSE = Path(__file__).resolve().parent
Command = TypeVar("Command", bound=Callable[..., Any])


class Context:
    """What every command shares: the settings, the library's folder, whether to answer in JSON."""

    def __init__(self, library: Path | None, as_json: bool) -> None:
        local = Path(settings.CONFIG)
        self.config = settings.load(local if local.is_file() else HOUSE / settings.CONFIG)
        self.asked_folder = library
        self.folder = library or self.config.library_folder
        self.as_json = as_json

    def width(self, asked: int | None) -> int:
        """Characters of context on either side of a hit: as asked for, else as set."""
        return self.config.search.context if asked is None else asked

    def answer(self, document: Any, text: Callable[[], str]) -> None:
        """Print the one JSON document, or the text for people."""
        click.echo(json.dumps(document, ensure_ascii=False) if self.as_json else text())


def command(function: Command) -> Command:
    """Give a command `--library` and `--json` and a `Context` as its first argument."""

    @wraps(function)
    @click.option("--library", type=click.Path(path_type=Path), metavar="文件夹", help="文库所在的文件夹。")
    @click.option("--json", "as_json", is_flag=True, help="以 JSON 回答，供程序读取。")
    def wrapped(library: Path | None, as_json: bool, **values: Any) -> Any:
        return function(Context(library, as_json), **values)

    return wrapped  # type: ignore[return-value]


ORDER = click.option(
    "--order", default="place", show_default=True, metavar="次序", help="place、relevance、date、left 或 right。"
)
WIDTH = click.option("--width", type=click.IntRange(0, 200), help="命中前后各多少字。")
WORK = click.option("--work", multiple=True, metavar="著作", help="只在这部著作里，可写多次。")
TABLE = click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="存为 .csv、.xlsx 或 .json。")


@click.group(cls=ChineseGroup, help="衡阳文库：收书、检索、引用、展示。")
def cli() -> None:
    """The group of all commands."""


@cli.command(help="新建一个空文库。")
@command
def init(context: Context) -> None:
    """Make an empty library."""
    from archive.library import Library

    with Library.create(context.folder) as library:
        document = {"library": str(library.folder), "works": len(library.works())}
    context.answer(document, lambda: f"文库在 {context.folder}。接下来：wenku add 文件或文件夹")


@cli.command(help="收书入库：文件、文件夹，或 kanripo:编号。可重复运行，未变动的不再处理。")
@click.argument("sources", nargs=-1, required=True, metavar="来源…")
@click.option("--workers", type=click.IntRange(0, 256), help="同时读文件的进程数。")
@command
def add(context: Context, sources: tuple[str, ...], workers: int | None) -> None:
    """Bring sources in, then bring the index up to date."""
    report = _add(context, sources, workers)
    context.answer(report.as_json(), lambda: _counts(report))
    if report.failed:
        raise SystemExit(1)


@cli.command(help="列出全部著作与版本。")
@command
def works(context: Context) -> None:
    """List works and editions."""
    from archive import browse

    with _library(context) as library:
        listed = browse.as_json(browse.catalogue(library, staff=True))
    context.answer(listed, lambda: "\n".join(_work_lines(listed)) or "文库里还没有书。")


@cli.command(help="显示一部著作、一个版本、一章、一段，或段中一段文字。")
@click.argument("urn")
@click.option("--text", "only_text", is_flag=True, help="只输出库存原文。")
@command
def show(context: Context, urn: str, only_text: bool) -> None:
    """Print what a URN names."""
    from archive.excerpt import excerpt

    name = urns.parse(urn)
    if only_text and context.as_json:
        raise UsageError("--text 与 --json 不能同时用。")
    with _library(context) as library:
        found = excerpt(library, name)
    context.answer(found.as_json(), lambda: found.text() if only_text else found.as_screen())


@cli.command(help="检索全文。")
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
    from search.arrange import order_named
    from search.fallback import otherwise

    scope, sort, width = Scope(works=work), order_named(order), context.width(width)
    with _finder(context) as (library, finder):
        answer = finder.find(query, page=page, size=size, width=width, order=sort, scope=scope)
        crossing = across(library, query, staff=True, size=size, width=width, scope=scope)
        nothing = not answer.hits and not crossing.count
        instead = otherwise(finder, query, scope=scope, width=width) if nothing else None
    document = {**answer.as_json(), "across": crossing.as_json(), "otherwise": instead and instead.as_json()}
    context.answer(document, lambda: "\n".join([*telling.answer(document), *(instead.lines() if instead else ())]))


@cli.command(help="导出一次检索的全部命中，一处一行，附引文与编号。")
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
    from search.answer import Scope
    from search.arrange import order_named
    from search.export import Export, format_named, style_named

    kind, sort = format_named(to.name), order_named(order)
    style = style_named(style, context.config.citation.style)
    with _finder(context) as (_, finder):
        found = finder.found(query, Scope(works=work))
        hits = Export(found, sort, context.width(width), style, context.config.site.base_url)
        _write(to, kind.chunks(hits))
    context.answer({"file": str(to), **hits.about()}, lambda: f"已存入 {to}，共 {found.hits:,} 处。")


@cli.command(help="统计一次检索的全部命中：分布、分面、搭配、字形。")
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
    from search.statistics import Options, statistic

    with _finder(context) as (_, finder):
        found = finder.found(query, Scope(works=work))
        result = statistic(found, by, Options(work=work[0] if len(work) == 1 else "", **options))
        about = {"query": query, "by": by, "passages": found.passages, "hits": found.hits, "change": found.bank.number}
        _result(context, result, to, about, telling.found(found))


@cli.command(help="词频对照：几个检索式并排，看各部著作、各时代、各世纪。")
@click.argument("queries", nargs=-1, required=True, metavar="检索式…")
@click.option("--by", default="work", show_default=True, metavar="归并", help="work、period 或 century。")
@WORK
@TABLE
@command
def frequencies(context: Context, queries: tuple[str, ...], by: str, work: tuple[str, ...], to: Path | None) -> None:
    """Set queries side by side."""
    from search.answer import Scope
    from search.distribution import grouping_named
    from search.frequencies import frequencies as compared

    grouping = grouping_named(by)
    with _finder(context) as (_, finder):
        found = [finder.found(query, Scope(works=work)) for query in queries]
        _result(context, compared(found, grouping), to, {"by": by, "change": found[0].bank.number})


@cli.command(help="生成引文：引一个 URN，或把一份 CSL-JSON 书目排成参考文献。")
@click.argument("urn", required=False)
@click.option("--csl", type=click.Path(path_type=Path), metavar="文件", help="CSL-JSON 书目文件。")
@click.option("--style", metavar="格式", help="引文格式，默认取自 config.yaml。")
@command
def cite(context: Context, urn: str | None, csl: Path | None, style: str | None) -> None:
    """Format citations."""
    from archive import citations
    from archive.excerpt import citation_item

    style = style or context.config.citation.style
    citations.style_named(style)
    if (urn is None) == (csl is None):
        raise UsageError("请给出一个 URN，或用 --csl 给出书目文件，二者取一。")
    name = urns.parse(urn) if urn else urns.Urn("")
    if csl is not None:
        items = citations.load_csl(_read(csl), csl.name)
    else:
        with _library(context) as library:
            items = [citation_item(library, name, context.config.site.base_url)]
    text = citations.format_items(items, style)
    context.answer({"style": style, "count": len(items), "text": text}, lambda: text.rstrip("\n"))


@cli.command(help="对勘：把几个版本与底本逐段比较，分类列出差异。")
@click.argument("base", metavar="底本")
@click.argument("witnesses", nargs=-1, required=True, metavar="校本…")
@click.option("--section", metavar="章", help="只比较底本的这一章，如 3.2。")
@click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="存为 .csv、.xlsx、.json 或 .xml（TEI）。")
@command
def compare(context: Context, base: str, witnesses: tuple[str, ...], section: str | None, to: Path | None) -> None:
    """Compare editions with a base."""
    from search.compare import export
    from search.compare.collate import collate
    from search.compare.model import DEFAULT_KINDS

    make = export.maker(to.name) if to else None
    with _library(context) as library:
        found = collate(library, urns.parse(base), [urns.parse(one) for one in witnesses], section, staff=True)
    if to and make:
        _write(to, make(found, DEFAULT_KINDS))
        counts = {pair.witness.urn: dict(pair.counts) for pair in found.pairs}
        context.answer({"file": str(to), "counts": counts}, lambda: f"已存入 {to}。")
    else:
        context.answer(found.as_json(), lambda: "\n".join(export.as_lines(found)))


@cli.command(help="互见：一段、一章或一部书的文字还见于库中何处，异同逐字标出。")
@click.argument("urn")
@click.option("--to", type=click.Path(path_type=Path), metavar="文件", help="全部存为 .csv、.xlsx 或 .json。")
@click.option("--order", default="weight", show_default=True, metavar="次序", help="place、weight 或 date。")
@click.option("--all", "light", is_flag=True, help="连套语（年月、数目、官衔等）一并列出。")
@click.option("--size", type=click.IntRange(0), default=20, show_default=True, help="屏幕上列出多少处。")
@command
def parallels(context: Context, urn: str, to: Path | None, order: str, light: bool, size: int) -> None:
    """Find where else the library has the words of a text."""
    from search import parallels_table as tables
    from search.parallels import order_named
    from search.parallels import parallels as find

    sort, kind = order_named(order), tables.format_named(to.suffix.removeprefix(".")) if to else None
    with _library(context) as library, click.progressbar(length=1000, label="比对", file=sys.stderr) as bar:
        found = find(library, urns.parse(urn), staff=True, step=lambda part: bar.update(int(part * 1000) - bar.pos))
        which = found.which(light=light, order=sort)
        if to and kind:
            _write(to, kind.chunks(library, found, which))
            context.answer({"file": str(to), **found.about(which)}, lambda: f"已存入 {to}，共 {len(which):,} 处。")
        elif context.as_json:
            context.answer(found.as_json(library, which), str)
        else:
            context.answer(None, lambda: "\n".join(tables.lines(library, found, which, size)))


@cli.command(help="更新检索索引；--rebuild 从头重建。")
@click.option("--rebuild", is_flag=True, help="从头重建，建成后整体替换。")
@command
def index(context: Context, rebuild: bool) -> None:
    """Bring the index up to date."""
    from search.health import health

    with _library(context) as library:
        report = _index(context, library, rebuild)
        state = health(library)
    document = report.as_json() | ({"cluster": state._asdict()} if state else {})
    lines = [f"索引已是最新：{report.passages:,} 段（{report.engine}）。", *([state.sentence] if state else [])]
    context.answer(document, lambda: "\n".join(lines))


@cli.command(help="检查文库是否完好。")
@command
def check(context: Context) -> None:
    """Prove the library whole, or name what is broken."""
    from archive.check import Finding
    from archive.check import check as examine
    from search import indexer
    from search.health import health

    with _library(context) as library:
        findings = list(examine(library))
        state = health(library)
        if state and state.colour in ("red", "away"):
            findings.append(Finding("index", "cluster", state.sentence))
        try:
            indexed, stored = indexer.count(library), library.passage_count()
            if indexed != stored:
                findings.append(
                    Finding("index", "index", f"索引有 {indexed} 段，库里有 {stored} 段；请运行 wenku index")
                )
        except WenkuError as error:
            findings.append(Finding("index", "index", str(error)))
    document = {"ok": not findings, "findings": [finding._asdict() for finding in findings]}
    if state:
        document["cluster"] = state._asdict()
    lines = [f"✗ {one.where}：{one.what}" for one in findings] or ["文库完好，没有发现问题。"]
    if state and state.colour in ("green", "yellow"):
        lines.append(state.sentence)
    context.answer(document, lambda: "\n".join(lines))
    if findings:
        raise SystemExit(1)


@cli.command(help="启动站点。")
@click.option("--host", help="监听地址。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口；0 表示任选一个空闲的。")
@command
def serve(context: Context, host: str | None, port: int | None) -> None:
    """Serve the site."""
    with _library(context) as library:
        _keep_up(context, library)
    _serve(context, host, port)


@cli.command(help="用随附的示例文献建一个文库，并启动站点。")
@click.option("--host", help="监听地址。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口；0 表示任选一个空闲的。")
@click.option("--no-serve", is_flag=True, help="只建库，不启动站点。")
@command
def demo(context: Context, host: str | None, port: int | None, no_serve: bool) -> None:
    """Build the bundled library and serve it."""
    if context.asked_folder is None:
        context.folder = HOUSE / "build" / "demo"
    report = _add(context, (str(HOUSE / "corpus"),), None)
    if no_serve:
        context.answer(report.as_json(), lambda: _counts(report))
    else:
        say(_counts(report))
        _serve(context, host, port, report.as_json())


@cli.group(cls=ChineseGroup, help="管理账号：新建、列出、停用、启用、改密码、改角色。")
def user() -> None:
    """The group of commands on accounts."""


PASSWORD = click.option("--password-stdin", "piped", is_flag=True, help="从标准输入读密码（一行），供脚本使用。")


@user.command("add", help="新建账号；密码在终端里问，不写在命令行上。")
@click.argument("login", metavar="登录名")
@click.option("--name", default="", metavar="姓名", help="必写：本人姓名，审读记录上要用。")
@click.option("--role", "roles", multiple=True, metavar="角色", help="如 编辑、初审、管理员；可写多次。")
@PASSWORD
@command
def user_add(context: Context, login: str, name: str, roles: tuple[str, ...], piped: bool) -> None:
    """Add an account."""
    if not name:
        raise UsageError("新建账号要写姓名。", remedy=f"如 wenku user add {login} --name 张三 --role 编辑")
    _account(context, lambda accounts: accounts.add(login, name, roles, _password(piped), by=_operator()))


@user.command("list", help="列出全部账号。")
@command
def user_list(context: Context) -> None:
    """List accounts."""
    from archive.accounts import Accounts

    with _library(context) as library:
        people = Accounts(library).all()
    context.answer(
        [one.as_json() for one in people],
        lambda: "\n".join(map(_person, people)) or "还没有账号。wenku user add 登录名 --name 姓名 --role 管理员",
    )


@user.command("disable", help="停用账号：立即退出，不能再登录。")
@click.argument("login", metavar="登录名")
@command
def user_disable(context: Context, login: str) -> None:
    """Keep a person out."""
    _account(context, lambda accounts: accounts.disable(login, by=_operator()))


@user.command("enable", help="启用账号，并解除锁定。")
@click.argument("login", metavar="登录名")
@command
def user_enable(context: Context, login: str) -> None:
    """Let a person in again."""
    _account(context, lambda accounts: accounts.enable(login, by=_operator()))


@user.command("password", help="改密码；在终端里问，不写在命令行上。")
@click.argument("login", metavar="登录名")
@PASSWORD
@command
def user_password(context: Context, login: str, piped: bool) -> None:
    """Set a password."""
    _account(context, lambda accounts: accounts.set_password(login, _password(piped), by=_operator()))


@user.command("roles", help="改角色：写出改后的全部角色。")
@click.argument("login", metavar="登录名")
@click.argument("roles", nargs=-1, required=True, metavar="角色…")
@command
def user_roles(context: Context, login: str, roles: tuple[str, ...]) -> None:
    """Set the roles."""
    _account(context, lambda accounts: accounts.set_roles(login, roles, by=_operator()))


@cli.group(cls=ChineseGroup, help="名录：专家库、名人录、成果库、红色衡阳等。")
def directory() -> None:
    """The group of commands on directories."""


TO = click.option("--to", type=click.Path(path_type=Path), required=True, metavar="文件", help="存为哪个文件。")


@directory.command("list", help="列出全部名录，各有多少条。")
@command
def directory_list(context: Context) -> None:
    """List directories."""
    from archive.directories import records, registry

    with _library(context) as library:
        listed = [
            {
                "id": one.id,
                "label": one.label,
                **{name: records.count(library, one, state=name) for name in records.STATES},
            }
            for one in registry.in_force(library).values()
        ]
    context.answer(
        listed,
        lambda: "\n".join(
            f"{one['label']}  {one['id']}  已发布 {one['published']:,}，草稿 {one['draft']:,}" for one in listed
        ),
    )


@directory.command("check", help="检查名录的声明：与现用的有何不同，会怎样影响已有条目；不作改动。")
@command
def directory_check(context: Context) -> None:
    """Tell what applying the declarations would do."""
    from archive.directories import changes, links, registry

    with _library(context) as library:
        plans = [changes.proposal(library, one) for one in registry.proposed(library).values()]
        dangling = [f"{key} 的 {field}：没有条目 {target}" for key, field, target in links.dangling(library)]
    document = {"directories": [plan.as_json() for plan in plans], "dangling": dangling}
    lines = [line for plan in plans for line in plan.lines()] + [f"⚠ {line}" for line in dangling]
    context.answer(document, lambda: "\n".join(lines) or "各名录的声明都已应用，没有要改的。")
    if any(plan.clashes for plan in plans):
        raise SystemExit(1)


@directory.command("apply", help="应用名录的声明，并相应改写已有条目；有冲突则一条也不改。")
@click.argument("names", nargs=-1, metavar="名录…")
@click.option("--expose", is_flag=True, help="同意把内部字段改为公开。")
@command
def directory_apply(context: Context, names: tuple[str, ...], expose: bool) -> None:
    """Put declarations in force."""
    from archive.directories import changes, registry

    with _library(context) as library:
        proposed = registry.proposed(library)
        chosen = [registry.named(proposed, name) for name in names] or list(proposed.values())
        plans = [changes.apply(library, one, _operator(), expose=expose) for one in chosen]
    lines = [line for plan in plans for line in plan.lines()]
    context.answer(
        [plan.as_json() for plan in plans], lambda: "\n".join([*lines, f"已应用 {len(plans)} 个名录的声明。"])
    )


@directory.command("template", help="生成空白的 Excel 模板（.xlsx，带下拉列表）或 Word 登记表（.docx）。")
@click.argument("name", metavar="名录")
@TO
@command
def directory_template(context: Context, name: str, to: Path) -> None:
    """Write a blank sheet or form."""
    from archive.directories import files, registry

    with _library(context) as library:
        one = registry.directory(library, name)
    _write(to, [files.blank(one, to.suffix)])
    context.answer({"file": str(to)}, lambda: f"已存入 {to}")


@directory.command("import", help="导入 Excel 或 CSV，成为草稿；--dry-run 只逐行预告。")
@click.argument("name", metavar="名录")
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--sheet", default="", metavar="工作表", help="文件有几个工作表时，导入哪一个。")
@click.option(
    "--map", "chosen", multiple=True, metavar="列=字段", help="指定某列是哪个字段（列= 表示不导入）；会记住。"
)
@click.option(
    "--decide", multiple=True, metavar="行=决定", help="待定的行怎么办：12=new 新增，12=skip 不要，12=编号 即该条。"
)
@click.option("--dry-run", is_flag=True, help="只说明每行会怎样，不写入。")
@click.option("--empty-clears", is_flag=True, help="空格子清除原有内容；不加则保留原有内容。")
@command
def directory_import(
    context: Context,
    name: str,
    file: Path,
    sheet: str,
    chosen: tuple[str, ...],
    decide: tuple[str, ...],
    dry_run: bool,
    empty_clears: bool,
) -> None:
    """Take a sheet in as drafts."""
    from archive.directories import importing, registry, sheets
    from archive.directories.store import Edit
    from search.duplicates import Likeness

    headings = {heading: field for heading, _, field in (pair.rpartition("=") for pair in chosen) if heading}
    with _library(context) as library:
        one = registry.directory(library, name)
        taken = importing.Import(
            library,
            one,
            sheets.open_sheet(file, sheet),
            Likeness.of(library, one),
            chosen=headings,
            decisions=importing.decisions(decide),
            empty_clears=empty_clears,
        )
        report = taken.foretold() if dry_run else taken.run(Edit(_operator(), "导入表格", file.name))
    notes = [*taken.sheet.notes, *taken.notes]
    context.answer(report.as_json(notes), lambda: "\n".join([*notes, *map(str, report.told), report.summary]))
    if report.counts["refused"] or report.counts["held"]:
        raise SystemExit(1)


@directory.command("export", help="导出已发布的条目：Excel（.xlsx）或 Word 登记表（.docx）。")
@click.argument("name", metavar="名录")
@TO
@click.option("--staff", is_flag=True, help="全部条目与内部字段，供本单位内部使用；会记入操作记录。")
@command
def directory_export(context: Context, name: str, to: Path, staff: bool) -> None:
    """Write a directory to a file."""
    from archive.directories import files, registry

    with _library(context) as library:
        one = registry.directory(library, name)
        data, told = files.exported(library, one, to.suffix, staff=_operator() if staff else "")
    _write(to, [data])
    cut = f"；{told.cut} 格太长，已截断并注明" if told.cut else ""
    context.answer({"file": str(to), **told._asdict()}, lambda: f"已存入 {to}，共 {told.records:,} 条{cut}。")


@directory.command("show", help="显示一条的全部内容（内部字段在内）与修改历史。")
@click.argument("key", metavar="编号")
@command
def directory_show(context: Context, key: str) -> None:
    """Print a record and its history."""
    from archive.directories import records, registry
    from archive.directories.model import parse_key

    name = parse_key(key)
    with _library(context) as library:
        one = registry.directory(library, name.directory)
        found = records.record(library, name)
        past = records.history(library, one, name)
    context.answer(records.as_json(found, past), lambda: "\n".join(records.lines(one, found, past)))


def _account(context: Context, change: Callable[[Accounts], User]) -> None:
    """Change an account and say how it is now."""
    from archive.accounts import Accounts

    with _library(context) as library:
        changed = change(Accounts(library))
    context.answer(changed.as_json(), lambda: _person(changed))


def _person(one: User) -> str:
    state = "已停用" if not one.active else "已锁定" if one.locked else ""
    return "  ".join(filter(None, (one.login, one.name, "、".join(one.labels) or "没有角色", state)))


def _operator() -> str:
    """Who stands in the audit trail for a command: the name they have on this machine."""
    import getpass

    try:
        return f"命令行:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):  # nobody in particular, as in a container
        return "命令行"


def _password(piped: bool) -> str:
    """A password from whoever is at the keyboard, or from a script; never a word of the command, which others see."""
    import getpass

    if piped:
        try:
            return sys.stdin.buffer.readline().decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise UsageError("标准输入里的密码不是 UTF-8 编码。") from error
    if not sys.stdin.isatty():
        raise UsageError("这里没有终端，问不了密码。", remedy="请在终端里运行，或加 --password-stdin 从标准输入送入。")
    password = getpass.getpass("密码：")
    if getpass.getpass("再输一遍：") != password:
        raise UsageError("两次输入的密码不一样。", remedy="请重新运行。")
    return password


def _add(context: Context, sources: tuple[str, ...], workers: int | None) -> Report:
    from ingest.pipeline import add as run
    from ingest.sources import discover

    gc.disable()  # among a hundred thousand tuples the collector finds nothing and takes a fifth of the time
    ingest = context.config.ingest
    found = discover(sources, context.folder, context.config.kanripo.base_url)
    with progress("收书", len(found)) as step:
        report = run(
            context.folder,
            found,
            who=ingest.who,
            workers=ingest.workers if workers is None else workers,
            step=lambda item: step(item.as_line(), [f"  ⚠ {warning}" for warning in item.warnings]),
        )
    with _library(context) as library:
        _keep_up(context, library)
    return report


def _library(context: Context) -> Library:
    from archive.library import Library

    return Library.open(context.folder)


@contextmanager
def _finder(context: Context) -> Iterator[tuple[Library, Finder]]:
    """The library and what finds in it, once its index has been brought up to date."""
    from search.finder import Finder

    with _library(context) as library:
        try:
            _keep_up(context, library)
        except Busy as busy:  # someone else is indexing; what is not indexed yet is found all the same
            say(str(busy))
        yield library, Finder(library, context.config.search.engine, staff=True)


def _result(context: Context, result: Result, to: Path | None, about: dict[str, Any], title: str = "") -> None:
    """Print an analysis, or write it into a file."""
    from search.statistics import maker

    if to:
        _write(to, maker(to.name)(result))
        context.answer({"file": str(to), **about}, lambda: f"已存入 {to}。")
    else:
        lines = filter(None, (title, *result.as_table().lines()))
        context.answer({**about, "result": result.as_json()}, lambda: "\n".join(lines))


def _index(context: Context, library: Library, rebuild: bool = False) -> IndexReport:
    from search import indexer

    renew = indexer.rebuild if rebuild else indexer.catch_up
    return renew(library, context.config.search.engine, cluster=context.config.cluster)


def _keep_up(context: Context, library: Library) -> None:
    """Bring the index up to date; without the cluster's servers the work goes on, and the answers are the same."""
    from search.engines.contract import Away

    try:
        _index(context, library)
    except Away as away:
        say(str(away))


def _serve(context: Context, host: str | None, port: int | None, document: dict[str, Any] | None = None) -> None:
    """Serve until stopped; the address goes out, after what `document` has to say, once it can be visited."""
    from web import serve as run

    site = context.config.site
    run(
        context.config,
        context.folder,
        host=host or site.host,
        port=site.port if port is None else port,
        ready=lambda address: context.answer(
            {**(document or {}), "url": address}, lambda: f"{site.title}已启动：{address} （按 Ctrl+C 停止）"
        ),
    )


def _counts(report: Report) -> str:
    return "，".join(f"{label} {count}" for label, count in report.counts() if count) or "没有要处理的。"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("文件不是 UTF-8 编码。", where=str(path), remedy="请另存为 UTF-8。") from error
    except OSError as error:
        raise UsageError(f"文件读不出来：{error.strerror}。", where=str(path)) from error


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    try:
        with path.open("wb") as file:
            file.writelines(chunks)
    except OSError as error:
        raise WenkuError(f"文件写不进去：{error.strerror}。", where=str(path)) from error


def _work_lines(listed: list[dict[str, Any]]) -> Iterator[str]:
    for work in listed:
        yield f"{work['title']}  {work['author']}  {work['id']}"
        for one in work["editions"]:
            yield f"    {one['label']}  {one['characters']:,} 字  {one['passages']:,} 段  {one['urn']}"


def main() -> None:
    """Run the command line; every error is told once, here."""
    as_json = "--json" in sys.argv
    speak_unicode()
    try:
        cli.main(standalone_mode=False, prog_name="wenku")
    except (WenkuError, click.ClickException) as error:
        told = explain(error)
        click.echo(f"错误：{told}", err=True)
        if as_json:
            click.echo(json.dumps(told.as_json(), ensure_ascii=False))
        raise SystemExit(told.exit_code) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("\n已停止。已报告完成的都已保存，重新运行会接着做。", err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
    except Exception as error:
        told = unexpected(error)
        click.echo(f"错误：{told}", err=True)
        if as_json:
            click.echo(json.dumps(told.as_json(), ensure_ascii=False))
        raise SystemExit(1) from None
