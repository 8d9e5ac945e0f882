"""Encodings: proved, guessed rightly, or refused; never mojibake."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadSource, UsageError
from ingest.readers.encoding import ENCODINGS, decode

CLASSICAL = "天下惟器而已矣。道者器之道，器者不可謂之道之器也。無其道則無其器，人類能言之。"
MODERN = "王夫之，字而农，号姜斋，衡阳人。他是明末清初的思想家，晚年在湘西草堂里著书，有一百多种。"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_proves_itself(codec: str) -> None:
    found = decode((CLASSICAL + "𩔖𫉬").encode(codec))
    assert (found.text, found.guessed) == (CLASSICAL + "𩔖𫉬", False)


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (MODERN, "gb18030", "gb18030"),
        (MODERN, "gb2312", "gb18030"),
        (CLASSICAL, "gb18030", "gb18030"),
        (CLASSICAL + "𩔖", "gb18030", "gb18030"),
        (CLASSICAL, "big5", "big5"),
        (CLASSICAL + "裏粧", "cp950", "big5"),
        (CLASSICAL + "㗎", "big5hkscs", "big5"),
    ],
)
def test_the_two_old_encodings_are_told_apart(text: str, codec: str, name: str) -> None:
    found = decode(text.encode(codec))
    assert (found.text, found.encoding, found.guessed) == (text, name, True)


@pytest.mark.parametrize(
    "data",
    [
        "Съешь же ещё этих мягких французских булок да выпей чаю. ".encode("koi8-r") * 5,
        "春はあけぼの。やうやう白くなりゆく山ぎは、すこしあかりて".encode("shift-jis") * 5,
        "Voilà l'été, où l'on s'élève déjà.".encode("latin-1"),
        "衡陽".encode("big5"),
        bytes(range(128, 256)) * 4,
    ],
)
def test_what_is_not_plausible_is_refused_with_what_was_tried(data: bytes) -> None:
    with pytest.raises(BadSource, match="编码") as caught:
        decode(data, where="书.txt")
    assert "UTF-8" in str(caught.value)
    assert "GB18030" in str(caught.value)
    assert "encoding" in caught.value.remedy


def test_binary_is_refused() -> None:
    with pytest.raises(BadSource, match="NUL"):
        decode(b"MZ\x90\0\x03\0\0\0")


def test_utf16_without_mark_is_read_when_named_and_hinted_at_when_not() -> None:
    data = CLASSICAL.encode("utf-16-le") + b"\n\0"
    with pytest.raises(BadSource):
        decode(data)
    assert decode(data, encoding="utf-16-le").text == CLASSICAL + "\n"


def test_gb_words_that_happen_to_be_utf8_are_not_taken_for_greek() -> None:
    accident = bytes.fromhex("d6ae") * 4  # 之之之之 in GB18030, ֮ (a Hebrew accent) in UTF-8
    with pytest.raises(BadSource, match="分不清"):
        decode(accident)


def test_a_named_encoding_is_obeyed_and_checked() -> None:
    assert decode("衡陽".encode("big5"), encoding="Big5").text == "衡陽"
    with pytest.raises(BadSource, match="第 2 行"):
        decode("天下\n".encode() + b"\xff\xfe\xfa", encoding="utf-8", where="书.txt")
    with pytest.raises(UsageError, match="gb18030"):
        decode(b"x", encoding="latin-9")


def test_line_ends_become_lf() -> None:
    assert decode("甲\r\n乙\r丙\n".encode()).text == "甲\n乙\n丙\n"


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_name_offered_works(name: str) -> None:
    codec = ENCODINGS[name][0].removesuffix("-sig")
    assert decode("天下".encode(codec), encoding=name).text == "天下"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=200))
def test_any_utf8_text_comes_back_or_is_refused(text: str) -> None:
    try:
        assert decode(text.encode()).text == text.removeprefix("\ufeff")
    except BadSource:
        assert not re.search("[\u3400-\u9fff]", text)


@pytest.mark.real
def test_slices_of_real_texts_are_never_misread(kanripo: Path) -> None:
    """Of two thousand slices in every encoding none may be misread, and few of fifty characters and more refused."""
    draw = random.Random(1)
    texts = [path.read_text(encoding="utf-8") for path in sorted(kanripo.glob("KR*/*_00[12].txt"))]
    texts = [re.sub(r"[^\u3000-\u9fff\n]", "", text) for text in texts]
    refused = long = 0
    for _ in range(2000):
        text, length = draw.choice(texts), draw.choice((5, 10, 20, 50, 200, 1000))
        codec = draw.choice(("gb18030", "cp950", "big5hkscs"))
        start = draw.randrange(max(len(text) - length, 1))
        data = text[start : start + length].encode(codec, "ignore")
        try:
            found = decode(data)
            assert found.text == data.decode(codec), (codec, found)
        except BadSource:
            refused += length >= 50
        long += length >= 50
    assert refused < 0.03 * long
