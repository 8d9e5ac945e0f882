"""The library's own secret, with which the site signs sessions: made once, readable by its owner only.

It lies beside the store, never in config.yaml. Whoever has it can pass for anybody: a copy of the library for the
public leaves it out. Deleting it logs everybody out.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from archive.errors import Damaged, WenkuError

SECRET = "secret.key"
_DIGITS = 64


def secret(folder: Path) -> str:
    """The secret of the library in `folder`, 64 hexadecimal digits.

    Raises:
        Damaged: the file is not what was written.
        WenkuError: it can be neither read nor made.
    """
    path = folder / SECRET
    try:
        if not path.exists():
            _make(path)
        held = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise WenkuError(
            f"站点的密钥读写不了：{error.strerror}。", where=str(path), remedy="请检查文库文件夹的权限。"
        ) from error
    if len(held) != _DIGITS:
        raise Damaged("站点的密钥文件已损坏。", where=str(path), remedy="请删去它；会重新生成，各人重新登录即可。")
    return held


def _make(path: Path) -> None:
    """Make the file whole or not at all; if another process is first, its secret stands."""
    draft = path.with_name(f".{SECRET}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_DIGITS // 2))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
