"""docs/formats.md lists the formats there are."""

import re
from pathlib import Path

from ingest.readers.registry import READERS

GUIDE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_format_and_suffix_is_explained():
    rows = {
        label: set(re.findall(r"`(\.\w+)`", suffixes))
        for label, suffixes in re.findall(r"^\| ([^|]+?) \| ([^|]*`\.[^|]*) \|", GUIDE, re.MULTILINE)
    }
    for reader in READERS:
        assert set(reader.suffixes) <= rows[reader.label], reader.name
