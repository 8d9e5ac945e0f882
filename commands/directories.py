"""Directories: their declarations, their sheets, their records."""

from __future__ import annotations

from pathlib import Path

import click

from commands.context import Context, command, library_of, operator, write
from console import ChineseGroup


@click.group(cls=ChineseGroup, help="名录：专家库、名人录、成果库、红色衡阳等。")
def directory() -> None:
    """The group of commands on directories."""


TO = click.option("--to", type=click.Path(path_type=Path), required=True, metavar="文件", help="存为哪个文件。")


@directory.command("list", help="列出全部名录，各有多少条。")
@command
def directory_list(context: Context) -> None:
    """List directories."""
    from archive.directories import records, registry

    with library_of(context) as library:
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

    with library_of(context) as library:
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

    with library_of(context) as library:
        proposed = registry.proposed(library)
        chosen = [registry.named(proposed, name) for name in names] or list(proposed.values())
        plans = [changes.apply(library, one, operator(), expose=expose) for one in chosen]
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

    with library_of(context) as library:
        one = registry.directory(library, name)
    write(to, [files.blank(one, to.suffix)])
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
    from archive.directories import importing, plans, registry, sheets
    from archive.directories.store import Edit
    from search.records.duplicates import Likeness

    headings = {heading: field for heading, _, field in (pair.rpartition("=") for pair in chosen) if heading}
    with library_of(context) as library:
        one = registry.directory(library, name)
        taken = importing.Import(
            library,
            one,
            sheets.open_sheet(file, sheet),
            Likeness.of(library, one),
            chosen=headings,
            decisions=plans.decisions(decide),
            empty_clears=empty_clears,
        )
        report = taken.foretold() if dry_run else taken.run(Edit(operator(), "导入表格", file.name))
    notes = [*taken.sheet.notes, *taken.notes]
    context.answer(report.as_json(notes), lambda: "\n".join([*notes, *map(str, report.told), report.summary]))
    if report.counts["refused"] or report.counts["held"]:
        raise SystemExit(1)


@directory.command("duplicates", help="列出疑似重复的条目，一对一行；判定过不是同一条的不再列。")
@click.argument("name", metavar="名录")
@command
def directory_duplicates(context: Context, name: str) -> None:
    """List records that may be the same."""
    from archive.directories import registry
    from search.records.duplicates import pairs

    with library_of(context) as library:
        found = pairs(library, registry.directory(library, name))
    document = [{"one": other.where, "other": one.where, "title": one.title, "why": other.why} for one, other in found]
    lines = [f"{other.where} {other.title}  {one.where} {one.title}  {other.why}" for one, other in found]
    context.answer(document, lambda: "\n".join(lines) or "没有疑似重复的条目。")


@directory.command("apart", help="判定两条不是同一条，不再列为疑似重复。")
@click.argument("one", metavar="编号")
@click.argument("other", metavar="编号")
@click.option("--back", is_flag=True, help="收回判定。")
@command
def directory_apart(context: Context, one: str, other: str, back: bool) -> None:
    """Tell two records apart."""
    from archive.directories import apart
    from archive.directories.model import parse_key

    act = apart.take_back if back else apart.tell
    with library_of(context) as library:
        act(library, parse_key(one), parse_key(other), operator())
    context.answer(
        {"one": one, "other": other, "apart": not back}, lambda: "已收回判定。" if back else "已记下：不是同一条。"
    )


@directory.command("export", help="导出已发布的条目：Excel（.xlsx）或 Word 登记表（.docx）。")
@click.argument("name", metavar="名录")
@TO
@click.option("--staff", is_flag=True, help="全部条目与内部字段，供本单位内部使用；会记入操作记录。")
@command
def directory_export(context: Context, name: str, to: Path, staff: bool) -> None:
    """Write a directory to a file."""
    from archive.directories import files, registry

    with library_of(context) as library:
        one = registry.directory(library, name)
        data, told = files.exported(library, one, to.suffix, staff=operator() if staff else "")
    write(to, [data])
    cut = f"；{told.cut} 格太长，已截断并注明" if told.cut else ""
    context.answer({"file": str(to), **told._asdict()}, lambda: f"已存入 {to}，共 {told.records:,} 条{cut}。")


@directory.command("copy", help="各名录的公开副本（.zip）：已发布的条目、公开的栏目与照片，没有别的；可以给外人。")
@click.argument("names", nargs=-1, metavar="名录…")
@TO
@command
def directory_copy(context: Context, names: tuple[str, ...], to: Path) -> None:
    """Write what the public sees of all directories, or of some."""
    import io

    from archive.directories import copying, registry

    out = io.BytesIO()
    with library_of(context) as library:
        found = registry.in_force(library)
        told = copying.copy(library, [registry.named(found, name) for name in names] or found.values(), out)
    write(to, [out.getvalue()])
    context.answer(
        {"file": str(to), **told._asdict()},
        lambda: f"已存入 {to}，共 {told.records:,} 条，{told.photos:,} 张照片。",
    )


@directory.command("show", help="显示一条的全部内容（内部字段在内）与修改历史。")
@click.argument("key", metavar="编号")
@command
def directory_show(context: Context, key: str) -> None:
    """Print a record and its history."""
    from archive.directories import records, registry
    from archive.directories.model import parse_key

    name = parse_key(key)
    with library_of(context) as library:
        one = registry.directory(library, name.directory)
        found = records.record(library, name)
        past = records.history(library, one, name)
    context.answer(records.as_json(found, past), lambda: "\n".join(records.lines(one, found, past)))
