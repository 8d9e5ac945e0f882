"""The reviewers' desk: what waits, what a version changes, who has done what so far, and the next step.

Of a record, internal fields are shown to those only who may see them, and photos as pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import terms
from archive.accounts import Accounts, Permission, User
from archive.directories import registry
from archive.directories.model import Field, parse_key
from archive.directories.reviewing import RECORD
from archive.errors import Forbidden, NotFound, UsageError, WenkuError
from archive.review import LONGEST_COMMENT, STAGES, STEPS, Change, Review, State, Subject
from archive.terms import Term, Terms
from web import access, links
from web.access import login_required
from web.desk import desk

blueprint = Blueprint("review", __name__)

LISTED = 50
"""Subjects, or changes of one subject, on one page."""
Page = str | Response | tuple[str, int]
_TAKES_PART: tuple[Permission, ...] = ("edit", "review.first", "review.second", "review.final", "withdraw")


@dataclass(frozen=True, slots=True)
class Listed:
    """A subject in a list: its title, its kind in Chinese, its page."""

    state: State
    title: str
    kind: str
    href: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A change as the reviewer reads it: the new text cut where a term of the institution's list stands.

    `photos` are the addresses of the pictures before and after, empty where there is none, if it changes a photo.
    """

    change: Change
    parts: tuple[tuple[str, Term | None], ...]
    photos: tuple[str, str] | None = None


@blueprint.get("/review/")
@login_required
def waiting() -> Page:
    """What waits for this person's approval, and what of their own is on its way."""
    user = _participant()
    review = Review(desk().library)
    start = _start()
    total = review.waiting(user)
    queue = review.queue(user, limit=LISTED, offset=start)
    return render_template(
        "review/waiting.html",
        total=total,
        names=Accounts(desk().library).names(),
        queue=[_listed(review, state) for state in queue],
        mine=[_listed(review, state) for state in review.submitted(user.login, limit=LISTED)],
        earlier=_from(links.review(), start - LISTED) if start else "",
        later=_from(links.review(), start + LISTED) if start + LISTED < total else "",
    )


@blueprint.get("/review/<kind>/<path:id>")
@login_required
def show(kind: str, id: str) -> Page:
    """One subject: what is changed, its history, and the form for the next step."""
    return _show(Subject(kind, id))


@blueprint.post("/review/<kind>/<path:id>")
@login_required
def act(kind: str, id: str) -> Page:
    """Take a step."""
    user, subject = _participant(), Subject(kind, id)
    step = _ACTS.get(request.form.get("act", ""))
    version = request.form.get("version", "")
    if step is None or not (version.isascii() and version.isdigit() and len(version) < 12):
        raise UsageError("没有这种操作。", where=str(subject), remedy="请回到审读页重新提交。")
    try:
        step(Review(desk().library), subject, user, int(version))
    except Forbidden:
        raise
    except WenkuError as error:
        return _show(subject, error)
    return redirect(links.review(*subject), 303)


def _approve(review: Review, subject: Subject, user: User, version: int) -> None:
    review.approve(subject, user, request.form.get("step", ""), version, request.form.get("comment", ""))


def _send_back(review: Review, subject: Subject, user: User, version: int) -> None:
    form = request.form
    review.send_back(subject, user, form.get("step", ""), version, form.get("comment", ""), to=form.get("to") or None)


def _withdraw(review: Review, subject: Subject, user: User, version: int) -> None:
    review.withdraw(subject, user, version, request.form.get("comment", ""))


def _submit(review: Review, subject: Subject, user: User, version: int) -> None:
    if subject.kind == RECORD:
        raise UsageError("条目在它自己的页上送审。", where=str(subject), remedy="请从“条目”进入。")
    review.submit(subject, user, version)


# What may be done on a subject's page.
_ACTS: dict[str, Callable[[Review, Subject, User, int], None]] = {
    "submit": _submit,
    "approve": _approve,
    "return": _send_back,
    "withdraw": _withdraw,
}


def _participant() -> User:
    """Who is asking, if they have any part in reviewing."""
    user = access.user()
    if not any(user.may(one) for one in _TAKES_PART):
        raise Forbidden("您的角色不参与审读。", where=request.path, remedy="需要时请找管理员。")
    return user


def _show(subject: Subject, error: WenkuError | None = None) -> Page:
    user = _participant()
    review = Review(desk().library)
    kind, state = review.kind(subject.kind), review.state(subject)
    if not state.version:
        raise NotFound("这一条没有送审过。", where=str(subject), remedy="请从待审列表进入。")
    fields, held = _fields(subject), terms.load(desk().folder)
    changes = [
        one
        for one in kind.changes(desk().library, subject.id, state.version, state.published)
        if user.may("internal") or (one.label in fields and fields[one.label].public)
    ]
    start = _start()
    page = render_template(
        "review/subject.html",
        subject=subject,
        state=state,
        kind=kind.label,
        title=kind.title(desk().library, subject.id),
        may_read=user.may("internal"),
        place=_place(subject),
        changes=[_marked(state, fields, held, one) for one in changes[start : start + LISTED]],
        total=len(changes),
        earlier=_from(links.review(*subject), start - LISTED) if start else "",
        later=_from(links.review(*subject), start + LISTED) if start + LISTED < len(changes) else "",
        history=review.history(subject),
        names=Accounts(desk().library).names(),
        barrier=state.barrier(user),
        may_submit=state.stage in ("draft", "withdrawn") and user.may("edit") and not _place(subject),
        may_withdraw=state.published is not None and user.may("withdraw"),
        stages=STAGES,
        steps=STEPS,
        longest=LONGEST_COMMENT,
        comment=request.form.get("comment", ""),
        error=error,
    )
    return page, error.http_status if error else 200


def _fields(subject: Subject) -> dict[str, Field]:
    """The fields of a record by what they are called; of other kinds none is known."""
    if subject.kind != RECORD:
        return {}
    directory = registry.directory(desk().library, parse_key(subject.id).directory)
    return {one.label: one for one in directory.fields}


def _place(subject: Subject, *rest: object, **values: object) -> str:
    """Where the house keeps a record; nowhere for other kinds."""
    if subject.kind != RECORD:
        return ""
    key = parse_key(subject.id)
    return links.keeping(key.directory, "entry", key.slug, *rest, **values)


def _marked(state: State, fields: Mapping[str, Field], held: Terms, change: Change) -> Marked:
    """A change with the institution's terms marked in what is new, or with its pictures."""
    field = fields.get(change.label)
    if field is None or field.kind != "photo":
        return Marked(change, tuple(held.parts(change.after)))
    sides = ((change.before, state.published), (change.after, state.version))
    before, after = (_place(state.subject, "photo", field.key, v=number) if text else "" for text, number in sides)
    return Marked(change, (), (before, after))


def _listed(review: Review, state: State) -> Listed:
    """A state with its title; a subject that can no longer be named is listed by its id."""
    kind = review.kind(state.subject.kind)
    try:
        title = kind.title(desk().library, state.subject.id)
    except WenkuError:
        title = state.subject.id
    return Listed(state, title, kind.label, links.review(*state.subject))


def _start() -> int:
    asked = request.args.get("from", "0")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        raise UsageError(f"没有第 {asked[:12]} 条。", remedy="请从列表首页翻起。")
    return int(asked)


def _from(address: str, start: int) -> str:
    return f"{address}{links.query(**{'from': max(0, start) or None})}"
