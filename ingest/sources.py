"""What the user named, as editions to bring in: which files, of which work, with which metadata.

A folder with a `work.yaml` is one edition; so is a folder of Kanseki Repository files; a folder with a catalogue is as
many as it has rows; any other folder is searched for these. Files follow each other as people number them, 2 before 10.
Pictures are the pages of a book only where no text lies beside them; ALTO, hOCR and PAGE XML files that belong to
pictures come with them. What cannot be described becomes a failed item of the report, and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.errors import BadSource, UsageError, WenkuError
from archive.intake import FileContent, PackedPassage
from archive.model import Edition, Work
from archive.urn import Urn
from ingest import kanripo
from ingest.metadata import CATALOGUES, WORK_YAML, WorkMeta, load_catalogue, load_work_yaml, meta_from_front_matter
from ingest.readers import mandoku, picture, registry
from ingest.report import ItemReport

_TABLES = (".csv", ".tsv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Source:
    """One edition to bring in, described."""

    label: str
    files: tuple[Path, ...]
    work: Work
    edition: Edition
    style: str = "auto"
    encoding: str = ""
    metadata_files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    author_from_text: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file the edition comes from, text first."""
        return (*self.files, *self.metadata_files)

    def completed(self, contents: Sequence[FileContent], there: Work | None) -> tuple[Work, tuple[str, ...]]:
        """The work, and what to tell of it.

        Where nobody described the work, what the library already says of it stays, and an author it lacks is read off
        the title page.
        """
        if not self.author_from_text:
            return self.work, ()
        work = there or self.work
        if work.author:
            return work, ()
        found = kanripo.responsibility(_title_page(contents))
        if not found.author:
            return work, ("卷端没有读出作者，请在 work.yaml 里写明。",)
        named = replace(work, author=found.author, dynasty=found.dynasty or work.dynasty)
        return named, (f"作者据卷端题署定为“{found.author}”，请核对。",)


def discover(names: Iterable[str], library: Path, base_url: str) -> list[Source | ItemReport]:
    """What the names given on the command line mean.

    Args:
        names: paths, or `kanripo:` ids, which are fetched from `base_url` into the library's folder.
        library: the library's folder.
        base_url: where Kanseki Repository texts lie.
    """
    return [source for name in names for source in _named(name, library, base_url)]


def _named(name: str, library: Path, base_url: str) -> Iterator[Source | ItemReport]:
    try:
        if name.startswith(kanripo.PREFIX):
            from ingest.fetch import fetch  # imports a git client, slow to start and seldom needed

            for folder in fetch(name, base_url, library / "fetched"):
                yield from _folder(folder)
        elif Path(name).is_dir():
            yield from _nothing_else(name, _folder(Path(name)))
        elif Path(name).is_file():
            yield from _file(Path(name))
        else:
            raise BadSource(
                "没有这个文件或文件夹。", where=name, remedy="请核对路径；漢籍リポジトリ写作 kanripo:KR1a0120。"
            )
    except WenkuError as error:
        yield ItemReport(name, "failed", error=error)


def _nothing_else(name: str, found: Iterator[Source | ItemReport]) -> Iterator[Source | ItemReport]:
    empty = True
    for source in found:
        empty = False
        yield source
    if empty:
        raise BadSource(
            "文件夹里没有可收的书。", where=name, remedy="请在书的旁边放一份 work.yaml，写法见 docs/work-yaml.md。"
        )


def _folder(folder: Path) -> Iterator[Source | ItemReport]:
    """The editions in a folder, its subfolders in order of name."""
    try:
        catalogue = next((folder / name for name in CATALOGUES if (folder / name).is_file()), None)
        if (folder / WORK_YAML).is_file():
            yield _described(folder, load_work_yaml(folder / WORK_YAML))
            return
        if catalogue is not None:
            yield from _catalogued(catalogue)
            return
        if kanripo.is_text_folder(folder):
            yield _kanripo(folder)
            return
    except WenkuError as error:
        yield ItemReport(str(folder), "failed", error=error)
        return
    yield from _loose(folder)
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and not inner.name.startswith((".", "_")):
            yield from _folder(inner)


def _loose(folder: Path) -> Iterator[Source | ItemReport]:
    """Readable files that nothing in their folder describes: Markdown may describe itself, the others are told of."""
    undescribed = []
    for path in _readable(folder):
        try:
            meta = meta_from_front_matter(path)
        except WenkuError as error:
            yield ItemReport(str(path), "failed", error=error)
            continue
        if meta is None:
            undescribed.append(path.name)
        else:
            yield _source(str(path), (path,), meta, ())
    if undescribed:
        names = "、".join(undescribed[:3]) + (f"等 {len(undescribed)} 个文件" if len(undescribed) > 3 else "")
        yield ItemReport(str(folder), "failed", error=_undescribed(names))


def _file(path: Path) -> Iterator[Source | ItemReport]:
    """One file: a catalogue, a work.yaml, or a text with its metadata beside it or in it."""
    if path.name == WORK_YAML:
        yield _described(path.parent, load_work_yaml(path))
    elif path.suffix.lower() in _TABLES:
        yield from _catalogued(path)
    else:
        beside = path.parent / WORK_YAML
        meta = load_work_yaml(beside) if beside.is_file() else meta_from_front_matter(path)
        if meta is None and mandoku.looks_like(registry.head(path)):
            yield _kanripo(path.parent, (path,))
        elif meta is None:
            raise _undescribed(str(path))
        else:
            yield _source(str(path), (path,), meta, (beside,) if beside.is_file() else ())


def _undescribed(where: str) -> UsageError:
    return UsageError(
        "不知道这是什么书：旁边没有 work.yaml。",
        where=where,
        remedy=(
            "请写一份 work.yaml 放在旁边，至少有编号、书名、版本的代号和名称，如 id: wangfuzhi.songlun，title: 宋論，"
            "edition: {slug: jinling, label: 金陵刻本}；写法见 docs/work-yaml.md。"
        ),
    )


def _described(folder: Path, meta: WorkMeta) -> Source:
    """The edition a work.yaml describes: the files it lists, or every readable file beside it in order of name."""
    files = _files(folder, meta.files) if meta.files else _readable(folder)
    if not files:
        raise UsageError(
            "work.yaml 旁边没有可收的文件。",
            where=str(folder),
            remedy="请把正文放在同一文件夹，或在 files 里写明文件名。",
        )
    return _source(str(folder), files, meta, (folder / WORK_YAML,))


def _catalogued(catalogue: Path) -> Iterator[Source | ItemReport]:
    """One edition a row; a row that is wrong is a failed item."""
    found = load_catalogue(catalogue)
    for number, meta in found.rows:
        label = f"{catalogue} 第 {number} 行"
        try:
            if not meta.files:
                raise UsageError("没有写明文件。", where=label, remedy="请在“文件”一列写上文件名或文件夹名。")
            yield _source(label, _files(catalogue.parent, meta.files), meta, (catalogue,))
        except WenkuError as error:
            yield ItemReport(label, "failed", error=error)
    for problem in found.errors:
        yield ItemReport(str(catalogue), "failed", error=problem)


def _files(folder: Path, patterns: Iterable[str]) -> tuple[Path, ...]:
    found: list[Path] = []
    for pattern in patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise UsageError(
                f"文件名 {pattern} 指到了文件夹之外。", where=str(folder), remedy="请用同一文件夹里的文件名。"
            )
        here = folder / pattern
        matching = _readable(here) if here.is_dir() else _in_order(p for p in folder.glob(pattern) if p.is_file())
        if not matching:
            raise UsageError(f"找不到文件 {pattern}。", where=str(folder), remedy="请核对文件名。")
        found += [path for path in matching if path not in found]
    return tuple(found)


def _readable(folder: Path) -> tuple[Path, ...]:
    suffixes = {suffix for reader in registry.READERS for suffix in reader.suffixes}
    skipped = {WORK_YAML, *CATALOGUES, "README.md", "Readme.org"}
    found = _in_order(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in suffixes and path.name not in skipped
    )
    pictures = tuple(filter(_is_picture, found))
    told = {*pictures, *_transcripts(pictures)}
    return tuple(path for path in found if path not in told) or pictures


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in picture.MEDIA_TYPES


def _transcripts(files: Iterable[Path]) -> tuple[Path, ...]:
    """What other programs read on pictures, in files beside them."""
    pictures = [path for path in files if _is_picture(path)]
    if not pictures:
        return ()
    from ingest.ocr import formats  # imports an XML parser, which texts may not need

    return tuple(beside for path in pictures if (beside := formats.beside(path)))


def _in_order(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files in the order people number them: page 2 before page 10."""
    return tuple(sorted(paths, key=lambda path: ([_numbered(part) for part in path.parts], path)))


def _numbered(name: str) -> list[tuple[str, int]]:
    """A name in pieces that sort by value: each text and the number after it."""
    return [(text, int(number or -1)) for text, number in re.findall(r"(\D*)(\d*)", name)]


def _source(label: str, files: tuple[Path, ...], meta: WorkMeta, metadata_files: tuple[Path, ...]) -> Source:
    beside = (*metadata_files, *_transcripts(files))
    return Source(label, files, meta.work, meta.edition, meta.style, meta.encoding, beside)


def _kanripo(folder: Path, files: tuple[Path, ...] = ()) -> Source:
    """A folder of the Kanseki Repository: `ID`, or `ID/BRANCH` for a witness."""
    files = files or tuple(sorted(path for path in folder.iterdir() if kanripo.TEXT_FILE.fullmatch(path.name)))
    head = mandoku.header(files[0])
    text_id = head.id or files[0].name.split("_")[0]
    base = head.properties.get("BASEEDITION") or head.edition or "master"
    branch = folder.name if folder.parent.name == text_id and folder.name != "master" else ""
    siglum = branch or base
    labels = {**kanripo.witness_labels(folder), **kanripo.WITNESSES}
    work = Work(
        id=f"kanripo.{kanripo.slug(text_id)}",
        title=head.title.split()[0] if head.title.split() else text_id,
        category=kanripo.category(text_id),
        collection=kanripo.COLLECTION,
        language="lzh",
    )
    # The repository's main text is normalised after its base edition; the branch of that name reproduces the print.
    slug = kanripo.slug(siglum) + ("-branch" if branch == base else "")
    label = labels.get(siglum, siglum) + ("（文献本）" if branch == base else "")
    edition = Edition(
        id=0,
        urn=Urn(work.id, slug).edition_urn,
        work_id=work.id,
        label=label,
        statement=labels.get(siglum, ""),
        script="Hant",
        vertical=True,
        citation={"type": "classic", "source": "漢籍リポジトリ（Kanseki Repository）", "number": text_id},
    )
    readme = folder / "Readme.org"
    return Source(
        str(folder), files, work, edition, metadata_files=(readme,) if readme.is_file() else (), author_from_text=True
    )


def _title_page(contents: Sequence[FileContent]) -> Iterator[str]:
    """Lines that may name the author: bylines, and the title lines each file begins with."""
    for content in contents:
        passages = [item for item in content.items if isinstance(item, PackedPassage)]
        yield from (item.text for item in passages[:6] if item.kind in ("title", "heading"))
        yield from (item.text for item in passages if item.kind == "byline")
