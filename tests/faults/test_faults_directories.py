"""Killing and starving an import: each batch is there whole or not at all, and the next run goes on after it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.directories.importing import BATCH
from archive.library import Library

resource = pytest.importorskip("resource", reason="进程限额只在类 Unix 系统上有")

WENKU = Path(sys.executable).with_name("wenku")
ROWS = 6 * BATCH


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "示例.csv"
    rows = [f"示例{number:05}之,示例单位{number % 50},哲学,0734-{number:07}" for number in range(ROWS)]
    path.write_text("姓名,单位,学科,联系电话\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def wenku(library: Path, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [str(WENKU), *map(str, words), "--library", str(library)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def whole(folder: Path) -> int:
    """Records in the library, each proved complete: versions, internal values, run, and whole batches only."""
    with Library.open(folder) as library:
        count = library.db.execute("SELECT count(*) FROM record").fetchone()[0]
        for table in ("record_version", "record_internal"):
            assert library.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count
        batches = library.db.execute("SELECT count(*) FROM record_version GROUP BY run_id").fetchall()
        assert all(batch[0] == BATCH for batch in batches)
        assert library.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return int(count)


def test_a_killed_import_is_whole_batches_and_goes_on(sheet: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert wenku(library, "init").returncode == 0
    moments = random.Random(5)
    seen = [0]
    for _ in range(4):
        command = [str(WENKU), "directory", "import", "experts", str(sheet), "--library", str(library)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(moments.uniform(0.8, 2.0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        seen.append(whole(library))
    assert seen == sorted(seen)
    told = wenku(library, "directory", "import", "experts", sheet, "--json")
    assert told.returncode == 0 and whole(library) == ROWS
    counts = json.loads(told.stdout)["counts"]
    assert counts == {"unchanged": seen[-1], "added": ROWS - seen[-1]} or counts in (
        {"unchanged": ROWS},
        {"added": ROWS},
    )


def test_a_full_disk_is_an_error_not_a_wreck(sheet: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert wenku(library, "init").returncode == 0

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

    starved = wenku(library, "directory", "import", "experts", sheet, "--json", preexec_fn=small_disk)
    assert starved.returncode == 1 and "Traceback" not in starved.stderr
    assert json.loads(starved.stdout)["kind"] == "WenkuError"
    whole(library)
    assert wenku(library, "directory", "import", "experts", sheet).returncode == 0
    assert whole(library) == ROWS
