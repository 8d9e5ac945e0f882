"""A small library in our own words: every shape a reading page must show, and every right it must keep."""

import struct
import zlib
from pathlib import Path

from archive.intake import Draft, FileContent, Page, Run, SectionDraft, SourceFile, Span, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.writer import store_edition, withdraw_edition

SHIGU = "urn:cts:hengyang:sample.shigu-zhi.lib"
SHUIKAO = "urn:cts:hengyang:sample.zhengxiang-shuikao.ke"
SECRETS = ("鳳隱三池", "鶴避九皋", "匿名校语", "藏于内馆")
"""Strings that stand only where the public may not read them."""
SNIPPET_ONLY = "舟出湘口而雨"


def picture(width=60, height=90, ink=0x30):
    """A grey page with a dark frame, as PNG bytes."""
    rows = b"".join(
        b"\0" + bytes(ink if x in (2, width - 3) or y in (2, height - 3) else 0xEE for x in range(width))
        for y in range(height)
    )

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def store(library, work, edition, items, pages=(), why="入库"):
    """Put one edition in the library."""
    content = FileContent(tuple(pages), tuple(pack(item) if isinstance(item, Draft) else item for item in items))
    source = library.originals.put(edition.urn.encode())
    return store_edition(
        library,
        work,
        edition,
        [content],
        fingerprint=f"{edition.urn}{why}",
        originals=[SourceFile("text.txt", source, len(edition.urn), "text/plain")],
        run=Run("馆员甲", why, "text.txt", "手工录入", "1"),
    )


def build(folder: Path) -> Library:
    """Make the library and return it open."""
    library = Library.create(folder)
    for make in (_shigu, _shuikao, _notes, _journal, _long, _restricted, _waiting, _withdrawn):
        make(library)
    return library


def _shigu(library):
    work = Work(
        "sample.shigu-zhi",
        "石鼓书院小志",
        author="李承文",
        category="方志",
        collection="衡阳书院文献",
        period="当代",
        genre="志书",
        subjects=("书院", "石鼓山"),
        abstract="为读者游览石鼓而作的小志，述形势、沿革与题咏。",
    )
    edition = Edition(
        0,
        SHIGU,
        work.id,
        "文库排印本",
        statement="排印本",
        script="Hans",
        citation={"type": "book", "publisher": "衡阳文库", "publisher-place": "衡阳", "issued": "2024"},
    )
    first = "石鼓山在蒸水入湘之处，三面临江，形如砥柱。书院建于山巅，唐时已有讲学之人，宋初赐额，遂为天下书院之一。"
    noted = "山下旧有合江亭，登亭可见三水汇流。亭名初称绿净，取水色之意。"
    poem = "江声绕阁昼还清\n三水同流不竞名\n且看绿波分两岸\n渔舟一叶向东行"
    dropped = Draft("paragraph", "此段后来删去，旧引文仍可核对。", pages=((0, 3),))
    earlier = [*_shigu_items(first.replace("砥柱", "石柱"), noted, poem), dropped]
    store(library, work, edition, earlier, _numbered_pages(4))
    store(library, work, edition, _shigu_items(first, noted, poem), _numbered_pages(4), why="校改错字")


def _numbered_pages(count):
    return [Page(str(number), image=picture(), media_type="image/png") for number in range(1, count + 1)]


def _shigu_items(first, noted, poem):
    at = noted.index("。")
    return [
        SectionDraft(1, "卷上　形势"),
        Draft("heading", "卷上　形势", pages=((0, 0),)),
        Draft("byline", "李承文　撰", pages=((0, 0),)),
        SectionDraft(2, "山川"),
        Draft("heading", "山川", pages=((0, 0),)),
        Draft("paragraph", first, pages=((0, 0), (first.index("书院"), 1))),
        Draft("paragraph", noted, marks=(Span("footnote", at, at, {"ref": "1.2.3"}),), pages=((0, 1),)),
        Draft("footnote", "绿净之名，见于旧志；今亭为后来重修。", pages=((0, 1),)),
        SectionDraft(2, "题咏"),
        Draft("heading", "题咏", pages=((0, 2),)),
        Draft("verse", poem, pages=((0, 2),)),
        SectionDraft(1, "卷下　杂记"),
        Draft("heading", "卷下　杂记", pages=((0, 3),)),
        Draft(
            "saying",
            "读书须先识字，识字须先识其所以然。——石鼓讲堂旧语",
            marks=(Span("source", 17, 25, {}),),
            pages=((0, 3),),
        ),
        Draft("list", "一、晨读\n二、午讲\n三、夜记", pages=((0, 3),)),
        Draft("table", "斋名\t主讲\n敬业斋\t李承文\n时习斋\t周汝舟", pages=((0, 3),)),
    ]


def _shuikao(library):
    work = Work(
        "sample.zhengxiang-shuikao",
        "蒸湘水考",
        author="周汝舟",
        dynasty="清",
        category="史部",
        collection="衡阳地方文献",
        period="清",
    )
    edition = Edition(
        0,
        SHUIKAO,
        work.id,
        "文库拟刻本",
        statement="刻本",
        script="Hant",
        vertical=True,
        citation={"type": "classic", "publisher": "周氏家塾", "publisher-place": "衡阳", "issued": "1872"},
    )
    juan = "蒸水出邵陵東北流經衡陽水上有氣如蒸故名舊說謂水氣蒸騰非也今按其地多溫泉冬日霧起如炊𩔖於釜上之氣"
    at = juan.index("舊說")
    until = juan.index("今按")
    entry = "合江亭在石鼓山後俯臨湘水　𫉬見洲渚出沒漁人往來如畫中有〓石一方相傳為禹碑殘字後人為之作亭"
    gaiji = entry.index("〓")
    verse = "一水東來說古今\n孤亭為客暫登臨"
    pages = [Page(f"001-{leaf}{side}", "001", f"{leaf}{side}") for leaf in (1, 2) for side in "ab"]
    items = [
        SectionDraft(1, "蒸湘水考卷一"),
        Draft("heading", "蒸湘水考卷一", pages=((0, 0),)),
        Draft("byline", "清　周汝舟　撰", pages=((0, 0),)),
        SectionDraft(2, "蒸水"),
        Draft("heading", "蒸水", pages=((0, 0),)),
        Draft(
            "paragraph",
            juan,
            notes=((at, until),),
            lines=(21, 42),
            pages=((0, 0), (30, 1)),
        ),
        Draft(
            "entry",
            entry,
            notes=((entry.index("相傳"), entry.index("後人")),),
            marks=(
                Span("headword", 0, 3),
                Span("gaiji", gaiji, gaiji + 1, {"id": "KR9901", "ids": "⿰石鼓", "normalised": ""}),
                Span("supplied", entry.index("畫"), entry.index("畫") + 1),
            ),
            lines=(21,),
            pages=((0, 1), (21, 2)),
        ),
        Draft("verse", verse, pages=((0, 3),)),
    ]
    store(library, work, edition, items, pages)


def _notes(library):
    work = Work(
        "sample.dushi", "湘南读史录", author="李承文", category="史部", collection="衡阳地方文献", period="当代"
    )
    text = "前人论史，贵在通变。其言平实，可以为法。匿名校语谓此处有误。"
    noted = Edition(
        0,
        "urn:cts:hengyang:sample.dushi.notes",
        work.id,
        "校注本",
        script="Hans",
        rights=Rights(notes="staff", scans="staff"),
    )
    items = [
        SectionDraft(1, "论通变"),
        Draft("heading", "论通变", pages=((0, 0),)),
        Draft(
            "paragraph",
            text,
            notes=((20, len(text)),),
            pages=((0, 0),),
            marks=(Span("footnote", 4, 4, {"ref": "1.2"}),),
        ),
        Draft("footnote", "此注藏于内馆。", pages=((0, 0),)),
        Draft(
            "paragraph",
            "后篇续论之。",
            pages=((0, 0),),
            marks=(Span("app", 0, 2, {"lem": "后篇", "rdgs": [{"text": "藏于内馆", "wit": "甲"}]}),),
        ),
    ]
    store(library, work, noted, items, [Page("1", image=picture(ink=0x10), media_type="image/png")])
    bare = Edition(
        0, "urn:cts:hengyang:sample.dushi.bare", work.id, "白文本", script="Hans", rights=Rights(punctuation="staff")
    )
    store(
        library,
        work,
        bare,
        [SectionDraft(1, "论通变"), Draft("paragraph", "前人论史，贵在通变。“其言平实”，可以为法。")],
    )


def _journal(library):
    for number, (title, author, line) in enumerate(
        (
            ("蒸湘合流处的书声", "王一苇", "书声起于江上，至今不绝。"),
            ("船山故里行记", "陈述", "访湘西草堂，门前古藤犹在。"),
        ),
        1,
    ):
        work = Work(
            f"journal.article-{number}",
            title,
            author=author,
            category="期刊",
            collection="衡阳社科",
            period="当代",
            year_from=2024,
        )
        edition = Edition(
            0,
            f"urn:cts:hengyang:journal.article-{number}.2024",
            work.id,
            "2024年第1期",
            script="Hans",
            citation={
                "type": "article-journal",
                "container-title": "衡阳社科",
                "issued": "2024",
                "volume": "12",
                "issue": "1",
                "page": "3-9",
            },
        )
        items = [SectionDraft(1, "一"), Draft("heading", "一"), Draft("paragraph", line)]
        store(library, work, edition, items)


def _long(library):
    """A gazetteer's shape: one long juan of hundreds of entries, one of a single huge passage, many sections."""
    work = Work("sample.tongzhi", "衡州通志稿", author="佚名", category="史部", collection="衡阳地方文献", period="清")
    edition = Edition(0, "urn:cts:hengyang:sample.tongzhi.gao", work.id, "稿本", script="Hant")
    sentence = "湘水自南而北經城東而去其流清淺可涉春漲則舟楫通行商旅往來不絕於道"
    items = [SectionDraft(1, "卷一"), Draft("heading", "卷一")]
    for number in range(400):
        items += [SectionDraft(2, f"第{number + 1}鄉"), Draft("heading", f"第{number + 1}鄉")]
        items += [Draft("paragraph", sentence * 2, notes=((3, 9), (20, 31)))]
    items += [SectionDraft(1, "卷二"), Draft("heading", "卷二")]
    items += [Draft("paragraph", sentence * 1_500 + "末句在此")]
    items += [SectionDraft(1, "卷三"), Draft("heading", "卷三")]
    items += [Draft("paragraph", sentence * 3, notes=tuple((at, at + 2) for at in range(0, 90, 4))) for _ in range(200)]
    store(library, work, edition, items)


def _restricted(library):
    work = Work("sample.neibu", "馆藏秘钞", author="佚名", category="集部", collection="馆藏善本", period="清")
    house = Edition(0, "urn:cts:hengyang:sample.neibu.chao", work.id, "秘钞本", rights=Rights(text="staff"))
    items = [SectionDraft(1, "鳳隱"), Draft("heading", "鳳隱"), Draft("paragraph", "鳳隱三池而人不知鶴避九皋而聲不聞")]
    store(library, work, house, items, [Page("1", image=picture(ink=0x50), media_type="image/png")])
    work = Work("sample.xiangyou", "湘游日记", author="何远", category="集部", collection="衡阳地方文献", period="民国")
    bound = Edition(
        0,
        "urn:cts:hengyang:sample.xiangyou.ben",
        work.id,
        "整理本",
        script="Hans",
        rights=Rights(text="snippet", punctuation="snippet", notes="snippet", scans="staff"),
    )
    text = "初三日，舟出湘口而雨，夜泊石鼓山下，听江声至旦，欲和旧人之诗而未成，遂卧。"
    items = [SectionDraft(1, "初三日"), Draft("heading", "初三日"), Draft("paragraph", text)]
    store(library, work, bound, items)


def _waiting(library):
    work = Work(
        "sample.saomiao", "衡阳旧影集", author="佚名", category="图像", collection="衡阳地方文献", period="民国"
    )
    edition = Edition(0, "urn:cts:hengyang:sample.saomiao.ying", work.id, "影印本", status="waiting-ocr")
    store(library, work, edition, [], [Page(str(n), image=picture(), media_type="image/png") for n in (1, 2, 3)])


def _withdrawn(library):
    work = Work("sample.chexia", "撤下之书", author="佚名", collection="衡阳地方文献")
    for name, rights in (("ben", Rights()), ("mi", Rights(text="staff"))):
        edition = Edition(0, f"urn:cts:hengyang:sample.chexia.{name}", work.id, f"旧本{name}", rights=rights)
        withdraw_edition(library, store(library, work, edition, [Draft("paragraph", "已撤之文")]).edition_id)
