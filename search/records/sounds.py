"""Names by their sound: which rows have a name that is spelt, or abbreviated, by the letters someone typed.

Every name is kept from each of its syllables on, in full (`wangfuzhi`, `fuzhi`, `zhi`) and by initials (`wfz`, `fz`,
`z`), sorted, so that what begins with the letters typed is one stretch of the list.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from search.records.readings import spellings
from search.text.alphabet import Numbers

LONGEST = 24
"""Letters of a name that count."""

_APART = re.compile(r"[（）()〔〕\[\]【】，,；;、]")
"""Parts what stands beside a name from it: 琼瑶（陈喆）."""
_NONE = np.empty(0, dtype=np.int64)


def typed(text: str) -> bytes:
    """The letters someone typed, if they can be pinyin; else nothing. ü may be typed as `v`, `ü` or `u:`."""
    letters = text.lower().replace("u:", "v").replace("ü", "v").replace("'", "").replace("’", "")
    return letters.encode() if letters.isascii() and letters.isalpha() else b""


class Sounds:
    """The names of many rows. A row may have several, a name may be that of several rows."""

    def __init__(self, named: Mapping[str, Sequence[int]], moved: Numbers) -> None:
        """`named` are rows by the name they have; `moved` says which row each has become since."""
        rows: dict[str, list[int]] = {}
        for name, held in named.items():
            for part in _APART.split(name) if _APART.search(name) else (name,):
                rows.setdefault(part, []).extend(held)
        keys, names = [], array("i")
        for number, name in enumerate(rows):
            for key in _keys(name):
                keys.append(key[:LONGEST].encode())
                names.append(number)
        spelt = np.array(keys, dtype=f"S{LONGEST}")
        order = np.argsort(spelt, kind="stable")
        self._keys = spelt[order]
        self._names = np.frombuffer(names, dtype=np.int32)[order]
        sizes = [len(held) for held in rows.values()]
        self._bounds = np.concatenate(([0], np.cumsum(np.array(sizes, dtype=np.int64))))
        self._rows = moved[np.fromiter(chain.from_iterable(rows.values()), dtype=np.int64, count=sum(sizes))]

    def rows(self, letters: bytes) -> Numbers:
        """Rows with a name of which some syllable begins what was typed; none if nothing was."""
        if not letters or len(letters) > LONGEST:
            return _NONE
        low, high = np.searchsorted(self._keys, [letters, letters + b"\x7f"])
        names = np.unique(self._names[low:high])
        begin, sizes = self._bounds[names], np.diff(self._bounds)[names]
        at = np.arange(int(sizes.sum())) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
        return np.unique(self._rows[at])


def _keys(name: str) -> set[str]:
    found: set[str] = set()
    for syllables in spellings(name):
        initials = [syllable[0] for syllable in syllables]
        for start in range(len(syllables)):
            found.add("".join(syllables[start:]))
            found.add("".join(initials[start:]))
    return found
