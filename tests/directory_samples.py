"""A directory of our own for tests, small and with a field of every sort; people who are plainly examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.accounts.people import User
from archive.directories import store, values
from archive.directories.declaration import read
from archive.directories.model import Directory, Key
from archive.directories.records import record
from archive.directories.store import Changed, Edit
from archive.library import Library

CANARY = "金丝雀08619997"
"""Stands in internal fields; must be found nowhere in public."""

PEOPLE = """
id: people
label: 示例人物
noun: 人物
schema: Person
title: "{name}"
identity: [name, unit]
sort: [name]
vocabularies:
  fields: [哲学, 历史, 文学]
fields:
  name: {label: 姓名, type: name, required: true, searchable: true, aliases: [人名]}
  other_names: {label: 字号, type: name, repeatable: true, searchable: true}
  unit: {label: 单位, type: name, searchable: true, facet: true}
  field: {label: 学科, type: choice, vocabulary: fields, repeatable: true, facet: true, searchable: true}
  birth: {label: 生年, type: date, facet: true}
  bio: {label: 简介, type: longtext, searchable: true}
  works: {label: 作品, type: link, to: books, repeatable: true, searchable: true, inverse: 作者}
  texts: {label: 文库, type: urn, repeatable: true}
  photo: {label: 照片, type: photo}
  phone: {label: 电话, type: phone, repeatable: true}
  remark: {label: 备注, type: text, visibility: internal}
  scan: {label: 证件照, type: photo, visibility: internal}
"""

BOOKS = """
id: books
label: 示例书目
noun: 书
schema: CreativeWork
title: "{title}（{year}）"
identity: [title, year]
sort: [-year, title]
submission: [title, sender]
fields:
  title: {label: 题名, type: text, required: true, searchable: true}
  year: {label: 年份, type: year, facet: true}
  authors: {label: 作者, type: link, to: people, repeatable: true, separators: "、", searchable: true}
  sender: {label: 联系人, type: name, visibility: internal}
"""

EDIT = Edit("shili.bianji", "示例")


def people() -> Directory:
    return read(PEOPLE, "people.yaml")


def books() -> Directory:
    return read(BOOKS, "books.yaml")


def declare(library: Library) -> None:
    """Put both declarations into the library's folder."""
    folder = library.folder / "directories"
    folder.mkdir(exist_ok=True)
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "books.yaml").write_text(BOOKS, encoding="utf-8")


def checked(directory: Directory, given: Mapping[str, Any]) -> dict[str, Any]:
    found = values.check(directory, given)
    assert found.problems == []
    return found.values


def put(library: Library, directory: Directory, *, slug: str = "", publish: bool = True, **given: Any) -> Key:
    """Store a record, published unless told otherwise."""
    key = store.create(library, directory, checked(directory, given), EDIT, slug=slug)
    if publish:
        store.publish(library, key, 1)
    return key


def change(library: Library, directory: Directory, key: Key, *, publish: bool = True, **given: Any) -> int:
    """Change fields of a record; None takes a value away."""
    now = record(library, key)
    raw = {**now.values, **given}
    fresh = checked(directory, {name: value for name, value in raw.items() if value is not None})
    number = store.save(library, directory, Changed(key, now.version, fresh), EDIT)
    if publish:
        store.publish(library, key, number)
    return number


def person(login: str, *roles: str) -> User:
    """Somebody of the house who has no account."""
    return User(0, login, f"示例{login}", roles, True, False, "", None, 0, None, 0)
