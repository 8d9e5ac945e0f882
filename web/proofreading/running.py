"""Jobs that read scans, as they run: how far, how fast, how long still; what could not be read and what is doubtful."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive import jobs
from archive.accounts import Accounts
from archive.arrivals import Arrivals
from archive.errors import UsageError, WenkuError
from archive.jobs import OPEN, Job
from archive.library import Library
from archive.model import Edition
from archive.transcription import store, worklists
from archive.transcription.store import Summary
from web import access, links
from web.desk import desk
from web.proofreading import books, door
from web.proofreading.door import blueprint

LISTED = 50
"""Jobs, failed pages and doubtful pages shown at once."""
REFRESH = 5
"""Seconds after which the page of a job under way asks again."""
_ON_THE_WAY = ("waiting", "working", "failed")
Page = str | Response | tuple[str, int]
_ACTS: dict[str, Callable[[Library, int, str], Job]] = {
    "pause": jobs.pause,
    "resume": jobs.resume,
    "cancel": jobs.cancel,
    "retry": jobs.retry_failed,
}
"""What may be done with a job."""


@blueprint.get("/jobs/")
@door.reads
def all_jobs() -> str:
    """The jobs whose books this person may see, those to be done first."""
    library = desk().library
    found = [(one, edition) for one in jobs.jobs(library, limit=LISTED) if (edition := _edition(one)) is not None]
    arrivals = [
        one for one in Arrivals(desk().folder).all() if one.who == access.user().login and one.stage in _ON_THE_WAY
    ]
    return render_template(
        "proofreading/jobs.html",
        arrivals=arrivals,
        jobs=[(one, edition, _title(edition)) for one, edition in found],
        busy=any(one.state in ("waiting", "running") for one, _ in found)
        or any(one.stage != "failed" for one in arrivals),
        refresh=REFRESH,
        duration=duration,
        names=Accounts(library).names(),
    )


@blueprint.get("/jobs/<int:id>")
@door.reads
def one_job(id: int) -> Page:
    """How a job stands."""
    return _job(id)


@blueprint.post("/jobs/<int:id>")
@access.permission_required("edit")
@door.reads
def steer(id: int) -> Page:
    """Pause a job, go on with it, give it up, or read once more what failed."""
    act = _ACTS.get(request.form.get("do", ""))
    if act is None:
        raise UsageError("没有这种操作。", remedy="请回到任务页重新操作。")
    _edition_of(jobs.job(desk().library, id))
    try:
        act(desk().library, id, access.user().login)
    except WenkuError as error:
        return _job(id, error)
    return redirect(links.proofreading("jobs", id), 303)


@blueprint.post("/book/<name>/read")
@access.permission_required("edit")
@door.reads
def read(name: str) -> Response:
    """Have the pages of a book read that nobody has read."""
    edition = door.book(name)
    job = jobs.enqueue(desk().library, edition.id, who=access.user().login, settings={"engine": "auto"})
    return redirect(links.proofreading("jobs", job.id), 303)


def duration(seconds: int | None) -> str:
    """`约 3 小时 20 分`, for people."""
    if seconds is None:
        return "还不知道"
    if seconds < 60:
        return "不到 1 分钟"
    hours, minutes = divmod(round(seconds / 60), 60)
    return (
        "约 " + (f"{hours} 小时" if hours else "") + (f" {minutes} 分" if minutes else "").lstrip("" if hours else " ")
    )


def _job(id: int, error: WenkuError | None = None) -> Page:
    library = desk().library
    job = jobs.job(library, id)
    edition = _edition_of(job)
    failed = jobs.failed_pages(library, id)
    pages = store.pages(library, edition.id)
    page = render_template(
        "proofreading/job.html",
        job=job,
        edition=edition,
        title=_title(edition),
        failed=failed[:LISTED],
        doubtful=_doubtful(edition),
        bars=books.bars(pages),
        pages=len(pages),
        open=job.state in OPEN,
        busy=job.state in ("waiting", "running"),
        refresh=REFRESH,
        duration=duration,
        names=Accounts(library).names(),
        error=error,
    )
    return page, error.http_status if error else 200


def _doubtful(edition: Edition) -> list[Summary]:
    found = worklists.pages(desk().library, edition.id, by_doubt=True)
    return [one for one in found if one.doubtful][:LISTED]


def _edition_of(job: Job) -> Edition:
    """The book a job is about.

    Raises:
        NotFound, Forbidden: it is not for this reader.
    """
    return door.book(job.urn.removeprefix("urn:cts:hengyang:"))


def _edition(job: Job) -> Edition | None:
    try:
        return _edition_of(job)
    except WenkuError:
        return None


def _title(edition: Edition) -> str:
    return desk().library.work(edition.work_id).title
