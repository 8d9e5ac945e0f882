"""The site served to a real browser: Debian's Chromium, driven by Playwright; skipped, saying so, without it."""

import shutil
import sys
import threading
from pathlib import Path

import pytest
from viewports import WIDE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The sample library."""
    import sample_library

    from search.indexer import catch_up

    folder = tmp_path_factory.mktemp("browser") / "library"
    with sample_library.build(folder) as library:
        catch_up(library)
    return folder


@pytest.fixture(scope="session")
def site(folder):
    """The address of a site over the sample library."""
    from werkzeug.serving import make_server

    from archive.config import Config
    from web import create_app

    server = make_server("127.0.0.1", 0, create_app(Config(), folder), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("没有 Chromium，跳过浏览器测试")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """Open an address in a window of its own; errors on the console fail the test."""
    contexts, complaints = [], []

    def go(address, viewport=WIDE, **options):
        context = chromium.new_context(viewport=viewport, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(site) else None)
        page.goto(f"{site}{address}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [one for one in complaints if "status of 4" not in one] == []
