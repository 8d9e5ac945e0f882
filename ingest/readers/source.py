"""Taking a source file in hand: it is there, it is a file, it is not empty and not absurdly large.

Every reader begins here, so that the same accident gets the same message whatever the format.
"""

from __future__ import annotations

from pathlib import Path

from archive.errors import BadSource

MAX_BYTES = 64 * 1024 * 1024
"""Largest text, Markdown or XML file read at once; the largest gazetteer we know has 6 MB."""
MAX_BINARY_BYTES = 2 * 1024 * 1024 * 1024
"""Largest PDF: they are read in pieces."""


def check(path: Path, limit: int = MAX_BYTES) -> int:
    """Size of the file in bytes.

    Raises:
        BadSource: it is missing, no plain file, empty, unreadable, or larger than `limit`.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise BadSource(
                "这不是一个文件。", where=path.name, remedy="请指定文件本身，或把整个文件夹交给 wenku add。"
            )
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise BadSource("找不到这个文件。", where=str(path), remedy="请检查路径和文件名。") from None
    except OSError as error:
        reason = "没有读取权限" if isinstance(error, PermissionError) else str(error.strerror)
        raise BadSource(f"文件打不开（{reason}）。", where=str(path), remedy="请检查路径和读取权限。") from None
    if size == 0:
        raise BadSource("文件是空的。", where=path.name, remedy="请检查文件是否复制完整。")
    if size > limit:
        raise BadSource(
            f"文件太大（{megabytes(size)}，上限 {megabytes(limit)}）。",
            where=path.name,
            remedy="请按卷或按册拆成几个文件。",
        )
    return size


def load(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The whole file; errors as `check`."""
    check(path, limit)
    return path.read_bytes()


def head(path: Path, length: int = 8192) -> bytes:
    """The first `length` bytes, for recognising what the file is; errors as `check`, of any size."""
    check(path, limit=1 << 62)
    with path.open("rb") as file:
        return file.read(length)


def megabytes(size: int) -> str:
    """A size as people write it, `64 MB`."""
    return f"{size / 1024 / 1024:.0f} MB" if size >= 1024 * 1024 else f"{size / 1024:.0f} KB"
