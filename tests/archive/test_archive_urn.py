import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.urn import Urn, parse

slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
refs = st.lists(st.integers(0, 9999), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@given(slugs, slugs, slugs, refs, st.integers(0, 500), st.integers(0, 500), st.integers(1, 99))
def test_a_urn_reads_back_as_it_was_written(
    group: str, work: str, edition: str, ref: str, a: int, b: int, r: int
) -> None:
    name = Urn(f"{group}.{work}", edition, ref, min(a, b), max(a, b), r)
    assert parse(str(name)) == name
    assert parse(f"https://example.org{name.path}?q=x#hit") == name


@given(st.text(max_size=60))
def test_anything_else_is_a_clear_error(text: str) -> None:
    try:
        name = parse(text)
    except UsageError as error:
        assert error.what
    else:
        assert parse(str(name)) == name


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("urn:cts:other:a.b.c:1", "不是本库"),
        ("urn:cts:hengyang:a.b.c:1@9-3", "颠倒"),
        ("urn:cts:hengyang:a.b.c:@1-2", "段落编号"),
        ("urn:cts:hengyang:a.b.c:1!r2!r3", "不是本库"),
        ("urn:cts:hengyang:a.b.c:" + "9" * 5000, "不是本库"),
        ("", "不是本库"),
    ],
)
def test_bad_urns_name_what_is_wrong(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        parse(text)


def test_a_pasted_name_needs_no_prefix() -> None:
    assert (
        str(parse(" wangfuzhi.zhouyi-baishu.wyg:1.3@5-12 ")) == "urn:cts:hengyang:wangfuzhi.zhouyi-baishu.wyg:1.3@5-12"
    )
