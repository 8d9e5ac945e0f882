"""A book to take along: a PDF of its pictures with its words under them, for whoever may see all of it."""

from __future__ import annotations

from tempfile import TemporaryFile
from threading import BoundedSemaphore

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from archive.errors import Busy
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
    """
    library = desk().library
    edition = desk().edition(parse(f"urn:cts:hengyang:{name}"))
    if not _AT_ONCE.acquire(blocking=False):
        raise Busy("正在制作别的 PDF。", where=edition.urn, remedy="请过一会儿再下载。")
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        bind(library, edition, file, staff=desk().staff)
    except BaseException:
        file.close()
        raise
    finally:
        _AT_ONCE.release()
    file.seek(0)
    title = f"{library.work(edition.work_id).title}（{edition.label}）.pdf"
    answer = send_file(file, mimetype="application/pdf", as_attachment=True, download_name=title)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
