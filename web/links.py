"""Every address of the site is made here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

from flask import current_app, request

from archive.model import Edition
from archive.urn import Urn, parse
from web.desk import desk

_SIGNS = re.compile(r"[^\w.~,-]+")


def named(values: Iterable[tuple[str, str]]) -> str:
    """`name=value&…`; letters of every script stand as they are, which browsers encode, in a third of the space."""
    return "&".join(f"{_spelt(name)}={_spelt(value)}" for name, value in values)


@lru_cache(maxsize=128)
def _spelt(text: str) -> str:
    """A name or value; the links of a page repeat the same ones."""
    return _SIGNS.sub(_encoded, text)


def _encoded(signs: re.Match[str]) -> str:
    return quote_plus(signs[0])


def query(**values: object) -> str:
    """`?name=value…` of the values that are not empty; nothing if none is."""
    kept = [(name, str(value)) for name, value in values.items() if value not in ("", None)]
    return f"?{named(kept)}" if kept else ""


def work(work_id: str) -> str:
    """A work's page."""
    return f"/w/{work_id}"


def edition(one: Edition) -> str:
    """An edition's page."""
    return parse(one.urn).path


def place(one: Edition, ref: str, anchor: str = "", **values: object) -> str:
    """The reading page of a section or passage."""
    name = parse(one.urn)
    return f"{Urn(name.work, name.edition, ref).path}{query(**values)}{f'#{anchor}' if anchor else ''}"


def target(urn: str, **values: object) -> str:
    """Where a URN is read, at its words."""
    name = parse(urn)
    return f"{name.path}{query(**values)}{'#hit' if name.start is not None else ''}"


def cite(urn: Urn, **values: object) -> str:
    """The citation page of a URN."""
    return f"/cite/{_tail(urn)}{query(**values)}"


def parallels(urn: Urn | str, **values: object) -> str:
    """Where else the library has the words of what a URN names."""
    name = parse(urn) if isinstance(urn, str) else urn
    return f"/parallels/{_tail(name).replace(':', '/', 1)}{query(**values)}"


def page(one: Edition, label: str) -> str:
    """A physical page: its picture and its text."""
    return f"/page/{_tail(parse(one.urn))}/{quote(label, safe='')}"


def picture(one: Edition, label: str) -> str:
    """The picture of a physical page."""
    return f"/scan/{_tail(parse(one.urn))}/{quote(label, safe='')}"


def pdf(one: Edition) -> str:
    """The whole book as a PDF."""
    return f"/pdf/{_tail(parse(one.urn))}"


def browse(facet: str = "", value: str | None = None) -> str:
    """The catalogue, by a facet, or the works of one value of it."""
    path = f"/browse/{facet}/" if facet else "/browse/"
    return path if value is None else f"{path}?{urlencode({'value': value})}"


def search(q: str, **filters: object) -> str:
    """A search."""
    return f"/search{query(q=q, **filters)}"


def comparison(work_id: str) -> str:
    """Where editions of a work are chosen to be compared."""
    return f"/compare/{work_id}"


def compare(
    one: Edition, ref: str = "", *, witnesses: Iterable[Edition] = (), kinds: Iterable[str] = (), **values: object
) -> str:
    """An edition compared with others, whole or at a section."""
    asked = [("with", parse(witness.urn).edition) for witness in witnesses] + [("kind", kind) for kind in kinds]
    asked += [(name, str(value)) for name, value in values.items() if value not in ("", None)]
    address = f"/compare/{_tail(parse(one.urn))}{f'/{ref}' if ref else ''}"
    return f"{address}?{urlencode(asked)}" if asked else address


def directories(**values: object) -> str:
    """All directories."""
    return f"/d/{query(**values)}"


def directory(id: str, **values: object) -> str:
    """A directory's records, or those with some values."""
    return f"/d/{id}/{query(**values)}"


def feed(id: str = "") -> str:
    """What is new in a directory, or in all of them, as a feed."""
    return f"/d/{id}/feed.atom" if id else "/d/feed.atom"


def entry(key: object, suffix: str = "") -> str:
    """A record's public page; with a suffix its photo (`.jpg`) or its data (`.jsonld`)."""
    return f"/d/{key}{suffix}"


def submission(id: str, **values: object) -> str:
    """Where the public sends entries of a directory in."""
    return f"/submit/{id}{query(**values)}"


def mentions(key: object, **values: object) -> str:
    """Where people of the house say which names in the texts mean a record."""
    return f"/mentions/{key}{query(**values)}"


def keeping(*parts: object, **values: object) -> str:
    """Where people of the house keep directories: all of them, one, a record or a task of it."""
    path = "".join(f"/{quote(str(part), safe='')}" for part in parts)
    return f"/keeping{path}{'/' if len(parts) < 2 else ''}{query(**values)}"


def fill(token: str) -> str:
    """Where the holder of a link fills in one's own entry."""
    return f"/fill/{token}"


def login(then: str = "") -> str:
    """Where people of the house log in, and what they see afterwards: an address of this site."""
    return f"/login{query(next=then)}"


def account() -> str:
    """One's own account."""
    return "/account"


def user(login: str) -> str:
    """An account, for who manages them."""
    return f"/admin/users/{login}"


def audit(**values: object) -> str:
    """The audit trail, or what of it concerns one person or thing."""
    return f"/admin/audit{query(**values)}"


def review(kind: str = "", id: str = "") -> str:
    """What waits for review, or one subject of it."""
    return f"/review/{kind}/{quote(id)}" if kind else "/review/"


def proofreading(*parts: object, **values: object) -> str:
    """Where pages are proofread: all books, or a task of the desk (`add`, `jobs`)."""
    return f"/proofreading/{'/'.join(quote(str(part), safe='') for part in parts)}{query(**values)}"


def proof(one: Edition, sheet: int | None = None, side: int = 0, *rest: object, **values: object) -> str:
    """A book's pages on the proofreading desk, or one of them: `12`, `12b` for the second page of a spread."""
    place = "" if sheet is None else f"{sheet + 1}{'b' if side else ''}"
    return proofreading("book", _tail(parse(one.urn)), place, *rest, **values)


def stable(urn: Urn) -> str:
    """The address to be cited: under the site's own name if it has one."""
    return absolute(urn.path)


def absolute(path: str) -> str:
    """An address of the site in full: under the site's own name if it has one."""
    base = desk().config.site.base_url or request.url_root
    return f"{base.rstrip('/')}{path}"


def style(name: str) -> str:
    """A file of `static`, its content in the address so that it may be kept for ever."""
    return f"/static/{name}?v={current_app.extensions['static'][name]}"


def _tail(urn: Urn) -> str:
    return str(urn).removeprefix("urn:cts:hengyang:")
