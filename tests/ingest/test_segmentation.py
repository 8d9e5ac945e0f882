"""Segmentation of streams whose source knows its blocks, the styles, and books of sayings."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from ingest.segmentation import BODY, STYLES, segment
from ingest.stream import Blank, Block, Draft, Event, Heading, Line, Page, Part, SectionDraft, Span, Warn


def outline(events: Iterable[Event], style: str = "auto") -> list[str]:
    """Sections as `# title`, passages as `kind:text`."""
    return [
        f"{'#' * item.level} {item.title}" if isinstance(item, SectionDraft) else f"{item.kind}:{item.text}"
        for item in segment(events, style=style).items
    ]


def passages(events: Iterable[Event], style: str = "auto") -> list[Draft]:
    return [item for item in segment(events, style=style).items if isinstance(item, Draft)]


def paragraphs(*texts: str) -> list[Event]:
    return [Block(text) for text in texts]


def lines(*texts: str, hard: bool = False) -> list[Event]:
    return [Line(text, 0, len(text), hard=hard) for text in texts]


class TestBlocks:
    def test_levels_of_headings_are_kept(self) -> None:
        events: list[Event] = [Heading("上篇", 1), Block("一段。")]
        events += [Heading("第一節", 2), Heading("一", 3), Block("又一段。")]
        assert outline(events) == [
            *("# 上篇", "heading:上篇", "paragraph:一段。"),
            *("## 第一節", "heading:第一節", "### 一", "heading:一", "paragraph:又一段。"),
        ]

    def test_headings_stand_under_the_part_that_holds_them(self) -> None:
        made = outline([Part("卷一", "1"), Heading("序", 1), Block("文。"), Part("卷二", "2"), Block("文。")])
        assert made == ["# 卷一", "## 序", "heading:序", "paragraph:文。", "# 卷二", "paragraph:文。"]

    def test_text_before_any_heading_gets_a_section(self) -> None:
        assert outline([Block("題下小記。"), Heading("一", 1), Block("文。")]) == [
            *(f"# {BODY}", "paragraph:題下小記。", "# 一", "heading:一", "paragraph:文。"),
        ]

    def test_a_part_without_a_title_gets_a_section_too(self) -> None:
        assert outline([Part(""), Block("文。")]) == [f"# {BODY}", "paragraph:文。"]

    def test_title_of_a_section_leaves_out_notes_and_line_breaks(self) -> None:
        (section, heading) = segment([Heading("遊嶽\n其一並序", 1, notes=((5, 7),))]).items
        assert (section, heading.text) == (SectionDraft(1, "遊嶽 其一"), "遊嶽\n其一並序")  # type: ignore[union-attr]

    def test_pages_and_lines_within_a_block(self) -> None:
        first, second, third = Page("1a"), Page("1b"), Page("2a")
        spans = (
            Span("line", 0, 0),
            Span("line", 2, 2),
            Span("page", 4, 4, {"page": second}),
            Span("supplied", 1, 2),
        )
        made = segment([first, Block("一二三四五六", spans=spans), third, Block("七八")])
        one, two = (item for item in made.items if isinstance(item, Draft))
        assert made.pages == (first, second, third)
        assert (one.pages, one.lines, one.marks) == (((0, 0), (4, 1)), (2,), (Span("supplied", 1, 2),))
        assert two.pages == ((0, 2),)

    def test_of_two_pages_beginning_at_one_place_the_last_is_in_force(self) -> None:
        made = segment([Page("1"), Page("2"), Block("文", spans=(Span("page", 0, 0, {"page": Page("3")}),))])
        assert [page.label for page in made.pages] == ["1", "2", "3"]
        assert made.items[1] == Draft("paragraph", "文", pages=((0, 2),))

    def test_kinds_and_notes_of_blocks_are_kept(self) -> None:
        (draft,) = passages([Block("江水\n東流", "verse", notes=((1, 2),))])
        assert (draft.kind, draft.text, draft.notes) == ("verse", "江水\n東流", ((1, 2),))

    def test_warnings_go_through(self) -> None:
        assert segment([Warn("頁碼缺失", "某.xml:3"), Block("文")]).warnings == (Warn("頁碼缺失", "某.xml:3"),)

    def test_nothing_makes_nothing(self) -> None:
        assert segment([]).items == segment([Part("卷一"), Page("1"), Blank()]).items == ()

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.text("卷一上序甲", min_size=1, max_size=5), st.integers(1, 6)).map(
                    lambda it: Heading(*it)
                ),
                st.text("衡山石鼓。\n", min_size=1, max_size=9).map(Block),
                st.builds(
                    lambda text, indent: Line(text, indent, len(text)), st.text("湘水", min_size=1), st.integers(0, 5)
                ),
                st.just(Blank()),
                st.just(Page("1")),
                st.text("卷二", max_size=2).map(Part),
            )
        ),
        st.sampled_from(STYLES),
    )
    def test_mixed_streams_keep_all_their_text_in_sections(self, events: list[Event], style: str) -> None:
        made = segment(events, style=style)
        written = "".join(event.text for event in events if isinstance(event, Line | Block | Heading))
        text = "".join(item.text for item in made.items if isinstance(item, Draft))
        assert text.replace("\n", "") == written.replace("\n", "")
        assert not made.items or isinstance(made.items[0], SectionDraft)
        assert all(item.title for item in made.items if isinstance(item, SectionDraft) and item.title.strip())


class TestLines:
    def test_a_page_that_begins_between_lines_stands_at_its_offset(self) -> None:
        (draft,) = passages([Page("1a"), *lines("一二三四五六"), Page("1b"), *lines("七八九十")])
        assert (draft.text, draft.lines, draft.pages) == ("一二三四五六七八九十", (6,), ((0, 0), (6, 1)))

    def test_an_open_note_and_the_one_that_follows_are_one(self) -> None:
        first = Line("文甲乙", 0, 3, notes=((1, 3),), open_note=True)
        (draft,) = passages([first, Line("丙丁字", 0, 3, notes=((0, 2),))])
        assert (draft.text, draft.notes) == ("文甲乙丙丁字", ((1, 5),))

    def test_line_ends_that_are_meant_stay(self) -> None:
        (draft,) = passages(lines("洞庭波兮", "木葉下", hard=True))
        assert (draft.kind, draft.text, draft.lines) == ("verse", "洞庭波兮\n木葉下", (5,))

    def test_style_verse_keeps_every_line_end(self) -> None:
        (draft,) = passages(lines("洞庭西望楚江分水盡", "南天不見雲日落長沙"), "verse")
        assert draft.text == "洞庭西望楚江分水盡\n南天不見雲日落長沙"

    def test_style_prose_finds_neither_verse_nor_sayings(self) -> None:
        texts = [f"{number}. 學者當立志。——《近思錄》卷一" for number in range(1, 6)]
        assert {draft.kind for draft in passages(paragraphs(*texts), "prose")} == {"paragraph"}

    def test_unknown_style(self) -> None:
        with pytest.raises(UsageError, match="haiku"):
            segment([], style="haiku")


class TestSayings:
    @pytest.mark.parametrize("sign", ["{}.", "{}、", "【{}】", "{}．"])
    def test_numbered_sayings(self, sign: str) -> None:
        texts = [f"{sign.format(number)} 學者當立志。" for number in range(1, 5)]
        assert [draft.kind for draft in passages(paragraphs(*texts), "yulu")] == ["saying"] * 4

    @pytest.mark.parametrize("sign", ["一、", "【三】", "○", "第二條　"])
    def test_signs_of_old_books(self, sign: str) -> None:
        made = passages(paragraphs(*(f"{sign}學者當立志。" for _ in range(4))), "yulu")
        assert [draft.kind for draft in made] == ["saying"] * 4

    def test_a_further_paragraph_belongs_to_its_numbered_saying(self) -> None:
        made = passages(paragraphs("1. 立志。", "志者心之所之。", "2. 居敬。", "3. 窮理。"), "yulu")
        assert [draft.text for draft in made] == ["1. 立志。\n志者心之所之。", "2. 居敬。", "3. 窮理。"]

    def test_source_on_a_line_of_its_own(self) -> None:
        texts = [text for number in range(3) for text in (f"勢者事之所因{number}。", "——《讀通鑑論》卷一")]
        made = passages(paragraphs(*texts))
        assert len(made) == 3
        for draft in made:
            (mark,) = draft.marks
            assert (mark.kind, draft.text[mark.start : mark.end]) == ("source", "《讀通鑑論》卷一")

    def test_source_in_brackets_at_the_end(self) -> None:
        made = passages(paragraphs(*(f"士不可不弘毅{number}。（《俟解》）" for number in range(3))))
        assert [draft.text[mark.start : mark.end] for draft in made for mark in draft.marks] == ["《俟解》"] * 3

    def test_pages_follow_a_saying_that_is_joined(self) -> None:
        events: list[Event] = [
            Page("1"),
            Block("1. 立志。"),
            Page("2"),
            Block("志者心之所之。"),
            Block("2. 居敬。"),
            Block("3. 窮理。"),
        ]
        made = passages(events, "yulu")
        assert made[0].pages == ((0, 0), (7, 1))
        assert passages([Block("1. 立志。"), Page("2"), *events[3:]], "yulu")[0].pages == ((7, 0),)

    def test_prose_with_numbered_points_is_no_book_of_sayings(self) -> None:
        made = passages(paragraphs("文學史要分期，", "1. 先秦，", "2. 兩漢，", "3. 魏晉南北朝。"))
        assert {draft.kind for draft in made} == {"paragraph"}
