"""The site's secret is made once, whoever asks first, and is nobody else's to read."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.errors import Damaged, WenkuError
from archive.secret import SECRET, secret


def test_it_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: secret(tmp_path), range(16)))
    assert len(made) == 1 and len(made.pop()) == 64
    assert [path.name for path in tmp_path.iterdir()] == [SECRET]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / SECRET).stat().st_mode) == 0o600


def test_it_is_made_where_files_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert secret(tmp_path) == secret(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [SECRET]


def test_a_damaged_or_unwritable_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(WenkuError, match="密钥"):
        secret(tmp_path / "nowhere")
    (tmp_path / SECRET).write_bytes(b"")
    with pytest.raises(Damaged, match="密钥文件"):
        secret(tmp_path)
