"""What tests of several folders share: where the real texts are, and the command line in this process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from ran import Ran, Run

import wenku

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


# A busy machine is no fault of the code: no test asserts a time. How many examples a strategy throws away is chance.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("house")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `wenku …` on a library of this test's own."""

    def command(*words: object, library: Path | None = None) -> Ran:
        folder = library or tmp_path / "library"
        arguments = [str(word) for word in words]
        if arguments and not arguments[0].startswith("-"):
            arguments += ["--library", str(folder)]
        monkeypatch.setattr(sys, "argv", ["wenku", *arguments])
        code = 0
        try:
            wenku.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command


@pytest.fixture(scope="session")
def kanripo() -> Path:
    """The thirteen real texts."""
    folder = SHARED / "corpus" / "kanripo"
    if not folder.is_dir():
        pytest.skip("没有 ../shared/corpus，跳过用真实文本的测试")
    return folder
