"""How well a book was read: estimated, and measured on the pages that have been proofread."""

from __future__ import annotations

from flask import render_template

from archive.transcription.model import STATES
from archive.transcription.quality import quality
from web.desk import desk
from web.proofreading import door
from web.proofreading.door import blueprint


@blueprint.get("/book/<name>/quality")
@door.reads
def report(name: str) -> str:
    """The report of a book."""
    edition = door.book(name)
    library = desk().library
    return render_template(
        "proofreading/quality.html",
        edition=edition,
        work=library.work(edition.work_id),
        found=quality(library, edition.id),
        states=STATES,
    )
