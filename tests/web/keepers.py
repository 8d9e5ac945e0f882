"""A house that keeps directories, for tests: its people at the site, and forms sent as a browser sends them."""

from __future__ import annotations

import io

from directory_samples import books, checked, declare, people
from lxml import html
from PIL import Image
from staff import settle
from visitor import Visitor

from archive.config import Config
from archive.directories import store
from archive.directories.store import Edit
from archive.library import Library
from web import create_app


class House:
    """A library with the sample directories, its site, and who is logged in."""

    def __init__(self, folder):
        self.library = Library.create(folder)
        self.people = settle(self.library)
        declare(self.library)
        self.app = create_app(Config(), folder)
        self._visitors = {}

    def person(self, login):
        """Somebody of the house, logged in."""
        if login not in self._visitors:
            self._visitors[login] = Visitor(self.app)
            self._visitors[login].login(login)
        return self._visitors[login]

    def draft(self, who="bianji", directory=None, **given):
        """A record somebody has written and nobody has reviewed."""
        directory = directory or people()
        return store.create(self.library, directory, checked(directory, given), Edit(who, "示例"))

    def book(self, **given):
        """A draft of the other directory."""
        return self.draft(directory=books(), **given)


class Form:
    """A form of a page, as a browser would send it back."""

    def __init__(self, visitor, answer, sheet="filling"):
        self.visitor, self.page = visitor, html.fromstring(answer.text)
        form = self.page.xpath(f"//form[contains(concat(' ', @class, ' '), ' {sheet} ')]")[0]
        self.address = form.get("action") or answer.request.path
        self.fields: dict[str, list[str]] = {}
        for one in form.xpath(".//input | .//select | .//textarea"):
            kind = one.get("type", "text")
            if one.get("name") and kind not in ("file",) and (kind not in ("checkbox", "radio") or one.checked):
                value = one.value if one.value is not None else ("" if kind != "checkbox" else "on")
                self.fields.setdefault(one.get("name"), []).append(value.removeprefix("\n"))

    def set(self, **changes):
        """Fill boxes in: `name__0="王夫之"` is the box `f.name.0`, `field=["哲学"]` the boxes to tick of `f.field`."""
        for name, value in changes.items():
            self.fields[f"f.{name.replace('__', '.')}"] = value if isinstance(value, list) else [value]
        return self

    def send(self, do="save", files=None, **options):
        """Press a button."""
        data = {**self.fields, "do": do}
        for name, (content, filename) in (files or {}).items():
            data[name] = (io.BytesIO(content), filename)
        return self.visitor.client.post(
            self.address,
            data=data,
            content_type="multipart/form-data",
            headers={"Origin": "http://localhost"},
            **options,
        )


def form(visitor, address, sheet="filling"):
    """The form on a page."""
    answer = visitor.get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
    return Form(visitor, answer, sheet)


def again(visitor, answer, sheet="filling"):
    """The form on an answer."""
    return Form(visitor, answer, sheet)


def texts(answer, path):
    """Texts of the elements a path finds, spaces at either end left out."""
    return [" ".join(one.text_content().split()) for one in html.fromstring(answer.text).xpath(path)]


def picture(width=200, height=240, kind="JPEG", **options):
    """A photo."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (120, 60, 40)).save(out, kind, **options)
    return out.getvalue()
