"""Texts: bringing them in, looking at them, citing them, keeping their index."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import urn as urns
from archive.errors import UsageError, WenkuError
from commands.context import Context, brought_up, command, keep_up, library_of, operator, read
from console import ChineseCommand, progress

if TYPE_CHECKING:
    from ingest.report import Report


@click.command(cls=ChineseCommand, help="新建一个空文库。")
@command
def init(context: Context) -> None:
    """Make an empty library."""
    from archive.library import Library

    with Library.create(context.folder) as library:
        document = {"library": str(library.folder), "works": len(library.works())}
    context.answer(document, lambda: f"文库在 {context.folder}。接下来：wenku add 文件或文件夹")


@click.command(cls=ChineseCommand, help="收书入库：文件、文件夹，或 kanripo:编号。可重复运行，未变动的不再处理。")
@click.argument("sources", nargs=-1, required=True, metavar="来源…")
@click.option("--workers", type=click.IntRange(0, 256), help="同时读文件的进程数。")
@click.option("--ocr", is_flag=True, help="收入扫描件后接着识别文字。")
@command
def add(context: Context, sources: tuple[str, ...], workers: int | None, ocr: bool) -> None:
    """Bring sources in, then bring the index up to date."""
    from commands.ocr import read_now

    report = add_sources(context, sources, workers)
    read = read_now(context, [item.urn for item in report.items if not item.error]) if ocr else []
    told = [counts(report), *(f"识别{job.label} {job.urn}（{job.done}／{job.total} 面）{job.message}" for job in read)]
    document = report.as_json() | ({"ocr": [job.as_json() for job in read]} if ocr else {})
    context.answer(document, lambda: "\n".join(told))
    if report.failed or any(job.failed for job in read):
        raise SystemExit(1)


@click.command(cls=ChineseCommand, help="列出全部著作与版本。")
@command
def works(context: Context) -> None:
    """List works and editions."""
    from archive import browse

    with library_of(context) as library:
        listed = browse.as_json(browse.catalogue(library, staff=True))
    context.answer(listed, lambda: "\n".join(_work_lines(listed)) or "文库里还没有书。")


@click.command(cls=ChineseCommand, help="撤下一个版本，或一部著作的全部版本：公众立即看不到，检索不到。")
@click.argument("urn", metavar="编号")
@click.option("--reason", default="", metavar="理由", help="必写：记入操作记录。")
@command
def withdraw(context: Context, urn: str, reason: str) -> None:
    """Take editions out of every answer."""
    from archive import withdrawal

    with library_of(context) as library:
        gone = withdrawal.withdraw(library, urns.parse(urn), operator(), reason)
        keep_up(context, library)
    context.answer({"withdrawn": gone}, lambda: "\n".join(f"已撤下 {one}" for one in gone))


@click.command(cls=ChineseCommand, help="恢复撤下的一个版本，或一部著作撤下的全部版本，一切如前。")
@click.argument("urn", metavar="编号")
@command
def restore(context: Context, urn: str) -> None:
    """Put withdrawn editions back."""
    from archive import withdrawal

    with library_of(context) as library:
        back = withdrawal.restore(library, urns.parse(urn), operator())
        keep_up(context, library)
    context.answer({"restored": back}, lambda: "\n".join(f"已恢复 {one}" for one in back))


@click.command(cls=ChineseCommand, help="显示一部著作、一个版本、一章、一段，或段中一段文字。")
@click.argument("urn")
@click.option("--text", "only_text", is_flag=True, help="只输出库存原文。")
@command
def show(context: Context, urn: str, only_text: bool) -> None:
    """Print what a URN names."""
    from archive.excerpt import excerpt

    name = urns.parse(urn)
    if only_text and context.as_json:
        raise UsageError("--text 与 --json 不能同时用。")
    with library_of(context) as library:
        found = excerpt(library, name)
    context.answer(found.as_json(), lambda: found.text() if only_text else found.as_screen())


@click.command(cls=ChineseCommand, help="生成引文：引一个 URN，或把一份 CSL-JSON 书目排成参考文献。")
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
        items = citations.load_csl(read(csl), csl.name)
    else:
        with library_of(context) as library:
            items = [citation_item(library, name, context.config.site.base_url)]
    text = citations.format_items(items, style)
    context.answer({"style": style, "count": len(items), "text": text}, lambda: text.rstrip("\n"))


@click.command(cls=ChineseCommand, help="更新检索索引；--rebuild 从头重建。")
@click.option("--rebuild", is_flag=True, help="从头重建，建成后整体替换。")
@command
def index(context: Context, rebuild: bool) -> None:
    """Bring the index up to date."""
    from search.health import health

    with library_of(context) as library:
        report = brought_up(context, library, rebuild)
        state = health(library)
    document = report.as_json() | ({"cluster": state._asdict()} if state else {})
    lines = [f"索引已是最新：{report.passages:,} 段（{report.engine}）。", *([state.sentence] if state else [])]
    context.answer(document, lambda: "\n".join(lines))


@click.command(cls=ChineseCommand, help="检查文库是否完好。")
@command
def check(context: Context) -> None:
    """Prove the library whole, or name what is broken."""
    from archive.check import Finding
    from archive.check import check as examine
    from search import indexer
    from search.health import health

    with library_of(context) as library:
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
            findings += [
                Finding("index", urn, "检索用的文字坏了或与库中不同；请运行 wenku index --rebuild")
                for urn in indexer.unlike(library)
            ]
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


def add_sources(context: Context, sources: tuple[str, ...], workers: int | None) -> Report:
    """Bring sources in, telling how far it is, then bring the index up to date."""
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
    with library_of(context) as library:
        keep_up(context, library)
    return report


def counts(report: Report) -> str:
    """How many files were brought in, unchanged, refused."""
    return "，".join(f"{label} {count}" for label, count in report.counts() if count) or "没有要处理的。"


def _work_lines(listed: list[dict[str, Any]]) -> Iterator[str]:
    for work in listed:
        yield f"{work['title']}  {work['author']}  {work['id']}"
        for one in work["editions"]:
            yield f"    {one['label']}  {one['characters']:,} 字  {one['passages']:,} 段  {one['urn']}"


COMMANDS = (init, add, withdraw, restore, works, show, cite, index, check)
