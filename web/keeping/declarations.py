"""The fields of a directory, and what a changed declaration would do to its records, before anything is done."""

from __future__ import annotations

import hashlib

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import changes, declaration, registry
from archive.directories.changes import Clash, Plan
from archive.directories.kinds import KINDS
from archive.directories.model import Directory
from archive.errors import UsageError, WenkuError
from web import access, links
from web.access import permission_required, takes
from web.desk import desk
from web.keeping import door
from web.keeping.door import blueprint, housed

LISTED = 100
"""Records in conflict that are listed."""
PASTED = "粘贴的声明"
Page = str | Response | tuple[str, int]


@blueprint.get("/<name>/fields")
@housed
def fields(name: str) -> Page:
    """The fields in force, and what the file of the declaration would change in them."""
    directory = door.directory_named(name)
    plan, error = None, None
    try:
        fresh = registry.proposed(desk().library).get(directory.id)
        if fresh and fresh.source != directory.source:
            plan = changes.proposal(desk().library, fresh)
    except UsageError as found:
        error = found
    return _page(directory, plan, error=error)


@blueprint.post("/<name>/fields/try")
@takes(declaration.MAX_BYTES * 4)
@permission_required("edit")
def attempt(name: str) -> Page:
    """What a declaration that is only pasted here would do; nothing is changed."""
    directory, text = door.directory_named(name), request.form.get("yaml", "")
    try:
        fresh = declaration.read(text, PASTED)
        if fresh.id != directory.id:
            raise UsageError(f"声明的 id 是 {fresh.id}，这里是 {directory.id}。", remedy="请到那个名录的页上试。")
        return _page(directory, changes.proposal(desk().library, fresh), pasted=text)
    except WenkuError as error:
        return _page(directory, None, pasted=text, error=error)


@blueprint.post("/<name>/fields/apply")
@permission_required(door.RULING)
def apply(name: str) -> Page:
    """Put the file of the declaration in force, as it was when its consequences were shown."""
    directory = door.directory_named(name)
    fresh = registry.named(registry.proposed(desk().library), directory.id)
    if _mark(fresh) != request.form.get("mark"):
        error = UsageError("声明文件又改过了，没有应用。", where=directory.id, remedy="请看过现在的影响再应用。")
        return _page(directory, changes.proposal(desk().library, fresh), error=error)
    try:
        changes.apply(desk().library, fresh, access.user().login, expose="expose" in request.form)
    except WenkuError as error:
        return _page(directory, changes.proposal(desk().library, fresh), error=error)
    return redirect(links.keeping(directory.id, "fields", done="applied"), 303)


def _page(directory: Directory, plan: Plan | None, *, pasted: str = "", error: WenkuError | None = None) -> Page:
    private = {one.label for one in directory.internal} if not door.may("internal") else set()
    page = render_template(
        "keeping/fields.html",
        directory=directory,
        kinds=KINDS,
        plan=plan,
        clashes=[_covered(one, private) for one in (plan.clashes if plan else ())[:LISTED]],
        mark=_mark(plan.directory) if plan else "",
        listed=LISTED,
        pasted=pasted,
        may_edit=door.may("edit"),
        may_rule=door.may(door.RULING),
        error=error,
        done=request.args.get("done", "") if request.method == "GET" else "",
    )
    return page, error.http_status if error else 200


def _covered(clash: Clash, private: set[str]) -> Clash:
    """A conflict without the content of a field one may not see."""
    covered = clash._replace(value="（内部内容）", why="放不进新的声明。")
    return covered if clash.label in private else clash


def _mark(directory: Directory) -> str:
    """Tells one text of a declaration from another."""
    return hashlib.sha256(directory.source.encode()).hexdigest()
