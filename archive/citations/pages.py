"""Page numbers as citations write them."""

from __future__ import annotations

import re

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−～〜－", "-"))
_AROUND = re.compile(r"^(?:pp?\.\s*(?=\S)|第\s*(?=[0-9-]+\s*页$))|(?<=[0-9])\s*页$")


def page_numbers(told: str) -> str:
    """One hyphen between first and last page, no p. and no 页: `12–15`, `pp. 12--15` and 第12-15页 are `12-15`."""
    return _AROUND.sub("", re.sub(r"\s*-+\s*", "-", told.translate(_DASHES).strip()))
