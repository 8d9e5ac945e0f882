"""Files of a directory: the blank sheet and form, a directory as a sheet, one record as a form."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from werkzeug.wrappers import Response

from archive.directories import files
from archive.directories.files import FORMATS
from archive.directories.model import Directory
from archive.errors import Forbidden, NotFound
from web import access
from web.access import permission_required
from web.desk import desk
from web.keeping import door
from web.keeping.door import blueprint, housed, inside

_WORD = ".docx"


@blueprint.get("/<name>/blank<suffix>")
@permission_required("edit")
def blank(name: str, suffix: str) -> Response:
    """The file to fill in."""
    directory = door.directory_named(name)
    return _file(files.blank(directory, _known(suffix)), f"{directory.label}（空白）{suffix}", suffix)


@blueprint.get("/<name>/all<suffix>")
@inside
def everything(name: str, suffix: str) -> Response:
    """Every record with its internal fields, for the house; audited."""
    directory = door.directory_named(name)
    data, _ = files.exported(desk().library, directory, _known(suffix), staff=access.user().login)
    return _file(data, _dated(directory, "内部", suffix), suffix)


@blueprint.get("/<name>/public<suffix>")
@housed
def published(name: str, suffix: str) -> Response:
    """What everyone may see."""
    directory = door.directory_named(name)
    data, _ = files.exported(desk().library, directory, _known(suffix))
    return _file(data, _dated(directory, "公开", suffix), suffix)


@blueprint.get("/<name>/entry/<slug>/form.docx")
@housed
def form(name: str, slug: str) -> Response:
    """One record as a Word form, with what who asks may see of it."""
    directory, record = door.record_named(name, slug)
    if record.hidden_at and not door.may("erase"):
        raise Forbidden("这一条已应本人要求隐藏。", where=str(record.key))
    known = {one.key for one in door.seen(directory)}
    held = {key: value for key, value in record.values.items() if key in known}
    data = files.one_form(desk().library, directory, held, staff=door.may("internal"))
    return _file(data, f"{directory.noun}登记表 {slug}{_WORD}", _WORD)


def _known(suffix: str) -> str:
    if suffix not in FORMATS:
        raise NotFound("没有这种文件。", remedy=f"可用：{'、'.join(FORMATS)}。")
    return suffix


def _dated(directory: Directory, which: str, suffix: str) -> str:
    return f"{directory.label}（{which}）{date.today():%Y%m%d}{suffix}"


def _file(data: bytes, name: str, suffix: str) -> Response:
    answer = Response(data, mimetype=FORMATS[suffix].media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"record{suffix}\"; filename*=UTF-8''{quote(name)}"
    return answer
