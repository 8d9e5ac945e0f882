"""How many result pages a second the site serves: `wrk` against a served library, both on this machine.

python -m bench.bench_http --library DIR
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from archive.library import Library
from bench.samples import LENGTHS, Samples

_SECONDS = 20
_SCRIPT = """
local paths = {{{paths}}}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  io.write(string.format("95%% %.2fms", latency:percentile(95) / 1000))
end
"""
_SERVE = """
import sys
from pathlib import Path
from archive.config import Config
from web.serving import serve
serve(Config(folder=Path(sys.argv[1])), Path(sys.argv[1]), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


def report(place: Path) -> Iterator[str]:
    """One line of what `wrk` says; a line that says why not, where `wrk` is missing."""
    yield "## 站点：检索结果页"
    yield ""
    if not shutil.which("wrk"):
        yield "没有 wrk，未量。"
        return
    with Library.open(place) as library:
        samples = Samples(library, library.edition_ids())
        queries = [text for length in LENGTHS for text in samples.phrases(length)]
    paths = ", ".join(f'"/search?q={quote(text)}"' for text in queries)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "pages.lua"
        script.write_text(_SCRIPT.format(paths=paths))
        command = [sys.executable, "-c", _SERVE, str(place)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout
                address = server.stdout.readline().strip()
                _wait(address)
                told = subprocess.run(
                    ["wrk", "-t1", "-c4", f"-d{_SECONDS}", "--latency", "-s", str(script), address],
                    capture_output=True,
                    check=True,
                    text=True,
                ).stdout
            finally:
                server.terminate()
    rate = re.search(r"Requests/sec:\s*([\d.]+)", told)
    spread = dict(re.findall(r"(50|95|99)%\s+([\d.]+m?s)", told))
    failed = re.search(r"(Non-2xx.*|Socket errors.*)", told)
    assert rate
    yield (
        f"`wrk` 四个连接，{_SECONDS} 秒，{len(queries)} 个不同的检索式："
        f"每秒 {float(rate[1]):.0f} 页；中位 {spread['50']}，95% 在 {spread['95']} 之内，99% 在 {spread['99']} 之内；"
        f"错误：{failed[1] if failed else '无'}。"
    )


def _wait(address: str) -> None:
    """Until the position lists are there: from then on pages come as fast as they will."""
    for _ in range(30):
        urllib.request.urlopen(f"{address}search?q=%E5%A4%A9").read()
        time.sleep(0.5)


def main() -> None:
    """Measure one library."""
    parser = argparse.ArgumentParser(description="站点测速")
    parser.add_argument("--library", type=Path, required=True)
    for line in report(parser.parse_args().library):
        print(line, flush=True)


if __name__ == "__main__":
    main()
