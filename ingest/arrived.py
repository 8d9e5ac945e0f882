"""Scans that were sent in on the site, taken into the library as any other book, and asked to be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archive import jobs
from archive.arrivals import Arrival, Arrivals
from archive.errors import Conflict, Gone, NotFound, WenkuError
from archive.library import Library
from archive.urn import NAMESPACE, parse
from ingest.metadata import WORK_YAML

if TYPE_CHECKING:
    from archive.config import Config


def take_in(library: Library, config: Config) -> list[Arrival]:
    """Take in every arrival that waits, or was cut off; whatever goes wrong with one is told on its page.

    Returns:
        Those that were gone through.
    """
    arrivals = Arrivals(library.folder)
    waiting = [one for one in arrivals.all() if one.stage in ("waiting", "working")]
    for arrival in waiting:
        arrival.stage = "working"
        arrivals.save(arrival)
        try:
            _take(library, arrivals, arrival, config)
        except WenkuError as error:
            arrival.stage, arrival.error = "failed", str(error)
        except Exception as error:  # one book must not keep the others waiting
            arrival.stage, arrival.error = "failed", f"出了没有料到的错（{type(error).__name__}：{error}）。"
        arrivals.save(arrival)
    return waiting


def _take(library: Library, arrivals: Arrivals, arrival: Arrival, config: Config) -> None:
    from ingest.pipeline import add
    from ingest.sources import discover

    folder = arrivals.files(arrival)
    urn = f"urn:cts:{NAMESPACE}:{arrival.about['id']}.{arrival.about['edition']['slug']}"
    if not arrival.urn and _there(library, urn):
        raise Conflict("文库里已有这个版本。", where=urn, remedy="请换一个版本名，重新上传。")
    arrival.urn = urn
    arrivals.save(arrival)
    # JSON is YAML, and nothing typed can mean anything else in it.
    (folder / WORK_YAML).write_text(json.dumps(arrival.about, ensure_ascii=False, indent=1), encoding="utf-8")
    found = discover([str(folder)], library.folder, config.kanripo.base_url)
    report = add(library.folder, found, who=arrival.who, step=lambda item: None)
    for item in report.items:
        if item.error:
            raise item.error
    edition = library.edition(parse(urn))
    if edition.status == "waiting-ocr":
        open_ = jobs.jobs(library, edition_id=edition.id, kind="ocr", states=tuple(jobs.OPEN))
        settings = {"engine": config.ocr.engine}
        arrival.job = (open_ or [jobs.enqueue(library, edition.id, who=arrival.who, settings=settings)])[0].id
    arrival.stage = "done"
    arrivals.drop_files(arrival)


def _there(library: Library, urn: str) -> bool:
    try:
        library.edition(parse(urn))
    except NotFound:
        return False
    except Gone:
        return True
    return True
