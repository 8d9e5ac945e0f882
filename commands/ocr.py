"""Scans: reading them, the jobs that do so."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from archive.errors import Busy, UsageError
from commands.context import Context, command, library_of, operator
from commands.worker import catch_up
from console import ChineseGroup, Tick, progress, say

if TYPE_CHECKING:
    from archive.jobs import Job
    from archive.library import Library
    from ingest.ocr.job import Step

WORKERS = click.option("--workers", type=click.IntRange(0, 256), help="同时识别的进程数；0 表示按处理器和内存定。")
CLUSTER = click.option("--cluster", default="", metavar="地址", help="交给 dask 集群识别，如 tcp://主机:8786。")


@click.group(cls=ChineseGroup, help="识别书影：扫描件、图片上的文字。")
def ocr() -> None:
    """The group of commands on scans."""


@ocr.command("run", help="识别一个版本的书影，或 all：所有待识别的。中断后重新运行会接着做。")
@click.argument("name", metavar="URN|all")
@click.option("--engine", metavar="引擎", help="auto、rapidocr、tesseract 或 null（不识别，全部由人录入）。")
@click.option("--again", is_flag=True, help="已识别而未经人校对的页也重新识别。")
@click.option("--layer", is_flag=True, help="PDF 自带文字层而未经人校对的页也重新识别。")
@WORKERS
@CLUSTER
@command
def ocr_run(
    context: Context, name: str, engine: str | None, again: bool, layer: bool, workers: int | None, cluster: str
) -> None:
    """Read the sheets of editions."""
    from archive import jobs

    with library_of(context) as library:
        ids = _asked(context, library, name, engine, again=again, layer=layer)
        done = [_run(context, library, id, workers, cluster) for id in ids]
        failed = {job.id: jobs.failed_pages(library, job.id) for job in done}
    documents = [{**job.as_json(), "failed_pages": [page._asdict() for page in failed[job.id]]} for job in done]
    context.answer(documents, lambda: "\n".join(map(_line, done)) or "没有待识别的书影。")
    if any(failed.values()):
        raise SystemExit(1)


@ocr.command("jobs", help="列出识别任务；写出编号则列出该任务读不出的页。")
@click.argument("number", type=int, required=False, metavar="编号")
@command
def ocr_jobs(context: Context, number: int | None) -> None:
    """List jobs, or what one could not read."""
    from archive import jobs

    with library_of(context) as library:
        if number is None:
            listed = jobs.jobs(library)
            context.answer(
                [job.as_json() for job in listed], lambda: "\n".join(map(_line, listed)) or "还没有识别任务。"
            )
            return
        job, failed = jobs.job(library, number), jobs.failed_pages(library, number)
    lines = [_line(job), *(f"  第 {page.sheet + 1} 面：{page.error}" for page in failed)]
    context.answer({**job.as_json(), "failed_pages": [page._asdict() for page in failed]}, lambda: "\n".join(lines))


@ocr.command("pause", help="暂停任务：手上的几页读完就停。")
@click.argument("number", type=int, metavar="编号")
@command
def ocr_pause(context: Context, number: int) -> None:
    """Pause a job."""
    from archive import jobs

    with library_of(context) as library:
        job = jobs.pause(library, number, operator())
    context.answer(job.as_json(), lambda: _line(job))


@ocr.command("resume", help="继续暂停或中断的任务。")
@click.argument("number", type=int, metavar="编号")
@WORKERS
@CLUSTER
@command
def ocr_resume(context: Context, number: int, workers: int | None, cluster: str) -> None:
    """Go on with a job."""
    from archive import jobs

    with library_of(context) as library:
        jobs.resume(library, number, operator())
        job = _run(context, library, number, workers, cluster)
    context.answer(job.as_json(), lambda: _line(job))


@ocr.command("retry", help="把任务中读不出的页再读一次。")
@click.argument("number", type=int, metavar="编号")
@WORKERS
@CLUSTER
@command
def ocr_retry(context: Context, number: int, workers: int | None, cluster: str) -> None:
    """Read once more what could not be read."""
    from archive import jobs

    with library_of(context) as library:
        jobs.retry_failed(library, number, operator())
        job = _run(context, library, number, workers, cluster)
    context.answer(job.as_json(), lambda: _line(job))
    if job.failed:
        raise SystemExit(1)


@ocr.command("cancel", help="取消任务；已识别的页都留着。")
@click.argument("number", type=int, metavar="编号")
@command
def ocr_cancel(context: Context, number: int) -> None:
    """Give a job up."""
    from archive import jobs

    with library_of(context) as library:
        job = jobs.cancel(library, number, operator())
    context.answer(job.as_json(), lambda: _line(job))


@ocr.command("work", help="一直做等待中的任务；wenku serve 已自带，单独运行时不必启动站点。")
@click.option("--beside", is_flag=True, hidden=True)
@command
def ocr_work(context: Context, beside: bool) -> None:
    """Do what waits, for ever."""
    from commands.worker import work

    work(context, beside=beside)


def read_now(context: Context, urns: Sequence[str], workers: int | None = None) -> list[Job]:
    """Read the sheets of those of the editions that wait for it, as `wenku ocr run` does."""
    with library_of(context) as library:
        waiting = {one.urn for one in library.editions() if one.status == "waiting-ocr"}
        ids = [id for urn in urns if urn in waiting for id in _asked(context, library, urn)]
        return [_run(context, library, id, workers, "") for id in ids]


def ask_all(context: Context, library: Library) -> None:
    """Ask that every edition that waits for it be read; whoever works beside the site will."""
    from archive import jobs

    for edition in library.editions():
        if edition.status == "waiting-ocr" and not jobs.jobs(library, edition_id=edition.id):
            jobs.enqueue(library, edition.id, "ocr", who=operator(), settings={"engine": context.config.ocr.engine})


def _asked(context: Context, library: Library, name: str, engine: str | None = None, **settings: bool) -> list[int]:
    """The jobs asked for: those of these editions that were cut off, else new ones."""
    from archive import jobs
    from archive import urn as urns
    from ingest.ocr.sheets import engine_for

    engine = engine or context.config.ocr.engine
    engine_for(engine)
    if name == "all":
        editions = [one for one in library.editions() if one.status == "waiting-ocr"]
    else:
        editions = [library.edition(urns.parse(name))]
    ids = []
    for edition in editions:
        old = next(iter(jobs.jobs(library, edition_id=edition.id, kind="ocr", states=tuple(jobs.OPEN))), None)
        if old is not None and (old.state == "paused" or not jobs.held(library, old.id)):
            ids.append(jobs.resume(library, old.id, operator()).id)
            continue
        try:
            wanted = {"engine": engine, **settings}
            ids.append(jobs.enqueue(library, edition.id, "ocr", who=operator(), settings=wanted).id)
        except (Busy, UsageError) as error:
            if name != "all":
                raise
            say(str(error))
    return ids


def _run(context: Context, library: Library, number: int, workers: int | None, cluster: str) -> Job:
    """Work on a job, telling how far it is; its text can be found as soon as it is set."""
    from archive import jobs
    from ingest.ocr.job import run

    job = jobs.job(library, number)
    workers = context.config.ocr.workers if workers is None else workers
    with progress("识别", job.total, unit="面", done=job.done + job.failed) as step:

        def tell(done: Step) -> None:
            line = f"✗ 第 {done.sheet + 1} 面：{done.error}" if done.error else ""
            line = f"· 第 {done.sheet + 1} 面有人校过，没有重读。" if done.skipped else line
            step(line, told=_pace(done.job))

        while True:
            try:
                return run(
                    context.folder,
                    number,
                    workers=workers,
                    cluster=cluster,
                    step=tell,
                    settled=lambda opened: catch_up(context, opened),
                )
            except Busy:
                if not jobs.held(library, number):
                    raise
                say("另一个程序（如站点的后台）正在做这个任务，这里只显示进度；按 Ctrl+C 不影响它。")
                job = _watched(library, job, step)
                if job.state != "waiting":
                    return job


def _watched(library: Library, job: Job, step: Tick) -> Job:
    """The job as another process has done with it."""
    from archive import jobs

    seen = job.done + job.failed
    while True:
        held = jobs.held(library, job.id)
        job = jobs.job(library, job.id)
        for _ in range(seen, job.done + job.failed):
            step("", told=_pace(job))
        seen = job.done + job.failed
        if not held or job.state not in jobs.OPEN:
            return job
        time.sleep(1)


def _pace(job: Job) -> str:
    """`每分钟 21.5 面，还需 12 分钟`."""
    if not job.pages_per_minute or job.remaining_seconds is None:
        return ""
    minutes, seconds = divmod(job.remaining_seconds, 60)
    left = f"{minutes} 分钟" if minutes else f"{seconds} 秒"
    return f"每分钟 {job.pages_per_minute} 面，还需 {left}"


def _line(job: Job) -> str:
    parts = [f"{job.id} 号", job.label, f"{job.done}／{job.total} 面", f"失败 {job.failed}" if job.failed else ""]
    return "  ".join(filter(None, (*parts, _pace(job), job.urn, job.message)))


COMMANDS: tuple[Any, ...] = (ocr,)
