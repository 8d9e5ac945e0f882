"""Every query that the documents show can be written so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.language.query import parse
from search.language.signs import FIELDS, LAYERS

HOUSE = Path(__file__).resolve().parents[2]
DOCUMENT = (HOUSE / "docs" / "search.md").read_text(encoding="utf-8")
HELP = (HOUSE / "web" / "templates" / "about" / "help.html").read_text(encoding="utf-8")


def shown() -> list[str]:
    """The first column of the table of what can be written, and every example of the help page."""
    table = DOCUMENT.partition("## 写法")[2].partition("###")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    queries = [query.replace("\\|", "|") for row in rows for query in re.findall(r"`([^`]+)`", row)]
    return queries + [one or other for one, other in re.findall(r"""example\((?:"([^"]*)"|'([^']*)')\)""", HELP)]


def test_the_documents_show_queries() -> None:
    assert len(shown()) > 40


@pytest.mark.parametrize("query", shown())
def test_what_is_shown_can_be_asked(query: str) -> None:
    assert parse(query)


def test_every_field_and_layer_is_told() -> None:
    for names in (FIELDS | LAYERS).values():
        assert f"{names[0]}:" in DOCUMENT
        assert f"{names[0]}:" in HELP
