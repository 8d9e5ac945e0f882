"""Writing a record: the form made of the declaration, drafts that may be incomplete, and what happens when two write.

Whatever the answer is, what was typed comes back with it: after a mistake, after somebody else's edit, and after a
login that has run out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import photos, records, reviewing, staging, store, values
from archive.directories.model import Directory, Field, Key, Value, Values
from archive.directories.records import Record
from archive.directories.store import Changed, Edit, StaleEdit
from archive.errors import BadSource, Gone, UsageError, WenkuError
from archive.writer import writing
from web import access, links
from web.access import takes
from web.desk import desk
from web.directories import portraits
from web.keeping import door, offers, returning
from web.keeping.door import blueprint
from web.keeping.filling import Filling
from web.keeping.shelves import entry_page, people

LARGEST = photos.MAX_BYTES * 2
"""Bytes of a form: a record may have two photos."""
LONGEST_WHY = 200
_SAVE, _SUBMIT, _PHOTO = "save", "submit", "photo"
Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Meeting:
    """What became of a field that somebody else has changed since the form was opened."""

    field: Field
    before: str
    theirs: str
    mine: str
    fate: str
    """Who has changed it: `mine`, `theirs` (taken over into the form), or `both` (the form keeps what was typed)."""


@blueprint.get("/<name>/new")
@access.permission_required("edit")
def new(name: str) -> Page:
    """An empty form."""
    directory = door.directory_named(name)
    return _page(directory, Filling(directory, door.seen(directory)))


@blueprint.post("/<name>/new")
@takes(LARGEST)
@returning.keeps_what_was_typed
@access.permission_required("edit")
def create(name: str) -> Page:
    """Store a new record, or give the form back."""
    return _answer(door.directory_named(name), None)


@blueprint.get("/<name>/entry/<slug>/edit")
@access.permission_required("edit")
def edit(name: str, slug: str) -> Page:
    """The form of a record that is there."""
    directory, record = _open(name, slug)
    return _page(directory, Filling.of(directory, door.seen(directory), dict(record.values)), record)


@blueprint.post("/<name>/entry/<slug>/edit")
@takes(LARGEST)
@returning.keeps_what_was_typed
@access.permission_required("edit")
def save(name: str, slug: str) -> Page:
    """Store a new version, or give the form back."""
    return _answer(*_open(name, slug))


@blueprint.post("/<name>/entry/<slug>/submit")
@access.permission_required("edit")
def submit(name: str, slug: str) -> Page:
    """Send a record to review."""
    directory, record = _open(name, slug)
    if request.form.get("version", "") != str(record.version):
        raise UsageError(f"这一条已有新的改动（现为第 {record.version} 版）。", remedy="请看过再送审。")
    reviewing.submit(desk().library, directory, record.key, access.user())
    return redirect(links.keeping(name, "entry", slug, done="submitted"), 303)


@blueprint.get("/-/staged/<sha256>.jpg")
@access.permission_required("edit")
def staged(sha256: str) -> Response:
    """A photo of a form that is not saved yet."""
    return Response(portraits.small(staging.staged(desk().library, sha256)), mimetype=photos.MEDIA_TYPE)


def take_photos(filling: Filling, present: Mapping[str, object]) -> None:
    """Take the photos sent with a form; those it only names must be the record's own or have been sent before."""
    library = desk().library
    for one in filling.fields:
        if one.kind != "photo":
            continue
        name = f"f.{one.key}.0"
        file = request.files.get(f"{name}.file")
        said = (filling.rows.pop(one.key, None) or [{}])[0].get("", "")
        if file and file.filename:
            try:
                said = staging.stage(library, file.stream.read(photos.MAX_BYTES + 1))
            except BadSource as error:
                filling.wrong[one.key] = f"{error.what}{error.remedy}"
        elif f"{name}.drop" in request.form:
            said = ""
        elif said and said != present.get(one.key) and not staging.is_staged(library, said):
            filling.wrong[one.key], said = "照片没有收到，或已过期。请重新选择。", ""
        if said:
            filling.rows[one.key] = [{"": said}]


def adopt_photos(fields: Sequence[Field], given: Values, present: Mapping[str, object]) -> None:
    """Make the photos of a form that is being stored the record's; part of the same transaction."""
    for one in fields:
        if one.kind == "photo" and one.key in given and given[one.key] != present.get(one.key):
            staging.adopt(desk().library, given[one.key])


def _answer(directory: Directory, record: Record | None) -> Page:
    """What a form that came back leads to: itself, or the record's page."""
    form, present = request.form, record.values if record else {}
    filling = Filling.sent(directory, door.seen(directory), form)
    take_photos(filling, present)
    base, do = _base(record), form.get("do", _SAVE)
    if filling.act(do, partial(offers.look, staff=True)) or do == _PHOTO:
        return _page(directory, filling, record, base)
    checked = filling.check()
    if filling.wrong:
        return _page(directory, filling, record, base)
    mine = {one.key for one in filling.fields}
    full = {**{key: value for key, value in present.items() if key not in mine}, **checked.values}
    full = {key: full[key] for key in directory.by_key if key in full}
    try:
        key = _store(directory, record, base, full)
    except StaleEdit as stale:
        return _met(directory, filling, stale)
    except WenkuError as error:
        return _page(directory, filling, record, base, error=error)
    done = "saved"
    if do == _SUBMIT:
        done = "lacking" if values.lacking(directory, full) else "submitted"
        try:
            if done == "submitted":
                reviewing.submit(desk().library, directory, key, access.user())
        except WenkuError as error:
            return entry_page(directory, records.record(desk().library, key), error)
    return redirect(links.keeping(directory.id, "entry", key.slug, done=done), 303)


def _store(directory: Directory, record: Record | None, base: int, full: Values) -> Key:
    library = desk().library
    edit = Edit(access.user().login, request.form.get("why", "").strip()[:LONGEST_WHY])
    with writing(library):
        if record is None:
            key = store.create(library, directory, full, edit)
        else:
            key = record.key
            store.save(library, directory, Changed(key, base, full), edit)
        adopt_photos(directory.fields, full, record.values if record else {})
    return key


def _met(directory: Directory, filling: Filling, stale: StaleEdit) -> Page:
    """The form after somebody else's edit: what only they changed is taken over, what both changed is for people."""
    began = records.record(desk().library, stale.current.key, stale.base).values
    now, meetings = stale.current.values, []
    for one in filling.fields:
        before, theirs, mine = (held.get(one.key) for held in (began, now, stale.mine))
        if theirs == mine:
            continue
        fate = "mine" if theirs == before else "theirs" if mine == before else "both"
        meetings.append(Meeting(one, _words(one, before), _words(one, theirs), _words(one, mine), fate))
        if fate == "theirs":
            filling.rows.pop(one.key, None)
            if theirs is not None:
                filling.put(one, theirs)
    return _page(directory, filling, stale.current, stale.current.version, error=stale, meetings=meetings)


def _page(
    directory: Directory,
    filling: Filling,
    record: Record | None = None,
    base: int = 0,
    *,
    error: WenkuError | None = None,
    meetings: Sequence[Meeting] = (),
) -> Page:
    page = render_template(
        "keeping/edit.html",
        directory=directory,
        record=record,
        base=base or (record.version if record else 0),
        filling=filling,
        groups=list(filling.groups()),
        photo_of=partial(_photo, directory, record),
        why=request.form.get("why", ""),
        longest_why=LONGEST_WHY,
        meetings=meetings,
        names=people(),
        error=error,
    )
    return page, error.http_status if error else 400 if filling.wrong else 200


def _photo(directory: Directory, record: Record | None, one: Field, sha256: str) -> str:
    """Where the photo in a form is seen."""
    if record and record.values.get(one.key) == sha256:
        return links.keeping(directory.id, "entry", record.slug, "photo", one.key)
    return links.keeping("-", "staged", f"{sha256}.jpg")


def _base(record: Record | None) -> int:
    """The version a form began from."""
    told = request.form.get("base", "")
    if record is None:
        return 0
    if not (told.isascii() and told.isdigit() and 0 < int(told[:9]) <= record.version):
        raise UsageError("表单不完整。", where=str(record.key), remedy="请从条目页重新打开。")
    return int(told[:9])


def _open(name: str, slug: str) -> tuple[Directory, Record]:
    """A record that can be edited.

    Raises:
        Gone: it has been merged into another.
    """
    directory, record = door.record_named(name, slug)
    if record.merged_into:
        raise Gone(f"这一条已并入 {record.merged_into}。", where=str(record.key), remedy="请改那一条。")
    return directory, record


def _words(one: Field, value: Value | None) -> str:
    return ("（照片）" if value else "") if one.kind == "photo" else values.show(one, value)
