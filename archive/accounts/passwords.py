"""Passwords: how they are kept, and which are too weak to be kept.

Kept is `scrypt$n$r$p$salt$key`, salt and key in base64 (RFC 7914; cost as OWASP's Password Storage Cheat Sheet advises:
32 MiB and about a third of a second a guess). The cost stands in every hash, so that raising `COST` leaves old
passwords good: `outdated` tells which to make anew at the next login.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from base64 import b64decode, b64encode
from typing import NamedTuple

from archive.errors import UsageError

SHORTEST, LONGEST = 10, 200
"""Characters of a password."""
_KEY, _SALT = 32, 16


class Cost(NamedTuple):
    """What a guess costs: `n` rounds over `n` · `r` · 128 bytes, `p` times."""

    n: int
    r: int
    p: int


COST = Cost(n=1 << 15, r=8, p=3)

# Those of ten characters and more that everybody tries first; shorter ones are refused by their length.
_COMMONEST = frozenset(
    [
        "1111111111",
        "1122334455",
        "1234512345",
        "123123123123",
        "1234554321",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "5201314520",
        "a123456789",
        "aa12345678",
        "aa123456789",
        "abc1234567",
        "abc123456789",
        "abcd123456",
        "abcd1234567",
        "admin12345",
        "admin123456",
        "admin@1234",
        "administrator",
        "asd123456789",
        "hengyang123",
        "hengyang2024",
        "hengyang2025",
        "hengyang2026",
        "iloveyou123",
        "letmein123",
        "password01",
        "password12",
        "password123",
        "password1234",
        "p@ssw0rd123",
        "q1w2e3r4t5",
        "qazwsxedcrfv",
        "qq123456789",
        "qwer123456",
        "qwerty12345",
        "qwerty123456",
        "wenku12345",
        "wenku123456",
        "welcome123",
        "woaini1314",
        "woaini5201314",
        "woaini520520",
        "woaiwojia1",
        "xiaoxiang123",
        "zxcvbnm123",
    ]
)
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def refuse_weak(password: str, login: str) -> None:
    """Let pass what is strong enough for the account `login`.

    Raises:
        UsageError: it is too short, too long, the login name, one of the commonest, or made of next to nothing.
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(plain) < SHORTEST:
        raise UsageError(f"密码太短，至少要 {SHORTEST} 个字符。", remedy="几个不相干的词连起来，既好记又难猜。")
    if len(plain) > LONGEST:
        raise UsageError(f"密码太长，至多 {LONGEST} 个字符。")
    if len(plain.replace(login.casefold(), "")) < 4:
        raise UsageError("密码不能就是登录名，加几个字符也不行。", remedy="请换一个。")
    rows = (*_ROWS, *(row[::-1] for row in _ROWS))
    if plain in _COMMONEST or len(set(plain)) < 5 or any(plain in row for row in rows):
        raise UsageError("这个密码人人都会先试。", remedy="请换一个不那么常见的。")


def hashed(password: str) -> str:
    """What is kept of a password."""
    salt = os.urandom(_SALT)
    return "$".join(("scrypt", *map(str, COST), _text(salt), _text(_key(password, salt, COST))))


def matches(password: str, kept: str) -> bool:
    """Whether the password is the one that is kept. An empty `kept` matches nothing and takes as long."""
    if not kept:
        _key(password, bytes(_SALT), COST)
        return False
    _, n, r, p, salt, key = kept.split("$")
    return hmac.compare_digest(_key(password, b64decode(salt), Cost(int(n), int(r), int(p))), b64decode(key))


def outdated(kept: str) -> bool:
    """Whether it was kept at another cost than today's."""
    return tuple(kept.split("$")[1:4]) != tuple(map(str, COST))


def _key(password: str, salt: bytes, cost: Cost) -> bytes:
    data = unicodedata.normalize("NFKC", password[: 4 * LONGEST]).encode("utf-8", "surrogatepass")
    room = 128 * cost.r * (cost.n + cost.p + 2)
    return hashlib.scrypt(data, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=_KEY)


def _text(data: bytes) -> str:
    return b64encode(data).decode()
