"""Transcripts out to other programs and back: `wenku ocr export`, `wenku ocr import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive import urn as urns
from commands.context import Context, command, keep_up, library_of, operator
from console import ChineseCommand, say

if TYPE_CHECKING:
    from ingest.ocr.exchange import Told


@click.command("export", cls=ChineseCommand, help="把识别、校对的结果连同书影存到文件夹：ALTO、hOCR 或 PAGE XML。")
@click.argument("urn")
@click.option("--format", "name", default="alto", show_default=True, metavar="格式", help="alto、hocr 或 page。")
@click.option("--to", type=click.Path(path_type=Path), required=True, metavar="文件夹", help="存到哪个文件夹。")
@command
def export(context: Context, urn: str, name: str, to: Path) -> None:
    """Write the pages of an edition for other programs."""
    from ingest.ocr.exchange import give_out
    from ingest.ocr.formats import format_named

    kind = format_named(name)
    with library_of(context) as library:
        edition = library.edition(urns.parse(urn))
        told = give_out(library, edition.id, kind, to)
    _answer(context, edition.urn, to, told, f"{to}：{told.pages:,} 页，{kind.label}。")


@click.command(
    "import", cls=ChineseCommand, help="从文件夹读入别的软件（Transkribus、eScriptorium 等）的识别结果，配到书影上。"
)
@click.argument("urn")
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@command
def take(context: Context, urn: str, folder: Path) -> None:
    """Read what other programs made of an edition's pictures."""
    from ingest.ocr.exchange import take_in

    with library_of(context) as library:
        edition = library.edition(urns.parse(urn))
        told = take_in(library, edition.id, folder, operator())
        keep_up(context, library)
    _answer(context, edition.urn, folder, told, f"读入 {told.pages:,} 面的识别结果。")


def _answer(context: Context, urn: str, folder: Path, told: Told, said: str) -> None:
    for remark in told.remarks:
        say(f"⚠ {remark}")
    document = {"urn": urn, "folder": str(folder), "pages": told.pages, "remarks": list(told.remarks)}
    context.answer(document, lambda: said)
    if told.remarks:
        raise SystemExit(1)


COMMANDS = (export, take)
