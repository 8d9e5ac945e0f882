"""Directories for the tests of the site: what may be seen (public_records.yaml), and beside it words that must not."""

import io
from pathlib import Path

import yaml
from PIL import Image, ImageDraw
from sample_library import build as build_texts

from archive.accounts import User
from archive.directories import erasing, mentions, photos, records, registry, store, values
from archive.directories.model import Key
from archive.directories.store import Changed, Edit, New
from archive.writer import writing

EDIT = Edit("bianji", "录入")
CANARIES = {
    "phone": "0734-9990001",
    "contact": "canary-contact@example.invalid",
    "idnumber": "110101190001011009",
    "name": "金絲雀投稿人",
    "draft": "金絲雀草稿",
    "withdrawn": "金絲雀撤下",
    "hidden": "金絲雀隱藏",
    "erased": "金絲雀抹除",
    "changed": "金絲雀未審之改",
    "patron": "私下资助的学会",
}
"""Words of internal fields, and of versions and records that are not public."""

CLUBS = """
id: clubs
label: 示例学会
noun: 学会
title: "{name}"
fields:
  name: {label: 名称, type: name, required: true, searchable: true}
  founded: {label: 成立, type: year, facet: true}
  members: {label: 会员, type: link, to: experts, repeatable: true, inverse: 所在的学会}
  patron: {label: 资助人, type: link, to: experts, visibility: internal, inverse: 私下资助的学会}
"""
"""A directory of the institution's own, which no code knows."""


def portrait():
    """A photo as a camera might send it."""
    image = Image.new("RGB", (900, 1200), (150, 140, 125))
    ImageDraw.Draw(image).ellipse((250, 200, 650, 700), fill=(210, 200, 185))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def build(folder):
    """Make the library, its texts and its directories, and return it open."""
    library = build_texts(folder)
    (folder / "directories").mkdir()
    (folder / "directories" / "clubs.yaml").write_text(CLUBS, encoding="utf-8")
    text = (Path(__file__).parent / "public_records.yaml").read_text(encoding="utf-8")
    for name, given in yaml.safe_load(text).items():
        for slug, fields in given.items():
            add(library, name, slug, fields)
    photo = photos.keep(library, photos.redraw(portrait()))
    store.publish(library, Key("experts", "wang-fuzhi"), change(library, "experts/wang-fuzhi", photo=photo))
    change(library, "experts/peng-yulin", bio=CANARIES["changed"])
    _depart(library)
    shigu = Key("red_places", "shigu")
    mentions.decide(library, shigu, "石鼓", ["urn:cts:hengyang:sample.shigu-zhi"], "bianji", meant=True)
    mentions.decide(library, shigu, "石鼓", ["urn:cts:hengyang:sample.neibu"], "bianji", meant=True)
    return library


def add(library, name, slug, given, published=True):
    """A record with every internal field filled."""
    directory = registry.directory(library, name)
    private = {field.key: CANARIES[field.key] for field in directory.internal if field.key in CANARIES}
    checked = values.check(directory, {**private, **given})
    assert not checked.problems, checked.problems
    with writing(library):
        key = store.write(library, directory, EDIT, [New(checked.values, slug)], []).keys[0]
    if published:
        store.publish(library, key, 1)
    return key


def change(library, name, **given):
    """A new version of a record; its number."""
    key = Key(*name.split("/"))
    directory, now = registry.directory(library, key.directory), records.record(library, key)
    checked = values.check(directory, {**now.values, **given})
    return store.save(library, directory, Changed(key, now.version, checked.values), EDIT)


def _depart(library):
    """Records that are not public, each in its own way."""
    for slug in ("draft", "hidden", "withdrawn", "erased"):
        person = {"name": CANARIES[slug], "unit": "示例单位", "discipline": "哲学"}
        add(library, "experts", slug, person, published=slug != "draft")
    admin = User(0, "guanli", "王介之", ("admin",), True, False, "", None, 0, None, 1)
    store.hide(library, Key("experts", "hidden"), "guanli")
    store.withdraw(library, Key("experts", "withdrawn"))
    erasing.erase(library, Key("experts", "erased"), admin, "withdrawn")
    store.withdraw(library, Key("experts", "wang-chuanshan"))
    kept = records.record(library, Key("experts", "wang-fuzhi"))
    whole = Changed(kept.key, kept.version, {**kept.values, "post": "讲席（示例）"})
    merged = Changed(Key("experts", "wang-chuanshan"), 1, {})
    number = store.merge(library, registry.directory(library, "experts"), whole, merged, EDIT)
    store.publish(library, kept.key, number)
