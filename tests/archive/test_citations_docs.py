"""docs/citation.md prints what the code prints."""

import re
from pathlib import Path

import pytest

from archive.citations import STYLES, format_items, load_csl
from archive.errors import UsageError

GUIDE = (Path(__file__).parents[2] / "docs" / "citation.md").read_text(encoding="utf-8")


def examples():
    items = []
    for language, style, body in re.findall(r"^```(json|text) ?(\S*)\n(.*?)\n```$", GUIDE, re.MULTILINE | re.DOTALL):
        if language == "json":
            items = load_csl(body, "docs/citation.md")
        else:
            yield pytest.param(items, style, body, id=f"{items[0]['title']}-{style}")


@pytest.mark.parametrize(("items", "style", "printed"), list(examples()))
def test_the_guides_examples(items, style, printed):
    assert format_items(items, style) == printed


def test_the_guide_shows_every_style():
    assert re.findall(r"^\| `(\S+)` \| (.+?)(?:（默认）)? \|", GUIDE, re.MULTILINE) == [
        (name, style.label) for name, style in STYLES.items()
    ]
    shown = {style for _, style, _ in (example.values for example in examples())}
    assert shown == set(STYLES) - {"csl-json"}


def test_the_guides_error_is_the_one_shown():
    with pytest.raises(UsageError) as caught:
        load_csl(
            '[{"type": "book", "title": "甲"}, {"id": "songlun", "type": "book", "title": "宋论", "author": "王夫之"}]',
            "书目.json",
        )
    assert f"错误：{caught.value}\n" in GUIDE
