"""A sheet on its way into a directory: sent, its columns named, gone through for trial, then taken in.

Rows are gone through beside the requests, one import at a time; the page says how far it is and asks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from logging import Logger
from pathlib import Path
from typing import Any

from flask import current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import plans, records, registry, rehearsing, reviewing
from archive.directories.columns import IGNORED, NUMBER
from archive.directories.exporting import NUMBER_HEADING
from archive.directories.grid import MAX_BYTES
from archive.directories.import_jobs import QUIET, Job, Jobs, Stage
from archive.directories.model import Directory, Field, Key, Value, parse_key
from archive.directories.plans import AS_NEW, SKIP, STATUSES
from archive.directories.store import Edit
from archive.directories.values import show as words
from archive.errors import Conflict, UsageError, WenkuError
from archive.library import Library
from search.records.duplicates import Likeness
from web import access, links
from web.access import takes
from web.desk import desk
from web.keeping import door
from web.keeping.door import blueprint, inside
from web.keeping.shelves import people
from web.searching.finding import number

LISTED = 25
"""Rows on a page."""
LAST = 99_999
PATIENCE = 1.5
"""Seconds a page waits for rows to be gone through before it says how far they are."""
WHY = "导入表格"
_ORDER = ("held", "refused", "changed", "added", "unchanged", "skipped")
"""Statuses as they are shown: those that need a person first."""
_ONE_AT_A_TIME = threading.Lock()
Page = str | Response | tuple[str, int]
Work = Callable[[Library, Directory, Job, Jobs, Likeness], None]


@blueprint.get("/<name>/import/")
@inside
def begin(name: str) -> Page:
    """Where a sheet is chosen."""
    return _begin(door.directory_named(name))


@blueprint.post("/<name>/import/")
@takes(MAX_BYTES + (1 << 16))
@inside
def send(name: str) -> Page:
    """Keep a sheet aside, and ask for its columns."""
    directory, jobs = door.directory_named(name), Jobs(desk().folder)
    file = request.files.get("sheet")
    if file is None or not file.filename:
        return _begin(directory, UsageError("没有选文件。", remedy="请选 Excel（.xlsx）或 CSV 文件。"))
    source = Path(file.filename.replace("\\", "/")).name
    try:
        job = jobs.begin(directory.id, access.user().login, source, file.stream)
        try:
            job.sheets = rehearsing.names(jobs.sheet(job), source)
        except WenkuError:
            jobs.drop(job)
            raise
    except WenkuError as error:
        return _begin(directory, error)
    job.sheet = job.sheets[0]
    jobs.save(job)
    return redirect(_href(job), 303)


@blueprint.get("/<name>/import/<id>")
@inside
def show(name: str, id: str) -> Page:
    """How an import stands."""
    return _show(*_job(name, id))


@blueprint.post("/<name>/import/<id>/columns")
@inside
def columns(name: str, id: str) -> Page:
    """Say which column is which field, and go through the rows for trial; or look at another sheet of the file."""
    directory, job = _job(name, id)
    form = request.form
    _refuse_busy(job)
    if form.get("do") == "sheet":
        job.sheet, job.chosen = _among(form.get("sheet", ""), job.sheets), {}
        Jobs(desk().folder).save(job)
        return redirect(_href(job, step="columns"), 303)
    known = {*directory.by_key, NUMBER, IGNORED}
    pairs = zip(form.getlist("heading"), form.getlist("field"), strict=False)
    job.chosen = {heading: field for heading, field in pairs if field in known}
    job.empty_clears, job.decisions = "empty_clears" in form, {}
    _start(job, "reading", rehearsing.rehearse)
    return redirect(_href(job), 303)


@blueprint.post("/<name>/import/<id>/decide")
@inside
def decide(name: str, id: str) -> Page:
    """Say what becomes of held rows, and go through all rows again."""
    _, job = _job(name, id)
    _refuse_busy(job)
    told = [
        f"{row.removeprefix('row.')}={what}" for row, what in request.form.items() if row.startswith("row.") and what
    ]
    job.decisions |= {str(row): what for row, what in plans.decisions(told).items()}
    _start(job, "reading", rehearsing.rehearse)
    return redirect(_href(job), 303)


@blueprint.post("/<name>/import/<id>/run")
@inside
def run(name: str, id: str) -> Page:
    """Take in what was told, from the very same file; or go on where it was cut off."""
    directory, job = _job(name, id)
    if request.form.get("sha256") != job.sha256 or not (
        job.stage == "ready" or (job.stage == "running" and job.cut_off)
    ):
        error = Conflict("现在不能导入这一份。", where=job.source, remedy="请看过试导入的结果，再导入。")
        return _show(directory, job, error)
    if job.stage == "ready":
        job.rows = 0
    edit = Edit(access.user().login, WHY, job.source)

    def work(library: Library, directory: Directory, job: Job, jobs: Jobs, likeness: Likeness) -> None:
        rehearsing.perform(library, directory, job, jobs, likeness, edit)

    _start(job, "running", work)
    return redirect(_href(job), 303)


@blueprint.post("/<name>/import/<id>/submit")
@inside
def submit_batches(name: str, id: str) -> Page:
    """Send every batch that was taken in to review."""
    directory, job = _job(name, id)
    try:
        for run_id in job.runs:
            reviewing.submit_batch(desk().library, run_id, access.user())
    except WenkuError as error:
        return _show(directory, job, error)
    return redirect(links.review(), 303)


@blueprint.post("/<name>/import/<id>/drop")
@inside
def drop(name: str, id: str) -> Page:
    """Give an import up; its file goes."""
    _, job = _job(name, id)
    _refuse_busy(job)
    Jobs(desk().folder).drop(job)
    return redirect(links.keeping(name, "import", ""), 303)


def _start(job: Job, stage: Stage, work: Work) -> None:
    """Go through the rows beside the request, waiting a moment in case they are few."""
    job.stage, job.error = stage, ""
    Jobs(desk().folder).save(job)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=_work, args=(app.logger, desk().folder, job, work), daemon=True)
    thread.start()
    thread.join(PATIENCE)


def _work(logger: Logger, folder: Path, job: Job, work: Work) -> None:
    """Do the work in its turn; whatever goes wrong is told on the import's page."""
    jobs = Jobs(folder)
    while not _ONE_AT_A_TIME.acquire(timeout=QUIET / 4):
        jobs.save(job)
    try:
        with Library.open(folder) as library:
            directory = registry.directory(library, job.directory)
            work(library, directory, job, jobs, Likeness.of(library, directory))
            return
    except WenkuError as error:
        job.error = str(error)
    except Exception:
        logger.exception("import %s", job.id)
        job.error = "出了没有预料到的差错，已记入日志。"
    finally:
        _ONE_AT_A_TIME.release()
    job.stage = "failed"
    jobs.save(job)


def _begin(directory: Directory, error: WenkuError | None = None) -> Page:
    page = render_template("keeping/import.html", directory=directory, largest=MAX_BYTES, error=error)
    return page, error.http_status if error else 200


def _show(directory: Directory, job: Job, error: WenkuError | None = None) -> Page:
    jobs, step = Jobs(desk().folder), request.args.get("step", "")
    context: dict[str, object] = {}
    template = "progress" if job.busy else "rows"
    if not job.busy and job.stage != "done" and (job.stage in ("columns", "failed") or step == "columns"):
        template = "columns"
        try:
            context["headings"] = rehearsing.headings(desk().library, directory, job, jobs)
        except WenkuError as wrong:
            context["headings"], error = [], error or wrong
    elif not job.busy:
        context = _rows(directory, job, jobs)
    page = render_template(
        f"keeping/import_{template}.html",
        directory=directory,
        job=job,
        statuses=STATUSES,
        names=people(),
        number_heading=NUMBER_HEADING,
        number_key=NUMBER,
        as_new=AS_NEW,
        skip=SKIP,
        total=sum(job.counts.values()),
        error=error,
        **context,
    )
    return page, error.http_status if error else 200


def _rows(directory: Directory, job: Job, jobs: Jobs) -> dict[str, object]:
    """A page of the rows of one status."""
    kept = rehearsing.KEPT_AFTERWARDS if job.stage == "done" else _ORDER
    there = [status for status in _ORDER if job.counts.get(status) and status in kept]
    asked = request.args.get("status", "")
    status = _among(asked, there) if asked else next(iter(there), "")
    page = number("page", "页码", 1, 1, LAST)
    rows = list(jobs.told(job, status, (page - 1) * LISTED, LISTED)) if status else []
    if status == "held":
        rows = [{**row, "beside": _beside(directory, row)} for row in rows]
    later = page * LISTED < job.counts.get(status, 0)
    return {
        "order": there,
        "status": status,
        "rows": rows,
        "earlier": _href(job, status=status, page=page - 1) if page > 1 else "",
        "later": _href(job, status=status, page=page + 1) if later else "",
    }


def _beside(directory: Directory, row: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """A held row beside the records it may be: (field, what the row says, what each of them says)."""
    keys = [parse_key(one["where"]) for one in row["suspects"] if "/" in one["where"]]
    known = [_held(key) for key in keys]
    said = dict(row["values"])
    texts = [
        (one.label, [said.get(one.label, ""), *(_words(one, held.get(one.key)) for held in known)])
        for one in directory.fields
    ]
    return [(label, cells) for label, cells in texts if any(cells)]


def _held(key: Key) -> Mapping[str, Value]:
    """What a record says now; nothing if it has been erased since the rows were gone through."""
    try:
        return records.record(desk().library, key).values
    except WenkuError:
        return {}


def _words(one: Field, value: Value | None) -> str:
    text = ("（照片）" if value else "") if one.kind == "photo" else words(one, value)
    return rehearsing.shortened(text)


def _job(name: str, id: str) -> tuple[Directory, Job]:
    directory = door.directory_named(name)
    return directory, Jobs(desk().folder).get(directory.id, id)


def _refuse_busy(job: Job) -> None:
    if job.busy and not job.cut_off:
        raise Conflict("正在逐行处理，请等它完成。", where=job.source)


def _among(text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        raise UsageError(f"没有“{text[:40]}”。", remedy=f"可用：{'、'.join(choices)}。")
    return text


def _href(job: Job, **values: object) -> str:
    return links.keeping(job.directory, "import", job.id, **values)
