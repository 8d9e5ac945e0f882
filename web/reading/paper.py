"""A book to take along: a PDF of its pictures with its words under them, for whoever may see all of it."""

from __future__ import annotations

from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from archive.errors import Busy, WenkuError
from archive.library import Library
from archive.model import Edition
from archive.paper.book import bind
from archive.urn import parse
from web.desk import desk

blueprint = Blueprint("paper", __name__)

_AT_ONCE = BoundedSemaphore(2)
"""Books that are made at one time: each keeps a processor and the disk busy for some seconds."""


@blueprint.get("/pdf/<name>")
def download(name: str) -> Response:
    """The book as PDF/A.

    Raises:
        Forbidden: its text or its pictures are not for this reader.
        NotFound: there is no such edition, or it has no pictures.
        Busy: several are being made already.
        WenkuError: there is no room for it on the disk.
    """
    library = desk().library
    edition = desk().edition(parse(f"urn:cts:hengyang:{name}"))
    if not _AT_ONCE.acquire(blocking=False):
        raise Busy("正在制作别的 PDF。", where=edition.urn, remedy="请过一会儿再下载。")
    try:
        file = _made(library, edition)
    except OSError as error:
        raise WenkuError(
            "PDF 写不下来：服务器的磁盘满了或不能写。", where=edition.urn, remedy="请告诉管理员。"
        ) from error
    finally:
        _AT_ONCE.release()
    title = f"{library.work(edition.work_id).title}（{edition.label}）.pdf"
    answer = send_file(file, mimetype="application/pdf", as_attachment=True, download_name=title)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _made(library: Library, edition: Edition) -> IO[bytes]:
    """The book as a file that goes away when it is closed."""
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        bind(library, edition, file, staff=desk().staff)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
