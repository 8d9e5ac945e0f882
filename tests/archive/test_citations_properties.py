"""Whatever comes in: one line a reference, or an error a reader understands."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.citations import STYLES, format_item, format_items, load_csl
from archive.citations.csl import TYPES
from archive.errors import WenkuError

WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "宋论",
            "卷3：12a",
            "<i>a</i>",
            "a.\n",
            "第二版",
            "5th ed.",
            "1-2",
            "{x}",
            "1865（清同治四年）",
            "//",
            ".",
            "\u2028",
            "𩔖",
        ]
    ),
)
NAME = st.dictionaries(
    st.sampled_from(["family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle"]), WORDS
)
PARTS = st.lists(st.one_of(st.integers(-9999, 9999), st.sampled_from(["2011", "", None, "5"])), max_size=3)
DATE = st.one_of(
    WORDS,
    st.fixed_dictionaries(
        {},
        optional={
            "date-parts": st.lists(PARTS, max_size=2),
            "literal": WORDS,
            "raw": WORDS,
            "season": st.one_of(WORDS, st.integers(0, 30)),
            "circa": st.booleans(),
        },
    ),
)
NUMBER = st.one_of(WORDS, st.integers(), st.floats())
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
# The fields the styles read; drawing from all that CSL has only takes longer.
FIELDS = {
    **dict.fromkeys(("archive", "archive-place", "container-title", "DOI", "event-title", "genre", "keyword"), WORDS),
    **dict.fromkeys(("language", "medium", "note", "publisher", "publisher-place", "scale", "dimensions"), WORDS),
    **dict.fromkeys(("URL", "volume-title", "abstract"), WORDS),
    **dict.fromkeys(("id", "edition", "issue", "locator", "number", "page", "version", "volume"), NUMBER),
    **dict.fromkeys(("issued", "accessed"), DATE),
    **dict.fromkeys(("author", "editor", "translator", "container-author"), st.lists(NAME, max_size=5)),
    "custom": JUNK,
}
ITEM = st.fixed_dictionaries({"type": st.sampled_from(sorted(TYPES)), "title": WORDS}, optional=FIELDS)
ANYTHING = st.dictionaries(st.sampled_from(["type", "title", *FIELDS]), st.one_of(JUNK, DATE, st.lists(NAME)))
STYLE = st.sampled_from(sorted(STYLES))
LINE_STYLE = st.sampled_from(["gbt7714-2025", "gbt7714-2015", "footnote"])


def formatted(item, style):
    try:
        return format_item(item, style)
    except WenkuError as error:
        assert error.what
        assert "\n" not in str(error)
        return None


@settings(max_examples=150, deadline=None)
@given(ITEM, LINE_STYLE)
def test_a_reference_is_one_line_with_its_title(item, style):
    line = formatted(item, style)
    if line is not None:
        assert len(line.splitlines()) == 1
        assert line == line.strip()
        assert line.endswith((".", "。"))
        assert "[]" not in line.replace(item["title"], "题") or style == "footnote"
        line.encode()


@settings(max_examples=150, deadline=None)
@given(st.one_of(ITEM, ANYTHING, JUNK), STYLE)
def test_nothing_but_the_houses_own_errors(item, style):
    formatted(item, style)


@settings(max_examples=80, deadline=None)
@given(st.lists(ITEM, max_size=3))
def test_csl_json_round_trip(items):
    try:
        text = format_items(items, "csl-json")
    except WenkuError:
        return
    assert load_csl(text, "x") == items


@settings(max_examples=80, deadline=None)
@given(st.lists(ITEM, min_size=1, max_size=3))
def test_bibtex_and_ris_stay_well_formed(items):
    try:
        bibtex, ris = format_items(items, "bibtex"), format_items(items, "ris")
    except WenkuError:
        return
    depth = 0
    for char in bibtex:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    assert ris.count("\nER  - ") == len(items) == len(ris.split("\n\n"))


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=40), JUNK.map(lambda data: json.dumps(data))))
def test_any_document_is_read_or_refused(text):
    try:
        items = load_csl(text, "x.json")
    except WenkuError as error:
        assert error.where.startswith("x.json")
    else:
        assert isinstance(items, list)
