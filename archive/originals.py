"""The content-addressed store: every source file and page image, once, under its SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BytesIO
from pathlib import Path

from archive.errors import BadSource, Damaged, NotFound, WenkuError


@contextmanager
def opened(path: Path) -> Iterator[BufferedIOBase]:
    """A source file, open for reading.

    Raises:
        BadSource: it is not there or cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise BadSource(f"文件读不出来：{error.strerror}。", where=str(path), remedy="请检查路径和权限。") from error


def digest(path: Path) -> tuple[str, int]:
    """A file's SHA-256 and size in bytes.

    Raises:
        BadSource: it cannot be read.
    """
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


class Originals:
    """A folder in which a file's name is its content's SHA-256 (hexadecimal, two-letter subfolders)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where an original lies, whether or not it is there."""
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store `data` and return its SHA-256; it is written whole or not at all.

        Raises:
            WenkuError: the disk is full or cannot be written.
        """
        return self._put(BytesIO(data))

    def put_file(self, path: Path) -> str:
        """Store a file's content, whatever its size, and return its SHA-256.

        Raises:
            BadSource: the file cannot be read.
            WenkuError: the disk is full or cannot be written.
        """
        with opened(path) as file:
            return self._put(file)

    def _put(self, file: BufferedIOBase) -> str:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        file.seek(0)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as copy:
                    shutil.copyfileobj(file, copy, 1 << 20)
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise WenkuError(
                f"原始文件存不下来：{error.strerror}。", where=str(target.parent), remedy="请检查磁盘空间和写权限。"
            ) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The original's bytes, proved against its name.

        Raises:
            NotFound: it is not there.
            Damaged: its content is no longer what it was.
        """
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise NotFound("原始文件不在库中。", where=sha256, remedy="请从备份恢复 originals 文件夹。") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged("原始文件的内容已改变。", where=sha256, remedy="请从备份恢复该文件。")
        return data

    def names(self) -> Iterator[str]:
        """Every SHA-256 present."""
        for path in sorted(self.folder.glob("??/*")):
            if not path.name.startswith("."):
                yield path.name
