"""Long work as rows of the library: who asked for it, how far it is, what could not be done.

Kinds: `ocr` reads the sheets of an edition, one row of `job_page` a sheet; `set` makes an edition's passages anew from
its transcripts, asked for by every save and done within a second. Whoever works on a job holds its lock, so that one
whose process was killed is known at once and goes on from its last page.
"""

from __future__ import annotations

from archive.jobs.asking import cancel, enqueue, enqueue_set, pause, refuse_second, resume, retry_failed
from archive.jobs.locks import held, holding, only_worker
from archive.jobs.rows import (
    OPEN,
    STATES,
    TEXT_LAYER,
    Failed,
    Job,
    Kind,
    State,
    failed_pages,
    job,
    jobs,
    next_job,
    waiting_pages,
)
from archive.jobs.working import begin, finish, page_done, put_back, take_sets

__all__ = [
    "OPEN",
    "STATES",
    "TEXT_LAYER",
    "Failed",
    "Job",
    "Kind",
    "State",
    "begin",
    "cancel",
    "enqueue",
    "enqueue_set",
    "failed_pages",
    "finish",
    "held",
    "holding",
    "job",
    "jobs",
    "next_job",
    "only_worker",
    "page_done",
    "pause",
    "put_back",
    "refuse_second",
    "resume",
    "retry_failed",
    "take_sets",
    "waiting_pages",
]
