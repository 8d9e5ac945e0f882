"""Stable names: CTS URNs and the URLs that mirror them.

`urn:cts:hengyang:GROUP.WORK.EDITION:REF@START-END!rREVISION`; everything after the edition is optional.
Syntax after the CTS URN specification (STANDARDS, "CTS URN"): `%`, `/`, `?` and `#` never occur in a part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.errors import UsageError

NAMESPACE = "hengyang"
_SLUG = r"[a-z0-9][a-z0-9_-]*"
_URN = re.compile(
    rf"urn:cts:{NAMESPACE}:(?P<work>{_SLUG}\.{_SLUG})(?:\.(?P<edition>{_SLUG}))?"
    r"(?::(?P<ref>[0-9]{1,9}(?:\.[0-9]{1,9})*)?(?:@(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9}))?(?:!r(?P<revision>[0-9]{1,9}))?)?"
)
WORK_ID = re.compile(rf"{_SLUG}\.{_SLUG}")
SLUG = re.compile(_SLUG)


@dataclass(frozen=True, slots=True)
class Urn:
    """A parsed URN. `start` and `end` count characters of the passage, 0-based and half-open."""

    work: str
    edition: str = ""
    ref: str = ""
    start: int | None = None
    end: int | None = None
    revision: int | None = None

    def __str__(self) -> str:
        version = f".{self.edition}" if self.edition else ""
        tail = self.ref
        if self.start is not None:
            tail += f"@{self.start}-{self.end}"
        if self.revision is not None:
            tail += f"!r{self.revision}"
        return f"urn:cts:{NAMESPACE}:{self.work}{version}{':' + tail if tail else ''}"

    @property
    def edition_urn(self) -> str:
        """The URN of the edition alone."""
        return str(Urn(self.work, self.edition))

    @property
    def path(self) -> str:
        """The site's address of the same thing, from the root: `/w/GROUP.WORK.EDITION/REF@S-E!rN`."""
        name, _, tail = str(self).removeprefix(f"urn:cts:{NAMESPACE}:").partition(":")
        return f"/w/{name}/{tail}" if tail else f"/w/{name}"


class NotAUrn(UsageError):
    """What was given names nothing here: wrong use on the command line, no such page on the site."""

    http_status = 404


def parse(text: str) -> Urn:
    """Read a URN, forgiving what people paste: surrounding space, a site address, a missing prefix.

    Raises:
        NotAUrn: it is not a URN of this library.
        UsageError: its range runs backwards, or has no passage to be in.
    """
    tidy = text.strip()
    if "/w/" in tidy:
        tidy = tidy.split("/w/", 1)[1].split("?")[0].split("#")[0].strip("/").replace("/", ":", 1)
    if not tidy.startswith("urn:"):
        tidy = f"urn:cts:{NAMESPACE}:{tidy}"
    found = _URN.fullmatch(tidy)
    if found is None:
        raise NotAUrn(
            f"“{text[:80]}”不是本库的引用编号（URN）。",
            remedy=f"写法如 urn:cts:{NAMESPACE}:wangfuzhi.zhouyi-baishu.wyg:1.3 或 …:1.3@5-12。",
        )
    part = found.groupdict()
    number = {name: int(part[name]) if part[name] else None for name in ("start", "end", "revision")}
    start, end = number["start"], number["end"]
    if start is not None and end is not None and start > end:
        raise UsageError(f"引用范围 {start}-{end} 前后颠倒。", where=text[:80], remedy="起点不得大于终点，从 0 数起。")
    if (start is not None or number["revision"] is not None) and not part["ref"]:
        raise UsageError("字符范围或修订号之前缺少段落编号。", where=text[:80])
    return Urn(part["work"], part["edition"] or "", part["ref"] or "", start, end, number["revision"])
