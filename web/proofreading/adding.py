"""Scans sent in: files streamed to disk, a few words about the book; the worker takes them in."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from pypinyin import lazy_pinyin
from werkzeug.wrappers import Response

from archive.arrivals import SUFFIXES, Arrival, Arrivals
from archive.errors import Conflict, Forbidden, Gone, NotFound, UsageError, WenkuError
from archive.model import Work
from archive.urn import NAMESPACE, SLUG, WORK_ID, parse
from web import access, links
from web.access import takes
from web.desk import desk
from web.proofreading import door
from web.proofreading.door import blueprint

LARGEST = 1_000_000_000
"""Bytes of one upload; the server itself takes no more than 1 GiB."""
REFRESH = 3
"""Seconds after which the page of an upload asks again."""
LONGEST = 120
RIGHTS = {"staff": "只供馆内（以后可改）", "snippet": "可检索，只显示片断；书影不公开", "public": "文字与书影都公开"}
SCRIPTS = {"": "由识别结果定", "Hant": "繁体", "Hans": "简体"}
FIELDS = ("title", "author", "dynasty", "label", "id", "rights", "script")
# What the library says of a work stays as it is when another edition of it comes.
_OF_A_WORK = (
    "author",
    "dynasty",
    "category",
    "collection",
    "period",
    "genre",
    "abstract",
    "language",
    "year_from",
    "year_to",
)
Page = str | Response | tuple[str, int]


@blueprint.get("/add")
@access.permission_required("edit")
@door.reads
def add() -> Page:
    """Where scans are chosen."""
    return _form()


@blueprint.post("/add")
@takes(LARGEST)
@access.permission_required("edit")
@door.reads
def send() -> Page:
    """Keep the files aside for the worker."""
    arrivals = Arrivals(desk().folder)
    arrival: Arrival | None = None
    try:
        about = _about()
        files = [one for one in request.files.getlist("files") if one.filename]
        if not files:
            raise UsageError("没有选文件。", remedy="请选图片或 PDF。")
        arrival = arrivals.begin(access.user().login, about)
        for file in files:
            arrivals.take(arrival, file.filename or "", file.stream)
        arrivals.ready(arrival)
    except WenkuError as error:
        if arrival is not None:
            arrivals.drop(arrival)
        return _form(error)
    return redirect(links.proofreading("add", arrival.id), 303)


@blueprint.get("/add/<id>")
@access.permission_required("edit")
@door.reads
def arrived(id: str) -> Page:
    """How an upload stands; its job, once there is one."""
    arrival = Arrivals(desk().folder).get(id)
    if arrival.who != access.user().login:
        raise Forbidden("这是别人上传的。", remedy="请从书目或识别任务里看。")
    if arrival.stage == "done" and arrival.job:
        return redirect(links.proofreading("jobs", arrival.job))
    edition = None
    if arrival.stage == "done":
        edition = desk().edition(parse(arrival.urn))
    return render_template(
        "proofreading/arrival.html",
        arrival=arrival,
        edition=edition,
        busy=arrival.stage in ("sending", "waiting", "working"),
        refresh=REFRESH,
    )


def _form(error: WenkuError | None = None) -> Page:
    typed = {name: request.form.get(name, "") for name in FIELDS}
    page = render_template(
        "proofreading/add.html",
        typed=typed,
        suffixes=SUFFIXES,
        largest=LARGEST,
        longest=LONGEST,
        rights=RIGHTS,
        scripts=SCRIPTS,
        error=error,
    )
    return page, error.http_status if error else 200


def _about() -> dict[str, Any]:
    """What the form says of the book, as a `work.yaml` would; of a work that is there already, what the library says.

    Raises:
        UsageError: something is missing or cannot be so.
        Conflict: the library has this edition.
    """
    said = {name: request.form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    if not said["title"]:
        raise UsageError("没有写书名。", remedy="请填书名，不加书名号。")
    if said["rights"] not in RIGHTS or said["script"] not in SCRIPTS:
        raise UsageError("表单不完整。", remedy="请从上传页重新打开。")
    label = said["label"] or "扫描本"
    id = said["id"].lower() or f"{_latin(said['author'] or '佚名')}.{_latin(said['title'])}"
    slug = _latin(label)
    if not WORK_ID.fullmatch(id) or not SLUG.fullmatch(slug):
        raise UsageError(
            "著作编号写得不对。", where=id, remedy="写作“作者.著作”，如 wangfuzhi.songlun；只用小写字母、数字、连字符。"
        )
    work = _work(id)
    if work is not None and work.title != said["title"]:
        raise Conflict(f"编号 {id} 已是《{work.title}》。", remedy="同一部书请写同样的书名；另一部书请换一个编号。")
    urn = parse(f"urn:cts:{NAMESPACE}:{id}.{slug}")
    if _there(str(urn)):
        raise Conflict(f"文库里已有《{said['title']}》的“{label}”。", where=str(urn), remedy="请换一个版本名。")
    about: dict[str, Any] = {"id": id, "title": said["title"]}
    if work is not None:
        kept = {name: getattr(work, name) for name in _OF_A_WORK} | {"subjects": list(work.subjects)}
    else:
        kept = {"author": said["author"], "dynasty": said["dynasty"]}
    if said["script"]:
        kept["script"] = said["script"]
    about |= {key: value for key, value in kept.items() if value}
    right = said["rights"]
    scans = "public" if right == "public" else "staff"
    about["edition"] = {"slug": slug, "label": label}
    about["rights"] = {"text": right, "punctuation": right, "notes": right, "scans": scans}
    return about


def _latin(text: str) -> str:
    """A name in small Latin letters, as ids are written."""
    told = "".join(
        lazy_pinyin(text, errors=lambda rest: "".join(c if c.isascii() and c.isalnum() else "" for c in rest))
    )
    return told.lower()[:40] or "x"


def _work(id: str) -> Work | None:
    try:
        return desk().library.work(id)
    except NotFound:
        return None


def _there(urn: str) -> bool:
    try:
        desk().library.edition(parse(urn))
    except NotFound:
        return False
    except Gone:
        return True
    return True
