"""Real OpenSearch servers for tests: the official minimal distribution, on loopback, never as root.

Maven fetches the distribution (56 MB, once) from Maven Central; it is kept in ~/.cache and checked against the checksum
below. Where Java, Maven or the distribution is not to be
had, tests that need a server are skipped and say so.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

VERSION = "2.19.5"
"""The newest line that Java 17 runs: from 3 on the server asks for Java 21."""
SHA256 = "caccd4ab24c88a9278922ef626cd1d92990427aa3a3063f9278200d86dbf49b3"
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
UNPRIVILEGED = "nobody"
PATIENCE = 120
"""Seconds for a server to start or a cluster to reach a state; a healthy one needs ten."""

SETTINGS = """\
cluster.name: wenku-test
node.name: {name}
path.data: {home}/data
path.logs: {home}/logs
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
discovery.seed_hosts: [{seeds}]
cluster.initial_cluster_manager_nodes: [{names}]
cluster.routing.allocation.disk.threshold_enabled: false
node.store.allow_mmap: false
indices.breaker.total.use_real_memory: false
"""


class Node:
    """One server: a process group of its own."""

    def __init__(self, name: str, home: Path, program: Path) -> None:
        self.name = name
        self.http, self.transport = _free_port(), _free_port()
        self.address = f"http://127.0.0.1:{self.http}"
        self._home = home
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, peers: list[Node]) -> None:
        """Start, to find the others; returns at once."""
        shutil.copytree(self._program / "config", self._home / "config", dirs_exist_ok=True)
        for folder in ("data", "logs", "tmp"):
            (self._home / folder).mkdir(exist_ok=True)
        (self._home / "config" / "opensearch.yml").write_text(
            SETTINGS.format(
                name=self.name,
                home=self._home,
                http=self.http,
                transport=self.transport,
                seeds=", ".join(f'"127.0.0.1:{peer.transport}"' for peer in peers),
                names=", ".join(peer.name for peer in peers),
            ),
            encoding="utf-8",
        )
        # What bin/opensearch would run, without the four other Java processes it starts to find that out.
        java = ["java", "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
        options = {
            "java.io.tmpdir": self._home / "tmp",
            "java.security.manager": "allow",
            "io.netty.noUnsafe": "true",
            "log4j2.disable.jmx": "true",
            "opensearch.path.home": self._program,
            "opensearch.path.conf": self._home / "config",
            "opensearch.distribution.type": "zip",
            "opensearch.bundled_jdk": "false",
        }
        java += [f"-D{name}={value}" for name, value in options.items()]
        java += ["-cp", f"{self._program / 'lib'}/*", "org.opensearch.bootstrap.OpenSearch"]
        with (self._home / "out.txt").open("wb") as out:
            self._process = subprocess.Popen(
                java,
                stdout=out,
                stderr=out,
                cwd=self._home,
                start_new_session=True,
                preexec_fn=_die_with_us,
                **_unprivileged(self._home),
            )

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def wait(self, path: str) -> None:
        """Until it answers `path`."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            assert self.alive, self.said()
            with suppress(URLError, OSError), urlopen(f"{self.address}{path}", timeout=PATIENCE):
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.name} does not answer: {self.said()}")

    def kill(self) -> None:
        """As when the power goes."""
        if self._process and self.alive:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def said(self) -> str:
        """The end of its log."""
        return (self._home / "out.txt").read_text(encoding="utf-8", errors="replace")[-2000:]


class Group:
    """Servers that make one cluster, in a folder that goes when they go."""

    def __init__(self, size: int) -> None:
        zipped = distribution()
        self._folder = Path(tempfile.mkdtemp(prefix="wenku-opensearch-"))
        self._folder.chmod(0o755)
        program = self._folder / f"opensearch-{VERSION}"
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(self._folder)
        self.nodes = []
        for number in range(1, size + 1):
            home = self._folder / f"n{number}"
            home.mkdir()
            self.nodes.append(Node(home.name, home, program))
        atexit.register(self.stop)
        for node in self.nodes:
            node.start(self.nodes)
        for node in self.nodes:
            node.wait(self._together)

    @property
    def _together(self) -> str:
        return f"/_cluster/health?wait_for_nodes={len(self.nodes)}&timeout={PATIENCE}s"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Their addresses."""
        return tuple(node.address for node in self.nodes)

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the first server that answers says, as JSON."""
        for node in self.nodes:
            with suppress(URLError, OSError), urlopen(Request(node.address + path, method=method)) as answer:
                return json.load(answer)
        raise AssertionError("no server answers")

    def indexes(self) -> list[str]:
        """The names of the indexes it holds."""
        return sorted(one["index"] for one in self.ask("/_cat/indices?format=json"))

    def wipe(self) -> None:
        """Remove every index."""
        for index in self.indexes():
            self.ask(f"/{index}", "DELETE")

    def ensure(self, *nodes: Node) -> None:
        """Start again those that were killed, and wait until all are together."""
        for node in nodes:
            if not node.alive:
                node.start(self.nodes)
        for node in nodes:
            node.wait(self._together)

    def wait_for(self, colour: str) -> None:
        """Until the cluster is well."""
        self.ask(f"/_cluster/health?wait_for_status={colour}&wait_for_no_initializing_shards=true&timeout={PATIENCE}s")

    def stop(self) -> None:
        """Kill all and leave nothing."""
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.stop)


@cache
def one_server() -> Group:
    """The one server that all tests of a run share; it goes when the run ends."""
    return Group(1)


def distribution() -> Path:
    """The distribution's zip; skips the test where it is not to be had."""
    path, why_not = _distribution()
    if why_not:
        pytest.skip(why_not)
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SHA256, f"{path} 的校验和不对，请删去后重试"
    return path


@cache
def _distribution() -> tuple[Path, str]:
    """Where it is, or why it is not there; looked for once a run."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hengyang-wenku"
    path = folder / f"opensearch-{VERSION}.zip"
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            return path, f"没有 {program}，跳过用真实 OpenSearch 服务器的测试"
    if path.is_file():
        return path, ""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        fetched = Path(beside) / path.name
        command = ["mvn", "-q", "-B", "-ntp", GOAL, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={beside}"]
        got = subprocess.run(command, capture_output=True, text=True)
        if got.returncode or not fetched.is_file():
            return path, f"取不到 OpenSearch {VERSION}，跳过用真实服务器的测试：{got.stdout[-300:]}"
        fetched.replace(path)
    return path, ""


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _unprivileged(home: Path) -> dict[str, Any]:
    """Options that start a process as somebody who may write in `home` and is not root."""
    if os.geteuid() != 0:
        return {}
    who = pwd.getpwnam(UNPRIVILEGED)
    for path in (home, *home.rglob("*")):
        os.chown(path, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _die_with_us() -> None:
    """In the server's process, on Linux: be killed when the tests are, even by SIGKILL."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
