"""What scans that have been read give: a report on how well, the book as a PDF to be searched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from archive import urn as urns
from archive.errors import WenkuError
from commands.context import Context, command, library_of
from console import ChineseCommand, say

if TYPE_CHECKING:
    from archive.transcription.quality import PageQuality, Quality

_WORST = 20
"""Pages named in a report for people."""


@click.command(
    "report", cls=ChineseCommand, help="一部书识别得怎样：估计的和（校对过的页）实测的错字率，逐页，以及最常读错的字。"
)
@click.argument("urn")
@command
def ocr_report(context: Context, urn: str) -> None:
    """Tell how well a book was read."""
    from archive.transcription.quality import quality

    with library_of(context) as library:
        edition = library.edition(urns.parse(urn))
        found = quality(library, edition.id)
    context.answer({"urn": edition.urn, **found.as_json()}, lambda: "\n".join(_report(found)))


@click.command("pdf", cls=ChineseCommand, help="把一部书存为可检索的 PDF/A：书影之下是库中的文字，竖排也能选、能查。")
@click.argument("urn")
@click.option("--to", type=click.Path(path_type=Path), required=True, metavar="文件", help="存为哪个文件。")
@click.option("--full", is_flag=True, help="书影用收进来的原件，不用缩小过的；文件大得多。")
@command
def ocr_pdf(context: Context, urn: str, to: Path, full: bool) -> None:
    """Write a book as PDF/A."""
    from archive.paper.book import bind

    with library_of(context) as library, _begun(to) as file:
        edition = library.edition(urns.parse(urn))
        bound = bind(library, edition, file, staff=True, full=full)
    for remark in bound.remarks:
        say(f"⚠ {remark}")
    size = to.stat().st_size
    document = {
        "urn": edition.urn,
        "file": str(to),
        "bytes": size,
        "pages": bound.pages,
        "pages_with_picture": bound.pictures,
        "pages_with_text": bound.texts,
        "remarks": list(bound.remarks),
    }
    context.answer(document, lambda: f"{to}：{bound.pages:,} 页，{bound.texts:,} 页有文字，{size / 1e6:,.1f} MB。")
    if bound.remarks:
        raise SystemExit(1)


@contextmanager
def _begun(path: Path) -> Iterator[BinaryIO]:
    """A file that is there when it is whole, and not before."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise WenkuError(
            f"文件写不进去：{error.strerror}。", where=str(path), remedy="请检查磁盘空间和写权限。"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _report(found: Quality) -> Iterator[str]:
    read = [page for page in found.pages if page.engine]
    yield f"共 {len(found.pages):,} 页，机器识别过的 {len(read):,} 页。"
    if found.estimated is None:
        yield "估计错字率：无。没有带把握值的识别结果。"
    else:
        yield f"估计错字率：每百字 {100 * found.estimated:.2f}（按识别时的把握推算，{found.estimated_pages:,} 页）。"
    if found.measured is None or found.measured.rate is None:
        yield "实测错字率：无。识别之后还没有校对过的页。"
    else:
        strict = found.strict.rate if found.strict else None
        also = f"，连标点 {100 * strict:.2f}" if strict is not None else ""
        yield (
            f"实测错字率：每百字 {100 * found.measured.rate:.2f}{also}（{found.measured_pages:,} 页已校对，"
            f"{found.measured.characters:,} 字中 {found.measured.errors:,} 处不同）。"
        )
        if found.expected is not None:
            yield f"同是这几页，识别时估计每百字 {100 * found.expected:.2f}。"
    if found.confusions:
        told = (f"{one.read or '（漏）'}→{one.right or '（衍）'} {one.times}" for one in found.confusions)
        yield f"最常读错：{'，'.join(told)}。"
    worst = sorted(read, key=lambda page: -_rate(page))[:_WORST]
    for page in worst:
        if _rate(page) > 0:
            yield f"  {page.label}：{_told(page)}"


def _rate(page: PageQuality) -> float:
    measured = page.measured.rate if page.measured else None
    return (page.estimated or 0.0) if measured is None else measured


def _told(page: PageQuality) -> str:
    parts = []
    if page.measured and page.measured.rate is not None:
        parts.append(f"实测每百字 {100 * page.measured.rate:.2f}")
    if page.estimated is not None:
        parts.append(f"估计每百字 {100 * page.estimated:.2f}")
    if page.doubtful:
        parts.append(f"存疑 {page.doubtful} 字")
    return "，".join(parts)


COMMANDS = (ocr_report, ocr_pdf)
"""They stand under `wenku ocr`."""
